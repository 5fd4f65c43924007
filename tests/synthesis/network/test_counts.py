"""Networks of counts: Mantel and Haenszel's odds ratios, and the exact conditional likelihood."""

from __future__ import annotations

import json
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthesis.network.networks import smoking_arms

from weigh.errors import NotFoundError, StatisticsError
from weigh.synthesis import exact_odds_ratio, mantel_haenszel
from weigh.synthesis.network import network_counts
from weigh.synthesis.network.hypergeometric import ArmCounts, approximate, exact

TWO = {
    "study": ["1", "1", "2", "2", "3", "3"],
    "treatment": ["A", "B"] * 3,
    "events": [3, 9, 0, 4, 12, 15],
    "n": [50, 52, 30, 31, 60, 58],
}


def test_two_treatments_are_the_odds_ratio_of_mantel_and_haenszel():
    fit = network_counts(**TWO, reference="A")
    pooled = mantel_haenszel([9, 4, 15], [52, 31, 58], [3, 0, 12], [50, 30, 60], measure="OR")

    one = fit.league()["B", "A"]

    assert one.estimate == pytest.approx(pooled.estimate)
    assert one.se == pytest.approx(pooled.se)
    assert fit.inconsistency.df == 0


def test_two_treatments_are_the_conditional_maximum_likelihood_estimate():
    fit = network_counts(**TWO, reference="A", method="NCH")
    found = exact_odds_ratio([9, 4, 15], [52, 31, 58], [3, 0, 12], [50, 30, 60])

    assert np.exp(fit.league()["B", "A"].estimate) == pytest.approx(
        np.exp(found.estimate), rel=1e-6
    )


def _by_listing(trial: ArmCounts, effects) -> tuple[float, np.ndarray, np.ndarray]:
    total = int(trial.events.sum())
    cells = [x for x in product(*(range(int(size) + 1) for size in trial.n)) if sum(x) == total]
    slopes = [effects[arm] for arm in trial.arms]

    def weight(x):
        ways = np.prod([float(comb(int(s), k)) for s, k in zip(trial.n, x, strict=True)])
        return ways * np.exp(np.dot(slopes, x))

    p = np.array([weight(x) for x in cells])
    p /= p.sum()
    table = np.array(cells, dtype=float)
    mean = p @ table
    at = cells.index(tuple(int(x) for x in trial.events))
    return float(np.log(p[at])), mean, (table - mean).T @ ((table - mean) * p[:, None])


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=2, max_size=3),
    st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3),
)
def test_the_exact_likelihood_is_that_of_all_tables_listed(cells, effects):
    events = np.array([x for x, _ in cells], dtype=float)
    n = events + np.array([more for _, more in cells], dtype=float)
    if events.sum() == 0.0:
        events[0], n[0] = 1.0, n[0] + 1.0
    trial = ArmCounts(arms=tuple(range(len(cells))), events=events, n=n)

    ours, plain = exact(trial, np.array(effects)), _by_listing(trial, np.array(effects))

    for one, other in zip(ours, plain, strict=True):
        assert np.allclose(one, other, rtol=1e-8, atol=1e-9)


def test_with_few_events_among_many_the_approximation_is_near():
    trial = ArmCounts(arms=(0, 1), events=np.array([2.0, 5.0]), n=np.array([20_000.0, 20_000.0]))
    effects = np.array([0.0, 0.7])

    ours, near = exact(trial, effects), approximate(trial, effects)

    assert ours[1] == pytest.approx(near[1], rel=1e-3)
    assert ours[2] == pytest.approx(near[2], rel=1e-3)


def test_with_frequent_events_the_approximation_is_too_near_to_no_effect():
    fits = [
        network_counts(**smoking_arms(), reference="A", method=method)
        for method in ("NCH", "NCH-approximate", "MH")
    ]
    true, near, mantel = (fit.league()["C", "A"].estimate for fit in fits)

    assert 0.0 < near < true
    assert true == pytest.approx(mantel, abs=0.1)


def test_what_cannot_be_compared_is_left_out_by_name():
    fit = network_counts(**smoking_arms(), reference="A")

    assert fit.k == 23
    assert any("A : D" in note for note in fit.notes)


def test_events_and_their_absence_are_two_sides_of_one_coin():
    arms = smoking_arms()
    turned = {**arms, "events": [n - x for x, n in zip(arms["events"], arms["n"], strict=True)]}
    for method in ("MH", "NCH"):
        one, other = (
            network_counts(**each, reference="A", method=method).league()["C", "A"]
            for each in (arms, turned)
        )
        assert one.estimate == pytest.approx(-other.estimate, rel=1e-6)
        assert one.se == pytest.approx(other.se, rel=1e-6)


def test_results_are_ready_for_json_and_for_frames():
    for method in ("MH", "NCH"):
        fit = network_counts(**smoking_arms(), reference="A", method=method, better="higher")
        json.dumps(fit.to_dict(), allow_nan=False)
        assert len(fit.to_frame()) == 3
        assert "against A" in fit.summary()
        assert fit.ranking(draws=50).order[-1] == "A"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"method": "IV"}, NotFoundError, "IV"),
        ({"reference": "Z"}, NotFoundError, "'Z'"),
        ({"events": [0] * 6}, StatisticsError, "No design has two arms"),
        ({"treatment": ["A", "B", "A", "B", "C", "D"]}, StatisticsError, "2 parts"),
        ({"events": [0, 9, 0, 4, 0, 15]}, StatisticsError, "No design has two arms"),
        ({"events": [1e-300, 9, 0, 4, 0, 15]}, StatisticsError, "no odds ratio by Mantel"),
        ({"events": [3, 8.5, 0, 4, 12, 15], "method": "NCH"}, StatisticsError, "no whole number"),
        ({"n": [50, 52, 30, 31, 60, 5e6], "method": "NCH"}, StatisticsError, "too many"),
    ],
)
def test_wrong_counts_are_refused_in_one_sentence(change, error, words):
    with pytest.raises(error, match=words):
        network_counts(**{**TWO, "reference": "A", **change})


def test_an_arm_without_events_in_any_trial_of_its_design_has_no_odds_ratio():
    arms = {
        "study": ["1", "1", "2", "2", "3", "3"],
        "treatment": ["A", "B", "A", "B", "A", "C"],
        "events": [0, 3, 0, 5, 2, 4],
        "n": [10, 10, 15, 15, 20, 20],
    }
    fit = network_counts(**arms, reference="A")

    assert fit.treatments == ("A", "C")
    with pytest.raises(StatisticsError, match="'B' has no trial left"):
        network_counts(**arms, reference="B")
