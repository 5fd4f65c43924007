"""The distribution of weighted sums of chi-squared variables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from weigh.stats.quadratic_forms import weighted_chi2_tails


@pytest.mark.parametrize("df", [1, 2, 3, 10, 50, 500])
@pytest.mark.parametrize("below", [1e-6, 0.025, 0.5, 0.7, 0.975, 1 - 1e-6])
def test_equal_weights_give_a_chi_squared_distribution(df, below):
    x = stats.chi2.ppf(below, df)

    lower, upper = weighted_chi2_tails(3.0 * x, np.full(df, 3.0))

    # Inversion is absolute to rounding; what is left is the quantile's own error.
    assert lower == pytest.approx(stats.chi2.cdf(x, df), abs=1e-12)
    assert upper == pytest.approx(stats.chi2.sf(x, df), abs=1e-12)


@pytest.mark.parametrize("x", [0.01, 0.5, 15.0, 100.0, 800.0])
def test_pairs_of_weights_give_a_sum_of_exponentials(x):
    """Each pair is an exponential variable, and their sum has a closed distribution function."""
    weights = np.array([0.01, 0.5, 3.0, 20.0])
    means = 2.0 * weights
    shares = [np.prod(a / (a - np.delete(means, i))) for i, a in enumerate(means)]
    expected = 1.0 - np.sum(shares * np.exp(-x / means))

    assert weighted_chi2_tails(x, np.repeat(weights, 2))[0] == pytest.approx(expected, abs=1e-12)


def test_nothing_lies_below_zero_and_no_weight_is_a_constant():
    assert weighted_chi2_tails(-1.0, np.ones(3)) == (0.0, 1.0)
    assert weighted_chi2_tails(0.0, np.zeros(3)) == (1.0, 0.0)
    assert weighted_chi2_tails(-1.0, np.zeros(3)) == (0.0, 1.0)
