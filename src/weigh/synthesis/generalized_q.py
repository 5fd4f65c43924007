"""The Q statistic with weights of one's own, its moments and its distribution at any tau2."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from weigh.stats.quadratic_forms import weighted_chi2_tails
from weigh.stats.sums import Design
from weigh.synthesis.tau2 import moment_variance

__all__ = ["GeneralizedQ"]

FloatArray = npt.NDArray[np.float64]


class GeneralizedQ:
    """y'Py for P made of fixed weights, a quadratic form in normal effects.

    Parameters
    ----------
    design
        The effects and the model matrix.
    weights
        (k,) weights, 0 or above.

    References
    ----------
    :cite:t:`dersimonian2007` for the moments, :cite:t:`jackson2013` for the distribution.
    """

    def __init__(self, design: Design, weights: FloatArray) -> None:
        root = np.sqrt(weights)
        basis = np.linalg.qr(root[:, None] * design.x)[0]
        e = root * design.y
        e = e - basis @ (basis.T @ e)
        self.q = float(e @ e)
        self._v = design.v
        half = root[:, None] * (np.eye(weights.size) - basis @ basis.T)
        # P = half half', and y'Py has the weights of the eigenvalues of half' (V + tau2 I) half.
        self._half = half
        self._scale = float(np.median(design.v)) + float(design.rss[0]) / float(design.df[0])

    def moment_estimate(self) -> float:
        """Return the tau2 at which Q has its expectation, never below 0."""
        trace, trace_v = self._trace(1.0), self._trace(self._v)
        return max((self.q - trace_v) / trace, 0.0)

    def se(self, tau2: float) -> float:
        """Standard error of a tau2 made from Q, when tau2 is the true one."""
        inner = self._half.T @ self._half
        inner_v = self._half.T @ (self._v[:, None] * self._half)
        variance = moment_variance(
            tau2,
            float(np.sum(inner_v * inner_v)),
            float(np.sum(inner_v * inner)),
            float(np.sum(inner * inner)),
        )
        return math.sqrt(variance) / self._trace(1.0)

    def _trace(self, variance: FloatArray | float) -> float:
        return float(np.sum(np.sum(self._half**2, axis=1) * variance))

    def below(self, tau2: float) -> float:
        """Probability of a Q at or below the one observed."""
        spread = self._half.T @ ((self._v + tau2)[:, None] * self._half)
        weights = np.linalg.eigvalsh(spread)
        return weighted_chi2_tails(self.q, np.maximum(weights, 0.0))[0]

    def solve(self, probability: float) -> float:
        """Find the tau2 at which the observed Q has this probability from below; 0 if beyond."""
        if self.below(0.0) <= probability:
            return 0.0
        high = self._scale
        while self.below(high) > probability:
            high *= 4.0
        return float(
            brentq(lambda t: self.below(t) - probability, 0.0, high, xtol=1e-13 * high, rtol=1e-12)
        )
