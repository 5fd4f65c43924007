"""One ratio a study, pooled: diagnostic odds ratios or likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail
from weigh.synthesis.diagnostic.studies import log_ratio
from weigh.synthesis.diagnostic.tables import Tables
from weigh.synthesis.pooling import pool

__all__ = ["PooledRatio", "pool_ratio"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledRatio:
    """A ratio of diagnostic accuracy, pooled over studies.

    Parameters
    ----------
    measure
        ``"DOR"``, ``"LR+"`` or ``"LR-"``.
    ratio, ci_low, ci_high
        On the natural scale.
    fit
        The fit on the log scale; `fit.q` is Cochran's Q, with inverse variances as weights.
    weighted_q, weighted_q_p
        Q with the weights of the fit, tau2 included; R's mada gives this one.
    """

    measure: str
    ratio: float
    ci_low: float
    ci_high: float
    fit: Pooled
    weighted_q: float
    weighted_q_p: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        own = ("measure", "ratio", "ci_low", "ci_high", "weighted_q", "weighted_q_p")
        return {name: getattr(self, name) for name in own} | {"fit": self.fit.to_dict()}


def pool_ratio(tables: Tables, measure: str, method: str, test: str, level: float) -> PooledRatio:
    """Pool the logs of a ratio; sensitivity and specificity are lost in it.

    Parameters
    ----------
    tables
        Counts without empty cells.
    measure
        ``"DOR"``, ``"LR+"`` or ``"LR-"``.
    method, test, level
        As in `weigh.pool`.

    References
    ----------
    :cite:t:`glas2003` for the odds ratio; :cite:t:`zwinderman2008` on why likelihood ratios are
    better taken from the bivariate model.
    """
    y, v = log_ratio(tables, measure)
    fit = pool(y, v, method=method, test=test, level=level, slab=tables.slab)
    w = 1.0 / (v + fit.tau2)
    q = float(np.sum(w * (y - np.sum(w * y) / w.sum()) ** 2))
    ratio, low, high = np.exp([fit.estimate, fit.ci_low, fit.ci_high])
    return PooledRatio(
        measure=measure,
        ratio=float(ratio),
        ci_low=float(low),
        ci_high=float(high),
        fit=fit,
        weighted_q=q,
        weighted_q_p=float(chi2_tail(q, y.size - 1)),
    )
