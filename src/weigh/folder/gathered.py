"""All that could be read of a folder, faulty or not: what the checks across files look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from weigh.errors import Fault
from weigh.evidence.background import Background, FormFact
from weigh.evidence.document import Document
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias, TrustCheck
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import ComparisonPlan, Outcome, Question
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.safety import Safety
from weigh.evidence.study import Study
from weigh.folder import tree
from weigh.folder.tree import Listing, Node

__all__ = ["Gathered", "where_mappings_begin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The documents that could be made, and the nodes that they were made from.

    Parameters
    ----------
    trees
        What each file says, by its name; None for a file that is there but cannot be read. A file
        that is not there has no entry.
    outcomes, plans
        Of the question; also where the question as a whole has faults.
    """

    trees: Mapping[str, Node | None]
    begins: Mapping[tuple[str, int], Sequence[tree.Mapping]] = field(default_factory=dict)
    question: Question | None = None
    outcomes: tuple[Outcome, ...] = ()
    plans: tuple[ComparisonPlan, ...] = ()
    studies: tuple[Study, ...] = ()
    results: tuple[Result, ...] = ()
    risk_of_bias: tuple[RiskOfBias, ...] = ()
    overrides: tuple[CertaintyOverride, ...] = ()
    trust: tuple[TrustCheck, ...] = ()
    mechanisms: tuple[MechanismEdge, ...] = ()
    forms: tuple[FormFact, ...] = ()
    safety: Safety = field(default_factory=Safety)
    background: Background = field(default_factory=Background)
    references: tuple[Reference, ...] = ()

    def fault(
        self,
        document: Document,
        name: str | None,
        found: str,
        expected: str,
        hint: str | None = None,
        *,
        where: str | None = None,
        path: str | None = None,
    ) -> Fault:
        """A fault in the field `name` of a document, at the line where that field stands.

        `path` is the field as shown, where the document is part of a larger one.
        """
        file = document.place.file if document.place else ""
        return Fault(
            file=file,
            line=self._line(document, name),
            field=path if path is not None else name,
            where=where,
            found=found,
            expected=expected,
            hint=hint,
        )

    def _line(self, document: Document, name: str | None) -> int | None:
        if document.place is None:
            return None
        place = document.place
        if place.line is None or name is None:
            return place.line
        # Of the mappings that begin on the document's line, the one that has the field.
        lines = (
            entry.line
            for mapping in self.begins.get((place.file, place.line), ())
            for entry in mapping.entries
            if entry.key == name
        )
        return next(lines, place.line)


def where_mappings_begin(
    trees: Mapping[str, Node | None],
) -> dict[tuple[str, int], list[tree.Mapping]]:
    """The mappings of every file by the line on which they begin, the outer ones first."""
    begins: dict[tuple[str, int], list[tree.Mapping]] = {}
    for file, root in trees.items():
        if root is not None and not file.endswith(".csv"):
            for mapping in _mappings(root):
                begins.setdefault((file, mapping.line), []).append(mapping)
    return begins


def _mappings(node: Node) -> Iterator[tree.Mapping]:
    if isinstance(node, tree.Mapping):
        yield node
        for entry in node.entries:
            yield from _mappings(entry.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _mappings(item)
