r"""The correction that makes a standardized mean difference unbiased.

.. math:: J(m) = \frac{\Gamma(m/2)}{\sqrt{m/2}\;\Gamma((m-1)/2)}

with `m` degrees of freedom of the standard deviation.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.effects.draft import Correction
from weigh.errors import NotFoundError

__all__ = ["hedges_correction"]

FloatArray = npt.NDArray[np.float64]

# From here on the series below is exact to the last bit (its first term left out is below 1e-16),
# where differences of log-gamma functions lose digits as they grow.
_LARGE = 40.0


@overload
def hedges_correction(df: float, *, method: Correction = True) -> float: ...
@overload
def hedges_correction(df: FloatArray, *, method: Correction = True) -> FloatArray: ...
def hedges_correction(df: npt.ArrayLike, *, method: Correction = True) -> Any:
    """Hedges' bias correction J for a standard deviation with `df` degrees of freedom.

    Parameters
    ----------
    df
        Degrees of freedom, not necessarily whole: n1 + n2 - 2 for two groups.
    method
        True or ``exact`` for the gamma function form, ``approximate`` for 1 - 3 / (4 df - 1),
        False for no correction (1).

    Returns
    -------
    float or array
        Between 0 and 1; NaN where `df` is 1 or less, for which the mean does not exist.

    References
    ----------
    :cite:t:`hedges1981`, equations 6e and 6.
    """
    m = np.asarray(df, dtype=np.float64)
    if method is False:
        j = np.ones_like(m)
    elif method is True or method == "exact":
        j = _exact(m)
    elif method == "approximate":
        j = np.where(m > 1.0, 1.0 - 3.0 / (4.0 * m - 1.0), np.nan)
    else:
        raise NotFoundError("bias correction", str(method), ("exact", "approximate"))
    return float(j) if j.ndim == 0 else j


def _exact(m: FloatArray) -> FloatArray:
    x = 0.5 * np.where(m > 1.0, m, np.nan)
    large = m >= _LARGE
    if np.all(large):
        return _by_series(x)
    j = _by_gamma(np.minimum(x, 0.5 * _LARGE))
    if np.any(large):
        j = np.where(large, _by_series(np.maximum(x, 0.5 * _LARGE)), j)
    return j


def _by_gamma(x: FloatArray) -> FloatArray:
    difference = special.gammaln(x) - special.gammaln(x - 0.5)
    return np.asarray(np.exp(difference) / np.sqrt(x))


def _by_series(x: FloatArray) -> FloatArray:
    """Gamma(x) / (Gamma(x - 1/2) sqrt(x)) by Stirling's series for its logarithm."""
    u = 1.0 / x
    square = u * u
    high = 1.0 / 640.0 + square * (-17.0 / 14336.0 + square * (31.0 / 18432.0))
    log = u * (1.0 / 8.0 + square * (-1.0 / 192.0 + square * high))
    return np.asarray((1.0 - 0.5 * u) * np.exp(log))
