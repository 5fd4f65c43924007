"""Pooling effects over studies, on plain arrays: yi, vi and nothing else.

`pool` gives one pooled effect or one regression, `pool_many` many at once; `mantel_haenszel` and
`peto` pool counts directly. `tau2_interval` and `fit_statistics` say more about a fit.
"""

from __future__ import annotations

from weigh.synthesis.batch import PooledBatch, pool_many
from weigh.synthesis.counts import mantel_haenszel, peto
from weigh.synthesis.fit_statistics import FitStatistics, fit_statistics
from weigh.synthesis.pooling import pool
from weigh.synthesis.tau2_intervals import HeterogeneityIntervals, tau2_interval

__all__ = [
    "FitStatistics",
    "HeterogeneityIntervals",
    "PooledBatch",
    "fit_statistics",
    "mantel_haenszel",
    "peto",
    "pool",
    "pool_many",
    "tau2_interval",
]
