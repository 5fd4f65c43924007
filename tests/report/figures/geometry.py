"""Where the words of a drawing stand, so that a test can tell whether any two touch."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import combinations

from weigh.report.figures.lettering import text_width

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The room that a line of text takes."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


def root(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[ET.Element]:
    return list(root(svg).iter(f"{SVG}text"))


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in texts(svg)]


def boxes(svg: str) -> list[Box]:
    """The boxes of all lines; the letters of most reach from 0.75 above to 0.2 below the line."""
    found = []
    for text in texts(svg):
        said = "".join(text.itertext())
        size = float(text.get("font-size", "0"))
        width = text_width(said, size, bold=text.get("font-weight") == "700")
        left = float(text.get("x", "0"))
        left -= {"start": 0.0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
        base = float(text.get("y", "0"))
        found.append(
            Box(
                words=said,
                left=left,
                top=base - 0.75 * size,
                right=left + width,
                bottom=base + 0.2 * size,
            )
        )
    return found


def overlaps(svg: str) -> list[tuple[str, str]]:
    """Every two lines of text that touch."""
    return [
        (one.words, other.words)
        for one, other in combinations(boxes(svg), 2)
        if one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    ]


def outside(svg: str) -> list[str]:
    """Every line of text that leaves the drawing."""
    _, _, width, height = map(float, root(svg).get("viewBox", "").split())
    return [
        box.words
        for box in boxes(svg)
        if box.left < 0 or box.top < 0 or box.right > width or box.bottom > height
    ]
