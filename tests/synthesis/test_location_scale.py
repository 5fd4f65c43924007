"""Moderators of tau2: as metafor finds them, or with a higher likelihood."""

from __future__ import annotations

import re

import numpy as np
import pytest
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, load, sources

from weigh.errors import NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.location_scale import location_scale

YI = np.array([0.10, 0.35, -0.12, 0.60, 0.25, -0.40, 0.80, 0.05, 0.45, -0.25])
VI = np.array([0.02, 0.03, 0.01, 0.05, 0.02, 0.04, 0.03, 0.01, 0.02, 0.03])
X = np.array([1.0, 2.0, 1.0, 4.0, 3.0, 5.0, 5.0, 2.0, 3.0, 4.0])


def _has_cases(path):
    return '"rma.ls"' in path.read_text(encoding="utf-8")


def _moderators(data: DataSet, formula: str, case: str):
    if formula == "~ 1":
        return None
    found = re.fullmatch(r"~ (\w+)", formula)
    if not found or found[1] not in data.columns:
        raise UnknownCaseError(f"{data.name} {case}: {formula}")
    return {found[1]: data.columns[found[1]]}


def _compare(data: DataSet, case: dict) -> list[str]:
    options, theirs = case["options"], case["outputs"]
    if set(options) != {"mods", "scale", "method"}:
        raise UnknownCaseError(f"{data.name} {case['id']}: {sorted(options)}")
    yi, vi = data.effect(case)
    fit = location_scale(
        yi,
        vi,
        mods=_moderators(data, options["mods"], case["id"]),
        scale=_moderators(data, options["scale"], case["id"]),
        method=options["method"],
    )
    seen = Comparison(f"{data.name} {case['id']}")
    gain = fit.log_likelihood - theirs["logLik"]
    if gain < -1e-6:
        seen.faults.append(f"{seen.case}: log-likelihood below R's by {-gain:g}")
    if gain > 1e-6:
        # Ours is the better fit, so R's estimates are no reference.
        return seen.faults
    if not all(c.se < 100.0 for c in fit.scale_coefficients):
        # One category has a tau2 of 0, the logarithm of which is infinite: both stop somewhere on
        # the way there, with the same likelihood and the same mean.
        seen.close("beta", [c.estimate for c in fit.coefficients], theirs["beta"], rel=1e-5)
        seen.close("tau2", fit.tau2, theirs["tau2"], rel=1e-3, absolute=1e-6)
        return seen.faults
    for names, prefix in ((fit.coefficients, ""), (fit.scale_coefficients, "_alpha")):
        key = "alpha" if prefix else "beta"
        values = [c.estimate for c in names]
        errors = np.array([c.se for c in names])
        # A coefficient near 0 is held to a thousandth of its standard error.
        bound = 1e-3 * errors
        seen.same(f"{key} count", len(values), len(theirs[key]))
        for index, value in enumerate(values):
            seen.close(key, value, theirs[key][index], rel=1e-3, absolute=bound[index])
        seen.close(f"se{prefix}", errors, theirs[f"se{prefix}"], rel=1e-3)
    seen.close("tau2", fit.tau2, theirs["tau2"], rel=1e-3)
    seen.close("QM", fit.qm, theirs["QM"], rel=2e-3)
    seen.close("QMp", fit.qm_p, theirs["QMp"], rel=5e-3)
    # Squares of what is held to a thousandth of a standard error.
    seen.close("QS", fit.qs, theirs["QS"], rel=4e-3, absolute=1e-5)
    seen.close("QSp", fit.qs_p, theirs["QSp"], rel=5e-3)
    return seen.faults


@pytest.mark.parametrize(
    "path", [path for path in sources() if _has_cases(path)], ids=lambda path: path.stem
)
def test_agrees_with_metafor(path):
    data = load(path)
    cases = [case for case in data.cases if case["kind"] == "rma.ls"]

    faults = [fault for case in cases for fault in _compare(data, case)]

    assert faults == []


@pytest.mark.parametrize("link", ["log", "identity"])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_without_moderators_of_tau2_it_is_the_ordinary_model(link, method):
    ordinary = pool(YI, VI, method=method)

    fit = location_scale(YI, VI, link=link, method=method)

    assert fit.coefficients[0].estimate == pytest.approx(ordinary.estimate, rel=1e-5)
    assert fit.coefficients[0].se == pytest.approx(ordinary.se, rel=1e-5)
    assert fit.tau2 == pytest.approx(np.full(10, ordinary.tau2), rel=1e-4)
    assert fit.qs is None


@pytest.mark.parametrize("link", ["log", "identity"])
def test_a_category_of_tau2_splits_the_studies_into_two_models(link):
    """Means and variances of two separate groups are those of two separate fits."""
    group = np.array(list("abababbbaa"))
    apart = [pool(YI[group == g], VI[group == g], method="ML") for g in "ab"]

    fit = location_scale(YI, VI, mods={"g": group}, scale={"g": group}, method="ML", link=link)

    means = [fit.coefficients[0].estimate, sum(c.estimate for c in fit.coefficients)]
    assert means == pytest.approx([one.estimate for one in apart], rel=1e-4)
    assert fit.tau2[group == "a"] == pytest.approx(np.full(5, apart[0].tau2), rel=1e-3)
    assert fit.tau2[group == "b"] == pytest.approx(np.full(5, apart[1].tau2), rel=1e-3)


def test_the_units_of_a_moderator_change_nothing_but_its_own_coefficient():
    plain = location_scale(YI, VI, scale={"x": X})
    years = location_scale(YI, VI, scale={"x": 2000.0 + 10.0 * X})

    assert years.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-7)
    slope = plain.scale_coefficients[1].estimate
    assert years.scale_coefficients[1].estimate == pytest.approx(slope / 10.0, rel=1e-3)


def test_an_identity_link_keeps_every_tau2_from_falling_below_0():
    fit = location_scale(YI, VI, scale={"x": X}, link="identity", method="ML")

    assert fit.tau2.min() >= 0.0


def test_a_study_that_misses_a_moderator_of_tau2_is_left_out_by_name():
    x = X.copy()
    x[3] = np.nan

    fit = location_scale(YI, VI, scale={"x": x}, slab=list("abcdefghij"))

    assert fit.k == 9
    assert "d" not in fit.slab
    assert any("moderator: d." in note for note in fit.notes)


def test_too_few_studies_are_refused():
    with pytest.raises(StatisticsError, match="3 studies cannot carry"):
        location_scale(YI[:3], VI[:3], scale={"x": X[:3]})


def test_an_unknown_link_is_refused():
    with pytest.raises(NotFoundError, match="link of tau2"):
        location_scale(YI, VI, link="probit")
