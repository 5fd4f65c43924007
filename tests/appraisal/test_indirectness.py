"""GRADE, indirectness: the studies' own judgements, weighed, and surrogates."""

from __future__ import annotations

import pytest
from builders import CONTINUOUS, World
from orphans import orphan_numbers, wording_faults

INDIRECT = {"level": "indirect", "differs_in": ("population",), "levels": 1}


def a_body(*parts: tuple[int, float]) -> World:
    world = World()
    for number, (levels, weight) in enumerate(parts):
        world.trial(f"s{number}", weight=weight, directness={"levels": levels})
    return world


@pytest.mark.parametrize(
    ("parts", "levels"),
    [
        ([(0, 1)], 0),
        ([(1, 1)], -1),
        ([(2, 1)], -2),
        ([(1, 50), (0, 50)], 0),
        ([(1, 51), (0, 49)], -1),
        ([(2, 50), (0, 50)], 0),
        ([(2, 50), (1, 50)], -1),
        ([(2, 51), (0, 49)], -2),
    ],
)
def test_levels_by_share(parts: list[tuple[int, float]], levels: int) -> None:
    world = a_body(*parts)

    domain = world.domain("indirectness")

    assert domain.levels == levels
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []


def test_a_surrogate_lowers_by_one_more_and_two_is_the_most() -> None:
    surrogate = CONTINUOUS.model_copy(update={"surrogate": True})

    direct = World(outcome=surrogate).trial("s").domain("indirectness")
    far = World(outcome=surrogate).trial("s", directness={"levels": 2}).domain("indirectness")

    assert (direct.levels, far.levels) == (-1, -2)
    assert "marker that people cannot feel" in direct.reason.text


def test_an_indirect_study_without_levels_counts_one() -> None:
    world = World().trial("s", directness={"level": "indirect"})

    assert world.domain("indirectness").levels == -1


def test_the_reason_names_what_differs() -> None:
    domain = World().trial("s", directness=INDIRECT).domain("indirectness")

    assert domain.reason.text == "The study differs from the question in the people."
