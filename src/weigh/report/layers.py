"""Which statements stand on the page at once, and which wait behind a click."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.answer import Mechanisms
from weigh.evidence.statement import Statement

__all__ = ["PathwayWords", "pathway_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayWords:
    """What is said of how it might work: of it all or a pathway, and of single findings."""

    overall: tuple[Statement, ...]
    single: tuple[Statement, ...]


def pathway_words(mechanisms: Mechanisms) -> PathwayWords:
    """Part the statements by how many findings each rests on: one, or more (or none)."""
    findings = {view.node for view in mechanisms.edges}
    overall: list[Statement] = []
    single: list[Statement] = []
    for statement in mechanisms.statements:
        rests_on_one = len(findings & set(statement.because)) == 1
        (single if rests_on_one else overall).append(statement)
    return PathwayWords(overall=tuple(overall), single=tuple(single))
