"""GRADE, inconsistency: I², overlap of intervals and the prediction interval."""

from __future__ import annotations

import pytest
from builders import World
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import DomainRating

TOGETHER = [(-2.0, -1.0), (-2.1, -1.1), (-1.9, -0.9)]
APART = [(-4.0, -3.0), (-2.0, -1.5), (-0.9, -0.2)]
OPPOSED = [(-4.0, -3.0), (0.5, 1.5)]


def rated(intervals: list[tuple[float, float]], **options: object) -> DomainRating:
    world = World()
    for number, interval in enumerate(intervals):
        world.trial(f"s{number}", ci=interval)
    domain = world.domain("inconsistency", **options)
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []
    return domain


@pytest.mark.parametrize(
    ("intervals", "i2", "levels"),
    [
        (TOGETHER, 0.0, 0),
        (TOGETHER, 74.9, 0),
        (TOGETHER, 75.0, -1),
        (APART, 49.9, 0),
        (APART, 50.0, -1),
        (APART, 95.0, -1),
        (OPPOSED, 74.9, -1),
        (OPPOSED, 75.0, -2),
    ],
)
def test_levels_by_i2_and_overlap(
    intervals: list[tuple[float, float]], i2: float, levels: int
) -> None:
    assert rated(intervals, i2=i2).levels == levels


@pytest.mark.parametrize(
    ("pi", "i2", "levels"),
    [
        # The interval of the mean is -1.6 to -1.4; the MID is 1.
        ((-1.9, -1.1), 41.0, 0),
        ((-1.9, -0.9), 41.0, -1),
        ((-3.5, 0.5), 41.0, -1),
        ((-3.5, 0.5), 40.0, 0),
        (None, 41.0, 0),
    ],
)
def test_levels_by_a_prediction_interval_that_crosses_a_line(
    pi: tuple[float, float] | None, i2: float, levels: int
) -> None:
    assert rated(TOGETHER, i2=i2, pi=pi).levels == levels


@pytest.mark.parametrize(
    ("pi", "levels"), [((-5.0, 0.9), -1), ((-5.0, 1.1), -2), ((-0.9, 1.1), -1)]
)
def test_two_levels_where_a_further_study_may_find_benefit_or_harm(
    pi: tuple[float, float], levels: int
) -> None:
    assert rated(APART, i2=90.0, pi=pi).levels == levels


def test_a_line_that_the_mean_crosses_too_is_left_to_imprecision() -> None:
    domain = rated(TOGETHER, i2=45.0, ci=(-1.6, -0.5), pi=(-1.9, -0.2))

    assert domain.levels == 0


def test_one_study_cannot_disagree_and_the_reason_says_so() -> None:
    domain = rated([(-2.0, -1.0)])

    assert domain.levels == 0
    assert domain.reason.text.startswith("Only one study gives an estimate")


def test_nothing_estimable_is_said_so() -> None:
    domain = World().trial("s", estimable=False).domain("inconsistency")

    assert domain.levels == 0
    assert "No estimate could be made" in domain.reason.text
