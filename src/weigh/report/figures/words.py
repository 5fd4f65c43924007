"""Lines of words on a drawing: what was asked for, how it is painted, how it is written as SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from weigh.evidence.statement import Phrase

__all__ = ["SVG", "Anchor", "Kind", "Line", "Slot", "Words", "text_element", "writable"]

SVG = "http://www.w3.org/2000/svg"

Words: TypeAlias = str | Phrase
Anchor = Literal["start", "middle", "end"]
#: A `figure` rests on data and shows its node; a `name` is not a number, whatever digits it has;
#: `axis` labels a scale; `credit` says what the picture is of and when it was made.
Kind = Literal["figure", "name", "axis", "credit"]

_ALIGNMENT: Mapping[Anchor, Literal["left", "center", "right"]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}

_BREAKS = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]")
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text as it was asked for; the SVG is written from this."""

    phrase: Phrase
    x: float
    y: float
    size: float
    anchor: Anchor
    bold: bool
    italic: bool
    colour: str
    kind: Kind
    names: str = ""


class Slot(Artist):
    """Keeps a line's place in the drawing order; the words are put in when the SVG is read back.

    matplotlib would write one run of text where a line may show several nodes. A picture of pixels
    has no nodes, so there it paints the words.
    """

    def __init__(self, index: int, line: Line, to_page: Affine2D) -> None:
        super().__init__()
        self.set_gid(f"text-{index}")
        self._line = line
        self._place = to_page

    def draw(self, renderer: RendererBase) -> None:
        """Leave an empty group with the line's name, or the words themselves."""
        figure = self.get_figure()
        if figure is None or not isinstance(renderer, RendererAgg):
            renderer.open_group("text", self.get_gid())
            renderer.close_group("text")
            return
        line = self._line
        words = Text(
            line.x,
            line.y,
            line.phrase.text,
            color=line.colour,
            fontfamily="DejaVu Sans",
            fontsize=line.size,
            fontweight="bold" if line.bold else "normal",
            fontstyle="italic" if line.italic else "normal",
            horizontalalignment=_ALIGNMENT[line.anchor],
            verticalalignment="baseline",
            parse_math=False,
            transform=self._place,
        )
        words.set_figure(figure)
        words.draw(renderer)


def writable(text: str) -> str:
    """Every character that XML cannot hold, and every break of a line, as a character that it can.

    One for one, so that marks keep their places.
    """
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", _BREAKS.sub(" ", text))


def text_element(line: Line) -> ET.Element:
    """A line as SVG; each of its marks shows its node."""
    attributes = {
        "x": f"{line.x:.2f}".rstrip("0").rstrip("."),
        "y": f"{line.y:.2f}".rstrip("0").rstrip("."),
        "font-size": f"{line.size:g}",
        "fill": line.colour,
    }
    if line.anchor != "start":
        attributes["text-anchor"] = line.anchor
    if line.names:
        attributes["class"] = line.names
    if line.bold:
        attributes["font-weight"] = "700"
    if line.italic:
        attributes["font-style"] = "italic"
    if line.kind == "axis":
        attributes["data-scale"] = "axis"
    elif line.kind in ("name", "credit"):
        attributes[f"data-{line.kind}"] = ""
    element = ET.Element("text", attributes)
    text, marks = line.phrase.text, line.phrase.marks
    if len(marks) == 1 and marks[0].start == 0 and marks[0].end == len(text):
        element.set("data-node", marks[0].node)
        element.text = text
        return element
    cursor = 0
    last: ET.Element | None = None
    for mark in sorted(marks, key=lambda mark: mark.start):
        if mark.start < cursor:
            continue
        between = text[cursor : mark.start]
        if last is None:
            element.text = between
        else:
            last.tail = between
        last = ET.SubElement(element, "tspan", {"data-node": mark.node})
        last.text = text[mark.start : mark.end]
        cursor = mark.end
    if last is None:
        element.text = text
    else:
        last.tail = text[cursor:]
    return element
