"""The profile likelihood of one component of a multilevel model."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.report.figures.palette import INK, SQUARE
from weigh.report.plot.axis import number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import small
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.taking import require

__all__ = ["component_profile"]

FloatArray = npt.NDArray[np.float64]
_DASHED, _DOTTED = (6.0, 4.0), (2.0, 3.0)


class Profiled(Protocol):
    """The result of `Multilevel.profile`."""

    @property
    def name(self) -> str: ...
    @property
    def at(self) -> FloatArray: ...
    @property
    def log_likelihood(self) -> FloatArray: ...
    @property
    def estimate(self) -> float: ...
    @property
    def highest(self) -> float: ...
    @property
    def cut(self) -> float: ...
    @property
    def level(self) -> float: ...


def component_profile(profile: Profiled, *, title: str | None = None) -> Plot:
    """How well each value of a variance or correlation explains the data.

    All other parameters are at their best for each value. A curve with one clear top is what an
    estimate should rest on; a flat one says that the data hardly tell the component.

    Parameters
    ----------
    profile
        Of ``weigh.multilevel(...).profile(name)``.
    title
        Printed above.

    Returns
    -------
    Plot
        The dashed line is where the interval ends. Its `data` has the curve: the component, and the
        log-likelihood less its maximum.

    Raises
    ------
    StatisticsError
        Fewer than two values with a likelihood.

    References
    ----------
    :cite:t:`raue2009`.
    """
    require(profile, ("at", "log_likelihood", "estimate", "cut"), 'fit.profile("rho")')
    known = np.isfinite(profile.log_likelihood)
    if known.sum() < 2:
        raise StatisticsError("A curve needs two values that have a likelihood.")
    order = np.argsort(profile.at[known], kind="stable")
    at = profile.at[known][order]
    heights = (profile.log_likelihood[known] - profile.highest)[order]
    floor = profile.cut - profile.highest
    low, high = float(min(at[0], profile.estimate)), float(max(at[-1], profile.estimate))
    bottom = max(float(heights.min()), 2.6 * floor)
    bottom = min(bottom, 1.2 * floor)
    heading = title or f"Profile likelihood of {profile.name}"
    chart = Chart(heading, "Log-likelihood less its maximum")
    chart.frame(
        number_axis(low, high, LEFT, RIGHT),
        number_axis(1.06 * bottom, -0.06 * bottom, BOTTOM, TOP, upright=True),
    )
    chart.level(floor, colour=INK, width=1.0, dashes=_DASHED)
    stem = [(profile.estimate, 1.06 * bottom), (profile.estimate, 0.0)]
    chart.curve(stem, colour=SQUARE, dashes=_DOTTED)
    # The estimate is on the curve, whichever values it was drawn at.
    x = np.append(at, profile.estimate)
    y = np.append(heights, 0.0)
    curve = np.argsort(x, kind="stable")
    chart.curve(
        [(float(x[i]), float(y[i])) for i in curve],
        colour=SQUARE,
        width=2.2,
    )
    chart.point(profile.estimate, 0.0, shape="diamond", fill=SQUARE)
    percent = f"{100 * profile.level:g}%"
    height = chart.finish(
        profile.name,
        key=(
            Key(words=f"estimate, {small(profile.estimate)}", shape="diamond", fill=SQUARE),
            Key(words=f"where the {percent} interval ends", shape="line", dashes=_DASHED),
        ),
    )
    inside = at[heights >= floor]
    reach = (
        f"; values from {small(float(inside.min()))} to {small(float(inside.max()))} lie above "
        f"where the {percent} interval ends"
        if inside.size
        else ""
    )
    return Plot(
        title=heading,
        description=(
            f"The likelihood is highest at {profile.name} {small(profile.estimate)}{reach}."
        ),
        data=Table({"value": at, "log_likelihood": heights}),
        sheet=chart.sheet,
        height=height,
    )
