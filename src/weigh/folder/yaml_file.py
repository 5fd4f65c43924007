"""YAML read from the parser's events: plain facts, each with its line, and no tricks.

What a table of facts never needs is refused at its line: anchors and aliases (which can make a
short file endless), tags (which can build objects), several documents, a key given twice. The
grammar is PyYAML's; decision 1 in ``docs/decisions`` says why its events are read and not its
objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from weigh.errors import Fault
from weigh.folder.tree import (
    MAX_DEPTH,
    Entry,
    Listing,
    Mapping,
    Node,
    Parsed,
    Scalar,
    Unreadable,
    nothing_in,
)

__all__ = ["parse_yaml"]

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(name: str, text: str) -> Parsed:
    """Read a YAML text.

    Parameters
    ----------
    name
        The file's name, for faults.
    text
        The whole text, with line feeds as line ends.
    """
    if not text.strip():
        return nothing_in(name)
    reader = _Reader(name, yaml.parse(text, Loader=_Loader))
    try:
        root = reader.document()
    except Unreadable as stop:
        return Parsed(root=None, faults=(*reader.faults, stop.fault))
    except yaml.YAMLError as error:
        return Parsed(root=None, faults=(*reader.faults, _grammar_fault(name, text, error)))
    return Parsed(root=root, faults=tuple(reader.faults))


@dataclass(slots=True)
class _Reader:
    """Builds nodes from events; faults that do not end the reading are collected."""

    name: str
    events: Iterator[yaml.Event]
    faults: list[Fault] = field(default_factory=list)

    def document(self) -> Node | None:
        """The file's only document; None for a file of comments."""
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise Unreadable(
                        self._fault(
                            event,
                            "a second document (after a line of ---)",
                            "one document",
                            "Delete the line, or put the rest into a file of its own.",
                        )
                    )
            elif isinstance(
                event,
                (
                    yaml.ScalarEvent,
                    yaml.MappingStartEvent,
                    yaml.SequenceStartEvent,
                    yaml.AliasEvent,
                ),
            ):
                root = self._node(event, 1)
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        self._refuse_tricks(event)
        if depth > MAX_DEPTH:
            raise Unreadable(
                self._fault(
                    event,
                    f"lists or fields inside one another more than {MAX_DEPTH} levels deep",
                    "the few levels that the file needs",
                )
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(line, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(below := next(self.events), yaml.SequenceEndEvent):
                items.append(self._node(below, depth + 1))
            return Listing(items=tuple(items), line=line)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(raw=event.value, quoted=bool(event.style), line=line)
        # An alias: the fault is told already, and nothing stands in its place.
        return Scalar(raw="*", quoted=True, line=line)

    def _mapping(self, line: int, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.faults.append(
                    self._fault(event, "a list or group of fields as the name of a field", "a name")
                )
            elif key.raw in entries:
                self.faults.append(
                    self._fault(
                        event,
                        f"the field {key.raw!r} a second time",
                        "each field once",
                        f"It stands on line {entries[key.raw].line} already; delete one of them.",
                    )
                )
            else:
                entries[key.raw] = Entry(key=key.raw, value=value, line=key.line)
        return Mapping(entries=tuple(entries.values()), line=line)

    def _refuse_tricks(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self.faults.append(
                self._fault(
                    event,
                    f"an alias (*{anchor})",
                    "the value itself",
                    "Write the value out; if it is text that begins with *, put it in quotes.",
                )
            )
        elif anchor is not None:
            self.faults.append(
                self._fault(
                    event,
                    f"an anchor (&{anchor})",
                    "the value alone",
                    "Delete it; if it is text that begins with &, put the text in quotes.",
                )
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.faults.append(
                self._fault(
                    event,
                    f"a tag ({tag.replace('tag:yaml.org,2002:', '!!')})",
                    "the value alone",
                    "Delete it; if it is text that begins with !, put the text in quotes.",
                )
            )

    def _fault(
        self, event: yaml.Event, found: str, expected: str, hint: str | None = None
    ) -> Fault:
        line = _line(event)
        return Fault(file=self.name, line=line, found=found, expected=expected, hint=hint)


def _line(event: yaml.Event) -> int:
    """The line on which an event begins, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark is not None else 1


_MEANINGS = (
    # What the parser says, what stands there, what to do: the slips that people make most.
    (
        "found character '\\t'",
        "a tab",
        "Indent with spaces; a tab does not count as an indent.",
    ),
    (
        "mapping values are not allowed",
        "a colon where no field can begin",
        "If the colon belongs to a text, put the whole text in quotes; else check the indent.",
    ),
    (
        "could not find expected ':'",
        "a line that is neither `field: value` nor part of a text",
        "Check for a missing colon or a missing space after it, and the indent.",
    ),
    (
        "unexpected end of stream",
        "a text in quotes that does not end",
        "Add the closing quotation mark; a quotation mark inside the text is written twice.",
    ),
    (
        "did not find expected",
        "something that does not fit the lines before it",
        "Check that fields of one group start in the same column, and that quotes and brackets "
        "are closed.",
    ),
    (
        "cannot start any token",
        "a character that no text may begin with",
        "Put the whole text in quotes.",
    ),
    (
        "found unknown escape character",
        "a backslash in a text in double quotes",
        "Use single quotes, or write the backslash twice.",
    ),
)


def _grammar_fault(name: str, text: str, error: yaml.YAMLError) -> Fault:
    problem = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    # A text that never ends is noticed at the end of the file; the reader wants its beginning.
    if "unexpected end of stream" in problem and "quoted scalar" in context:
        mark = getattr(error, "context_mark", None) or mark
    line: int | None = None
    if mark is not None:
        lines = text.split("\n")
        line = min(mark.line, len(lines) - 1) + 1
        if lines[line - 1][mark.column : mark.column + 1] == "\t":
            problem = "found character '\\t'"
    for said, found, hint in _MEANINGS:
        if said in problem:
            return Fault(file=name, line=line, found=found, expected="well-formed YAML", hint=hint)
    return Fault(
        file=name,
        line=line,
        found="something that cannot be read as YAML",
        expected="well-formed YAML",
        hint=f"The parser says: {' '.join(problem.split())[:200]}.",
    )
