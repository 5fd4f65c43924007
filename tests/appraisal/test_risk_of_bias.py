"""GRADE, risk of bias: where most of the information comes from."""

from __future__ import annotations

import pytest
from builders import World, bias_rows
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import DomainRating


def rated(*shares: tuple[str | None, float]) -> DomainRating:
    world = World()
    for number, (bias, weight) in enumerate(shares):
        grave = bias == "grave"
        world.trial(f"s{number}", bias=None if grave else bias, weight=weight)
        if grave:
            world.risk_of_bias += bias_rows(f"s{number}", "high", "high", "low", "low", "low")
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
        ([("high", 100)], -1),
        ([("grave", 100)], -2),
        # Most: more than half.
        ([("low", 50), ("some_concerns", 50)], 0),
        ([("low", 49), ("some_concerns", 51)], -1),
        ([("low", 49), ("some_concerns", 26), (None, 25)], -1),
        # Enough to matter: a quarter.
        ([("low", 76), ("high", 24)], 0),
        ([("low", 75), ("high", 25)], -1),
        ([("low", 50), ("grave", 50)], -1),
        ([("low", 49), ("grave", 51)], -2),
        ([("low", 49), ("grave", 50), ("high", 1)], -1),
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


def test_high_risk_in_one_domain_is_serious_and_in_two_very_serious() -> None:
    one, two = World().trial("s", bias=None), World().trial("s", bias=None)
    one.risk_of_bias += bias_rows("s", "high", "some_concerns", "low", "low", "low")
    two.risk_of_bias += bias_rows("s", "high", "high", "low", "low", "low")

    assert one.domain("risk_of_bias").levels == -1
    assert two.domain("risk_of_bias").levels == -2


def test_two_studies_are_called_both() -> None:
    assert rated(("low", 1), ("low", 1)).reason.text == "Both studies are at low risk of bias."


def test_a_study_beside_others_without_numbers_is_not_called_the_only_one() -> None:
    world = World().trial("s").trial("t", estimable=False)

    reason = world.domain("risk_of_bias").reason

    assert reason.text == "S, the only study with an estimate, is at low risk of bias."


@pytest.mark.parametrize(("bias", "levels"), [("moderate", 0), ("serious", -1), ("critical", -2)])
def test_moderate_risk_is_no_further_concern_where_the_start_is_low(bias: str, levels: int) -> None:
    world = World(design="cohort").trial("s", bias=bias)

    assert world.domain("risk_of_bias").levels == levels


def test_without_estimates_people_take_the_place_of_weight() -> None:
    world = World().trial("big", n=300, bias="high", estimable=False)
    world.trial("small", n=100, estimable=False)

    domain = world.domain("risk_of_bias")

    assert domain.levels == -1
    assert "hold 75% of the people" in domain.reason.text


def test_without_people_each_study_counts_the_same() -> None:
    world = World().trial("one", bias="high", estimable=False)
    world.trial("two", estimable=False, participants=())

    assert "are 50% of the studies" in world.domain("risk_of_bias").reason.text
