"""Markdown: CommonMark with tables. Blocks come from a parser, offsets from the source's lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from weigh.audit.reading.byline import date_in
from weigh.audit.reading.guessing import asks, looks_like_heading
from weigh.audit.reading.links import links_in
from weigh.audit.reading.pieces import Draft, Piece, stripped
from weigh.evidence.article import BlockKind, Byline, Span

__all__ = ["read_markdown"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.+?)[ \t\r]*$", re.MULTILINE)
_EMPHASIS = "*_"
_BOLD = re.compile(r"(\*\*|__)(?=\S)(?P<words>(?:(?!\1).)+)(?<=\S)\1:?", re.DOTALL)
_PICTURE = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+")
_CELL = re.compile(r"(?:[^|\\]|\\.)+")
_ASIDE = {
    "html_block": "HTML inside Markdown",
    "fence": "code",
    "code_block": "code",
}


def read_markdown(text: str) -> Draft:
    """Cut Markdown into pieces.

    Parameters
    ----------
    text
        The source; every offset counts in it as it stands, marks of emphasis included.

    Returns
    -------
    Draft
    """
    front = _FRONT.match(text)
    reading = _Reading(text, front.end() if front else 0)
    pieces = list(reading.pieces())
    fields = dict(_FIELD.findall(front.group(1))) if front else {}
    if front:
        pieces.insert(
            0,
            Piece(
                kind=BlockKind.PARAGRAPH,
                span=Span(0, len(front.group().rstrip())),
                why="data about the page",
            ),
        )
    fields = {name.lower(): value.strip("\"' ") for name, value in fields.items()}
    links = [link for piece in pieces for link in links_in(*_words(text, piece.span))]
    return Draft(
        text=text,
        pieces=pieces,
        title=fields.get("title", ""),
        byline=_byline(fields),
        links=links,
    )


def _words(text: str, span: Span) -> tuple[str, int]:
    return text[span.start : span.end], span.start


def _byline(fields: dict[str, str]) -> Byline:
    author = fields.get("author") or fields.get("authors") or ""
    names = tuple(n.strip(" []\"'") for n in re.split(r",| and |;", author) if n.strip(" []\"'"))
    return Byline(
        authors=names,
        reviewers=tuple(filter(None, [fields.get("reviewer") or fields.get("reviewed_by")])),
        published=date_in(fields.get("date") or fields.get("published") or ""),
        updated=date_in(fields.get("updated") or fields.get("lastmod") or ""),
        publisher=fields.get("publisher") or None,
    )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")


class _Reading:
    """A pass over the parser's tokens that finds each in the source's own lines."""

    def __init__(self, text: str, begin: int) -> None:
        self.text = text
        lines = [(m.start(), m.end()) for m in _LINE.finditer(text)]
        self.starts = [start for start, _ in lines] + [len(text)]
        # What stands before `begin` is shown to the parser as empty lines, so that its line numbers
        # are the source's; a byte order mark likewise as a blank.
        hidden = sum(start < begin for start, _ in lines)
        body = text[begin:].replace("\ufeff", " ")
        self.tokens = _parser().parse("\n" * hidden + body)

    def pieces(self) -> Iterator[Piece]:
        open_: list[str] = []
        level = 0
        row: list[Piece] = []
        heads: list[str] = []
        titled = False
        for token in self.tokens:
            if token.nesting > 0:
                open_.append(token.type.removesuffix("_open"))
                level = int(token.tag[1]) if open_[-1] == "heading" else level
                row = [] if open_[-1] == "tr" else row
                heads = [] if open_[-1] == "table" else heads
            elif token.nesting < 0:
                closed = open_.pop()
                if closed == "tr":
                    yield from _row(self.text, row, heads)
                    heads = heads or [self._of(piece) for piece in row]
            elif token.type in _ASIDE:
                span = self._lines(token)
                if span is not None:
                    yield Piece(kind=BlockKind.PARAGRAPH, span=span, why=_ASIDE[token.type])
            elif token.type == "inline" and token.content.strip():
                if "tr" in open_:
                    row.append(self._cell(token, row))
                    continue
                piece = self._piece(token, open_, level, titled=titled)
                if piece is not None:
                    titled = titled or piece.kind is BlockKind.TITLE
                    yield piece

    def _of(self, piece: Piece) -> str:
        return self.text[piece.span.start : piece.span.end]

    def _lines(self, token: Token) -> Span | None:
        if token.map is None:
            return None
        first, end = token.map
        return stripped(self.text, self.starts[first], self.starts[min(end, len(self.starts) - 1)])

    def _piece(self, token: Token, open_: list[str], level: int, *, titled: bool) -> Piece | None:
        span = self._inside(token)
        if span is None:
            return None
        words = self.text[span.start : span.end]
        if _PICTURE.fullmatch(words):
            return Piece(kind=BlockKind.PARAGRAPH, span=span, why="picture")
        if "heading" in open_:
            if level == 1 and not titled:
                return Piece(kind=BlockKind.TITLE, span=span)
            return Piece(kind=BlockKind.HEADING, span=span, level=level)
        if "list_item" in open_:
            return Piece(kind=BlockKind.LIST_ITEM, span=span)
        if "blockquote" in open_:
            return Piece(kind=BlockKind.QUOTATION, span=span)
        bold = _BOLD.fullmatch(words)
        bare = words.strip(_EMPHASIS)
        kept = stripped(self.text, *_around(span, words, bare))
        if bold is not None and kept is not None and looks_like_heading(bare):
            return Piece(kind=BlockKind.HEADING, span=kept, level=5)
        return Piece(kind=BlockKind.QUESTION if asks(bare) else BlockKind.PARAGRAPH, span=span)

    def _inside(self, token: Token) -> Span | None:
        """Where the words of a token stand, without the marks of lists and quotations."""
        if token.map is None:
            return None
        first, end = token.map
        lines = [line for line in token.content.split("\n") if line.strip()]
        start = self._find(lines[0].strip(), first, end)
        last = lines[-1].strip()
        stop = self.text.rfind(last, start, self.starts[min(end, len(self.starts) - 1)])
        return Span(start, stop + len(last)) if start >= 0 and stop >= start else self._lines(token)

    def _find(self, words: str, first: int, end: int) -> int:
        return self.text.find(
            words, self.starts[first], self.starts[min(end, len(self.starts) - 1)]
        )

    def _cell(self, token: Token, row: list[Piece]) -> Piece:
        assert token.map is not None
        first, end = token.map
        begin = row[-1].span.end if row else self.starts[first]
        close = self.starts[min(end, len(self.starts) - 1)]
        words = token.content.strip()
        start = self.text.find(words, begin, close)
        if start >= 0:
            span = Span(start, start + len(words))
        else:  # an escaped bar: the words differ from the source
            match = _CELL.search(self.text, min(begin + 1, close), close)
            found = stripped(self.text, *match.span()) if match else None
            span = found or Span(begin, begin + 1)
        return Piece(kind=BlockKind.TABLE_CELL, span=span)


def _around(span: Span, words: str, bare: str) -> tuple[int, int]:
    start = span.start + words.index(bare) if bare else span.start
    return start, start + len(bare)


def _row(text: str, row: list[Piece], heads: list[str]) -> Iterator[Piece]:
    if not row:
        return
    first = text[row[0].span.start : row[0].span.end]
    for at, cell in enumerate(row):
        yield Piece(
            kind=BlockKind.TABLE_CELL,
            span=cell.span,
            row=first if heads and at > 0 else None,
            column=heads[at] if at > 0 and len(heads) == len(row) else None,
        )
