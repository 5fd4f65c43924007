"""The profile likelihood of the between-study variance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import INK, SQUARE
from weigh.report.plot.axis import number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import small
from weigh.report.plot.picture import Plot, Table
from weigh.stats.design import Design
from weigh.stats.tails import chi2_quantile

__all__ = ["profile"]

FloatArray = npt.NDArray[np.float64]
_DASHED, _DOTTED = (6.0, 4.0), (2.0, 3.0)


def profile(fit: Pooled, *, level: float | None = None, title: str | None = None) -> Plot:
    """How well each value of tau² explains the data, all other parameters at their best.

    A curve with one clear top is what an estimate should rest on; a flat one says that the data
    hardly tell values of tau² apart.

    Parameters
    ----------
    fit
        A fit by ``ML`` or ``REML``, whose (restricted) likelihood this is.
    level
        Of the interval that the curve gives; by default that of the fit.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has the curve: tau², and the log-likelihood less its maximum.

    Raises
    ------
    InputError
        Another method.
    StatisticsError
        No more studies than coefficients.

    References
    ----------
    :cite:t:`hardy1996`.
    """
    if fit.method not in ("ML", "REML") or fit.design is None:
        raise InputError(
            f"A profile of the likelihood goes with ML or REML, and this fit is {fit.method}."
        )
    if fit.k <= fit.design.shape[1]:
        raise StatisticsError("There are no more studies than coefficients, so the curve is flat.")
    level = fit.level if level is None else level
    if not 0.0 < level < 1.0:
        raise InputError(f"level is {level:g}; expected a fraction between 0 and 1.")
    sums = Design(fit.yi, fit.vi, fit.design)
    restricted = fit.method == "REML"

    def drop(tau2: float) -> float:
        """The log-likelihood less that at the estimate."""
        here, top = (
            float(sums.log_likelihood(np.array([t]), restricted=restricted)[0])
            for t in (tau2, fit.tau2)
        )
        return here - top

    floor = -0.5 * float(chi2_quantile(1.0, 1.0 - level))
    low, high = _crossings(drop, floor, fit.tau2, float(np.min(fit.vi)))
    end = high + 0.35 * (high - fit.tau2)
    # Even steps in tau, so that the curve is smooth where it is steepest.
    steps = np.unique(np.append(np.linspace(0.0, np.sqrt(end), 161) ** 2, fit.tau2))
    heights = np.array([drop(float(t)) for t in steps])
    bottom = max(float(heights.min()), 2.6 * floor)
    heading = title or f"Profile likelihood of tau² ({fit.method}, {fit.k} studies)"
    chart = Chart(heading, "Log-likelihood less its maximum")
    chart.frame(
        number_axis(0.0, end, LEFT, RIGHT),
        number_axis(1.06 * bottom, -0.06 * bottom, BOTTOM, TOP, upright=True),
    )
    chart.level(floor, colour=INK, width=1.0, dashes=_DASHED)
    for edge in (low, high):
        chart.curve([(edge, 1.06 * bottom), (edge, floor)], width=1.0, dashes=_DASHED)
    chart.curve([(fit.tau2, 1.06 * bottom), (fit.tau2, 0.0)], colour=SQUARE, dashes=_DOTTED)
    chart.curve(
        [(float(a), float(b)) for a, b in zip(steps, heights, strict=True)],
        colour=SQUARE,
        width=2.2,
    )
    chart.point(fit.tau2, 0.0, shape="diamond", fill=SQUARE)
    percent = f"{100 * level:g}%"
    interval = f"{small(low)} to {small(high)}"
    height = chart.finish(
        "tau²",
        key=(
            Key(words=f"estimate, {small(fit.tau2)}", shape="diamond", fill=SQUARE),
            Key(words=f"{percent} interval, {interval}", shape="line", dashes=_DASHED),
        ),
    )
    return Plot(
        title=heading,
        description=(
            f"The likelihood is highest at tau² {small(fit.tau2)}; its {percent} interval is "
            f"{interval}."
        ),
        data=Table({"tau2": steps, "log_likelihood": heights}),
        sheet=chart.sheet,
        height=height,
        notes=fit.notes,
    )


def _crossings(drop: object, floor: float, tau2: float, step: float) -> tuple[float, float]:
    """Where the curve falls to `floor` on either side; 0 where it does not below."""
    assert callable(drop)
    far = tau2 + max(tau2, step)
    while drop(far) > floor:
        far = tau2 + 2.0 * (far - tau2)
    high = float(brentq(lambda t: drop(t) - floor, tau2, far, rtol=1e-12))
    if tau2 == 0.0 or drop(0.0) > floor:
        return 0.0, high
    return float(brentq(lambda t: drop(t) - floor, 0.0, tau2, rtol=1e-12)), high
