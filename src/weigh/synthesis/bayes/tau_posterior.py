"""The posterior of tau: density, distribution function, quantiles, mode and moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import sici

from weigh.synthesis.bayes.priors import TauPrior
from weigh.synthesis.bayes.quadrature import Grid, MuPrior, conditional, t_at, tau_at

__all__ = ["TauPosterior"]

FloatArray = npt.NDArray[np.float64]

_NEGLIGIBLE = 1e-20


@dataclass(frozen=True, slots=True)
class TauPosterior:
    """Posterior of tau in one set of studies, or in g.

    Parameters
    ----------
    y, v : (k, g) arrays
        Effects and variances.
    prior, mu_prior
        Priors.
    grid
        Nodes and weights.
    """

    y: FloatArray
    v: FloatArray
    prior: TauPrior
    mu_prior: MuPrior
    grid: Grid

    def density(self, tau: FloatArray) -> FloatArray:
        """Posterior densities at (q, g) points; 0 below 0."""
        at = np.maximum(tau, 0.0)
        v = self.v[:, None, :]
        with np.errstate(divide="ignore", over="ignore"):  # a density may be infinite at 0
            logs = conditional(self.y[:, None, :], v, at, self.mu_prior).log_likelihood
            logs = logs + self.prior.log_density(at, v) - self.grid.log_norm
            return np.where(tau < 0.0, 0.0, np.exp(logs))

    def cdf(self, tau: FloatArray) -> FloatArray:
        """Distribution functions at (q, g) points."""
        value, _ = self._sinc(t_at(np.maximum(tau, 0.0), self.grid.center))
        return np.where(tau <= 0.0, 0.0, np.clip(value, 0.0, 1.0))

    def _sinc(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Probability below points of the stretched scale, and its derivative."""
        grid = self.grid
        used = np.flatnonzero((grid.weight > _NEGLIGIBLE).any(axis=1))
        some = slice(used[0], used[-1] + 1)
        weight = grid.weight[some]
        apart = (t[:, None, :] - grid.t[some, None]) / grid.step
        with np.errstate(invalid="ignore"):
            part = 0.5 + sici(np.pi * apart)[0] / np.pi
            slope = np.where(np.isfinite(apart), np.sinc(apart), 0.0)
        return (weight * part).sum(axis=1), (weight * slope).sum(axis=1) / grid.step

    def quantile(self, p: FloatArray) -> FloatArray:
        """Quantiles of (q, g) or (q, 1) probabilities, (q, g)."""
        grid = self.grid
        p = np.broadcast_to(p, (p.shape[0], grid.center.size))
        # Half of a node's weight lies to its left: a start and, a node or two off, a bracket.
        below = np.cumsum(grid.weight, axis=0) - 0.5 * grid.weight
        at = np.stack([(below < row).sum(axis=0) for row in p])
        last = grid.t.size - 1
        low = grid.t[np.clip(at - 4, 0, last)]
        high = grid.t[np.clip(at + 3, 0, last)]
        t = 0.5 * (grid.t[np.clip(at - 1, 0, last)] + grid.t[np.clip(at, 0, last)])
        for _ in range(60):
            value, slope = self._sinc(t)
            off = value - p
            low, high = np.where(off <= 0.0, t, low), np.where(off >= 0.0, t, high)
            with np.errstate(divide="ignore", invalid="ignore"):
                new = t - off / slope
            new = np.where((new >= low) & (new <= high), new, 0.5 * (low + high))
            moved = np.abs(new - t)
            t = new
            if (moved <= 1e-11).all():
                break
        found = np.where(p >= 1.0, np.inf, tau_at(t, grid.center))
        return np.where(p <= 0.0, 0.0, found)

    def mode(self) -> FloatArray:
        """Points of highest density, (g,); 0 where it falls from there on."""
        grid = self.grid
        density = self.density(grid.tau)
        at = np.argmax(density, axis=0)
        columns = np.arange(at.size)
        last = grid.t.size - 1
        low = np.where(at > 0, grid.tau[np.maximum(at - 1, 0), columns], 0.0)
        high = grid.tau[np.minimum(at + 1, last), columns]
        share = np.linspace(0.0, 1.0, 17)[:, None]
        for _ in range(11):
            tau = low + (high - low) * share
            best = np.argmax(self.density(tau), axis=0)
            low = tau[np.maximum(best - 1, 0), columns]
            high = tau[np.minimum(best + 1, 16), columns]
        found = 0.5 * (low + high)
        pair = self.density(np.stack([np.zeros_like(found), found]))
        return np.where(pair[0] >= pair[1] * (1.0 - 1e-13), 0.0, found)

    @property
    def tail(self) -> FloatArray:
        """Power of 1 / tau by which the posterior falls far out, (g,)."""
        studies = np.isfinite(self.v).sum(axis=0)
        return np.asarray(self.prior.tail + studies - (0 if self.mu_prior.proper else 1))

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation, (g,); NaN where the integral is infinite."""
        grid = self.grid
        mean = np.where(self.tail > 2.0, (grid.weight * grid.tau).sum(axis=0), np.nan)
        spread = (grid.weight * (grid.tau - mean) ** 2).sum(axis=0)
        return mean, np.sqrt(np.where(self.tail > 3.0, spread, np.nan))
