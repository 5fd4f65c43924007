"""GRADE, imprecision: the interval against the lines, and the information there is."""

from __future__ import annotations

import pytest
from builders import CONTINUOUS, DICHOTOMOUS, World, a_result
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import DomainRating
from weigh.evidence.question import MinimalImportantDifference

NO_MID = CONTINUOUS.model_copy(update={"mid": None})
AT_RISK = DICHOTOMOUS.model_copy(
    update={"mid": MinimalImportantDifference(value=0.05, source="mid-paper")}
)


def rated(world: World, **options: object) -> DomainRating:
    domain = world.domain("imprecision", **options)
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []
    return domain


@pytest.mark.parametrize(
    ("ci", "levels", "words"),
    [
        ((-3.0, -1.0), 0, "beyond the smallest difference that matters"),
        ((-3.0, -0.9), -1, "both an important benefit and one too small to matter"),
        ((-3.0, 0.1), -1, "both an important benefit and no effect"),
        ((-1.0, 1.0), 0, "leaves out every difference large enough to matter"),
        ((-1.1, 1.0), -1, "both an important benefit and no effect"),
        ((-0.5, 1.1), -1, "both an important harm and no effect"),
        ((-1.1, 1.1), -2, "both an important benefit and an important harm"),
        ((-2.1, 2.0), -2, "both an important benefit and an important harm"),
        ((-2.1, 2.1), -3, "both a large benefit and a large harm"),
        ((-0.9, -0.1), 0, "leaves out every difference large enough to matter"),
    ],
)
def test_the_interval_against_the_mid(ci: tuple[float, float], levels: int, words: str) -> None:
    domain = rated(World().trial("s", n=2000), estimate=sum(ci) / 2, ci=ci, mid=1.0)

    assert domain.levels == levels
    assert words in domain.reason.text


def test_benefit_and_harm_follow_the_direction_of_the_outcome() -> None:
    higher = CONTINUOUS.model_copy(update={"better": "higher"})

    domain = rated(World(outcome=higher).trial("s", n=2000), ci=(-3.0, -0.9), mid=1.0)

    assert "an important harm" in domain.reason.text


@pytest.mark.parametrize(
    ("ci", "levels"),
    [
        ((0.5, 0.99), 0),
        ((0.76, 1.24), 0),
        ((0.74, 1.1), -1),
        ((0.9, 1.26), -1),
        ((0.74, 1.26), -2),
        ((0.51, 1.99), -2),
        ((0.49, 2.01), -3),
    ],
)
def test_a_ratio_without_a_mid_against_grade_s_lines(ci: tuple[float, float], levels: int) -> None:
    world = World(outcome=DICHOTOMOUS).trial("s", n=3000, events=(400, 400))

    assert rated(world, estimate=0.9, ci=ci).levels == levels


@pytest.mark.parametrize(
    ("ends", "levels"),
    [((-49, 49), 0), ((-51, 49), -1), ((-51, 51), -2), ((-101, 101), -3), ((-90, -51), 0)],
)
def test_a_risk_difference_against_the_mid(ends: tuple[float, float], levels: int) -> None:
    world = World(outcome=AT_RISK).trial("s", n=4000, events=(400, 400))
    absolute = {"comparator": 200.0, "difference_low": ends[0], "difference_high": ends[1]}

    domain = rated(world, estimate=0.9, ci=(0.7, 1.3), absolute=absolute)

    assert domain.levels == levels
    assert "percentage points" in domain.reason.text


@pytest.mark.parametrize(
    ("ci", "levels"),
    [((-3.0, -0.1), 0), ((-0.9, 0.9), 0), ((-1.1, 0.9), -1), ((-1.1, 1.1), -2)],
)
def test_a_difference_without_a_mid_against_half_an_sd(
    ci: tuple[float, float], levels: int
) -> None:
    world = World(outcome=NO_MID).trial("s", n=2000, sd=2.0)

    assert rated(world, ci=ci).levels == levels


@pytest.mark.parametrize(("ci", "levels"), [((-3.0, -0.1), 0), ((-0.1, 0.1), -1)])
def test_a_difference_with_neither_mid_nor_sd_against_no_effect(
    ci: tuple[float, float], levels: int
) -> None:
    assert rated(World(outcome=NO_MID).trial("s", n=2000, sd=None), ci=ci).levels == levels


@pytest.mark.parametrize(("n", "levels"), [(126, 0), (125, -1), (42, -1), (41, -2), (20, -2)])
def test_people_against_the_information_size(n: int, levels: int) -> None:
    """MID 1 at an SD of 2 takes 126 people; a third of that is 42."""
    domain = rated(World().trial("s", n=n, sd=2.0), ci=(-1.6, -1.4), mid=1.0)

    assert domain.levels == levels


@pytest.mark.parametrize(("events", "levels"), [(150, 0), (149, -1), (50, -1), (49, -2)])
def test_events_against_the_rule_of_thumb(events: int, levels: int) -> None:
    """300 events in both arms, and a third of that."""
    world = World(outcome=DICHOTOMOUS).trial("s", n=3000, events=(events, events))

    assert rated(world, estimate=0.6, ci=(0.5, 0.7)).levels == levels


@pytest.mark.parametrize(("n", "levels"), [(3998, -2), (4000, 0)])
def test_very_many_people_make_up_for_few_events(n: int, levels: int) -> None:
    world = World(outcome=DICHOTOMOUS).trial("s", n=n, events=(20, 40))

    assert rated(world, estimate=0.6, ci=(0.5, 0.7)).levels == levels


def test_the_worse_of_interval_and_size_counts_and_is_said_first() -> None:
    by_size = rated(World().trial("s", n=30), ci=(-3.0, -0.9), mid=1.0)
    by_interval = rated(World().trial("s", n=2000), ci=(-1.1, 1.1), mid=1.0)

    assert (by_size.levels, by_interval.levels) == (-2, -2)
    assert by_size.reason.text.startswith("30 people are far fewer than")
    assert by_interval.reason.text.startswith("The interval (−1.10 to 1.10)")


@pytest.mark.parametrize(("n", "levels"), [(20, -2), (399, -2), (400, -1)])
def test_without_an_estimate_there_is_no_interval_to_trust(n: int, levels: int) -> None:
    domain = rated(World().trial("s", n=n, estimable=False))

    assert domain.levels == levels
    assert "No effect could be estimated" in domain.reason.text


def test_without_an_estimate_and_without_a_count_it_is_very_serious() -> None:
    world = World().trial("s", n=0, estimable=False, participants=())

    assert rated(world).levels == -2


@pytest.mark.parametrize(("n", "levels"), [(3998, -2), (4000, -1)])
def test_nobody_with_the_event_tells_nothing_of_a_relative_effect(n: int, levels: int) -> None:
    pooled = World(outcome=DICHOTOMOUS).trial("s", n=n, events=(0, 0))
    silent = World(outcome=DICHOTOMOUS).trial("s", n=n, estimable=False)
    silent.results += [
        a_result("s", arm, DICHOTOMOUS.id, events=0, total=n // 2) for arm in ("a", "b")
    ]

    for domain in (rated(pooled, estimate=1.0, ci=(0.1, 10.0)), rated(silent)):
        assert domain.levels == levels
        assert domain.reason.text.startswith(f"None of {n} people had the event")


def test_an_interval_without_end_is_very_serious() -> None:
    world = World().trial("s", n=2000)

    assert rated(world, ci=(float("-inf"), float("nan"))).levels == -2
