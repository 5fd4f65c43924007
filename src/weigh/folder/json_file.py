"""JSON with the line of every value, and strict: no key twice, no NaN, nothing after the end.

The standard library's reader tells no lines; its scanner of quoted text is used here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]

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

__all__ = ["parse_json"]

_SPACE = re.compile(r"[ \t\n]*")
_WORD = re.compile(r"[-+.\w]+")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def parse_json(name: str, text: str) -> Parsed:
    """Read a JSON text.

    Parameters
    ----------
    name
        The file's name, for faults.
    text
        The whole text, with line feeds as line ends.
    """
    if not text.strip():
        return nothing_in(name)
    reader = _Reader(name, text)
    try:
        root = reader.document()
    except Unreadable as stop:
        return Parsed(root=None, faults=(*reader.faults, stop.fault))
    return Parsed(root=root, faults=tuple(reader.faults))


@dataclass(slots=True)
class _Reader:
    """Walks over the text once; `_seen` and `_line` count the lines on the way."""

    name: str
    text: str
    faults: list[Fault] = field(default_factory=list)
    _at: int = 0
    _seen: int = 0
    _line: int = 1

    def document(self) -> Node:
        root = self._node(1)
        self._space()
        if self._at < len(self.text):
            raise self._stop("more text after the end", "one list, closed by its last ]")
        return root

    def _node(self, depth: int) -> Node:
        self._space()
        line = self._line_here()
        if depth > MAX_DEPTH:
            raise self._stop(
                f"lists or objects inside one another more than {MAX_DEPTH} levels deep",
                "the few levels that CSL-JSON has",
            )
        match self.text[self._at : self._at + 1]:
            case "{":
                return self._mapping(line, depth)
            case "[":
                return self._listing(line, depth)
            case '"':
                return Scalar(raw=self._quoted(), quoted=True, line=line)
            case _:
                return self._bare(line)

    def _mapping(self, line: int, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        self._at += 1
        if self._take("}"):
            return Mapping(entries=(), line=line)
        while True:
            self._space()
            key_line = self._line_here()
            if self.text[self._at : self._at + 1] != '"':
                raise self._stop(self._what(), 'the name of a field in "double quotes"')
            key = self._quoted()
            if not self._take(":"):
                raise self._stop(self._what(), f'a colon after "{key}"')
            value = self._node(depth + 1)
            if key in entries:
                self.faults.append(
                    Fault(
                        file=self.name,
                        line=key_line,
                        found=f"the field {key!r} a second time",
                        expected="each field once",
                        hint=f"It stands on line {entries[key].line} already; delete one of them.",
                    )
                )
            else:
                entries[key] = Entry(key=key, value=value, line=key_line)
            if self._take("}"):
                return Mapping(entries=tuple(entries.values()), line=line)
            if not self._take(","):
                raise self._stop(self._what(), "a comma, or } at the end of the object")

    def _listing(self, line: int, depth: int) -> Listing:
        items: list[Node] = []
        self._at += 1
        if self._take("]"):
            return Listing(items=(), line=line)
        while True:
            items.append(self._node(depth + 1))
            if self._take("]"):
                return Listing(items=tuple(items), line=line)
            if not self._take(","):
                raise self._stop(self._what(), "a comma, or ] at the end of the list")

    def _quoted(self) -> str:
        try:
            raw, self._at = scanstring(self.text, self._at + 1, True)
        except JSONDecodeError as error:
            if "Unterminated" in error.msg:
                raise self._stop(
                    "a text in quotes that does not end", "a closing quotation mark"
                ) from None
            self._at = error.pos
            raise self._stop(
                "a line break, or a backslash that means nothing, inside a text",
                r"\n for a line break and \\ for a backslash",
            ) from None
        return str(raw)

    def _bare(self, line: int) -> Scalar:
        match = _WORD.match(self.text, self._at)
        word = match.group() if match else ""
        if word not in ("true", "false", "null") and not _JSON_NUMBER.fullmatch(word):
            raise self._stop(self._what(), "a value: text in quotes, a number, true, false or null")
        self._at += len(word)
        return Scalar(raw=word, quoted=False, line=line)

    def _take(self, character: str) -> bool:
        self._space()
        if not self.text.startswith(character, self._at):
            return False
        self._at += 1
        return True

    def _space(self) -> None:
        match = _SPACE.match(self.text, self._at)
        if match:
            self._at = match.end()

    def _line_here(self) -> int:
        self._line += self.text.count("\n", self._seen, self._at)
        self._seen = self._at
        return self._line

    def _what(self) -> str:
        """What stands at this point, for a message."""
        if self._at >= len(self.text):
            return "the end of the file"
        word = _WORD.match(self.text, self._at)
        return f"{word.group()[:40] if word else self.text[self._at]!r}"

    def _stop(self, found: str, expected: str) -> Unreadable:
        line = self._line_here()
        return Unreadable(Fault(file=self.name, line=line, found=found, expected=expected))
