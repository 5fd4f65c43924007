"""Rate ratios with Cochran's weights."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.errors import StatisticsError
from weigh.synthesis import cochran_rates, mantel_haenszel

approx = pytest.approx


def test_it_is_a_mean_of_log_rate_ratios_weighted_by_expected_events():
    """Expected in group 1: 8 * 100 / 50 = 16, and 15 * 90 / 90 = 15."""
    fit = cochran_rates([3, 10], [100, 90], [8, 15], [50, 90])
    effects = np.log([3 / 100 * 50 / 8, 10 / 15])

    assert fit.weights == approx([1600 / 31, 1500 / 31])
    assert fit.estimate == approx((16 * effects[0] + 15 * effects[1]) / 31)
    assert fit.se == approx(np.sqrt(1 / 13 + 1 / 23))
    assert "Cochran" in fit.report()
    assert "Cochran" in fit.summary()


def test_one_study_is_its_own_result_as_by_mantel_and_haenszel():
    fit = cochran_rates([3], [100], [8], [50])
    other = mantel_haenszel([3], None, [8], None, time1=[100], time2=[50], measure="IRR")

    assert fit.estimate == approx(other.estimate)


def test_a_study_without_events_in_group_2_has_no_weight():
    fit = cochran_rates([3, 10, 2], [100, 90, 50], [8, 15, 0], [50, 90, 60])

    assert fit.weights[2] == 0.0
    assert fit.k == 3


@pytest.mark.parametrize(("events1", "events2"), [([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_a_group_without_events_is_refused(events1, events2):
    with pytest.raises(StatisticsError, match="no event"):
        cochran_rates(events1, [10, 10], events2, [10, 10])
