"""Words on a sheet: measured, broken into lines, and never read as anything but words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from report.figures.geometry import root, texts, words

from weigh.evidence.statement import Quantity, say
from weigh.report.figures.sheet import Sheet, cut, text_width, wrap


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


def draw(*lines: str) -> str:
    sheet = Sheet(200)
    for index, line in enumerate(lines):
        sheet.text(10, 20 + 15 * index, line)
    return sheet.svg(100, key="k", title="T <1>", description='D "2" & more')


def test_formulas_tags_and_entities_are_text():
    svg = draw("$x^2$", "<b>&amp;</b>", r"\frac{1}{2}", "漢字")

    assert words(svg) == ["$x^2$", "<b>&amp;</b>", r"\frac{1}{2}", "漢字"]


def test_ids_begin_with_the_key_so_that_drawings_can_share_a_page():
    ids = [e.get("id") for e in root(draw("a")).iter() if e.get("id")]

    assert ids == ["k-title", "k-desc"]


def test_there_is_no_style_and_no_date_in_the_drawing():
    svg = draw("a")

    assert "<style" not in svg
    assert "style=" not in svg
    assert "date" not in svg


def test_what_is_drawn_later_lies_on_top():
    sheet = Sheet(100)
    sheet.text(10, 10, "below")
    sheet.box(0, 0, 50, 50, fill="#ffffff")
    sheet.text(10, 10, "above")

    order = [e.tag.split("}")[1] for e in root(sheet.svg(60, key="k", title="t", description="d"))]

    # title, description, paper, then as drawn
    assert order == ["title", "desc", "path", "text", "path", "text"]


def test_a_line_with_several_nodes_marks_each_of_them():
    sheet = Sheet(200)
    sheet.text(
        0, 10, say("{a} of {b}", a=Quantity(text="3", node="x"), b=Quantity(text="9", node="y"))
    )
    svg = sheet.svg(20, key="k", title="t", description="d")

    (text,) = texts(svg)

    assert [(part.get("data-node"), part.text) for part in text] == [("x", "3"), ("y", "9")]
    assert "".join(text.itertext()) == "3 of 9"
    assert sheet.nodes == ("x", "y")
