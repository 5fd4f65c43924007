"""Numbers that no data could have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import CONTINUOUS, World, a_result, a_study
from hypothesis import example, given
from hypothesis import strategies as st
from orphans import orphan_numbers, wording_faults

from weigh.appraisal.plausibility import impossible
from weigh.evidence.result import Result
from weigh.evidence.study import Participants


def told(*rows: Result, **about: object) -> list[str]:
    world = World(others=[a_study("s", **about)], results=list(rows))
    study = world.others[0]
    phrases = list(impossible(world.evidence(), study, world.trace))
    for phrase in phrases:
        assert orphan_numbers(phrase, world.trace) == []
        assert wording_faults(phrase.text) == []
    return [phrase.text for phrase in phrases]


@pytest.mark.parametrize(("sd", "found"), [(5.1, 1), (5.0, 0), (2.0, 0)])
def test_an_sd_wider_than_half_the_scale(sd: float, found: int) -> None:
    """On a scale of 0 to 10 the widest SD of 100 people is 5.03, and 5.0 may stand for less."""
    assert len(told(a_result("s", "a", "pain", n=100, sd=sd))) == found


@pytest.mark.parametrize(("sd", "found"), [(3.2, 1), (3.03, 0)])
def test_a_mean_near_the_end_of_the_scale_leaves_less_room(sd: float, found: int) -> None:
    """With a mean of 1.025 at most the widest SD is the root of 1.025 times 8.975: 3.03."""
    texts = told(a_result("s", "a", "pain", n=1000, mean=1.02, sd=sd))

    assert len(texts) == found
    assert all("an SD of 3.2 is wider than the scale allows (3.03 at most)" in t for t in texts)


def test_a_change_may_spread_over_twice_the_scale() -> None:
    assert told(a_result("s", "a", "pain", n=100, change_mean=0.0, change_sd=9.0)) == []
    assert len(told(a_result("s", "a", "pain", n=100, change_mean=0.0, change_sd=11.0))) == 1


@given(st.lists(st.integers(0, 10), min_size=2, max_size=30))
@example([0] * 29 + [1])
def test_no_real_sample_is_ever_called_impossible(scores: list[int]) -> None:
    mean, sd = float(np.mean(scores)), float(np.std(scores, ddof=1))
    if math.isclose(sd, 0.0):
        return

    row = a_result("s", "a", CONTINUOUS.id, n=len(scores), mean=round(mean, 1), sd=round(sd, 1))

    assert told(row) == []


def test_more_people_with_the_event_than_people() -> None:
    texts = told(a_result("s", "a", "pain", events=12, total=10))

    assert texts == ["S, Pain, week 8: 12 people with the event are more than the 10 counted."]


@pytest.mark.parametrize(
    ("analysed", "source", "found"), [(21, "x", 1), (20, "x", 0), (21, "y", 0)]
)
def test_more_people_analysed_than_randomised_in_one_report(
    analysed: int, source: str, found: int
) -> None:
    participants = (
        Participants(count=20, kind="randomised", source="x"),
        Participants(count=analysed, kind="analysed", source=source),
    )

    assert len(told(participants=participants)) == found
