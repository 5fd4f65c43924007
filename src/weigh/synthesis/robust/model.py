"""A fit as the sandwich sees it: cluster by cluster, with weights and working covariance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.grouping import Groups
from weigh.synthesis.multilevel import Multilevel
from weigh.synthesis.robust.labels import cluster_groups

__all__ = ["Clustered", "MarginalFit", "Part", "clustered", "clustered_of"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Entries between clusters below this share of all are what rounding left of 0.
_NOTHING = 1e-10
# Share of entries other than 0 from which on a matrix is kept whole.
_DENSE = 0.2


class MarginalFit(Protocol):
    """A fit with a covariance matrix of its effects, such as one of `weigh.multilevel`.

    `M` (k, k) is the covariance of the effects under the model, `W` (k, k) their weights; both
    dense or sparse. `rows` are the effects' rows in the input.
    """

    @property
    def yi(self) -> FloatArray:
        """Effects."""
        ...

    @property
    def design(self) -> FloatArray:
        """Model matrix."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its columns."""
        ...

    @property
    def M(self) -> Any:  # the field's own letter
        """Covariance of the effects."""
        ...

    @property
    def W(self) -> Any:  # the field's own letter
        """Weights."""
        ...

    @property
    def rows(self) -> IndexArray:
        """Row of each effect in the input."""
        ...

    @property
    def level(self) -> float:
        """Confidence level."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One cluster.

    Parameters
    ----------
    rows
        (n,) its effects' places in the fit.
    x
        (n, p) their rows of the model matrix.
    xw
        (p, n) columns of X'W.
    phi
        (n, n) their working covariance; None where clusters depend on each other.
    """

    rows: IndexArray
    x: FloatArray
    xw: FloatArray
    phi: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """A weighted regression whose effects stand in clusters, in units where variances are near 1.

    Parameters
    ----------
    x, names
        (k, p) model matrix and the names of its columns.
    beta, bread, residuals
        (p,) coefficients; the (p, p) inverse of X'WX; (k,) what is left of the effects.
    parts
        The clusters, in order of first appearance.
    labels
        Their names.
    exponent
        Effects are in the fit's unit times 2 to the power of minus this.
    level
        Confidence level of the fit.
    """

    x: FloatArray
    names: tuple[str, ...]
    beta: FloatArray
    bread: FloatArray
    residuals: FloatArray
    parts: tuple[Part, ...]
    labels: tuple[str, ...]
    exponent: int
    level: float

    @property
    def k(self) -> int:
        """Number of effects."""
        return int(self.x.shape[0])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.x.shape[1])

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.parts)

    @property
    def nested(self) -> bool:
        """Whether effects of different clusters are independent under the model."""
        return all(part.phi is not None for part in self.parts)


def clustered_of(fit: Pooled | MarginalFit, cluster: Any) -> Clustered:
    """Sort the effects of a fit into clusters.

    Parameters
    ----------
    fit
        A pooled effect, a regression, or a fit with a covariance matrix.
    cluster
        A label for each effect: of the input, or of those that the fit used.

    Raises
    ------
    InputError
        A fit of counts; labels that are missing or do not match.
    StatisticsError
        A single cluster.
    """
    if isinstance(fit, Pooled):
        if fit.design is None or fit.is_of_counts:
            raise InputError(
                f"A {fit.method} fit pools counts, and counts have no residuals to be robust by.",
                hint="Pool the studies' effects with weigh.pool(yi, vi) first.",
            )
        if fit.design.shape[0] < 2:
            raise StatisticsError("One study is one cluster; a robust variance needs at least two.")
        covariance: Any = fit.vi + fit.tau2
        weights = 1.0 / covariance if fit.user_weights is None else fit.user_weights
        x = fit.design
    else:
        x = np.asarray(fit.design)
        covariance, weights = _by_blocks(fit) if isinstance(fit, Multilevel) else (fit.M, fit.W)
    groups = cluster_groups(cluster, np.asarray(fit.rows))
    return clustered(
        np.asarray(fit.yi), x, weights, covariance, groups, names=fit.names, level=fit.level
    )


