"""What a YAML, JSON or CSV file says before it means anything: nodes that know their line.

Whether ``2019`` is a number or a name is settled later, by the field that it stands in
(`weigh.folder.settle`); here it is the characters that were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from weigh.errors import Fault

__all__ = [
    "FLAGS",
    "MAX_DEPTH",
    "NOTHING",
    "NUMBER",
    "WHOLE",
    "Entry",
    "Listing",
    "Mapping",
    "Node",
    "Parsed",
    "Scalar",
    "Unreadable",
    "nothing_in",
    "plain_value",
]

#: Lists and fields inside one another: deeper than any file here needs to be, which is six.
MAX_DEPTH = 20

#: Numbers as YAML 1.2 and JSON write them: 012 and 1_000 are none, they stay text.
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
NOTHING = frozenset({"", "~", "null"})
FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value as written; `quoted` where quotation marks say that it is text."""

    raw: str
    quoted: bool
    line: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing stands here: left empty, or ``null``."""
        return not self.quoted and self.raw in NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of a mapping with its value; `line` is the key's."""

    key: str
    value: Node
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values in the order written, each key once; a row of a CSV file is one too."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Node | None:
        """The value under a key; None where there is none."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def text(self, key: str) -> str | None:
        """The characters under a key; None where there are none or something else stands there."""
        value = self.get(key)
        if not isinstance(value, Scalar) or value.is_nothing:
            return None
        return value.raw


Node: TypeAlias = Scalar | Listing | Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a file says. `root` is None where it says nothing, or nothing that can be read."""

    root: Node | None
    faults: tuple[Fault, ...] = ()


class Unreadable(Exception):
    """Inside a parser: nothing after this can be read, and the fault says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def plain_value(node: Node) -> Any:
    """The value that YAML 1.2 gives a node where no field says what it should be."""
    if isinstance(node, Mapping):
        return {entry.key: plain_value(entry.value) for entry in node.entries}
    if isinstance(node, Listing):
        return [plain_value(item) for item in node.items]
    if node.quoted:
        return node.raw
    if node.raw in NOTHING:
        return None
    if node.raw in FLAGS:
        return FLAGS[node.raw]
    if WHOLE.fullmatch(node.raw):
        return int(node.raw)
    if NUMBER.fullmatch(node.raw):
        value = float(node.raw)
        return value if value - value == 0.0 else node.raw
    return node.raw


def nothing_in(name: str) -> Parsed:
    """What comes of reading an empty file: its one fault."""
    fault = Fault(
        file=name,
        found="an empty file",
        expected="its contents",
        hint="Was it saved whole? A file with nothing to say can be deleted.",
    )
    return Parsed(root=None, faults=(fault,))
