"""Random sets of effects of every kind, and an independent judge of their REML estimates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class RandomSets:
    """Sets of effects as rows, for `pool_many`; `k` is the size of each set."""

    yi: Array
    vi: Array
    group: Array
    k: Array

    def first(self, number: int) -> RandomSets:
        """The first sets alone."""
        rows = self.group < number
        return RandomSets(
            yi=self.yi[rows], vi=self.vi[rows], group=self.group[rows], k=self.k[:number]
        )

    def table(self, values: Array, fill: float) -> Array:
        """One column a set, in more digits than the code under test has; `fill` below the last."""
        padded = np.full((self.k.max(), self.k.size), fill, dtype=np.longdouble)
        start = np.cumsum(self.k) - self.k
        padded[np.arange(self.group.size) - start[self.group], self.group] = values
        return padded


def random_sets(seed: int, sets: int) -> RandomSets:
    """Sets of 2 to 40 studies: tau2 from 0 to 10, variances alike or from 1e-3 to 1e3 apart."""
    rng = np.random.default_rng(seed)
    k = rng.integers(2, 41, size=sets)
    group = np.repeat(np.arange(sets), k)
    # The variances of a set lie around a centre, from all alike to three decades either side.
    centre = rng.uniform(-3.0, 3.0, size=sets)
    width = rng.choice([0.0, 0.3, 1.0, 3.0], size=sets)
    drift = width[group] * rng.uniform(-1.0, 1.0, size=group.size)
    vi = 10.0 ** np.clip(centre[group] + drift, -3.0, 3.0)
    tau2 = np.where(rng.random(sets) < 0.25, 0.0, 10.0 ** rng.uniform(-4.0, 1.0, size=sets))
    yi = rng.normal(0.3, np.sqrt(vi + tau2[group]))
    return RandomSets(yi=yi, vi=vi, group=group, k=k)


class Judge:
    """The restricted likelihood of each set by its textbook formula, in long double."""

    def __init__(self, sets: RandomSets) -> None:
        self.y = sets.table(sets.yi, 0.0)
        self.v = sets.table(sets.vi, np.inf)
        self.filled = np.isfinite(self.v)
        mean = np.sum(self.y, axis=0) / sets.k
        rss = np.sum(np.where(self.filled, self.y - mean, 0.0) ** 2, axis=0)
        # From here on the likelihood falls: y'P²y is at most rss/t², tr P at least
        # (k - 1)/(t + max v), and rss (t + max v) < t² for every t from rss + max v.
        self.far = rss + np.max(np.where(self.filled, self.v, 0.0), axis=0)

    def _residuals(self, tau2: Array) -> tuple[Array, Array, Array]:
        w = 1.0 / (self.v + tau2)
        total = np.sum(w, axis=0)
        return w, total, self.y - np.sum(w * self.y, axis=0) / total

    def height(self, tau2: Array) -> Array:
        """Restricted log-likelihood, without its constant."""
        w, total, residual = self._residuals(tau2)
        logs = np.log(w, where=self.filled, out=np.zeros_like(w))
        return 0.5 * (np.sum(logs, axis=0) - np.log(total) - np.sum(w * residual**2, axis=0))

    def score(self, tau2: Array) -> tuple[Array, Array]:
        """The two sides of the restricted score: y'P²y, and tr P."""
        w, total, residual = self._residuals(tau2)
        trace = total - np.sum(w * w, axis=0) / total
        return np.sum((w * residual) ** 2, axis=0), trace
