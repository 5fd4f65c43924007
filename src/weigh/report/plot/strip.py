"""Rows of estimates over one axis: what every forest plot is laid out and drawn by.

Which rows there are, and what they say, is decided next door in `forest` and `stepwise`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weigh.report.figures.lettering import LINE, SIZE, SMALL, text_width, wrap
from weigh.report.figures.palette import INK, MUTED, PAPER, RANGE, RULE, SQUARE, WASH
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.axis import Axis, effect_axis
from weigh.report.plot.showing import View

__all__ = ["Column", "Mark", "Row", "Strip", "draw_strip", "shares"]

Kind = Literal["study", "heading", "summary", "overall", "prediction", "missing"]

ROW = 23.0
GAP = 16.0
PLOT = 260.0
NAME = 230.0  # the widest a name gets before it takes a second line
NARROW = 90.0  # the widest a heading makes its column


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An estimate with its interval, on the analysis scale."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its name, what stands in its columns, and what is drawn.

    Parameters
    ----------
    kind
        A `study` has a square, a `summary` and the `overall` one a diamond, a `prediction` a bar;
        a `heading` and a `missing` row have none.
    note
        Smaller words under the name, or in place of the mark of a missing row.
    share
        Weight as a share of the heaviest study's, 0 to 1; None where it means nothing.
    """

    name: str
    kind: Kind
    cells: tuple[str, ...] = ()
    mark: Mark | None = None
    note: str = ""
    share: float | None = None
    indent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of text left of the axis; numbers stand to the right, words to the left.

    A `whole` one is as wide as its longest entry; in others long entries are cut.
    """

    head: str
    right: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Everything that a forest plot shows, in order from top to bottom.

    Parameters
    ----------
    line
        An estimate that is drawn as a dotted line through all rows.
    span
        Ends of the axis on the analysis scale; None: chosen from the rows.
    sides
        What lies to the left and to the right of no effect.
    foot
        Sentences under the plot.
    """

    title: str
    first: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    view: View
    line: float | None = None
    span: tuple[float, float] | None = None
    sides: tuple[str, str] | None = None
    foot: tuple[str, ...] = ()


