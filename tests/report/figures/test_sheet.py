"""What is drawn comes out as plain SVG, and words are never read as anything but words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from report.figures.geometry import root, texts, words

from weigh.evidence.statement import Quantity, say
from weigh.report.figures.sheet import Sheet


def draw(*lines: str) -> str:
    sheet = Sheet(200)
    for index, line in enumerate(lines):
        sheet.text(10, 20 + 15 * index, line)
    return sheet.svg(100, key="k", title="T <1>", description='D "2" & more')


def test_formulas_tags_and_entities_are_text():
    svg = draw("$x^2$", "<b>&amp;</b>", r"\frac{1}{2}", "漢字")

    assert words(svg) == ["$x^2$", "<b>&amp;</b>", r"\frac{1}{2}", "漢字"]


@given(st.text(st.characters(codec=None), min_size=1))
def test_whatever_a_name_holds_the_drawing_can_be_read(name):
    svg = draw(name)

    (said,) = words(svg)
    assert len(said) == len(name)
    assert all(one == other or other in " \ufffd" for one, other in zip(name, said, strict=True))


def test_what_xml_cannot_hold_is_shown_as_such_and_a_break_is_a_space():
    assert words(draw("a\x00b\ud800", "two\nlines")) == ["a\ufffdb\ufffd", "two lines"]


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
