"""Meta-analysis as evidence accumulates: how much is needed, and when it says enough.

`sequential` tests studies in the order they came; `boundaries` has the bounds alone, and
`required_size` the participants that one test needs.
"""

from __future__ import annotations

from weigh.synthesis.sequential.analysis import Sequential, sequential
from weigh.synthesis.sequential.boundaries import Boundaries, boundaries
from weigh.synthesis.sequential.information import required_size

__all__ = ["Boundaries", "Sequential", "boundaries", "required_size", "sequential"]