def draw_strip(strip: Strip) -> tuple[Sheet, float, int]:
    """Draw; return the sheet, its height, and how many intervals leave the axis."""
    name_width, places, plot = _layout(strip)
    sheet = Sheet(math.ceil(plot + PLOT + EDGE))
    y = EDGE + 12.0
    for line in wrap(strip.title, sheet.width - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    low, high = strip.span or _span(strip)
    axis = effect_axis(strip.view, low, high, plot, plot + PLOT)
    y = _heads(sheet, strip, places, y + 8.0)
    top, shut = y, 0
    lines = _Lines(sheet, strip, axis)
    for row in strip.rows:
        y, cut = _row(sheet, row, strip, name_width, places, axis, lines, y)
        shut += cut
    bottom = y + 6.0
    if top < y:
        lines.draw(y, bottom)
    y = _axis(sheet, strip, axis, bottom)
    foot = list(strip.foot)
    if shut:
        foot.append("Arrow: goes on beyond the axis; the figures are in the row.")
    for sentence in foot:
        for line in wrap(sentence, sheet.width - 2 * EDGE, SMALL):
            sheet.text(EDGE, y, line, size=SMALL, colour=MUTED, kind="name")
            y += LINE
    return sheet, y + 4.0, shut


# Layout


def _layout(strip: Strip) -> tuple[float, list[float], float]:
    """Width of the names, where each column stands, where the axis begins."""
    names = [
        text_width(row.name, SIZE, bold=row.kind != "study") + (12.0 if row.indent else 0.0)
        for row in strip.rows
    ]
    name_width = min(max([*names, text_width(strip.first, SMALL, bold=True)]), NAME)
    x = EDGE + name_width
    places: list[float] = []
    for index, column in enumerate(strip.columns):
        cells = [
            text_width(row.cells[index], SIZE, bold=row.kind == "overall")
            for row in strip.rows
            if index < len(row.cells)
        ]
        head = max(text_width(word, SMALL, bold=True) for word in column.head.split() or [""])
        head = max(head, min(text_width(column.head, SMALL, bold=True), NARROW))
        width = max([*cells, head])
        if not column.whole:
            width = min(width, NAME)
        places.append(x + GAP + (width if column.right else 0.0))
        x += GAP + width
    # Long words under a summary run beneath the columns, so a short table is made wide enough.
    return name_width, places, max(x + GAP + 6.0, EDGE + 180.0)


def _span(strip: Strip) -> tuple[float, float]:
    """Every summary, nearly every estimate, and the intervals that are not far wider than most."""
    studies = [row.mark for row in strip.rows if row.kind == "study" and row.mark is not None]
    pooled = [row.mark for row in strip.rows if row.kind in ("summary", "overall") and row.mark]
    spread = [row.mark for row in strip.rows if row.kind == "prediction" and row.mark]
    middle = strip.line
    if middle is None:
        middle = float(np.median([m.estimate for m in studies or pooled] or [0.0]))
    reach = sorted(max(abs(m.low - middle), abs(m.high - middle)) for m in studies)
    kept = [end for m in pooled for end in (m.estimate, m.low, m.high)] or [middle]
    if reach:
        usual = reach[(len(reach) - 1) // 2]
        together = max(abs(end - middle) for end in kept)
        if together > 0.0:
            # Most studies may be all but without information: then the summary sets the measure.
            usual = min(max(usual, together), 20.0 * together)
        for mark in studies:
            if abs(mark.estimate - middle) <= 4.0 * usual:
                kept.append(mark.estimate)
            kept += [end for end in (mark.low, mark.high) if abs(end - middle) <= 2.0 * usual]
    low, high = min(kept), max(kept)
    wide = high - low
    for mark in spread:
        if mark.high - mark.low <= 3.0 * wide:
            low, high = min(low, mark.low), max(high, mark.high)
    null = strip.view.null
    if null is not None and min(abs(null - low), abs(null - high)) <= 0.6 * (high - low):
        low, high = min(low, null), max(high, null)
    if not high > low:
        room = 0.5 * abs(high) or 1.0
        return low - room, high + room
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


# Rows


class _Lines:
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


def _heads(sheet: Sheet, strip: Strip, places: Sequence[float], y: float) -> float:
    starts = [EDGE, *places]
    blocks = []
    for index, (column, x) in enumerate(zip(strip.columns, places, strict=True)):
        if column.right:
            room = max(x - starts[index] - GAP / 2, NARROW / 2)
        else:
            room = (places[index + 1] if index + 1 < len(places) else x + NAME) - x - GAP / 2
        words = max(text_width(word, SMALL, bold=True) for word in column.head.split() or [""])
        blocks.append(
            (x, column.right, wrap(column.head, max(min(room, NAME), words), SMALL, bold=True))
        )
    tall = max([len(lines) for _, _, lines in blocks], default=1) or 1
    for x, right, lines in blocks:
        for index, line in enumerate(lines):
            at = y + (tall - len(lines) + index) * LINE
            anchor: Literal["start", "end"] = "end" if right else "start"
            sheet.text(x, at, line, size=SMALL, bold=True, anchor=anchor, kind="name")
    y += (tall - 1) * LINE
    sheet.text(EDGE, y, strip.first, size=SMALL, bold=True, kind="name")
    y += 8.0
    sheet.line([(EDGE, y), (sheet.width - EDGE, y)], colour=INK)
    return y


def _row(
    sheet: Sheet,
    row: Row,
    strip: Strip,
    name_width: float,
    places: Sequence[float],
    axis: Axis,
    lines: _Lines,
    y: float,
) -> tuple[float, int]:
    """Draw one row; return where the next begins and whether its interval is cut."""
    left = EDGE + (12.0 if row.indent else 0.0)
    bold = row.kind in ("heading", "summary", "overall")
    # The name of a heading or a summary may run under the columns that it leaves empty.
    room = axis.start - GAP - left
    for column, x, cell in zip(strip.columns, places, row.cells, strict=False):
        if cell:
            start = x - text_width(cell, SIZE, bold=row.kind == "overall") if column.right else x
            room = min(room, start - GAP - left)
    if row.kind in ("study", "missing"):
        room = EDGE + name_width - left
    names = wrap(row.name, room + 1.0, SIZE, bold=bold)
    notes = [] if row.kind == "missing" else wrap(row.note, axis.start - GAP - left, SMALL)
    apart = LINE * (len(names) - 1)
    height = ROW + apart + LINE * len(notes)
    said = []
    if row.kind == "missing":
        said = wrap(row.note, axis.end - (EDGE + name_width + GAP), SMALL)
        height = max(height, ROW + LINE * (len(said) - 1))
    if row.kind in ("overall", "prediction"):
        sheet.box(EDGE, y, sheet.width - 2 * EDGE, height, fill=WASH, outline=None)
    if row.kind not in ("missing", "heading"):
        lines.draw(y, y + height)
    # Figures and marks stand level with the name; the notes follow under it.
    middle = y + (height - LINE * len(notes)) / 2
    base = middle - apart / 2 + 4.0
    for line in names:
        sheet.text(left, base, line, size=SIZE, bold=bold, kind="name")
        base += LINE
    for line in notes:
        sheet.text(left, base, line, size=SMALL, colour=MUTED, kind="name")
        base += LINE
    first_line = middle - LINE * (len(said) - 1) / 2 + 4.0
    for index, line in enumerate(said):
        x, at = EDGE + name_width + GAP, first_line + index * LINE
        sheet.text(x, at, line, size=SMALL, colour=MUTED, italic=True, kind="name")
    _cells(sheet, row, strip.columns, places, middle)
    cut = _mark(sheet, row, axis, middle) if row.mark is not None else 0
    y += height
    sheet.line([(EDGE, y), (sheet.width - EDGE, y)], colour=RULE, width=0.6)
    return y, cut


def _cells(
    sheet: Sheet, row: Row, columns: Sequence[Column], places: Sequence[float], middle: float
) -> None:
    for column, x, cell in zip(columns, places, row.cells, strict=False):
        anchor: Literal["start", "end"] = "end" if column.right else "start"
        # What is longer than a column may be is cut; the table of the plot has it in full.
        shown = cell
        while not column.whole and text_width(shown, SIZE) > NAME:
            shown = shown[:-2].rstrip() + "…"
        bold = row.kind == "overall"
        sheet.text(x, middle + 4.0, shown, size=SIZE, anchor=anchor, bold=bold)


def _mark(sheet: Sheet, row: Row, axis: Axis, y: float) -> int:
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


# Below the rows


def _axis(sheet: Sheet, strip: Strip, axis: Axis, y: float) -> float:
    sheet.line([(axis.start, y), (axis.end, y)])
    for tick in axis.ticks:
        x = axis.at(tick.value)
        sheet.line([(x, y), (x, y + 5)])
        sheet.text(x, y + 18, tick.label, size=SMALL, anchor="middle", kind="axis")
    y += 36.0
    middle = (axis.start + axis.end) / 2
    for line in wrap(strip.view.axis_words, PLOT + 20.0, SMALL):
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
        (centre - 8.0, "end", wrap(left, max(centre - axis.start, 60.0) + 60.0, SMALL)),
        (centre + 8.0, "start", wrap(right, axis.end + EDGE - centre - 8.0, SMALL)),
    ]
    for x, anchor, lines in blocks:
        for index, line in enumerate(lines):
            at = y + index * LINE
            end: Literal["start", "end"] = "end" if anchor == "end" else "start"
            sheet.text(x, at, line, size=SMALL, anchor=end, kind="name")
    return y + LINE * max(len(lines) for _, _, lines in blocks)


def shares(weights: Sequence[float]) -> list[float | None]:
    """Weights as shares of the heaviest; negative ones count as nothing."""
    heaviest = max([w for w in weights if math.isfinite(w)], default=0.0)
    if heaviest <= 0.0:
        return [None for _ in weights]
    return [max(w, 0.0) / heaviest if math.isfinite(w) else None for w in weights]
