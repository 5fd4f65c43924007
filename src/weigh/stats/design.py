"""The sums of `weigh.stats.sums` for one set of effects with a model matrix.

A design of an intercept and one moderator has shorter ways (`weigh.stats.line`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from weigh.stats.dominated import NEAR_ONE, mend_dominated
from weigh.stats.line import FewOnLine, ManyOnLine, line_of
from weigh.stats.protocols import Alone, Start
from weigh.stats.score import Score
from weigh.stats.sums import start_of

__all__ = ["Design"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Design:
    """One set of effects with a model matrix.

    Parameters
    ----------
    y, v
        (k,) effects and sampling variances.
    x
        (k, p) model matrix of full rank.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray

    line: FewOnLine | ManyOnLine | None = field(init=False, repr=False)
    _kept: list[Start] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        """See whether this is a line, whose sums are quicker to come by."""
        object.__setattr__(self, "line", line_of(self.y, self.v, self.x))

    @property
    def alone(self) -> Alone:
        """The same set, for searches that step in plain numbers."""
        return self.line or _OneByOne(self)

    def one_by_one(self) -> Sequence[Alone]:
        """Return the set by itself."""
        return (self.alone,)

    @property
    def start(self) -> Start:
        """What is known where t is 0."""
        if not self._kept:
            self._kept.append(start_of(self))
        return self._kept[0]

    @property
    def sets(self) -> int:
        """Return 1: a design is one set."""
        return 1

    @property
    def k(self) -> FloatArray:
        """Number of studies."""
        return np.array([float(self.y.size)])

    @property
    def df(self) -> FloatArray:
        """Number of studies less number of coefficients."""
        return np.array([float(self.x.shape[0] - self.x.shape[1])])

    @property
    def v_low(self) -> FloatArray:
        """Smallest sampling variance."""
        return np.array([self.v.min()])

    @property
    def v_high(self) -> FloatArray:
        """Largest sampling variance."""
        return np.array([self.v.max()])

    @property
    def rss(self) -> FloatArray:
        """Residual sum of squares of the unweighted regression."""
        basis = np.linalg.qr(self.x)[0]
        residual = self.y - basis @ (basis.T @ self.y)
        return np.array([residual @ residual])

    @property
    def spread(self) -> FloatArray:
        """Sum of squares about the unweighted mean."""
        residual = self.y - self.y.mean()
        return np.array([residual @ residual])

    def unweighted_traces(self) -> tuple[FloatArray, FloatArray]:
        """Return tr(PV) and tr(PVPV) for P of the unweighted regression."""
        basis = np.linalg.qr(self.x)[0]
        leverage = np.sum(basis * basis, axis=1)
        cross = basis.T @ (self.v[:, None] * basis)
        trace = np.sum(self.v * (1.0 - leverage))
        square = np.sum(self.v**2 * (1.0 - 2.0 * leverage)) + np.sum(cross * cross)
        return np.array([trace]), np.array([square])

    def take(self, which: IndexArray) -> Self:
        """Return the same design: the sets to pick are all this one, at several t."""
        return self

    def _whitened(self, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weights, orthonormal basis of the weighted design, weighted residuals: (n, k, …)."""
        w = 1.0 / (self.v + t.reshape(-1, 1))
        root = np.sqrt(w)
        basis = np.linalg.qr(root[:, :, None] * self.x)[0]
        scaled = root * self.y
        return w, basis, self._residual(basis, scaled)

    @staticmethod
    def _residual(basis: FloatArray, values: FloatArray) -> FloatArray:
        """Take out of `values` what lies in the span of `basis`."""
        fitted: FloatArray = (basis @ (np.swapaxes(basis, 1, 2) @ values[..., None]))[..., 0]
        return values - fitted

    def q(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return y'Py, and minus its slope: y'P²y."""
        if self.line is not None and t.size == 1:
            both = self.line.q(float(t.item()))
            return np.full(t.shape, both[0]), np.full(t.shape, both[1])
        w, _, e = self._whitened(t)
        e2 = e * e
        q, fall = np.add.reduce(e2, axis=1), np.add.reduce(w * e2, axis=1)
        return q.reshape(t.shape), fall.reshape(t.shape)

    def score(self, t: FloatArray, *, restricted: bool) -> Score[FloatArray]:
        """Return the parts of the score at t, with one row of t or several."""
        shape = t.shape
        if self.line is not None and t.size == 1:
            one = self.line.score(float(t.item()), restricted=restricted)
            return Score(
                np.full(shape, one.quad2),
                np.full(shape, one.trace1),
                np.full(shape, one.quad3),
                np.full(shape, one.trace2),
            )
        w, basis, e = self._whitened(t)
        quad2 = np.add.reduce(w * e * e, axis=1)
        inner = self._residual(basis, w * e)
        quad3 = np.add.reduce(inner * inner, axis=1)
        if restricted:
            leverage = np.add.reduce(basis * basis, axis=2)
            cross = np.swapaxes(basis, 1, 2) @ (w[..., None] * basis)
            trace1 = np.add.reduce(w * (1.0 - leverage), axis=1)
            trace2 = np.add.reduce(w * w * (1.0 - 2.0 * leverage), axis=1) + np.add.reduce(
                cross * cross, axis=(1, 2)
            )
            if leverage.max(initial=0.0) > NEAR_ONE:
                score = Score(quad2, trace1, quad3, trace2)
                sets = np.broadcast_to(self.x, (*w.shape, self.x.shape[1]))
                mend_dominated(score, leverage, sets, np.broadcast_to(self.y, w.shape), w)
        else:
            trace1 = np.add.reduce(w, axis=1)
            trace2 = np.add.reduce(w * w, axis=1)
        return Score(
            quad2.reshape(shape), trace1.reshape(shape), quad3.reshape(shape), trace2.reshape(shape)
        )

    def log_likelihood(self, t: FloatArray, *, restricted: bool) -> FloatArray:
        """Return the log-likelihood at t without its constant."""
        w, _, e = self._whitened(t)
        twice: FloatArray = np.add.reduce(e * e, axis=1) - np.add.reduce(np.log(w), axis=1)
        if restricted:
            root = np.sqrt(w)[:, :, None] * self.x
            triangle = np.linalg.qr(root, mode="r")
            twice = twice + 2.0 * np.add.reduce(
                np.log(np.abs(np.diagonal(triangle, axis1=1, axis2=2))), axis=1
            )
        return (-0.5 * twice).reshape(t.shape)


@dataclass(frozen=True, slots=True)
class _OneByOne:
    """A design whose sums are asked for at one t after the other."""

    design: Design

    @property
    def df(self) -> float:
        return float(self.design.df[0])

    @property
    def v0(self) -> float:
        return float(self.design.v_low[0])

    @property
    def v_high(self) -> float:
        return float(self.design.v_high[0])

    @property
    def rss(self) -> float:
        return float(self.design.rss[0])

    def q(self, t: float) -> tuple[float, float]:
        q, fall = self.design.q(np.array([t]))
        return float(q[0]), float(fall[0])

    def score(self, t: float, *, restricted: bool) -> Score[float]:
        return self.design.score(np.array([t]), restricted=restricted).first()

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        return float(self.design.log_likelihood(np.array([t]), restricted=restricted)[0])
