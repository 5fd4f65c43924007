"""Kendall's rank correlation and its null distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import two_sided_p

__all__ = ["Kendall", "discordant_shares", "kendall"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kendall:
    """Kendall's score, concordant less discordant pairs, and what follows from it.

    Parameters
    ----------
    score, se
        The score and its standard error under independence, corrected for ties.
    tau
        Tau-b. NaN where one of the variables has a single value.
    ties
        Whether either variable has ties.
    p_exact
        Two-sided p value from the distribution over all orders; None with ties.
    """

    score: float
    se: float
    tau: float
    ties: bool
    p_exact: float | None

    def statistic(self, *, correct: bool = False) -> float:
        """Score over its standard error, with or without a continuity correction."""
        score = self.score
        if correct:
            score = math.copysign(max(abs(score) - 1.0, 0.0), score)
        return score / self.se if self.se > 0.0 else math.nan

    def p_normal(self, *, correct: bool = False) -> float:
        """Two-sided p value by the normal distribution."""
        return float(two_sided_p(self.statistic(correct=correct)))


def kendall(x: FloatArray, y: FloatArray, *, exact: bool = True) -> Kendall:
    """Kendall's rank correlation of two variables.

    Parameters
    ----------
    x, y
        (n,) values.
    exact
        Whether to find the exact p value where there are no ties.

    References
    ----------
    :cite:t:`kendall1990` for ties and for the recursion behind the exact distribution.
    """
    n = x.size
    signs = np.sign(x[:, None] - x[None, :]) * np.sign(y[:, None] - y[None, :])
    score = float(np.sum(signs)) / 2.0
    sizes_x, sizes_y = (np.unique(values, return_counts=True)[1].astype(float) for values in (x, y))
    ties = sizes_x.size < n or sizes_y.size < n
    pairs = n * (n - 1) / 2.0
    tied_x, tied_y = (float(np.sum(t * (t - 1.0))) / 2.0 for t in (sizes_x, sizes_y))
    free = (pairs - tied_x) * (pairs - tied_y)
    tau = score / math.sqrt(free) if free > 0.0 else math.nan
    return Kendall(
        score=score,
        se=math.sqrt(max(_score_variance(n, sizes_x, sizes_y), 0.0)),
        tau=tau,
        ties=ties,
        p_exact=_exact_p(n, score) if exact and not ties else None,
    )


def _score_variance(n: int, sizes_x: FloatArray, sizes_y: FloatArray) -> float:
    def cubic(t: FloatArray) -> float:
        return float(np.sum(t * (t - 1.0) * (2.0 * t + 5.0)))

    def square(t: FloatArray) -> float:
        return float(np.sum(t * (t - 1.0)))

    def cube(t: FloatArray) -> float:
        return float(np.sum(t * (t - 1.0) * (t - 2.0)))

    variance = (n * (n - 1.0) * (2.0 * n + 5.0) - cubic(sizes_x) - cubic(sizes_y)) / 18.0
    if n > 1:
        variance += square(sizes_x) * square(sizes_y) / (2.0 * n * (n - 1.0))
    if n > 2:
        variance += cube(sizes_x) * cube(sizes_y) / (9.0 * n * (n - 1.0) * (n - 2.0))
    return variance


def _exact_p(n: int, score: float) -> float:
    """Two-sided p value over all n! orders.

    Only the tail beyond |score| is summed, so small p values keep their accuracy.
    """
    if score == 0.0:
        return 1.0
    most = n * (n - 1) // 2
    fewest = round((most - abs(score)) / 2.0)
    return min(1.0, 2.0 * float(np.sum(discordant_shares(n)[: fewest + 1])))


@lru_cache(maxsize=64)
def discordant_shares(n: int) -> FloatArray:
    """Share of the n! orders that have 0, 1, 2 … discordant pairs.

    Their number is a sum of independent variables, uniform on 0..i-1 for i = 1..n.
    """
    discordant = np.ones(1)
    for i in range(2, n + 1):
        total = np.cumsum(np.concatenate([discordant, np.zeros(i - 1)]))
        shifted = np.concatenate([np.zeros(i), total[:-i]])
        # A running difference would lose the small probabilities of the far tail; the
        # distribution is symmetric, so its first half, where all terms are sums, gives the rest.
        half = (total - shifted) / i
        size = half.size
        left = half[: (size + 1) // 2]
        discordant = np.concatenate([left, left[: size // 2][::-1]])
    discordant.setflags(write=False)
    return discordant
