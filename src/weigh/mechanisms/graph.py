"""The signed graph of findings, and the chains that lead through it.

Nodes are things (a protein, a process), edges are findings, in as many parallel copies as there
are findings. A chain leads from the intervention to a thing that nothing follows from, or to a
target of the question; its sign is the product of its steps' signs, as in any signed digraph of
influences (:cite:t:`levins1974`), and it is as strong as its weakest step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from types import MappingProxyType

import networkx as nx

from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import LEVELS, MechanismEdge, MechanismLevel, Relation
from weigh.evidence.phrasing import mentions
from weigh.evidence.question import Question

__all__ = [
    "SIGNS",
    "Chain",
    "Step",
    "find_chains",
    "intervention_names",
    "is_intervention",
    "is_target",
    "signed_graph",
]

#: What a finding does to its object: 1 raises, -1 lowers, 0 goes with it (which tells no cause).
#: Relations that are not here, such as ``no-effect``, are told but are never part of a chain.
SIGNS: Mapping[Relation, int] = MappingProxyType(
    {
        "increases": 1,
        "activates": 1,
        "converts": 1,
        "required-for": 1,
        "decreases": -1,
        "inhibits": -1,
        "correlates-with": 0,
    }
)

# More steps than this and a chain says nothing; it also bounds the search in a dense graph.
_LONGEST = 8

# "lack of X", "X antagonist", "X-dependent protein", "X plus Y" are not X.
_OTHERWISE = re.compile(
    r"\b(absence|against|antagonists?|block\w*|combined|deficien\w*|dependent|deplet\w*|free"
    r"|inhibitors?|knock-?out|lack|lacking|loss|low|plus|with|withdraw\w*|without)\b",
    flags=re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of a chain: every finding that carries it, and those that found no effect."""

    subject: str
    object: str
    findings: tuple[MechanismEdge, ...]
    contrary: tuple[MechanismEdge, ...] = ()

    @property
    def sign(self) -> int:
        """1 or -1 where the findings agree, 0 where they do not or none tells cause."""
        signs = {SIGNS[edge.relation] for edge in self.findings} - {0}
        return signs.pop() if len(signs) == 1 else 0

    @property
    def disagrees(self) -> bool:
        """Whether some findings raise and others lower."""
        return {1, -1} <= {SIGNS[edge.relation] for edge in self.findings}

    @property
    def level(self) -> MechanismLevel:
        """The strongest setting in which the link was seen."""
        return min((edge.level for edge in self.findings), key=LEVELS.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Links one after the other, from the intervention on."""

    pathway: str
    steps: tuple[Step, ...]
    reaches_target: bool

    @property
    def nodes(self) -> tuple[str, ...]:
        """The things along it, first to last."""
        return (self.steps[0].subject, *(step.object for step in self.steps))

    @property
    def sign(self) -> int:
        """1 where following it raises the last thing, -1 where it lowers it, 0 where unknown."""
        return prod(step.sign for step in self.steps)

    @property
    def weakest_level(self) -> MechanismLevel:
        """The level of the step that is furthest from people."""
        return max((step.level for step in self.steps), key=LEVELS.index)


def signed_graph(edges: Iterable[MechanismEdge]) -> nx.MultiDiGraph[str]:
    """Build the graph of all findings that can be part of a chain.

    Each edge has the finding's id as key, the finding itself as ``finding`` and its ``sign``.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for edge in edges:
        if edge.relation in SIGNS:
            graph.add_edge(
                edge.subject, edge.object, key=edge.id, finding=edge, sign=SIGNS[edge.relation]
            )
    return graph


def intervention_names(question: Question) -> tuple[str, ...]:
    """Every name of the intervention and of its forms."""
    names = [question.intervention.name, *question.intervention.synonyms]
    for form in question.forms:
        names += [form.name, *form.synonyms]
    return tuple(dict.fromkeys(names))


def is_intervention(node: str, names: Iterable[str]) -> bool:
    """Whether a node is the intervention: it names it, and does not speak of its absence."""
    return mentions(node, names) and _OTHERWISE.search(node) is None


def is_target(node: str, targets: Iterable[str]) -> bool:
    """Whether a node is, or names, one of the question's targets."""
    return mentions(node, targets)


def find_chains(evidence: Evidence) -> tuple[Chain, ...]:
    """Find every chain from the intervention; those that reach a target come first.

    Where one pathway of the folder carries all steps, the chain is that pathway's, with its
    findings alone; a chain that needs several pathways has them all in its name.
    """
    findings = [edge for edge in evidence.mechanisms if edge.relation in SIGNS]
    targets = evidence.question.mechanism_targets
    # One edge a pair: parallel findings are one step.
    links: nx.DiGraph[str] = nx.DiGraph(signed_graph(findings))
    ends = {node for node in links if links.out_degree(node) == 0 or is_target(node, targets)}
    chains = []
    for start in _starts(links, evidence.question):
        for nodes in nx.all_simple_paths(links, start, ends - {start}, cutoff=_LONGEST):
            for pathway, held in _by_pathway(list(pairwise(nodes)), findings):
                steps = tuple(
                    _step(subject, object_, held, evidence.mechanisms)
                    for subject, object_ in pairwise(nodes)
                )
                reached = any(is_target(node, targets) for node in nodes[1:])
                chains.append(Chain(pathway=pathway, steps=steps, reaches_target=reached))
    order = {edge.id: place for place, edge in enumerate(findings)}
    return tuple(
        sorted(
            chains,
            key=lambda chain: (
                not chain.reaches_target,
                [order[step.findings[0].id] for step in chain.steps],
            ),
        )
    )


def _starts(links: nx.DiGraph[str], question: Question) -> list[str]:
    """Nodes of the intervention, save those that another of them leads to."""
    names = intervention_names(question)
    named = [node for node in links if is_intervention(node, names)]
    below = {node: nx.descendants(links, node) for node in named}
    return [
        node
        for node in named
        if links.out_degree(node) > 0
        and not any(node in below[other] and other not in below[node] for other in named)
    ]


def _by_pathway(
    pairs: list[tuple[str, str]], findings: list[MechanismEdge]
) -> list[tuple[str, list[MechanismEdge]]]:
    on_it = [edge for edge in findings if (edge.subject, edge.object) in pairs]
    pathways = dict.fromkeys(edge.pathway for edge in on_it)
    alone = []
    for pathway in pathways:
        held = [edge for edge in on_it if edge.pathway == pathway]
        if {(edge.subject, edge.object) for edge in held} == set(pairs):
            alone.append((pathway, held))
    return alone or [(" and ".join(pathways), on_it)]


def _step(
    subject: str,
    object_: str,
    findings: Iterable[MechanismEdge],
    everything: Iterable[MechanismEdge],
) -> Step:
    def here(edge: MechanismEdge) -> bool:
        return (edge.subject, edge.object) == (subject, object_)

    return Step(
        subject=subject,
        object=object_,
        findings=tuple(edge for edge in findings if here(edge)),
        contrary=tuple(edge for edge in everything if here(edge) and edge.relation == "no-effect"),
    )
