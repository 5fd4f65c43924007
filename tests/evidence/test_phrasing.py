"""Grammar that every sentence needs."""

from __future__ import annotations

import pytest
from brine import folder, row, study

from weigh.evidence.phrasing import (
    common_words,
    mentions,
    plural,
    sentence,
    slug,
    small,
    tally,
    text_cell,
    trimmed,
    true_minus,
    uncapitalised,
)
from weigh.evidence.statement import Quantity, say
from weigh.evidence.trace import TraceBuilder


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("it fell", "It fell."),
        ("It fell.", "It fell."),
        ("did it fall?", "Did it fall?"),
        ("they say “it fell.”", "They say “it fell.”"),
        ("it fell by -2.5 points", "It fell by −2.5 points."),
        ("12 people", "12 people."),
    ],
)
def test_a_sentence_has_one_capital_one_stop_and_true_minus_signs(words, expected):
    assert sentence(words).text == expected


def test_a_sentence_keeps_its_marks_in_place():
    phrase = sentence(say("it fell by {n} points", n=Quantity(text="-2.5", node="n")))

    mark = phrase.marks[0]
    assert phrase.text[mark.start : mark.end] == "−2.5"


@pytest.mark.parametrize(
    "text", ["K2-7", "10-20 mg", "IL-6", "2026-11-24", "a 6-week course", "(a)-5"]
)
def test_a_hyphen_inside_a_name_or_a_range_is_no_minus_sign(text):
    assert true_minus(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adults with cold feet", "adults with cold feet"),
        ("Middle-aged people", "middle-aged people"),
        ("Gas6 and others", "Gas6 and others"),
        ("MK-7 rose", "MK-7 rose"),
        ("Schwann cells", "Schwann cells"),
        ("Brine rose", "brine rose"),
        ("A cure", "a cure"),
        ("", ""),
    ],
)
def test_a_first_word_is_made_small_only_where_it_is_no_name(text, expected):
    assert uncapitalised(text, frozenset({"brine"})) == expected


def test_the_folder_itself_tells_which_words_are_no_names():
    words = common_words(folder(results=(row(note="given in Basel for kindness"),)))

    assert {"brine", "kindness"} <= words
    assert "basel" not in words


def test_a_phrase_made_small_keeps_its_marks():
    phrase = small(say("Brine, {n} ml", n=Quantity(text="5", node="n")), frozenset({"brine"}))

    assert phrase.text == "brine, 5 ml"
    assert phrase.text[phrase.marks[0].start] == "5"


@pytest.mark.parametrize(
    ("text", "found"),
    [("B-2 by mouth", True), ("b-2", True), ("B-21", False), ("AB-2", False), ("the sea", False)],
)
def test_a_name_is_mentioned_as_whole_words_in_any_case(text, found):
    assert mentions(text, ["B-2", "sea water"]) is found


def test_nouns_follow_their_number():
    assert [plural(n, "study", "studies") for n in (0, 1, 2)] == ["studies", "study", "studies"]
    assert plural(1.5, "week") == "weeks"


def test_an_id_is_made_of_the_words():
    assert slug("TAM receptors (Tyro3)") == "tam-receptors-tyro3"


def test_a_text_loses_one_full_stop_and_no_more():
    assert [trimmed(text) for text in (" It fell. ", "and so on..", "it fell")] == [
        "It fell",
        "and so on..",
        "it fell",
    ]


def test_a_text_of_the_folder_is_a_datum_with_the_source_it_borrows():
    trace = TraceBuilder()
    one = study()
    cell = text_cell(trace, "x", one, "population", one.population, source=one.source, shown="them")

    assert cell.text == "them"
    assert trace["x"].value == "Adults with cold feet."
    assert trace.build().sources("x") == ("lee2020",)


def test_a_tally_counts_its_nodes():
    trace = TraceBuilder()
    nodes = [trace.datum(name, name, 1, of=row(), column="n") for name in ("a", "b")]
    cell = tally(trace, "count", "two things", nodes)

    assert cell.text == "2"
    assert [datum.id for datum in trace.build().data("count")] == ["a", "b"]
