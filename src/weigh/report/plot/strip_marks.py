"""The marks of a forest plot, its lines, and the axis below the rows."""

from __future__ import annotations

import math
from typing import Literal

from weigh.report.figures.lettering import LINE, SMALL, wrap
from weigh.report.figures.palette import INK, MUTED, PAPER, RANGE, SQUARE
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.axis import Axis
from weigh.report.plot.strip import Row, Strip

__all__ = ["Lines", "draw_axis", "draw_mark"]


class Lines:
    """No effect and the pooled estimate, drawn behind the rows one stretch at a time."""

    def __init__(self, sheet: Sheet, strip: Strip, axis: Axis) -> None:
        self.sheet = sheet
        self.places: list[tuple[float, bool]] = []
        null = strip.view.null
        if null is not None and axis.holds(null):
            self.places.append((axis.at(null), False))
        if strip.line is not None and axis.holds(strip.line):
            self.places.append((axis.at(strip.line), True))

    def draw(self, top: float, bottom: float) -> None:
        """Draw both from `top` to `bottom`."""
        for x, dotted in self.places:
            if dotted:
                points = [(x, top), (x, bottom)]
                self.sheet.line(points, colour=SQUARE, dashes=(2.0, 3.0))
            else:
                self.sheet.line([(x, top), (x, bottom)], colour=INK, width=0.8)


def draw_mark(sheet: Sheet, row: Row, axis: Axis, y: float) -> int:
    """Draw a row's square, diamond or bar; return whether its interval leaves the axis."""
    mark = row.mark
    assert mark is not None
    low, high = axis.held(mark.low), axis.held(mark.high)
    x = axis.held(mark.estimate)
    if row.kind == "prediction":
        sheet.box(low, y - 3.5, high - low, 7.0, fill=RANGE)
    elif row.kind in ("summary", "overall"):
        tall = 8.0 if row.kind == "overall" else 6.5
        fill = SQUARE if row.kind == "overall" else PAPER
        # Never so flat that it cannot be seen.
        ends = min(low, x - 2.5), max(high, x + 2.5)
        corners = [(ends[0], y), (x, y - tall), (ends[1], y), (x, y + tall)]
        sheet.polygon(corners, fill=fill, line_width=1.2)
    else:
        sheet.line([(low, y), (high, y)], width=1.4)
        if axis.holds(mark.estimate):
            side = 8.0 if row.share is None else max(3.5, 15.0 * math.sqrt(row.share))
            sheet.box(x - side / 2, y - side / 2, side, side, fill=SQUARE)
    cut = 0
    for end, place, way in ((mark.low, axis.start, -1.0), (mark.high, axis.end, 1.0)):
        if not axis.holds(end) and (end < axis.low) == (way < 0):
            tip = [(place + 5 * way, y), (place - 3 * way, y - 4.5), (place - 3 * way, y + 4.5)]
            sheet.polygon(tip, fill=INK)
            cut = 1
    return cut


def draw_axis(sheet: Sheet, strip: Strip, axis: Axis, y: float) -> float:
    """Draw the axis, what it measures, and what lies on either side of no effect."""
    sheet.line([(axis.start, y), (axis.end, y)])
    for tick in axis.ticks:
        x = axis.at(tick.value)
        sheet.line([(x, y), (x, y + 5)])
        sheet.text(x, y + 18, tick.label, size=SMALL, anchor="middle", kind="axis")
    y += 36.0
    middle = (axis.start + axis.end) / 2
    for line in wrap(strip.view.axis_words, axis.end - axis.start + 20.0, SMALL):
        sheet.text(middle, y, line, size=SMALL, anchor="middle", colour=MUTED, kind="name")
        y += LINE
    null = strip.view.null
    if strip.sides is not None and null is not None:
        y = _sides(sheet, strip.sides, axis, null, y + 3.0)
    return y + 8.0


def _sides(sheet: Sheet, sides: tuple[str, str], axis: Axis, null: float, y: float) -> float:
    """What either side of no effect means, in as many lines as it takes."""
    centre = min(max(axis.held(null), axis.start + 60.0), axis.end - 60.0)
    left, right = f"← {sides[0]}", f"{sides[1]} →"
    blocks = [
        (centre - 8.0, "end", wrap(left, min(centre - axis.start + 60.0, centre - 24.0), SMALL)),
        (centre + 8.0, "start", wrap(right, axis.end + EDGE - centre - 8.0, SMALL)),
    ]
    for x, anchor, lines in blocks:
        for index, line in enumerate(lines):
            at = y + index * LINE
            end: Literal["start", "end"] = "end" if anchor == "end" else "start"
            sheet.text(x, at, line, size=SMALL, anchor=end, kind="name")
    return y + LINE * max(len(lines) for _, _, lines in blocks)
