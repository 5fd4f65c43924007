"""Tail areas keep their accuracy far out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from weigh.stats.tails import (
    chi2_quantile,
    chi2_tail,
    f_tail,
    normal_quantile,
    t_quantile,
    two_sided_p,
    two_sided_quantile,
)


@pytest.mark.parametrize("statistic", [0.0, 0.5, -1.96, 8.0, 37.0])
def test_p_values_of_a_normal_statistic_count_both_tails(statistic):
    assert two_sided_p(statistic) == pytest.approx(2 * stats.norm.sf(abs(statistic)), rel=1e-13)


@pytest.mark.parametrize("df", [1, 2, 9, 300])
@pytest.mark.parametrize("statistic", [0.0, -2.0, 6.0, 90.0])
def test_p_values_of_a_t_statistic_count_both_tails(statistic, df):
    expected = 2 * stats.t.sf(abs(statistic), df)

    assert two_sided_p(statistic, df) == pytest.approx(expected, rel=1e-10)


def test_quantiles_undo_the_tails():
    df = np.array([1.0, 5.0, 80.0])

    assert normal_quantile(0.975) == pytest.approx(1.959963984540054)
    assert two_sided_quantile(0.95) == normal_quantile(0.975)
    assert two_sided_p(t_quantile(df, 0.975), df) == pytest.approx([0.05] * 3)
    assert chi2_tail(chi2_quantile(df, 0.025), df) == pytest.approx([0.025] * 3)


def test_the_tail_of_f_with_one_degree_of_freedom_is_that_of_t_squared():
    assert f_tail(2.5**2, 1.0, 7.0) == pytest.approx(two_sided_p(2.5, 7.0), rel=1e-12)
