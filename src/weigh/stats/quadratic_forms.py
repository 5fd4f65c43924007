r"""The distribution of a weighted sum of chi-squared variables, each with one degree of freedom.

Its Laplace transform is :math:`\prod_j (1 + 2 \lambda_j p)^{-1/2}`, with singularities on the
negative real axis only. The distribution function is recovered by the trapezoidal rule along a
parabola through the saddle point that bends away from the positive side, where the error falls
exponentially with the number of nodes: some hundreds give twelve digits, for two terms as for a
thousand, where series lose their way among weights of different size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

__all__ = ["tails_by_transform", "weighted_chi2_tails"]

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

_STEP = 0.08
_NODES = 400


def weighted_chi2_tails(x: float, weights: FloatArray) -> tuple[float, float]:
    """Probabilities that the sum of weights times chi-squared(1) variables is below or above x.

    Parameters
    ----------
    x
        Value, any real.
    weights
        Weights, 0 or above; all 0 is the constant 0.

    Returns
    -------
    tuple
        Lower and upper tail, to about 1e-12 absolute.

    References
    ----------
    :cite:t:`imhof1961`, for the inversion; :cite:t:`weideman2007`, for the contour.
    """
    lam = weights[weights > 1e-14 * weights.max(initial=0.0)]
    if lam.size == 0:
        return (1.0, 0.0) if x >= 0.0 else (0.0, 1.0)

    def log_transform(p: ComplexArray) -> ComplexArray:
        terms: ComplexArray = -0.5 * np.sum(np.log1p(2.0 * lam[:, None] * p), axis=0)
        return terms

    return tails_by_transform(x, log_transform, lam)


def tails_by_transform(
    x: float, log_transform: Callable[[ComplexArray], ComplexArray], weights: FloatArray
) -> tuple[float, float]:
    """Tails of a weighted sum of chi-squared(1) variables from the log of its Laplace transform.

    Parameters
    ----------
    x
        Value, any real.
    log_transform
        Log of the Laplace transform at complex p, continuous off the negative real axis.
    weights
        Weights that lay the contour: the sum's own, or ones like them of which the largest is no
        smaller than theirs.
    """
    if x <= 0.0:
        return 0.0, 1.0
    lam = weights / x  # now the question is about 1
    saddle = _saddle_point(lam, -0.5 / float(lam.max()))
    # Keep clear of the pole at 0, on the side where the wanted tail is.
    room = 1.0 / _spread(lam, saddle)
    lower = saddle > -0.3 * room
    point = max(saddle, room) if lower else saddle
    spread = _spread(lam, point)
    # The steepest descent leaves the saddle with this curvature.
    bend = 8.0 * float(np.sum((lam / (1.0 + 2.0 * lam * point)) ** 3)) / (6.0 * spread**4)
    u = _STEP * np.arange(_NODES)
    p = np.asarray(point + 1j * u / spread - bend * u * u, dtype=np.complex128)
    slope = 1j / spread - 2.0 * bend * u
    terms = (np.exp(p + log_transform(p / x)) / p * slope).imag
    total = float(_STEP * (terms.sum() - 0.5 * terms[0]) / np.pi)
    tail = min(max(total if lower else -total, 0.0), 1.0)
    return (tail, 1.0 - tail) if lower else (1.0 - tail, tail)


def _spread(lam: FloatArray, p: float) -> float:
    """Standard deviation of the sum, tilted by exp(-p sum)."""
    return float(np.sqrt(2.0 * np.sum((lam / (1.0 + 2.0 * lam * p)) ** 2)))


def _saddle_point(lam: FloatArray, pole: float) -> float:
    """Where the exponent p + log transform is stationary, right of the pole."""

    def excess(p: float) -> float:
        return 1.0 - float(np.sum(lam / (1.0 + 2.0 * lam * p)))

    # At pole + d the largest weight alone contributes 1/(2 d), so that d = 0.49 makes the excess
    # negative; and no term is above 1/(2 p), so that p = n/2 makes it positive.
    return float(brentq(excess, pole + 0.49, 0.5 * lam.size + 1.0, xtol=1e-10, rtol=1e-10))
