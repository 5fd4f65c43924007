"""The table of worked estimates in the documentation is what the program computes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import weigh
from weigh.evidence.comparison import Comparison, ModelResult, Natural
from weigh.evidence.figures import amount, per_cent, ratio
from weigh.evidence.trace import TraceBuilder
from weigh.folder import example_folders
from weigh.workflow.grading import comparisons
from weigh.workflow.pooling import LOG_MEASURES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "worked-estimates.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
HEAD = (
    "| question | comparison | k | published | the same model, by weigh | "
    "default model (REML, Knapp–Hartung) | prediction interval | what the choice changes |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def table() -> str:
    lines: list[str] = []
    for folder in example_folders():
        evidence = weigh.load(folder)
        for comparison in comparisons(evidence, TraceBuilder()):
            lines += [
                _line(evidence.question.intervention.name, comparison, model)
                for model in comparison.models
                if model.published is not None
            ]
    return HEAD + "".join(f"{line}\n" for line in lines)


def _line(question: str, comparison: Comparison, model: ModelResult) -> str:
    show = ratio if comparison.measure in LOG_MEASURES else amount
    main = comparison.natural
    prediction = "not defined"
    if main.pi_low is not None and main.pi_high is not None:
        prediction = f"{show(main.pi_low)} to {show(main.pi_high)}"
    same = f"{model.method}: {_interval(model.natural, show)}"
    default = f"{comparison.measure} {_interval(main, show)}"
    if comparison.k > 1:
        same += f", I² {per_cent(model.pooled.i2)}"
        default += f", I² {per_cent(comparison.pooled.i2)}"
    change = _last_sentence(model.statement.text)
    cells = (
        question,
        f"`{comparison.id}`",
        str(comparison.k),
        _interval(model.published, show),
        same,
        default,
        prediction,
        change,
    )
    return "| " + " | ".join(cells) + " |"


def _interval(held: Natural, show) -> str:
    return f"{show(held.estimate)} ({show(held.ci_low)} to {show(held.ci_high)})"


def _last_sentence(text: str) -> str:
    return text.rstrip(".").rsplit(". ", 1)[-1] + "."


def test_the_page_shows_what_is_computed():
    """`WEIGH_WRITE_DOCS=1 pytest` on this file writes the table anew."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    written, tail = rest.split(END)
    computed = table()
    if os.environ.get("WEIGH_WRITE_DOCS"):
        PAGE.write_text(head + BEGIN + computed + END + tail, encoding="utf-8")
        written = computed

    assert written == computed


@pytest.mark.parametrize(
    ("folder", "name", "estimate", "low", "high"),
    [
        ("zinc", "prevention", 0.93, 0.85, 1.01),
        ("zinc", "duration", -2.37, -4.21, -0.53),
        ("zinc", "ongoing", 0.52, 0.21, 1.27),
        ("zinc", "adverse-events-treatment", 1.34, 1.15, 1.55),
        ("alpha", "cochrane-tss-6m", -0.16, -0.83, 0.51),
        ("alpha", "cochrane-impairment-24m", -0.07, -0.24, 0.11),
        ("alpha", "cochrane-ae", 1.48, 0.50, 4.35),
    ],
)
def test_the_answer_gives_each_published_estimate_under_the_model_named(
    folder, name, estimate, low, high
):
    (path,) = [held for held in example_folders() if held.name.startswith(folder)]
    (comparison,) = [c for c in comparisons(weigh.load(path), TraceBuilder()) if c.id == name]
    (model,) = [m for m in comparison.models if m.published is not None]

    found = model.natural
    # Half a unit of the last digit printed, and a hair for the rounding of a five.
    assert found.estimate == pytest.approx(estimate, abs=0.00501)
    assert found.ci_low == pytest.approx(low, abs=0.00501)
    assert found.ci_high == pytest.approx(high, abs=0.00501)
