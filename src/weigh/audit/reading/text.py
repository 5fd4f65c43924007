"""Plain text as it is pasted from a page: what is a heading, an item, a row must be guessed.

Offsets are the source's own. The guesses: a short line without a full stop is a heading; a bullet
or a number opens an item; lines in columns are rows of a table, and so are several lines on end
that do not close; lines of like length are one paragraph that was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from weigh.audit.reading.guessing import (
    asks,
    heads_questions,
    heads_references,
    looks_like_heading,
    stops,
)
from weigh.audit.reading.links import links_in
from weigh.audit.reading.pieces import Draft, Piece, stripped
from weigh.evidence.article import BlockKind, Span

__all__ = ["read_text"]

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]*(?:\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]|$)")
_BULLET = re.compile(r"[•‣◦▪▫●○■□★☆✓✔✅➤➔→⁃∙*+·–—-](?=\s)[\s\ufeff]*|\[[ xX]\]\s+")
_NUMBER = re.compile(r"(?:\d{1,3}[.)](?=\s)|\[\d{1,3}\]|\(\d{1,3}\)(?=\s)|[a-h]\)(?=\s))\s*")
_COLUMNS = re.compile(r"\t+| {3,}|\s*\|\s*|(?<=\S) {2}(?=\S)")
_RULE = re.compile(r"[\s|:+=_*~-]+")

# Wrapped by hand or by a mail program; longer lines are paragraphs of their own.
_WIDEST_WRAP = 130
_RAGGED = 0.6


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    words: str  # without blanks at either end
    indent: int
    marker: str  # bullet, number, or nothing
    body: Span  # the words behind the marker

    @property
    def is_number(self) -> bool:
        return self.marker == "number"


def read_text(text: str) -> Draft:
    """Cut plain text into pieces.

    Parameters
    ----------
    text
        As it was pasted; every offset counts in it as it stands.

    Returns
    -------
    Draft
    """
    groups = list(_groups(text))
    pieces: list[Piece] = []
    for at, group in enumerate(groups):
        behind = groups[at + 1] if at + 1 < len(groups) else []
        pieces += _pieces_of(text, group, behind, alone=len(groups) == 1)
    return Draft(text=text, pieces=pieces, links=tuple(links_in(text)))


def _groups(text: str) -> Iterator[list[_Line]]:
    """Lines on end, parted by empty ones and by rules of dashes."""
    group: list[_Line] = []
    for match in _LINE.finditer(text):
        line = _line(text, match.start(), match.end())
        if line is not None and not (_RULE.fullmatch(line.words) and not line.marker):
            group.append(line)
        elif group and line is None:
            yield group
            group = []
    if group:
        yield group


def _line(text: str, start: int, end: int) -> _Line | None:
    span = stripped(text, start, end)
    if span is None:
        return None
    words = text[span.start : span.end]
    for name, pattern in (("bullet", _BULLET), ("number", _NUMBER)):
        match = pattern.match(words)
        if match is not None and match.end() < len(words):
            body = Span(span.start + match.end(), span.end)
            return _Line(span.start, words, span.start - start, name, body)
    return _Line(span.start, words, span.start - start, "", span)


def _pieces_of(
    text: str, group: Sequence[_Line], behind: Sequence[_Line], *, alone: bool
) -> Iterator[Piece]:
    """The pieces of lines on end; `behind` are the next ones, `alone` where there are none."""
    if _is_table(group):
        yield from _rows(text, group)
        return
    head: list[_Line] = []
    for line in group:
        if not line.marker:
            head.append(line)
        else:
            break
    rest = group[len(head) :]
    if head:
        followed = bool(rest or behind)
        yield from _unmarked(text, head, followed=followed and not (alone and len(group) == 1))
    for item in _items(rest):
        lone = len(group) == 1 and item[0].is_number
        if lone and looks_like_heading(_of(text, item[0].body)) and behind and not behind[0].marker:
            yield Piece(kind=BlockKind.HEADING, span=item[0].body, level=3)
        else:
            yield from _item(text, item)


def _item(text: str, lines: Sequence[_Line]) -> Iterator[Piece]:
    """One marked line with the lines behind it, which go on from it or stand for themselves."""
    first, rest = lines[0].body, lines[1:]
    apart = bool(rest) and rest[0].indent == 0 and not rest[0].words[:1].islower()
    if apart and looks_like_heading(_of(text, first)) and _opens_below(lines):
        yield Piece(kind=BlockKind.HEADING, span=first, level=3)
        yield from _unmarked(text, rest, followed=False)
    elif apart and stops(lines[0].words) and not _is_wrapped(lines):
        yield Piece(kind=BlockKind.LIST_ITEM, span=first)
        yield from _unmarked(text, rest, followed=False)
    else:
        yield Piece(kind=BlockKind.LIST_ITEM, span=Span(first.start, lines[-1].body.end))


def _items(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Each marked line with the lines that go on from it."""
    item: list[_Line] = []
    for line in lines:
        if line.marker and item:
            yield item
            item = []
        item.append(line)
    if item:
        yield item


