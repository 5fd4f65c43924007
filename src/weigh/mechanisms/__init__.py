"""How it might work: the signed graph of findings, its chains, and what may be said of them.

`graph` finds chains from the intervention towards the question's targets, `findings` puts one
finding into words, `chains` a chain of them, and `section` tells each pathway. Nothing here speaks
of a benefit: that is for studies in people, elsewhere.
"""

from __future__ import annotations

from weigh.mechanisms.graph import SIGNS, Chain, Step, find_chains, signed_graph
from weigh.mechanisms.section import mechanisms

__all__ = ["SIGNS", "Chain", "Step", "find_chains", "mechanisms", "signed_graph"]
