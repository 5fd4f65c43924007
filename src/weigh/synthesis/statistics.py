"""From a between-study variance to every statistic of a pooled effect, for many sets at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.stats.search import level_crossings
from weigh.stats.sums import Columns, Sums, column_totals
from weigh.stats.tails import (
    chi2_quantile,
    chi2_tail,
    each_df,
    normal_quantile,
    t_quantile,
    two_sided_p,
)
from weigh.synthesis.knapp_hartung import KNAPP_HARTUNG, ROUNDING, knapp_hartung
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2, typical_variance

__all__ = [
    "BY_KENWARD_ROGER",
    "LARGE",
    "PREDICTIONS",
    "ROUNDING",
    "SMALL",
    "TESTS",
    "Statistics",
    "column_statistics",
    "kenward_roger",
    "prediction_half_width",
    "q_profile",
]

FloatArray = npt.NDArray[np.float64]

# Beyond these variances, cubes and products of weights could leave the range of floating point.
SMALL, LARGE = 1e-50, 1e50
TESTS = ("z", "t", *KNAPP_HARTUNG, "kr")
PREDICTIONS = ("normal", "t", "riley", "simple", "kr", "kr-riley", "nagashima")
# Those that take standard error and degrees of freedom from Kenward and Roger, whatever the test.
BY_KENWARD_ROGER = ("kr", "kr-riley")


@dataclass(frozen=True, slots=True)
class Statistics:
    """The statistics of sets of effects, one entry a set; NaN where one is undefined.

    The names are those of `weigh.evidence.pooled.Pooled`.
    """

    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray
    pi_high: FloatArray
    tau2: FloatArray
    tau2_se: FloatArray
    tau2_ci_low: FloatArray
    tau2_ci_high: FloatArray
    i2: FloatArray
    h2: FloatArray
    df: FloatArray
    q: FloatArray
    q_df: FloatArray
    q_p: FloatArray
    maxima: npt.NDArray[np.intp]
    certified: npt.NDArray[np.bool_]


def prediction_half_width(
    prediction: str,
    *,
    se: FloatArray,
    tau2: FloatArray | float,
    df: FloatArray | float,
    level: float,
) -> FloatArray:
    """Half the width of a prediction interval, by a named convention.

    Parameters
    ----------
    prediction
        ``"normal"``: standard normal. ``"t"``: t with k - p degrees of freedom. ``"riley"``: t
        with k - p - 1, at least 1. ``"simple"``: normal, from the spread of the true effects alone,
        as if their mean were known. ``"kr"`` and ``"kr-riley"``: as ``"t"`` and ``"riley"``, with
        `se` and `df` by Kenward and Roger.
    se, tau2, df, level
        Of the estimate: standard error, between-study variance, k - p, level.

    References
    ----------
    :cite:t:`riley2011`; :cite:t:`higgins2009` for t with k - 2 degrees of freedom;
    :cite:t:`partlett2017` for Kenward and Roger's.
    """
    upper = 0.5 + 0.5 * level
    if prediction in ("normal", "simple"):
        critical = normal_quantile(upper)
    elif prediction in ("riley", "kr-riley"):
        critical = each_df(lambda known: t_quantile(known, upper), np.maximum(df - 1.0, 1.0))
    else:
        critical = each_df(lambda known: t_quantile(known, upper), df)
    variance = tau2 + (0.0 if prediction == "simple" else se * se)
    return np.asarray(critical * np.sqrt(variance))


def q_profile(sums: Sums, level: float) -> tuple[FloatArray, FloatArray]:
    """Interval for tau2 where the generalized Q statistic is not surprising.

    Both limits are 0 where even tau2 = 0 makes the effects vary less than expected.

    References
    ----------
    :cite:t:`viechtbauer2007`.
    """
    tail = 0.5 - 0.5 * level
    df = sums.df
    return level_crossings(
        sums,
        each_df(lambda known: chi2_quantile(known, tail), df),
        each_df(lambda known: chi2_quantile(known, 1.0 - tail), df),
    )


def kenward_roger(
    columns: Columns, tau2: FloatArray, tau2_se: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Standard error that allows for tau2 being estimated, and degrees of freedom to go with it.

    Parameters
    ----------
    columns, tau2, tau2_se
        The sets, and tau2 by REML with its standard error.

    References
    ----------
    :cite:t:`kenward1997`, as :cite:t:`partlett2017` put it for one pooled effect: the degrees of
    freedom are made from the adjusted variance, where Kenward and Roger take the plain one.
    """
    spread = tau2_se * tau2_se
    sums = columns.score(tau2, restricted=False)
    total, squares = sums.trace1, sums.trace2
    share = squares / total
    # sum(w³) - sum(w²)²/sum(w), in a form that cannot cancel to less than 0.
    w = 1.0 / (columns.v + tau2)
    excess = column_totals(w * np.square(w - share))
    variance = 1.0 / total + 2.0 * spread * excess / (total * total)
    return np.sqrt(variance), 2.0 / (spread * np.square(squares * variance))


