"""Influence panels: eight measures of what each study does to a fit."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Pooled
from weigh.report.figures.lettering import SMALL
from weigh.report.figures.palette import INK, LIMIT, MUTED, SQUARE
from weigh.report.plot.axis import Axis, Tick, number_axis, span_of
from weigh.report.plot.chart import LEFT, RIGHT, Chart, Key
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.taking import require
from weigh.stats.tails import chi2_quantile, normal_quantile

__all__ = ["influence"]

FloatArray = npt.NDArray[np.float64]

_TALL, _STEP, _GAP = 84.0, 132.0, 70.0
_FIRST = 20.0  # room for the heading of the first row of panels
_DASHED, _DOTTED = (5.0, 3.0), (1.5, 2.5)


class Measures(Protocol):
    """The result of `weigh.influence`."""

    @property
    def slab(self) -> tuple[str, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def rstudent(self) -> FloatArray: ...
    @property
    def dffits(self) -> FloatArray: ...
    @property
    def cook_d(self) -> FloatArray: ...
    @property
    def cov_ratio(self) -> FloatArray: ...
    @property
    def tau2_deleted(self) -> FloatArray: ...
    @property
    def q_deleted(self) -> FloatArray: ...
    @property
    def hat(self) -> FloatArray: ...
    @property
    def weight(self) -> FloatArray: ...
    @property
    def influential(self) -> npt.NDArray[np.bool_]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def influence(result: Measures, *, fit: Pooled | None = None, title: str | None = None) -> Plot:
    """Eight measures of influence, a panel each, study by study in the order of the fit.

    Influential studies, as `weigh.influence` marks them, are diamonds in every panel, and their
    numbers are named below. Dashed lines say where to look closer; dotted ones where a study that
    did nothing out of the way would lie.

    Parameters
    ----------
    result
        Of ``weigh.influence(fit)``.
    fit
        The fit itself, for the dotted lines of tau² and Q.
    title
        Printed above.

    Raises
    ------
    InputError
        Another analysis.

    References
    ----------
    :cite:t:`viechtbauer2010b`.
    """
    require(result, ("rstudent", "cook_d", "influential"), "weigh.influence(fit)")
    k, p = len(result.slab), len(result.names)
    heading = title or f"Influence of each of {k} studies"
    chart = Chart(heading, "")
    middle = (LEFT + RIGHT) / 2
    columns = ((LEFT, middle - _GAP / 2 + 12.0), (middle + _GAP / 2 + 12.0, RIGHT))
    for index, (name, values, dashed, dotted) in enumerate(_panels(result, fit, k, p)):
        across = _numbers(k, *columns[index % 2])
        top = _FIRST + _STEP * (index // 2)
        reach = span_of(values, pad=0.12, around=[*dashed, *dotted])
        up = number_axis(*reach, top + _TALL, top, upright=True)
        chart.frame(across, up)
        x, y = chart.place(across.low, up.high)
        chart.sheet.text(x, y - 7.0, name, size=SMALL, bold=True, kind="name")
        for line in dashed:
            chart.level(line, colour=LIMIT, dashes=_DASHED)
        for line in dotted:
            chart.level(line, colour=MUTED, dashes=_DOTTED)
        _draw(chart, values, result.influential, k)
        if index < 7:
            chart.axes()
    marked = [f"{i + 1} {result.slab[i]}" for i in np.flatnonzero(result.influential)]
    notes = [f"Influential: {'; '.join(marked)}." if marked else "No study is influential."]
    height = chart.finish(
        "Study, by its place in the fit",
        key=(
            Key(words="study", shape="circle", fill=SQUARE),
            Key(words="influential study", shape="diamond", fill=INK),
            Key(words="look closer beyond", shape="line", colour=LIMIT, dashes=_DASHED),
            Key(words="as expected", shape="line", colour=MUTED, dashes=_DOTTED),
        ),
        notes=notes,
    )
    return Plot(
        title=heading,
        description=_told(marked, k),
        data=Table(
            {
                "name": result.slab,
                "rstudent": result.rstudent,
                "dffits": result.dffits,
                "cook_d": result.cook_d,
                "cov_ratio": result.cov_ratio,
                "tau2_deleted": result.tau2_deleted,
                "q_deleted": result.q_deleted,
                "hat": result.hat,
                "weight": result.weight,
                "influential": result.influential,
            }
        ),
        sheet=chart.sheet,
        height=height,
        notes=result.notes,
    )


def _told(marked: list[str], k: int) -> str:
    if not marked:
        return f"None of {k} studies is influential."
    names = ", ".join(each.split(" ", 1)[1] for each in marked[:5])
    more = f" and {len(marked) - 5} more" if len(marked) > 5 else ""
    are = "is" if len(marked) == 1 else "are"
    return f"{len(marked)} of {k} studies {are} influential: {names}{more}."


def _panels(
    result: Measures, fit: Pooled | None, k: int, p: int
) -> list[tuple[str, FloatArray, list[float], list[float]]]:
    """Each panel: its name, its values, where to look closer, what is to be expected."""
    two = float(normal_quantile(0.975))
    line = 3.0 * math.sqrt(p / (k - p)) if k > p else math.inf
    fits = [-line, line] if math.isfinite(line) else []
    heavy = [3.0 * p / k] if 3.0 * p < k else []
    return [
        ("Deleted residual (rstudent)", result.rstudent, [-two, two], [0.0]),
        ("DFFITS", result.dffits, fits, [0.0]),
        ("Cook's distance", result.cook_d, [float(chi2_quantile(p, 0.5))], []),
        ("Covariance ratio", result.cov_ratio, [], [1.0]),
        ("tau² without it", result.tau2_deleted, [], [] if fit is None else [fit.tau2]),
        ("Q without it", result.q_deleted, [], [] if fit is None else [fit.q]),
        ("Hat value", result.hat, heavy, [p / k]),
        ("Weight, percent", result.weight, [], [100.0 / k]),
    ]


def _numbers(k: int, start: float, end: float) -> Axis:
    """Studies by number: the first, the last, and round ones between."""
    bare = number_axis(0.0, k + 1.0, start, end)
    ticks = [tick for tick in bare.ticks if 1.0 < tick.value <= k and tick.value % 1.0 == 0.0]
    if not ticks or bare.at(ticks[0].value) - bare.at(1.0) > 22.0:
        ticks.insert(0, Tick(value=1.0, label="1"))
    return Axis(low=0.0, high=k + 1.0, start=start, end=end, ticks=tuple(ticks))


def _draw(chart: Chart, values: FloatArray, influential: npt.NDArray[np.bool_], k: int) -> None:
    radius = 3.4 if k <= 30 else 2.0
    points = [(float(i + 1), float(v)) for i, v in enumerate(values) if math.isfinite(v)]
    chart.curve(points, colour="#9AA3AC", width=0.8)
    for i, value in enumerate(values):
        if not math.isfinite(value):
            continue
        if influential[i]:
            chart.point(i + 1.0, float(value), shape="diamond", fill=INK, radius=radius + 0.4)
        else:
            chart.point(i + 1.0, float(value), radius=radius)
