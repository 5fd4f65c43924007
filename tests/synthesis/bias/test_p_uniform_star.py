"""P-uniform*: its likelihood by integration, its kin the step function, and the long run."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from weigh.errors import StatisticsError
from weigh.synthesis.bias import p_uniform_star, selection_model

Y = [0.9, 0.05, -0.3, 0.62, 0.4, 1.2, 0.33, -0.05, 0.7, 0.1, 0.55, 0.21]
V = [0.04, 0.01, 0.03, 0.05, 0.02, 0.09, 0.02, 0.03, 0.04, 0.01, 0.06, 0.02]
ALIKE = [0.04] * 12


def log_likelihood(mu: float, tau2: float) -> float:
    """Each density over the area of its own side of the line."""
    total = 0.0
    for y, v in zip(Y, V, strict=True):
        s, line = math.sqrt(v + tau2), norm.isf(0.025) * math.sqrt(v)
        side = (line, mu + 12 * s) if y > line else (mu - 12 * s, line)
        total += math.log(norm.pdf(y, mu, s) / quad(norm.pdf, *side, args=(mu, s))[0])
    return total


def test_the_likelihood_is_each_density_over_the_area_of_its_side():
    found = p_uniform_star(Y, V)

    assert found.log_likelihood == pytest.approx(
        log_likelihood(found.estimate, found.tau2), rel=1e-8
    )
    for mu, tau2 in [(0.01, 0.0), (-0.01, 0.0), (0.0, 0.005), (0.0, -0.005)]:
        assert log_likelihood(found.estimate + mu, found.tau2 + tau2) < found.log_likelihood


def test_it_agrees_with_r_on_the_likelihood():
    """By R 4.2: optim() from twelve starts on dnorm and pnorm, uniroot() on its profiles.

    optim() stops some 1e-6 before the maximum; the values of the likelihood are closer.
    """
    found = p_uniform_star(Y, V)

    assert found.log_likelihood == pytest.approx(4.76846914835, abs=1e-9)
    assert found.log_likelihood >= 4.76846914835
    assert (found.estimate, found.tau2) == pytest.approx((0.274068897597, 0.0766651199), rel=1e-4)
    assert (found.ci_low, found.ci_high) == pytest.approx((-0.080129177608, 0.623857238968))
    assert (found.tau2_ci_low, found.tau2_ci_high) == pytest.approx(
        (0.0182868924915, 0.25380016526)
    )
    assert (found.lrt, found.tau2_lrt) == pytest.approx((2.47483393592, 11.3078339547))
    assert found.p == pytest.approx(2.0 * norm.sf(math.sqrt(found.lrt)))
    assert found.tau2_p == pytest.approx(norm.sf(math.sqrt(found.tau2_lrt)))


def test_a_variance_of_zero_stands_on_its_bound():
    """The same program on studies that agree: the limits of the mean and of tau2."""
    found = p_uniform_star(
        [0.42, 0.31, 0.65, 0.28, 0.9, 0.15, -0.1, 0.5],
        [0.02, 0.015, 0.06, 0.019, 0.11, 0.03, 0.05, 0.04],
    )

    assert (found.tau2, found.tau2_ci_low, found.tau2_lrt, found.tau2_p) == (0.0, 0.0, 0.0, 0.5)
    assert found.log_likelihood == pytest.approx(8.52366582795, abs=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx((-0.243543849016, 0.345196183135))
    assert found.tau2_ci_high == pytest.approx(0.0851423090542)
    assert found.lrt == pytest.approx(0.768546072993, rel=1e-6)


def test_with_equal_variances_it_is_the_step_function_with_one_cut_off():
    """There the weight of the step function takes up the shares of both sides by itself.

    The search for the step function ends within about 1e-6.
    """
    found = p_uniform_star(Y, ALIKE)
    step = selection_model(Y, ALIKE, steps=0.025)

    assert found.estimate == pytest.approx(step.adjusted.estimate, rel=1e-5)
    assert found.tau2 == pytest.approx(step.tau2, rel=1e-5)
    # The likelihoods differ by that of the shares themselves: 6 of 12 on either side.
    assert found.log_likelihood + 12 * math.log(0.5) == pytest.approx(step.log_likelihood, rel=1e-8)


@settings(max_examples=20)
@given(scale=st.floats(1e-3, 1e3))
def test_scale_and_direction_carry_over(scale):
    plain = p_uniform_star(Y, V)

    turned = p_uniform_star(-scale * np.array(Y), scale**2 * np.array(V), alternative="less")

    assert turned.estimate == pytest.approx(-scale * plain.estimate, rel=1e-7)
    assert turned.ci_low == pytest.approx(-scale * plain.ci_high, rel=1e-7)
    assert turned.tau2 == pytest.approx(scale**2 * plain.tau2, rel=1e-7)
    assert turned.tau2_ci_high == pytest.approx(scale**2 * plain.tau2_ci_high, rel=1e-7)
    assert (turned.p, turned.tau2_p) == pytest.approx((plain.p, plain.tau2_p), rel=1e-7)


def selected(rng, mu: float, tau: float, k: int, seen: float) -> tuple[np.ndarray, np.ndarray]:
    """Studies of which those that are not significant were published with chance `seen`."""
    v = rng.uniform(0.01, 0.08, 60 * k)
    y = rng.normal(rng.normal(mu, tau, v.size), np.sqrt(v))
    kept = (y > norm.isf(0.025) * np.sqrt(v)) | (rng.random(v.size) < seen)
    return y[kept][:k], v[kept][:k]


def test_effect_and_variance_are_found_again_under_selection():
    """3,000 studies leave errors near 0.01 in the mean and 0.004 in tau2."""
    y, v = selected(np.random.default_rng(5), 0.2, 0.2, 3000, 0.2)

    found = p_uniform_star(y, v)

    assert found.estimate == pytest.approx(0.2, abs=0.04)
    assert found.tau2 == pytest.approx(0.04, abs=0.015)
    assert found.unadjusted.estimate > 0.28
    assert found.tau2_ci_low <= 0.04 <= found.tau2_ci_high


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """120 samples of 40 studies: 114 hold it, give or take four standard errors (10)."""
    rng = np.random.default_rng(2)
    held = np.zeros(2, int)
    for _ in range(120):
        found = p_uniform_star(*selected(rng, 0.2, 0.2, 40, 0.3))
        held += [
            found.ci_low <= 0.2 <= found.ci_high,
            found.tau2_ci_low <= 0.04 <= found.tau2_ci_high,
        ]

    assert (held >= 104).all()
    assert (held < 120).all()


def test_a_side_without_studies_is_said_and_an_open_interval_is_infinite():
    found = p_uniform_star([0.1, 0.2, 0.3, 0.1], [0.04] * 4)

    assert (found.k_significant, found.ci_high) == (0, math.inf)
    assert found.tau2_ci_high == math.inf
    assert any(note.startswith("No study") for note in found.notes)
    assert any("no limit" in note for note in found.notes)
    parts = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert parts["ci_high"] is None
    assert parts["unadjusted"]["k"] == 4


def test_a_likelihood_without_a_maximum_is_refused():
    with pytest.raises(StatisticsError, match="no maximum"):
        p_uniform_star([0.5, 0.41, 0.7, 1.8], [0.04] * 4)
    with pytest.raises(StatisticsError, match="at least two"):
        p_uniform_star([0.5], [0.04])
    line = float(norm.isf(0.025))
    with pytest.raises(StatisticsError, match="so exactly on the line"):
        p_uniform_star([line, line], [1.0, 1.0])
