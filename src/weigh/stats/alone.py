"""The sums and searches of `weigh.stats.sums` and `weigh.stats.search` for one set by itself.

A search over arrays with one entry each is all overhead. Here its steps are plain numbers, and so
are the sums of a handful of studies (`Few`); more studies than that are summed as a vector
(`Many`). The operations and their order are those of `Columns`, so that a set gives the same bits
here and in a batch; `tests/stats/test_alone.py` holds it to that.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = [
    "LAST_STEP",
    "MAX_HALVINGS",
    "MAX_STEPS",
    "NOISE",
    "ROOM",
    "Alone",
    "AloneScore",
    "Few",
    "Many",
    "climb_to_level",
    "single_maximum",
]

MAX_STEPS = 100
# A Newton step this small relative to t was quadratic: the error it leaves is its square.
LAST_STEP = 1e-9
# Steps below this multiple of the smallest variance are rounding.
NOISE = 4.0 * sys.float_info.epsilon
# The residual sum of squares less the smallest variance bounds the maximum, and two studies of one
# variance have theirs right there: with this much room rounding cannot put it outside.
ROOM = 1.0 + 1e-9
# Halvings of a cell of the search: by then its ends agree to the last digits.
MAX_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class AloneScore:
    """Parts of the score of the likelihood; see `weigh.stats.sums.Score`."""

    quad2: float
    trace1: float
    quad3: float
    trace2: float


class Alone(Protocol):
    """One set, its effects counted from that of its most precise study."""

    @property
    def k(self) -> int:
        """Number of studies."""
        ...

    @property
    def v0(self) -> float:
        """Smallest sampling variance."""
        ...

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        ...

    @property
    def rss(self) -> float:
        """Sum of squares about the unweighted mean."""
        ...

    def mean(self, t: float) -> tuple[float, float]:
        """Return the weighted mean and the sum of weights."""
        ...

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        ...

    def score(self, t: float, *, restricted: bool) -> AloneScore:
        """Return the parts of the score at t."""
        ...


def _assembled(
    w0: float,
    mu: float,
    sums: tuple[float, float, float],
    u_sums: tuple[float, float, float],
    *,
    restricted: bool,
) -> AloneScore:
    """Make the score of the first study's weight, the mean, and the sums over the others.

    `sums` are of w, w², w³ and `u_sums` of u², wu, wu², with u = w (y - mean).
    """
    rest, rest2, rest3 = sums
    sum_u2, sum_wu, sum_wu2 = u_sums
    total = w0 + rest
    u0 = w0 * mu
    quad2 = u0 * u0 + sum_u2
    quad3 = (w0 * u0 * (rest * u0 + 2.0 * sum_wu) - sum_wu * sum_wu) / total + sum_wu2
    if not restricted:
        return AloneScore(quad2, total, quad3, w0 * w0 + rest2)
    trace1 = (2.0 * w0 * rest + (rest * rest - rest2)) / total
    inverse = 1.0 / total
    first, others = w0 * inverse, rest2 * inverse
    trace2 = (
        (first * first * (rest * rest + 2.0 * rest2) + others * others)
        + rest2
        - 2.0 * rest3 * inverse
    )
    return AloneScore(quad2, trace1, quad3, trace2)


@dataclass(frozen=True, slots=True)
class Few:
    """One set: the variance of its most precise study, and the other studies.

    Parameters
    ----------
    v0
        Smallest sampling variance.
    rest
        Effect, counted from that of the most precise study, and variance of each other study.
    """

    v0: float
    rest: tuple[tuple[float, float], ...]

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.rest) + 1

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        return max((v for _, v in self.rest), default=self.v0)

    @property
    def rss(self) -> float:
        """Sum of squares about the unweighted mean."""
        total = 0.0
        for y, _ in self.rest:
            total += y
        mean = total / (len(self.rest) + 1)
        squares = mean * mean
        for y, _ in self.rest:
            squares += (y - mean) * (y - mean)
        return squares

    def mean(self, t: float) -> tuple[float, float]:
        """Return the weighted mean and the sum of weights."""
        total = product = 0.0
        for y, v in self.rest:
            w = 1.0 / (v + t)
            total += w
            product += w * y
        total = 1.0 / (self.v0 + t) + total
        return product / total, total

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        w0 = 1.0 / (self.v0 + t)
        total = product = 0.0
        weighted = []
        for y, v in self.rest:
            w = 1.0 / (v + t)
            total += w
            product += w * y
            weighted.append((y, w))
        mu = product / (w0 + total)
        q = fall = 0.0
        for y, w in weighted:
            r = y - mu
            u = w * r
            q += u * r
            fall += u * u
        u0 = w0 * mu
        return q + u0 * mu, fall + u0 * u0

    def score(self, t: float, *, restricted: bool) -> AloneScore:
        """Return the parts of the score at t."""
        w0 = 1.0 / (self.v0 + t)
        rest = rest2 = rest3 = product = 0.0
        weighted = []
        for y, v in self.rest:
            w = 1.0 / (v + t)
            w2 = w * w
            rest += w
            rest2 += w2
            rest3 += w2 * w
            product += w * y
            weighted.append((y, w))
        mu = product / (w0 + rest)
        sum_u2 = sum_wu = sum_wu2 = 0.0
        for y, w in weighted:
            u = w * (y - mu)
            wu = w * u
            sum_u2 += u * u
            sum_wu += wu
            sum_wu2 += wu * u
        return _assembled(
            w0, mu, (rest, rest2, rest3), (sum_u2, sum_wu, sum_wu2), restricted=restricted
        )


def _total(values: npt.NDArray[np.float64]) -> float:
    """Sum from first to last, as a column of a batch is summed."""
    return float(np.add.accumulate(values)[-1])


@dataclass(frozen=True, slots=True)
class Many:
    """One set of more than a handful: as `Few`, the other studies as vectors.

    Parameters
    ----------
    v0
        Smallest sampling variance.
    y, v
        Effect, counted from that of the most precise study, and variance of each other study.
    """

    v0: float
    y: npt.NDArray[np.float64]
    v: npt.NDArray[np.float64]

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.y.size + 1

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        return float(self.v.max())

    @property
    def rss(self) -> float:
        """Sum of squares about the unweighted mean."""
        mean = _total(self.y) / self.k
        residual = np.concatenate(([0.0 - mean], self.y - mean))
        return _total(residual * residual)

    def mean(self, t: float) -> tuple[float, float]:
        """Return the weighted mean and the sum of weights."""
        w = 1.0 / (self.v + t)
        total = 1.0 / (self.v0 + t) + _total(w)
        return _total(w * self.y) / total, total

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        w = 1.0 / (self.v + t)
        w0 = 1.0 / (self.v0 + t)
        mu = _total(w * self.y) / (w0 + _total(w))
        r = self.y - mu
        u = w * r
        u0 = w0 * mu
        return _total(u * r) + u0 * mu, _total(u * u) + u0 * u0

    def score(self, t: float, *, restricted: bool) -> AloneScore:
        """Return the parts of the score at t."""
        w = 1.0 / (self.v + t)
        w0 = 1.0 / (self.v0 + t)
        w2 = w * w
        rest = _total(w)
        mu = _total(w * self.y) / (w0 + rest)
        u = w * (self.y - mu)
        wu = w * u
        return _assembled(
            w0,
            mu,
            (rest, _total(w2), _total(w2 * w)),
            (_total(u * u), _total(wu), _total(wu * u)),
            restricted=restricted,
        )


def climb_to_level(one: Alone, level: float, start: float) -> float:
    """Solve y'Py = level from a start at or left of the root; see `weigh.stats.search`."""
    t = start
    noise = NOISE * one.v0
    for _ in range(MAX_STEPS):
        q, fall = one.q(t)
        step = q * (q / level - 1.0) / fall if q > level else 0.0
        here = t
        t = here + step
        if not step > max(LAST_STEP * here, noise):
            break
    return t


