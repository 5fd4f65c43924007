"""From pieces to an article: headings above each block, questions, references, sentences."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from weigh.audit.reading.boilerplate import why_block, why_section, why_sentence
from weigh.audit.reading.byline import byline_in, joined
from weigh.audit.reading.guessing import heads_questions, heads_references
from weigh.audit.reading.language import language_of
from weigh.audit.reading.normal import normalise
from weigh.audit.reading.pieces import Draft, Piece
from weigh.audit.reading.sentences import sentence_spans
from weigh.evidence.article import (
    Article,
    Block,
    BlockKind,
    Byline,
    Sentence,
    SetAside,
    Span,
)

__all__ = ["assemble"]

_LISTS = frozenset({"navigation", "related pages", "sharing", "advertisement"})
_LOWEST = 7  # below any heading: a question above its answer


def assemble(draft: Draft, *, source: str, format: str, sha256: str) -> Article:
    """Make an article of what a reader cut.

    Parameters
    ----------
    draft
        Pieces in the order of the page.
    source, format, sha256
        As `Article` has them.

    Returns
    -------
    Article
        Blocks do not overlap, and sentences lie within their block. A sentence that is set aside
        lies in its block too, but is none of the article's sentences.
    """
    made = _Assembly(draft.text)
    pieces = list(draft.pieces)
    titled = _entitle(draft.text, pieces)
    for piece in pieces:
        made.take(piece)
    words = draft.text
    end = Span(len(words), len(words))
    unread = [SetAside(span=end, why=why) for why in draft.unread]
    title = words[titled.start : titled.end] if titled is not None else draft.title
    read = " ".join(words[b.span.start : b.span.end] for b in made.blocks)
    return Article(
        source=source,
        format=format,
        sha256=sha256,
        title=" ".join(normalise(title).text.split()) if format != "text" else title,
        text=words,
        language=language_of(read or words),
        blocks=tuple(made.blocks),
        sentences=tuple(made.sentences),
        set_aside=(*sorted(made.set_aside, key=lambda aside: aside.span), *unread),
        byline=joined(draft.byline, made.byline),
        links=tuple(draft.links),
    )


def _entitle(text: str, pieces: list[Piece]) -> Span | None:
    """Find the title; where no piece is marked as one, the first heading that opens the page is."""
    for piece in pieces:
        if piece.kind is BlockKind.TITLE and piece.why is None:
            return piece.span
    for at, piece in enumerate(pieces):
        words = text[piece.span.start : piece.span.end]
        if piece.why is not None or why_block(words):
            continue
        if piece.kind is not BlockKind.HEADING or at + 1 == len(pieces):
            return None
        pieces[at] = replace(piece, kind=BlockKind.TITLE, level=None)
        return piece.span
    return None


@dataclass(slots=True)
class _Assembly:
    """What is known while the pieces of a page go by."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    byline: Byline = field(default_factory=Byline)
    above: list[tuple[int, str]] = field(default_factory=list)
    # The level of the heading whose section is set aside, asks questions, or lists references.
    aside: tuple[int, str] | None = None
    asking: int | None = None
    citing: int | None = None

    def take(self, piece: Piece) -> None:
        """Make a block of a piece, or set it aside."""
        words = self.text[piece.span.start : piece.span.end]
        why = piece.why or why_block(words)
        if piece.kind is BlockKind.HEADING:
            level = piece.level or 2
            if not self._asks_inside(level, words):
                self._leave(level)
            section = why_section(words)
            if section is not None and why != "byline":
                self.aside = (level, section)
                why = why or section
        elif piece.kind is BlockKind.TITLE:
            why = piece.why
        elif why is None and self.aside is not None and self._goes_aside(piece, words):
            why = self.aside[1]
        if why is not None:
            self._put_aside(piece.span, why)
            return
        kind = self._kind(piece, words)
        self._add(piece, kind, words)

    def _asks_inside(self, level: int, words: str) -> bool:
        """Whether a heading is a question of the list of questions that it stands in."""
        return self.asking is not None and level >= self.asking and words.rstrip().endswith("?")

    def _leave(self, level: int) -> None:
        if self.aside is not None and level <= self.aside[0]:
            self.aside = None
        if self.asking is not None and level <= self.asking:
            self.asking = None
        if self.citing is not None and level <= self.citing:
            self.citing = None

    def _goes_aside(self, piece: Piece, words: str) -> bool:
        """Whether a piece below a heading that is set aside goes with it."""
        assert self.aside is not None
        # Below "In this article" stands a list, and then, often without a heading, the article.
        is_list = self.aside[1] in _LISTS
        return not is_list or (len(words.split()) < 15 and not words.rstrip().endswith("."))

    def _kind(self, piece: Piece, words: str) -> BlockKind:
        kind = piece.kind
        if kind is BlockKind.HEADING:
            if self._asks_inside(piece.level or 2, words):
                return BlockKind.QUESTION
            if heads_questions(words):
                self.asking = piece.level or 2
            elif heads_references(words):
                self.citing = piece.level or 2
        elif self.citing is not None and kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            return BlockKind.REFERENCE
        elif kind is BlockKind.PARAGRAPH and (
            self.asking is not None or (self.above and self.above[-1][0] == _LOWEST)
        ):
            return BlockKind.ANSWER
        return kind

    def _add(self, piece: Piece, kind: BlockKind, words: str) -> None:
        level = piece.level or 2 if kind is BlockKind.HEADING else None
        if kind is BlockKind.HEADING or kind is BlockKind.QUESTION:
            depth = level or _LOWEST
            self.above = [(at, head) for at, head in self.above if at < depth]
        index = len(self.blocks)
        kept = []
        for span in self._sentence_spans(piece.span, kind, words):
            why = why_sentence(self.text[span.start : span.end])
            if why is not None:
                self._put_aside(span, why)
            else:
                kept.append(Sentence(span=span, block=index))
        if kept:
            self.blocks.append(
                Block(
                    kind=kind,
                    span=piece.span,
                    headings=tuple(head for _, head in self.above),
                    level=level,
                    row=piece.row,
                    column=piece.column,
                )
            )
            self.sentences += kept
        if kind is BlockKind.HEADING or kind is BlockKind.QUESTION:
            self.above.append((level or _LOWEST, words))

    def _sentence_spans(self, span: Span, kind: BlockKind, words: str) -> tuple[Span, ...]:
        if kind in (BlockKind.REFERENCE, BlockKind.TITLE, BlockKind.HEADING, BlockKind.QUESTION):
            return (span,)
        return sentence_spans(words, span.start)

    def _put_aside(self, span: Span, why: str) -> None:
        self.set_aside.append(SetAside(span=span, why=why))
        if why == "byline":
            self.byline = joined(self.byline, byline_in(self.text[span.start : span.end]))
