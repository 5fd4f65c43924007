"""The summary of findings: absolute first, most important first, each lowered step explained."""

from __future__ import annotations

from dataclasses import replace

from report.sample import sample_answer

from weigh.report.findings import MOST, findings
from weigh.report.rows import DASH

ANSWER = sample_answer(large=4)
ROWS, NOTES = findings(ANSWER)


def test_critical_outcomes_stand_first_and_unmeasured_ones_have_a_row():
    assert [row.importance for row in ROWS] == ["critical"] * 2 + ["important"] * 3
    assert ROWS[-1].label == "Quality of life"
    assert ROWS[-1].certainty is None
    assert ROWS[-1].people.text == DASH


def test_an_outcome_is_shown_in_its_best_design_only():
    assert not any("without a control group" in row.label for row in ROWS)


def test_where_there_are_only_lesser_designs_they_are_shown():
    uncontrolled = tuple(c for c in ANSWER.comparisons if c.id == "length-uncontrolled")

    rows, _ = findings(replace(ANSWER, comparisons=uncontrolled))

    assert [row.label for row in rows if row.certainty] == [
        "Hours asleep, in studies without a control group"
    ]


def test_at_most_seven_outcomes_are_shown():
    outcomes = tuple(
        outcome.model_copy(update={"id": f"o{i}"})
        for i, outcome in enumerate(ANSWER.question.outcomes * 2)
    )
    question = ANSWER.question.model_copy(update={"outcomes": outcomes})
    gaps = tuple(replace(ANSWER.not_measured[0], outcome=outcome) for outcome in question.outcomes)

    rows, _ = findings(replace(ANSWER, question=question, comparisons=(), not_measured=gaps))

    assert len(rows) == MOST


def test_people_and_risks_are_told_with_their_base():
    waking = ROWS[0]

    assert waking.people.text.endswith("people (4 randomised trials)")
    assert waking.comparator.text == "312 in 1,000"
    assert waking.difference.text == "50 fewer in 1,000 (81 fewer to 12 fewer)"
    assert waking.relative.text.startswith("RR 0.")


def test_a_difference_in_points_has_no_ratio_and_names_its_unit():
    score = ROWS[1]

    assert score.relative.text == DASH
    assert ", points (" in score.difference.text


def test_every_step_down_has_a_footnote_and_unmoved_domains_have_none():
    assert [note.letter for note in NOTES][:2] == ["a", "b"]
    assert NOTES[0].words.text == (
        "Risk of bias: lowered by one level. 41% of the weight comes from trials at high risk."
    )
    assert not any("Inconsistency" in note.words.text for note in NOTES)


def test_the_same_reason_from_the_same_nodes_is_printed_once():
    imprecision = [note for note in NOTES if note.words.text.startswith("Imprecision")]
    rows_with_it = [row for row in ROWS if imprecision[0].letter in row.letters]

    assert len(imprecision) == 1
    assert len(rows_with_it) == 4


def test_every_number_of_a_row_has_a_node():
    for row in ROWS:
        for cell in (row.people, row.relative, row.comparator, row.intervention, row.difference):
            assert cell.text == DASH or cell.marks
