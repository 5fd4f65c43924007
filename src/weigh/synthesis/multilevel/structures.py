"""Covariance structures of random effects, as functions of their parameters.

A structure is bound to pairs: which random effects belong to the same group, and at which levels
or how far apart they are. It then gives what it adds to the covariance matrix of a batch of
blocks, with derivatives by its own parameters. These are chosen for the search: variances where
the covariance is linear in them, standard deviations and Cholesky factors elsewhere. What is
reported (variances and correlations) is made of them in `weigh.synthesis.multilevel.components`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.synthesis.multilevel.correlations import Correlation

__all__ = [
    "Constant",
    "Correlated",
    "Covariance",
    "Levelled",
    "Pairs",
    "Structure",
    "cholesky_rows",
    "correlations_of",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of random effects within the blocks of a batch.

    Parameters
    ----------
    same : (b, m, m)
        1 for two effects of the same group, 0 else.
    apart : (b, m, m) or None
        Distance, lag, or share of descent; or the known correlation.
    level : (b, m) or None
        Index of each effect's level.
    columns : (b, m, r) or None
        Values of the variables with random slopes.
    """

    same: FloatArray
    apart: FloatArray | None = None
    level: IntArray | None = None
    columns: FloatArray | None = None


class Structure(Protocol):
    """A covariance structure on the pairs of one batch."""

    def value(self, at: FloatArray) -> FloatArray:
        """What it adds to the covariance, (b, m, m)."""
        ...

    def slopes(self, at: FloatArray) -> FloatArray:
        """Derivatives of that by each parameter, (parameters, b, m, m)."""
        ...

    def bend(self, at: FloatArray, weights: FloatArray) -> FloatArray:
        """Second derivatives of the sum of `weights` times that, (parameters, parameters)."""
        ...


@dataclass(frozen=True, slots=True)
class Constant:
    """A variance times known correlations: random intercepts, or ID."""

    kernel: FloatArray

    def value(self, at: FloatArray) -> FloatArray:
        """See `Structure`."""
        value: FloatArray = at[0] * self.kernel
        return value

    def slopes(self, at: FloatArray) -> FloatArray:
        """See `Structure`."""
        return self.kernel[None]

    def bend(self, at: FloatArray, weights: FloatArray) -> FloatArray:
        """See `Structure`."""
        return np.zeros((1, 1))


@dataclass(frozen=True, slots=True)
class Correlated:
    """A variance times correlations that depend on rho: CS, AR, CAR, and those of space."""

    same: FloatArray
    apart: FloatArray
    correlation: Correlation

    def value(self, at: FloatArray) -> FloatArray:
        """See `Structure`."""
        return float(at[0]) * self.same * self.correlation(self.apart, float(at[1]))[0]

    def slopes(self, at: FloatArray) -> FloatArray:
        """See `Structure`."""
        value, slope, _ = self.correlation(self.apart, float(at[1]))
        return np.stack([self.same * value, float(at[0]) * self.same * slope])

    def bend(self, at: FloatArray, weights: FloatArray) -> FloatArray:
        """See `Structure`."""
        _, slope, bend = self.correlation(self.apart, float(at[1]))
        weighted = weights * self.same
        mixed = float(np.vdot(weighted, slope))
        return np.array([[0.0, mixed], [mixed, float(at[0]) * float(np.vdot(weighted, bend))]])


