"""The Q statistic with weights of one's own, its moments and its distribution at any tau2."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from weigh.stats.design import Design
from weigh.stats.quadratic_forms import tails_by_transform
from weigh.synthesis.tau2 import moment_variance

__all__ = ["GeneralizedQ"]

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


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
        self._basis = basis
        self._weights = weights
        self._scale = float(np.median(design.v)) + float(design.rss[0]) / float(design.df[0])

    def moment_estimate(self) -> float:
        """Return the tau2 at which Q has its expectation, never below 0."""
        return max((self.q - self._trace(self._v)) / self._trace(np.ones_like(self._v)), 0.0)

    def se(self, tau2: float) -> float:
        """Standard error of a tau2 made from Q, when tau2 is the true one."""
        one = np.ones_like(self._v)
        variance = moment_variance(
            tau2, self._trace2(self._v, self._v), self._trace2(self._v, one), self._trace2(one, one)
        )
        return math.sqrt(variance) / self._trace(one)

    def _trace(self, d: FloatArray) -> float:
        """Trace of P D for a diagonal D."""
        free = self._weights * (1.0 - np.sum(self._basis**2, axis=1))
        return float(np.sum(free * d))

    def _trace2(self, d: FloatArray, e: FloatArray) -> float:
        """Trace of P D P E for diagonal D and E."""
        a = self._weights
        leverage = np.sum(self._basis**2, axis=1)
        inner_d = self._basis.T @ ((a * d)[:, None] * self._basis)
        inner_e = self._basis.T @ ((a * e)[:, None] * self._basis)
        return float(np.sum(a * a * d * e * (1.0 - 2.0 * leverage)) + np.sum(inner_d * inner_e))

    def below(self, tau2: float) -> float:
        """Probability of a Q at or below the one observed.

        By Sylvester's identity the determinant behind Q's Laplace transform splits into one
        factor a study and a small determinant, so that no k by k matrix is taken apart.
        """
        c = self._weights * (self._v + tau2)

        def log_transform(p: ComplexArray) -> ComplexArray:
            factors = 1.0 + 2.0 * c[:, None] * p
            small = np.einsum("ka,kn,kb->nab", self._basis, 1.0 / factors, self._basis)
            # Eigenvalues keep to one half-plane, and so does each log; the log of their product
            # could jump.
            inner = np.log(np.linalg.eigvals(small)).sum(axis=1)
            logs: ComplexArray = -0.5 * (np.log(factors).sum(axis=0) + inner)
            return logs

        return tails_by_transform(self.q, log_transform, c[c > 0.0])[0]

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
