"""The radial plot of Galbraith: precise studies far out, the pooled effect as a slope."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.report.figures.lettering import SMALL
from weigh.report.figures.palette import INK, SQUARE, WASH
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key, Shape, size_of
from weigh.report.plot.foot import outside_words, studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of
from weigh.report.plot.taking import require

__all__ = ["radial"]

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
    heading = title or f"Radial plot: {view.words} in {studies_words(k)}"
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
            f"{outside_words(count, k)} the {percent} band around the pooled "
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
    scale = effect_axis(view, *ends, BOTTOM, TOP, upright=True)
    for tick in scale.ticks:
        across, down = chart.place(far, (tick.value - result.centre) * far)
        chart.sheet.line([(across, down), (across + 5, down)])
        chart.sheet.text(across + 9, down + 4, tick.label, size=SMALL, kind="axis")
    across, down = chart.place(far, high)
    chart.sheet.line([(across, down), (across, down + BOTTOM - TOP)])
