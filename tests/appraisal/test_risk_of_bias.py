"""GRADE, risk of bias: where most of the information comes from."""

from __future__ import annotations

import pytest
from builders import World
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import DomainRating


def rated(*shares: tuple[str | None, float]) -> DomainRating:
    world = World()
    for number, (bias, weight) in enumerate(shares):
        world.trial(f"s{number}", bias=bias, weight=weight)
    domain = world.domain("risk_of_bias")
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []
    return domain


@pytest.mark.parametrize(
    ("shares", "levels"),
    [
        ([("low", 100)], 0),
        ([("some_concerns", 100)], -1),
        ([(None, 100)], -1),
        ([("no_information", 100)], -1),
        ([("high", 100)], -2),
        # Most: more than half.
        ([("low", 50), ("some_concerns", 50)], 0),
        ([("low", 49), ("some_concerns", 51)], -1),
        ([("low", 49), ("some_concerns", 26), (None, 25)], -1),
        # Enough to matter: a quarter.
        ([("low", 76), ("high", 24)], 0),
        ([("low", 75), ("high", 25)], -1),
        ([("low", 50), ("high", 50)], -1),
        ([("low", 49), ("high", 51)], -2),
    ],
)
def test_levels_by_share(shares: list[tuple[str | None, float]], levels: int) -> None:
    assert rated(*shares).levels == levels


def test_the_reason_gives_each_share() -> None:
    reason = rated(("low", 60), ("high", 40)).reason

    assert reason.text == (
        "Studies at high risk of bias carry 40% of the weight and studies at low risk of bias 60%."
    )


def test_a_study_that_nobody_assessed_is_not_called_low() -> None:
    assert rated((None, 1)).reason.text == ("The risk of bias of S0, the only study, is not known.")


@pytest.mark.parametrize(("bias", "levels"), [("moderate", 0), ("serious", -2), ("critical", -2)])
def test_moderate_risk_is_no_further_concern_where_the_start_is_low(bias: str, levels: int) -> None:
    world = World(design="cohort").trial("s", bias=bias)

    assert world.domain("risk_of_bias").levels == levels


def test_without_estimates_people_take_the_place_of_weight() -> None:
    world = World().trial("big", n=300, bias="high", estimable=False)
    world.trial("small", n=100, estimable=False)

    domain = world.domain("risk_of_bias")

    assert domain.levels == -2
    assert "hold 75% of the people" in domain.reason.text


def test_without_people_each_study_counts_the_same() -> None:
    world = World().trial("one", bias="high", estimable=False)
    world.trial("two", estimable=False, participants=())

    assert "are 50% of the studies" in world.domain("risk_of_bias").reason.text
