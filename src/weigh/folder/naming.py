"""What a place in a file is called: the path to it, and the entry that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weigh.folder.tree import Listing, Mapping, Node, Scalar

__all__ = ["Walked", "item_name", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One scalar of a file with its path.

    Parameters
    ----------
    pattern
        The path without positions: ``arms[].form``.
    field
        The path as shown: ``arms[0].form``.
    scalar, line
        The value and its line.
    entry
        The entry of the outermost list that it belongs to: a study, a row, an outcome.
    """

    pattern: str
    field: str
    scalar: Scalar
    line: int
    entry: Node


def walk(root: Node) -> Iterator[Walked]:
    """Every scalar of a file, in the order written; a list file is walked entry by entry."""
    if isinstance(root, Listing):
        for item in root.items:
            yield from _walk(item, "", "", item, item.line)
    else:
        yield from _walk(root, "", "", None, root.line)


def _walk(node: Node, pattern: str, field: str, entry: Node | None, line: int) -> Iterator[Walked]:
    if isinstance(node, Scalar):
        yield Walked(pattern=pattern, field=field, scalar=node, line=line, entry=entry or node)
    elif isinstance(node, Mapping):
        dot = "." if pattern else ""
        for below in node.entries:
            yield from _walk(
                below.value,
                f"{pattern}{dot}{below.key}",
                f"{field}{dot}{below.key}",
                entry,
                below.line,
            )
    else:
        for index, item in enumerate(node.items):
            yield from _walk(item, f"{pattern}[]", f"{field}[{index}]", entry or item, item.line)


def item_name(file: str, item: Node) -> str | None:
    """An entry of a list, or a row, in the reader's words: ``okafor-2019, pain at week 8``."""
    if not isinstance(item, Mapping):
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
