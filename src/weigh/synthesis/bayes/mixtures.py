"""Mixtures of normal distributions: what mu, a new effect and each study's effect follow.

Everything works on m mixtures side by side, with n parts each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

__all__ = ["Mixtures"]

FloatArray = npt.NDArray[np.float64]

_ROOT_2PI = math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class Mixtures:
    """Normal mixtures.

    Parameters
    ----------
    mean, sd, weight
        (m, n) means, standard deviations and weights of the parts; weights sum to 1.
    """

    mean: FloatArray
    sd: FloatArray
    weight: FloatArray

    def cdf(self, x: FloatArray) -> FloatArray:
        """Distribution functions at (m, q) points."""
        z = (x[:, :, None] - self.mean[:, None]) / self.sd[:, None]
        return np.asarray((ndtr(z) * self.weight[:, None]).sum(axis=-1))

    def density(self, x: FloatArray) -> FloatArray:
        """Densities at (m, q) points."""
        z = (x[:, :, None] - self.mean[:, None]) / self.sd[:, None]
        part = self.weight / (self.sd * _ROOT_2PI)
        return np.asarray((np.exp(-0.5 * z * z) * part[:, None]).sum(axis=-1))

    def quantile(self, p: FloatArray) -> FloatArray:
        """Quantiles of (q,) probabilities, (m, q): Newton's steps inside a bracket."""
        z = ndtri(p)[None, :, None]
        parts = self.mean[:, None] + self.sd[:, None] * z
        # The quantile of a mixture lies between the least and the greatest of its parts'.
        low, high = parts.min(axis=-1), parts.max(axis=-1)
        x = np.clip((parts * self.weight[:, None]).sum(axis=-1), low, high)
        # Not the average width of the parts, which is infinite where tau has no mean.
        least = 1e-10 * self.sd.min(axis=-1)[:, None]
        for _ in range(100):
            off = self.cdf(x) - p
            low, high = np.where(off <= 0.0, x, low), np.where(off >= 0.0, x, high)
            slope = self.density(x)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                new = x - off / slope
            new = np.where((new >= low) & (new <= high), new, 0.5 * (low + high))
            moved = np.abs(new - x)
            x = new
            near = moved <= least + 4.0 * np.finfo(float).eps * np.abs(x)
            if (near | (np.abs(off) <= 1e-14)).all():
                break
        return np.asarray(x)

    def mode(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Points of highest density between (m,) limits: a narrowing grid, then Newton's steps."""
        start, end = low, high
        share = np.linspace(0.0, 1.0, 13)
        for _ in range(4):
            x = start[:, None] + (end - start)[:, None] * share
            at = np.argmax(self.density(x), axis=1)
            rows = np.arange(at.size)
            start, end = x[rows, np.maximum(at - 1, 0)], x[rows, np.minimum(at + 1, 12)]
        found = 0.5 * (start + end)
        for _ in range(3):
            z = (found[:, None] - self.mean) / self.sd
            part = self.weight * np.exp(-0.5 * z * z) / self.sd
            slope = -(part * z / self.sd).sum(axis=-1)
            curve = (part * (z * z - 1.0) / self.sd**2).sum(axis=-1)
            new = found - slope / np.where(curve < 0.0, curve, -np.inf)
            found = np.clip(new, start, end)
        return found
