"""Pooled effects of many sets of 2×2 tables that differ in their events alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import normal_quantile
from weigh.synthesis.batch import pool_many

__all__ = ["Counts", "Intervals", "Rules", "pool_counts"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """How counts are pooled: as the options of `fragility_index` say."""

    measure: str
    method: str
    test: str
    level: float
    add: float


@dataclass(frozen=True, slots=True)
class Counts:
    """(sets, k) events of the two groups, and (k,) people in them."""

    events1: FloatArray
    events2: FloatArray
    n1: FloatArray
    n2: FloatArray


@dataclass(frozen=True, slots=True)
class Intervals:
    """Pooled effect of each set, on the analysis scale, and its limits."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def pool_counts(counts: Counts, rules: Rules) -> Intervals:
    """Pool every set."""
    if rules.method == "MH":
        return _mantel_haenszel(counts, rules)
    yi, vi = _effects(counts, rules)
    sets, k = yi.shape
    batch = pool_many(
        yi.ravel(),
        vi.ravel(),
        np.repeat(np.arange(sets), k),
        method=rules.method,
        test=rules.test,
        level=rules.level,
    )
    return Intervals(batch.estimate, batch.ci_low, batch.ci_high)


def _effects(counts: Counts, rules: Rules) -> tuple[FloatArray, FloatArray]:
    """Effects and sampling variances of every study in every set."""
    a, c = counts.events1, counts.events2
    b, d = counts.n1 - a, counts.n2 - c
    empty = (a == 0.0) | (b == 0.0) | (c == 0.0) | (d == 0.0)
    a, b, c, d = (cell + np.where(empty, rules.add, 0.0) for cell in (a, b, c, d))
    n1, n2 = a + b, c + d
    if rules.measure == "OR":
        return np.log(a * d / (b * c)), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d
    if rules.measure == "RR":
        return np.log(a * n2 / (c * n1)), b / (a * n1) + d / (c * n2)
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def _mantel_haenszel(counts: Counts, rules: Rules) -> Intervals:
    """Mantel and Haenszel's estimates; NaN where no study has what they need.

    References
    ----------
    :cite:t:`mantel1959`; variances by :cite:t:`greenland1985`, :cite:t:`robins1986` and
    :cite:t:`sato1989`.
    """
    a, c = counts.events1, counts.events2
    b, d = counts.n1 - a, counts.n2 - c
    n1, n2 = counts.n1, counts.n2
    n = n1 + n2

    def total(values: FloatArray) -> FloatArray:
        sums: FloatArray = values.sum(axis=1)
        return sums

    with np.errstate(divide="ignore", invalid="ignore"):
        if rules.measure == "RR":
            r, s = total(a * n2 / n), total(c * n1 / n)
            estimate = np.log(r / s)
            variance = total((n1 * n2 * (a + c) - a * c * n) / n**2) / (r * s)
        elif rules.measure == "OR":
            concordant, discordant = a * d / n, b * c / n
            p, q = (a + d) / n, (b + c) / n
            r, s = total(concordant), total(discordant)
            estimate = np.log(r / s)
            variance = (
                total(p * concordant) / r**2
                + total(p * discordant + q * concordant) / (r * s)
                + total(q * discordant) / s**2
            ) / 2.0
        else:
            weight = float(np.sum(n1 * n2 / n))
            estimate = total((a * n2 - c * n1) / n) / weight
            p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2.0) / n**2
            q = (a * d + c * b) / (2.0 * n)
            variance = (estimate * total(p) + total(q)) / weight**2
        half = normal_quantile(0.5 + 0.5 * rules.level) * np.sqrt(variance)
    estimate = np.where(np.isfinite(estimate), estimate, np.nan)
    return Intervals(estimate, estimate - half, estimate + half)
