"""Walk an HTML page once, from top to bottom, and write down its words, block by block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from weigh.audit.reading.marks import BREAKS, KINDS, UNREAD, beside_of, hidden_of, is_block
from weigh.evidence.article import BlockKind, Span

__all__ = ["Found", "Here", "Walk"]

# What HTML folds into one blank; a non-breaking space stays.
_BLANKS = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Here:
    """What the elements around a place in the page say of it.

    `tag` and `element` are of the innermost block; `beside` holds each element around that is
    probably no part of the article, and why; `cell` is (table, row, column).
    """

    element: Any
    tag: str = "body"
    kind: BlockKind = BlockKind.PARAGRAPH
    hidden: str | None = None
    beside: tuple[tuple[Any, str], ...] = ()
    bold: bool = False
    cell: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Words of one block of the page, as they were met; `bold` where all of them are."""

    span: Span
    here: Here
    bold: bool


@dataclass(slots=True)
class Walk:
    """The words of a page and where each block of them stands.

    `letters` joined is the text: each block once, blanks folded, an empty line between blocks.
    """

    letters: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    links: list[tuple[Span, str]] = field(default_factory=list)
    _length: int = 0
    _block_start: int = 0
    _gap: str = ""
    _here: Here | None = None
    _bold: bool = True
    _tables: list[list[int]] = field(default_factory=list)
    _table_count: int = 0
    _anchors: list[tuple[int, str]] = field(default_factory=list)

    def over(self, root: Any) -> Walk:
        """Walk below an element; no recursion, since pages may be nested without end."""
        around = [Here(element=root)]
        steps = etree.iterwalk(root, events=("start", "end"))
        for event, element in steps:
            tag = element.tag
            unread = not isinstance(tag, str) or tag in UNREAD
            if event == "start":
                if unread:
                    steps.skip_subtree()
                else:
                    self._enter(element, around)
                continue
            if not unread:
                self._leave(element, around)
            if element.tail and element is not root:
                self._take(element.tail, around[-1])
        self._flush()
        return self

    def entitle(self, title: str, root: Any) -> None:
        """Write a title that the page shows in no heading of its own."""
        self._take(title, Here(element=root, tag="h1", kind=BlockKind.HEADING))
        self._flush()

    def _enter(self, element: Any, around: list[Here]) -> None:
        tag = element.tag
        if tag in BREAKS:
            self._break()
        elif is_block(tag):
            self._flush()
        here = self._inside(element, around[-1])
        around.append(here)
        if tag == "a":
            self._anchors.append((self._length, element.get("href") or ""))
        if _is_citation(element):
            self._take("[", here)
        if element.text:
            self._take(element.text, here)

    def _leave(self, element: Any, around: list[Here]) -> None:
        tag = element.tag
        if tag == "a" and self._anchors:
            start, target = self._anchors.pop()
            span = self._trimmed(start)
            if span is not None and target.lower().startswith(("http://", "https://", "//")):
                self.links.append((span, target))
        if _is_citation(element):
            self._gap = ""
            self._take("]", around[-1])
        if is_block(tag):
            self._flush()
        if tag == "table" and self._tables:
            self._tables.pop()
        around.pop()

    def _trimmed(self, start: int) -> Span | None:
        """The words since `start`, without the gap before them."""
        words = (
            "".join(self.letters[-200:])[-(self._length - start) :] if self._length > start else ""
        )
        lead = len(words) - len(words.lstrip())
        return Span(start + lead, self._length) if words.strip() else None

    def _inside(self, element: Any, here: Here) -> Here:
        """What is known inside an element."""
        tag = element.tag
        if tag in ("b", "strong"):
            return replace(here, bold=True)
        hidden = here.hidden or (None if tag in ("html", "body") else hidden_of(element))
        why = beside_of(element)
        beside = here.beside if why is None else (*here.beside, (element, why))
        if not is_block(tag):
            return replace(here, hidden=hidden, beside=beside)
        kind, cell = KINDS.get(tag, here.kind), here.cell
        if tag == "table":
            self._open_table(element)
        elif tag == "tr" and self._tables:
            self._tables[-1][1] += 1
            self._tables[-1][2] = -1
        elif tag in ("td", "th") and self._tables:
            self._tables[-1][2] += 1
            number, row, column = self._tables[-1]
            cell = (number, row, column)
            kind = BlockKind.TABLE_CELL if number else BlockKind.PARAGRAPH
        return Here(element, tag, kind, hidden, beside, here.bold, cell)

    def _open_table(self, table: Any) -> None:
        """Number a table of data; 0 where it only lays out the page."""
        rows = list(table.iter("tr"))
        widest = max((sum(c.tag in ("td", "th") for c in row) for row in rows[:5]), default=0)
        inner = next(table.iter("h1", "h2", "h3", "ul", "ol", "form"), None) is not None
        nested = sum(1 for _ in table.iter("table")) > 1
        is_data = len(rows) > 1 and widest > 1 and not inner and not nested
        self._table_count += is_data
        self._tables.append([self._table_count if is_data else 0, -1, -1])

    def _take(self, words: str, here: Here) -> None:
        """Add words to the block that is being written."""
        parts = _BLANKS.split(words)
        if parts[0] == "" and len(parts) > 1:
            self._gap = self._gap or " "
        kept = " ".join(part for part in parts if part)
        if not kept:
            return
        if self._here is None:
            self._here, self._gap = here, ""
            self._bold = True
        if self._gap:
            self._write(self._gap)
        self._bold = self._bold and here.bold
        self._write(kept)
        self._gap = " " if parts[-1] == "" else ""

    def _break(self) -> None:
        """End a line; two on end begin a new block."""
        if self._gap == "\n":
            self._flush()
        elif self._here is not None:
            self._gap = "\n"

    def _write(self, words: str) -> None:
        self.letters.append(words)
        self._length += len(words)

    def _flush(self) -> None:
        """Close the block that is being written."""
        if self._here is not None:
            span = Span(self._block_start, self._length)
            self.found.append(Found(span, self._here, self._bold))
            self._write("\n\n")
        self._block_start = self._length
        self._gap = ""
        self._here = None


def _is_citation(element: Any) -> bool:
    """Whether a raised number points to a reference: it is written "[1]", not run on to a word."""
    if element.tag != "sup" or next(element.iter("a"), None) is None:
        return False
    words = "".join(element.itertext()).strip()
    return len(words) < 40 and words[:1].isdigit()
