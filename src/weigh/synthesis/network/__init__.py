"""Networks of treatments: many compared through all trials at once, directly and indirectly.

`network` takes pairwise contrasts, and `Network` is what it gives: a league table, a ranking, tests
of inconsistency and the evidence behind every comparison. `arms` and `trials` hold the input,
`rows` turns a network into a regression, `connection` tells whether it hangs together; `league`,
`ranking`, `decomposition`, `splitting`, `evidence` and `contributions` are what a fit can say.
"""

from __future__ import annotations

from weigh.synthesis.network.arms import ArmContrasts, network_contrasts, network_from_arms
from weigh.synthesis.network.connection import NetworkPart, network_parts
from weigh.synthesis.network.fitting import network
from weigh.synthesis.network.result import Network

__all__ = [
    "ArmContrasts",
    "Network",
    "NetworkPart",
    "network",
    "network_contrasts",
    "network_from_arms",
    "network_parts",
]
