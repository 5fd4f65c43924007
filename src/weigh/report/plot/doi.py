"""The Doi plot: folded normal quantiles of ranks against effects."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import amount
from weigh.report.figures.palette import SQUARE
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key, size_of
from weigh.report.plot.foot import studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of
from weigh.report.plot.taking import require

__all__ = ["doi"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DOTTED, _DASHED = (2.0, 3.0), (6.0, 4.0)


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
    heading = title or f"Doi plot: {view.words} in {studies_words(x.size)}"
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
