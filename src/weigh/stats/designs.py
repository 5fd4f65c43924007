"""Many regressions of one shape at once: the sums of `weigh.stats.sums` for stacked designs.

A regression refitted without each study, or on a thousand permutations, is a thousand designs of
the same size. Orthonormal bases are built column by column over all of them, as numpy's own stacked
decomposition calls LAPACK for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from weigh.stats.dominated import NEAR_ONE, mend_dominated
from weigh.stats.protocols import Alone, Start
from weigh.stats.score import Score
from weigh.stats.sums import start_of

__all__ = ["Designs", "full_rank", "orthonormal"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]


def orthonormal(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Orthonormal bases of stacked matrices, by Gram and Schmidt's method done twice.

    Parameters
    ----------
    columns : (..., k, p) array
        Matrices, each with more rows than columns.

    Returns
    -------
    basis : (..., k, p) array
        Orthonormal columns; a column in the span of those before it is noise.
    size : (..., p) array
        How much of each column those before it leave.
    """
    basis = np.empty_like(columns)
    size = np.empty((*columns.shape[:-2], columns.shape[-1]))
    for index in range(columns.shape[-1]):
        rest = columns[..., index]
        for _ in range(2):  # once more, for what rounding left of the first projection
            for before in range(index):
                direction = basis[..., before]
                share: FloatArray = np.einsum("...k,...k->...", direction, rest)
                rest = rest - share[..., None] * direction
        size[..., index] = np.sqrt(np.einsum("...k,...k->...", rest, rest))
        with np.errstate(divide="ignore", invalid="ignore"):
            basis[..., index] = rest / size[..., index, None]
    return basis, size


def full_rank(x: FloatArray) -> BoolArray:
    """Whether no column of each stacked (n, k, p) matrix is a combination of the others."""
    # 1e-7 as where a single regression leaves out redundant moderators.
    with np.errstate(invalid="ignore"):
        left = orthonormal(x)[1]
        enough: BoolArray = (left > 1e-7 * np.sqrt(np.einsum("nkp,nkp->np", x, x))).all(axis=-1)
    return enough


