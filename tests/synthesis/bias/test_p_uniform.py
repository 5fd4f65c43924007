"""P-uniform: its definition by integration, another program's numerics, and the long run."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, norm

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.bias import p_uniform
from weigh.synthesis.bias.p_uniform_conditional import (
    Conditional,
    irwin_hall,
    irwin_hall_quantile,
)

Y = [0.42, 0.31, 0.65, 0.28, 0.9, 0.15, -0.1, 0.5]
V = [0.02, 0.015, 0.06, 0.019, 0.11, 0.03, 0.05, 0.04]
# Estimate, limits, test of no effect, test of bias: by R 4.2 from the definitions (pnorm, uniroot,
# optimize; the alternating sum for the sum of six uniform numbers). Its optimize() is good to 1e-8.
BY_R = {
    "P": (
        (0.292238762972, -0.0163398390458, 0.519921835941),
        (-1.87783992973, 0.0295944471518),
        (0.354923963743, 0.364555230595),
    ),
    "LNP": (
        (0.215531254391, -0.105817367665, 0.524557407627),
        (9.71697729434, 0.0785802450867),
        (4.26280276319, 0.257173478099),
    ),
    "ML": (
        (0.18774051456, -0.13726968003, 0.413153931317),
        (1.48765132711, 0.222581227552),
        (1.39894325413, 0.236900584465),
    ),
}
METHODS = list(BY_R)


@pytest.mark.parametrize("method", METHODS)
def test_it_agrees_with_r_on_the_definitions(method):
    found = p_uniform(Y, V, method=method)

    estimate, test, bias = BY_R[method]
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(estimate, rel=1e-7)
    assert (found.statistic, found.p) == pytest.approx(test, rel=1e-7)
    assert (found.bias_statistic, found.bias_p) == pytest.approx(bias, rel=1e-7)
    assert (found.k, found.k_significant) == (8, 6)


def test_conditional_probabilities_are_areas_of_the_density_that_was_cut_off():
    found = p_uniform(Y, V)

    by_hand = []
    for y, v in zip(Y, V, strict=True):
        s = math.sqrt(v)
        line = norm.isf(0.025) * s
        if y > line:
            area = [quad(norm.pdf, at, 5, args=(found.estimate, s))[0] for at in (y, line)]
            by_hand.append(area[0] / area[1])
    assert found.conditional == pytest.approx(by_hand, rel=1e-6)
    assert np.mean(found.conditional) == pytest.approx(0.5, rel=1e-10)


@given(st.integers(1, 40), st.floats(0.0, 1.0))
def test_the_sum_of_uniform_numbers_is_the_exact_alternating_sum(k, share):
    total = Fraction(share * k)
    terms = ((-1) ** j * math.comb(k, j) * (total - j) ** k for j in range(math.floor(total) + 1))
    exact = float(sum(terms, Fraction(0)) / math.factorial(k))

    # Positive terms only: an error of a few last digits for each of k steps.
    assert irwin_hall(float(total), k) == pytest.approx(exact, rel=1e-13 * k, abs=1e-300)


@pytest.mark.parametrize("k", [1, 2, 7, 300])
def test_quantiles_of_the_sum_are_found_again_and_mirror_each_other(k):
    low, high = (irwin_hall_quantile(p, k) for p in (0.025, 0.975))

    assert irwin_hall(low, k) == pytest.approx(0.025, rel=1e-9)
    assert low + high == pytest.approx(k, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_limit_is_where_its_test_just_rejects(method):
    """Shifting all effects and their lines alike makes the test of no effect one of any effect."""
    found = p_uniform(Y, V, method=method, level=0.9)
    s = np.sqrt(V)
    seen = np.array(Y) > norm.isf(0.025) * s
    studies = Conditional(
        np.array(Y)[seen], np.array(V)[seen], (norm.isf(0.025) * s)[seen], np.ones(6)
    )

    if method == "P":
        tails = [irwin_hall(float(studies.more_extreme(mu).sum()), 6) for mu in ends(found)]
        assert tails == pytest.approx([0.05, 0.95], rel=1e-9)
    elif method == "LNP":
        logs = [-float(studies.log_more_extreme(mu).sum()) for mu in ends(found)]
        assert gamma.sf(logs, 6) == pytest.approx([0.05, 0.95], rel=1e-9)
    else:
        mu = np.array([found.estimate, *ends(found)])
        value = studies.log_likelihood(mu, np.zeros(3))
        # 2.705543454 is the upper tenth of chi-squared with one degree of freedom.
        assert 2.0 * (value[0] - value[1:]) == pytest.approx([2.705543454] * 2, rel=1e-8)


def ends(found):
    return found.ci_low, found.ci_high


@pytest.mark.parametrize("method", METHODS)
@given(scale=st.floats(1e-4, 1e4))
def test_scale_and_direction_carry_over(method, scale):
    plain = p_uniform(Y, V, method=method)

    turned = p_uniform(
        -scale * np.array(Y), scale**2 * np.array(V), method=method, alternative="less"
    )

    assert turned.estimate == pytest.approx(-scale * plain.estimate, rel=1e-8)
    assert turned.ci_low == pytest.approx(-scale * plain.ci_high, rel=1e-8)
    assert turned.p == pytest.approx(plain.p, rel=1e-8)
    assert turned.bias_p == pytest.approx(plain.bias_p, rel=1e-8)


def significant(rng, mu: float, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Significant studies about one effect, those that were not thrown away."""
    v = rng.uniform(0.01, 0.08, 40 * k)
    y = rng.normal(mu, np.sqrt(v))
    seen = np.flatnonzero(y > norm.isf(0.025) * np.sqrt(v))[:k]
    return y[seen], v[seen]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mu", [0.0, 0.3])
