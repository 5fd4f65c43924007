"""The network graph: treatments on a circle, joined where trials compare them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from weigh.report.figures.lettering import SMALL, text_width, wrap
from weigh.report.figures.palette import MUTED, RANGE, SQUARE
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.chart import WIDTH, Key, draw_key
from weigh.report.plot.picture import Plot, Table

__all__ = ["network"]

_RADIUS = 112.0
_LARGEST, _SMALLEST = 17.0, 4.0
_WIDEST, _THINNEST = 9.0, 1.0
#: Between the circle and the names beside it.
_ASIDE = 30.0
_LETTERS = 13.0
_EDGE_COLOUR = "#8A97A5"


class Graph(Protocol):
    """What `Network.graph` gives."""

    @property
    def treatments(self) -> tuple[str, ...]: ...
    @property
    def trials(self) -> tuple[int, ...]: ...
    @property
    def people(self) -> tuple[float, ...] | None: ...
    @property
    def edges(self) -> tuple[tuple[str, str, int], ...]: ...
    @property
    def multi_arm(self) -> tuple[tuple[tuple[str, ...], int], ...]: ...


class NetworkFit(Protocol):
    """The result of `weigh.network`."""

    @property
    def k(self) -> int: ...
    @property
    def reference(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...

    def graph(self) -> Any:
        """Treatments and how many trials compare them."""
        ...


def network(fit: NetworkFit, *, title: str | None = None, foot: Sequence[str] = ()) -> Plot:
    """Treatments as circles, joined where trials compare them directly.

    The area of a circle follows the people who had the treatment (or, where arms were not given,
    the trials that had it), the width of a line the number of trials. Treatments stand in an order
    that keeps lines short.

    Parameters
    ----------
    fit
        Of `weigh.network` or `weigh.network_from_arms`.
    title
        Printed above.
    foot
        Sentences printed below.

    Returns
    -------
    Plot
        Its `data` has a row for each line.
    """
    graph: Graph = fit.graph()
    names = graph.treatments
    n = len(names)
    order = _in_circle(names, graph.edges)
    heading = title or f"Network of {n} treatments in {fit.k} trials"
    sheet = Sheet(WIDTH)
    y = EDGE + 12.0
    for line in wrap(heading, WIDTH - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    angles = {name: math.tau * (at + 0.5) / n - math.pi / 2 for at, name in enumerate(order)}
    left = [name for name in order if math.cos(angles[name]) < 0.0]
    right = [name for name in order if name not in left]
    room = WIDTH / 2 - _RADIUS - _ASIDE - EDGE
    words = {name: _lines(name, room) for name in names}
    tall = max(_height(left, words), _height(right, words), 2 * _RADIUS)
    middle = (WIDTH / 2, y + tall / 2 + _LARGEST - 2.0)
    at = {
        name: (
            middle[0] + _RADIUS * math.cos(angle),
            middle[1] + _RADIUS * math.sin(angle),
        )
        for name, angle in angles.items()
    }
    _edges(sheet, graph, at)
    measured = graph.people or tuple(float(k) for k in graph.trials)
    gap = 2 * _RADIUS * math.sin(math.pi / max(n, 2))
    largest = max(min(_LARGEST, 0.42 * gap), 3.0)
    most = max(measured)
    radius = {
        name: max(largest * math.sqrt(size / most), min(_SMALLEST, largest))
        for name, size in zip(names, measured, strict=True)
    }
    for side, sign in ((left, -1.0), (right, 1.0)):
        _names(sheet, side, sign, words, at, radius, middle, tall)
    for name in names:
        fill = RANGE if name == fit.reference else SQUARE
        sheet.circle(*at[name], radius[name], fill=fill)
    height = draw_key(
        sheet, _key(graph, fit.reference, measured), middle[1] + tall / 2 + _LARGEST + 18.0
    )
    for note in (*_notes(graph), *foot):
        for line in wrap(note, WIDTH - 2 * EDGE, SMALL):
            sheet.text(EDGE, height, line, size=SMALL, colour=MUTED, kind="name")
            height += 15.0
    one, two, k = max(graph.edges, key=lambda edge: edge[2])
    return Plot(
        title=heading,
        description=(
            f"{n} treatments, {len(graph.edges)} of {n * (n - 1) // 2} pairs compared directly; "
            f"most often {one} with {two}, in {_trials(k)}."
        ),
        data=Table(
            {
                "treat1": [edge[0] for edge in graph.edges],
                "treat2": [edge[1] for edge in graph.edges],
                "trials": [edge[2] for edge in graph.edges],
            }
        ),
        sheet=sheet,
        height=height + 2.0,
        notes=fit.notes,
    )


def _trials(k: int) -> str:
    return "one trial" if k == 1 else f"{k} trials"


def _in_circle(names: Sequence[str], edges: Sequence[tuple[str, str, int]]) -> list[str]:
    """An order in which joined treatments stand near each other: exchanges while they help."""
    order = list(names)
    n = len(order)
    if n < 4 or n > 60:
        return order

    def length(order: list[str]) -> float:
        place = {name: at for at, name in enumerate(order)}
        return sum(math.sin(math.pi * abs(place[a] - place[b]) / n) for a, b, _ in edges)

    best = length(order)
    for _ in range(3):
        changed = False
        for i in range(n):
            for j in range(i + 1, n):
                order[i], order[j] = order[j], order[i]
                found = length(order)
                if found < best - 1e-9:
                    best, changed = found, True
                else:
                    order[i], order[j] = order[j], order[i]
        if not changed:
            break
    return order


def _lines(name: str, room: float) -> list[str]:
    """A name in at most two lines."""
    lines = [line.text for line in wrap(name, room, SMALL)]
    if len(lines) <= 2:
        return lines
    second = lines[1]
    while second and text_width(second + "…", SMALL) > room:
        second = second[:-1].rstrip()
    return [lines[0], second + "…"]


def _height(side: Sequence[str], words: dict[str, list[str]]) -> float:
    return sum(len(words[name]) * _LETTERS + 3.0 for name in side)


def _edges(sheet: Sheet, graph: Graph, at: dict[str, tuple[float, float]]) -> None:
    most = max(k for _, _, k in graph.edges)
    for one, two, k in sorted(graph.edges, key=lambda edge: -edge[2]):
        width = _THINNEST + (_WIDEST - _THINNEST) * (k - 1) / max(most - 1, 8)
        sheet.line([at[one], at[two]], colour=_EDGE_COLOUR, width=width)


def _names(
    sheet: Sheet,
    side: Sequence[str],
    sign: float,
    words: dict[str, list[str]],
    at: dict[str, tuple[float, float]],
    radius: dict[str, float],
    middle: tuple[float, float],
    tall: float,
) -> None:
    """Write names in a column beside the circle, as near to their nodes as they fit."""
    column = sorted(side, key=lambda name: (at[name][1], abs(at[name][0] - middle[0])))
    heights = [len(words[name]) * _LETTERS + 3.0 for name in column]
    tops: list[float] = []
    floor = middle[1] - tall / 2
    for name, height in zip(column, heights, strict=True):
        top = max(at[name][1] - height / 2, floor)
        tops.append(top)
        floor = top + height
    ceiling = middle[1] + tall / 2
    for index in range(len(column) - 1, -1, -1):
        tops[index] = min(tops[index], ceiling - heights[index])
        ceiling = tops[index]
    edge = middle[0] + sign * (_RADIUS + _ASIDE)
    for name, top, height in zip(column, tops, heights, strict=True):
        x, y = at[name]
        level = top + height / 2
        away = math.hypot(edge - x, level - y)
        near = radius[name] + 2.0
        if away > near + 6.0:
            start = (x + (edge - x) * near / away, y + (level - y) * near / away)
            sheet.line([start, (edge - sign * 3.0, level)], colour="#B9C2CB", width=0.7)
        for row, line in enumerate(words[name]):
            sheet.text(
                edge,
                top + 11.0 + row * _LETTERS,
                line,
                size=SMALL,
                anchor="end" if sign < 0 else "start",
                kind="name",
            )


def _key(graph: Graph, reference: str, measured: Sequence[float]) -> tuple[Key, ...]:
    low, high = (f"{value:,.0f}" for value in (min(measured), max(measured)))
    ks = [k for _, _, k in graph.edges]
    what = "people" if graph.people is not None else "trials"
    return (
        Key(
            words=f"a treatment; its area is its {what} ({low} to {high})",
            shape="circle",
            fill=SQUARE,
        ),
        Key(words=f"the reference, {reference}", shape="circle", fill=RANGE),
        Key(
            words=f"compared directly; as wide as there are trials ({min(ks)} to {max(ks)})"
            if max(ks) > min(ks)
            else f"compared directly, in {_trials(max(ks))}",
            shape="line",
            colour=_EDGE_COLOUR,
        ),
    )


def _notes(graph: Graph) -> list[str]:
    trials = sum(k for _, k in graph.multi_arm)
    if not trials:
        return []
    more = "One trial compares" if trials == 1 else f"{trials} trials compare"
    return [f"{more} more than two treatments; each pair of them is counted on its line."]
