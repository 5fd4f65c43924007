"""Averages over studies that some kinds of sampling variance borrow (``vtype="AV"``)."""

from __future__ import annotations

import numpy as np

from weigh.effects.columns import FloatArray

__all__ = ["weighted_mean"]


def weighted_mean(values: FloatArray, weights: FloatArray) -> float:
    """Mean over the rows that have both a value and a weight; NaN where none has."""
    both = np.isfinite(values) & np.isfinite(weights)
    total = float(np.sum(weights[both]))
    return float(np.sum(values[both] * weights[both])) / total if total else float("nan")
