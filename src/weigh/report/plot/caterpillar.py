"""The caterpillar plot: predicted random effects of all groups, the lowest first."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of
from weigh.report.plot.strip import Column, Mark, Row, Strip
from weigh.report.plot.strip_drawing import draw_strip
from weigh.report.plot.taking import require

__all__ = ["caterpillar"]

FloatArray = npt.NDArray[np.float64]


class Predicted(Protocol):
    """One of the results of `Multilevel.ranef`."""

    @property
    def term(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def estimate(self) -> FloatArray: ...
    @property
    def pi_low(self) -> FloatArray: ...
    @property
    def pi_high(self) -> FloatArray: ...
    @property
    def level(self) -> float: ...


def caterpillar(effects: Predicted, *, sort: str = "effect", title: str | None = None) -> Plot:
    """How far each group lies from the mean of a multilevel model, with its interval.

    Parameters
    ----------
    effects
        One of ``weigh.multilevel(...).ranef()``.
    sort
        ``"effect"``, the lowest first, or ``"none"``.
    title
        Printed above.

    Returns
    -------
    Plot
        On the analysis scale: 0 is the mean of all groups. Its `data` has a row a group.

    References
    ----------
    :cite:t:`robinson1991`.
    """
    require(effects, ("term", "names", "pi_low", "pi_high"), "fit.ranef()[0]")
    if sort not in ("effect", "none"):
        raise InputError(f"sort is {sort!r}; it is 'effect' or 'none'.")
    order = np.arange(len(effects.names))
    if sort == "effect":
        order = np.argsort(effects.estimate, kind="stable")
    view = view_of(None)
    digits = view.digits(effects.pi_high - effects.pi_low)
    rows = [
        Row(
            name=effects.names[at],
            kind="study",
            cells=(
                view.interval_text(
                    float(effects.estimate[at]),
                    float(effects.pi_low[at]),
                    float(effects.pi_high[at]),
                    digits,
                ),
            ),
            mark=Mark(
                estimate=float(effects.estimate[at]),
                low=float(effects.pi_low[at]),
                high=float(effects.pi_high[at]),
            ),
        )
        for at in order
    ]
    percent = f"{100 * effects.level:g}%"
    strip = Strip(
        title=title or f"Random effects of {effects.term}",
        first="Group",
        columns=(Column(head=f"Distance [{percent}]", right=False),),
        rows=tuple(rows),
        view=view,
        line=0.0,
        foot=(
            "Distance from the mean on the analysis scale, drawn towards it by what sampling error "
            "explains; variances of the random effects are taken for known.",
        ),
    )
    sheet, height, _ = draw_strip(strip)
    far = int(np.argmax(np.abs(effects.estimate)))
    away = int(np.sum((effects.pi_low > 0.0) | (effects.pi_high < 0.0)))
    return Plot(
        title=strip.title,
        description=(
            f"{effects.names[far]} lies farthest from the mean; {away} of {len(effects.names)} "
            "intervals do not reach it."
        ),
        data=Table(
            {
                "group": effects.names,
                "estimate": effects.estimate,
                "low": effects.pi_low,
                "high": effects.pi_high,
            }
        ),
        sheet=sheet,
        height=height,
    )
