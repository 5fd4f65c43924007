"""Figures that several steps of an answer leave in the trace in the same way."""

from __future__ import annotations

import math

import pytest

from weigh.evidence.comparison import ArmData
from weigh.evidence.trace import Computed, TraceBuilder
from weigh.workflow.arms import people_of
from weigh.workflow.intervals import level_cell, traced_interval


def leaf(trace: TraceBuilder, name: str, value: float) -> str:
    return trace.computed(name, name, value, function="option", inputs=())


@pytest.mark.parametrize(("measure", "shown"), [("RR", math.exp), ("MD", float)])
def test_an_interval_is_read_on_its_own_scale_and_leads_to_the_analysis(measure, shown):
    trace = TraceBuilder()
    ends = (-0.5, -0.9, -0.1)
    natural, nodes = traced_interval(
        trace,
        "x",
        measure,
        ends,
        of="one against two",
        function="weigh.network",
        inputs=(leaf(trace, "data", 3.0),),
        parameters={"method": "REML"},
    )

    assert nodes == ("x.estimate", "x.ci_low", "x.ci_high")
    assert [trace[node].value for node in nodes] == list(ends)
    assert [trace[node].label for node in nodes] == [
        "one against two: estimate",
        "one against two: lower end",
        "one against two: upper end",
    ]
    found = (natural.estimate, natural.ci_low, natural.ci_high)
    assert found == pytest.approx([shown(end) for end in ends])
    assert trace[natural.nodes["ci_low"]].value == pytest.approx(shown(-0.9))


def test_a_level_is_told_in_per_cent():
    trace = TraceBuilder()
    cell = level_cell(trace, "x", 0.9, (leaf(trace, "data", 1.0),))

    assert (cell.text, cell.node, trace["x.level"].value) == ("90%", "x.level", 90.0)


def test_people_of_means_and_of_events_are_counted_together():
    trace = TraceBuilder()
    sides = [
        ArmData(label="a", n=12, mean=1.0, nodes={"n": leaf(trace, "a.n", 12)}),
        ArmData(label="b", events=3, total=30, nodes={"total": leaf(trace, "b.total", 30)}),
    ]
    cell = people_of(trace, "x.n", "people", sides)
    node = trace["x.n"]

    assert cell.text == "42"
    assert isinstance(node, Computed)
    assert (node.value, node.inputs) == (42, ("a.n", "b.total"))
