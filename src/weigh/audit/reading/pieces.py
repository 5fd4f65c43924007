"""What the readers hand over: an article's words, cut into pieces that are not yet blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from weigh.evidence.article import BlockKind, Byline, Span

__all__ = ["Draft", "Piece", "stripped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A line, paragraph, item or cell; `why` is set where the reader itself sets it aside."""

    kind: BlockKind
    span: Span
    level: int | None = None
    row: str | None = None
    column: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A source as one reader understood it.

    `byline` is what its metadata say; `title` likewise, used where no piece is a title; `unread`
    says what was there besides words.
    """

    text: str
    pieces: Sequence[Piece]
    title: str = ""
    byline: Byline = field(default_factory=Byline)
    links: Sequence[tuple[Span, str]] = ()
    unread: Sequence[str] = ()


def stripped(text: str, start: int, end: int) -> Span | None:
    """The span without blanks at its ends; None where nothing is left."""
    words = text[start:end]
    kept = words.strip(_BLANK)
    if not kept:
        return None
    begin = start + words.index(kept[0]) if words else start
    return Span(begin, begin + len(kept))


# What `str.strip` takes, and marks that show nothing.
_BLANK = (
    "".join(chr(c) for c in range(0x21) if chr(c).isspace())
    + " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200e\u200f\u00ad"
)
