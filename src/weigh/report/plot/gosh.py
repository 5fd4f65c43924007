"""The GOSH plot: pooled effects and heterogeneity of many subsets of the studies."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.report.figures.palette import INK
from weigh.report.plot.axis import Axis, effect_axis, number_axis, span_of
from weigh.report.plot.chart import LEFT, RIGHT, Chart
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View, view_of
from weigh.report.plot.taking import require

__all__ = ["gosh"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_COLUMNS, _ROWS = 56, 26
#: From a few subsets in a cell to the most; each step is darker in grey too.
_WITHOUT = ("#D6E6F1", "#A9CCE3", "#6FA8D0", "#2F7FB8", "#004A77")
_WITH = ("#FBE9CC", "#F3CD8E", "#E0A13C", "#B06F0B", "#6B3F00")
_MARGIN = 46.0
_PANEL = 210.0
_HEADING = 20.0
_BETWEEN = 14.0


class Subsets(Protocol):
    """The result of `weigh.gosh`."""

    @property
    def included(self) -> BoolArray: ...
    @property
    def estimate(self) -> FloatArray: ...
    @property
    def i2(self) -> FloatArray: ...
    @property
    def tau2(self) -> FloatArray: ...
    @property
    def q(self) -> FloatArray: ...
    @property
    def exact(self) -> bool: ...
    @property
    def slab(self) -> tuple[str, ...]: ...


Against = Literal["i2", "tau2", "q"]
_AGAINST: dict[str, str] = {"i2": "I², percent", "tau2": "tau²", "q": "Q"}


def gosh(
    result: Subsets,
    study: str | int | None = None,
    *,
    measure: str | None = None,
    y: Against = "i2",
    title: str | None = None,
) -> Plot:
    """How pooled effects and heterogeneity of subsets scatter; several clouds are several stories.

    The darker a cell, the more subsets fall in it. With `study`, subsets without it and with it
    are drawn in a panel each on the same axes: clouds that part show that this study makes them.

    Parameters
    ----------
    result
        Of ``weigh.gosh(fit)``.
    study
        A study by its name, or by its place counted from 0.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    y
        What is drawn upright: ``"i2"``, ``"tau2"`` or ``"q"``.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has the cells drawn: their middles, and how many subsets fall in each.

    Raises
    ------
    InputError
        Another analysis, a regression, or an axis that is not known.
    NotFoundError
        No study has that name.

    References
    ----------
    :cite:t:`olkin2012`.
    """
    require(result, ("included", "estimate", "exact"), "weigh.gosh(fit)")
    if y not in _AGAINST:
        raise InputError(f"y is {y!r}; expected one of {', '.join(_AGAINST)}.")
    if result.estimate.ndim != 2 or result.estimate.shape[1] != 1:
        raise InputError("A GOSH plot shows one pooled effect, and a regression has several.")
    chosen = None if study is None else _place(result, study)
    x, up = result.estimate[:, 0], np.asarray(getattr(result, y))
    known = np.isfinite(x) & np.isfinite(up)
    if not known.any():
        raise StatisticsError("No subset has an estimate, so there is nothing to draw.")
    view = view_of(measure)
    left, right = span_of(x[known])
    low, high = _upright(up[known], y)
    name = None if chosen is None else result.slab[chosen]
    panels: list[tuple[str, BoolArray, tuple[str, ...]]]
    if chosen is None:
        panels = [(f"{int(known.sum())} subsets", known, _WITHOUT)]
    else:
        inside = result.included[:, chosen].astype(bool)
        panels = [
            (f"without {name}: {int((known & ~inside).sum())} subsets", known & ~inside, _WITHOUT),
            (f"with {name}: {int((known & inside).sum())} subsets", known & inside, _WITH),
        ]
    heading = title or f"GOSH plot of {len(result.slab)} studies"
    chart = Chart(heading, _AGAINST[y])
    edges = np.linspace(left, right, _COLUMNS + 1), np.linspace(low, high, _ROWS + 1)
    columns: dict[str, list[object]] = {"panel": [], "effect": [], y: [], "subsets": []}
    top = 0.0
    for index, (words, which, shades) in enumerate(panels):
        if chosen is not None:
            chart.heading(words, top)
            top += _HEADING
        bottom = top + _MARGIN + _PANEL
        counts = np.histogram2d(x[which], up[which], bins=edges)[0]
        across = effect_axis(view, left, right, LEFT, RIGHT)
        _margin(chart, across, counts.sum(axis=1), edges[0], top, shades)
        upright = number_axis(low, high, bottom, top + _MARGIN, upright=True)
        chart.frame(across, upright)
        _cells(chart, counts, edges, shades)
        if view.null is not None and across.holds(view.null):
            chart.plumb(view.null, colour=INK, width=0.9)
        if index + 1 < len(panels):
            chart.axes(across=False)
        top = bottom + _BETWEEN
        _collect(columns, words, counts, edges, view, y)
    height = chart.finish(view.axis_words, notes=_notes(result, int(known.sum()), known.size))
    return Plot(
        title=heading,
        description=_told(view, x, known, result, chosen),
        data=Table(columns),
        sheet=chart.sheet,
        height=height,
    )


def _place(result: Subsets, study: str | int) -> int:
    if isinstance(study, str):
        if study not in result.slab:
            raise NotFoundError("study", study, result.slab)
        return result.slab.index(study)
    if not 0 <= study < len(result.slab):
        raise InputError(f"study is {study}; there are {len(result.slab)}, counted from 0.")
    return int(study)


def _upright(up: FloatArray, y: Against) -> tuple[float, float]:
    if y == "i2":
        return -2.0, 102.0
    top = float(up.max()) or 1.0
    return -0.02 * top, 1.04 * top


def _margin(
    chart: Chart,
    across: Axis,
    counts: FloatArray,
    edges: FloatArray,
    top: float,
    shades: tuple[str, ...],
) -> None:
    """How the effects alone are spread, over the panel."""
    most = float(counts.max()) or 1.0
    chart.frame(across, Axis(low=0.0, high=most, start=top + _MARGIN - 6.0, end=top), rules=False)
    outline = [(float(edges[0]), 0.0)]
    for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
        outline += [(float(low), float(count)), (float(high), float(count))]
    outline.append((float(edges[-1]), 0.0))
    chart.area(outline, fill=shades[1], outline=INK)


def _cells(
    chart: Chart,
    counts: FloatArray,
    edges: tuple[FloatArray, FloatArray],
    shades: tuple[str, ...],
) -> None:
    """Runs of cells of one shade in a row are one rectangle."""
    most = max(float(counts.max()), 1.0)
    # Shares on a logarithmic scale, so that thin clouds are seen beside thick ones.
    depth = np.log1p(counts) / np.log1p(most)
    step = np.where(counts > 0, np.minimum(depth * len(shades), len(shades) - 1).astype(int), -1)
    for row in range(counts.shape[1]):
        start = 0
        for column in range(1, counts.shape[0] + 1):
            here = step[start, row]
            if column < counts.shape[0] and step[column, row] == here:
                continue
            if here >= 0:
                corners = [
                    (float(edges[0][i]), float(edges[1][j]))
                    for i, j in ((start, row), (column, row), (column, row + 1), (start, row + 1))
                ]
                chart.area(corners, fill=shades[int(here)])
            start = column


def _collect(
    columns: dict[str, list[object]],
    words: str,
    counts: FloatArray,
    edges: tuple[FloatArray, FloatArray],
    view: View,
    y: str,
) -> None:
    middles = [0.5 * (edge[:-1] + edge[1:]) for edge in edges]
    effects = view.natural(middles[0])
    for i, j in zip(*np.nonzero(counts), strict=True):
        columns["panel"].append(words)
        columns["effect"].append(float(effects[i]))
        columns[y].append(float(middles[1][j]))
        columns["subsets"].append(int(counts[i, j]))


def _notes(result: Subsets, known: int, all_of_them: int) -> list[str]:
    kind = "All subsets" if result.exact else "Random subsets"
    notes = [f"{kind}; the darker, the more of them. Above: how the effects are spread."]
    if known < all_of_them:
        notes.append(f"{all_of_them - known} subsets have no estimate.")
    return notes


def _told(view: View, x: FloatArray, known: BoolArray, result: Subsets, chosen: int | None) -> str:
    if chosen is None:
        ends = [view.text(float(v)) for v in np.quantile(x[known], [0.025, 0.975])]
        return f"In 95% of the subsets the {view.words} lies between {ends[0]} and {ends[1]}."
    inside = result.included[:, chosen].astype(bool)
    without, within = (
        view.text(float(np.median(x[which]))) if which.any() else "unknown"
        for which in (known & ~inside, known & inside)
    )
    return (
        f"The median {view.words} is {within} in subsets with {result.slab[chosen]} and {without} "
        "in those without."
    )
