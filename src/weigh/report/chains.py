"""Chains of how it might work, numbered: what a reader picks one by, and where it is weakest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from weigh.evidence.answer import MechanismPath, Mechanisms
from weigh.evidence.mechanism import LEVELS, MechanismEdge, MechanismLevel

__all__ = ["MOST_CHAINS", "ChainLabel", "chain_labels"]

#: So many can be lit; the style sheet has a rule for each.
MOST_CHAINS = 24

_WHERE: dict[MechanismLevel, str] = {
    "human": "in people",
    "animal": "only in animals",
    "in-vitro": "only in cells",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLabel:
    """A chain as a choice: its number, the things along it, its weakest link in words.

    `edges` are the ids of its findings, `weakest` those of the findings furthest from people.
    """

    number: int
    pathway: str
    nodes: tuple[str, ...]
    edges: frozenset[str]
    weakest: frozenset[str]
    weakest_words: str

    @property
    def words(self) -> str:
        """The things along it, first to last."""
        return " → ".join(self.nodes)


def chain_labels(mechanisms: Mechanisms) -> tuple[ChainLabel, ...]:
    """Number the chains in the order of the page."""
    findings = {view.edge.id: view.edge for view in mechanisms.edges}
    return tuple(
        _label(number, path, [findings[name] for name in path.edges if name in findings])
        for number, path in enumerate(mechanisms.paths[:MOST_CHAINS], start=1)
    )


def _label(number: int, path: MechanismPath, findings: list[MechanismEdge]) -> ChainLabel:
    steps: dict[tuple[str, str], list[MechanismEdge]] = {}
    for pair in pairwise(path.nodes):
        steps[pair] = [edge for edge in findings if (edge.subject, edge.object) == pair]
    weak = {
        pair: edges
        for pair, edges in steps.items()
        # A link is as strong as the strongest setting that it was seen in.
        if edges and min((e.level for e in edges), key=LEVELS.index) == path.weakest_level
    }
    return ChainLabel(
        number=number,
        pathway=path.pathway,
        nodes=path.nodes,
        edges=frozenset(path.edges),
        weakest=frozenset(edge.id for edges in weak.values() for edge in edges),
        weakest_words=_weakest_words(path, list(weak), len(steps)),
    )


def _weakest_words(path: MechanismPath, weak: list[tuple[str, str]], steps: int) -> str:
    where = _WHERE[path.weakest_level]
    if steps == 1:
        return f"its one link was seen {where}"
    if len(weak) == steps:
        return f"every link was seen {where}"
    told = " and ".join(f"{subject} → {thing}" for subject, thing in weak)
    return f"weakest: {told}, seen {where}"
