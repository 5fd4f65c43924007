"""Baujat's plot: heterogeneity against influence, study by study."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.report.plot.axis import number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, size_of
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.taking import require

__all__ = ["baujat"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DOTTED, _DASHED = (2.0, 3.0), (6.0, 4.0)


class Baujat(Protocol):
    """The result of `weigh.baujat`."""

    @property
    def slab(self) -> tuple[str, ...]: ...
    @property
    def heterogeneity(self) -> FloatArray: ...
    @property
    def influence(self) -> FloatArray: ...


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
