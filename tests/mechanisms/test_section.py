"""How it might work, in words: what was seen in cells and animals is never told as a benefit."""

from __future__ import annotations

import pytest
from orphans import orphan_numbers, wording_faults

from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import Concept, Form, Outcome, Question
from weigh.evidence.trace import TraceBuilder
from weigh.mechanisms import mechanisms

EDGES = (
    MechanismEdge(
        id="e1",
        pathway="salt channels",
        subject="brine",
        relation="decreases",
        object="channel 7-alpha",
        level="in-vitro",
        detail="B-2",
        system="skin cells (human)",
        conditions="5 mM for 3 h",
        effect="20% less",
        bearing="Skin and not nerve, at 100 times the dose.",
        source="lee2020",
    ),
    MechanismEdge(
        id="e2",
        pathway="salt channels",
        subject="brine",
        relation="no-effect",
        object="channel 7-alpha",
        level="in-vitro",
        conditions="given for 1 h.",
        source="lee2020",
    ),
    MechanismEdge(
        id="e3",
        pathway="salt channels",
        subject="brine",
        relation="not-tested",
        object="nerve growth",
        level="human",
        source="lee2020",
    ),
    MechanismEdge(
        id="e4",
        pathway="heat",
        subject="brine",
        relation="activates",
        object="kinase",
        level="animal",
        detail="Salt in the brine at 3%",
        source="may2019",
    ),
    MechanismEdge(
        id="e5",
        pathway="heat",
        subject="kinase",
        relation="increases",
        object="nerve growth",
        level="animal",
        system="mouse",
        source="may2019",
    ),
    MechanismEdge(
        id="e6",
        pathway="heat",
        subject="brine",
        relation="result-not-seen",
        object="heat in the feet",
        level="human",
        conditions="12 weeks",
        source="may2019",
    ),
)


@pytest.fixture
def evidence() -> Evidence:
    question = Question(
        id="q",
        title="Does brine help cold feet?",
        searched="2026-01-31",
        population=Concept(name="people with cold feet"),
        intervention=Concept(name="brine"),
        comparator=Concept(name="tap water"),
        outcomes=(
            Outcome(
                id="warmth",
                name="Warmth",
                plain="warmth of the feet",
                kind="continuous",
                better="higher",
                importance="critical",
            ),
        ),
        forms=(Form(id="b-2", name="B-2"),),
        mechanism_targets=("nerve growth",),
    )
    return Evidence(name="brine", fingerprint="0", question=question, mechanisms=EDGES)


def test_a_finding_names_its_setting_the_form_and_the_size(evidence):
    told = mechanisms(evidence, TraceBuilder())

    assert told.edges[0].statement.text == (
        "In cell or test-tube studies (skin cells [human]; 5 mM for 3 h), B-2 lowered channel "
        "7-alpha: 20% less."
    )


def test_a_pathway_is_told_with_what_speaks_against_it_and_what_was_not_tried(evidence):
    told = mechanisms(evidence, TraceBuilder())

    assert [s.text for s in told.statements if s.id.startswith("mechanism.salt-channels.")] == [
        "Salt channels: 2 findings in cell or test-tube studies and none in people. They do not "
        "lead on to nerve growth.",
        "In cell or test-tube studies (skin cells [human]; 5 mM for 3 h), B-2 lowered channel "
        "7-alpha: 20% less. Skin and not nerve, at 100 times the dose.",
        "By contrast, in cell or test-tube studies (given for 1 h), brine did not change channel "
        "7-alpha.",
        "Whether brine affects nerve growth has not been tested, as far as this evidence base "
        "goes.",
    ]


def test_a_chain_to_the_target_says_how_far_from_people_it_is(evidence):
    told = mechanisms(evidence, TraceBuilder())

    assert told.paths[0].statement.text == (
        "In animal studies, brine activated kinase and kinase raised nerve growth. Read as a "
        "chain, the steps point to more nerve growth. The weakest step was seen only in animals, "
        "and no study in this evidence base shows it in people with cold feet."
    )


def test_a_chain_that_stops_short_names_the_missing_link(evidence):
    told = mechanisms(evidence, TraceBuilder())

    assert told.paths[1].reaches_target is False
    assert told.paths[1].statement.text == (
        "In cell or test-tube studies, B-2 lowered channel 7-alpha. Under other conditions, in "
        "cell or test-tube studies, there was no such change. No finding in this evidence base "
        "links channel 7-alpha to nerve growth. This was seen only in cells or test tubes, and no "
        "study in this evidence base shows it in people with cold feet."
    )


def test_a_measured_result_that_nobody_saw_is_told_as_such(evidence):
    told = mechanisms(evidence, TraceBuilder())

    assert told.edges[5].statement.text == (
        "What brine does to heat in the feet was measured in people (12 weeks), but the result "
        "was not available."
    )


def test_nothing_is_worded_as_a_benefit(evidence):
    """The outcome of the question stands in no sentence, and helping only where it is denied."""
    told = mechanisms(evidence, TraceBuilder())
    statements = [*told.statements, *(path.statement for path in told.paths)]

    assert not [s.text for s in statements if "warmth" in s.text]
    assert [s.id for s in statements if "help" in s.text] == ["mechanism.caution"]


def test_every_number_has_its_finding_behind_it_and_every_sentence_reads_well(evidence):
    trace = TraceBuilder()
    told = mechanisms(evidence, trace)
    statements = [
        *told.statements,
        *(path.statement for path in told.paths),
        *(view.statement for view in told.edges),
    ]

    assert [fault for s in statements for fault in orphan_numbers(s, trace)] == []
    assert [fault for s in statements for fault in wording_faults(s.text)] == []
    assert len({s.id for s in statements}) == len(statements)


def test_a_folder_without_findings_tells_nothing(evidence):
    bare = Evidence(name="brine", fingerprint="0", question=evidence.question)

    assert mechanisms(bare, TraceBuilder()).statements == ()
