"""What can be told of a study before its risk of bias is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import World, a_result, a_study
from orphans import orphan_numbers, wording_faults

from weigh.appraisal import Finding, trust
from weigh.evidence.judgement import TrustCheck
from weigh.evidence.reference import Reference
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder
from weigh.folder import example_folders, load


def found(world: World, *references: Reference) -> tuple[Finding, ...]:
    evidence = replace(world.evidence(), references=references)
    findings = trust(evidence, world.trace)
    for finding in findings:
        assert orphan_numbers(finding.statement, world.trace) == []
        assert wording_faults(finding.statement.text) == []
    assert len({finding.statement.id for finding in findings}) == len(findings)
    return findings


def of(study: Study, check: str) -> Finding:
    (finding,) = [f for f in found(World(others=[study])) if f.check == check]
    return finding


def a_row(check: str, finding: str, text: str = "Looked at it.") -> TrustCheck:
    return TrustCheck.model_validate(
        {"study": "s", "check": check, "finding": finding, "text": text, "source": "paper"}
    )


def test_a_registration_is_shown_or_missed() -> None:
    seen = of(a_study("s", registration="NCT01234567"), "registration")
    unseen = of(a_study("s"), "registration")

    assert (seen.level, unseen.level) == ("no-concern", "unknown")
    assert seen.statement.text == "S was registered (NCT01234567)."
    assert unseen.statement.text == "No registration of S was seen."


def test_nobody_registers_a_cross_sectional_study() -> None:
    findings = found(World(others=[a_study("s", design="cross-sectional")]))

    assert not [finding for finding in findings if finding.check == "registration"]


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("industry", "concern"),
        ("mixed", "concern"),
        ("public", "no-concern"),
        ("none", "no-concern"),
        ("not-reported", "unknown"),
    ],
)
def test_who_paid(kind: str, level: str) -> None:
    assert of(a_study("s", funding={"kind": kind, "source": "paper"}), "funding").level == level


def test_a_study_silent_on_funding_is_unknown() -> None:
    assert of(a_study("s"), "funding").level == "unknown"


def test_ties_name_the_party() -> None:
    finding = of(a_study("s", tied="3M"), "funding")

    assert finding.level == "concern"
    assert finding.statement.text == (
        "S was done by people tied to 3M, and who paid for it was not seen."
    )


def test_the_folders_row_takes_the_place_of_what_would_be_computed() -> None:
    world = World(others=[a_study("s")], trust=[a_row("funding", "no-concern")])

    (finding,) = [f for f in found(world) if f.check == "funding"]

    assert (finding.level, finding.computed) == ("no-concern", False)
    assert finding.statement.text == "S: Looked at it."


def test_a_row_that_names_its_study_is_shown_as_it_stands() -> None:
    world = World(
        others=[a_study("s")], trust=[a_row("notices", "serious", "S was withdrawn in 2023")]
    )

    assert found(world)[0].statement.text == "S was withdrawn in 2023."


def test_two_rows_of_one_check_both_stand() -> None:
    rows = [a_row("notices", "concern", "One."), a_row("notices", "concern", "Two.")]

    texts = [f.statement.text for f in found(World(others=[a_study("s")], trust=rows))]

    assert texts[:2] == ["S: One.", "S: Two."]


def a_reference(status: str, note: str | None = None) -> Reference:
    custom = {"status": status} | ({"status_note": note} if note else {})
    return Reference.model_validate({"id": "paper", "type": "article", "custom": custom})


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("retracted", "serious"),
        ("expression-of-concern", "serious"),
        ("corrected", "no-concern"),
        ("not-checked", "unknown"),
    ],
)
def test_a_notice_about_a_report(status: str, level: str) -> None:
    findings = found(World(others=[a_study("s")]), a_reference(status))

    assert [f.level for f in findings if f.check == "notices"] == [level]


def test_a_search_that_found_no_notice_gives_no_finding() -> None:
    findings = found(World(others=[a_study("s")]), a_reference("none"))

    assert not [finding for finding in findings if finding.check == "notices"]


def test_the_note_of_a_retraction_is_told() -> None:
    findings = found(World(others=[a_study("s")]), a_reference("retracted", "Withdrawn in 2023."))

    assert findings[0].statement.text == "A report of S was retracted. Withdrawn in 2023."


def test_the_gravest_come_first_and_computed_ones_before_the_folders() -> None:
    world = World(
        others=[a_study("s", tied="A Maker"), a_study("t")],
        results=[
            a_result("t", "a", "pain", mean=1.2, sd=4.5, n=50),
            a_result("s", "a", "pain", mean=3.0),
            a_result("s", "a", "pain", mean=4.0, source="press"),
        ],
        trust=[a_row("reports-agree", "concern"), a_row("registration", "no-concern")],
    )

    findings = found(world)

    assert [(f.study, f.check, f.level, f.computed) for f in findings] == [
        ("t", "plausible-numbers", "serious", True),
        ("s", "reports-agree", "concern", True),
        ("s", "funding", "concern", True),
        ("s", "reports-agree", "concern", False),
        ("t", "registration", "unknown", True),
        ("t", "funding", "unknown", True),
        ("s", "registration", "no-concern", False),
    ]


def test_the_worked_example_shows_its_two_known_misfits() -> None:
    """20 or 70 people in one trial, and an interval a third as wide as the SDs imply."""
    folder = {path.name: path for path in example_folders()}["vitamin-k-peripheral-neuropathy"]
    trace = TraceBuilder()

    findings = [f for f in trust(load(folder), trace) if f.computed and f.level == "concern"]

    assert {(f.study, f.check) for f in findings} == {
        ("mehta-2021", "reports-agree"),
        ("tan-2024-cramps", "plausible-numbers"),
    }
    assert all(orphan_numbers(f.statement, trace) == [] for f in findings)
