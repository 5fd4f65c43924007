"""A health article as it was read: its words, cut into blocks and sentences, each with offsets.

Every offset counts characters of `Article.text`. For plain text and Markdown that is the source
itself, character for character; for HTML and PDF it is the text that was taken out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Article", "Block", "BlockKind", "Byline", "Sentence", "SetAside", "Span"]


class BlockKind(StrEnum):
    """What a piece of an article is."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_CELL = "table-cell"
    QUESTION = "question"
    ANSWER = "answer"
    QUOTATION = "quotation"
    CAPTION = "caption"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (end not included) of `Article.text`."""

    start: int
    end: int

    def __contains__(self, other: Span) -> bool:
        """Whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the article that stands by itself.

    Parameters
    ----------
    kind
        What it is.
    span
        Where it stands.
    headings
        The headings above it, outermost first, as written; the title is not among them.
    level
        Of a heading, 1 to 6; None elsewhere.
    row, column
        Of a table cell: the words of its row's first cell and of its column's head, if any.
    """

    kind: BlockKind
    span: Span
    headings: tuple[str, ...] = ()
    level: int | None = None
    row: str | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, or what stands for one in a heading or a cell; `block` is the block's index."""

    span: Span
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Words that are no part of the article's case, and why: a menu, "4 min read"."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who wrote the article and when, as far as it says; dates are as ISO where they can be."""

    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as it was read.

    Parameters
    ----------
    source
        A file's name, or ``text`` for words that were handed over.
    format
        ``text``, ``markdown``, ``html`` or ``pdf``.
    sha256
        Of the source's bytes (UTF-8 for words that were handed over).
    title
        As written; empty where there is none.
    text
        The words that every offset counts in.
    language
        ISO 639-1 code, or ``und`` where it cannot be told.
    blocks, sentences
        In the order of the page. Sentences of set-aside words are not among them.
    set_aside
        What is not audited.
    byline
        Who and when.
    links
        Addresses that the article's words and references point to, as (span, address).
    """

    source: str
    format: str
    sha256: str
    title: str
    text: str
    language: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    set_aside: tuple[SetAside, ...] = ()
    byline: Byline = Byline()
    links: tuple[tuple[Span, str], ...] = ()

    def words_of(self, span: Span) -> str:
        """The characters of a span, as they stand."""
        return self.text[span.start : span.end]

    def block_of(self, sentence: Sentence) -> Block:
        """The block that a sentence stands in."""
        return self.blocks[sentence.block]

    def sentences_of(self, kind: BlockKind) -> Iterator[Sentence]:
        """Yield the sentences that stand in blocks of one kind."""
        return (s for s in self.sentences if self.blocks[s.block].kind is kind)