@dataclass(frozen=True, slots=True)
class Covariance:
    """A covariance matrix of levels from parameters, by the name of its structure.

    ``DIAG`` has variances; ``HCS`` and ``HAR`` standard deviations and one correlation; ``UN`` the
    rows of its Cholesky factor, which reaches singular matrices too; ``SDCOR`` standard
    deviations and each correlation, for models that hold some of them fixed.
    """

    name: str
    levels: int

    @property
    def size(self) -> int:
        """Number of parameters."""
        c = self.levels
        return {"DIAG": c, "HCS": c + 1, "HAR": c + 1}.get(self.name, c * (c + 1) // 2)

    def _correlations(self, at: FloatArray) -> FloatArray:
        c = self.levels
        if self.name == "HCS":
            correlations = np.full((c, c), float(at[c]))
        elif self.name == "HAR":
            lag = np.abs(np.subtract.outer(np.arange(c), np.arange(c)))
            correlations = np.power(float(at[c]), lag)
        else:
            correlations = np.zeros((c, c))
            correlations[np.triu_indices(c, 1)] = at[c:]
            correlations += correlations.T
        np.fill_diagonal(correlations, 1.0)
        return correlations

    def matrix(self, at: FloatArray) -> FloatArray:
        """The covariance matrix."""
        if self.name == "DIAG":
            return np.diag(at)
        if self.name == "UN":
            lower = np.zeros((self.levels, self.levels))
            lower[np.tril_indices(self.levels)] = at
            product: FloatArray = lower @ lower.T
            return product
        sd = at[: self.levels]
        return self._correlations(at) * np.outer(sd, sd)

    def slopes(self, at: FloatArray) -> FloatArray:
        """Derivatives of the covariance matrix by each parameter."""
        c = self.levels
        out = np.zeros((self.size, c, c))
        if self.name == "DIAG":
            out[np.arange(c), np.arange(c), np.arange(c)] = 1.0
            return out
        if self.name == "UN":
            rows, columns = np.tril_indices(c)
            lower = np.zeros((c, c))
            lower[rows, columns] = at
            index = np.arange(self.size)
            out[index, rows, :] += lower[:, columns].T
            out[index, :, rows] += lower[:, columns].T
            return out
        sd, correlations = at[:c], self._correlations(at)
        for a in range(c):
            out[a, a, :] += correlations[a] * sd
            out[a, :, a] += correlations[a] * sd
        if self.name == "SDCOR":
            rows, columns = np.triu_indices(c, 1)
            index = np.arange(c, self.size)
            out[index, rows, columns] = out[index, columns, rows] = sd[rows] * sd[columns]
            return out
        lag = np.abs(np.subtract.outer(np.arange(c), np.arange(c))).astype(np.float64)
        if self.name == "HCS":
            lag = np.minimum(lag, 1.0)
        rho = float(at[c])
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(lag > 0.0, lag * np.power(rho, lag - 1.0), 0.0)
        out[c] = np.where(np.isfinite(slope), slope, 0.0) * np.outer(sd, sd)
        return out


@dataclass(frozen=True, slots=True)
class Levelled:
    """A covariance matrix over levels, looked up for each pair; or over variables with slopes."""

    pairs: Pairs
    shape: Covariance
    levels: int
    flat: IntArray

    @classmethod
    def on(cls, pairs: Pairs, shape: Covariance, levels: int) -> Levelled:
        """Bind a shape to pairs."""
        flat = np.zeros(0, dtype=np.intp)
        if pairs.level is not None:
            flat = pairs.level[:, :, None] * levels + pairs.level[:, None, :]
        return cls(pairs, shape, levels, flat)

    def _spread(self, matrices: FloatArray) -> FloatArray:
        if self.pairs.columns is None:
            looked_up: FloatArray = matrices.reshape(*matrices.shape[:-2], -1)[..., self.flat]
        else:
            z = self.pairs.columns
            looked_up = z @ matrices[..., None, :, :] @ np.swapaxes(z, 1, 2)
        return looked_up * self.pairs.same

    def value(self, at: FloatArray) -> FloatArray:
        """See `Structure`; NaN where the parameters give no covariance matrix."""
        matrix = self.shape.matrix(at)
        if self.shape.name == "SDCOR" and self.levels > 2:
            lowest, *_, highest = np.linalg.eigvalsh(matrix)
            if lowest < -1e-12 * highest:
                return np.full_like(self.pairs.same, np.nan)
        return self._spread(matrix)

    def slopes(self, at: FloatArray) -> FloatArray:
        """See `Structure`."""
        return self._spread(self.shape.slopes(at))

    def bend(self, at: FloatArray, weights: FloatArray) -> FloatArray:
        """See `Structure`.

        By differences of the first derivatives, which cost next to nothing for so small a matrix.
        """
        weighted = weights * self.pairs.same
        if self.pairs.columns is None:
            gathered = np.bincount(
                self.flat.ravel(), weights=weighted.ravel(), minlength=self.levels**2
            ).reshape(self.levels, self.levels)
        else:
            z = self.pairs.columns
            gathered = (np.swapaxes(z, 1, 2) @ weighted @ z).sum(axis=0)
        size = at.size
        bend = np.empty((size, size))
        for index in range(size):
            step = np.zeros(size)
            step[index] = 1e-5 * max(abs(float(at[index])), 1e-2)
            rise = self.shape.slopes(at + step) - self.shape.slopes(at - step)
            bend[index] = np.einsum("tab,ab->t", rise, gathered) / (2.0 * step[index])
        return 0.5 * (bend + bend.T)


def correlations_of(matrix: FloatArray) -> FloatArray:
    """Correlations of a covariance matrix, row by row above the diagonal; 0 beside variance 0."""
    sd = np.sqrt(np.diagonal(matrix))
    rows, columns = np.triu_indices(matrix.shape[0], 1)
    size = sd[rows] * sd[columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(size > 0.0, matrix[rows, columns] / size, 0.0)
    return np.clip(found, -1.0, 1.0)


def cholesky_rows(matrix: FloatArray) -> FloatArray:
    """Rows of the Cholesky factor of a covariance matrix, which may be singular."""
    c = matrix.shape[0]
    lower = np.zeros((c, c))
    for j in range(c):
        rest = float(matrix[j, j]) - float(lower[j, :j] @ lower[j, :j])
        lower[j, j] = math.sqrt(max(rest, 0.0))
        if lower[j, j] > 1e-12 * math.sqrt(max(float(matrix[j, j]), 1e-300)):
            lower[j + 1 :, j] = (matrix[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[
                j, j
            ]
    return lower[np.tril_indices(c)]
