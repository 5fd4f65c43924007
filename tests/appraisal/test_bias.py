"""Risk of bias of one study from the rows of the folder."""

from __future__ import annotations

import pytest
from builders import a_study, bias_rows

from weigh.appraisal import assess
from weigh.evidence.trace import Computed, Datum, TraceBuilder


def test_a_study_without_rows_is_not_assessed() -> None:
    rows = bias_rows("another", "low")

    assert assess(a_study("mehta-2021"), "pain", rows, TraceBuilder()) is None


def test_the_overall_judgement_is_derived_and_rests_on_every_domain() -> None:
    trace = TraceBuilder()
    rows = bias_rows("s", "low", "some_concerns", "low", "low", "low")

    bias = assess(a_study("s"), "pain", rows, trace)

    assert bias is not None
    assert (bias.overall, bias.derived) == ("some_concerns", True)
    node = trace[bias.node]
    assert isinstance(node, Computed)
    assert len(node.inputs) == 5
    assert {datum.source for datum in trace.build().data(bias.node)} == {"paper"}


def test_the_folders_own_overall_judgement_stands() -> None:
    trace = TraceBuilder()

    bias = assess(a_study("s"), "pain", bias_rows("s", "some_concerns", overall="high"), trace)

    assert bias is not None
    assert (bias.overall, bias.derived) == ("high", False)
    assert isinstance(trace[bias.node], Datum)
    assert "overall" not in bias.domains


def test_rows_of_the_outcome_stand_above_those_for_all_outcomes() -> None:
    own = [
        row
        for row in bias_rows("s", "high", outcome="pain")
        if row.domain == "measurement_of_outcome"
    ]
    rows = [*own, *bias_rows("s", "low"), *bias_rows("s", "some_concerns", outcome="sleep")]

    for_pain = assess(a_study("s"), "pain", rows, TraceBuilder())
    for_colds = assess(a_study("s"), "colds", rows, TraceBuilder())

    assert for_pain is not None
    assert for_colds is not None
    assert for_pain.domains["measurement_of_outcome"] == "high"
    assert for_pain.domains["randomization_process"] == "low"
    assert (for_pain.overall, for_colds.overall) == ("high", "low")


def test_both_outcomes_of_a_study_fit_in_one_trace() -> None:
    trace = TraceBuilder()
    own = [
        row for row in bias_rows("s", "high", outcome="pain") if row.domain.startswith("missing")
    ]
    rows = [*bias_rows("s", "low"), *own]

    judged = [assess(a_study("s"), name, rows, trace) for name in ("pain", "colds", "sleep")]

    assert [bias.overall for bias in judged if bias] == ["high", "low", "low"]


def test_the_tool_made_for_the_design_is_taken() -> None:
    rows = [
        *bias_rows("s", overall="critical", tool="robins-i"),
        *bias_rows("s", overall="low", tool="rob1"),
        *bias_rows("s", overall="high", tool="rob2"),
    ]

    randomised = assess(a_study("s"), "pain", rows, TraceBuilder())
    cohort = assess(a_study("s", design="cohort"), "pain", rows, TraceBuilder())

    assert randomised is not None
    assert cohort is not None
    assert (randomised.tool, cohort.tool) == ("rob2", "robins-i")


def test_concerns_in_many_domains_leave_a_caution_in_the_trace() -> None:
    few, many = TraceBuilder(), TraceBuilder()
    two = bias_rows("s", "some_concerns", "some_concerns", "low", "low", "low")
    three = bias_rows("s", "some_concerns", "some_concerns", "some_concerns", "low", "low")

    without = assess(a_study("s"), "pain", two, few)
    caution = assess(a_study("s"), "pain", three, many)

    assert without is not None
    assert caution is not None
    assert few[without.node].note is None
    assert "3 domains" in (many[caution.node].note or "")


@pytest.mark.parametrize(
    ("tool", "design", "worst", "overall"),
    [("rob1", "rct", "high", "high"), ("robins-i", "cohort", "serious", "serious")],
)
def test_each_tool_is_summed_up_by_its_own_rule(
    tool: str, design: str, worst: str, overall: str
) -> None:
    rows = bias_rows("s", "low", "low", "low", "low", worst, tool=tool)

    bias = assess(a_study("s", design=design), "pain", rows, TraceBuilder())

    assert bias is not None
    assert (bias.tool, bias.overall, bias.derived) == (tool, overall, True)
