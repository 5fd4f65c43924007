"""The traffic lights: every judgement as symbol and colour, every tool by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.figures.geometry import outside, overlaps, words
from report.sample import bias, study

from weigh.evidence.statement import Quantity, say
from weigh.evidence.trace import TraceBuilder
from weigh.report.figures.bias import Judged, draw_bias
from weigh.report.figures.palette import JUDGEMENTS


def judged(count: int) -> list[Judged]:
    trace = TraceBuilder()
    studies = [study(index) for index in range(count)]
    return [
        Judged(
            study=say("{s}", s=Quantity(text=held.label, node=f"studies.{held.id}")),
            bias=bias(trace, held),
        )
        for held in studies
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 25])
def test_no_words_touch_and_none_leave_the_drawing(count):
    svg, _ = draw_bias(judged(count), key="b", credit="Asked.")

    assert overlaps(svg) == []
    assert outside(svg) == []


def test_every_judgement_has_its_symbol_and_its_word():
    rows = judged(6)
    used = {j for row in rows for j in (*row.bias.domains.values(), row.bias.overall)}

    said = words(draw_bias(rows, key="b", credit="Asked.")[0])

    assert {JUDGEMENTS[j].symbol for j in used} | {JUDGEMENTS[j].words for j in used} <= set(said)


def test_studies_judged_by_different_tools_get_a_panel_each():
    first, second = judged(2)
    second = replace(second, bias=replace(second.bias, tool="robins-i", version="2016"))

    said = words(draw_bias([first, second], key="b", credit="Asked.")[0])

    assert "Risk of bias (RoB 2, 2019)" in said
    assert "Risk of bias (ROBINS-I, 2016)" in said


def test_symbols_are_unlike_wherever_colours_are():
    looks = {(look.fill, look.symbol) for look in JUDGEMENTS.values()}

    assert len({fill for fill, _ in looks}) == len({symbol for _, symbol in looks}) == len(looks)
