"""Places for the things of one pathway, in layers from left to right, and for its arrows.

Sugiyama's way for layered graphs, at the size of a pathway: each thing stands one layer beyond the
last of those that act on it; an arrow over several layers gets a place to pass in each; within a
layer, things stand near what they are linked to.

References
----------
Sugiyama, Tagawa and Toda (1981), IEEE Transactions on Systems, Man, and Cybernetics 11(2):109-125.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from weigh.evidence.answer import EdgeView

__all__ = ["Arrow", "Layers", "Spot", "layers_of"]

#: Passes that bring linked things near each other; a pathway settles in fewer.
SWEEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a layer: a thing by name, or (`name` empty) room for an arrow to pass."""

    name: str
    layer: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A finding, with the spots it touches from its subject to its object."""

    view: EdgeView
    spots: tuple[Spot, ...]
    #: The finding points back against the layers (a feedback); it is drawn from right to left.
    backwards: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Spots by layer, from top to bottom in each, and the arrows between them."""

    layers: tuple[tuple[Spot, ...], ...]
    arrows: tuple[Arrow, ...]


def layers_of(views: Sequence[EdgeView]) -> Layers:
    """Lay out the findings of one pathway."""
    graph, backwards = _without_cycles(views)
    depth = {
        name: layer
        for layer, names in enumerate(nx.topological_generations(graph))
        for name in names
    }
    rows: list[list[object]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, layer in depth.items():
        rows[layer].append(name)
    chains: list[list[object]] = []
    neighbours: dict[object, list[object]] = {}
    for number, (view, back) in enumerate(zip(views, backwards, strict=True)):
        start, end = view.edge.subject, view.edge.object
        if back:
            start, end = end, start
        chain: list[object] = [start]
        for layer in range(depth[start] + 1, depth[end]):
            chain.append((number, layer))
            rows[layer].append((number, layer))
        if end != start:  # what acts on itself has no arrow; its words stand in the table
            chain.append(end)
        chains.append(chain)
        for one, other in pairwise(chain):
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
    _untangle(rows, neighbours)
    spots = {
        thing: Spot(name=thing if isinstance(thing, str) else "", layer=layer, index=index)
        for layer, row in enumerate(rows)
        for index, thing in enumerate(row)
    }
    return Layers(
        layers=tuple(tuple(spots[thing] for thing in row) for row in rows),
        arrows=tuple(
            Arrow(view=view, spots=tuple(spots[thing] for thing in chain), backwards=back)
            for view, chain, back in zip(views, chains, backwards, strict=True)
        ),
    )


def _without_cycles(views: Sequence[EdgeView]) -> tuple[nx.DiGraph[str], list[bool]]:
    """The graph with each arrow that would close a circle turned round."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for view in views:
        graph.add_nodes_from((view.edge.subject, view.edge.object))
    backwards = []
    for view in views:
        subject, thing = view.edge.subject, view.edge.object
        back = subject != thing and nx.has_path(graph, thing, subject)
        if subject != thing:
            graph.add_edge(*((thing, subject) if back else (subject, thing)))
        backwards.append(back)
    return graph, backwards


def _untangle(rows: list[list[object]], neighbours: dict[object, list[object]]) -> None:
    """Order each layer by where its neighbours stand, there and back a few times."""
    place = {thing: float(index) for row in rows for index, thing in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            centre = {
                thing: sum(place[other] for other in neighbours.get(thing, [thing]))
                / len(neighbours.get(thing, [thing]))
                for thing in row
            }
            row.sort(key=lambda thing: (centre[thing], place[thing]))
            # Middle the layer on the others, which may be taller or shorter.
            offset = (max(len(other) for other in rows) - len(row)) / 2
            place.update({thing: index + offset for index, thing in enumerate(row)})
