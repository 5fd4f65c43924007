"""Meta-analysis as evidence accumulates: how much is needed, and when it says enough.

`sequential` tests studies in the order they came; `boundaries` has the bounds alone,
`required_size` the participants that one test needs, and `next_trial` the size of the trial that
would settle a question.
"""

from __future__ import annotations

from weigh.synthesis.sequential.analysis import Sequential, sequential
from weigh.synthesis.sequential.boundaries import Boundaries, boundaries
from weigh.synthesis.sequential.information import required_size
from weigh.synthesis.sequential.planning import NextTrial, next_trial

__all__ = [
    "Boundaries",
    "NextTrial",
    "Sequential",
    "boundaries",
    "next_trial",
    "required_size",
    "sequential",
]
