"""Plots with a point for each study: radial, Baujat's, L'Abbé's, Doi."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.figures import amount
from weigh.evidence.measure import measure_named
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import INK, SQUARE, WASH
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key, Shape
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of

__all__ = ["baujat", "doi", "labbe", "radial"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DOTTED, _DASHED = (2.0, 3.0), (6.0, 4.0)


class Radial(Protocol):
    """The result of `weigh.radial`."""

    @property
    def slab(self) -> tuple[str, ...]: ...
    @property
    def x(self) -> FloatArray: ...
    @property
    def z(self) -> FloatArray: ...
    @property
    def slope(self) -> float: ...
    @property
    def band(self) -> float: ...
    @property
    def outside(self) -> BoolArray: ...
    @property
    def centre(self) -> float: ...
    @property
    def level(self) -> float: ...


class Baujat(Protocol):
    """The result of `weigh.baujat`."""

    @property
    def slab(self) -> tuple[str, ...]: ...
    @property
    def heterogeneity(self) -> FloatArray: ...
    @property
    def influence(self) -> FloatArray: ...


class Doi(Protocol):
    """The result of `weigh.bias.lfk_index`."""

    @property
    def index(self) -> float: ...
    @property
    def asymmetry(self) -> str: ...
    @property
    def yi(self) -> FloatArray: ...
    @property
    def z(self) -> FloatArray: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def require(result: object, attributes: Sequence[str], maker: str) -> None:
    """Refuse what is not the analysis that a plot is of."""
    if not all(hasattr(result, name) for name in attributes):
        raise InputError(
            f"This plot cannot be drawn of {type(result).__name__}.",
            hint=f"Give it the result of {maker}.",
        )


def size_of(k: int) -> float:
    """Radius of a point: smaller where there are many."""
    return 4.4 if k <= 60 else 3.2


def radial(result: Radial, *, measure: str | None = None, title: str | None = None) -> Plot:
    """The radial (Galbraith) plot: precise studies far out, the pooled effect as a slope.

    The slope of the line from the origin to a study is its effect, read on the scale at the right.
    Studies outside the band, diamonds, lie further from the pooled effect than chance would have
    them at the level of the band.

    Parameters
    ----------
    result
        Of ``weigh.radial(fit)``.
    measure
        Name of the measure, such as ``RR``, for the scale at the right.
    title
        Printed above.

    Raises
    ------
    InputError
        Another analysis.

    References
    ----------
    :cite:t:`galbraith1988`.
    """
    require(result, ("slope", "band", "outside"), "weigh.radial(fit)")
    view = view_of(measure)
    x, z = result.x, result.z
    k = x.size
    far = 1.08 * float(x.max())
    line = result.slope * far
    low, high = span_of(np.concatenate([z, [line + result.band, line - result.band, -2.0, 2.0]]))
    end = RIGHT - 62.0
    heading = title or f"Radial plot: {view.words} in {k} studies"
    chart = Chart(heading, "Effect / standard error" + _centred(result))
    across = number_axis(0.0, far, LEFT, end)
    chart.frame(across, number_axis(low, high, BOTTOM, TOP, upright=True))
    edges = [(0.0, result.band), (far, line + result.band)]
    edges += [(far, line - result.band), (0.0, -result.band)]
    chart.area(edges, fill=WASH)
    chart.curve(edges[:2], dashes=_DASHED)
    chart.curve(edges[2:], dashes=_DASHED)
    chart.level(0.0, colour=INK, width=0.8)
    chart.curve([(0.0, 0.0), (far, line)], colour=SQUARE, width=1.8)
    _rays(chart, result, measure, far, low, high)
    for i in range(k):
        shape: Shape = "diamond" if result.outside[i] else "circle"
        fill = INK if result.outside[i] else SQUARE
        chart.point(float(x[i]), float(z[i]), shape=shape, fill=fill, radius=size_of(k))
    order = np.argsort(-np.abs(z - result.slope * x))
    named = [i for i in order if result.outside[i]]
    chart.names([(float(x[i]), float(z[i]), result.slab[i], size_of(k)) for i in named])
    percent = f"{100 * result.level:g}%"
    pooled = view.text(result.slope + result.centre)
    height = chart.finish(
        "Precision, 1 / standard error (with tau² where the model has it)",
        key=(
            Key(words="study", shape="circle", fill=SQUARE),
            Key(words=f"outside the {percent} band", shape="diamond", fill=INK),
            Key(words=f"pooled {view.words}, {pooled}", shape="line", colour=SQUARE),
            Key(words=f"{percent} band", shape="line", dashes=_DASHED),
        ),
        notes=(f"Scale at the right: {view.words} on a line from the origin.",),
    )
    count = int(np.sum(result.outside))
    return Plot(
        title=heading,
        description=(
            f"{count} of {k} studies lie outside the {percent} band around the pooled "
            f"{view.words} of {pooled}."
        ),
        data=Table(
            {
                "name": result.slab,
                "precision": x,
                "z": z,
                "effect": view.natural(z / x + result.centre),
                "outside": result.outside,
            }
        ),
        sheet=chart.sheet,
        height=height,
    )


def _centred(result: Radial) -> str:
    return ", effects counted from the pooled one" if result.centre else ""


def _rays(
    chart: Chart, result: Radial, measure: str | None, far: float, low: float, high: float
) -> None:
    """The scale at the right edge: effects as slopes."""
    view = view_of(measure)
    ends = low / far + result.centre, high / far + result.centre
    # Laid along the edge, its labels one above the other.
    scale = effect_axis(view, *ends, BOTTOM, BOTTOM + 3.0 * (BOTTOM - TOP))
    last = None
    for tick in scale.ticks:
        at = (tick.value - result.centre) * far
        across, down = chart.place(far, at)
        if last is not None and abs(last - down) < 14.0:
            continue
        last = down
        chart.sheet.line([(across, down), (across + 5, down)])
        chart.sheet.text(across + 9, down + 4, tick.label, size=11.0, kind="axis")
    across, down = chart.place(far, high)
    chart.sheet.line([(across, down), (across, down + BOTTOM - TOP)])


def baujat(result: Baujat, *, title: str | None = None) -> Plot:
    """Baujat's plot: which studies make the heterogeneity, and which move the result.

    Parameters
    ----------
    result
        Of ``weigh.baujat(fit)``.
    title
        Printed above.

    Returns
    -------
    Plot
        Studies are named from the upper right on, as far as there is room; `data` has all.

    Raises
    ------
    InputError
        Another analysis.

    References
    ----------
    :cite:t:`baujat2002`.
    """
    require(result, ("heterogeneity", "influence"), "weigh.baujat(fit)")
    x, y = result.heterogeneity, result.influence
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        raise StatisticsError("No study's influence can be computed, so there is nothing to draw.")
    heading = title or f"Baujat plot of {x.size} studies"
    chart = Chart(heading, "Influence on the pooled effect")
    across = number_axis(0.0, 1.1 * float(x[known].max()) or 1.0, LEFT, RIGHT)
    top = 1.1 * float(y[known].max()) or 1.0
    chart.frame(across, number_axis(0.0, top, BOTTOM, TOP, upright=True))
    radius = size_of(x.size)
    for i in np.flatnonzero(known):
        chart.point(float(x[i]), float(y[i]), radius=radius)
    # Far out in either direction matters most.
    out = np.where(known, np.maximum(x / across.high, y / top), -1.0)
    order = [i for i in np.argsort(-out, kind="stable") if known[i]]
    shown = chart.names([(float(x[i]), float(y[i]), result.slab[i], radius) for i in order])
    first = result.slab[int(np.argmax(np.where(known, x, -1.0)))]
    mover = result.slab[int(np.argmax(np.where(known, y, -1.0)))]
    told = f"{first} adds most to the heterogeneity"
    told += " and moves the result most." if mover == first else f"; {mover} moves the result most."
    notes = (
        [] if shown == len(order) else [f"{shown} of {len(order)} studies have room for a name."]
    )
    if len(order) < x.size:
        notes.append(f"{x.size - len(order)} cannot be left out, and are not drawn.")
    height = chart.finish("Contribution to heterogeneity", notes=notes)
    return Plot(
        title=heading,
        description=told,
        data=Table({"name": result.slab, "heterogeneity": x, "influence": y}),
        sheet=chart.sheet,
        height=height,
        notes=tuple(notes),
    )


def doi(result: Doi, *, measure: str | None = None, title: str | None = None) -> Plot:
    """The Doi plot: normal quantiles of the ranks, folded over, against effects.

    Parameters
    ----------
    result
        Of ``weigh.bias.lfk_index(yi, vi)``.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `notes` are those of the LFK index, whose cut-offs are no test.

    Raises
    ------
    InputError
        Another analysis.

    References
    ----------
    :cite:t:`furuyakanamori2018`; against its use, :cite:t:`schwarzer2024`.
    """
    require(result, ("index", "asymmetry", "z"), "weigh.bias.lfk_index(yi, vi)")
    view = view_of(measure)
    x, up = result.yi, np.abs(result.z)
    heading = title or f"Doi plot: {view.words} in {x.size} studies"
    chart = Chart(heading, "|z| of the rank, the most precise studies on top")
    across = effect_axis(view, *span_of(x), LEFT, RIGHT)
    chart.frame(across, number_axis(0.0, 1.06 * float(up.max()), TOP, BOTTOM, upright=True))
    if view.null is not None and across.holds(view.null):
        chart.plumb(view.null, width=0.9)
    tip = int(np.argmin(up))
    chart.plumb(float(x[tip]), colour=SQUARE, width=1.4, dashes=_DOTTED)
    chart.curve([(float(a), float(b)) for a, b in zip(x, up, strict=True)], width=1.2)
    for a, b in zip(x, up, strict=True):
        chart.point(float(a), float(b), radius=size_of(x.size))
    told = f"LFK index {amount(result.index)}: {result.asymmetry} asymmetry by its cut-offs."
    height = chart.finish(
        view.axis_words,
        key=(
            Key(words="study", shape="circle", fill=SQUARE),
            Key(words="its tip", shape="line", colour=SQUARE, dashes=_DOTTED),
        ),
        notes=(told, *result.notes),
    )
    return Plot(
        title=heading,
        description=told,
        data=Table({"effect": view.natural(x), "yi": x, "z": result.z, "up": up}),
        sheet=chart.sheet,
        height=height,
        notes=result.notes,
    )


def labbe(
    events1: npt.ArrayLike,
    n1: npt.ArrayLike,
    events2: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    fit: Pooled | None = None,
    measure: str | None = None,
    slab: Sequence[str] | None = None,
    labels: tuple[str, str] = ("intervention", "comparator"),
    title: str | None = None,
) -> Plot:
    """L'Abbé's plot: the risk with the intervention against that with the comparator.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people in each arm; the area of a circle follows the people in both.
    fit, measure
        A pooled ``RR``, ``OR`` or ``RD`` (or ``PETO``), drawn as the curve of risks that have it.
    slab
        Names of the studies, written as far as there is room.
    labels
        What the two arms are called.
    title
        Printed above.

    Raises
    ------
    InputError
        Arrays of unlike length, events beyond the people, or another measure.

    References
    ----------
    :cite:t:`labbe1987`.
    """
    arms = [np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (events1, n1, events2, n2)]
    if len({arm.shape for arm in arms}) != 1 or arms[0].ndim != 1 or arms[0].size == 0:
        raise InputError(
            f"Events and people have shapes {', '.join(str(arm.shape) for arm in arms)}; "
            "expected four columns of one length."
        )
    e1, m1, e2, m2 = arms
    with np.errstate(invalid="ignore"):
        wrong = ~((m1 > 0) & (m2 > 0) & (e1 >= 0) & (e2 >= 0) & (e1 <= m1) & (e2 <= m2))
    if wrong.any():
        raise InputError(
            f"Row {int(np.argmax(wrong)) + 1}: events lie outside 0 to the number of people."
        )
    k = e1.size
    names = [str(i + 1) for i in range(k)] if slab is None else [str(name) for name in slab]
    if len(names) != k:
        raise InputError(f"`slab` has {len(names)} names for {k} studies.")
    risk1, risk2 = e1 / m1, e2 / m2
    top = min(1.0, 1.12 * float(max(risk1.max(), risk2.max())) or 1.0)
    heading = title or f"L'Abbé plot of {k} {'study' if k == 1 else 'studies'}"
    chart = Chart(heading, f"Risk, {labels[0]}")
    chart.frame(
        number_axis(0.0, top, LEFT, RIGHT), number_axis(0.0, top, BOTTOM, TOP, upright=True)
    )
    chart.curve([(0.0, 0.0), (top, top)], width=0.9)
    key = [Key(words="study; its area follows its people", shape="circle", fill=SQUARE)]
    key.append(Key(words="no effect", shape="line"))
    if fit is not None:
        steps = np.linspace(0.0, top, 121)
        curve = _same_effect(fit, measure, steps)
        chart.curve(
            list(zip(steps.tolist(), curve.tolist(), strict=True)),
            colour=SQUARE,
            width=1.8,
            dashes=_DOTTED,
        )
        view = view_of(measure)
        words = f"pooled {view.words}, {view.text(fit.estimate)}"
        key.append(Key(words=words, shape="line", colour=SQUARE, dashes=_DOTTED))
    people = m1 + m2
    radii = np.maximum(13.0 * np.sqrt(people / people.max()), 2.5)
    order = np.argsort(-people, kind="stable")
    for i in order:
        chart.point(float(risk2[i]), float(risk1[i]), radius=float(radii[i]))
    chart.names([(float(risk2[i]), float(risk1[i]), names[i], float(radii[i])) for i in order])
    height = chart.finish(f"Risk, {labels[1]}", key=key)
    lower = int(np.sum(risk1 < risk2))
    return Plot(
        title=heading,
        description=f"The risk is lower with the {labels[0]} in {lower} of {k} studies.",
        data=Table({"name": names, "risk1": risk1, "risk2": risk2, "people": people}),
        sheet=chart.sheet,
        height=height,
    )


def _same_effect(fit: Pooled, measure: str | None, risk2: FloatArray) -> FloatArray:
    """The risk with the intervention that the pooled effect makes of each comparator's risk."""
    if measure not in ("RR", "OR", "PETO", "RD"):
        given = "none" if measure is None else measure_named(measure).name
        raise InputError(
            f"L'Abbé's plot draws a pooled RR, OR, PETO or RD; the measure given is {given}.",
            hint="Say which with measure=.",
        )
    if measure == "RD":
        return risk2 + fit.estimate
    ratio = float(np.exp(fit.estimate))
    if measure == "RR":
        return ratio * risk2
    return ratio * risk2 / (1.0 - risk2 + ratio * risk2)
