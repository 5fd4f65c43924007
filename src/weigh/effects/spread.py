"""The SD of one group from what else tells its spread: a standard error, an interval, quartiles."""

from __future__ import annotations

import math
from typing import Literal

from scipy import special

from weigh.effects.conversion import (
    Conversion,
    require_level,
    require_people,
    require_positive,
)
from weigh.errors import InputError, NotFoundError
from weigh.stats.tails import two_sided_quantile

__all__ = ["Distribution", "critical_value", "sd_from_ci", "sd_from_iqr", "sd_from_se"]

Distribution = Literal["t", "z"]

_GROUP = "Cochrane Handbook 6.5.2.2"


def critical_value(distribution: Distribution, level: float, df: float) -> float:
    """Half-width of an interval in standard errors, by Student's t or the normal distribution."""
    require_level(level)
    if distribution not in ("t", "z"):
        raise NotFoundError("distribution", distribution, ("t", "z"))
    return float(two_sided_quantile(level, df if distribution == "t" else None))


def percent(level: float) -> str:
    """A confidence level as it stands in a name: 95%."""
    return f"{100.0 * level:g}%"


def interval_width(low: float, high: float) -> float:
    """Width of an interval, which must not be empty."""
    if not high > low:
        raise InputError(f"The interval from {low:g} to {high:g} is empty or upside down.")
    return high - low


def sd_from_se(se: float, n: float) -> Conversion:
    """SD of a group from the standard error of its mean: se times the root of n.

    Examples
    --------
    >>> sd_from_se(0.5, 64).value
    4.0
    """
    require_positive(se=se, n=n)
    return Conversion(
        value=se * math.sqrt(n),
        name="SD from the standard error of a mean",
        inputs={"se": se, "n": n},
        reference=_GROUP,
    )


def sd_from_ci(
    low: float,
    high: float,
    n: float,
    *,
    level: float = 0.95,
    distribution: Distribution = "t",
) -> Conversion:
    """SD of a group from the confidence interval of its mean.

    Parameters
    ----------
    low, high
        Ends of the interval.
    n
        People in the group.
    level
        Confidence level, as a fraction.
    distribution
        What the report made its interval with: ``t`` with n - 1 degrees of freedom, as it ought to
        be, or ``z`` (3.92 standard errors wide for 95 %). They differ little from 60 people on.
    """
    require_people(n=n, at_least=2)
    width = interval_width(low, high)
    critical = critical_value(distribution, level, n - 1.0)
    by = "t with n-1 df" if distribution == "t" else "normal distribution"
    return Conversion(
        value=math.sqrt(n) * width / (2.0 * critical),
        name=f"SD from {percent(level)} CI of a mean, {by}",
        inputs={"ci_low": low, "ci_high": high, "n": n, "level": level},
        reference=_GROUP,
    )


def sd_from_iqr(q1: float, q3: float, n: float | None = None) -> Conversion:
    """SD of a group from its quartiles, scores taken to be normal.

    Parameters
    ----------
    q1, q3
        Quartiles.
    n
        People in the group; with it the width expected in a sample of that size is used (Wan
        2014), else that of a large one (1.35 SDs).
    """
    width = interval_width(q1, q3)
    if n is None:
        return Conversion(
            value=width / 1.35,
            name="SD from the interquartile range, width / 1.35",
            inputs={"q1": q1, "q3": q3},
            reference="Cochrane Handbook 6.5.2.5",
        )
    require_people(n=n, at_least=5)
    return Conversion(
        value=width / (2.0 * float(special.ndtri((0.75 * n - 0.125) / (n + 0.25)))),
        name="SD from the interquartile range (Wan 2014)",
        inputs={"q1": q1, "q3": q3, "n": n},
        reference="Wan 2014, equation 16; Cochrane Handbook 6.5.2.5",
    )
