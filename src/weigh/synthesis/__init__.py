"""Pooling effects over studies, on plain arrays: yi, vi and nothing else.

`pool` is one pooled effect or one regression, `mantel_haenszel` and `peto` pool counts directly.
"""

from __future__ import annotations

from weigh.synthesis.counts import mantel_haenszel, peto
from weigh.synthesis.pooling import pool

__all__ = ["mantel_haenszel", "peto", "pool"]
