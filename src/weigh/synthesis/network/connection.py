"""Which treatments hang together through trials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.network.trials import names_of, refuse_alike

__all__ = ["NetworkPart", "network_parts", "refuse_disconnected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPart:
    """Treatments that trials connect, directly or through others.

    Parameters
    ----------
    treatments, studies
        Their names, each in order.
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]


def network_parts(study: Any, treat1: Any, treat2: Any) -> tuple[NetworkPart, ...]:
    """Parts of a network between which no trial leads; one part is a connected network.

    Parameters
    ----------
    study, treat1, treat2
        (m,) the trial of each contrast, and the treatments that it compares.

    Returns
    -------
    tuple of NetworkPart
        The part with most treatments first.

    Examples
    --------
    >>> parts = network_parts(["1", "2", "3"], ["A", "B", "D"], ["B", "C", "E"])
    >>> [part.treatments for part in parts]
    [('A', 'B', 'C'), ('D', 'E')]
    """
    names, first, second = (
        names_of(values, what)
        for values, what in ((study, "study"), (treat1, "treat1"), (treat2, "treat2"))
    )
    if not len(names) == len(first) == len(second):
        raise InputError(
            f"`study`, `treat1` and `treat2` have {len(names)}, {len(first)} and {len(second)} "
            "entries; there must be one of each a contrast."
        )
    refuse_alike((*first, *second))
    graph = nx.Graph(zip(first, second, strict=True))
    found = []
    for part in nx.connected_components(graph):
        inside = (n for n, f in zip(names, first, strict=True) if f in part)
        found.append(
            NetworkPart(treatments=tuple(sorted(part)), studies=tuple(dict.fromkeys(inside)))
        )
    return tuple(sorted(found, key=lambda part: (-len(part.treatments), part.treatments)))


def refuse_disconnected(treatments: Sequence[str], trials: Iterable[tuple[int, ...]]) -> None:
    """Raise `StatisticsError`, naming the parts, where no trial leads from some to others."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(treatments)))
    for arms in trials:
        nx.add_star(graph, arms)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    if len(parts) > 1:
        shown = "; ".join(
            ", ".join(treatments[index] for index in sorted(part)) for part in parts[:6]
        )
        more = f"; and {len(parts) - 6} more" if len(parts) > 6 else ""
        raise StatisticsError(
            f"The network has {len(parts)} parts that no trial connects: {shown}{more}.",
            hint="Analyse one part at a time (`weigh.network_parts` lists them), or combinations "
            "of components with `weigh.component_network`.",
        )
