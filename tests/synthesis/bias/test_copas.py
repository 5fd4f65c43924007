"""Copas and Shi's model: its likelihood carried out, R's optima, the reference set.

R's copas() climbs once from half the bound of rho with a loose stopping rule. Where its climb ends
elsewhere than ours, ours must be the higher, and then the estimates may differ.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import log_ndtr, ndtr
from scipy.stats import norm
from shared import shared_path
from synthesis.bias.test_oracle import cases, dataset, datasets, meta_arguments, numbers

from weigh.effects import effect_size
from weigh.errors import StatisticsError
from weigh.synthesis import bias
from weigh.synthesis.bias.copas_contours import contours, crossing_line, round_levels
from weigh.synthesis.bias.copas_likelihood import Published
from weigh.synthesis.pooling import pool

FROM_R = json.loads(
    (Path(__file__).parents[2] / "reference" / "copas.json").read_text(encoding="utf-8")
)["sets"]

Y = np.array([0.1, 0.3, 0.2, 0.6, 0.9, 0.75])
V = np.array([0.01, 0.02, 0.04, 0.09, 0.16, 0.2])


def at_r(name: str) -> tuple[bias.CopasModel, list[dict[str, float]]]:
    """Our fits at the selections where R's path has its own."""
    wanted = FROM_R[name]
    pairs = [(step["gamma0"], step["gamma1"]) for step in wanted["path"][1:]]
    return bias.copas(wanted["yi"], wanted["vi"], selections=pairs), wanted["path"]


def kernel(found: bias.CopasSelection, vi: list[float]) -> float:
    """Our log-likelihood without what R leaves out of it."""
    s = np.sqrt(vi)
    u = found.gamma0 + found.gamma1 / s
    return found.log_likelihood + s.size * 0.5 * math.log(2.0 * math.pi) + float(log_ndtr(u).sum())


@pytest.mark.parametrize("name", FROM_R)
def test_no_climb_ends_lower_than_that_of_r(name):
    found, wanted = at_r(name)

    for ours, theirs in zip(found.path, wanted, strict=True):
        gain = kernel(ours, FROM_R[name]["vi"]) - theirs["log_likelihood"]
        assert gain > -1e-7
        # optim stops at a change of 2e-9 in the log-likelihood, so that its estimates have errors
        # of about the root of that.
        if gain < 1e-5:
            assert ours.estimate == pytest.approx(theirs["estimate"], rel=1e-3)
            assert math.sqrt(ours.tau2) == pytest.approx(theirs["tau"], rel=5e-3, abs=2e-3)


@pytest.mark.parametrize("name", ["dat.bcg", "dat.linde2005", "dat.viechtbauer2021"])
def test_residual_selection_is_tested_as_in_r(name):
    found, wanted = at_r(name)

    for ours, theirs in zip(found.path, wanted, strict=True):
        ratio = 2.0 * (theirs["log_likelihood_with_slope"] - theirs["log_likelihood"])
        # P(chi2_1 > x) = erfc(sqrt(x / 2)).
        assert ours.p_residual == pytest.approx(math.erfc(math.sqrt(ratio / 2.0)), rel=1e-3)


@pytest.mark.shared
@pytest.mark.parametrize("name", datasets("copas"))
def test_cases_of_the_reference_agree(name):
    """Kind `copas`: estimates of metasens along its path, which stands in our copy of R's path."""
    assert shared_path("oracle").exists()
    data = dataset(name)
    for case in cases(data, "copas"):
        events1, n1, events2, n2 = meta_arguments(data, case["call"])[1]
        es = effect_size("OR", events1=events1, n1=n1, events2=events2, n2=n2, drop00=True)
        wanted = case["outputs"]
        estimates, errors = numbers(wanted["TE_slope"]), numbers(wanted["seTE_slope"])

        found = bias.copas(es.yi, es.vi)

        assert found.path[0].estimate == pytest.approx(estimates[0], rel=1e-3)
        assert found.path[0].se == pytest.approx(errors[0], rel=1e-3)
        if name not in FROM_R:
            continue
        at, path = at_r(name)
        assert [step["estimate"] for step in path] == pytest.approx(estimates, rel=1e-7)
        for ours, theirs, estimate, error in zip(at.path, path, estimates, errors, strict=True):
            gain = kernel(ours, FROM_R[name]["vi"]) - theirs["log_likelihood"]
            if gain < 1e-5:
                assert ours.estimate == pytest.approx(estimate, rel=1e-3)
            # With rho at its bound R's differences step over it, and near it optim's step of 1e-3
            # is too long: its errors mean little there.
            if gain < 1e-5 and abs(theirs["rho"]) < 0.97:
                assert ours.se == pytest.approx(error, rel=1e-3)
        # On dat.bassler2004 R's climb with a slope ends too low, so that it finds nothing residual.
        if name == "dat.bassler2004":
            assert at.path[-1].p_residual < 0.1
            assert at.estimate is None
        elif wanted["TE_adjust"] is None:
            assert at.estimate is None
        else:
            assert at.estimate == pytest.approx(wanted["TE_adjust"], rel=1e-3)
            # A path of our own comes to the same, but on dat.higgins2008, where R's surface is
            # too low in 74 of 400 places and bends its path.
            if name != "dat.higgins2008":
                assert found.estimate == pytest.approx(wanted["TE_adjust"], rel=1e-3)