def test_the_true_effect_is_found_again_from_significant_studies_alone(method, mu):
    """4,000 studies leave an error of about 0.006; pooled as they are they say 0.4 or more."""
    y, v = significant(np.random.default_rng(3), mu, 4000)

    found = p_uniform(y, v, method=method)

    assert found.estimate == pytest.approx(mu, abs=0.02)
    assert found.unadjusted.estimate > mu + 0.1
    assert found.bias_p < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_true_effect_as_often_as_they_say(method):
    """300 intervals of 95 % each: 285 hold it, give or take four standard errors (15)."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        found = p_uniform(*significant(rng, 0.2, 12), method=method)
        held += found.ci_low <= 0.2 <= found.ci_high

    assert 270 <= held <= 299


def test_results_just_past_the_line_say_that_the_estimate_is_taken_for_zero():
    found = p_uniform([0.197, 0.198, 0.4], [0.01, 0.01, 0.04])

    assert found.estimate < 0.0
    assert any("set it to 0" in note for note in found.notes)


def test_the_parts_are_ready_for_json():
    parts = p_uniform(Y, V).to_dict()

    assert json.loads(json.dumps(parts, allow_nan=False))["k_significant"] == 6


def test_what_cannot_be_is_refused():
    with pytest.raises(StatisticsError, match="No study is significant"):
        p_uniform([0.1, -0.9], [0.04, 0.04])
    with pytest.raises(InputError, match="level of significance"):
        p_uniform(Y, V, alpha=1.0)
    with pytest.raises(NotFoundError, match="no method of p-uniform"):
        p_uniform(Y, V, method="AD")


@pytest.mark.parametrize("method", METHODS)
def test_effects_exactly_on_the_line_are_refused(method):
    line = float(norm.isf(0.025)) * (1.0 + 1e-15)

    with pytest.raises(StatisticsError, match="so exactly on the line"):
        p_uniform([line, line], [1.0, 1.0], method=method)


def test_effects_near_the_line_have_a_mean_far_away():
    found = p_uniform([0.196], [0.01])

    assert found.ci_low < found.estimate < found.ci_high < 0.0
    assert found.conditional == pytest.approx([0.5], rel=1e-6)
