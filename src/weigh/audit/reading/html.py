"""HTML: the visible words of a page, its main part told from menus, cookies and related pages.

Nothing runs and nothing is fetched: scripts and styles are passed over, and the page's own markup
only says what its words are. Text in the colour of its background cannot be told from other text,
since colours come from style sheets; it is read like any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree, html

from weigh.audit.reading.boilerplate import why_block
from weigh.audit.reading.guessing import asks, looks_like_heading, stops
from weigh.audit.reading.mainpart import MainPart
from weigh.audit.reading.metadata import byline_of, title_of
from weigh.audit.reading.pieces import Draft, Piece, stripped
from weigh.audit.reading.walking import Found, Walk
from weigh.evidence.article import BlockKind

__all__ = ["read_html"]

_OUTSIDE = "outside the article's main part"

# An element with this share of the main words is the article, whatever its class is called.
_MOST = 0.9
_MUCH = 0.3

# Fewer words in a box are a caption or a link.
_SENTENCE = 6

# Elements that are always closed by a tag of their own, and how deep they may stand.
_BOX = re.compile(
    r"<(/?)(?:div|span|section|font|center|ul|ol|dl|table|blockquote|article|main|b|i|em|strong|u|a"
    r"|small|big|nav|aside|form|fieldset|details|figure|header|footer|abbr|code|sup|sub)\b[^<>]*>",
    re.IGNORECASE,
)
_DEEPEST = 200

_UNREAD = {"script": "script", "style": "style sheet", "iframe": "frame", "object": "object"}


def read_html(page: str) -> Draft:
    """Cut a page into pieces.

    Parameters
    ----------
    page
        The source; broken markup is read as browsers read it.

    Returns
    -------
    Draft
        Its text holds every word of the page, in order, hidden ones and menus too: those are set
        aside, each with why.
    """
    root = _parsed(page)
    title = title_of(root)
    walk = Walk()
    if title and not any("".join(head.itertext()).strip() for head in root.iter("h1")):
        walk.entitle(title, root)
    walk.over(root)
    text = "".join(walk.letters)
    pieces = list(_Page(text, walk.found, MainPart.of(page), root).pieces())
    unread = [
        f"{number} {name}{'s' if number > 1 else ''} of the page, not read and not run"
        for tag, name in _UNREAD.items()
        if (number := sum(1 for _ in root.iter(tag)))
    ]
    return Draft(
        text=text,
        pieces=pieces,
        title=title,
        byline=byline_of(root),
        links=tuple(walk.links),
        unread=unread,
    )


def _parsed(page: str) -> Any:
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    source = _flattened(page.replace("\x00", "\ufffd")).encode("utf-8", "replace")
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return html.document_fromstring(b"<html><body></body></html>")


def _flattened(page: str) -> str:
    """The page without its nested boxes where they are more than a parser follows.

    libxml2 drops what stands deeper than 256 elements; no page that people wrote does.
    """
    depth = deepest = 0
    for match in _BOX.finditer(page):
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        deepest = max(deepest, depth)
    return page if deepest < _DEEPEST else _BOX.sub("<br><br>", page)


class _Page:
    """Which of a page's blocks are the article."""

    def __init__(self, text: str, found: Sequence[Found], main: MainPart | None, root: Any) -> None:
        self.text = text
        self.found = found
        self.kept = [main is None or main.holds(self._words(f)) for f in found]
        self.weights: Counter[Any] = Counter()
        for one, kept in zip(found, self.kept, strict=True):
            if kept and one.here.hidden is None:
                for element in (one.here.element, *one.here.element.iterancestors()):
                    self.weights[element] += one.span.end - one.span.start
        self.inner = self._container(root)
        self.cells = {
            one.here.cell: self._words(one) for one in reversed(found) if one.here.cell is not None
        }

    def _words(self, one: Found) -> str:
        return self.text[one.span.start : one.span.end]

    def _container(self, root: Any) -> Any:
        """The innermost element that holds nearly all main words, or the article around it."""
        total = self.weights[root]
        if not total:
            return root
        around = [e for e, weight in self.weights.items() if weight >= _MOST * total]
        inner = max(around, key=lambda element: sum(1 for _ in element.iterancestors()))
        marked = [
            element
            for element in (inner, *inner.iterancestors())
            if element.tag in ("article", "main") or element.get("role") in ("main", "article")
        ]
        return marked[0] if marked else inner

    def pieces(self) -> Iterator[Piece]:
        title = self._title()
        for at, one in enumerate(self.found):
            why = self._why(at, one)
            if one is title and one.here.hidden is None:
                yield Piece(kind=BlockKind.TITLE, span=one.span)
                continue
            piece = self._piece(one)
            yield replace(piece, why=why)

    def _title(self) -> Found | None:
        """The heading of the first rank that the article stands under."""
        tops = [one for one in self.found if one.here.tag == "h1" and one.here.hidden is None]
        inside = [one for one in tops if self._is_inside(one)]
        return next(iter(inside or tops), None)

    def _is_inside(self, one: Found) -> bool:
        element = one.here.element
        return element is self.inner or self.inner in element.iterancestors()

    def _why(self, at: int, one: Found) -> str | None:
        """Why a block is set aside; None where it belongs to the article."""
        if one.here.hidden is not None:
            return one.here.hidden
        total = self.weights[self.inner]
        for element, why in one.here.beside:
            is_article = self.weights[element] >= _MUCH * total > 0
            weak = why in ("beside the article", "foot of the page", "a form")
            if not is_article and not (weak and (self.kept[at] or self._is_box(one))):
                return why_block(self._words(one)) or why
        if one.here.tag == "button" and not asks(self._words(one)):
            return "a button"
        if not self._is_inside(one) and not self.kept[at] and not _is_references(one):
            return why_block(self._words(one)) or _OUTSIDE
        return None

    def _is_box(self, one: Found) -> bool:
        """Whether a block is prose in a box of the article: a warning, a summary."""
        words = self._words(one)
        marked = self.inner.tag in ("article", "main") or self.inner.get("role") is not None
        return marked and self._is_inside(one) and stops(words) and len(words.split()) >= _SENTENCE

    def _piece(self, one: Found) -> Piece:
        here, words, span = one.here, self._words(one), one.span
        if here.kind is BlockKind.HEADING:
            return Piece(kind=BlockKind.HEADING, span=span, level=_level(here.element))
        if here.kind is BlockKind.TABLE_CELL and here.cell is not None:
            return self._cell(one)
        if here.tag in ("summary", "dt", "button", "legend"):
            if asks(words):
                return Piece(kind=BlockKind.QUESTION, span=span)
            if here.tag == "summary":
                return Piece(kind=BlockKind.HEADING, span=span, level=6)
        if here.kind is BlockKind.PARAGRAPH and one.bold and looks_like_heading(words):
            return Piece(kind=BlockKind.HEADING, span=span, level=5)
        if here.kind is BlockKind.PARAGRAPH and asks(words):
            return Piece(kind=BlockKind.QUESTION, span=span)
        inner = stripped(self.text, span.start, span.end) or span
        return Piece(kind=here.kind, span=inner)

    def _cell(self, one: Found) -> Piece:
        table, row, column = one.here.cell or (0, 0, 0)
        named = row > 0 and column > 0
        return Piece(
            kind=BlockKind.TABLE_CELL,
            span=one.span,
            row=self.cells.get((table, row, 0)) if named else None,
            column=self.cells.get((table, 0, column)) if named else None,
        )


def _level(element: Any) -> int:
    """The rank of the heading that a block stands in."""
    for around in (element, *element.iterancestors()):
        if isinstance(around.tag, str) and len(around.tag) == 2 and around.tag[1:].isdigit():
            return int(around.tag[1])
    return 2


def _is_references(one: Found) -> bool:
    """Whether a block stands in what the page itself calls its references."""
    for around in (one.here.element, *one.here.element.iterancestors()):
        names = f"{around.get('class') or ''} {around.get('id') or ''}".lower()
        if any(word in names for word in ("reference", "citation", "bibliograph", "footnote")):
            return True
    return False
