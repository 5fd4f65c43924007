"""P value of a robust t statistic by a saddlepoint approximation.

Under the working model the squared statistic exceeds t² where one chi-squared variable exceeds a
weighted mean of others, t² times as large: a question of whether a quadratic form is above 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr

__all__ = ["Saddlepoint", "critical_value", "quadratic_form", "saddlepoint", "tail_at"]

FloatArray = npt.NDArray[np.float64]

# Nearer to 0 than this the two terms of the approximation cancel, and its limit is taken.
_NEAR = 0.01


@dataclass(frozen=True, slots=True)
class Saddlepoint:
    """Where the cumulant function is stationary, and the two-sided p value from there.

    `s` is minus infinity where the statistic is 0.
    """

    s: float
    p: float


def saddlepoint(statistic: float, weights: FloatArray) -> Saddlepoint:
    """Approximate the p value of a robust t statistic.

    Parameters
    ----------
    statistic
        Estimate over its robust standard error.
    weights
        Eigenvalues of the covariances of the clusters' scores: see `Moments.along`.

    References
    ----------
    :cite:t:`mccaffrey2001`, with the tail formula of :cite:t:`lugannani1980`.
    """
    square = statistic * statistic
    if square == 0.0:
        return Saddlepoint(-math.inf, 1.0)
    g = quadratic_form(square, weights)

    def slope(s: float) -> float:
        return float(np.sum(g / (1.0 - 2.0 * g * s)))

    # Between its two poles the slope rises from minus to plus infinity. It has the sign of the
    # pole half way to the left one, and within 1/(8 n) of the right one, for n weights.
    low, high = (0.25 / g.min(), 0.0) if square < 1.0 else (0.0, 0.5 - 0.125 / g.size)
    s = 0.0 if slope(0.0) == 0.0 else float(brentq(slope, low, high, xtol=1e-15, rtol=1e-14))
    return Saddlepoint(s, tail_at(s, g))


def quadratic_form(square: float, weights: FloatArray) -> FloatArray:
    """Weights of the form that is above 0 where the squared statistic exceeds `square`."""
    kept = np.maximum(weights, 0.0)
    return np.concatenate(([1.0], -square * kept / kept.sum()))


def tail_at(s: float, g: FloatArray) -> float:
    """Probability that the quadratic form with weights `g` is above 0, from its saddlepoint."""
    if abs(s) <= _NEAR:
        tail = 0.5 - float(np.sum(g**3)) / (3.0 * math.sqrt(math.pi) * float(np.sum(g * g)) ** 1.5)
    else:
        left = 1.0 - 2.0 * g * s
        r = math.copysign(math.sqrt(max(float(np.sum(np.log(left))), 0.0)), s)
        q = s * math.sqrt(2.0 * float(np.sum((g / left) ** 2)))
        density = math.exp(-0.5 * r * r) / math.sqrt(2.0 * math.pi)
        tail = float(ndtr(-r)) + density * (1.0 / q - 1.0 / r)
    return float(min(max(tail, 0.0), 1.0))


def critical_value(level: float, weights: FloatArray) -> float:
    """The statistic whose p value is one minus the level."""

    def excess(log_statistic: float) -> float:
        return saddlepoint(math.exp(log_statistic), weights).p - (1.0 - level)

    # P values fall from 1 to below 1e-8 between these.
    return math.exp(float(brentq(excess, -20.0, 40.0, xtol=1e-10)))
