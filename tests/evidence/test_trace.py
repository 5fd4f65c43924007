"""The way back from a number to its cell."""

from __future__ import annotations

import pytest

from weigh.evidence.document import Place
from weigh.evidence.study import Participants
from weigh.evidence.trace import TraceBuilder

ENTRY = Participants(
    count=20,
    kind="randomised",
    source="ref1",
    quote="20 patients",
    place=Place(file="s.yaml", line=7),
)


def test_a_datum_remembers_place_source_and_quote():
    trace = TraceBuilder()
    node = trace.datum("n", "people", 20, of=ENTRY, column="count")

    found = trace.build()[node].to_dict()
    assert (found["file"], found["line"], found["source"], found["quote"]) == (
        "s.yaml",
        7,
        "ref1",
        "20 patients",
    )


def test_walking_reaches_every_datum_below_a_computed_value_once():
    builder = TraceBuilder()
    first = builder.datum("a", "a", 1, of=ENTRY, column="count")
    middle = builder.computed("m", "m", 2, function="double", inputs=[first])
    top = builder.computed("t", "t", 3, function="add", inputs=[middle, first])
    trace = builder.build()

    assert [node.id for _, node in trace.walk(top)] == ["t", "m", "a"]
    assert [datum.id for datum in trace.data(top)] == ["a"]
    assert trace.sources(top) == ("ref1",)


def test_adding_the_same_node_twice_is_harmless_but_another_of_its_name_is_not():
    builder = TraceBuilder()
    builder.datum("a", "a", 1, of=ENTRY, column="count")
    builder.datum("a", "a", 1, of=ENTRY, column="count")

    with pytest.raises(ValueError, match="two different nodes"):
        builder.datum("a", "a", 2, of=ENTRY, column="count")


def test_a_computed_value_cannot_rest_on_nothing_known():
    with pytest.raises(ValueError, match="unknown nodes"):
        TraceBuilder().computed("t", "t", 3, function="add", inputs=["nowhere"])
