r"""Sums over studies that random-effects estimating equations are made of.

With weights :math:`w_i = 1 / (v_i + t)` and :math:`P = W - W X (X'WX)^{-1} X'W`, every equation
for the between-study variance `t` is made of

.. math:: y'Py, \quad y'P^2y, \quad y'P^3y, \quad \operatorname{tr} P, \quad \operatorname{tr} P^2

Here `Columns` gives them for many sets of effects at once that share one mean each (a column is a
set); `weigh.stats.design` has one set with a model matrix, `weigh.stats.designs` many of one shape.
All keep full relative accuracy when one study is a billion times as precise as the rest, where the
textbook formulas cancel.

Columns are summed one row after the other. The order never depends on the sets beside a set, so a
set gives the same bits alone and in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from weigh.stats.alone import Few, Many
from weigh.stats.protocols import Alone, Start, Sums
from weigh.stats.score import Score, assembled

__all__ = ["Columns", "Start", "Sums", "column_totals", "start_of"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Up to this many studies plain numbers are quicker than vectors.
_FEW = 28
# Up to this many studies in all, plain numbers are quicker for several sets, too. Each set costs
# as much again as some studies more.
_FEW_IN_ALL, _A_SET = 500, 7


def start_of(sums: Sums) -> Start:
    """Look up what is known of each set where t is 0."""
    zero = np.zeros(sums.sets)
    q, fall = sums.q(zero)
    return Start(q, fall, sums.score(zero, restricted=True))


def column_totals(values: FloatArray) -> FloatArray:
    """Sum over the first axis, one row after the other.

    `numpy` does so by itself as long as a row has two entries or more; a single column it would
    add up pairwise, and its last bits would then depend on whether it has company.
    """
    if values.shape[0] == 0:
        return np.zeros(values.shape[1:])
    total: FloatArray
    if values[0].size == 1:
        total = np.add.accumulate(values, axis=0)[-1]
    else:
        total = np.add.reduce(values, axis=0)
    return total


@dataclass(frozen=True, slots=True)
class Columns:
    """Sets of effects as columns, each with a mean of its own.

    Parameters
    ----------
    y, v
        (k, sets) arrays. Shorter sets are padded at the end with y = 0 and v = infinity. The
        first row holds the most precise study, and y is counted from it: y[0] is 0.
    origin
        What was subtracted from the effects of each set.
    k
        Number of studies of each set.
    """

    y: FloatArray
    v: FloatArray
    origin: FloatArray
    k: FloatArray
    alone: Few | Many | None = None
    _kept: list[Start] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def from_arrays(cls, y: FloatArray, v: FloatArray, k: FloatArray) -> Self:
        """Put the most precise study of each column first and count effects from it."""
        y = y.copy()
        v = v.copy()
        best = np.argmin(v, axis=0)
        each = np.arange(y.shape[1])
        for values in (y, v):
            first = values[0].copy()
            values[0] = values[best, each]
            values[best, each] = first
        origin = y[0].copy()
        y -= origin
        alone: Few | Many | None = None
        if y.shape[1] > 1:
            y[np.isinf(v)] = 0.0
        elif y.shape[0] <= _FEW:
            first, *rest = v[:, 0].tolist()
            alone = Few(first, tuple(zip(y[1:, 0].tolist(), rest, strict=True)))
        else:
            alone = Many(float(v[0, 0]), y[1:, 0], v[1:, 0])
        return cls(y, v, origin, k, alone)

    @property
    def sets(self) -> int:
        """Number of sets."""
        return int(self.y.shape[1])

    @property
    def df(self) -> FloatArray:
        """Number of studies less one."""
        return self.k - 1.0

    @property
    def v_low(self) -> FloatArray:
        """Smallest sampling variance of each set."""
        first: FloatArray = self.v[0]
        return first

    @property
    def v_high(self) -> FloatArray:
        """Largest sampling variance of each set."""
        largest: FloatArray = np.max(np.where(np.isinf(self.v), 0.0, self.v), axis=0)
        return largest

    @property
    def rss(self) -> FloatArray:
        """Sum of squares about the unweighted mean."""
        mean = column_totals(self.y) / self.k
        residual = np.where(np.isinf(self.v), 0.0, self.y - mean)
        return column_totals(residual * residual)

    @property
    def spread(self) -> FloatArray:
        """Sum of squares about the unweighted mean."""
        return self.rss

    @property
    def start(self) -> Start:
        """What is known where t is 0."""
        if not self._kept:
            self._kept.append(start_of(self))
        return self._kept[0]

    def one_by_one(self) -> Sequence[Alone]:
        """Return the sets by themselves, where they are so few that this is quicker; else none."""
        if self.alone is not None:
            return (self.alone,)
        rows, sets = self.y.shape
        if rows > _FEW or sets * (rows + _A_SET) > _FEW_IN_ALL:
            return ()
        each = zip(self.y.T.tolist(), self.v.T.tolist(), self.k.tolist(), strict=True)
        return [
            Few(v[0], tuple(zip(y[1 : int(k)], v[1 : int(k)], strict=True))) for y, v, k in each
        ]

    def unweighted_traces(self) -> tuple[FloatArray, FloatArray]:
        """Return tr(PV) and tr(PVPV) for P of the unweighted mean."""
        v = np.where(np.isinf(self.v), 0.0, self.v)
        total = column_totals(v)
        squares = column_totals(v * v)
        share = 1.0 / self.k
        return total * (1.0 - share), squares * (1.0 - 2.0 * share) + (total * share) ** 2

    def take(self, which: IndexArray) -> Self:
        """Pick sets, in this order, repeats allowed."""
        # `np.take` keeps rows contiguous, which indexing with [:, which] does not, and only
        # contiguous rows are added up one after the other.
        return type(self)(
            np.take(self.y, which, axis=1),
            np.take(self.v, which, axis=1),
            self.origin[which],
            self.k[which],
        )

    def _rows(self, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Effects and weights at t: of all studies but the first, and the first one's weight."""
        y, v = (self.y, self.v) if t.ndim == 1 else (self.y[:, None, :], self.v[:, None, :])
        return y[1:], 1.0 / (v[1:] + t), 1.0 / (v[0] + t)

    def mean(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weighted mean, counted from `origin`, and the sum of weights."""
        if self.alone is not None:
            mu, weight = self.alone.mean(float(t[0]))
            return np.array([mu]), np.array([weight])
        y, w, w0 = self._rows(t)
        total = w0 + column_totals(w)
        return column_totals(w * y) / total, total

    def q(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return y'Py, and minus its slope: y'P²y."""
        if self.alone is not None:
            q, fall = self.alone.q(float(t[0]))
            return np.array([q]), np.array([fall])
        y, w, w0 = self._rows(t)
        mu = column_totals(w * y) / (w0 + column_totals(w))
        r = y - mu
        u = w * r
        u0 = w0 * mu
        return column_totals(u * r) + u0 * mu, column_totals(u * u) + u0 * u0

    def score(self, t: FloatArray, *, restricted: bool) -> Score[FloatArray]:
        """Return the parts of the score at t, with one row of t or several."""
        if self.alone is not None and t.ndim == 1:
            one = self.alone.score(float(t[0]), restricted=restricted)
            return Score(
                np.array([one.quad2]),
                np.array([one.trace1]),
                np.array([one.quad3]),
                np.array([one.trace2]),
            )
        y, w, w0 = self._rows(t)
        rest = column_totals(w)
        mu = column_totals(w * y) / (w0 + rest)
        u = w * (y - mu)
        wu = w * u
        w2 = w * w
        return assembled(
            w0,
            mu,
            (rest, column_totals(w2), column_totals(w2 * w)),
            (column_totals(u * u), column_totals(wu), column_totals(wu * u)),
            restricted=restricted,
        )

    def log_likelihood(self, t: FloatArray, *, restricted: bool) -> FloatArray:
        """Return the log-likelihood at t without its constant."""
        spread = np.where(np.isinf(self.v), 1.0, self.v + t)
        q, _ = self.q(t)
        twice = column_totals(np.log(spread)) + q
        if restricted:
            twice = twice + np.log(self.mean(t)[1])
        return -0.5 * twice
