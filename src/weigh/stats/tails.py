"""Tail areas and quantiles of the normal, t, chi-squared and F distributions.

Thin over `scipy.special`, which is an order of magnitude quicker than `scipy.stats`. The forms are
chosen to keep their relative accuracy far out in the tail, where 1 - CDF would round to 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

__all__ = [
    "chi2_quantile",
    "chi2_tail",
    "each_df",
    "f_tail",
    "normal_quantile",
    "t_quantile",
    "two_sided_p",
    "two_sided_quantile",
]


def two_sided_p(statistic: Any, df: Any = None) -> Any:
    """P value of a test statistic against zero, in both directions.

    Parameters
    ----------
    statistic
        Estimate over its standard error.
    df
        Degrees of freedom of Student's t; None for the normal distribution.
    """
    if df is None:
        return 2.0 * special.ndtr(-np.abs(statistic))
    # The incomplete beta function rather than the distribution function of t, which loses
    # relative accuracy for large statistics.
    square = np.square(statistic)
    return special.betainc(0.5 * df, 0.5, df / (df + square))


def normal_quantile(probability: Any) -> Any:
    """Point below which a standard normal variable falls with this probability."""
    return special.ndtri(probability)


def t_quantile(df: Any, probability: Any) -> Any:
    """Point below which Student's t falls with this probability."""
    return special.stdtrit(df, probability)


def two_sided_quantile(level: float, df: Any = None) -> Any:
    """Half-width, in standard errors, of an interval with this level."""
    upper = 0.5 + 0.5 * level
    return special.ndtri(upper) if df is None else special.stdtrit(df, upper)


def chi2_tail(q: Any, df: Any) -> Any:
    """Probability that a chi-squared variable exceeds `q`."""
    return special.chdtrc(df, q)


def chi2_quantile(df: Any, upper: float) -> Any:
    """Point above which a chi-squared variable falls with probability `upper`."""
    return special.chdtri(df, upper)


def each_df(quantile: Callable[[Any], Any], df: Any) -> Any:
    """Evaluate a quantile once for each degree of freedom that occurs.

    Quantiles cost a search each, and thousands of sets share a few degrees of freedom.
    """
    if np.size(df) < 16:
        return quantile(df)
    known, which = np.unique(df, return_inverse=True)
    return quantile(known)[which]


def f_tail(f: Any, df1: Any, df2: Any) -> Any:
    """Probability that an F variable exceeds `f`."""
    return special.betainc(0.5 * df2, 0.5 * df1, df2 / (df2 + df1 * np.asarray(f)))
