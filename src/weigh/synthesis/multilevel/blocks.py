"""Linear algebra of stacks of small matrices, and their sums into a large one."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

__all__ = ["inverses", "scatter"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Below this size LAPACK by stacks is quicker than one call a block.
_STACKED = 48


def inverses(m: FloatArray) -> tuple[FloatArray, float] | None:
    """Inverses of a stack of matrices and the sum of their log determinants."""
    if m.shape[1] == 0:
        return m, 0.0
    if m.shape[1] == 1:
        flat = m[:, 0, 0]
        if not flat.min() > 0.0:
            return None
        return 1.0 / m, float(np.log(flat).sum())
    if m.shape[1] < _STACKED:
        try:
            lower = np.linalg.cholesky(m)
            inverses = np.asarray(np.linalg.inv(m), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        diagonal = np.diagonal(lower, axis1=1, axis2=2)
        total = 2.0 * float(np.log(diagonal).sum())
        return (inverses, total) if math.isfinite(total) else None
    if not np.isfinite(m).all():
        return None
    out, log = np.empty_like(m), 0.0
    for index in range(m.shape[0]):
        factor, info = lapack.dpotrf(m[index], lower=True)
        if info != 0:
            return None
        log += 2.0 * float(np.log(np.diagonal(factor)).sum())
        inverse, info = lapack.dpotri(factor, lower=True)
        inverse = np.tril(inverse)
        out[index] = inverse + np.tril(inverse, -1).T
    return out, log


def scatter(total: FloatArray, place: IntArray, local: FloatArray) -> None:
    """Add blocks to the places that they belong to; the last row and column of all stay last."""
    n = total.shape[0]
    if local.shape[1] == place.shape[1] + 1:
        place = np.concatenate([place, np.full((place.shape[0], 1), n - 1)], axis=1)
    flat = place[:, :, None] * n + place[:, None, :]
    sums = np.bincount(flat.ravel(), weights=local.ravel(), minlength=n * n)
    total += sums.reshape(n, n)