def _q_around(columns: Columns, center: FloatArray) -> FloatArray:
    """Cochran's Q about another centre than the inverse-variance mean."""
    zero = np.zeros(columns.sets)
    mean, weight = columns.mean(zero)
    around: FloatArray = columns.q(zero)[0] + weight * np.square(columns.origin + mean - center)
    return around


def _from_tau2(tau2: FloatArray, typical: FloatArray) -> tuple[FloatArray, FloatArray]:
    """I2 (percent) and H2, from tau2 and the sampling variance of a typical study."""
    return 100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0


def _critical_and_p(
    statistic: FloatArray, df: FloatArray, *, test: str, level: float
) -> tuple[Any, Any]:
    """Half width of the interval in standard errors, and the p value."""
    upper = 0.5 + 0.5 * level
    if test == "z":
        return normal_quantile(upper), two_sided_p(statistic)
    if test != "adhoc-ci":
        return each_df(lambda known: t_quantile(known, upper), df), two_sided_p(statistic, df)
    # Under this rule some sets have infinite degrees of freedom: the normal distribution.
    normal = np.isinf(df)
    df = np.where(normal, 1.0, df)
    critical = each_df(lambda known: t_quantile(known, upper), df)
    p = two_sided_p(statistic, df)
    return (
        np.where(normal, normal_quantile(upper), critical),
        np.where(normal, two_sided_p(statistic), p),
    )


def column_statistics(
    columns: Columns,
    *,
    method: str,
    test: str,
    level: float,
    prediction: str,
    tau2: FloatArray | None = None,
    center: FloatArray | None = None,
) -> Statistics:
    """Pool sets that each have at least two studies.

    Parameters
    ----------
    columns
        The sets.
    method, test, level, prediction, tau2, center
        As in `weigh.pool`, checked; the last two with an entry a set.
    """
    sets = columns.sets
    zero = np.zeros(sets)
    undefined = np.full(sets, np.nan)
    df = columns.df
    q = columns.start.q if center is None else _q_around(columns, center)
    common = method in COMMON_EFFECT
    if common:
        tau2, tau2_se, low, high = zero, undefined, undefined, undefined
        maxima, certified = np.ones(sets, dtype=np.intp), np.ones(sets, dtype=np.bool_)
        h2 = q / df
        # The branch not taken may overflow where Q is next to nothing.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            i2 = np.where(q > df, 100.0 * (q - df) / q, 0.0)
    elif tau2 is not None or center is not None:
        if tau2 is None:
            tau2 = np.maximum((q - df) / columns.start.score.trace1, 0.0)
        tau2_se = low = high = undefined
        maxima, certified = np.ones(sets, dtype=np.intp), np.ones(sets, dtype=np.bool_)
        i2, h2 = _from_tau2(tau2, typical_variance(columns))
    else:
        found = estimate_tau2(columns, method)
        tau2, tau2_se, maxima, certified = found.value, found.se, found.maxima, found.certified
        low, high = q_profile(columns, level)
        i2, h2 = _from_tau2(tau2, typical_variance(columns))
    mean, weight = columns.mean(tau2)
    estimate = columns.origin + mean
    se = 1.0 / np.sqrt(weight)
    ddf = df
    if test in KNAPP_HARTUNG:
        at_tau2 = q if common else columns.q(tau2)[0]
        se, ddf = knapp_hartung(columns, tau2, at_tau2, test=test, level=level)
    elif test == "kr":
        se, ddf = kenward_roger(columns, tau2, tau2_se)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
    critical, p = _critical_and_p(statistic, ddf, test=test, level=level)
    half = critical * se
    if common:
        pi_low = pi_high = undefined
    else:
        error, reach = se, df if test == "adhoc-ci" else ddf
        if prediction in BY_KENWARD_ROGER:
            error, reach = kenward_roger(columns, tau2, tau2_se)
        width = prediction_half_width(prediction, se=error, tau2=tau2, df=reach, level=level)
        pi_low, pi_high = estimate - width, estimate + width
    return Statistics(
        estimate=estimate,
        se=se,
        statistic=statistic,
        p=np.asarray(p),
        ci_low=estimate - half,
        ci_high=estimate + half,
        pi_low=pi_low,
        pi_high=pi_high,
        tau2=tau2,
        tau2_se=tau2_se,
        tau2_ci_low=low,
        tau2_ci_high=high,
        i2=i2,
        h2=h2,
        q=q,
        df=undefined if test == "z" else np.where(ddf < np.inf, ddf, np.nan),
        q_df=df,
        q_p=np.asarray(chi2_tail(q, df)),
        maxima=maxima,
        certified=certified,
    )
