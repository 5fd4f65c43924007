"""Exact pooling: every set of tables counted by hand, R's exact tests, and what has to hold."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from weigh.errors import StatisticsError
from weigh.synthesis import combine_exact, exact_odds_ratio, exact_rate_ratio

FROM_R = json.loads(
    (Path(__file__).parents[1] / "reference" / "exact.json").read_text(encoding="utf-8")
)
SPARSE = {"events1": [1, 0, 3], "n1": [8, 6, 9], "events2": [4, 1, 5], "n2": [7, 6, 8]}


def tables(theta: float, events1, n1, events2, n2):
    """Every set of tables with the margins given: events of group 1, probability."""
    ranges = [
        range(max(0, a + c - m), min(n, a + c) + 1)
        for a, n, c, m in zip(events1, n1, events2, n2, strict=True)
    ]
    found = []
    for cells in itertools.product(*ranges):
        weight = 1.0
        for x, a, n, c, m in zip(cells, events1, n1, events2, n2, strict=True):
            weight *= math.comb(n, x) * math.comb(m, a + c - x) * math.exp(theta * x)
        found.append((cells, weight))
    total = sum(weight for _, weight in found)
    return [(cells, weight / total) for cells, weight in found]


def tail(theta: float, data, side: int) -> float:
    seen = sum(data["events1"])
    return sum(p for cells, p in tables(theta, **data) if side * (sum(cells) - seen) >= 0)


def test_the_estimate_makes_the_events_seen_those_expected():
    fit = exact_odds_ratio(**SPARSE)

    mean = sum(p * sum(cells) for cells, p in tables(fit.estimate, **SPARSE))

    assert mean == pytest.approx(4.0, rel=1e-10)


def test_limits_leave_half_of_the_rest_in_each_tail():
    fit = exact_odds_ratio(**SPARSE, level=0.9)

    assert tail(fit.ci_low, SPARSE, 1) == pytest.approx(0.05, rel=1e-9)
    assert tail(fit.ci_high, SPARSE, -1) == pytest.approx(0.05, rel=1e-9)
    assert fit.p_less == pytest.approx(tail(0.0, SPARSE, -1), rel=1e-12)
    assert fit.p_greater == pytest.approx(tail(0.0, SPARSE, 1), rel=1e-12)


def test_mid_p_counts_half_of_what_was_seen():
    fit = exact_odds_ratio(**SPARSE, interval="mid-p", two_sided="double")

    def mid(theta: float, side: int) -> float:
        at = sum(p for cells, p in tables(theta, **SPARSE) if sum(cells) == 4)
        return tail(theta, SPARSE, side) - at / 2.0

    assert mid(fit.ci_low, 1) == pytest.approx(0.025, rel=1e-9)
    assert mid(fit.ci_high, -1) == pytest.approx(0.025, rel=1e-9)
    assert fit.p == pytest.approx(2.0 * min(mid(0.0, 1), mid(0.0, -1)), rel=1e-10)


def test_the_median_unbiased_estimate_is_between_its_two_medians():
    fit = exact_odds_ratio(**SPARSE)
    wide = exact_odds_ratio(**SPARSE, level=1e-9)  # both tails a half, to 5e-10

    assert fit.median_unbiased == pytest.approx((wide.ci_low + wide.ci_high) / 2.0, abs=1e-6)


def test_zelens_test_counts_the_sets_of_tables_no_likelier_than_that_seen():
    fit = exact_odds_ratio(**SPARSE)

    same_sum = [(cells, p) for cells, p in tables(0.0, **SPARSE) if sum(cells) == 4]
    own = dict(same_sum)[tuple(SPARSE["events1"])]
    rare = sum(p for _, p in same_sum if p <= own * (1.0 + 1e-9))

    assert fit.homogeneity_p == pytest.approx(rare / sum(p for _, p in same_sum), rel=1e-10)


@pytest.mark.parametrize("name", ["small", "sparse", "larger"])
def test_it_is_the_exact_test_of_mantelhaen(name):
    wanted = FROM_R[name]

    fit = exact_odds_ratio(wanted["a"], wanted["n1"], wanted["c"], wanted["n2"])

    # R finds the ratio, or its inverse where that is below 1, to 1.2e-4.
    assert math.exp(fit.estimate) == pytest.approx(wanted["estimate"], abs=1.3e-4)
    assert math.exp(fit.ci_low) == pytest.approx(wanted["ci"][0], abs=1.3e-4)
    assert math.exp(fit.ci_high) == pytest.approx(wanted["ci"][1], abs=1.3e-4)
    assert fit.p == pytest.approx(wanted["p"], rel=1e-6)
    assert fit.p_less == pytest.approx(wanted["p_less"], rel=1e-6)
    assert fit.p_greater == pytest.approx(wanted["p_greater"], rel=1e-6)


def test_one_study_is_fishers_exact_test():
    wanted = FROM_R["fisher"]

    fit = exact_odds_ratio([2], [40], [7], [40])

    assert fit.p == pytest.approx(wanted["p"], rel=1e-9)
    assert math.exp(fit.estimate) == pytest.approx(wanted["estimate"], abs=1.3e-4)
    assert np.exp([fit.ci_low, fit.ci_high]) == pytest.approx(wanted["ci"], rel=1e-3)
    assert fit.homogeneity_p is None


def test_one_pair_of_rates_is_the_exact_poisson_test():
    wanted = FROM_R["poisson"]

    fit = exact_rate_ratio([3], [410], [11], [390.5])

    assert fit.p == pytest.approx(wanted["p"], rel=1e-9)
    assert math.exp(fit.estimate) == pytest.approx(wanted["estimate"], rel=1e-9)
    assert np.exp([fit.ci_low, fit.ci_high]) == pytest.approx(wanted["ci"], rel=1e-7)


def test_equal_person_time_makes_one_binomial_of_all_studies():
    fit = exact_rate_ratio([3, 1, 0], [50, 20, 9], [7, 2, 2], [50, 20, 9], two_sided="double")

    limits = binomtest(4, 15).proportion_ci(method="exact")

    assert 1.0 / (1.0 + math.exp(-fit.estimate)) == pytest.approx(4 / 15, rel=1e-10)
    assert 1.0 / (1.0 + math.exp(-fit.ci_low)) == pytest.approx(limits.low, rel=1e-9)
    assert 1.0 / (1.0 + math.exp(-fit.ci_high)) == pytest.approx(limits.high, rel=1e-9)


def test_no_event_in_group_1_leaves_one_limit():
    fit = exact_odds_ratio([0, 0], [30, 40], [3, 2], [30, 40])

    assert fit.estimate == fit.ci_low == -math.inf
    assert fit.median_unbiased < 0.0
    assert math.isfinite(fit.ci_high)
    assert "fewest" in fit.notes[-1]
    assert fit.to_dict()["ci_low"] is None
    assert json.dumps(fit.to_dict(), allow_nan=False)


def test_studies_without_events_change_nothing_conditionally():
    with_empty = exact_odds_ratio([2, 0, 1], [30, 90, 40], [5, 0, 4], [30, 80, 40])
    without = exact_odds_ratio([2, 1], [30, 40], [5, 4], [30, 40])

    assert with_empty.estimate == pytest.approx(without.estimate, rel=1e-12)
    assert with_empty.p == pytest.approx(without.p, rel=1e-12)
    assert (with_empty.k, with_empty.informative) == (3, 2)
    assert "weight is 0" in with_empty.notes[0]


def test_large_tables_keep_their_tails():
    fit = exact_odds_ratio([900, 4000], [10000, 90000], [100, 3000], [10000, 90000])
    doubled = exact_odds_ratio([100, 3000], [10000, 90000], [900, 4000], [10000, 90000])

    assert 0.0 < fit.p < 1e-80
    assert fit.estimate == pytest.approx(-doubled.estimate, rel=1e-9)
    assert fit.ci_low == pytest.approx(-doubled.ci_high, rel=1e-9)


studies = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
        lambda n: st.tuples(
            st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1])
        )
    ),
    min_size=1,
    max_size=4,
).filter(lambda found: any(0 < a + c < n + m for a, n, c, m in found))


@settings(max_examples=40, deadline=None)
@given(studies)
def test_limits_hold_the_estimates_and_agree_with_the_p_value(found):
    a, n, c, m = (list(column) for column in zip(*found, strict=True))

    fit = exact_odds_ratio(a, n, c, m, two_sided="double")
    mirrored = exact_odds_ratio(c, m, a, n, two_sided="double")
    mid = exact_odds_ratio(a, n, c, m, interval="mid-p")

    assert fit.ci_low <= mid.ci_low <= fit.median_unbiased <= mid.ci_high <= fit.ci_high
    assert fit.ci_low <= fit.estimate <= fit.ci_high
    assert (fit.p < 0.05) == (not fit.ci_low <= 0.0 <= fit.ci_high)
    assert mirrored.median_unbiased == pytest.approx(-fit.median_unbiased, abs=1e-8)
    assert mirrored.p == pytest.approx(fit.p, rel=1e-9)


def test_combined_functions_of_one_study_are_its_mid_p_interval():
    one = combine_exact([2], [40], [7], [40])
    fit = exact_odds_ratio([2], [40], [7], [40], interval="mid-p", two_sided="double")

    assert (one.ci_low, one.ci_high) == pytest.approx((fit.ci_low, fit.ci_high), rel=1e-9)
    assert one.p == pytest.approx(fit.p, rel=1e-9)


def test_a_study_without_events_draws_the_combined_evidence_toward_none():
    few = combine_exact([2, 1], [40, 60], [7, 5], [40, 60])
    more = combine_exact([2, 1, 0], [40, 60, 90], [7, 5, 0], [40, 60, 90])

    assert more.p > few.p
    assert more.estimate == pytest.approx(few.estimate, rel=1e-10)
    assert more.ci_high - more.ci_low > few.ci_high - few.ci_low


def test_combined_limits_are_where_the_weighted_scores_reach_the_quantile():
    weights = [1.0, 3.0]
    found = combine_exact([2, 1], [40, 60], [7, 5], [40, 60], weights=weights)

    def mid_score(theta: float, a: int, n: int, c: int, m: int) -> float:
        p = dict(tables(theta, [a], [n], [c], [m]))
        return norm.ppf(sum(q for (x,), q in p.items() if x > a) + p[(a,)] / 2.0)

    scores = [mid_score(found.ci_low, 2, 40, 7, 40), mid_score(found.ci_low, 1, 60, 5, 60)]

    assert np.dot(weights, scores) / math.sqrt(10.0) == pytest.approx(norm.ppf(0.025), rel=1e-9)


def test_events_in_one_group_only_leave_one_combined_limit():
    found = combine_exact([0, 0], [40, 60], [7, 5], [40, 60])

    assert found.estimate == found.ci_low == -math.inf
    assert found.ci_high < 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact_odds_ratio([1.5], [10], [2], [10]), "whole numbers"),
        (lambda: exact_odds_ratio([0], [10], [0], [10]), "nothing can be learnt"),
        (lambda: combine_exact([1], [10], [2], [10], weights=[-1.0]), "not negative"),
        (lambda: combine_exact([1], [10], [2], [10], weights=[0.0]), "weight above 0"),
        (lambda: exact_rate_ratio([1], [0.0], [2], [10]), "person-time"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(StatisticsError, match=message):
        call()
