"""Forest plots of an analysis done again and again: without each study, with one more each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.figures import per_cent
from weigh.evidence.pooled import Pooled
from weigh.report.plot.foot import small
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View, view_of
from weigh.report.plot.strip import Column, Mark, Row, Strip
from weigh.report.plot.strip_drawing import draw_strip

__all__ = ["cumulative", "leave_one_out"]

FloatArray = npt.NDArray[np.float64]


class _Refitted(Protocol):
    """What the fits of either analysis have in common."""

    @property
    def k(self) -> npt.NDArray[np.intp]: ...
    @property
    def estimate(self) -> FloatArray: ...
    @property
    def ci_low(self) -> FloatArray: ...
    @property
    def ci_high(self) -> FloatArray: ...
    @property
    def tau2(self) -> FloatArray: ...
    @property
    def i2(self) -> FloatArray: ...
    @property
    def method(self) -> str: ...
    @property
    def level(self) -> float: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class LeftOut(_Refitted, Protocol):
    """The result of `weigh.leave_one_out`."""

    @property
    def omitted(self) -> tuple[str, ...]: ...


class Added(_Refitted, Protocol):
    """The result of `weigh.cumulative`."""

    @property
    def added(self) -> tuple[str, ...]: ...


def leave_one_out(
    result: LeftOut,
    *,
    fit: Pooled | None = None,
    measure: str | None = None,
    narrow: bool = False,
    title: str | None = None,
) -> Plot:
    """The pooled effect without each study in turn.

    Parameters
    ----------
    result
        Of ``weigh.leave_one_out(fit)``.
    fit
        The fit of all studies, drawn as a diamond with a line through all rows.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    narrow
        Whether figures stand over their marks rather than beside them, for a small screen.
    title
        Printed above.

    Raises
    ------
    InputError
        Something else than the result of a leave-one-out analysis.

    References
    ----------
    :cite:t:`viechtbauer2010b`.
    """
    _require(result, "omitted", "weigh.leave_one_out(fit)")
    view = view_of(measure)
    names = [f"without {name}" for name in result.omitted]
    # A fit that could not be made without the study has no estimate.
    known = np.isfinite(result.estimate)
    low, high = float(np.min(result.estimate[known])), float(np.max(result.estimate[known]))
    told = (
        f"Without one study at a time the {view.words} runs from {view.text(low)} to "
        f"{view.text(high)}"
    )
    if fit is not None:
        told += f"; with all it is {view.text(fit.estimate)}"
    heading = title or f"Leave one out: {view.words} without each of {len(names)} studies"
    return _draw(result, names, fit, view, heading, f"{told}.", "Left out", narrow)


def cumulative(
    result: Added,
    *,
    fit: Pooled | None = None,
    measure: str | None = None,
    narrow: bool = False,
    title: str | None = None,
) -> Plot:
    """The pooled effect as studies are added one by one.

    Parameters
    ----------
    result
        Of ``weigh.cumulative(fit, order)``.
    fit
        The fit of all studies, drawn as a diamond with a line through all rows.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    narrow
        Whether figures stand over their marks rather than beside them, for a small screen.
    title
        Printed above.

    Raises
    ------
    InputError
        Something else than the result of a cumulative analysis.

    References
    ----------
    :cite:t:`lau1992`.
    """
    _require(result, "added", "weigh.cumulative(fit, order)")
    view = view_of(measure)
    names = [f"+ {name}" if i else name for i, name in enumerate(result.added)]
    first, last = (view.text(float(result.estimate[i])) for i in (0, -1))
    told = (
        f"As studies are added the {view.words} goes from {first} with one study to {last} "
        f"with {int(result.k[-1])}."
    )
    heading = title or f"Cumulative: {view.words} as {len(names)} studies are added"
    return _draw(result, names, fit, view, heading, told, "Added", narrow)


def _require(result: object, attribute: str, maker: str) -> None:
    if not hasattr(result, attribute):
        raise InputError(
            f"This plot is of another analysis than {type(result).__name__}.",
            hint=f"Give it the result of {maker}.",
        )


def _draw(
    result: _Refitted,
    names: Sequence[str],
    fit: Pooled | None,
    view: View,
    title: str,
    description: str,
    first: str,
    narrow: bool,
) -> Plot:
    digits = view.digits(result.ci_high - result.ci_low)
    rows = []
    for i, name in enumerate(names):
        values = (
            float(result.estimate[i]),
            float(result.ci_low[i]),
            float(result.ci_high[i]),
        )
        if not np.all(np.isfinite(values)):
            rows.append(Row(name=name, kind="missing", note="No estimate can be made."))
            continue
        cells = (str(int(result.k[i])), small(float(result.tau2[i])), per_cent(float(result.i2[i])))
        rows.append(
            Row(
                name=name,
                kind="study",
                cells=(*cells, view.interval_text(*values, digits)),
                mark=Mark(estimate=values[0], low=values[1], high=values[2]),
            )
        )
    if fit is not None:
        cells = (str(fit.k), small(fit.tau2), per_cent(fit.i2))
        ends = (fit.estimate, fit.ci_low, fit.ci_high)
        rows.append(
            Row(
                name="All studies",
                kind="overall",
                cells=(*cells, view.interval_text(*ends, digits)),
                mark=Mark(estimate=ends[0], low=ends[1], high=ends[2]),
            )
        )
    percent = f"{100 * result.level:g}%"
    name = "Effect" if view.measure is None else view.measure.name
    strip = Strip(
        title=title,
        first=first,
        columns=(
            Column(head="k"),
            Column(head="tau²"),
            Column(head="I²"),
            Column(head=f"{name} [{percent} CI]", right=False),
        ),
        rows=tuple(rows),
        view=view,
        line=None if fit is None else fit.estimate,
        narrow=narrow,
        foot=(
            f"Each row is a fit of its own, by {result.method}.",
            *(() if fit is None else ("Dotted line: the estimate of all studies.",)),
        ),
    )
    sheet, height, _ = draw_strip(strip)
    data = Table(
        {
            "name": list(names),
            "k": result.k,
            "estimate": view.natural(result.estimate),
            "low": view.natural(result.ci_low),
            "high": view.natural(result.ci_high),
            "tau2": result.tau2,
            "i2": result.i2,
        }
    )
    return Plot(
        title=title,
        description=description,
        data=data,
        sheet=sheet,
        height=height,
        notes=result.notes,
    )
