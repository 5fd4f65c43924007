"""The fragility index: against pooling by hand, and both ways across no effect."""

from __future__ import annotations

import json

import numpy as np
import pytest

from weigh.effects import effect_size
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import mantel_haenszel, pool
from weigh.synthesis.sensitivity import fragility_index

EVENTS1, N1 = [5, 8, 0], [100, 120, 40]
EVENTS2, N2 = [14, 21, 3], [100, 120, 40]


def interval(events1, events2, measure, method):
    if method == "MH":
        return mantel_haenszel(events1, N1, events2, N2, measure=measure)
    es = effect_size(measure, events1=events1, n1=N1, events2=events2, n2=N2)
    return pool(es.yi, es.vi, method=method)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("method", ["REML", "EE", "MH"])
def test_the_last_change_and_none_before_lets_the_interval_hold_no_effect(measure, method):
    found = fragility_index(EVENTS1, N1, EVENTS2, N2, measure=measure, method=method)
    events = np.array([EVENTS1, EVENTS2], dtype=float)
    start = interval(*events, measure, method)

    assert found.excludes_no_effect
    assert (found.estimate, found.ci_high) == pytest.approx((start.estimate, start.ci_high))
    assert found.index == len(found.steps)
    for number, step in enumerate(found.steps, start=1):
        events[step.group - 1, int(step.study) - 1] += step.change
        fit = interval(*events, measure, method)
        assert (step.estimate, step.ci_high) == pytest.approx((fit.estimate, fit.ci_high))
        assert (fit.ci_high >= 0.0) == (number == found.index)
    assert found.quotient == pytest.approx(found.index / 520)


def test_the_first_step_is_the_best_of_all_single_changes():
    found = fragility_index(EVENTS1, N1, EVENTS2, N2, method="EE")
    limits = []
    for study in range(3):
        for group, change in ((0, 1), (1, -1)):
            events = np.array([EVENTS1, EVENTS2], dtype=float)
            events[group, study] += change
            limits.append(interval(*events, "RR", "EE").ci_high)

    assert found.steps[0].ci_high == pytest.approx(max(limits))


def test_an_interval_that_holds_no_effect_is_led_out_of_it_the_shorter_way():
    found = fragility_index([10, 12], [100, 100], [14, 17], [100, 100], method="EE")

    assert not found.excludes_no_effect
    assert found.steps[-1].ci_high < 0.0
    assert all(step.ci_high >= 0.0 for step in found.steps[:-1])
    assert {(step.group, step.change) for step in found.steps} <= {(1, -1), (2, 1)}


def test_changing_the_groups_round_changes_no_index():
    one = fragility_index(EVENTS1, N1, EVENTS2, N2, measure="OR")
    other = fragility_index(EVENTS2, N2, EVENTS1, N1, measure="OR")

    assert one.index == other.index
    assert one.ci_low == pytest.approx(-other.ci_high)


def test_a_search_that_is_given_up_says_so():
    found = fragility_index(EVENTS1, N1, EVENTS2, N2, limit=2)

    assert found.index is None
    assert "within 2 changes" in found.notes[0]
    assert json.loads(json.dumps(found.to_dict()))["steps"] == []


def test_studies_with_missing_counts_are_left_out_and_named():
    found = fragility_index(
        [5, None, 8], [100, 50, 120], [14, 2, 21], [100, 50, 120], slab=["A", "B", "C"]
    )

    assert found.people == 440
    assert found.notes == ("Left out for missing counts: B.",)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"events1": [101, 8, 0]}, StatisticsError, "Row 1"),
        ({"events1": [1.5, 8, 0]}, StatisticsError, "whole events"),
        ({"n2": [100, 0, 40]}, StatisticsError, "Row 2"),
        ({"n2": [100, 10]}, InputError, "2 entries"),
        ({"slab": ["a"]}, InputError, "1 names"),
        ({"add": 0.0}, InputError, "above 0"),
        ({"method": "MH", "test": "knha"}, InputError, "normal test"),
        ({"method": "GENQ"}, NotFoundError, "GENQ"),
        ({"measure": "HR"}, NotFoundError, "RR"),
        ({"events1": [None] * 3}, StatisticsError, "no study"),
    ],
)
def test_counts_that_cannot_be_are_refused(change, kind, words):
    given = {"events1": EVENTS1, "n1": N1, "events2": EVENTS2, "n2": N2} | change
    with pytest.raises(kind, match=words):
        fragility_index(**given)
