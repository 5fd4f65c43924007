"""Networks of treatments: many compared through all trials at once, directly and indirectly.

`network` takes pairwise contrasts, and `Network` is what it gives: a league table, a ranking, tests
of inconsistency and the evidence behind every comparison. `arms` and `trials` hold the input,
`rows` turns a network into a regression, `connection` tells whether it hangs together; `league`,
`ranking`, `decomposition`, `heat`, `splitting`, `evidence`, `contributions`, `asymmetry` and
`confidence` are what a fit can say. `network_counts` is for rare events (`sparse`, with
`mantel_haenszel` and `hypergeometric`), `component_network` for combined treatments.
"""

from __future__ import annotations

from weigh.synthesis.network.arms import ArmContrasts, network_contrasts, network_from_arms
from weigh.synthesis.network.components import ComponentNetwork, component_network
from weigh.synthesis.network.connection import NetworkPart, network_parts
from weigh.synthesis.network.fitting import network
from weigh.synthesis.network.result import Network
from weigh.synthesis.network.sparse import CountNetwork, network_counts

__all__ = [
    "ArmContrasts",
    "ComponentNetwork",
    "CountNetwork",
    "Network",
    "NetworkPart",
    "component_network",
    "network",
    "network_contrasts",
    "network_counts",
    "network_from_arms",
    "network_parts",
]
