"""An estimate made from counts, with the studies' own effects for its test of heterogeneity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail, normal_quantile, two_sided_p

__all__ = ["PooledCounts", "count_result"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PooledCounts:
    """An estimate, its variance, and the weight of each study in it."""

    estimate: float
    variance: float
    weights: FloatArray


def count_result(
    yi: FloatArray,
    vi: FloatArray,
    *,
    pooled: PooledCounts,
    weights: FloatArray,
    method: str,
    level: float,
    rows: npt.NDArray[np.intp],
    names: tuple[str, ...],
    extra: dict[str, float] | None,
    notes: tuple[str, ...],
    k: int,
) -> Pooled:
    """Test, interval and heterogeneity of an estimate that is common to all studies.

    Parameters
    ----------
    yi, vi
        The studies' own effects; NaN where one has none. Q is taken around the estimate.
    pooled, method, extra, notes
        What came out, by what, and what else is to be said.
    level, rows, names, k
        Confidence level; rows and names of the studies; how many are counted.
    """
    se = float(np.sqrt(pooled.variance))
    usable = np.isfinite(yi)
    df = max(int(usable.sum()) - 1, 0)
    q = float(np.sum((yi[usable] - pooled.estimate) ** 2 / vi[usable])) if df > 0 else 0.0
    half = float(normal_quantile(0.5 + 0.5 * level)) * se
    statistic = pooled.estimate / se
    return Pooled(
        k=k,
        estimate=pooled.estimate,
        se=se,
        statistic=statistic,
        p=float(two_sided_p(statistic)),
        ci_low=pooled.estimate - half,
        ci_high=pooled.estimate + half,
        pi_low=None,
        pi_high=None,
        tau2=0.0,
        tau2_se=None,
        tau2_ci_low=None,
        tau2_ci_high=None,
        i2=100.0 * (q - df) / q if q > df else 0.0,
        h2=q / df if df > 0 else 1.0,
        q=q,
        q_df=df,
        q_p=float(chi2_tail(q, df)) if df > 0 else 1.0,
        method=method,
        test="z",
        level=level,
        df=None,
        yi=yi,
        vi=vi,
        slab=names,
        weights=100.0 * weights / weights.sum(),
        rows=rows,
        extra=extra,
        notes=(
            *notes,
            "This method assumes one effect common to all studies: it has no between-study "
            "variance and no prediction interval.",
        ),
    )
