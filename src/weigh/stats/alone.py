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

import numpy as np
import numpy.typing as npt

from weigh.stats.protocols import Alone
from weigh.stats.score import (
    Score,
    assembled,
    cubic_guess,
    newton_step,
    settled,
    settled_beyond,
)

__all__ = [
    "FURTHER",
    "LAST_STEP",
    "MAX_HALVINGS",
    "MAX_STEPS",
    "NOISE",
    "ROOM",
    "Few",
    "Highest",
    "Many",
    "Place",
    "climb_to_level",
    "highest_maximum",
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
# Newton's step from 0, made this much longer, lands beyond the maximum more often than before it,
# where one look nearly always rules out a second maximum further on.
FURTHER = 1.5


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
    def df(self) -> float:
        """Number of studies less one."""
        return float(len(self.rest))

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

    def score(self, t: float, *, restricted: bool) -> Score[float]:
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
        return assembled(
            w0, mu, (rest, rest2, rest3), (sum_u2, sum_wu, sum_wu2), restricted=restricted
        )

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        """Return the log-likelihood at t without its constant."""
        twice = math.log(self.v0 + t) + sum(math.log(v + t) for _, v in self.rest) + self.q(t)[0]
        return -0.5 * (twice + math.log(self.mean(t)[1]) if restricted else twice)


def _total(values: npt.NDArray[np.float64]) -> float:
    """Sum from first to last, as a column of a batch is summed."""
    total: float = np.add.accumulate(values).item(-1)
    return total


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
    def df(self) -> float:
        """Number of studies less one."""
        return float(self.y.size)

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

    def score(self, t: float, *, restricted: bool) -> Score[float]:
        """Return the parts of the score at t."""
        y, v = self.y, self.v
        w0 = 1.0 / (self.v0 + t)
        # A row for each sum, so that three calls add them all up.
        rows = np.empty((4, y.size))
        w, w2, w3, product = rows
        np.add(v, t, out=w)
        np.divide(1.0, w, out=w)
        np.multiply(w, w, out=w2)
        np.multiply(w2, w, out=w3)
        np.multiply(w, y, out=product)
        rest, rest2, rest3, weighted = np.add.accumulate(rows, axis=1)[:, -1].tolist()
        mu = weighted / (w0 + rest)
        # The rows of w² and w³ and of the products are done with.
        u2, wu, wu2 = rows[1:]
        u = y - mu
        np.multiply(w, u, out=u)
        np.multiply(u, u, out=u2)
        np.multiply(w, u, out=wu)
        np.multiply(wu, u, out=wu2)
        sum_u2, sum_wu, sum_wu2 = np.add.accumulate(rows[1:], axis=1)[:, -1].tolist()
        return assembled(
            w0,
            mu,
            (rest, rest2, rest3),
            (sum_u2, sum_wu, sum_wu2),
            restricted=restricted,
        )

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        """Return the log-likelihood at t without its constant."""
        twice = math.log(self.v0 + t) + _total(np.log(self.v + t)) + self.q(t)[0]
        return -0.5 * (twice + math.log(self.mean(t)[1]) if restricted else twice)


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the way to a level of y'Py: how far, and what y'Py and minus its slope are there.

    `t` is a step further than `here`, where `q` and `fall` were taken.
    """

    t: float
    here: float
    q: float
    fall: float


def climb_to_level(one: Alone, level: float, place: Place) -> Place:
    """Go on to y'Py = level from a place at or left of it; see `weigh.stats.search`."""
    here, q, fall = place.here, place.q, place.fall
    noise = NOISE * one.v0
    for _ in range(MAX_STEPS):
        step = q * (q / level - 1.0) / fall if q > level else 0.0
        t = here + step
        if not step > max(LAST_STEP * here, noise):
            break
        here = t
        q, fall = one.q(here)
    return Place(t, here, q, fall)


@dataclass(frozen=True, slots=True)
class _Node:
    t: float
    at: Score[float]


@dataclass(frozen=True, slots=True)
class Highest:
    """Where the likelihood is highest, and how many maxima it has, one at 0 included."""

    t: float
    count: int


def highest_maximum(one: Alone, at_zero: Score[float], *, restricted: bool) -> Highest | None:
    """Find the highest maximum of the likelihood; None if their number could not be proved.

    The same cells, proofs and steps as `weigh.stats.search.maximize`; `at_zero` is the score at 0.
    """
    rss = one.rss
    upper = rss * ROOM - one.v0
    if not upper > 0.0:
        return Highest(0.0, 1)
    v_low, v_high = one.v0, one.v_high
    start = _Node(0.0, at_zero)
    if settled_beyond(0.0, v_high, at_zero):
        return Highest(0.0, 1)
    likely = min(2.0 * rss / one.df, upper)
    over, slope = newton_step(at_zero)
    if over > 0.0 and slope > 0.0:
        likely = min(FURTHER * over / slope, likely)
    second = _Node(likely, one.score(likely, restricted=restricted))
    cells = [(start, second, 0)]
    if not settled_beyond(likely, v_high, second.at):
        cells.append((second, _Node(upper, one.score(upper, restricted=restricted)), 0))
    falls = []
    while cells:
        a, b, depth = cells.pop()
        if settled(b.t - a.t, a.at, b.at):
            if a.at.rises() and not b.at.rises():
                falls.append((a, b))
        elif depth == MAX_HALVINGS:
            return None
        else:
            t = math.sqrt((a.t + v_low) * (b.t + v_low)) - v_low
            t = min(max(t, a.t), b.t)
            middle = _Node(t, one.score(t, restricted=restricted))
            cells += [(a, middle, depth + 1), (middle, b, depth + 1)]
    places = [] if at_zero.rises() else [0.0]
    places += [_fall_through_zero(one, *ends, restricted=restricted) for ends in falls]
    if len(places) > 1:
        best = max(places, key=lambda t: one.log_likelihood(t, restricted=restricted))
        return Highest(best, len(places))
    return Highest(places[0], 1) if places else None


def _guess(left: _Node, right: _Node) -> float:
    """Where trace1 / quad2 passes 1, by a cubic through values and slopes at both ends."""
    a, b = left.t, right.t
    (over_a, slope_a), (over_b, slope_b) = newton_step(left.at), newton_step(right.at)
    if slope_a > 0.0 and slope_b > 0.0 and right.at.quad2 > 0.0:
        rise_a = left.at.trace1 / left.at.quad2 - 1.0
        rise_b = right.at.trace1 / right.at.quad2 - 1.0
        if rise_b != rise_a:
            t = cubic_guess(a, b, over_a / slope_a, over_b / slope_b, rise_a / (rise_a - rise_b))
            if a < t < b:
                return t
    return 0.5 * (a + b)


def _fall_through_zero(one: Alone, left: _Node, right: _Node, *, restricted: bool) -> float:
    """Find the fall of the score through zero inside a cell, to rounding."""
    a, b = left.t, right.t
    t = _guess(left, right)
    noise = NOISE * one.v0
    for _ in range(MAX_STEPS):
        here = t
        score = one.score(here, restricted=restricted)
        over, slope = newton_step(score)
        if score.rises():
            a = here
        else:
            b = here
        t = here + over / slope if slope != 0.0 else a - 1.0
        if not a <= t <= b:
            t = 0.5 * (a + b)
        if not abs(t - here) > max(LAST_STEP * here, noise):
            break
    return t
