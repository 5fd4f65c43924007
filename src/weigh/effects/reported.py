"""Test statistics from p values, where a report gives nothing better.

A two-sided p value says nothing about direction, so it carries the sign of the effect here.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from weigh.effects.columns import Columns, FloatArray

__all__ = ["f_from_p", "first_known", "t_from_p", "t_statistic"]


def first_known(*columns: FloatArray) -> FloatArray:
    """Row by row, the first of these that is not missing."""
    value = columns[0]
    for other in columns[1:]:
        value = np.where(np.isnan(value), other, value)
    return value


def t_from_p(p: FloatArray, df: FloatArray) -> FloatArray:
    """T statistic of a two-sided p value that carries the sign of the effect."""
    inside = np.where((np.abs(p) <= 1.0) & (df >= 1.0), p, np.nan)
    tail = special.stdtrit(np.where(df >= 1.0, df, np.nan), 0.5 * np.abs(inside))
    return np.asarray(-np.sign(inside) * tail)


def t_statistic(columns: Columns, df: FloatArray) -> FloatArray:
    """The t statistic as given, or from the p value."""
    columns.refuse_outside(-1.0, 1.0, "p")
    t = columns.get("t")
    return first_known(t, t_from_p(columns["p"], df)) if "p" in columns else t


def f_from_p(p: FloatArray, df1: FloatArray, df2: FloatArray) -> FloatArray:
    """F statistic of a p value."""
    possible = (df1 >= 1.0) & (df2 >= 1.0) & (p >= 0.0) & (p <= 1.0)
    return np.asarray(special.fdtri(df1, df2, np.where(possible, 1.0 - p, np.nan)))
