"""Effects given which side of the line of significance they fell on.

`Conditional` holds studies and their lines; what follows from it is the distribution of a sum of
uniform numbers, which conditional probabilities are at the true effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import log_ndtr

from weigh.errors import StatisticsError

__all__ = ["Conditional", "check_reach", "irwin_hall", "irwin_hall_quantile"]

FloatArray = npt.NDArray[np.float64]

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_STEPS = 200
# Means farther off than this many standard errors leave no digits to tell chances apart by.
_FAR = 1e7


@dataclass(frozen=True, slots=True)
class Conditional:
    """Studies, each normal about one mean, cut off at its own line of significance.

    Parameters
    ----------
    y, v
        (k,) effects and sampling variances.
    line
        (k,) effects at which the studies become significant.
    side
        (k,) 1 for studies above their line, -1 for those below.
    """

    y: FloatArray
    v: FloatArray
    line: FloatArray
    side: FloatArray

    def more_extreme(self, mu: float) -> FloatArray:
        """Chance of at least each effect given a significant one, under the mean `mu`."""
        return np.exp(self.log_more_extreme(mu))

    def log_more_extreme(self, mu: float) -> FloatArray:
        """Logarithm of that chance, good for a mean far below all lines too."""
        s = np.sqrt(self.v)
        return np.asarray(log_ndtr((mu - self.y) / s) - log_ndtr((mu - self.line) / s), dtype=float)

    def log_likelihood(self, mu: FloatArray, tau2: FloatArray) -> FloatArray:
        """Log-likelihood at each pair of a mean and a between-study variance."""
        s = np.sqrt(self.v + tau2[:, None])
        e = (self.y - mu[:, None]) / s
        x = self.side * (self.line - mu[:, None]) / s
        return np.asarray(
            np.sum(-_HALF_LOG_2PI - np.log(s) - 0.5 * e * e - log_ndtr(-x), axis=1), dtype=float
        )

    def slopes(self, mu: FloatArray, tau2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Derivatives by the mean, once and (its sign turned) twice, and by the variance."""
        s = np.sqrt(self.v + tau2[:, None])
        e = (self.y - mu[:, None]) / s
        x = self.side * (self.line - mu[:, None]) / s
        hazard = np.exp(-_HALF_LOG_2PI - 0.5 * x * x - log_ndtr(-x))
        by_mu = np.sum((e - self.side * hazard) / s, axis=1)
        bend = np.sum((1.0 - hazard * (hazard - x)) / (s * s), axis=1)
        by_tau2 = np.sum(0.5 * (e * e - 1.0 - hazard * x) / (s * s), axis=1)
        return by_mu, bend, by_tau2

    def best_mean(self, tau2: FloatArray) -> FloatArray:
        """The mean of highest likelihood at each variance.

        With the variance given, a normal distribution cut off at a known point is an exponential
        family in its mean: the likelihood is concave, and Newton's steps, held in a bracket, find
        its one maximum.
        """
        weight = 1.0 / (self.v + tau2[:, None])
        at = np.sum(weight * self.y, axis=1) / np.sum(weight, axis=1)
        reach = 1.0 / np.sqrt(weight.max(axis=1))
        low, high = at - reach, at + reach
        while (short := self.slopes(low, tau2)[0] <= 0.0).any():
            check_reach(float(np.max((at - low) / reach)))
            low = np.where(short, at - 2.0 * (at - low), low)
        while (short := self.slopes(high, tau2)[0] >= 0.0).any():
            check_reach(float(np.max((high - at) / reach)))
            high = np.where(short, at + 2.0 * (high - at), high)
        for _ in range(_STEPS):
            slope, bend, _ = self.slopes(at, tau2)
            low, high = np.where(slope > 0.0, at, low), np.where(slope < 0.0, at, high)
            with np.errstate(divide="ignore", invalid="ignore"):
                new = at + slope / bend
            # Where rounding leaves the curve no bend, halve the bracket.
            new = np.where((new > low) & (new < high), new, 0.5 * (low + high))
            new = np.where(slope == 0.0, at, new)
            done = np.abs(new - at) <= 1e-13 * (np.abs(at) + reach)
            at = new
            if done.all():
                break
        return np.asarray(at, dtype=float)


def check_reach(reach: float) -> None:
    """Raise `StatisticsError` where a mean is sought too many standard errors away."""
    if not reach < _FAR:
        raise StatisticsError(
            "Effects lie so exactly on the line of significance that no mean can be told from "
            "them: it would be millions of standard errors away.",
            hint="Give effects and variances as they were reported, not made from 'p = 0.05'.",
        )


def irwin_hall(total: float, k: int) -> float:
    """Chance that `k` uniform numbers add up to no more than `total`.

    The density is the cardinal B-spline of order k. Its recursion adds positive terms only, where
    the textbook's alternating sum loses all digits from about twenty numbers on.
    """
    if total <= 0.0:
        return 0.0
    if total >= k:
        return 1.0
    # At total, total - 1, ... down to the first at or below 0.
    at = total - np.arange(math.ceil(total) + 1)
    spline = ((at >= 0.0) & (at < 1.0)).astype(float)
    for order in range(2, k + 2):
        below = np.append(spline[1:], 0.0)
        spline = (at * spline + (order - at) * below) / (order - 1)
        spline[at <= 0.0] = 0.0
    return min(1.0, float(np.sum(spline)))


def irwin_hall_quantile(probability: float, k: int) -> float:
    """The sum of `k` uniform numbers that is not exceeded with this probability."""
    return float(
        brentq(lambda total: irwin_hall(total, k) - probability, 0.0, float(k), xtol=1e-14 * k)
    )
