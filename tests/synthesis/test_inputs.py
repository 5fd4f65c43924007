"""What comes in is refused with one clear message, or can be weighed together."""

from __future__ import annotations

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import (
    combine_exact,
    exact_odds_ratio,
    exact_rate_ratio,
    glmm,
    mantel_haenszel,
    pool,
    pool_many,
)

METHODS = ["EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM"]
FEW = [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("vi", [[1e300, 0.1, 0.2, 0.3], [1e-300, 0.1, 0.2, 0.3]])
def test_variances_that_no_double_can_hold_together_are_refused(method, vi):
    with pytest.raises(StatisticsError, match="too far apart"):
        pool(FEW, vi, method=method)


@pytest.mark.parametrize("size", [1e150, 1e300])
def test_an_effect_that_no_double_can_square_is_refused(size):
    with pytest.raises(StatisticsError, match="There is an effect of size"):
        pool([size, -size, 0.3], [0.1, 0.1, 0.2])


@pytest.mark.parametrize("method", ["EE", "DL", "ML", "REML", "EB", "PM", "PMM"])
def test_a_study_that_says_next_to_nothing_changes_nothing(method):
    """HE and SJ weigh all studies alike, and HS counts them, when they estimate tau2."""
    without = pool(FEW, [0.1, 0.1, 0.2, 0.3], method="EE")
    fit = pool([*FEW, 5.0], [0.1, 0.1, 0.2, 0.3, 1e100], method=method)

    assert fit.estimate == pytest.approx(without.estimate, rel=1e-9)


@pytest.mark.parametrize("level", ["0.95", None, [0.95], True])
def test_a_level_that_is_no_number_is_refused(level):
    with pytest.raises(InputError, match="`level` is"):
        pool(FEW, FEW, level=level)


@pytest.mark.parametrize("method", [None, 3, "reml", ["REML"]])
def test_a_method_that_is_no_name_is_refused(method):
    with pytest.raises(NotFoundError, match="no estimator of tau2"):
        pool(FEW, FEW, method=method)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_groups_without_people_are_nothing_to_pool(measure):
    with pytest.raises(StatisticsError, match="No study has people in both groups"):
        mantel_haenszel([0, 2], [0, 5], [0, 0], [7, 0], measure=measure)


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_a_person_time_of_nothing_is_refused(measure):
    with pytest.raises(StatisticsError, match="Row 2: a person-time of 0"):
        mantel_haenszel([1, 0], events2=[2, 1], time1=[10, 0], time2=[10, 12], measure=measure)


def test_events_in_everybody_leave_no_measure_of_uncertainty():
    with pytest.raises(StatisticsError, match="Everybody has the event"):
        mantel_haenszel([10, 20], [10, 20], [12, 9], [12, 9], measure="RR")


@pytest.mark.parametrize("method", [exact_odds_ratio, exact_rate_ratio, combine_exact])
def test_exact_methods_refuse_tables_too_many_to_count(method):
    with pytest.raises(StatisticsError, match="events, more than the 10,000,000"):
        method([10**9, 3], [3 * 10**9, 10], [10**9, 4], [3 * 10**9, 12])


def test_a_conditional_model_refuses_tables_too_many_to_sum_over():
    with pytest.raises(StatisticsError, match="too many to sum over"):
        glmm([10**9, 3], [3 * 10**9, 10], [10**9, 4], [3 * 10**9, 12], model="CM.EL")


def test_ordinary_effects_pass_whatever_holds_them():
    fit = pool(np.array(FEW, dtype=np.float32), tuple(FEW))

    assert fit.k == 4


@pytest.mark.parametrize(
    "yi",
    [
        pandas.Series([0.1, None, 0.3, 0.4], index=[9, 9, 4, 1]).convert_dtypes(),
        [0.1, pandas.NA, 0.3, 0.4],
        polars.Series([0.1, None, 0.3, 0.4]),
        pyarrow.chunked_array([[0.1, None], [0.3, 0.4]]),
    ],
)
def test_what_a_table_calls_missing_is_missing(yi):
    fit = pool(yi, FEW)

    assert fit.estimate == pool([0.1, np.nan, 0.3, 0.4], FEW).estimate
    assert fit.k == 3


@pytest.mark.parametrize(
    ("yi", "words"),
    [
        ([0.1, "", 0.3, 0.4], r"not a number: '' in row 2"),
        (["0.1", "high", 0.3, 0.4], r"not a number: 'high' in row 2"),
        (np.array(FEW) + 1j, r"its entries are complex128"),
        (pandas.date_range("2020", periods=4), r"its entries are datetime64"),
        ("high", r"could not convert"),
    ],
)
def test_an_entry_that_is_no_number_is_named(yi, words):
    with pytest.raises(InputError, match=words):
        pool(yi, FEW)


@pytest.mark.parametrize("slab", ["abcd", 4])
def test_names_of_studies_are_a_list(slab):
    with pytest.raises(InputError, match="a list of names, one a study"):
        pool(FEW, FEW, slab=slab)


def test_a_batch_names_the_group_that_doubles_cannot_hold():
    """Groups in units of their own are fine, each by itself."""
    with pytest.raises(StatisticsError, match=r"Group b: .* too far apart"):
        pool_many([0.1, 0.2, 0.1, 0.2], [0.1, 0.2, 1e300, 0.1], ["a", "a", "b", "b"])

    found = pool_many([1e-90, 2e-90, 1e90, 2e90], [1e-180, 1e-180, 1e180, 1e180], [1, 1, 2, 2])

    assert found.estimate == pytest.approx([1.5e-90, 1.5e90])
