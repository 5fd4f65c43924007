"""Where the names of points go: beside them, never on one another; without room there is none."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.report.figures.lettering import SMALL, text_width

__all__ = ["Boxes", "place_names"]

Box = tuple[float, float, float, float]

_LONGEST = 170.0
_ABOVE, _BELOW = 9.0, 3.0  # how far letters reach from their line


class Boxes:
    """Rectangles that are taken, in pixels, and those where lines run, better left free."""

    def __init__(self) -> None:
        self._taken: list[Box] = []
        self._lines: list[Box] = []

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Mark where a line runs, in pieces small enough to leave the rest free."""
        (x0, y0), (x1, y1) = start, end
        pieces = min(max(int(max(abs(x1 - x0), abs(y1 - y0)) // 8), 1), 200)
        for i in range(pieces):
            xs = sorted((x0 + (x1 - x0) * i / pieces, x0 + (x1 - x0) * (i + 1) / pieces))
            ys = sorted((y0 + (y1 - y0) * i / pieces, y0 + (y1 - y0) * (i + 1) / pieces))
            self._lines.append((xs[0] - 1.0, ys[0] - 1.0, xs[1] + 1.0, ys[1] + 1.0))

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Mark a rectangle as taken."""
        self._taken.append((left, top, right, bottom))

    def free(self, box: Box, *, clear: bool = False) -> bool:
        """Whether a rectangle touches none that is taken, and if `clear` no line either."""
        left, top, right, bottom = box
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for others in (self._taken, self._lines if clear else [])
            for other in others
        )


def place_names(
    points: Sequence[tuple[float, float, str, float]],
    limits: tuple[float, float, float, float],
    boxes: Boxes,
) -> list[tuple[float, float, str]]:
    """Find room for names, the first before the later.

    Parameters
    ----------
    points
        Middle of each point (x, y), its name, its radius.
    limits
        Left, top, right and bottom of the space.
    boxes
        What is taken already; the names are added.

    Returns
    -------
    list
        Left end, base line and words of each name that has room. Long names are cut with an
        ellipsis.
    """
    placed = []
    for x, y, name, radius in points:
        shown = _short(name)
        width = text_width(shown, SMALL)
        away = radius + 3.0
        level, above, below = y + 4.0, y - away, y + away + _ABOVE
        corners = [
            (x + away, level),
            (x - away - width, level),
            (x - width / 2, above),
            (x - width / 2, below),
            (x + 0.7 * away, above),
            (x + 0.7 * away, below),
            (x - 0.7 * away - width, above),
            (x - 0.7 * away - width, below),
        ]
        inside = [
            (left, base, (left, base - _ABOVE, left + width, base + _BELOW))
            for left, base in corners
            if left >= limits[0]
            and base - _ABOVE >= limits[1]
            and left + width <= limits[2]
            and base + _BELOW <= limits[3]
        ]
        free = [each for each in inside if boxes.free(each[2])]
        if free:
            # A place that no line crosses, if there is one.
            left, base, box = next((f for f in free if boxes.free(f[2], clear=True)), free[0])
            boxes.take(*box)
            placed.append((left, base, shown))
    return placed


def _short(name: str) -> str:
    if text_width(name, SMALL) <= _LONGEST:
        return name
    while text_width(name + "…", SMALL) > _LONGEST:
        name = name[:-1].rstrip()
    return name + "…"
