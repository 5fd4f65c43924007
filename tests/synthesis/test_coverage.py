"""How often intervals hold, against integrals: `scripts/simulate_coverage.py` in small."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import ndtr

from weigh import bayes_many, pool_many
from weigh.synthesis.bayes import half_normal

SETS, MEAN, VARIANCE = 4000, 0.3, 0.1
# Five standard errors of a share near 0.9: the draws are the same each time.
SLACK = 5.0 * math.sqrt(0.9 * 0.1 / SETS)


def drawn(k: int, tau: np.ndarray | float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    spread = np.sqrt(VARIANCE + np.broadcast_to(tau, SETS) ** 2)
    y = MEAN + spread[:, None] * rng.normal(size=(SETS, k))
    return y.ravel(), np.full(y.size, VARIANCE), np.repeat(np.arange(SETS), k)


def share(low: np.ndarray, high: np.ndarray) -> float:
    return float(np.mean((low <= MEAN) & (high >= MEAN)))


@pytest.mark.parametrize("k", [3, 8])
@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0])
def test_the_normal_interval_holds_as_often_as_the_chi_squared_integral_says(k, tau):
    """With equal variances tau2 + v is the variance of the effects, or v where that is less."""
    truth = VARIANCE + tau**2
    corner = (k - 1) * VARIANCE / truth

    def inside(chi2):
        width = max(truth * chi2 / (k - 1), VARIANCE) / truth
        return (2.0 * ndtr(1.959964 * math.sqrt(width)) - 1.0) * stats.chi2.pdf(chi2, k - 1)

    exact = integrate.quad(inside, 0.0, corner)[0] + integrate.quad(inside, corner, np.inf)[0]
    found = pool_many(*drawn(k, tau))

    assert share(found.ci_low, found.ci_high) == pytest.approx(exact, abs=SLACK)


@pytest.mark.parametrize("k", [3, 8])
@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0])
def test_knapp_and_hartung_hold_their_level_exactly_where_studies_are_alike(k, tau):
    found = pool_many(*drawn(k, tau), test="knha")

    assert share(found.ci_low, found.ci_high) == pytest.approx(0.95, abs=SLACK)


def test_posterior_intervals_hold_their_level_over_the_prior():
    tau = np.abs(np.random.default_rng(1).normal(scale=0.5, size=SETS))
    found = bayes_many(*drawn(4, tau), tau_prior=half_normal(0.5))
    new = ndtr((found.new_high - MEAN) / tau) - ndtr((found.new_low - MEAN) / tau)

    assert share(found.mu_low, found.mu_high) == pytest.approx(0.95, abs=SLACK)
    assert np.mean((found.tau_low <= tau) & (tau <= found.tau_high)) == pytest.approx(
        0.95, abs=SLACK
    )
    assert np.mean(new) == pytest.approx(0.95, abs=SLACK)
