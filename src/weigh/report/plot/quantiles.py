"""The normal quantile plot, which shows whether studies scatter as the model says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError, StatisticsError
from weigh.report.figures.palette import INK, SQUARE
from weigh.report.plot.axis import number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key, size_of
from weigh.report.plot.foot import outside_words
from weigh.report.plot.picture import Plot, Table
from weigh.stats.tails import normal_quantile

__all__ = ["qq"]

FloatArray = npt.NDArray[np.float64]
_DASHED = (6.0, 4.0)


def qq(
    result: Any,
    *,
    slab: Sequence[str] | None = None,
    level: float = 0.95,
    title: str | None = None,
) -> Plot:
    """Standardized residuals in order, against what a normal distribution would give.

    Points on the line scatter as the model says. The band holds, for each rank by itself, `level`
    of what independent standard normal residuals would give there: quantiles of the distribution
    of the order statistic. Residuals of one fit are not quite independent, so it is a guide.

    Parameters
    ----------
    result
        Of ``weigh.rstandard(fit)`` or ``weigh.influence(fit)`` (its deleted residuals), or an
        array of standardized residuals.
    slab
        Names of the studies, for an array.
    level
        Level of the band.
    title
        Printed above.

    Returns
    -------
    Plot
        Points outside the band are diamonds, named as far as there is room.

    Raises
    ------
    InputError
        A level that is none.
    StatisticsError
        Fewer than three residuals.

    References
    ----------
    :cite:t:`wang1998`.
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"level is {level:g}; expected a fraction between 0 and 1.")
    kind, values = "Standardized residual", result
    if hasattr(result, "rstudent"):
        kind, values = "Deleted residual", result.rstudent
    elif hasattr(result, "z") and hasattr(result, "residual"):
        values = result.z
    z = np.atleast_1d(np.asarray(values, dtype=np.float64))
    names = list(slab or getattr(result, "slab", None) or [str(i + 1) for i in range(z.size)])
    if len(names) != z.size or z.ndim != 1:
        raise InputError(f"There are {len(names)} names for residuals of shape {z.shape}.")
    known = np.isfinite(z)
    order = np.argsort(z[known], kind="stable")
    y = z[known][order]
    names = [name for name, is_known in zip(names, known, strict=True) if is_known]
    names = [names[i] for i in order]
    k = y.size
    if k < 3:
        raise StatisticsError(f"A normal quantile plot needs three residuals; there are {k}.")
    rank = np.arange(1, k + 1)
    # Blom's positions, close to the expected order statistics.
    x = np.asarray(normal_quantile((rank - 0.375) / (k + 0.25)))
    tail = 0.5 - 0.5 * level
    low, high = (
        np.asarray(normal_quantile(special.betaincinv(rank, k - rank + 1.0, share)))
        for share in (tail, 1.0 - tail)
    )
    outside = (y < low) | (y > high)
    heading = title or f"Normal quantile plot of {k} studies"
    chart = Chart(heading, kind)
    across = number_axis(*span_of(x), LEFT, RIGHT)
    reach = span_of(np.concatenate([y, low, high]))
    chart.frame(across, number_axis(*reach, BOTTOM, TOP, upright=True))
    band = [(float(a), float(b)) for a, b in zip(x, low, strict=True)]
    band += [(float(a), float(b)) for a, b in zip(x, high, strict=True)][::-1]
    chart.area(band, fill="#E9ECF0", outline="#9AA3AC")
    chart.curve([(across.low, across.low), (across.high, across.high)], width=1.2, dashes=_DASHED)
    for i in range(k):
        out = bool(outside[i])
        chart.point(
            float(x[i]),
            float(y[i]),
            shape="diamond" if out else "circle",
            fill=INK if out else SQUARE,
            radius=size_of(k),
        )
    far = [i for i in np.argsort(-np.abs(y - x), kind="stable") if outside[i]]
    chart.names([(float(x[i]), float(y[i]), names[i], size_of(k)) for i in far])
    percent = f"{100 * level:g}%"
    height = chart.finish(
        "Quantile of the standard normal distribution",
        key=(
            Key(words="study", shape="circle", fill=SQUARE),
            Key(words="outside its band", shape="diamond", fill=INK),
            Key(words="as the model says", shape="line", dashes=_DASHED),
            Key(words=f"{percent} band, rank by rank", shape="area", fill="#E9ECF0"),
        ),
    )
    return Plot(
        title=heading,
        description=f"{outside_words(int(outside.sum()), k)} the {percent} band.",
        data=Table(
            {
                "name": names,
                "normal": x,
                "residual": y,
                "low": low,
                "high": high,
                "outside": outside,
            }
        ),
        sheet=chart.sheet,
        height=height,
    )
