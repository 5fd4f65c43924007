"""The SD within two groups from what tells the precision of their difference.

All of these give one SD for both groups: the average one that leads to the spread printed.
"""

from __future__ import annotations

import math

from weigh.effects.conversion import Conversion, require_people, require_positive
from weigh.effects.spread import Distribution, critical_value, interval_width, percent
from weigh.errors import InputError
from weigh.stats.tails import t_quantile

__all__ = [
    "sd_from_difference_ci",
    "sd_from_difference_p",
    "sd_from_difference_se",
    "sd_from_difference_t",
]

_CONTRAST = "Cochrane Handbook 6.5.2.3"


def _sd(se: float, n1: float, n2: float) -> float:
    return se / math.sqrt(1.0 / n1 + 1.0 / n2)


def _require_difference(difference: float) -> None:
    if difference == 0.0 or not math.isfinite(difference):
        raise InputError(
            f"The difference is {difference:g}: a test of it then says nothing about the SD."
        )


def sd_from_difference_se(se: float, n1: float, n2: float) -> Conversion:
    """SD within groups from the standard error of a difference in means."""
    require_positive(se=se, n1=n1, n2=n2)
    return Conversion(
        value=_sd(se, n1, n2),
        name="SD within groups from the standard error of a difference in means",
        inputs={"se": se, "n1": n1, "n2": n2},
        reference=_CONTRAST,
    )


def sd_from_difference_ci(
    low: float,
    high: float,
    n1: float,
    n2: float,
    *,
    level: float = 0.95,
    distribution: Distribution = "t",
) -> Conversion:
    """SD within groups from the confidence interval of a difference in means.

    Parameters
    ----------
    low, high
        Ends of the interval.
    n1, n2
        People in the two groups.
    level
        Confidence level, as a fraction.
    distribution
        What the report made its interval with: ``t`` with n1 + n2 - 2 degrees of freedom, or ``z``.
    """
    require_people(n1=n1, n2=n2, at_least=1)
    require_people(**{"n1 + n2": n1 + n2}, at_least=3)
    width = interval_width(low, high)
    critical = critical_value(distribution, level, n1 + n2 - 2.0)
    by = "t with n1+n2-2 df" if distribution == "t" else "normal distribution"
    return Conversion(
        value=_sd(width / (2.0 * critical), n1, n2),
        name=f"SD within groups from {percent(level)} CI of a difference in means, {by}",
        inputs={"ci_low": low, "ci_high": high, "n1": n1, "n2": n2, "level": level},
        reference=_CONTRAST,
    )


def sd_from_difference_t(difference: float, t: float, n1: float, n2: float) -> Conversion:
    """SD within groups from a difference in means and its t statistic."""
    require_people(n1=n1, n2=n2, at_least=1)
    _require_difference(difference)
    if t == 0.0 or not math.isfinite(t):
        raise InputError(f"t is {t:g}, with a difference of {difference:g}: one must be wrong.")
    return Conversion(
        value=_sd(abs(difference / t), n1, n2),
        name="SD within groups from the t statistic of a difference in means",
        inputs={"difference": difference, "t": t, "n1": n1, "n2": n2},
        reference=_CONTRAST,
    )


def sd_from_difference_p(difference: float, p: float, n1: float, n2: float) -> Conversion:
    """SD within groups from a difference in means and the two-sided p value of its t test.

    A p value that was printed as a bound (p < 0.05) must be given as that bound: the SD is then the
    largest that is possible, and the study weighs less than it might.
    """
    require_people(n1=n1, n2=n2, at_least=1)
    require_people(**{"n1 + n2": n1 + n2}, at_least=3)
    _require_difference(difference)
    if not 0.0 < p < 1.0:
        raise InputError(
            f"p is {p:g}: it must lie between 0 and 1, both excluded, to tell an SD.",
            hint="For p printed as 0.000 give the bound that it was rounded from, such as 0.0005.",
        )
    t = -float(t_quantile(n1 + n2 - 2.0, 0.5 * p))
    return Conversion(
        value=_sd(abs(difference) / t, n1, n2),
        name="SD within groups from the p value of a difference in means, t with n1+n2-2 df",
        inputs={"difference": difference, "p": p, "n1": n1, "n2": n2},
        reference=_CONTRAST,
    )
