"""All that could be read of a folder, faulty or not: what the checks across files look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from weigh.folder.tree import Listing, Node, Scalar

__all__ = ["Gathered", "Walked", "item_name", "walk"]


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
        line = document.place.line
        root = self.trees.get(document.place.file)
        if root is None or name is None or document.place.file.endswith(".csv"):
            return line
        # Of the mappings that begin on the document's line, the one that has the field.
        for mapping in _mappings(root):
            if mapping.line == line:
                for entry in mapping.entries:
                    if entry.key == name:
                        return entry.line
        return line


def _mappings(node: Node) -> Iterator[tree.Mapping]:
    if isinstance(node, tree.Mapping):
        yield node
        for entry in node.entries:
            yield from _mappings(entry.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _mappings(item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One scalar of a file with its path.

    `pattern` is the path without positions (``arms[].form``), `field` the path as shown inside the
    item (``arms[0].form``), `item` the top entry of a list file, or the whole of another.
    """

    pattern: str
    field: str
    scalar: Scalar
    line: int
    item: Node
    parent: str


def walk(root: Node) -> Iterator[Walked]:
    """Every scalar of a file, in the order written."""
    if isinstance(root, Listing):
        for item in root.items:
            yield from _walk(item, item, "", "", "")
    else:
        yield from _walk(root, root, "", "", "")


def _walk(
    node: Node, item: Node, pattern: str, field: str, parent: str, line: int | None = None
) -> Iterator[Walked]:
    if isinstance(node, Scalar):
        yield Walked(
            pattern=pattern,
            field=field,
            scalar=node,
            line=line or node.line,
            item=item,
            parent=parent,
        )
    elif isinstance(node, tree.Mapping):
        dot = "." if pattern else ""
        for entry in node.entries:
            yield from _walk(
                entry.value,
                item,
                f"{pattern}{dot}{entry.key}",
                f"{field}{dot}{entry.key}",
                field,
                entry.line,
            )
    else:
        for index, below in enumerate(node.items):
            yield from _walk(below, item, f"{pattern}[]", f"{field}[{index}]", parent)


def item_name(file: str, item: Node) -> str | None:
    """An entry of a list, or a row, in the reader's words: ``mehta-2021, pain at week 8``."""
    if not isinstance(item, tree.Mapping):
        return None
    if file == "results.csv":
        arm = item.text("arm")
        if arm and item.text("versus"):
            arm = f"{arm} against {item.text('versus')}"
        measured = " at ".join(filter(None, (item.text("outcome"), item.text("timepoint"))))
        parts = [item.text("study"), arm, measured]
    elif file == "risk_of_bias.csv":
        parts = [item.text("study"), item.text("domain")]
    elif file == "trust.csv":
        parts = [item.text("study"), item.text("check")]
    elif file == "certainty.yaml":
        parts = [item.text("comparison"), item.text("domain")]
    elif file == "forms.yaml":
        parts = [item.text("form"), item.text("attribute")]
    else:
        parts = [next(filter(None, map(item.text, ("id", "label", "name"))), None)]
    return ", ".join(part[:60] for part in parts if part) or None
