"""Fits of the models of `weigh.glmm`: the highest likelihood, and how it falls with tau."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import StatisticsError
from weigh.stats.tails import chi2_quantile
from weigh.synthesis.glmm_models import CountModel
from weigh.synthesis.glmm_quadrature import Maximum, gradient, maximum

__all__ = ["QUADRATURE_TOLERANCE", "Fit", "fit_model", "profile_interval"]

FloatArray = npt.NDArray[np.float64]

_FIRST_POINTS, _MOST_POINTS = 7, 63
# Far below what a figure shows, and what any two programs agree to.
QUADRATURE_TOLERANCE = 1e-6
# A spread of true effects beyond which odds and rates are 0 or infinite for every purpose.
_WIDEST_TAU = 100.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The maximum of a model's likelihood.

    Parameters
    ----------
    at
        Coefficients, nuisances, and last tau.
    value
        Log-likelihood.
    vb
        Covariance of all parameters but those on their boundary.
    tau2_se
        Standard error of tau2; None on the boundary.
    common
        The maximum with tau 0.
    points, error
        Points of the quadrature, and the change of the log-likelihood with twice as many.
    """

    at: FloatArray
    value: float
    vb: FloatArray
    tau2_se: float | None
    common: Maximum
    points: int
    error: float


def fit_model(model: CountModel, method: str, points: int | None) -> Fit:
    """Maximize, with more points of quadrature until they no longer matter."""
    now = points or _FIRST_POINTS
    starts = model.starts()
    while True:
        count = now

        def whole(at: FloatArray, count: int = count) -> float:
            return model.log_likelihood(at, count)

        def without(at: FloatArray, count: int = count) -> float:
            return model.log_likelihood(np.append(at, 0.0), count)

        common = maximum(without, [start[:-1] for start in starts])
        top = common
        at = np.append(common.at, 0.0)
        if method == "ML":
            found = maximum(whole, [*starts, [*common.at, 0.1]])
            # On the boundary the search stops near tau = 0; the common effect is the maximum.
            if found.value > common.value + 1e-9:
                top, at = found, found.at
        error = abs(model.log_likelihood(at, 2 * now + 1) - top.value)
        if points is not None or error < QUADRATURE_TOLERANCE or 2 * now + 1 > _MOST_POINTS:
            break
        now, starts = 2 * now + 1, [[*at[:-1], max(abs(float(at[-1])), 0.1)], *starts[:1]]
    vb = _inverse(top.information, model.coefficients)
    tau = abs(float(at[-1]))
    spread = 2.0 * tau * math.sqrt(vb[-1, -1]) if at[-1] and vb[-1, -1] > 0.0 else None
    return Fit(at, top.value, vb, spread, common, now, error)


def _inverse(information: FloatArray, coefficients: int) -> FloatArray:
    try:
        vb = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        vb = np.full_like(information, np.nan)
    if not (np.diagonal(vb)[:coefficients] > 0.0).all():
        raise StatisticsError(
            "The likelihood of these counts is flat at its maximum, so an effect has no standard "
            "error.",
            hint="Try a model with fewer parameters, such as a conditional one.",
        )
    return np.asarray(vb)


def profile_interval(model: CountModel, fit: Fit, level: float) -> tuple[float, float | None]:
    """Interval of tau2 by profile likelihood: the upper limit None where it does not come down.

    The tau at which twice the log-likelihood, the other parameters at their best, is below its
    maximum by the chi-squared quantile with 1 degree of freedom.
    """
    drop = 0.5 * float(chi2_quantile(1.0, 1.0 - level))
    tau = abs(float(fit.at[-1]))
    last = [fit.at[:-1] if tau else fit.common.at]

    def below(at_tau: float) -> float:
        """How far the profile lies below the limit's height; it rises away from the estimate."""

        def rest(at: FloatArray) -> float:
            return model.log_likelihood(np.append(at, at_tau), fit.points)

        found = optimize.minimize(
            lambda at: -rest(at),
            last[0],
            jac=lambda at: -gradient(rest, at),
            options={"gtol": 1e-5},
        )
        last[0] = np.asarray(found.x)
        return fit.value - drop + float(found.fun)

    low = 0.0
    if tau and fit.value - fit.common.value > drop:
        low = float(optimize.brentq(below, 0.0, tau, xtol=1e-9, rtol=1e-9))
    last[0] = fit.at[:-1] if tau else fit.common.at
    inner, outer = tau, max(1.5 * tau, 0.1)
    while below(outer) < 0.0:
        if outer > _WIDEST_TAU:
            return low**2, None
        inner, outer = outer, 1.6 * outer
    return low**2, float(optimize.brentq(below, inner, outer, xtol=1e-9, rtol=1e-9)) ** 2
