"""The bivariate model of the counts themselves: binomial, with normal logits between studies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import StatisticsError
from weigh.synthesis.diagnostic.bivariate import Bivariate
from weigh.synthesis.diagnostic.tables import Tables, corrected
from weigh.synthesis.glmm_quadrature import maximum

__all__ = ["fit_counts"]

FloatArray = npt.NDArray[np.float64]


class _Likelihood:
    """Log-likelihood of the counts, each study's two logits integrated out.

    The parameters are the two means and the lower triangle L of the covariance L L'. The integral
    is taken by the product of Gauss and Hermite's rules, centred on the integrand's highest point
    and turned and scaled by its curvature there; one point is Laplace's approximation.
    """

    def __init__(self, tables: Tables, points: int) -> None:
        self.x = np.column_stack([tables.tp, tables.fp])
        self.n = np.column_stack([tables.sick, tables.healthy])
        ways = special.gammaln(self.n + 1.0) - special.gammaln(self.x + 1.0)
        ways -= special.gammaln(self.n - self.x + 1.0)
        self.ways = ways.sum(axis=1)
        nodes, weights = np.polynomial.hermite_e.hermegauss(points)
        first, second = np.meshgrid(nodes, nodes, indexing="ij")
        self.nodes = np.column_stack([first.ravel(), second.ravel()])
        log_w = np.log(weights) - 0.5 * np.log(2.0 * np.pi)
        pairs = log_w[:, None] + log_w[None, :]
        self.log_w = pairs.ravel() + 0.5 * (self.nodes**2).sum(axis=1)

    def __call__(self, at: FloatArray) -> float:
        mean, lower = at[:2], np.array([[at[2], 0.0], [at[3], at[4]]])
        z, curve = self._modes(mean, lower)
        root = np.linalg.inv(np.linalg.cholesky(curve))
        turned = z[:, None, :] + np.einsum("qi,kij->kqj", self.nodes, root)
        terms = self.log_w + self._value(mean + turned @ lower.T)
        terms -= 0.5 * (turned**2).sum(axis=2)
        scale = 0.5 * np.log(np.linalg.det(curve))
        height = np.asarray(special.logsumexp(terms, axis=1))
        return float(np.sum(height - scale + self.ways))

    def _value(self, theta: FloatArray) -> FloatArray:
        x, n = (part[:, None, :] for part in (self.x, self.n))
        value: FloatArray = (x * theta - n * np.logaddexp(0.0, theta)).sum(axis=2)
        return value

    def _modes(self, mean: FloatArray, lower: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Highest points of the integrands in standard normal units, and their curvatures."""
        z = np.zeros_like(self.x)
        for _ in range(200):
            p = special.expit(mean + z @ lower.T)
            slope = (self.x - self.n * p) @ lower - z
            weight = self.n * p * (1.0 - p)
            curve = np.eye(2) + np.einsum("ai,ka,aj->kij", lower, weight, lower)
            step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
            # The integrand is log-concave; a step of at most one SD cannot overflow.
            step = np.clip(step, -1.0, 1.0)
            z = z + step
            if np.abs(step).max() < 1e-12:
                break
        p = special.expit(mean + z @ lower.T)
        weight = self.n * p * (1.0 - p)
        return z, np.eye(2) + np.einsum("ai,ka,aj->kij", lower, weight, lower)


def fit_counts(tables: Tables, points: int) -> Bivariate:
    """Maximize the likelihood of the counts; nothing is added to empty cells.

    Parameters
    ----------
    tables
        Counts as observed.
    points
        Points of the quadrature in each direction; 1 is Laplace's approximation, as in R's lme4.

    References
    ----------
    :cite:t:`chu2006`.
    """
    if tables.k < 3:
        raise StatisticsError(
            f"There are {tables.k} studies, and the bivariate model needs at least three.",
            hint='Take method="EE", which assumes that the studies do not differ.',
        )
    likelihood = _Likelihood(tables, points)
    y, _ = corrected(tables, 0.5, "only0").logits()
    mean: FloatArray = np.asarray(y.mean(axis=0))
    sd: FloatArray = np.maximum(np.asarray(y.std(axis=0, ddof=1)), 0.1)
    rho = float(np.asarray(np.corrcoef(y.T))[0, 1]) if (np.ptp(y, axis=0) > 0.0).all() else 0.0
    starts = [
        [*mean, sd[0], r * sd[1], np.sqrt(1.0 - r * r) * sd[1]]
        for r in dict.fromkeys((float(np.clip(rho, -0.9, 0.9)), 0.0))
    ]
    found = maximum(likelihood, starts)
    lower = np.array([[found.at[2], 0.0], [found.at[3], found.at[4]]])
    try:
        vb = np.linalg.inv(found.information)[:2, :2]
    except np.linalg.LinAlgError:
        # A covariance on the boundary has no information in the direction out of it.
        vb = np.linalg.inv(found.information[:2, :2])
    if not (np.diagonal(vb) > 0.0).all():
        vb = np.linalg.inv(found.information[:2, :2])
    return Bivariate(
        found.at[:2], np.asarray(vb, dtype=np.float64), lower @ lower.T, found.value, None
    )
