"""The sums of `weigh.stats.sums` for one set of effects about a line: intercept and one moderator.

An orthonormal basis of two columns needs no matrix decomposition: the weighted mean is one of them,
and the moderator about its weighted mean the other. As in `weigh.stats.alone`, a handful of studies
is summed in plain numbers (`FewOnLine`) and more of them as vectors (`ManyOnLine`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.stats.dominated import FAR_ABOVE, NEAR_ONE, dominated_score
from weigh.stats.score import Score

__all__ = ["FewOnLine", "ManyOnLine", "line_of"]

FloatArray = npt.NDArray[np.float64]

# Up to this many studies plain numbers are quicker than vectors.
_FEW = 28


def line_of(y: FloatArray, v: FloatArray, x: FloatArray) -> FewOnLine | ManyOnLine | None:
    """Return the sums of a design that is an intercept and one moderator; None if it is not.

    Parameters
    ----------
    y, v
        (k,) effects and sampling variances.
    x
        (k, p) model matrix of full rank.
    """
    if x.shape[1] != 2 or y.size < 3 or not (x[:, 0] == 1.0).all():
        return None
    # Counted from the most precise study, whose weight may dwarf the others'.
    best = int(np.argmin(v))
    moderator, effects = x[:, 1] - x[best, 1], y - y[best]
    if y.size > _FEW:
        return ManyOnLine(effects, v, moderator)
    return FewOnLine(tuple(zip(effects.tolist(), v.tolist(), moderator.tolist(), strict=True)))


def _dominated(y: FloatArray, w: FloatArray, x: FloatArray) -> Score[float]:
    """Return the restricted score where a study's leverage rounds to 1."""
    return dominated_score(np.column_stack([np.ones_like(x), x]), y, w)


@dataclass(frozen=True, slots=True)
class FewOnLine:
    """One set: effect, variance and moderator of each study, in plain numbers."""

    studies: tuple[tuple[float, float, float], ...]

    @property
    def df(self) -> float:
        """Number of studies less the two coefficients."""
        return len(self.studies) - 2.0

    @property
    def v0(self) -> float:
        """Smallest sampling variance."""
        return min(v for _, v, _ in self.studies)

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        return max(v for _, v, _ in self.studies)

    @property
    def rss(self) -> float:
        """Residual sum of squares of the unweighted regression."""
        rows = self._about([1.0] * len(self.studies))[0]
        return sum(e * e for _, _, e in rows)

    def _weights(self, t: float) -> list[float]:
        return [1.0 / (v + t) for _, v, _ in self.studies]

    def _about(
        self, weights: list[float]
    ) -> tuple[list[tuple[float, float, float]], float, float, float]:
        """Weight, moderator about its mean and residual of each study; sums and slope.

        The sums are those of weights, and of squares of the moderator.
        """
        total = sum_x = sum_y = 0.0
        for (y, _, x), w in zip(self.studies, weights, strict=True):
            total += w
            sum_x += w * x
            sum_y += w * y
        mean_x, mean_y = sum_x / total, sum_y / total
        square = product = 0.0
        centered = []
        for (y, _, x), w in zip(self.studies, weights, strict=True):
            r, d = x - mean_x, y - mean_y
            square += w * r * r
            product += w * r * d
            centered.append((w, r, d))
        slope = product / square
        return [(w, r, d - slope * r) for w, r, d in centered], total, square, slope

    def slope(self, t: float) -> float:
        """Return the coefficient of the moderator."""
        return self._about(self._weights(t))[-1]

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        q = fall = 0.0
        for w, _, e in self._about(self._weights(t))[0]:
            u = w * e
            q += u * e
            fall += u * u
        return q, fall

    def score(self, t: float, *, restricted: bool) -> Score[float]:
        """Return the parts of the score at t."""
        weights = self._weights(t)
        rows, total, square, _ = self._about(weights)
        quad2 = sum_wu = sum_rwu = 0.0
        for w, r, e in rows:
            u = w * e
            wu = w * u
            quad2 += u * u
            sum_wu += wu
            sum_rwu += r * wu
        mean, slope = sum_wu / total, sum_rwu / square
        quad3 = 0.0
        for w, r, e in rows:
            rest = w * e - mean - slope * r
            quad3 += w * rest * rest
        if not restricted:
            return Score(quad2, total, quad3, sum(w * w for w in weights))
        trace1 = squares = first = across = second = highest = 0.0
        for w, r, _ in rows:
            leverage = w / total + w * r * r / square
            highest = max(highest, leverage)
            w2 = w * w
            trace1 += w * (1.0 - leverage)
            squares += w2 * (1.0 - 2.0 * leverage)
            first += w2
            across += w2 * r
            second += w2 * r * r
        if highest > NEAR_ONE and max(weights) >= FAR_ABOVE * min(weights):
            y, _, x = np.array(self.studies).T
            return _dominated(y, np.array(weights), x)
        first, second, shared = first / total, second / square, across * across / (total * square)
        trace2 = squares + (first * first + second * second + 2.0 * shared)
        return Score(quad2, trace1, quad3, trace2)

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        """Return the log-likelihood at t without its constant."""
        rows, total, square, _ = self._about(self._weights(t))
        twice = sum(w * e * e - math.log(w) for w, _, e in rows)
        return -0.5 * (twice + math.log(total) + math.log(square) if restricted else twice)


