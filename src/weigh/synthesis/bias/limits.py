"""Limit meta-analysis: what the studies would show if each were infinitely precise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.stats.tails import chi2_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.bias.asymmetry import finite_or_none, require_studies
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.pooling import pool

__all__ = ["LimitMetaAnalysis", "limit_meta_analysis"]

FloatArray = npt.NDArray[np.float64]

_ADJUSTMENTS = ("beta0", "betalim", "mulim")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitMetaAnalysis:
    """A random-effects model extended by a small-study effect, and its limit.

    Parameters
    ----------
    estimate, se, statistic, p, ci_low, ci_high, level
        The adjusted effect on the analysis scale, by `adjustment`.
    adjustment
        ``"beta0"``: the model's expectation for infinitely precise studies that still differ;
        ``"betalim"``: slope of the limit radial plot; ``"mulim"``: the same through the origin.
    intercept, slope
        Of the radial plot with tau2: the small-study effect, and the effect without it.
    yi_limit
        Each study's effect in the limit.
    q, q_small, q_residual
        Cochran's Q and its two parts: explained by small-study effects, and left.
    q_small_p, q_residual_p
        Their tests, chi-squared with 1 and k - 2 degrees of freedom.
    g2
        Heterogeneity that is left, of the limit studies: a share of 1.
    tau2, k
        Between-study variance, number of studies.
    """

    estimate: float
    se: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    level: float
    adjustment: str
    intercept: float
    slope: float
    yi_limit: FloatArray
    q: float
    q_small: float
    q_small_p: float
    q_residual: float
    q_residual_p: float
    g2: float | None
    tau2: float
    k: int

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        parts: dict[str, Any] = {
            name: finite_or_none(getattr(self, name))
            for name in (
                "estimate",
                "se",
                "statistic",
                "p",
                "ci_low",
                "ci_high",
                "level",
                "intercept",
                "slope",
                "q",
                "q_small",
                "q_small_p",
                "q_residual",
                "q_residual_p",
                "g2",
                "tau2",
            )
        }
        return parts | {
            "adjustment": self.adjustment,
            "yi_limit": self.yi_limit.tolist(),
            "k": self.k,
        }


@dataclass(frozen=True, slots=True)
class _Radial:
    intercept: float
    slope: float
    residual: float
    r2: float


def limit_meta_analysis(
    yi: Any,
    vi: Any,
    *,
    adjustment: str = "beta0",
    method: str = "REML",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> LimitMetaAnalysis:
    """Adjust a random-effects model for small-study effects by its limit.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    adjustment
        ``"beta0"``, ``"betalim"`` or ``"mulim"``.
    method
        Estimator of tau2, as in `weigh.pool`.
    level, slab
        Confidence level, and names of the studies.

    Raises
    ------
    StatisticsError
        Fewer than three studies, or variances that are all the same.

    References
    ----------
    :cite:t:`rucker2011`.

    Examples
    --------
    >>> found = limit_meta_analysis([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16], method="DL")
    >>> round(found.estimate, 3), round(found.slope, 3)
    (0.011, -0.6)
    """
    check_choice("adjustment", adjustment, _ADJUSTMENTS)
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    k = y.size
    require_studies(k, 3, "A limit meta-analysis")
    if np.ptp(v) == 0.0:
        raise StatisticsError(
            "All studies have the same variance, so a small-study effect cannot be told from the "
            "effect itself."
        )
    fit = pool(y, v, method=method)
    radial = _radial(y, np.sqrt(v + fit.tau2))
    plain = _radial(y, np.sqrt(v))
    limit = radial.slope + np.sqrt(fit.tau2 / (v + fit.tau2)) * (y - radial.slope)
    in_limit = _radial(limit, np.sqrt(v))
    if adjustment == "beta0":
        tau = math.sqrt(fit.tau2)
        estimate = radial.slope + tau * radial.intercept
        # Variance of slope + tau intercept, the weights taken as known.
        x = 1.0 / np.sqrt(v + fit.tau2)
        about = float(np.sum((x - x.mean()) ** 2))
        se = math.sqrt(((1.0 - tau * float(x.mean())) ** 2 + tau**2 * about / k) / about)
    elif adjustment == "betalim":
        estimate = in_limit.slope
        se = 1.0 / math.sqrt(float(np.sum((1.0 / np.sqrt(v) - np.mean(1.0 / np.sqrt(v))) ** 2)))
    else:
        estimate = float(np.sum(limit / v) / np.sum(1.0 / v))
        se = 1.0 / math.sqrt(float(np.sum(1.0 / v)))
    half = two_sided_quantile(level) * se
    q_small = fit.q - plain.residual
    return LimitMetaAnalysis(
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p=float(two_sided_p(estimate / se)),
        ci_low=estimate - half,
        ci_high=estimate + half,
        level=level,
        adjustment=adjustment,
        intercept=radial.intercept,
        slope=radial.slope,
        yi_limit=limit,
        q=fit.q,
        q_small=q_small,
        q_small_p=_tail(q_small, 1.0),
        q_residual=plain.residual,
        q_residual_p=_tail(plain.residual, k - 2.0),
        g2=1.0 - in_limit.r2 if math.isfinite(in_limit.r2) else None,
        tau2=fit.tau2,
        k=k,
    )


def _tail(q: float, df: float) -> float:
    return float(chi2_tail(max(q, 0.0), df))


def _radial(y: FloatArray, se: FloatArray) -> _Radial:
    """Least squares in the radial plot: y/se on 1/se."""
    x, z = 1.0 / se, y / se
    dx, dz = x - x.mean(), z - z.mean()
    slope = float(np.sum(dx * dz) / np.sum(dx * dx))
    residual = float(np.sum((dz - slope * dx) ** 2))
    total = float(np.sum(dz * dz))
    return _Radial(
        intercept=float(z.mean() - slope * x.mean()),
        slope=slope,
        residual=residual,
        r2=1.0 - residual / total if total > 0.0 else math.nan,
    )
