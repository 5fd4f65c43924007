"""Forms side by side: evidence for one never stands in the column of another."""

from __future__ import annotations

from brine import BRINE, PAIN, QUESTION, folder, study
from orphans import orphan_numbers, wording_faults

from weigh.answer.forms import compare_forms
from weigh.evidence.answer import FormTable
from weigh.evidence.background import FormFact
from weigh.evidence.comparison import Comparison, NotEstimable
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.safety import Interaction, Safety
from weigh.evidence.statement import Phrase, state
from weigh.evidence.study import Allocation, Directness
from weigh.evidence.trace import TraceBuilder

FACTS = (
    FormFact(form="salt", attribute="sources", text="It is in the sea.", source="lee2020"),
    FormFact(form="b-2", attribute="half-life", text="B-2 stays for 3 days.", source="lee2020"),
    FormFact(form="b-4", attribute="half-life", text="B-4 stays for 2 hours.", source="lee2020"),
)


def cell(table: FormTable, label: str, form: int) -> str:
    row = next(row for row in table.rows if row.label == label)
    return " ".join(s.text for s in row.cells[form].statements) or f"[{row.cells[form].empty}]"


def compared(*studies) -> Comparison:
    return Comparison(
        id="pain",
        label="Pain",
        plan=ComparisonPlan(id="pain", outcome="pain"),
        outcome=PAIN,
        comparator="tap water",
        design=Allocation.RANDOMISED,
        measure="MD",
        k=0,
        n=0,
        people=22,
        studies=(),
        not_estimable=tuple(
            NotEstimable(study=s, n=22, reason=Phrase(text="no spread"), nodes={}) for s in studies
        ),
        statement=state("comparison.pain", "We cannot tell whether brine changes pain."),
        nodes={},
    )


def test_a_group_of_forms_has_a_column_of_its_own():
    table = compare_forms(folder(forms=FACTS), (), TraceBuilder())

    assert table.forms == ("Salt brine as a group", "B-2", "B-4")
    assert cell(table, "Where it is found", 0) == "It is in the sea."
    assert cell(table, "Where it is found", 1) == "[Nothing found]"


def test_headings_without_any_fact_are_left_out():
    table = compare_forms(folder(forms=FACTS), (), TraceBuilder())

    assert [row.label for row in table.rows] == [
        "Where it is found",
        "How long it stays in the body",
        "Studied for this question",
        "What the studies show",
    ]


def test_a_form_says_how_it_was_studied_or_that_it_was_not():
    table = compare_forms(folder(), (), TraceBuilder())

    assert cell(table, "Studied for this question", 0) == "[Studied only as B-2]"
    assert cell(table, "Studied for this question", 1) == (
        "Lee 2020: a randomised trial, 200 mg a day for 8 weeks, 22 people in all."
    )
    assert cell(table, "Studied for this question", 2) == "[Not studied in this form]"


def test_an_indirect_study_does_not_count_as_studied():
    away = study(directness=Directness(level="indirect"))
    table = compare_forms(folder(studies=(away,)), (), TraceBuilder())

    assert cell(table, "Studied for this question", 1) == "[Not studied in this form]"


def test_a_comparison_speaks_for_the_form_that_every_treated_arm_had():
    table = compare_forms(folder(), (compared(study()),), TraceBuilder())

    assert cell(table, "What the studies show", 1) == "We cannot tell whether brine changes pain."
    assert cell(table, "What the studies show", 2) == "[Not studied in this form]"


def test_a_comparison_over_two_forms_speaks_for_neither():
    other = study(
        id="may-2019",
        label="May 2019",
        arms=(BRINE.model_copy(update={"form": "b-4"}),),
    )
    evidence = folder(studies=(study(), other))
    table = compare_forms(evidence, (compared(study(), other),), TraceBuilder())

    assert cell(table, "What the studies show", 1) == "[No comparison of this form alone]"
    assert cell(table, "What the studies show", 2) == "[No comparison of this form alone]"


def test_interactions_stand_only_under_their_own_form():
    held = Safety(
        interactions=(
            Interaction(
                id="soap",
                **{"with": "soap"},
                severity="note",
                forms=("b-4",),
                text="Soap takes B-4 away.",
                source="lee2020",
            ),
        )
    )
    table = compare_forms(folder(safety=held), (), TraceBuilder())

    assert cell(table, "Known interactions", 2) == "Soap takes B-4 away."
    assert cell(table, "Known interactions", 1) == "[Nothing found for this form alone]"


def test_one_form_makes_no_table():
    question = QUESTION.model_copy(update={"forms": QUESTION.forms[:1]})

    assert compare_forms(folder(question=question), (), TraceBuilder()) == FormTable()


def test_every_number_has_its_source_and_every_sentence_reads_well():
    trace = TraceBuilder()
    table = compare_forms(folder(forms=FACTS), (compared(study()),), trace)
    statements = [s for row in table.rows for held in row.cells for s in held.statements]

    assert [fault for s in statements for fault in orphan_numbers(s, trace)] == []
    assert [fault for s in statements for fault in wording_faults(s.text)] == []
    assert len({s.id for s in statements}) == len(statements)
