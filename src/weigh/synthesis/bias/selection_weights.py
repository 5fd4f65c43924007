"""Weight functions: how likely a study with some p value is to be seen.

Each is the logarithm of the weight, relative to p = 0 where that is finite, with its derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

__all__ = ["CURVES", "Curve", "PValues"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PValues:
    """P values with their logarithms and those of 1 - p, exact in both tails."""

    p: FloatArray
    log_p: FloatArray
    log_q: FloatArray


@dataclass(frozen=True, slots=True)
class Curve:
    """A smooth weight function.

    Parameters
    ----------
    log_weight
        Of (p values, parameters, precision, start): log weights and their derivatives by each
        parameter. The weight is 1 up to p = start.
    neutral
        Parameters at which nothing is selected.
    p_min
        P values are kept this far from 0 and 1, where the weight is infinite.
    starts
        Parameters from which to look for the maximum.
    """

    log_weight: Callable[
        [PValues, FloatArray, FloatArray, float], tuple[FloatArray, tuple[FloatArray, ...]]
    ]
    neutral: tuple[float, ...]
    p_min: float
    starts: tuple[tuple[float, ...], ...]


_Weights = tuple[FloatArray, tuple[FloatArray, ...]]


def _beta(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    log_weight = (delta[0] - 1.0) * at.log_p + (delta[1] - 1.0) * at.log_q
    return log_weight, (at.log_p, at.log_q)


def _halfnorm(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    slope = -precision * (at.p * at.p - start * start)
    return delta[0] * slope, (slope,)


def _negexp(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    slope = -precision * (at.p - start)
    return delta[0] * slope, (slope,)


def _logistic(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    here, there = delta[0] * precision * at.p, delta[0] * precision * start
    slope = precision * start * expit(there) - precision * at.p * expit(here)
    return np.logaddexp(0.0, there) - np.logaddexp(0.0, here), (slope,)


def _power(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    slope = precision * (at.log_q - np.log1p(-start))
    return delta[0] * slope, (slope,)


def _negexppow(at: PValues, delta: FloatArray, precision: FloatArray, start: float) -> _Weights:
    bend = max(float(delta[1]), 1e-12)
    root = np.exp(at.log_p / bend)
    root_start = start ** (1.0 / bend) if start > 0.0 else 0.0
    by_bend = root * np.where(root > 0.0, at.log_p, 0.0)
    if root_start > 0.0:
        by_bend = by_bend - root_start * np.log(start)
    slope = -precision * (root - root_start)
    return delta[0] * slope, (slope, delta[0] * precision * by_bend / bend**2)


_ONE = ((0.05,), (1.0,), (5.0,), (30.0,))

CURVES = {
    "beta": Curve(_beta, (1.0, 1.0), 1e-5, ((1.0, 1.0), (0.5, 1.0), (1.0, 3.0), (0.7, 0.3))),
    "halfnorm": Curve(_halfnorm, (0.0,), 0.0, _ONE),
    "negexp": Curve(_negexp, (0.0,), 0.0, _ONE),
    "logistic": Curve(_logistic, (0.0,), 0.0, _ONE),
    "power": Curve(_power, (0.0,), 1e-5, _ONE),
    "negexppow": Curve(
        _negexppow, (0.0, 0.0), 0.0, ((1.0, 1.0), (5.0, 0.2), (60.0, 0.1), (60.0, 1.0), (3.0, 5.0))
    ),
}
