"""The way back from a number to its cell."""

from __future__ import annotations

import pickle

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


def _two_sums():
    trace = TraceBuilder()
    a = trace.datum("a", "people", 20, of=ENTRY, column="count")
    b = trace.datum("b", "people", 30, of=ENTRY, column="count")
    trace.computed("a+b", "people in all", 50, function="sum", inputs=(a, b))
    trace.computed("2a", "twice", 40, function="sum", inputs=(a, a))
    return trace.build()


def test_what_is_beneath_some_nodes_is_all_that_they_rest_on_and_no_more():
    whole = _two_sums()
    assert set(whole.beneath(["2a", "not there"]).nodes) == {"2a", "a"}
    assert set(whole.beneath(["a+b"]).nodes) == {"a+b", "a", "b"}


def test_a_trace_can_be_built_upon_another_and_leaves_it_as_it_was():
    whole = _two_sums()
    more = TraceBuilder(whole)
    more.computed("3a", "thrice", 60, function="sum", inputs=("a",))
    assert "3a" in more
    assert "3a" not in whole


def test_a_trace_travels_between_processes():
    whole = _two_sums()
    assert pickle.loads(pickle.dumps(whole)).to_dict() == whole.to_dict()
