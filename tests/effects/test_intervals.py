"""Intervals of single studies for proportions and rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm, poisson

from weigh.effects import proportion_interval, rate_interval
from weigh.effects.intervals import PROPORTION_INTERVALS, RATE_INTERVALS
from weigh.errors import InputError, NotFoundError

approx = pytest.approx


def test_newcombe_prints_these_limits_for_81_of_263():
    """Newcombe 1998, table I."""
    printed = {
        "wald": (0.2522, 0.3638),
        "wald-cc": (0.2503, 0.3657),
        "wilson": (0.2553, 0.3662),
        "wilson-cc": (0.2535, 0.3682),
        "clopper-pearson": (0.2527, 0.3676),
    }
    for method, limits in printed.items():
        found = proportion_interval([81], [263], method=method)
        assert (found.low[0], found.high[0]) == approx(limits, abs=5e-5), method


def test_newcombe_prints_these_limits_for_none_of_20():
    printed = {"wilson": 0.1611, "wilson-cc": 0.2005, "clopper-pearson": 0.1684}
    for method, high in printed.items():
        found = proportion_interval([0], [20], method=method)
        assert found.low[0] == 0.0
        assert found.high[0] == approx(high, abs=5e-5)


@given(st.integers(1, 80), st.integers(0, 80), st.floats(0.5, 0.99))
def test_exact_limits_leave_the_tails_that_they_should(n, x, level):
    x = min(x, n)
    tail = 0.5 - 0.5 * level
    found = proportion_interval([x], [n], level=level)

    if x > 0:
        assert binom.sf(x - 1, n, found.low[0]) == approx(tail, rel=1e-7)
    if x < n:
        assert binom.cdf(x, n, found.high[0]) == approx(tail, rel=1e-7)


@given(st.integers(0, 100), st.floats(0.5, 0.99))
def test_exact_limits_of_a_rate_leave_the_tails_that_they_should(x, level):
    found = rate_interval([x], [2.0], level=level)
    tail = 0.5 - 0.5 * level

    assert poisson.cdf(x, 2.0 * found.high[0]) == approx(tail, rel=1e-7)
    if x:
        assert poisson.sf(x - 1, 2.0 * found.low[0]) == approx(tail, rel=1e-7)
    else:
        assert found.low[0] == 0.0


@pytest.mark.parametrize("method", PROPORTION_INTERVALS)
def test_turning_events_round_turns_the_interval_round(method):
    x, n = np.array([0.0, 1, 4, 9, 10]), np.full(5, 10.0)
    one, other = (proportion_interval(e, n, method=method) for e in (x, n - x))

    assert one.low == approx(1.0 - other.high, abs=1e-12)
    assert np.all(one.low <= one.high)
    if method != "logit":  # a half is added there
        assert np.all((one.low <= one.estimate) & (one.estimate <= one.high))


def test_rates_by_hand():
    z = norm.ppf(0.975)
    log, wald = (rate_interval([4, 0], [8, 10], method=m) for m in ("log", "wald"))

    assert log.high[0] == approx(0.5 * np.exp(z / 2.0))
    assert log.low[1] == approx(0.05 * np.exp(-z / np.sqrt(0.5)))
    assert wald.high[0] == approx(0.5 + z * 0.25)
    assert (wald.low[1], wald.high[1]) == (0.0, 0.0)


@pytest.mark.parametrize("method", PROPORTION_INTERVALS)
def test_nobody_has_no_interval(method):
    found = proportion_interval([0, 1], [0, 2], method=method)

    assert np.isnan([found.low[0], found.high[0], found.estimate[0]]).all()
    assert np.isfinite([found.low[1], found.high[1]]).all()


@pytest.mark.parametrize("method", RATE_INTERVALS)
def test_no_time_has_no_interval(method):
    found = rate_interval([0], [0], method=method)

    assert np.isnan([found.low[0], found.high[0], found.estimate[0]]).all()


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="3 events among 2"):
        proportion_interval([3], [2])
    with pytest.raises(InputError, match="not a count"):
        rate_interval([-1], [2])
    with pytest.raises(InputError, match="shape"):
        rate_interval([1, 2], [2])
    with pytest.raises(InputError, match="level"):
        rate_interval([1], [2], level=95)
    with pytest.raises(NotFoundError, match="wilson"):
        proportion_interval([1], [2], method="Wilson")


def test_words_among_the_counts_are_refused():
    with pytest.raises(InputError, match="not a number"):
        proportion_interval(["many"], [10])
