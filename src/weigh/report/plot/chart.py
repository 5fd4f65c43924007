"""A frame with two axes: title, box, ticks, clipped curves, named points, a key, notes below.

Everything is placed by value; what leaves the frame is cut at its edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from weigh.report.figures.lettering import LINE, SMALL, text_width, wrap
from weigh.report.figures.palette import INK, MUTED, PAPER, RULE, SQUARE
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.axis import Axis
from weigh.report.plot.naming import Boxes, place_names

__all__ = [
    "BOTTOM",
    "HEIGHT",
    "LEFT",
    "RIGHT",
    "TOP",
    "WIDTH",
    "Chart",
    "Key",
    "Shape",
    "draw_key",
    "draw_shape",
    "size_of",
]

WIDTH = 520.0
HEIGHT = 330.0
#: Room for the labels beside the frame.
LEFT = 62.0
TOP = 0.0
BOTTOM = HEIGHT
RIGHT = WIDTH - EDGE - 6.0

Shape = Literal["circle", "square", "diamond", "triangle"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An entry of the key under a chart: how it is drawn, and what it means."""

    words: str
    shape: Shape | Literal["line", "area"]
    fill: str = PAPER
    colour: str = INK
    dashes: tuple[float, ...] | None = None


class Chart:
    """A chart under way; its axes are given in pixels, `TOP` to `BOTTOM` and `LEFT` to `RIGHT`.

    Parameters
    ----------
    title
        Printed above.
    over
        Printed over the upright axis: what it measures.
    """

    def __init__(self, title: str, over: str) -> None:
        self.sheet = Sheet(WIDTH)
        self._y = EDGE + 12.0
        for line in wrap(title, WIDTH - 2 * EDGE, 15.0, bold=True):
            self.sheet.text(EDGE, self._y, line, size=15.0, bold=True, kind="name")
            self._y += 20.0
        self._y += 2.0 if over else -8.0
        for line in wrap(over, WIDTH - 2 * EDGE, SMALL):
            self.sheet.text(EDGE, self._y, line, size=SMALL, colour=MUTED, kind="name")
            self._y += LINE
        self._y -= 2.0
        self.boxes = Boxes()
        self._x: Axis | None = None
        self._up: Axis | None = None

    # Where things are

    def frame(self, x: Axis, up: Axis, *, rules: bool = True) -> None:
        """Draw into this frame from now on: between the ends of its two axes."""
        self._x, self._up = x, up
        if rules:
            for tick in up.ticks:
                place = up.at(tick.value) + self._y
                self.sheet.line([(x.start, place), (x.end, place)], colour=RULE, width=0.6)

    def fill(self, colour: str) -> None:
        """Fill the frame."""
        (left, top), (right, bottom) = self._limits.min, self._limits.max
        self.sheet.box(left, top, right - left, bottom - top, fill=colour, outline=None)

    def place(self, x: float, up: float) -> Point:
        """The pixels of a point on the sheet."""
        assert self._x is not None
        assert self._up is not None
        return self._x.at(x), self._up.at(up) + self._y

    @property
    def _limits(self) -> Bbox:
        """The frame in pixels of the sheet, top first."""
        assert self._x is not None
        assert self._up is not None
        top, bottom = sorted((self._up.start, self._up.end))
        return Bbox.from_extents(self._x.start, self._y + top, self._x.end, self._y + bottom)

    # Shapes

    def area(self, points: Sequence[Point], *, fill: str, outline: str | None = None) -> None:
        """Fill the shape through `points`, as far as it lies in the frame."""
        corners = [self.place(*point) for point in points]
        path = Path([*corners, corners[0]], closed=True)
        cut = np.asarray(path.clip_to_bbox(self._limits).vertices)
        if len(cut) > 2:
            inside = [(float(a), float(b)) for a, b in cut]
            self.sheet.polygon(inside, fill=fill, outline=outline, line_width=0.8)

    def curve(
        self,
        points: Sequence[Point],
        *,
        colour: str = INK,
        width: float = 1.2,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a line through `points`, cut at the edge of the frame."""
        limits = self._limits
        run: list[Point] = []
        places = [self.place(*point) for point in points if all(map(math.isfinite, point))]
        for start, end in pairwise(places):
            self.boxes.line(start, end)
            inside = _cut(start, end, limits)
            if inside is None:
                continue
            if not run or run[-1] != inside[0]:
                if len(run) > 1:
                    self.sheet.line(run, colour=colour, width=width, dashes=dashes)
                run = [inside[0]]
            run.append(inside[1])
        if len(run) > 1:
            self.sheet.line(run, colour=colour, width=width, dashes=dashes)

    def level(
        self,
        up: float,
        *,
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a line across the frame."""
        assert self._x is not None
        ends = [(self._x.low, up), (self._x.high, up)]
        self.curve(ends, colour=colour, width=width, dashes=dashes)

    def plumb(
        self,
        x: float,
        *,
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a line from top to bottom."""
        assert self._up is not None
        ends = [(x, self._up.low), (x, self._up.high)]
        self.curve(ends, colour=colour, width=width, dashes=dashes)

    def point(
        self,
        x: float,
        up: float,
        *,
        shape: Shape = "circle",
        radius: float = 4.5,
        fill: str = SQUARE,
    ) -> None:
        """Draw a point that lies in the frame, and keep names off it."""
        across, down = self.place(x, up)
        draw_shape(self.sheet, across, down, shape, radius, fill)
        self.boxes.take(across - radius, down - radius, across + radius, down + radius)

    def names(self, points: Sequence[tuple[float, float, str, float]]) -> int:
        """Name points (x, up, name, radius), those that matter most first, where there is room.

        Returns
        -------
        int
            How many are named.
        """
        places = [(*self.place(x, up), name, radius) for x, up, name, radius in points]
        (left, top), (right, bottom) = self._limits.min, self._limits.max
        limits = (left + 2.0, top + 1.0, right + 4.0, bottom - 1.0)
        placed = place_names(places, limits, self.boxes)
        for start, base, name in placed:
            self.sheet.text(start, base, name, size=SMALL, kind="name")
        return len(placed)

    def label(self, x: float, up: float, words: str, *, dx: float = 0.0, dy: float = 0.0) -> None:
        """Write small words beside a point, and keep names off them."""
        across, down = self.place(x, up)
        (first, top), (last, bottom) = self._limits.min, self._limits.max
        width = text_width(words, SMALL)
        left = min(max(across + dx, first + 3.0), last - width - 3.0)
        base = min(max(down + dy, top + 12.0), bottom - 4.0)
        # Above what stands there already.
        while base > top + 12.0 and not self.boxes.free(
            (left, base - 9.0, left + width, base + 3.0)
        ):
            base -= 4.0
        self.sheet.text(left, base, words, size=SMALL, kind="name")
        self.boxes.take(left, base - 9.0, left + width, base + 3.0)

    def heading(self, words: str, top: float) -> None:
        """Write the name of a panel whose frame begins somewhat below `top`."""
        for line in wrap(words, RIGHT - LEFT, SMALL, bold=True)[:1]:
            base = self._y + top + 12.0
            self.sheet.text(LEFT, base, line, size=SMALL, bold=True, kind="name")

    # The end

    def axes(self, *, across: bool = True) -> None:
        """Draw the axes of this frame with their labels; `across` is the level one."""
        assert self._x is not None
        assert self._up is not None
        (left, top), (right, bottom) = self._limits.min, self._limits.max
        sheet = self.sheet
        sheet.line([(left, top), (left, bottom), (right, bottom)])
        for tick in self._up.ticks:
            place = self._up.at(tick.value) + self._y
            sheet.line([(left - 5, place), (left, place)])
            sheet.text(left - 8, place + 4, tick.label, size=SMALL, anchor="end", kind="axis")
        for tick in self._x.ticks if across else ():
            place = self._x.at(tick.value)
            sheet.line([(place, bottom), (place, bottom + 5)])
            sheet.text(place, bottom + 18, tick.label, size=SMALL, anchor="middle", kind="axis")

    def finish(
        self,
        under: str,
        *,
        key: Sequence[Key] = (),
        notes: Sequence[str] = (),
    ) -> float:
        """Draw the axes of the last frame, key and notes; return the height of the drawing.

        Parameters
        ----------
        under
            What the level axis measures.
        """
        self.axes()
        sheet = self.sheet
        y = float(self._limits.max[1]) + 36.0
        for line in wrap(under, RIGHT - LEFT, SMALL):
            middle = (LEFT + RIGHT) / 2
            sheet.text(middle, y, line, size=SMALL, anchor="middle", colour=MUTED, kind="name")
            y += LINE
        y = draw_key(sheet, key, y + 8.0)
        for note in notes:
            for line in wrap(note, WIDTH - 2 * EDGE, SMALL):
                sheet.text(EDGE, y, line, size=SMALL, colour=MUTED, kind="name")
                y += LINE
        return y + 2.0


def draw_shape(sheet: Sheet, x: float, y: float, shape: Shape, radius: float, fill: str) -> None:
    """Draw one point with a dark outline."""
    r = radius
    if shape == "circle":
        sheet.dot(x, y, r, fill=fill)
    elif shape == "square":
        sheet.box(x - r, y - r, 2 * r, 2 * r, fill=fill)
    elif shape == "diamond":
        s = 1.25 * r
        sheet.polygon([(x - s, y), (x, y - s), (x + s, y), (x, y + s)], fill=fill)
    else:
        sheet.polygon([(x - r, y + 0.8 * r), (x + r, y + 0.8 * r), (x, y - r)], fill=fill)


def draw_key(sheet: Sheet, key: Sequence[Key], y: float) -> float:
    """Name what is drawn, in as many lines as it takes; return where the next line goes."""
    x = EDGE
    for entry in key:
        lines = wrap(entry.words, WIDTH - 2 * EDGE - 30.0, SMALL)
        needed = 26.0 + max(text_width(line.text, SMALL) for line in lines) + 16.0
        if x > EDGE and x + needed - 16.0 > WIDTH - EDGE:
            x = EDGE
            y += LINE + 2.0
        middle = y - 4.0
        if entry.shape == "line":
            ends = [(x, middle), (x + 20.0, middle)]
            sheet.line(ends, colour=entry.colour, width=1.6, dashes=entry.dashes)
        elif entry.shape == "area":
            sheet.box(x, middle - 5.0, 20.0, 10.0, fill=entry.fill, line_width=0.8)
        else:
            draw_shape(sheet, x + 10.0, middle, entry.shape, 4.5, entry.fill)
        for index, line in enumerate(lines):
            sheet.text(x + 26.0, y + index * LINE, line, size=SMALL, kind="name")
        y += (len(lines) - 1) * LINE
        x += needed
    return y + LINE + 4.0 if key else y


def _cut(start: Point, end: Point, limits: Bbox) -> tuple[Point, Point] | None:
    """The part of a segment inside a rectangle, by Liang and Barsky's method."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    first, last = 0.0, 1.0
    for step, room in (
        (-dx, x0 - limits.x0),
        (dx, limits.x1 - x0),
        (-dy, y0 - limits.y0),
        (dy, limits.y1 - y0),
    ):
        if step == 0.0:
            if room < 0.0:
                return None
        elif step < 0.0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    if first > last:
        return None
    if first == 0.0 and last == 1.0:
        return start, end
    one = (x0 + first * dx, y0 + first * dy)
    return one, (x0 + last * dx, y0 + last * dy) if last < 1.0 else end


def size_of(k: int) -> float:
    """Radius of a point: smaller where there are many."""
    return 4.4 if k <= 60 else 3.2
