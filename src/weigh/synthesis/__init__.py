"""Pooling effects over studies, on plain arrays: yi, vi and nothing else.

`pool` gives one pooled effect or one regression, `pool_many` many at once; `mantel_haenszel` and
`peto` pool counts directly.
"""

from __future__ import annotations

from weigh.synthesis.batch import PooledBatch, pool_many
from weigh.synthesis.counts import mantel_haenszel, peto
from weigh.synthesis.pooling import pool

__all__ = ["PooledBatch", "mantel_haenszel", "peto", "pool", "pool_many"]
