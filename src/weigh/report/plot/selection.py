"""The weight function of a selection model: how likely each P value is to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Coefficient
from weigh.report.figures.palette import INK, SQUARE
from weigh.report.plot.axis import Axis, Tick, number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import p_words, studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import tick_text, view_of
from weigh.report.plot.taking import require

__all__ = ["selection"]

FloatArray = npt.NDArray[np.float64]
_DASHED = (6.0, 4.0)
_NAMES = {
    "halfnorm": "half-normal",
    "negexp": "negative exponential",
    "negexppow": "negative exponential power",
}
_PLACES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)


class Selected(Protocol):
    """The result of `weigh.bias.selection_model`."""

    @property
    def kind(self) -> str: ...
    @property
    def alternative(self) -> str: ...
    @property
    def steps(self) -> tuple[float, ...]: ...
    @property
    def delta(self) -> tuple[Coefficient, ...]: ...
    @property
    def counts(self) -> tuple[int, ...]: ...
    @property
    def coefficients(self) -> tuple[Coefficient, ...]: ...
    @property
    def lrt_p(self) -> float | None: ...
    @property
    def k(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...

    def weight(self, p: npt.ArrayLike) -> FloatArray: ...


def selection(result: Selected, *, measure: str | None = None, title: str | None = None) -> Plot:
    """How likely a study with each P value is to be seen, against one of the smallest.

    Parameters
    ----------
    result
        Of ``weigh.bias.selection_model(yi, vi)``.
    measure
        Name of the measure, such as ``RR``, for the adjusted effect in the description.
    title
        Printed above.

    Returns
    -------
    Plot
        P values stand on a square-root scale, which gives the small ones room. Step functions
        carry the number of studies in each interval and the interval of each weight; a model with
        a precision is drawn at a factor of 1.

    Raises
    ------
    InputError
        Another analysis.

    References
    ----------
    :cite:t:`vevea1995`; smooth functions, :cite:t:`preston2004`, :cite:t:`citkowicz2017`.
    """
    require(result, ("kind", "delta", "lrt_p", "weight"), "weigh.bias.selection_model(yi, vi)")
    is_step = bool(result.counts)
    p = np.linspace(0.0, 1.0, 401) ** 2
    p = p[1:-1] if not is_step else p
    weight = np.asarray(result.weight(p))
    kind = _NAMES.get(result.kind, result.kind)
    heading = title or f"Selection by P values: {kind} function, {studies_words(result.k)}"
    chart = Chart(heading, "Relative weight: how likely to be seen")
    ends = [float(c.ci_high) for c in result.delta if np.isfinite(c.ci_high)] if is_step else []
    # An interval that reaches far up is cut; an infinite weight at the ends of beta is too.
    usual = float(np.quantile(weight, 0.98))
    top = 1.08 * max(1.0, usual, min(max(ends, default=0.0), 2.5 * usual + 0.5))
    places = [float(s) for s in result.steps if 0.0 < s < 1.0] if is_step else []
    across = _square_root(places)
    chart.frame(across, number_axis(0.0, top, BOTTOM, TOP, upright=True))
    if is_step:
        _bands(chart, result, top)
    chart.level(1.0, colour=INK, width=0.9)
    key = [Key(words="estimated weight", shape="line", colour=SQUARE)]
    if is_step:
        _steps(chart, result)
        key.append(Key(words="interval of the weight", shape="area", fill="#D9E6EF"))
    else:
        points = [(float(a), float(b)) for a, b in zip(np.sqrt(p), weight, strict=True)]
        chart.curve(points, colour=SQUARE, width=2.2)
    key.append(Key(words="no selection", shape="line"))
    view = view_of(measure)
    notes = []
    if result.lrt_p is not None:
        notes.append(f"Likelihood ratio test against no selection: {p_words(result.lrt_p)}.")
    sided = {"greater": "one-sided, larger effects", "less": "one-sided, smaller effects"}
    under = f"P value ({sided.get(result.alternative, 'two-sided')}), square-root scale"
    height = chart.finish(under, key=key, notes=notes)
    adjusted = view.text(result.coefficients[0].estimate)
    return Plot(
        title=heading,
        description=(
            f"By a {kind} function the weight at p = 0.5 is "
            f"{float(result.weight(np.array([0.5]))[0]):.2f} of that at the smallest P values; "
            f"the adjusted {view.words} is {adjusted}."
        ),
        data=Table({"p": p, "weight": weight}),
        sheet=chart.sheet,
        height=height,
        notes=result.notes,
    )


def _square_root(places: Sequence[float]) -> Axis:
    """The axis of P values; the steps of a function have their ticks before round numbers."""
    ticks: list[Tick] = []
    for value in [0.0, 1.0, *places, *_PLACES]:
        at = float(np.sqrt(value))
        if all(abs(at - tick.value) * (RIGHT - LEFT) > 34.0 for tick in ticks):
            ticks.append(Tick(value=at, label=tick_text(value)))
    ticks.sort(key=lambda tick: tick.value)
    return Axis(low=0.0, high=1.0, start=LEFT, end=RIGHT, ticks=tuple(ticks))


def _bands(chart: Chart, result: Selected, top: float) -> None:
    """The interval of each weight of a step function."""
    bounds = [0.0, *result.steps]
    for delta, low, high in zip(result.delta, bounds[:-1], bounds[1:], strict=True):
        start, end = float(np.sqrt(low)), float(np.sqrt(high))
        if np.isfinite(delta.ci_low) and np.isfinite(delta.ci_high):
            ceiling = min(delta.ci_high, top)
            corners = [(start, delta.ci_low), (end, delta.ci_low), (end, ceiling), (start, ceiling)]
            chart.area(corners, fill="#D9E6EF")


def _steps(chart: Chart, result: Selected) -> None:
    """Each interval of P values: its weight, and how many studies it has."""
    bounds = [0.0, *result.steps]
    level = 0.0
    for index, (delta, low, high) in enumerate(
        zip(result.delta, bounds[:-1], bounds[1:], strict=True)
    ):
        start, end = float(np.sqrt(low)), float(np.sqrt(high))
        if index:
            chart.curve([(start, level), (start, delta.estimate)], colour=SQUARE, width=1.0)
        chart.curve([(start, delta.estimate), (end, delta.estimate)], colour=SQUARE, width=2.4)
        chart.label(start, 0.0, f"k = {result.counts[index]}", dx=5.0, dy=-6.0)
        level = delta.estimate