@dataclass(frozen=True, slots=True)
class Designs:
    """Sets of effects, each with a model matrix of its own.

    Parameters
    ----------
    y, v
        (n, k) effects and sampling variances, a set a row. Shorter sets are padded at the end with
        y = 0 and v = infinity.
    x
        (n, k, p) model matrices of full rank, padded with 0.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray
    _kept: list[Start] = field(default_factory=list, init=False, repr=False)

    @property
    def alone(self) -> None:
        """Return None: with a model matrix arrays are quicker."""
        return None

    def one_by_one(self) -> Sequence[Alone]:
        """Return none, for the same reason."""
        return ()

    @property
    def start(self) -> Start:
        """What is known where t is 0."""
        if not self._kept:
            self._kept.append(start_of(self))
        return self._kept[0]

    @property
    def sets(self) -> int:
        """Number of sets."""
        return int(self.y.shape[0])

    @property
    def k(self) -> FloatArray:
        """Number of studies of each set."""
        studies: FloatArray = np.isfinite(self.v).sum(axis=1, dtype=np.float64)
        return studies

    @property
    def df(self) -> FloatArray:
        """Number of studies less number of coefficients, of each set."""
        return self.k - float(self.x.shape[2])

    @property
    def v_low(self) -> FloatArray:
        """Smallest sampling variance of each set."""
        low: FloatArray = self.v.min(axis=1)
        return low

    @property
    def v_high(self) -> FloatArray:
        """Largest sampling variance of each set."""
        high: FloatArray = self._known(self.v).max(axis=1)
        return high

    def _known(self, values: FloatArray) -> FloatArray:
        """Put 0 where there is no study."""
        return np.where(np.isfinite(self.v), values, 0.0)

    @property
    def rss(self) -> FloatArray:
        """Unweighted residual sum of squares of each set."""
        residual = _residual(orthonormal(self.x)[0], self.y)
        squares: FloatArray = np.sum(residual * residual, axis=1)
        return squares

    @property
    def spread(self) -> FloatArray:
        """Sum of squares of each set about its unweighted mean."""
        residual = self._known(self.y - (self.y.sum(axis=1) / self.k)[:, None])
        squares: FloatArray = np.sum(residual * residual, axis=1)
        return squares

    def unweighted_traces(self) -> tuple[FloatArray, FloatArray]:
        """Return tr(PV) and tr(PVPV) for P of the unweighted regression."""
        basis, v = orthonormal(self.x)[0], self._known(self.v)
        leverage = np.sum(basis * basis, axis=-1)
        cross = np.swapaxes(basis, 1, 2) @ (v[..., None] * basis)
        square = np.sum(v**2 * (1.0 - 2.0 * leverage), axis=1) + np.sum(cross**2, axis=(1, 2))
        return np.sum(v * (1.0 - leverage), axis=1), square

    def take(self, which: IndexArray) -> Self:
        """Pick sets, in this order, repeats allowed."""
        return type(self)(self.y[which], self.v[which], self.x[which])

    def _whitened(self, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Weights, orthonormal basis, sizes of its columns, weighted residuals."""
        w = 1.0 / (self.v + t[..., None])
        root = np.sqrt(w)
        basis, size = orthonormal(root[..., None] * self.x)
        return w, basis, size, _residual(basis, root * self.y)

    def q(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return y'Py, and minus its slope: y'P²y."""
        w, _, _, e = self._whitened(t)
        e2 = e * e
        return np.sum(e2, axis=-1), np.sum(w * e2, axis=-1)

    def score(self, t: FloatArray, *, restricted: bool) -> Score[FloatArray]:
        """Return the parts of the score at t, with one row of t or several."""
        w, basis, _, e = self._whitened(t)
        quad2 = np.sum(w * e * e, axis=-1)
        inner = _residual(basis, w * e)
        quad3 = np.sum(inner * inner, axis=-1)
        if not restricted:
            return Score(quad2, np.sum(w, axis=-1), quad3, np.sum(w * w, axis=-1))
        leverage = np.sum(basis * basis, axis=-1)
        cross = np.swapaxes(basis, -1, -2) @ (w[..., None] * basis)
        trace1 = np.sum(w * (1.0 - leverage), axis=-1)
        trace2 = np.sum(w * w * (1.0 - 2.0 * leverage), axis=-1) + np.sum(cross**2, axis=(-2, -1))
        score = Score(quad2, trace1, quad3, trace2)
        if leverage.max(initial=0.0) > NEAR_ONE:
            k, p = self.x.shape[-2:]
            flat = Score(
                *(np.atleast_1d(part).reshape(-1) for part in (quad2, trace1, quad3, trace2))
            )
            sets = np.broadcast_to(self.x, (*w.shape, p)).reshape(-1, k, p)
            effects = np.broadcast_to(self.y, w.shape).reshape(-1, k)
            mend_dominated(flat, leverage.reshape(-1, k), sets, effects, w.reshape(-1, k))
        return score

    def log_likelihood(self, t: FloatArray, *, restricted: bool) -> FloatArray:
        """Return the log-likelihood at t without its constant."""
        w, _, size, e = self._whitened(t)
        logs = np.log(np.where(w > 0.0, w, 1.0))
        twice: FloatArray = np.sum(e * e, axis=-1) - np.sum(logs, axis=-1)
        if restricted:
            twice = twice + 2.0 * np.sum(np.log(size), axis=-1)
        return -0.5 * twice


def _residual(basis: FloatArray, values: FloatArray) -> FloatArray:
    """Take out of `values` what lies in the span of `basis`."""
    part = np.swapaxes(basis, -1, -2) @ values[..., None]
    fitted: FloatArray = (basis @ part)[..., 0]
    return values - fitted
