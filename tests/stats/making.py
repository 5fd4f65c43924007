"""Sets of effects for tests of the kernels."""

from __future__ import annotations

import numpy as np

from weigh.stats.sums import Columns


def columns(seed: int, sets: int, k: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances, (k, sets); `spread` is that of the log variances."""
    rng = np.random.default_rng(seed)
    v = np.exp(rng.normal(-2.0, spread, size=(k, sets)))
    tau2 = rng.choice([0.0, 0.01, 0.1, 1.0], size=sets)
    return rng.normal(size=(k, sets)) * np.sqrt(v + tau2), v


def as_columns(y: np.ndarray, v: np.ndarray) -> Columns:
    return Columns.from_arrays(y, v, np.full(y.shape[1], float(y.shape[0])))