def _by_blocks(fit: Multilevel) -> tuple[Any, Any]:
    """Covariance and weights without what is 0 in them, where that is most."""
    whole = fit.M
    if sum(block.size**2 for block in fit.blocks) > _DENSE * whole.size:
        return whole, fit.W
    rows = np.concatenate([np.repeat(block, block.size) for block in fit.blocks])
    columns = np.concatenate([np.tile(block, block.size) for block in fit.blocks])
    squares = [whole[np.ix_(block, block)] for block in fit.blocks]
    inverses: list[FloatArray] = [np.asarray(np.linalg.inv(one), float) for one in squares]

    def put_together(parts: list[FloatArray]) -> Any:
        values = np.concatenate([part.ravel() for part in parts])
        return sparse.csr_array((values, (rows, columns)), shape=whole.shape)

    return put_together(squares), put_together(inverses)


def clustered(
    y: FloatArray,
    x: FloatArray,
    weights: Any,
    covariance: Any,
    groups: Groups,
    *,
    names: tuple[str, ...],
    level: float,
) -> Clustered:
    """Fit a weighted regression whose effects stand in clusters.

    Parameters
    ----------
    y, x
        (k,) effects, (k, p) model matrix of full rank.
    weights, covariance
        (k,) diagonals, or (k, k) matrices, dense or sparse.
    groups
        The clusters.
    names, level
        As in `Clustered`.
    """
    diagonal = covariance if np.ndim(covariance) == 1 else covariance.diagonal()
    exponent = math.frexp(float(np.median(diagonal)))[1] // 2
    y = np.ldexp(y, -exponent)
    # Only ratios of weights count; with their reciprocals near 1 no product leaves floating point.
    heaviest = weights.max() if np.ndim(weights) == 1 else weights.diagonal().max()
    balance = 2.0 ** -math.frexp(float(heaviest))[1]
    unit = 4.0**-exponent
    rows = [
        np.sort(groups.order[start : start + size])
        for start, size in zip(groups.start, groups.size, strict=True)
    ]
    apart = _stand_apart(weights, rows) and _stand_apart(covariance, rows)
    xw = balance * (x.T * weights if np.ndim(weights) == 1 else np.asarray((weights.T @ x).T))
    bread = _inverse(xw @ x)
    beta = bread @ (xw @ y)
    # Once more on what is left, for what rounding took from the first solution.
    beta = beta + bread @ (xw @ (y - x @ beta))
    parts = tuple(
        Part(
            rows=one,
            x=x[one],
            xw=xw[:, one],
            phi=unit * _square(covariance, one) if apart else None,
        )
        for one in rows
    )
    return Clustered(
        x=x,
        names=names,
        beta=beta,
        bread=bread,
        residuals=y - x @ beta,
        parts=parts,
        labels=tuple(str(label) for label in groups.labels),
        exponent=exponent,
        level=level,
    )


def _inverse(symmetric: FloatArray) -> FloatArray:
    """Invert in units of the diagonal, so that moderators of any size are on one footing."""
    size = np.sqrt(np.diagonal(symmetric))
    found: FloatArray = np.linalg.inv(symmetric / np.outer(size, size)) / np.outer(size, size)
    return 0.5 * (found + found.T)


def _square(matrix: Any, rows: IndexArray) -> FloatArray:
    """Rows and the same columns of a matrix, or of a diagonal."""
    if np.ndim(matrix) == 1:
        return np.diag(matrix[rows])
    part = matrix[np.ix_(rows, rows)]
    return np.asarray(part if isinstance(part, np.ndarray) else part.toarray())


def _stand_apart(matrix: Any, rows: list[IndexArray]) -> bool:
    """Whether nothing in a matrix connects effects of different clusters."""
    if np.ndim(matrix) == 1:
        return True
    size = abs(matrix)
    whole = float(size.sum())
    return whole - sum(float(_square(size, one).sum()) for one in rows) <= _NOTHING * whole
