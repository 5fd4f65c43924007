"""The optimal information size against closed forms and a published sample size."""

from __future__ import annotations

import math

import pytest
from builders import CONTINUOUS, DICHOTOMOUS, World
from hypothesis import given
from hypothesis import strategies as st

from weigh.appraisal.body import gather
from weigh.appraisal.information_size import (
    ENOUGH_EVENTS,
    ENOUGH_PEOPLE,
    InformationSize,
    information_size,
    people_for_means,
    people_for_risks,
)
from weigh.evidence.question import MinimalImportantDifference


def of(world: World, **options: object) -> InformationSize:
    comparison = world.comparison(**options)
    return information_size(gather(comparison, world.evidence(), world.trace))


def test_half_a_standard_deviation_takes_63_people_a_group() -> None:
    """The textbook figure without the correction for t: 2 (1.960 + 0.842)² / 0.5² = 62.8."""
    assert people_for_means(0.5, 1.0) == 126


def test_a_fifth_of_a_standard_deviation_takes_393_people_a_group() -> None:
    assert people_for_means(0.2, 1.0) == 786


def test_two_risks_take_the_textbook_number() -> None:
    """40 % against 60 %: (1.96 √(2 · .5 · .5) + .8416 √(.24 + .24))² / .2² = 96.8 a group."""
    assert people_for_risks(0.4, 0.6) == 194


@given(st.floats(0.05, 5.0), st.floats(0.1, 50.0))
def test_the_size_goes_by_the_difference_in_standard_deviations(effect: float, sd: float) -> None:
    """Changing the unit of both moves nothing (but where rounding up sits on an edge)."""
    assert people_for_means(effect * sd, sd) == pytest.approx(people_for_means(effect, 1.0), abs=2)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_events_and_their_absence_need_the_same_number(one: float, other: float) -> None:
    if math.isclose(one, other, abs_tol=0.01):
        return

    assert people_for_risks(one, other) == pytest.approx(
        people_for_risks(1 - one, 1 - other), abs=2
    )


def test_a_continuous_outcome_is_sized_at_its_mid() -> None:
    """MID 1 at an SD of 4: a quarter of an SD."""
    size = of(World().trial("s", sd=4.0), mid=1.0)

    assert (size.needed, size.rule_of_thumb) == (people_for_means(0.25, 1.0), False)


@pytest.mark.parametrize(("mid", "effect"), [(0.9, 0.45), (1.0, 0.5), (1.1, 0.5), (2.0, 0.5)])
def test_a_mid_above_half_an_sd_is_sized_as_half_an_sd(mid: float, effect: float) -> None:
    assert of(World().trial("s", sd=2.0), mid=mid).needed == people_for_means(effect, 1.0)


def test_without_a_mid_or_an_sd_the_rule_of_thumb_stands_in() -> None:
    plain = CONTINUOUS.model_copy(update={"mid": None})

    no_mid = of(World(outcome=plain).trial("s"))
    no_sd = of(World().trial("s", sd=None))

    assert (no_mid.needed, no_mid.rule_of_thumb) == (ENOUGH_PEOPLE, True)
    assert (no_sd.needed, no_sd.rule_of_thumb) == (ENOUGH_PEOPLE, True)


def test_a_dichotomous_outcome_is_sized_at_a_quarter_fewer_events() -> None:
    world = World(outcome=DICHOTOMOUS).trial("s", events=(10, 20))

    size = of(world, estimate=0.5, ci=(0.3, 0.8), absolute={"comparator": 200.0})

    assert size.needed == people_for_risks(0.2, 0.15)


def test_a_dichotomous_outcome_with_a_mid_is_sized_at_it() -> None:
    mid = MinimalImportantDifference(value=0.1, source="mid-paper")
    world = World(outcome=DICHOTOMOUS.model_copy(update={"mid": mid})).trial("s", events=(1, 2))

    size = of(world, estimate=0.5, ci=(0.3, 0.8), absolute={"comparator": 200.0})

    assert size.needed == people_for_risks(0.2, 0.1)


def test_a_mid_with_no_room_below_the_risk_is_taken_above_it() -> None:
    mid = MinimalImportantDifference(value=0.1, source="mid-paper")
    world = World(outcome=DICHOTOMOUS.model_copy(update={"mid": mid})).trial("s", events=(1, 2))

    size = of(world, estimate=0.5, ci=(0.3, 0.8), absolute={"comparator": 50.0})

    assert size.needed == people_for_risks(0.05, 0.15)


def test_without_a_baseline_risk_events_are_counted() -> None:
    world = World(outcome=DICHOTOMOUS).trial("s", events=(10, 20)).trial("t", events=(5, 6))

    size = of(world, estimate=0.5, ci=(0.3, 0.8))

    assert (size.needed, size.held, size.unit) == (ENOUGH_EVENTS, 41, "events")
