"""Figures that no effect could be computed from are shown as they were reported."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.figures.geometry import outside, overlaps, words
from report.sample import sample_answer

from weigh.evidence.answer import Answer
from weigh.evidence.document import Place
from weigh.evidence.question import Subgroup
from weigh.evidence.result import Result
from weigh.evidence.study import Allocation, Arm
from weigh.evidence.trace import Trace, TraceBuilder
from weigh.report.figures.ranges import draw_ranges
from weigh.report.reported import reported

ANSWER = sample_answer(large=2)
SILENT = next(c for c in ANSWER.comparisons if c.id == "length")


def with_rows(*rows: dict) -> tuple[Answer, object]:
    """The answer with one silent study that has a juice and a placebo arm, and these cells."""
    row = SILENT.not_estimable[0]
    arms = (
        Arm(id="juice", label="juice", role="intervention", intervention="tart cherry"),
        Arm(id="placebo", label="placebo", role="comparator", intervention="placebo"),
    )
    study = row.study.model_copy(update={"arms": arms})
    held = replace(SILENT, not_estimable=(replace(row, study=study),))
    trace = TraceBuilder()
    for line, cells in enumerate(rows, start=2):
        result = Result.model_validate(
            {
                "study": study.id,
                "arm": "juice",
                "outcome": "length",
                "timepoint": "week 8",
                "weeks": 8.0,
                "source": "ref-1",
                "__place__": Place(file="results.csv", line=line),
                **cells,
            }
        )
        key = result.key + cells.get("twin", "")
        for column in ("min", "max", "mean", "weeks", "direction"):
            value = getattr(result, column)
            if value is not None:
                node = f"results.{key}.{column}"
                trace.datum(node, f"{key}: {column}", value, of=result, column=column)
    question = ANSWER.question.model_copy(
        update={"subgroups": (Subgroup(id="older", name="older people"),)}
    )
    nodes = {**ANSWER.trace.nodes, **trace.build().nodes}
    return replace(ANSWER, question=question, trace=Trace(nodes)), held


def told(*rows: dict) -> list[tuple[str, str, str, str]]:
    answer, held = with_rows(*rows)
    (study,) = reported(answer, held)
    return [(v.arm, v.group, v.time.text, v.shown.text) for v in study.values]


def test_a_range_is_told_by_its_ends_and_a_single_figure_alone():
    assert told({"min": 5.0, "max": 6.5}, {"arm": "placebo", "mean": -4.0}) == [
        ("juice", "", "week 8", "5 to 6.5"),
        ("placebo", "", "week 8", "−4"),
    ]


def test_the_start_comes_before_the_end_and_treatment_before_placebo():
    rows = (
        {"arm": "placebo", "mean": 4.0, "weeks": 0.0},
        {"mean": 6.0, "weeks": 12.0},
        {"mean": 5.0, "weeks": 2.5},
        {"mean": 4.0, "weeks": 0.0},
    )

    assert [(arm, time) for arm, _, time, _ in told(*rows)] == [
        ("juice", "at the start"),
        ("juice", "week 2.5"),
        ("juice", "week 12"),
        ("placebo", "at the start"),
    ]


def test_a_part_of_the_people_is_named():
    assert told({"mean": 4.0, "subgroup": "older"})[0][1] == "older people"


def test_two_reports_of_one_study_are_told_apart():
    rows = ({"mean": 4.0}, {"mean": 5.0, "weeks": 9.0, "source": "ref-5"})

    assert [group for _, group, _, _ in told(*rows)] == ["by Journal of Sleep", "by Doe"]


def test_a_direction_alone_is_no_figure():
    answer, held = with_rows({"direction": "lower"})

    assert reported(answer, held) == ()


def test_another_outcome_of_the_study_is_left_out():
    answer, held = with_rows({"mean": 4.0, "outcome": "life"})

    assert reported(answer, held) == ()


def test_a_study_with_an_estimate_is_not_told_twice():
    for comparison in ANSWER.comparisons:
        assert not comparison.not_estimable or reported(ANSWER, comparison) == ()


def test_every_figure_and_time_leads_to_its_cell():
    answer, held = with_rows({"min": 5.0, "max": 6.5})
    (study,) = reported(answer, held)

    nodes = [mark.node for v in study.values for mark in (*v.time.marks, *v.shown.marks)]

    assert all(answer.trace[node].file == "results.csv" for node in nodes)
    assert len(nodes) == 3


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_the_drawing_has_every_figure_and_no_words_touch(better):
    answer, held = with_rows(
        {"min": 5.0, "max": 6.5},
        {"mean": 4.0, "weeks": 0.0, "subgroup": "older"},
        {"arm": "placebo", "mean": 4.0, "weeks": 0.0},
    )
    outcome = held.outcome.model_copy(update={"better": better})
    held = replace(held, outcome=outcome, design=Allocation.UNCONTROLLED)

    svg, _ = draw_ranges(held, reported(answer, held), key="r", credit="Asked.")

    assert {"5 to 6.5", "4", "week 8", "Juice, older people"} <= set(words(svg))
    assert ("← better" if better == "lower" else "better →") in words(svg)
    assert "Without a control group" in " ".join(words(svg))
    assert overlaps(svg) == []
    assert outside(svg) == []