def test_the_likelihood_is_that_of_the_published_effects():
    """Against the selection carried out: P(published | y) f(y) / P(published)."""
    gamma0, gamma1, mu, rho, tau2, s = -0.4, 0.3, 0.2, 0.7, 0.05, 0.4
    u = gamma0 + gamma1 / s
    mills = norm.pdf(u) / ndtr(u)
    sigma2 = s**2 / (1.0 - rho**2 * mills * (u + mills))
    total = sigma2 + tau2
    correlation = rho * math.sqrt(sigma2 / total)

    def density(y: float) -> float:
        """Of the effect, given that a latent normal above -u published it."""
        shift = correlation * (y - mu) / math.sqrt(total)
        given = ndtr((u + shift) / math.sqrt(1.0 - correlation**2))
        return norm.pdf(y, mu, math.sqrt(total)) * given / ndtr(u)

    published = Published(np.array([0.9]), np.array([s]), np.array([[u]]))
    value = published.score(np.array([[mu, rho, tau2]]))[0][0]

    assert value - log_ndtr(u) - 0.5 * math.log(2.0 * math.pi) == pytest.approx(
        math.log(density(0.9)), rel=1e-12
    )
    assert quad(density, -6.0, 6.0)[0] == pytest.approx(1.0, rel=1e-9)


@given(
    rho=st.floats(-0.99, 0.99),
    tau2=st.floats(0.01, 2.0),
    mu=st.floats(-2.0, 2.0),
    beta=st.floats(-1.0, 1.0),
)
def test_the_gradient_is_that_of_the_likelihood(rho, tau2, mu, beta):
    s = np.sqrt(V)
    published = Published(Y, s, (-0.5 + 0.2 / s)[None, :])
    at = np.array([[mu, rho, tau2, beta]])
    gradient = published.score(at)[1][0]
    for j in range(4):
        h = np.zeros((1, 4))
        h[0, j] = 1e-6
        rise = published.score(at + h)[0][0] - published.score(at - h)[0][0]
        assert gradient[j] == pytest.approx(rise / 2e-6, rel=2e-4, abs=1e-4)


@settings(max_examples=8, deadline=None)
@given(shift=st.floats(-3.0, 3.0), scale=st.sampled_from([1e-4, 0.5, 1e4]))
def test_shift_and_scale_of_the_effects_go_through(shift, scale):
    plain = bias.copas(Y, V)
    moved = bias.copas(shift * scale + scale * Y, scale**2 * V, selections=_pairs(plain, scale))

    for before, after in zip(plain.path, moved.path, strict=True):
        assert after.estimate / scale - shift == pytest.approx(before.estimate, abs=1e-5)
        assert after.se / scale == pytest.approx(before.se, rel=1e-4)


def _pairs(found: bias.CopasModel, scale: float) -> list[tuple[float, float]]:
    return [(step.gamma0, step.gamma1 * scale) for step in found.path[1:]]


def test_the_mirror_image_has_the_mirrored_result():
    right, left = bias.copas(-Y, V), bias.copas(Y, V)

    assert (left.missing, right.missing) == ("left", "right")
    assert [-step.estimate for step in right.path] == pytest.approx(
        [step.estimate for step in left.path], rel=1e-6
    )


def test_more_selection_brings_a_lopsided_funnel_nearer_to_null():
    found = bias.copas(Y, V)
    estimates = [step.estimate for step in found.path]

    assert estimates == sorted(estimates, reverse=True)
    assert [step.published for step in found.path] == sorted(
        (step.published for step in found.path), reverse=True
    )
    assert found.path[0].unpublished == pytest.approx(0.0, abs=1e-12)
    assert found.path[-1].unpublished > 1.0
    assert found.path[0].rho is None


def test_without_selection_it_is_maximum_likelihood():
    found = bias.copas(Y, V).path[0]
    fit = pool(Y, V, method="ML")

    assert found.estimate == pytest.approx(fit.estimate, rel=1e-7)
    assert found.tau2 == pytest.approx(fit.tau2, rel=1e-5, abs=1e-9)


def test_round_levels_are_ones_twos_and_fives():
    assert round_levels(0.013, 0.97, 10) == pytest.approx(np.arange(11) / 10.0)
    assert round_levels(-3.0, 31.0, 10) == pytest.approx(np.arange(-5.0, 36.0, 5.0))


def test_contours_of_a_plane_are_straight_and_the_line_crosses_them_at_a_right_angle():
    x, y = np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 7), indexing="ij")
    drawn = contours(x + 2.0 * y, np.array([0.55, 1.55]))

    assert [contour.slope for contour in drawn] == pytest.approx([-0.5, -0.5])
    assert [contour.intercept for contour in drawn] == pytest.approx([0.275, 0.775])
    assert crossing_line(drawn) == pytest.approx(2.0)


def test_a_contour_in_two_pieces_is_two_contours():
    x, y = np.meshgrid(np.linspace(0, 1, 9), np.linspace(0, 1, 9), indexing="ij")

    assert len(contours(x * (1.0 - x) + 0.0 * y, np.array([0.11]))) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"missing": "top"}, "'left', 'right'"),
        ({"rho_bound": 1.0}, "between 0 and 1"),
        ({"grid": 2}, "at least 3"),
        ({"gamma0": (2.0, -1.0)}, "has to rise"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(StatisticsError, match=message):
        bias.copas(Y, V, **options)


def test_equal_variances_are_refused():
    with pytest.raises(StatisticsError, match="same variance"):
        bias.copas(Y, np.full(6, 0.1))


def test_the_result_is_plain_for_json():
    assert json.loads(json.dumps(bias.copas(Y, V).to_dict(), allow_nan=False))["k"] == 6
