"""The proportional hazards model: sensitivity is the false positive rate to the power theta."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import StatisticsError
from weigh.stats.tails import chi2_tail, two_sided_quantile
from weigh.synthesis.diagnostic.tables import Tables
from weigh.synthesis.records import as_record

__all__ = ["ProportionalHazards", "proportional_hazards"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalHazards:
    """A fit of the model log(sensitivity) = theta log(false positive rate).

    Parameters
    ----------
    k
        Number of studies.
    theta, se, ci_low, ci_high
        Accuracy: 0 is a perfect test, 1 one that tells nothing.
    tau2, tau2_se
        Variance of theta between studies; no standard error where it is 0.
    auc, auc_low, auc_high
        Area below the curve, 1 / (1 + theta).
    partial_auc
        Area over the observed false positive rates divided by their distance; None where they do
        not differ.
    log_likelihood
        Of the observed thetas.
    q, q_df, q_p
        Goodness of fit by chi-squared.
    level
        Confidence level.
    """

    k: int
    theta: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float
    tau2_se: float | None
    auc: float
    auc_low: float
    auc_high: float
    partial_auc: float | None
    log_likelihood: float
    q: float
    q_df: int
    q_p: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True)
class _Observed:
    """Theta of each study; its variance is `own` + theta² `slope`."""

    theta: FloatArray
    own: FloatArray
    slope: FloatArray

    def scores(self, theta: float, tau2: float) -> tuple[FloatArray, FloatArray]:
        """Derivatives of each study's log-likelihood by theta and by tau2."""
        v = 1.0 / (self.own + self.slope * theta**2 + tau2)
        r = self.theta - theta
        excess = (r * v) ** 2 - v
        return r * v + excess * self.slope * theta, 0.5 * excess

    def log_likelihood(self, theta: float, tau2: float) -> float:
        v = self.own + self.slope * theta**2 + tau2
        return -0.5 * float(np.sum(np.log(2.0 * math.pi * v) + (self.theta - theta) ** 2 / v))


def proportional_hazards(tables: Tables, level: float) -> ProportionalHazards:
    """Fit by the adjusted profile likelihood, which is that of the observed thetas.

    Parameters
    ----------
    tables
        Counts without empty cells.
    level
        Confidence level.

    Raises
    ------
    StatisticsError
        Fewer than three studies.

    References
    ----------
    :cite:t:`holling2012`. Standard errors are from the outer products of the scores, as there.
    """
    if tables.k < 3:
        raise StatisticsError(
            f"The proportional hazards model needs at least three studies; there are {tables.k}."
        )
    log_fpr = np.log(tables.fpr)
    seen = _Observed(
        np.log(tables.sensitivity) / log_fpr,
        (1.0 / tables.tp - 1.0 / tables.sick) / log_fpr**2,
        (1.0 / tables.fp - 1.0 / tables.healthy) / log_fpr**2,
    )
    theta, tau2 = _maximum(seen)
    by_theta, by_tau2 = seen.scores(theta, tau2)
    aa, cc, ac = by_theta @ by_theta, by_tau2 @ by_tau2, by_theta @ by_tau2
    det = aa * cc - ac * ac
    if not det > 1e-12 * aa * cc:
        raise StatisticsError(
            "The studies are too much alike to tell the exponent from its variance between studies."
        )
    se, tau2_se = math.sqrt(cc / det), math.sqrt(aa / det) if tau2 > 0.0 else None
    half = float(two_sided_quantile(level)) * se
    variance = seen.own + seen.slope * theta**2 + tau2
    q = float(np.sum((seen.theta - theta) ** 2 / variance))
    low, high = float(tables.fpr.min()), float(tables.fpr.max())
    power = theta + 1.0
    return ProportionalHazards(
        k=tables.k,
        theta=theta,
        se=se,
        ci_low=theta - half,
        ci_high=theta + half,
        tau2=tau2,
        tau2_se=tau2_se,
        auc=1.0 / power,
        auc_low=1.0 / (power + half),
        auc_high=1.0 / max(power - half, 1.0),
        partial_auc=(high**power - low**power) / (power * (high - low)) if low < high else None,
        log_likelihood=seen.log_likelihood(theta, tau2),
        q=q,
        q_df=tables.k - 2,
        q_p=float(chi2_tail(q, tables.k - 2)),
        level=level,
    )


def _maximum(seen: _Observed) -> tuple[float, float]:
    """Theta and tau2 of the highest likelihood; tau2 is sought as a square, and 0 tried."""

    def with_spread(at: FloatArray) -> tuple[float, FloatArray]:
        theta, tau = math.exp(at[0]), float(at[1])
        by_theta, by_tau2 = (float(part.sum()) for part in seen.scores(theta, tau * tau))
        return -seen.log_likelihood(theta, tau * tau), -np.array(
            [theta * by_theta, 2.0 * tau * by_tau2]
        )

    def without(at: FloatArray) -> tuple[float, FloatArray]:
        value, slope = with_spread(np.array([at[0], 0.0]))
        return value, slope[:1]

    typical = float(np.median(seen.theta))
    start = math.log(typical)
    options = {"gtol": 1e-10}
    common = optimize.minimize(without, [start], jac=True, method="BFGS", options=options)
    best, theta, tau = float(common.fun), math.exp(float(common.x[0])), 0.0
    for width in (0.1, 1.0):
        found = optimize.minimize(
            with_spread, [start, width * typical], jac=True, method="BFGS", options=options
        )
        if found.fun < best - 1e-10:
            best, theta, tau = float(found.fun), math.exp(float(found.x[0])), float(found.x[1])
    return theta, tau * tau