@dataclass(frozen=True, slots=True)
class ManyOnLine:
    """One set of more than a handful: as `FewOnLine`, effects, variances and moderator as vectors.

    Effects and moderator are counted from those of the most precise study.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray

    @property
    def df(self) -> float:
        """Number of studies less the two coefficients."""
        return self.y.size - 2.0

    @property
    def v0(self) -> float:
        """Smallest sampling variance."""
        return float(self.v.min())

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        return float(self.v.max())

    @property
    def rss(self) -> float:
        """Residual sum of squares of the unweighted regression."""
        e = self._about(np.ones_like(self.y))[1]
        return float(e @ e)

    def _about(self, w: FloatArray) -> tuple[FloatArray, FloatArray, float, float, float]:
        """Moderator about its mean and residuals, sum of weights and of squares, and slope."""
        total = float(np.add.reduce(w))
        r = self.x - float(w @ self.x) / total
        d = self.y - float(w @ self.y) / total
        wr = w * r
        square = float(wr @ r)
        slope = float(wr @ d) / square
        return r, d - slope * r, total, square, slope

    def slope(self, t: float) -> float:
        """Return the coefficient of the moderator."""
        return self._about(1.0 / (self.v + t))[-1]

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        w = 1.0 / (self.v + t)
        e = self._about(w)[1]
        u = w * e
        return float(u @ e), float(u @ u)

    def score(self, t: float, *, restricted: bool) -> Score[float]:
        """Return the parts of the score at t."""
        w = 1.0 / (self.v + t)
        r, e, total, square, _ = self._about(w)
        wr = w * r
        u = w * e
        rest = u - float(w @ u) / total - (float(wr @ u) / square) * r
        quad2, quad3 = float(u @ u), float((w * rest) @ rest)
        first = float(w @ w)
        if not restricted:
            return Score(quad2, total, quad3, first)
        leverage = w / total + wr * r / square
        if leverage.max() > NEAR_ONE and w.max() >= FAR_ABOVE * w.min():
            return _dominated(self.y, w, self.x)
        across, second = float(w @ wr), float(wr @ wr)
        first, second, shared = first / total, second / square, across * across / (total * square)
        trace2 = float((w * w) @ (1.0 - 2.0 * leverage)) + (
            first * first + second * second + 2.0 * shared
        )
        return Score(quad2, float(w @ (1.0 - leverage)), quad3, trace2)

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        """Return the log-likelihood at t without its constant."""
        w = 1.0 / (self.v + t)
        _, e, total, square, _ = self._about(w)
        twice = float((w * e) @ e - np.add.reduce(np.log(w)))
        return -0.5 * (twice + math.log(total) + math.log(square) if restricted else twice)
