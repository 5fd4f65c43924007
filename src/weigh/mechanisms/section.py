"""The section on how it might work: each finding, each chain, and each pathway told in turn."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.answer import EdgeView, MechanismPath, Mechanisms
from weigh.evidence.cells import edge_cell
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import LEVELS, MechanismEdge
from weigh.evidence.phrasing import (
    common_words,
    plural,
    sentence,
    slug,
    tally,
)
from weigh.evidence.statement import Phrase, Statement, join, listing, say, state
from weigh.evidence.trace import TraceBuilder
from weigh.mechanisms.chains import chain_words, targets_words
from weigh.mechanisms.findings import LEVEL_WORDS, finding_words, remarks
from weigh.mechanisms.graph import Chain, find_chains

__all__ = ["mechanisms"]

_NOT_SEEN = ("not-tested", "result-not-seen")


def mechanisms(evidence: Evidence, trace: TraceBuilder) -> Mechanisms:
    """Tell how the intervention might work, from the folder's findings alone.

    Parameters
    ----------
    evidence
        The folder; its ``mechanisms`` are the findings, and the question's ``mechanism_targets``
        the things that would have to change.
    trace
        Collects the node of every finding and text that is shown.

    Returns
    -------
    Mechanisms
        A sentence for each finding, the chains that lead from the intervention, and for each
        pathway a headline and its findings, those against it beside those for it, untested
        steps last. Empty where the folder has no findings.
    """
    if not evidence.mechanisms:
        return Mechanisms()
    chains = find_chains(evidence)
    common = common_words(evidence)
    statements = [_caution(evidence, trace)]
    for pathway in dict.fromkeys(edge.pathway for edge in evidence.mechanisms):
        statements += _tell_pathway(evidence, trace, pathway, chains, common)
    return Mechanisms(
        edges=tuple(_view(evidence, trace, edge) for edge in evidence.mechanisms),
        paths=_paths(evidence, trace, chains),
        statements=tuple(statements),
    )


def _caution(evidence: Evidence, trace: TraceBuilder) -> Statement:
    return state(
        "mechanism.caution",
        "Findings on how {intervention} might work do not show that it helps {population}; only "
        "studies that ask people how they fare can.",
        intervention=evidence.question.intervention.name,
        population=evidence.question.population.name,
        rests_on=[edge_cell(trace, edge) for edge in evidence.mechanisms],
    )


def _view(evidence: Evidence, trace: TraceBuilder, edge: MechanismEdge) -> EdgeView:
    return EdgeView(
        edge=edge,
        node=edge_cell(trace, edge),
        statement=Statement(
            id=f"mechanism.edge.{edge.id}", phrase=sentence(finding_words(trace, evidence, edge))
        ),
    )


def _paths(
    evidence: Evidence, trace: TraceBuilder, chains: Sequence[Chain]
) -> tuple[MechanismPath, ...]:
    paths = []
    counts: dict[str, int] = {}
    for chain in chains:
        counts[chain.pathway] = counts.get(chain.pathway, 0) + 1
        paths.append(
            MechanismPath(
                pathway=chain.pathway,
                nodes=chain.nodes,
                edges=tuple(edge.id for step in chain.steps for edge in step.findings),
                sign=chain.sign,
                weakest_level=chain.weakest_level,
                reaches_target=chain.reaches_target,
                statement=Statement(
                    id=f"mechanism.{slug(chain.pathway)}.path.{counts[chain.pathway]}",
                    phrase=chain_words(trace, evidence, chain),
                ),
            )
        )
    return tuple(paths)


def _tell_pathway(
    evidence: Evidence,
    trace: TraceBuilder,
    pathway: str,
    chains: Sequence[Chain],
    common: frozenset[str],
) -> list[Statement]:
    edges = [edge for edge in evidence.mechanisms if edge.pathway == pathway]
    phrases = [_headline(evidence, trace, pathway, edges, chains)]
    for edge, contrary in _in_telling_order(edges):
        told = sentence(finding_words(trace, evidence, edge, contrary=contrary))
        more = remarks(trace, evidence.question, edge, common)
        phrases.append(join([told, more]) if more is not None else told)
    return [
        Statement(id=f"mechanism.{slug(pathway)}.{place}", phrase=phrase)
        for place, phrase in enumerate(phrases, start=1)
    ]


def _in_telling_order(edges: Sequence[MechanismEdge]) -> list[tuple[MechanismEdge, bool]]:
    """Findings of one pair together, those of no effect behind the others; untested steps last.

    The flag is True for a finding of no effect that stands beside one of an effect.
    """
    seen = [edge for edge in edges if edge.relation not in _NOT_SEEN]
    told: list[tuple[MechanismEdge, bool]] = []
    for pair in dict.fromkeys((edge.subject, edge.object) for edge in seen):
        here = [edge for edge in seen if (edge.subject, edge.object) == pair]
        found = [edge for edge in here if edge.relation != "no-effect"]
        told += [(edge, False) for edge in found]
        told += [(edge, bool(found)) for edge in here if edge.relation == "no-effect"]
    return told + [(edge, False) for edge in edges if edge.relation in _NOT_SEEN]


def _headline(
    evidence: Evidence,
    trace: TraceBuilder,
    pathway: str,
    edges: Sequence[MechanismEdge],
    chains: Sequence[Chain],
) -> Phrase:
    """``Inflammation: 3 findings in cell studies and none in people.``, and where it leads."""
    seen = [edge for edge in edges if edge.relation not in _NOT_SEEN]
    counts: list[Phrase] = []
    for level in reversed(LEVELS):
        nodes = [edge_cell(trace, edge) for edge in seen if edge.level == level]
        if nodes:
            number = tally(
                trace,
                f"mechanisms.{slug(pathway)}.count.{level}",
                f"{pathway}: findings {LEVEL_WORDS[level]}",
                nodes,
            )
            counts.append(
                say(
                    "{n}{findings} {level}",
                    n=number,
                    # The noun once, at the first count.
                    findings="" if counts else f" {plural(len(nodes), 'finding')}",
                    level=LEVEL_WORDS[level],
                )
            )
    if not seen:
        counts.append(Phrase(text="nothing was found"))
    elif not any(edge.level == "human" for edge in seen):
        counts.append(Phrase(text="none in people"))
    nodes = [edge_cell(trace, edge) for edge in edges]
    first = sentence(
        say("{pathway}: {counts}", pathway=pathway, counts=listing(counts), rests_on=nodes)
    )
    targets = evidence.question.mechanism_targets
    if not targets or not seen:
        return first
    return join([first, _reach(evidence, pathway, chains)])


def _reach(evidence: Evidence, pathway: str, chains: Sequence[Chain]) -> Phrase:
    name = evidence.question.intervention.name
    ends = [
        chain.nodes[-1] for chain in chains if chain.pathway == pathway and chain.reaches_target
    ]
    if ends:
        return say(
            "A chain of them leads from {name} to {ends}.",
            name=name,
            ends=listing(dict.fromkeys(ends)),
        )
    return say(
        "They do not lead on to {targets}.",
        targets=targets_words(evidence.question.mechanism_targets),
    )
