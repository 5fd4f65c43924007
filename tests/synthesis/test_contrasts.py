"""Wald tests of coefficients and their combinations, by metafor's figures and by identities."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthesis.test_model_comparison import ABLAT, BCG, COLUMNS, VI, YI

from weigh.errors import InputError, NotFoundError
from weigh.synthesis import mantel_haenszel, pool, wald_test

ALLOC = [row[COLUMNS.index("alloc")] for row in BCG["rows"]]
MODS = {"ablat": ABLAT, "alloc": ALLOC}

# anova(fit, btt=3:4) and anova(fit, X=rbind(c(0,0,1,-1), c(0,1,0,0))) of metafor 3.8-1 for
# fit <- rma(yi, vi, mods = ~ ablat + factor(alloc), data = dat.bcg), threshold 1e-12.
METAFOR = {
    "z": {
        "alloc": (1.285017960465976, 0.525971116035091),
        "estimate": (-0.32595249844130458, -0.02727575629813328),
        "se": (0.31040208105864353, 0.00919931974612139),
        "p": (0.29367321527025481, 0.00302707182007795),
        "both": (10.73181454559178860, 0.00467321843265775),
        "residual": None,
    },
    "knha": {
        "alloc": (0.600725428260205, 0.569000377430618),
        "estimate": (-0.325952498441305, -0.0272757562981333),
        "se": (0.321015658902606, 0.00951387207097683),
        "p": (0.336443012715791, 0.0185689142040979),
        "both": (5.01695235961678, 0.0343728690163368),
        "residual": 9.0,
    },
}


@pytest.mark.parametrize("test", METAFOR)
def test_coefficients_and_combinations_are_tested_as_in_metafor(test):
    wanted = METAFOR[test]
    fit = pool(YI, VI, mods=MODS, test=test)

    subset = wald_test(fit, "alloc")
    found = wald_test(fit, contrast=[{"alloc[random]": 1, "alloc[systematic]": -1}, {"ablat": 1}])

    # R solves the normal equations, which costs some digits beside an intercept.
    assert (subset.statistic, subset.p) == pytest.approx(wanted["alloc"], rel=1e-7)
    assert (subset.df, subset.df_residual) == (2, wanted["residual"])
    assert [c.estimate for c in found.contrasts] == pytest.approx(wanted["estimate"], rel=1e-7)
    assert [c.se for c in found.contrasts] == pytest.approx(wanted["se"], rel=1e-7)
    assert [c.p for c in found.contrasts] == pytest.approx(wanted["p"], rel=1e-7)
    assert (found.statistic, found.p) == pytest.approx(wanted["both"], rel=1e-7)


@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc", "kr"])
def test_all_moderators_together_are_the_test_of_the_fit(test):
    fit = pool(YI, VI, mods=MODS, test=test)

    found = wald_test(fit)

    assert (found.statistic, found.p) == pytest.approx((fit.qm, fit.qm_p), rel=1e-9)
    assert (float(found.df), found.df_residual) == fit.qm_df


@pytest.mark.parametrize("test", ["z", "knha", "kr"])
def test_one_coefficient_is_tested_as_in_the_fit(test):
    fit = pool(YI, VI, mods=MODS, test=test)

    (one,) = wald_test(fit, "ablat").contrasts

    mine = fit.coefficients[1]
    assert (one.estimate, one.se, one.p) == pytest.approx((mine.estimate, mine.se, mine.p))
    assert (one.ci_low, one.ci_high) == pytest.approx((mine.ci_low, mine.ci_high))


def test_the_pooled_effect_is_tested_against_any_value():
    fit = pool(YI, VI)

    found = wald_test(fit, value=-0.5)

    assert found.contrasts[0].name == "intercept"
    assert found.statistic == pytest.approx(((fit.estimate + 0.5) / fit.se) ** 2)


@given(seed=st.integers(0, 300), test=st.sampled_from(["z", "knha"]))
def test_rows_that_say_the_same_together_have_the_same_test(seed, test):
    """Any invertible mixture of the combinations is the same hypothesis."""
    rng = np.random.default_rng(seed)
    fit = pool(YI, VI, mods=MODS, test=test)
    rows = rng.normal(size=(2, 4))
    mixed = np.array([[1.0, 1.0], [1.0, -2.0]]) @ rows

    first, second = (wald_test(fit, contrast=each) for each in (rows, mixed))

    assert second.statistic == pytest.approx(first.statistic, rel=1e-6)


def test_a_row_without_the_intercept_leaves_it_out():
    fit = pool(YI, VI, mods=MODS)

    short, whole = wald_test(fit, contrast=[0, 1, -1]), wald_test(fit, contrast=[0, 0, 1, -1])

    assert short == whole
    assert short.contrasts[0].name == "alloc[random] - alloc[systematic]"


def test_effects_on_a_line_leave_no_test_and_say_so():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    fit = pool(2.0 * x, [0.1] * 5, mods=x, test="knha")

    found = wald_test(fit)

    assert (fit.qm, fit.qm_p, found.statistic, found.p) == (None, None, None, None)
    assert any("no test" in note for note in fit.notes)
    assert "no test" in found.notes[0]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"which": "albat"}, NotFoundError, "coefficient 'albat'"),
        ({"which": 7}, InputError, "no coefficient 7"),
        ({"which": ["ablat", 1]}, InputError, "names ablat twice"),
        ({"which": []}, InputError, "names no coefficient"),
        ({"which": "ablat", "contrast": [0, 1, 0]}, InputError, "not both"),
        ({"contrast": {"dose": 1}}, NotFoundError, "coefficient 'dose'"),
        ({"contrast": [1.0, 2.0]}, InputError, "shape"),
        ({"contrast": [[0, 1, 0], [0, 2, 0]]}, InputError, "follow from each other"),
        ({"contrast": [0, 0, 0]}, InputError, "all zeros"),
        ({"contrast": [np.nan, 1, 0]}, InputError, "no finite number"),
        ({"contrast": "ablat - year"}, InputError, "neither numbers nor mappings"),
        ({"value": [1.0, 2.0]}, InputError, "one number, or one for each"),
    ],
)
def test_what_cannot_be_tested_is_refused(arguments, error, words):
    fit = pool(YI, VI, mods=MODS)

    with pytest.raises(error, match=words):
        wald_test(fit, **arguments)


def test_a_fit_of_counts_has_no_coefficients():
    fit = mantel_haenszel([1, 2], [10, 10], [3, 4], [10, 10])

    with pytest.raises(InputError, match="no coefficients"):
        wald_test(fit)


def test_a_test_is_ready_for_json():
    found = wald_test(pool(YI, VI, mods=MODS))

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert record["df"] == found.df
    assert record["contrasts"][0]["estimate"] == found.contrasts[0].estimate


@pytest.mark.parametrize("which", [[None], 1.5])
def test_a_coefficient_goes_by_name_or_place(which):
    with pytest.raises(InputError, match="goes by its name or its place"):
        wald_test(pool(YI, VI, mods=MODS), which)