@dataclass(frozen=True, slots=True)
class _Node:
    t: float
    at: AloneScore

    def rises(self) -> bool:
        return self.at.quad2 > self.at.trace1


def _settled(a: _Node, b: _Node, v_low: float, v_high: float) -> bool:
    """Whether a cell is proved to hold at most one root of the score."""
    p, q = a.at, b.at
    if q.quad2 > p.trace1 or p.quad2 < q.trace1:
        return True
    if 2.0 * q.trace1 * q.quad3 > p.quad2 * p.trace2:
        return True
    if 2.0 * p.trace1 * p.quad3 < q.quad2 * q.trace2:
        return True
    ua, ub = a.t + v_low, b.t + v_low
    if p.quad2 * ua * ua > q.trace1 * ub * ub or q.quad2 * ub * ub < p.trace1 * ua * ua:
        return True
    ratio = ua / ub
    shrink = (ratio * ratio) * (ratio * ratio)
    if 2.0 * p.trace1 * p.quad3 * shrink > q.quad2 * q.trace2:
        return True
    if 2.0 * q.trace1 * q.quad3 < p.quad2 * p.trace2 * shrink:
        return True
    ua, ub = a.t + v_high, b.t + v_high
    if q.quad2 * ub * ub > p.trace1 * ua * ub or p.quad2 * ua * ua < q.trace1 * ub * ua:
        return True
    ratio = ub / ua
    shrink = (ratio * ratio) * (ratio * ratio)
    return (
        2.0 * q.trace1 * q.quad3 * shrink > p.quad2 * p.trace2
        or 2.0 * p.trace1 * p.quad3 < q.quad2 * q.trace2 * shrink
    )


