"""The net heat plot: which designs disagree, and whose detachment settles it."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import amount
from weigh.report.figures.lettering import LINE, SMALL, text_width, wrap
from weigh.report.figures.palette import INK, MUTED, PAPER
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.chart import WIDTH
from weigh.report.plot.picture import Plot, Table

__all__ = ["net_heat"]

FloatArray = npt.NDArray[np.float64]

_LABELS = 205.0
#: The strongest colours, for a change of this much or more.
_HOT, _COLD, _FULL = (178, 34, 24), (0, 84, 147), 8.0
_SMALLEST_WITH_NUMBERS = 22.0
#: Changes below this are neither numbered nor signed.
_LITTLE = 0.5
_BAR = "#6E7780"


class Heat(Protocol):
    """The result of `Network.heat`."""

    @property
    def designs(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def inconsistency(self) -> FloatArray: ...
    @property
    def change(self) -> FloatArray: ...
    @property
    def share(self) -> FloatArray: ...
    @property
    def q(self) -> float: ...
    @property
    def model(self) -> str: ...


def net_heat(heat: Heat, *, title: str | None = None) -> Plot:
    """Inconsistency between designs, and what becomes of it where one is detached.

    A warm cell with a plus: detaching the design of the column settles that much of the
    inconsistency of the design in the row; a cold one with a minus: it makes it worse. The
    diagonal is the inconsistency of each design. The grey bar at the foot of a cell tells how much
    of the network's estimate for the row flows through the column.

    Parameters
    ----------
    heat
        Of `weigh.network(...).heat()`.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each cell.

    References
    ----------
    :cite:t:`krahn2013`.
    """
    d = len(heat.designs)
    heading = title or f"Net heat of {d} designs"
    sheet = Sheet(WIDTH)
    y = EDGE + 12.0
    for line in wrap(heading, WIDTH - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    order = _order(heat.change)
    side = min((WIDTH - EDGE - _LABELS - EDGE) / d, 38.0)
    left, top = EDGE + _LABELS, y + 30.0
    sheet.text(left, y + 2.0, "Design detached", size=SMALL, colour=MUTED, kind="name")
    names = [" : ".join(heat.designs[i]) for i in order]
    size = min(SMALL, 0.74 * side)
    every = max(1, math.ceil((text_width(str(d), size) + 3.0) / side))
    for place, name in enumerate(names):
        middle = place * side + side / 2
        words = f"{place + 1}  {name}"
        sheet.text(EDGE, top + middle + size / 3, _cut(words, _LABELS - 8.0, size), size=size,
                   kind="name")  # fmt: skip
        if place % every == 0:
            sheet.text(
                left + middle, top - 6.0, str(place + 1), size=size, anchor="middle", kind="axis"
            )
    for row, i in enumerate(order):
        for column, j in enumerate(order):
            _cell(
                sheet,
                left + column * side,
                top + row * side,
                side,
                float(heat.change[i, j]),
                float(heat.share[i, j]),
            )
    y = top + d * side + 20.0
    effects = "common effects" if heat.model == "common" else "random effects within designs"
    foot = (
        f"Q between designs {amount(heat.q)}, under {effects}. Warm (+): inconsistency of the row "
        "that detaching the column settles. Cold (−): that it adds. Diagonal: the row's own. Grey "
        "bar: how much of the row's estimate flows through the column."
    )
    for line in wrap(foot, WIDTH - 2 * EDGE, SMALL):
        sheet.text(EDGE, y, line, size=SMALL, colour=MUTED, kind="name")
        y += LINE
    worst = int(np.argmax(heat.inconsistency))
    total = heat.change.sum(axis=0)
    best = int(np.argmax(total))
    return Plot(
        title=heading,
        description=(
            f"The most inconsistent design is {' : '.join(heat.designs[worst])} with "
            f"{amount(float(heat.inconsistency[worst]))} of a Q of {amount(heat.q)}; detaching "
            f"{' : '.join(heat.designs[best])} settles most, {amount(float(total[best]))}."
        ),
        data=Table(
            {
                "design": [" : ".join(heat.designs[i]) for i in order for _ in order],
                "detached": [" : ".join(heat.designs[j]) for _ in order for j in order],
                "change": heat.change[np.ix_(order, order)].ravel(),
                "share": heat.share[np.ix_(order, order)].ravel(),
            }
        ),
        sheet=sheet,
        height=y + 2.0,
    )


def _order(change: FloatArray) -> list[int]:
    """Designs that disagree in the same way side by side: each next to its nearest."""
    d = len(change)
    both = np.hstack([change, change.T])
    left = set(range(d))
    order = [int(np.argmax(np.abs(change).sum(axis=1)))]
    left.discard(order[0])
    while left:
        last = both[order[-1]]
        nearest = min(sorted(left), key=lambda i: float(np.abs(both[i] - last).sum()))
        order.append(nearest)
        left.discard(nearest)
    return order


def _cell(sheet: Sheet, x: float, y: float, side: float, change: float, share: float) -> None:
    strength = min(abs(change) / _FULL, 1.0)
    target = _HOT if change > 0.0 else _COLD
    fill = "#" + "".join(f"{round(255 + (one - 255) * 0.85 * strength):02X}" for one in target)
    sheet.box(x, y, side, side, fill=fill, outline=PAPER, line_width=1.0)
    bar = min(share, 1.0) * (side - 1.0)
    if bar > 0.5:
        thick = max(0.1 * side, 1.5)
        sheet.box(x + 0.5, y + side - thick - 0.5, bar, thick, fill=_BAR, outline=None)
    words = amount(change, 1)
    if change > 0.0:
        words = f"+{words}"
    if abs(change) < _LITTLE:
        return
    colour = PAPER if strength > 0.55 else INK
    middle = (x + side / 2, y + side / 2)
    size = min(9.0, 0.36 * side)
    if side >= _SMALLEST_WITH_NUMBERS and text_width(words, size) <= side - 2.0:
        sheet.text(middle[0], middle[1] + 2.2, words, size=size, anchor="middle", colour=colour)
        return
    half = 0.2 * side
    sheet.line([(middle[0] - half, middle[1]), (middle[0] + half, middle[1])], colour=colour)
    if change > 0.0:
        sheet.line([(middle[0], middle[1] - half), (middle[0], middle[1] + half)], colour=colour)


def _cut(words: str, room: float, size: float) -> str:
    if text_width(words, size) <= room:
        return words
    while words and text_width(words + "…", size) > room:
        words = words[:-1].rstrip()
    return words + "…"