def _unmarked(text: str, lines: Sequence[_Line], *, followed: bool) -> Iterator[Piece]:
    first = lines[0].body
    if len(lines) == 1:
        if followed and looks_like_heading(_of(text, first)):
            yield Piece(kind=BlockKind.HEADING, span=first, level=2)
        else:
            yield _paragraph(text, first)
        return
    named = next((n for n, line in enumerate(lines) if _names_section(line.words)), None)
    if named is not None:
        if named:
            yield from _unmarked(text, lines[:named], followed=False)
        yield Piece(kind=BlockKind.HEADING, span=lines[named].body, level=2)
        below = lines[named + 1 :]
        if heads_references(lines[named].words):  # a reference a line, however long each is
            yield from (_paragraph(text, line.body) for line in below)
        elif below:
            yield from _unmarked(text, below, followed=False)
    elif looks_like_heading(_of(text, first)) and _opens_below(lines):
        yield Piece(kind=BlockKind.HEADING, span=first, level=2)
        yield from _unmarked(text, lines[1:], followed=False)
    elif _is_wrapped(lines):
        yield _paragraph(text, Span(first.start, lines[-1].body.end))
    elif len(lines) > 2 and sum(not stops(line.words) for line in lines) > len(lines) / 2:
        for line in lines:
            yield Piece(kind=BlockKind.TABLE_CELL, span=line.body)
    else:
        for line in lines:
            yield _paragraph(text, line.body)


def _names_section(words: str) -> bool:
    """Whether a line among others is surely a heading: "Sources", "FAQ"."""
    return heads_references(words) or (heads_questions(words) and len(words.split()) < 6)


def _paragraph(text: str, span: Span) -> Piece:
    return Piece(
        kind=BlockKind.QUESTION if asks(_of(text, span)) else BlockKind.PARAGRAPH, span=span
    )


def _of(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _opens_below(lines: Sequence[_Line]) -> bool:
    """Whether the second line begins a paragraph of its own below a heading."""
    first, second = lines[0].words, lines[1].words
    closes = stops(lines[-1].words)
    opens = second[:1].isupper() or not second[:1].isalpha()
    return closes and opens and len(first) < _RAGGED * max(len(line.words) for line in lines[1:])


def _is_wrapped(lines: Sequence[_Line]) -> bool:
    """Whether the lines are one paragraph, broken where the page ended."""
    widths = [len(line.words) for line in lines]
    widest = max(widths)
    if widest > _WIDEST_WRAP:
        return False
    runs_on = any(
        not stops(line.words) or following.words[:1].islower()
        for line, following in pairwise(lines)
    )
    # A line that ends early, although the next word would have fitted, was ended on purpose.
    fits = sum(
        width + 1 + len(following.words.split(maxsplit=1)[0]) <= _RAGGED * widest
        for width, following in zip(widths, lines[1:], strict=False)
    )
    lower = sum(following.words[:1].islower() for following in lines[1:])
    return runs_on and ((fits == 0 and widest >= 40) or lower >= len(lines[1:]) / 2)


def _is_table(group: Sequence[_Line]) -> bool:
    """Whether at least two lines on end fall into the same number of columns."""
    if len(group) < 2:
        return False
    counts = [len(_cells(line)) for line in group]
    most = max(counts)
    return most >= 2 and sum(count == most for count in counts) >= max(2, 0.6 * len(group))


def _cells(line: _Line) -> list[Span]:
    """The columns of a line; its marker, if any, is part of the first."""
    cells: list[Span] = []
    at = 0
    for gap in [*_COLUMNS.finditer(line.words), None]:
        end = len(line.words) if gap is None else gap.start()
        span = stripped(line.words, at, end)
        if span is not None:
            cells.append(Span(line.start + span.start, line.start + span.end))
        at = end if gap is None else gap.end()
    return cells


def _rows(text: str, group: Sequence[_Line]) -> Iterator[Piece]:
    """The cells of a table whose first line names the columns."""
    heads = [text[cell.start : cell.end] for cell in _cells(group[0])]
    for number, line in enumerate(group):
        cells = _cells(line)
        row = text[cells[0].start : cells[0].end]
        for at, cell in enumerate(cells):
            inside = number > 0 and len(cells) == len(heads)
            yield Piece(
                kind=BlockKind.TABLE_CELL,
                span=cell,
                row=row if number > 0 and at > 0 else None,
                column=heads[at] if inside and at > 0 else None,
            )