def single_maximum(one: Alone, *, restricted: bool) -> float | None:
    """Find the maximum of the likelihood; None if there may be more than one.

    The same cells, proofs and steps as `weigh.stats.search.maximize`.
    """
    rss = one.rss
    upper = rss * ROOM - one.v0
    if not upper > 0.0:
        return 0.0
    ceiling = min(2.0 * rss / (one.k - 1), upper)
    nodes = [_Node(t, one.score(t, restricted=restricted)) for t in (0.0, ceiling, upper)]
    v_low, v_high = one.v0, one.v_high
    open_cells = [(nodes[0], nodes[1], 0), (nodes[1], nodes[2], 0)]
    falls = []
    while open_cells:
        a, b, depth = open_cells.pop()
        if _settled(a, b, v_low, v_high):
            if a.rises() and not b.rises():
                falls.append((a, b))
        elif depth == MAX_HALVINGS:
            return None
        else:
            t = math.sqrt((a.t + v_low) * (b.t + v_low)) - v_low
            t = min(max(t, a.t), b.t)
            middle = _Node(t, one.score(t, restricted=restricted))
            open_cells += [(a, middle, depth + 1), (middle, b, depth + 1)]
    if len(falls) + (not nodes[0].rises()) != 1:
        return None
    return _fall_through_zero(one, *falls[0], restricted=restricted) if falls else 0.0


def _fall_through_zero(one: Alone, left: _Node, right: _Node, *, restricted: bool) -> float:
    """Find the fall of the score through zero inside a cell, to rounding."""
    a, b = left.t, right.t
    rise_a = left.at.trace1 / left.at.quad2 - 1.0
    t = a - 1.0
    if right.at.quad2 > 0.0:
        rise_b = right.at.trace1 / right.at.quad2 - 1.0
        if rise_b != rise_a:
            t = a + (b - a) * (-rise_a / (rise_b - rise_a))
    if not a < t < b:
        t = 0.5 * (a + b)
    noise = NOISE * one.v0
    for _ in range(MAX_STEPS):
        here = t
        score = one.score(here, restricted=restricted)
        excess = score.quad2 - score.trace1
        if excess > 0.0:
            a = here
        else:
            b = here
        slope = 2.0 * score.trace1 * score.quad3 - score.quad2 * score.trace2
        t = here + score.quad2 * excess / slope if slope != 0.0 else a - 1.0
        if not a <= t <= b:
            t = 0.5 * (a + b)
        if not abs(t - here) > max(LAST_STEP * here, noise):
            break
    return t
