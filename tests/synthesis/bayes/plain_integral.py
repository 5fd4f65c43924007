"""The same posteriors by a plain rule: Gauss and Legendre's on many short pieces of tau.

Slow and simple, and with nothing in common with the rule under test but the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from weigh.synthesis.bayes import half_cauchy, half_normal
from weigh.synthesis.bayes.priors import BY_NAME

PRIORS = {"HN0.5": half_normal(0.5), "HN1.0": half_normal(1.0), "HC0.5": half_cauchy(0.5)}


@dataclass
class Plain:
    """A sum of normals over tau."""

    m: np.ndarray
    s: np.ndarray
    w: np.ndarray

    @property
    def mean(self):
        return float(self.w @ self.m)

    @property
    def sd(self):
        return float(np.sqrt(self.w @ (self.s**2 + (self.m - self.mean) ** 2)))

    def cdf(self, x):
        return float(self.w @ norm.cdf((x - self.m) / self.s))

    def density(self, x):
        return float(self.w @ (norm.pdf((x - self.m) / self.s) / self.s))

    def quantile(self, p, near):
        """One step of Newton's from a value: where that is right, it stays."""
        return near - (self.cdf(near) - p) / self.density(near)


def nodes(top, pieces=5000):
    """Gauss and Legendre's rule of five points on pieces of tau that grow outwards."""
    edges = np.concatenate([[0.0], np.geomspace(1e-30 * top, top, pieces)])
    x, w = np.polynomial.legendre.leggauss(5)
    middle, half = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


def plain(yi, vi, prior, mu_prior, top=1e7):
    """Sums for mu, a new effect and each study's effect."""
    tau, width = nodes(top)
    w = 1.0 / (vi[:, None] + tau**2)
    mean, sd = mu_prior or (0.0, np.inf)
    total = w.sum(axis=0) + 1.0 / sd**2
    mu = ((w * yi[:, None]).sum(axis=0) + mean / sd**2) / total
    logs = 0.5 * (np.log(w).sum(axis=0) - np.log(total) - (w * (yi[:, None] - mu) ** 2).sum(axis=0))
    logs += prior.log_density(tau, vi[:, None]) - 0.5 * (mu - mean) ** 2 / sd**2
    weight = np.exp(logs - logs.max()) * width
    weight /= weight.sum()
    found = [Plain(mu, 1.0 / np.sqrt(total), weight)]
    found.append(Plain(mu, np.sqrt(1.0 / total + tau**2), weight))
    for y, v in zip(yi, vi, strict=True):
        kept = tau**2 / (v + tau**2)
        spread = kept * v + (1.0 - kept) ** 2 / total
        found.append(Plain(kept * y + (1.0 - kept) * mu, np.sqrt(spread), weight))
    return found


def plain_integrals(fit, case):
    name = case["options"]["tau_prior"]
    prior = PRIORS[name] if name in PRIORS else BY_NAME[name]
    return plain(fit.yi, fit.vi, prior, fit.mu_prior)
