"""Reports of one study that do not say the same."""

from __future__ import annotations

from dataclasses import replace

from builders import World, a_result, a_study
from orphans import orphan_numbers, wording_faults

from weigh.appraisal.agreement import disagreements
from weigh.evidence.reference import Reference
from weigh.evidence.study import Participants

PAPER = Reference.model_validate({"id": "paper", "type": "article", "container-title": "A Journal"})
PRESS = Reference.model_validate({"id": "press", "type": "article", "publisher": "A Magazine"})


def told(world: World) -> list[str]:
    evidence = replace(world.evidence(), references=(PAPER, PRESS))
    phrases = list(disagreements(evidence, world.others[0], world.trace))
    for phrase in phrases:
        assert orphan_numbers(phrase, world.trace) == []
        assert wording_faults(phrase.text) == []
    return [phrase.text for phrase in phrases]


def counts(*entries: dict[str, object]) -> World:
    participants = tuple(
        Participants.model_validate({"kind": "enrolled", **entry}) for entry in entries
    )
    return World(others=[a_study("mehta-2021", participants=participants)])


def test_two_counts_are_told_with_their_places_and_the_one_used() -> None:
    world = counts(
        {"count": 20, "source": "paper", "used": True, "reason": "The paper itself counts so."},
        {"count": 70, "source": "press"},
    )

    assert told(world) == [
        "Reports of Mehta 2021 disagree on how many people were enrolled: 20 in A Journal and 70 "
        "in A Magazine. This answer goes by 20: the paper itself counts so."
    ]


def test_a_name_at_the_head_of_the_reason_keeps_its_capital() -> None:
    world = counts(
        {"count": 20, "source": "paper", "used": True, "reason": "Mehta wrote it"},
        {"count": 70, "source": "press"},
    )

    assert told(world)[0].endswith("goes by 20: Mehta wrote it.")


def test_counts_of_different_things_do_not_disagree() -> None:
    world = counts(
        {"count": 20, "source": "paper"}, {"count": 18, "source": "paper", "kind": "completed"}
    )

    assert told(world) == []


def test_the_same_count_twice_is_agreement() -> None:
    assert told(counts({"count": 20, "source": "paper"}, {"count": 20, "source": "press"})) == []


def test_two_reports_of_one_result() -> None:
    world = World(
        others=[a_study("s")],
        results=[
            a_result("s", "a", "pain", mean=3.2, sd=1.0),
            a_result("s", "a", "pain", mean=3.4, sd=1.0, source="press"),
            a_result("s", "b", "pain", mean=5.0),
        ],
    )

    assert told(world) == [
        "Reports of S disagree on Pain at week 8 (mean): 3.2 in A Journal and 3.4 in A Magazine."
    ]
