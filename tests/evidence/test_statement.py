"""Sentences whose every number carries its node."""

from __future__ import annotations

from weigh.evidence.statement import Quantity, join, listing, say, state


def test_a_mark_covers_exactly_the_characters_that_show_its_node():
    statement = state(
        "s",
        "{n} people in {k} trials.",
        n=Quantity(text="20", node="n"),
        k=Quantity(text="1", node="k"),
    )

    shown = {mark.node: statement.text[mark.start : mark.end] for mark in statement.marks}
    assert shown == {"n": "20", "k": "1"}


def test_marks_move_with_a_phrase_inside_a_phrase():
    inner = say("{n} people", n=Quantity(text="20", node="n"))
    outer = say("In all, {who}.", who=inner)

    (mark,) = outer.marks
    assert outer.text[mark.start : mark.end] == "20"


def test_because_lists_what_is_shown_then_what_it_rests_on_once_each():
    phrase = say(
        "{a} {b}",
        a=Quantity(text="1", node="x"),
        b=Quantity(text="2", node="x"),
        rests_on=["y", "x"],
    )

    assert phrase.because == ("x", "y")


def test_listing_reads_as_a_list():
    assert listing([]).text == ""
    assert listing(["a"]).text == "a"
    assert listing(["a", "b"]).text == "a and b"
    assert listing(["a", "b", "c"], "or").text == "a, b or c"


def test_joining_keeps_every_mark_true():
    parts = [Quantity(text=str(number), node=f"n{number}") for number in (10, 2, 333)]

    joined = join(parts, "; ")

    assert joined.text == "10; 2; 333"
    assert [joined.text[m.start : m.end] for m in joined.marks] == ["10", "2", "333"]


def test_capitalising_keeps_marks_and_text_length():
    phrase = say("we saw {n}", n=Quantity(text="3", node="n")).capitalised()

    assert phrase.text == "We saw 3"
    assert phrase.text[phrase.marks[0].start : phrase.marks[0].end] == "3"
