"""Henmi and Copas: an interval that holds under publication bias."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammainc

from weigh.errors import StatisticsError
from weigh.synthesis.bias.asymmetry import require_studies
from weigh.synthesis.inputs import check_effects, check_level

__all__ = ["HenmiCopas", "henmi_copas"]

FloatArray = npt.NDArray[np.float64]

# Gauss-Legendre nodes on [-1, 1]; the integrand is smooth but for its start, and 200 give the
# root to 1e-12 of what 400 give.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
# Beyond this the normal density is below 1e-43.
_FAR = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HenmiCopas:
    """A common-effect estimate with an interval that allows for heterogeneity.

    Parameters
    ----------
    estimate, se
        Weighted by 1/vi, on the analysis scale; the standard error allows for `tau2`.
    ci_low, ci_high, level
        The interval and its level.
    tau2
        Between-study variance by DerSimonian and Laird.
    k
        Number of studies.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    tau2: float
    k: int

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "estimate": self.estimate,
            "se": self.se,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "level": self.level,
            "tau2": self.tau2,
            "k": self.k,
        }


@dataclass(frozen=True, slots=True)
class _Sums:
    """W1 = sum w, and W2, W3, W4 = sums of powers of w over W1, as in the paper; W1 - W2."""

    k: int
    w1: float
    w2: float
    w3: float
    w4: float
    apart: float
    tau2: float

    @property
    def r_variance(self) -> float:
        return 1.0 + self.tau2 * self.w2

    def moments(self, r: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of Q given the standardized mean R = r."""
        t, v = self.tau2, self.r_variance
        beyond = r * r / v**2 - 1.0 / v
        c = self.w3 - self.w2**2
        mean = self.k - 1.0 + t * self.apart + t * t * beyond * c
        variance = (
            2.0 * (self.k - 1.0)
            + 4.0 * t * self.apart
            + 2.0 * t**2 * (self.w1 * self.w2 - 2.0 * self.w3 + self.w2**2)
            + 4.0 * t**2 * beyond * c
            + 4.0 * t**3 * beyond * (self.w4 - 2.0 * self.w2 * self.w3 + self.w2**3)
            + 2.0 * t**4 * (1.0 / v**2 - 2.0 * r * r / v**3) * c**2
        )
        return mean, variance


def henmi_copas(
    yi: Any, vi: Any, *, level: float = 0.95, slab: Sequence[Any] | None = None
) -> HenmiCopas:
    """Pool with common-effect weights, which small studies sway least, and a fitting interval.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    level, slab
        Confidence level, and names of the studies.

    Raises
    ------
    StatisticsError
        Fewer than two studies.

    References
    ----------
    :cite:t:`henmi2010`.

    Examples
    --------
    >>> found = henmi_copas([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16])
    >>> round(found.estimate, 3), round(found.ci_low, 3)
    (0.201, -0.248)
    """
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    k = y.size
    require_studies(k, 2, "The interval of Henmi and Copas")
    # In units of the mean variance powers of the weights stay in range.
    unit = float(np.mean(v))
    w = unit / v
    w1 = float(np.sum(w))
    w2, w3, w4 = (float(np.sum(w**power)) / w1 for power in (2, 3, 4))
    estimate = float(np.sum(w * y)) / w1
    q = float(np.sum(w * (y - estimate) ** 2)) / unit
    # W1 - W2 as a sum over pairs, which keeps its digits beside a study of overwhelming weight.
    rising = np.sort(w)
    apart = 2.0 * float(np.sum(rising[1:] * np.cumsum(rising)[:-1])) / w1
    tau2 = max(0.0, (q - (k - 1.0)) / apart)
    sums = _Sums(k, w1, w2, w3, w4, apart, tau2)
    se = math.sqrt(sums.r_variance / w1 * unit)
    half = math.sqrt(sums.r_variance) * _point(sums, level) * se
    return HenmiCopas(
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        level=level,
        tau2=tau2 * unit,
        k=k,
    )


def _point(sums: _Sums, level: float) -> float:
    """Percentage point of the pivot, in standard deviations of R."""

    def excess(x: float) -> float:
        r = x + (_NODES + 1.0) / 2.0 * (_FAR - x)
        scaled = math.sqrt(sums.r_variance) * r
        mean, variance = sums.moments(scaled)
        bound = (sums.w1 / sums.w2 - 1.0) * ((r / x) ** 2 - 1.0) + sums.k - 1.0
        # Given r, Q is taken to be gamma with these two moments.
        inside = gammainc(mean * mean / variance, np.maximum(bound, 0.0) * mean / variance)
        density = np.exp(-0.5 * r * r) / math.sqrt(2.0 * math.pi)
        area = float(np.sum(_WEIGHTS * inside * density)) * (_FAR - x) / 2.0
        return area - (1.0 - level) / 2.0

    low, high = 1e-6, _FAR - 1e-6
    if not excess(low) > 0.0 > excess(high):
        raise StatisticsError(
            "The equation of Henmi and Copas has no root for these effects, so there is no "
            "interval."
        )
    return float(brentq(excess, low, high, xtol=1e-13, rtol=1e-13))
