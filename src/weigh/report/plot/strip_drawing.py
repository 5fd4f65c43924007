"""How a forest plot is laid out: columns of figures, and the marks beside them or under them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from weigh.report.figures.lettering import LINE, SIZE, SMALL, text_width, wrap
from weigh.report.figures.palette import INK, MUTED, RULE, WASH
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.axis import Axis, effect_axis
from weigh.report.plot.strip import Column, Row, Strip, span_of_strip
from weigh.report.plot.strip_marks import Lines, draw_axis, draw_mark

__all__ = ["draw_strip"]

ROW = 23.0
GAP = 16.0
PLOT = 260.0
NAME = 230.0  # the widest a name gets before it takes a second line
NARROW = 90.0  # the widest a heading makes its column
SLIM = 372.0  # width of a narrow plot


def draw_strip(strip: Strip) -> tuple[Sheet, float, int]:
    """Draw; return the sheet, its height, and how many intervals leave the axis."""
    name_width, places, plot = _layout(strip)
    sheet = Sheet(SLIM if strip.narrow else math.ceil(plot + PLOT + EDGE))
    y = EDGE + 12.0
    for line in wrap(strip.title, sheet.width - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    low, high = strip.span or span_of_strip(strip)
    ends = (EDGE + 6.0, SLIM - EDGE - 6.0) if strip.narrow else (plot, plot + PLOT)
    axis = effect_axis(strip.view, low, high, *ends)
    y = _slim_heads(sheet, strip, y + 8.0) if strip.narrow else _heads(sheet, strip, places, y + 8)
    top, shut = y, 0
    lines = Lines(sheet, strip, axis)
    for row in strip.rows:
        if strip.narrow:
            y, cut = _slim_row(sheet, row, strip, axis, lines, y)
        else:
            y, cut = _row(sheet, row, strip, name_width, places, axis, lines, y)
        shut += cut
    bottom = y + 6.0
    if top < y:
        lines.draw(y, bottom)
    y = draw_axis(sheet, strip, axis, bottom)
    foot = list(strip.foot)
    if shut:
        foot.append("Arrow: goes on beyond the axis; the figures are in the row.")
    for sentence in foot:
        for line in wrap(sentence, sheet.width - 2 * EDGE, SMALL):
            sheet.text(EDGE, y, line, size=SMALL, colour=MUTED, kind="name")
            y += LINE
    return sheet, y + 4.0, shut


# Beside each other


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
    lines: Lines,
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
    cut = draw_mark(sheet, row, axis, middle) if row.mark is not None else 0
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


# Over each other


def _slim_heads(sheet: Sheet, strip: Strip, y: float) -> float:
    """The first column's name, and that of the effects, which are the last."""
    sheet.text(EDGE, y, strip.first, size=SMALL, bold=True, kind="name")
    end = sheet.width - EDGE
    sheet.text(end, y, strip.columns[-1].head, size=SMALL, bold=True, anchor="end", kind="name")
    y += 8.0
    sheet.line([(EDGE, y), (end, y)], colour=INK)
    return y


def _slim_row(
    sheet: Sheet, row: Row, strip: Strip, axis: Axis, lines: Lines, y: float
) -> tuple[float, int]:
    """A name with its effect, the other figures under it, and the mark across the whole width."""
    bold = row.kind in ("heading", "summary", "overall")
    end = sheet.width - EDGE
    effect = row.cells[-1] if row.cells else ""
    taken = text_width(effect, SIZE, bold=row.kind == "overall")
    names = wrap(row.name, max(end - EDGE - taken - 10.0, 90.0), SIZE, bold=bold)
    figures = [
        f"{column.head} {cell}"
        for column, cell in zip(strip.columns[:-1], row.cells[:-1], strict=False)
        if cell
    ]
    notes = [
        line for text in (" · ".join(figures), row.note) for line in wrap(text, end - EDGE, SMALL)
    ]
    room = 0.0 if row.mark is None else 20.0
    height = 7.0 + LINE * (len(names) + len(notes)) + room
    if row.kind in ("overall", "prediction"):
        sheet.box(EDGE, y, end - EDGE, height, fill=WASH, outline=None)
    base = y + 15.0
    sheet.text(end, base, effect, size=SIZE, anchor="end", bold=row.kind == "overall")
    for line in names:
        sheet.text(EDGE, base, line, size=SIZE, bold=bold, kind="name")
        base += LINE
    for line in notes:
        sheet.text(EDGE, base, line, size=SMALL, colour=MUTED, kind="name")
        base += LINE
    cut = 0
    if row.mark is not None:
        # Only behind the mark: lines through the figures would strike them out.
        lines.draw(y + height - room, y + height)
        cut = draw_mark(sheet, row, axis, y + height - room / 2 - 1.0)
    sheet.line([(EDGE, y + height), (end, y + height)], colour=RULE, width=0.6)
    return y + height, cut
