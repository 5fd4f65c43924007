r"""The distribution of a weighted sum of chi-squared variables, each with one degree of freedom.

Its Laplace transform is :math:`\prod_j (1 + 2 \lambda_j p)^{-1/2}`, with singularities on the
negative real axis only. The distribution function is recovered by the trapezoidal rule along a
parabola through the saddle point that bends away from the positive side, where the error falls
exponentially with the number of nodes: some hundreds give twelve digits, for two terms as for a
thousand, where series lose their way among weights of different size.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

__all__ = ["weighted_chi2_tails"]

FloatArray = npt.NDArray[np.float64]

_STEP = 0.08
_NODES = 400


def weighted_chi2_tails(x: float, weights: FloatArray) -> tuple[float, float]:
    """Probabilities that the sum of weights times chi-squared(1) variables is below or above x.

    Parameters
    ----------
    x
        Value, any real.
    weights
        Weights, 0 or above; not all 0 unless the sum is taken as the constant 0.

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
    if x <= 0.0:
        return 0.0, 1.0
    lam = lam / x  # now the question is about 1
    pole = -0.5 / float(lam.max())
    saddle = _saddle_point(lam, pole)
    ratio = lam / (1.0 + 2.0 * lam * saddle)
    spread = float(np.sqrt(2.0 * np.sum(ratio**2)))
    # Keep clear of the pole at 0, on the side where the wanted tail is.
    lower = saddle > -0.3 / spread
    point = max(saddle, 1.0 / spread) if lower else saddle
    ratio = lam / (1.0 + 2.0 * lam * point)
    spread = float(np.sqrt(2.0 * np.sum(ratio**2)))
    # The steepest descent leaves the saddle with this curvature.
    bend = 8.0 * float(np.sum(ratio**3)) / (6.0 * spread**4)
    u = _STEP * np.arange(_NODES)
    p = point + 1j * u / spread - bend * u * u
    slope = 1j / spread - 2.0 * bend * u
    exponent = p - 0.5 * np.sum(np.log1p(2.0 * lam[:, None] * p), axis=0)
    terms = (np.exp(exponent) / p * slope).imag
    total = float(_STEP * (terms.sum() - 0.5 * terms[0]) / np.pi)
    tail = min(max(total if lower else -total, 0.0), 1.0)
    return (tail, 1.0 - tail) if lower else (1.0 - tail, tail)


def _saddle_point(lam: FloatArray, pole: float) -> float:
    """Where the exponent p + log transform is stationary, right of the pole."""

    def excess(p: float) -> float:
        return 1.0 - float(np.sum(lam / (1.0 + 2.0 * lam * p)))

    # At pole + d the largest weight alone contributes 1/(2 d), so that d = 0.49 makes the excess
    # negative; and no term is above 1/(2 p), so that p = n/2 makes it positive.
    return float(brentq(excess, pole + 0.49, 0.5 * lam.size + 1.0, xtol=1e-10, rtol=1e-10))
