"""Words are measured, and broken into lines with nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weigh.evidence.statement import Quantity, say
from weigh.report.figures.lettering import cut, text_width, wrap


@given(st.text(min_size=1, max_size=200), st.floats(20, 300))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text, width):
    lines = wrap(text, width)

    assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())
    assert all(text_width(line.text) <= width or len(line.text) == 1 for line in lines)


def test_marks_go_with_their_words_to_the_line_that_has_them():
    phrase = say(
        "first {a} then {b} end", a=Quantity(text="11", node="a"), b=Quantity(text="22", node="b")
    )

    lines = wrap(phrase, text_width("first 11 then"))

    assert [line.text for line in lines] == ["first 11 then", "22 end"]
    assert [[(line.text[m.start : m.end], m.node) for m in line.marks] for line in lines] == [
        [("11", "a")],
        [("22", "b")],
    ]


def test_a_cut_through_a_mark_keeps_the_part_inside():
    phrase = say("{a}", a=Quantity(text="12345", node="a"))

    part = cut(phrase, 1, 3)

    assert (part.text, part.marks[0].start, part.marks[0].end) == ("23", 0, 2)


def test_bold_is_wider_and_size_is_proportional():
    assert text_width("study", bold=True) > text_width("study")
    assert abs(text_width("study", 24.0) - 2 * text_width("study", 12.0)) < 1e-9


def test_a_script_that_the_face_lacks_still_has_a_width():
    assert text_width("漢字") == 24.0
