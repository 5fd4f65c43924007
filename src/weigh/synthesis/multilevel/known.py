"""The known covariance of sampling errors: a vector, a matrix, or the blocks of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError

__all__ = ["Known", "read_covariance"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Known:
    """A covariance matrix as its diagonal and what is not 0 beside it.

    Parameters
    ----------
    diagonal : (n,)
        Sampling variances.
    i, j, value
        Both triangles of the rest: rows, columns and covariances.
    """

    diagonal: FloatArray
    i: IntArray
    j: IntArray
    value: FloatArray

    def take(self, rows: IntArray) -> Known:
        """The part of some rows, in their order."""
        if not self.i.size:
            return Known(self.diagonal[rows], self.i, self.j, self.value)
        place = np.full(self.diagonal.size, -1, dtype=np.intp)
        place[rows] = np.arange(rows.size)
        i, j = place[self.i], place[self.j]
        kept = (i >= 0) & (j >= 0)
        return Known(self.diagonal[rows], i[kept], j[kept], self.value[kept])

    def scaled(self, factor: float) -> Known:
        """The same in other units."""
        return Known(self.diagonal * factor, self.i, self.j, self.value * factor)

    def dense(self) -> FloatArray:
        """The whole matrix."""
        out = np.diag(self.diagonal)
        out[self.i, self.j] = self.value
        return out


def read_covariance(given: Any, count: int) -> Known:
    """Read what a user calls V.

    Parameters
    ----------
    given
        Variances, one a row; a covariance matrix (an array, a data frame, or a sparse matrix);
        or the blocks along its diagonal, a list of square matrices in the order of the rows.
    count
        Number of rows.

    Raises
    ------
    InputError
        Another size, or a matrix that is not symmetric.
    """
    if hasattr(given, "tocoo"):
        return _from_sparse(given.tocoo(), count)
    if _is_blocks(given):
        return _from_blocks([_matrix(block) for block in given], count)
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`V` is neither numbers nor blocks of numbers: {error}.",
            hint="Give variances, a covariance matrix, or a list of square blocks.",
        ) from error
    if values.ndim == 1:
        if values.size != count:
            raise InputError(f"`V` has {values.size} variances for {count} effects.")
        none = np.zeros(0, dtype=np.intp)
        return Known(values, none, none, np.zeros(0))
    if values.ndim != 2 or values.shape != (count, count):
        raise InputError(
            f"`V` has shape {values.shape} for {count} effects; it must be {count} × {count}, or "
            "one variance an effect."
        )
    i, j = np.nonzero(values)
    off = i != j
    return _symmetric(np.diagonal(values).copy(), i[off], j[off], values[i[off], j[off]])


def _is_blocks(given: Any) -> bool:
    return (
        isinstance(given, list | tuple)
        and len(given) > 0
        and all(np.ndim(block) == 2 for block in given)
    )


def _matrix(block: Any) -> FloatArray:
    values = np.asarray(block, dtype=np.float64)
    if values.shape[0] != values.shape[1]:
        raise InputError(f"A block of `V` has shape {values.shape}; blocks are square.")
    return values


def _from_blocks(blocks: Sequence[FloatArray], count: int) -> Known:
    size = sum(block.shape[0] for block in blocks)
    if size != count:
        raise InputError(f"The blocks of `V` have {size} rows together for {count} effects.")
    start, parts = 0, []
    for block in blocks:
        i, j = np.nonzero(block)
        off = i != j
        parts.append((i[off] + start, j[off] + start, block[i[off], j[off]]))
        start += block.shape[0]
    i, j, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _symmetric(np.concatenate([np.diagonal(block) for block in blocks]), i, j, value)


def _from_sparse(matrix: Any, count: int) -> Known:
    if matrix.shape != (count, count):
        raise InputError(f"`V` has shape {matrix.shape} for {count} effects.")
    off = (matrix.row != matrix.col) & (matrix.data != 0.0)
    return _symmetric(
        np.asarray(matrix.diagonal(), dtype=np.float64),
        matrix.row[off].astype(np.intp),
        matrix.col[off].astype(np.intp),
        matrix.data[off].astype(np.float64),
    )


def _symmetric(diagonal: FloatArray, i: IntArray, j: IntArray, value: FloatArray) -> Known:
    """Refuse a matrix that differs from its transpose by more than rounding."""
    n = diagonal.size
    order, mirror = np.argsort(i * n + j), np.argsort(j * n + i)
    here, there = i[order] * n + j[order], j[mirror] * n + i[mirror]
    if here.size and not (
        np.array_equal(here, there)
        and np.allclose(value[order], value[mirror], rtol=1e-8, atol=0.0, equal_nan=True)
    ):
        raise InputError(
            "`V` is not symmetric, so it is no covariance matrix.",
            hint="Give it as (V + V.T) / 2 if the difference is rounding.",
        )
    return Known(diagonal, i, j, value)
