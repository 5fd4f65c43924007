"""Intervals for the between-study variance, by named methods."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.stats.sums import Columns, Sums
from weigh.stats.tails import chi2_quantile
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.heterogeneity import heterogeneity_from_q
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.statistics import LARGE, SMALL, q_profile
from weigh.synthesis.tau2 import COMMON_EFFECT, typical_variance

__all__ = ["INTERVALS", "HeterogeneityIntervals", "sums_of", "tau2_interval"]

FloatArray = npt.NDArray[np.float64]

INTERVALS = {
    "QP": "Q-profile",
    "GENQ": "generalized Q statistic",
    "J": "Jackson's, generalized Q with weights of 1/se",
    "BJ": "Biggerstaff and Jackson's, generalized Q with weights of 1/v",
    "PL": "profile likelihood",
    "HT": "Higgins and Thompson's test-based interval for H",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeterogeneityIntervals:
    """Heterogeneity with its interval, on each of its scales.

    Parameters
    ----------
    kind, level
        Method (one of `INTERVALS`) and confidence level.
    tau2, tau, i2, h2
        Estimate, lower and upper limit. i2 is in percent.
    notes
        Cautions in plain words.
    """

    kind: str
    level: float
    tau2: tuple[float, float, float]
    tau: tuple[float, float, float]
    i2: tuple[float, float, float]
    h2: tuple[float, float, float]
    notes: tuple[str, ...] = ()


def tau2_interval(
    fit: Pooled, kind: str = "QP", *, level: float | None = None
) -> HeterogeneityIntervals:
    """Interval for tau2, and with it for tau, i2 and h2.

    Parameters
    ----------
    fit
        A random-effects model, with or without moderators.
    kind
        ``"QP"``: Q-profile, exact if the effects are normal, for every estimator. ``"GENQ"``: the
        same idea with the fixed weights of a GENQ fit. ``"J"`` and ``"BJ"``: that with weights of
        one over the standard error, or over the variance (which makes it the distribution of
        Cochran's Q), for every estimator. ``"PL"``: profile likelihood, for ML and REML.
        ``"HT"``: test-based, from Q alone.
    level
        Confidence level; that of the fit if not given.

    Returns
    -------
    HeterogeneityIntervals
        Both limits are 0 where even tau2 = 0 makes the effects vary less than expected.

    References
    ----------
    QP :cite:t:`viechtbauer2007`; GENQ and J :cite:t:`jackson2013`; BJ
    :cite:t:`biggerstaff2008`; PL :cite:t:`hardy1996`; HT
    :cite:t:`higgins2002`.
    """
    check_choice("interval for tau2", kind, INTERVALS)
    level = fit.level if level is None else check_level(level)
    if fit.design is not None and fit.is_of_counts:
        raise InputError(
            f"A {fit.method} fit pools counts; the interval of its tau2 stands in the fit itself."
        )
    if fit.design is None or (fit.method in COMMON_EFFECT and kind != "HT"):
        raise InputError(
            f"Method {fit.method} has no between-study variance, so there is no interval for it.",
            hint="Pool with a random-effects method such as REML.",
        )
    if fit.k - fit.design.shape[1] < 1:
        raise StatisticsError("One study says nothing about how studies differ.")
    exponent = _exponent(fit.vi)
    if exponent:
        found = tau2_interval(_in_units(fit, exponent), kind, level=level)
        back = 4.0**exponent
        low, high = found.tau2[1] * back, found.tau2[2] * back
        return replace(
            found,
            tau2=(fit.tau2, low, high),
            tau=(math.sqrt(fit.tau2), math.sqrt(low), math.sqrt(high)),
        )
    sums = sums_of(fit)
    typical = float(typical_variance(sums)[0])
    if kind == "HT":
        return _test_based(fit, level, typical)
    if kind == "QP":
        low_high = q_profile(sums, level)
        low, high = float(low_high[0][0]), float(low_high[1][0])
    elif kind == "GENQ":
        low, high = _generalized_q(fit, _own_weights(fit), level)
    elif kind in ("J", "BJ"):
        weights = 1.0 / (np.sqrt(fit.vi) if kind == "J" else fit.vi)
        low, high = _generalized_q(fit, weights, level)
    else:
        low, high = _profile_likelihood(fit, sums, level)
    notes: tuple[str, ...] = ()
    if high == 0.0:
        notes = (
            "The effects vary less than chance alone would make them at this level, so both "
            "limits are 0.",
        )
    tau2 = (fit.tau2, low, high)
    return HeterogeneityIntervals(
        kind=kind,
        level=level,
        tau2=tau2,
        tau=_each(tau2, math.sqrt),
        i2=_each(tau2, lambda value: 100.0 * value / (typical + value)),
        h2=_each(tau2, lambda value: value / typical + 1.0),
        notes=notes,
    )


def _exponent(v: FloatArray) -> int:
    """Half the power of two that brings extreme variances back into range; 0 for others."""
    low = float(v.min())
    return 0 if low > SMALL and float(v.max()) < LARGE else math.frexp(low)[1] // 2


def _in_units(fit: Pooled, exponent: int) -> Pooled:
    """Return the same fit in units of two to this power."""
    return replace(
        fit,
        yi=np.ldexp(fit.yi, -exponent),
        vi=np.ldexp(fit.vi, -2 * exponent),
        tau2=math.ldexp(fit.tau2, -2 * exponent),
    )


def _each(
    values: tuple[float, float, float], function: Callable[[float], float]
) -> tuple[float, float, float]:
    first, second, third = (float(function(value)) for value in values)
    return first, second, third


def sums_of(fit: Pooled) -> Sums:
    """Return the estimating sums of a fit."""
    if fit.design is not None and fit.names == ("intercept",):
        k = np.array([float(fit.k)])
        return Columns.from_arrays(fit.yi[:, None], fit.vi[:, None], k)
    assert fit.design is not None
    return Design(fit.yi, fit.vi, fit.design)


def _test_based(fit: Pooled, level: float, typical: float) -> HeterogeneityIntervals:
    if fit.is_regression:
        raise InputError("The test-based interval is for a pooled effect without moderators.")
    if fit.k < 3:
        raise StatisticsError(f"The test-based interval needs three studies; there are {fit.k}.")
    h2, low, high = heterogeneity_from_q(fit.q, fit.k - 1, level=level).h2
    assert low is not None
    assert high is not None
    h2s = (h2, low, high)
    tau2 = _each(h2s, lambda value: typical * (value - 1.0))
    return HeterogeneityIntervals(
        kind="HT",
        level=level,
        tau2=tau2,
        tau=_each(tau2, math.sqrt),
        i2=_each(h2s, lambda value: 100.0 * (value - 1.0) / value),
        h2=h2s,
    )


def _own_weights(fit: Pooled) -> FloatArray:
    if fit.user_weights is None:
        raise InputError(
            f"The GENQ interval goes with weights of your own, and this {fit.method} fit has none.",
            hint="Pool with method='GENQ' and weights=..., or take kind='J' or 'QP'.",
        )
    return fit.user_weights


def _generalized_q(fit: Pooled, weights: FloatArray, level: float) -> tuple[float, float]:
    assert fit.design is not None
    form = GeneralizedQ(Design(fit.yi, fit.vi, fit.design), weights)
    tail = 0.5 - 0.5 * level
    return form.solve(1.0 - tail), form.solve(tail)


def _profile_likelihood(fit: Pooled, sums: Sums, level: float) -> tuple[float, float]:
    if fit.method not in ("ML", "REML"):
        raise InputError(
            f"A profile-likelihood interval goes with ML or REML, and this fit is {fit.method}."
        )
    restricted = fit.method == "REML"

    def height(t: float) -> float:
        return float(sums.log_likelihood(np.array([t]), restricted=restricted)[0])

    floor = height(fit.tau2) - 0.5 * float(chi2_quantile(1.0, 1.0 - level))
    step = max(fit.tau2, float(sums.v_low[0]))
    high = fit.tau2 + step
    while height(high) > floor:
        step *= 2.0
        high = fit.tau2 + step
    upper = brentq(lambda t: height(t) - floor, fit.tau2, high, xtol=1e-13 * high, rtol=1e-13)
    if fit.tau2 == 0.0 or height(0.0) > floor:
        return 0.0, float(upper)
    lower = brentq(lambda t: height(t) - floor, 0.0, fit.tau2, xtol=1e-14 * fit.tau2, rtol=1e-13)
    return float(lower), float(upper)
