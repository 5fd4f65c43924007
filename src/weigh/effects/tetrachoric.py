r"""The correlation of two normal variables of which only two-by-two counts are seen.

With the three cell probabilities free, the maximum of the likelihood fits the observed proportions
exactly: the cuts are the normal quantiles of the margins, and the correlation is the one at which
the bivariate normal distribution gives the observed share of the first cell. So the estimate is the
root of one monotone equation, and its variance is that of a function of three proportions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["bivariate_normal_cdf", "tetrachoric_correlation"]

FloatArray = npt.NDArray[np.float64]

# Bisection until the interval of the correlation is below the rounding of its Newton step.
_STEPS = 100
_TINY = 1e-150


def bivariate_normal_cdf(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Probability that both of two standard normal variables fall below `h` and `k`.

    By Owen's T function; accurate to about 1e-15 absolute.

    References
    ----------
    Owen DB (1956). Tables for computing bivariate normal probabilities. Annals of Mathematical
    Statistics 27:1075-1090, equation 2.1.
    """
    root = np.sqrt((1.0 - rho) * (1.0 + rho))
    # Owen's form divides by h and k; at zero the limit is reached from the positive side.
    h = np.where(np.abs(h) < _TINY, _TINY, h)
    k = np.where(np.abs(k) < _TINY, _TINY, k)
    delta = np.where((h < 0.0) != (k < 0.0), 0.5, 0.0)
    part_h = special.owens_t(h, (k - rho * h) / (h * root))
    part_k = special.owens_t(k, (h - rho * k) / (k * root))
    return np.asarray(0.5 * (special.ndtr(h) + special.ndtr(k)) - part_h - part_k - delta)


def _density(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Bivariate normal density, which is also the slope of its distribution in rho."""
    one = (1.0 - rho) * (1.0 + rho)
    quad = (h * h - 2.0 * rho * h * k + k * k) / one
    return np.asarray(np.exp(-0.5 * quad) / (2.0 * np.pi * np.sqrt(one)))


def tetrachoric_correlation(
    a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Tetrachoric correlations of tables and their large-sample variances.

    Parameters
    ----------
    a, b, c, d
        (k,) cells of the tables, row by row.

    Returns
    -------
    correlation, variance
        (k,) arrays. A table with an empty row or column says nothing: correlation 0, variance
        infinite. A table with an empty cell has its maximum at 1 or -1, where the information is
        not defined: the variance is NaN, and 0 where a whole diagonal is empty.
    """
    n = a + b + c + d
    blank = (a + b == 0.0) | (c + d == 0.0) | (a + c == 0.0) | (b + d == 0.0)
    up, down = (b == 0.0) | (c == 0.0), (a == 0.0) | (d == 0.0)
    regular = ~(blank | up | down | np.isnan(n))
    rho = np.where(up, 1.0, np.where(down, -1.0, np.nan))
    variance = np.where((b + c == 0.0) | (a + d == 0.0), 0.0, np.nan)
    rho, variance = np.where(blank, 0.0, rho), np.where(blank, np.inf, variance)
    if regular.any():
        rho[regular], variance[regular] = _regular(
            a[regular] / n[regular],
            b[regular] / n[regular],
            c[regular] / n[regular],
            n[regular],
        )
    missing = np.isnan(n)
    return np.where(missing, np.nan, rho), np.where(missing, np.nan, variance)


def _regular(
    first: FloatArray, second: FloatArray, third: FloatArray, n: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Tables with people in every cell, given their shares."""
    row, column = first + second, first + third
    h, k = special.ndtri(row), special.ndtri(column)
    low, high = np.full_like(h, -1.0), np.full_like(h, 1.0)
    rho = np.sin(0.5 * np.pi * np.sign(first - row * column) * 0.5)
    arrived = np.zeros(rho.shape, dtype=np.bool_)
    for _ in range(_STEPS):
        gap = bivariate_normal_cdf(h, k, rho) - first
        high, low = np.where(gap > 0.0, rho, high), np.where(gap > 0.0, low, rho)
        step = rho - gap / np.maximum(_density(h, k, rho), 1e-300)
        middle = 0.5 * (low + high)
        new = np.where((step > low) & (step < high), step, middle)
        # A table that has arrived stays, so that it gives the same bits alone and in company.
        arrived |= np.abs(new - rho) <= 4e-16 * (1.0 + np.abs(rho))
        rho = np.where(arrived, rho, new)
        if np.all(arrived):
            break
    return rho, _variance(first, row, column, h, k, rho) / n


def _variance(
    first: FloatArray,
    row: FloatArray,
    column: FloatArray,
    h: FloatArray,
    k: FloatArray,
    rho: FloatArray,
) -> FloatArray:
    """Variance times n, by the delta method on the three shares."""
    root = np.sqrt((1.0 - rho) * (1.0 + rho))
    slope = _density(h, k, rho)
    # The first cell's share rises with the row margin by P(column variable below k | row at h).
    by_row = special.ndtr((k - rho * h) / root)
    by_column = special.ndtr((h - rho * k) / root)
    # Covariances of the shares of the first cell, the first row and the first column.
    total = first * (1.0 - first)
    total += by_row**2 * row * (1.0 - row) + by_column**2 * column * (1.0 - column)
    total += 2.0 * by_row * by_column * (first - row * column)
    total -= 2.0 * by_row * first * (1.0 - row) + 2.0 * by_column * first * (1.0 - column)
    return np.asarray(total / slope**2)
