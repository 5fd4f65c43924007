"""A chain of findings in words: each step with its setting, where it points, what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from weigh.evidence.cells import edge_cell
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge, MechanismLevel
from weigh.evidence.phrasing import sentence
from weigh.evidence.statement import Part, Phrase, join, listing, say
from weigh.evidence.trace import TraceBuilder
from weigh.mechanisms.findings import (
    LEVEL_WORDS,
    action,
    finding_words,
    object_name,
    subject_name,
)
from weigh.mechanisms.graph import Chain, Step

__all__ = ["chain_words", "targets_words"]

_WHERE: dict[MechanismLevel, str] = {"animal": "animals", "in-vitro": "cells or test tubes"}


def chain_words(trace: TraceBuilder, evidence: Evidence, chain: Chain) -> Phrase:
    """Tell a chain: its steps, where they point, how far from people, and the missing link."""
    parts = [sentence(_steps_words(trace, evidence, chain))]
    parts += [sentence(_contrary(step)) for step in chain.steps if step.contrary]
    ends = (
        _direction(trace, chain),
        _missing_link(trace, evidence, chain),
        _distance(evidence, chain),
    )
    parts += [sentence(end) for end in ends if end is not None]
    parts += [
        sentence(finding_words(trace, evidence, edge))
        for edge in evidence.mechanisms
        if edge.relation == "not-tested" and chain.reaches_target and edge.pathway == chain.pathway
    ]
    nodes = [
        edge_cell(trace, edge) for step in chain.steps for edge in (*step.findings, *step.contrary)
    ]
    return say("{words}", words=join(parts), rests_on=nodes)


def targets_words(targets: Sequence[str]) -> Phrase:
    """The question's targets as one phrase: ``a or b``."""
    return listing(targets, last="or")


def _steps_words(trace: TraceBuilder, evidence: Evidence, chain: Chain) -> Phrase:
    """Steps of one setting are told together, so that the setting is named once."""
    parts = []
    for level, steps in groupby(chain.steps, key=lambda step: step.level):
        told = listing([_step_words(trace, evidence, step) for step in steps])
        parts.append(say("{level}, {told}", level=LEVEL_WORDS[level], told=told))
    return join(parts, "; ")


def _step_words(trace: TraceBuilder, evidence: Evidence, step: Step) -> Phrase:
    """``brine and sea salt held back the kinase``: findings that agree as one."""
    parts = []
    for relation, held in groupby(step.findings, key=lambda edge: edge.relation):
        edges = list(held)
        subjects = {_text(name): name for name in (_subject(trace, evidence, e) for e in edges)}
        parts.append(action(relation, listing(subjects.values()), object_name(trace, edges[0])))
    return listing(parts)


def _subject(trace: TraceBuilder, evidence: Evidence, edge: MechanismEdge) -> Part:
    return subject_name(trace, evidence.question, edge)


def _text(part: Part) -> str:
    return part if isinstance(part, str) else part.text


def _contrary(step: Step) -> Phrase:
    levels = listing(dict.fromkeys(LEVEL_WORDS[edge.level] for edge in step.contrary))
    return say("under other conditions, {levels}, there was no such change", levels=levels)


def _direction(trace: TraceBuilder, chain: Chain) -> Phrase | None:
    """What the steps point to together; None for a single step, which says it itself."""
    last = object_name(trace, chain.steps[-1].findings[0])
    if any(step.disagrees for step in chain.steps):
        return say(
            "findings of one step disagree, so the chain does not tell which way {last} would go",
            last=last,
        )
    if chain.sign == 0:
        return say(
            "one step is a correlation, which tells no cause, so the chain does not tell what "
            "becomes of {last}",
            last=last,
        )
    if len(chain.steps) == 1:
        return None
    return say(
        "read as a chain, the steps point to {way} {last}",
        way="more" if chain.sign > 0 else "less",
        last=last,
    )


def _missing_link(trace: TraceBuilder, evidence: Evidence, chain: Chain) -> Phrase | None:
    """What lies between the end of the chain and the question's targets; None at a target."""
    targets = evidence.question.mechanism_targets
    if chain.reaches_target or not targets:
        return None
    return say(
        "no finding in this evidence base links {last} to {targets}",
        last=object_name(trace, chain.steps[-1].findings[0]),
        targets=targets_words(targets),
    )


def _distance(evidence: Evidence, chain: Chain) -> Phrase:
    population = evidence.question.population.name
    if chain.weakest_level == "human":
        return say(
            "every step was seen in people, as something measured in the body; that does not "
            "show that {population} feel any different",
            population=population,
        )
    return say(
        "{what} was seen only in {where}, and no study in this evidence "
        "base shows it in {population}",
        what="this" if len(chain.steps) == 1 else "the weakest step",
        where=_WHERE[chain.weakest_level],
        population=population,
    )
