"""A stand-in for reading articles: plain text, a block a line, sentences by their stops."""

from __future__ import annotations

import hashlib
import re

from weigh.evidence.article import Article, Block, BlockKind, Sentence, Span

_STOP = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z“\"‘(0-9])")
_NOT_A_STOP = re.compile(r"\b(?:e\.g|i\.e|vs|Dr|Mr|Mrs|Prof|et al|approx|St)\.$")


def article_of(text: str, title: str | None = None) -> Article:
    """Read plain text: a line is a block; `•`, `-` or `1.` opens a list item, `#` a heading."""
    blocks: list[Block] = []
    sentences: list[Sentence] = []
    headings: tuple[str, ...] = ()
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        start = at + (len(line) - len(line.lstrip()))
        at += len(line)
        if not body:
            continue
        marker = re.match(r"(?:#+|[•*-]|\d+\.)\s+", body)
        kind = BlockKind.PARAGRAPH
        if not blocks and title is None:
            kind = BlockKind.TITLE
            title = body
        elif marker and marker.group().startswith("#"):
            kind = BlockKind.HEADING
        elif marker:
            kind = BlockKind.LIST_ITEM
        elif len(body) < 80 and body[-1] not in '.:;!,"”' and not body.startswith("|"):
            kind = BlockKind.HEADING
        elif body.endswith("?"):
            kind = BlockKind.QUESTION
        start += marker.end() if marker else 0
        words = body[marker.end() :] if marker else body
        span = Span(start, start + len(words))
        if kind is BlockKind.HEADING:
            headings = (words,)
        blocks.append(
            Block(kind=kind, span=span, headings=() if kind is BlockKind.HEADING else headings)
        )
        sentences += [
            Sentence(span=piece, block=len(blocks) - 1) for piece in _sentences(words, start)
        ]
    return Article(
        source="text",
        format="text",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=title or "",
        text=text,
        language="en",
        blocks=tuple(blocks),
        sentences=tuple(sentences),
    )


def _sentences(words: str, start: int) -> list[Span]:
    spans = []
    begin = 0
    for stop in _STOP.finditer(words):
        if _NOT_A_STOP.search(words[begin : stop.start()]):
            continue
        spans.append(Span(start + begin, start + stop.start()))
        begin = stop.end()
    spans.append(Span(start + begin, start + len(words)))
    return spans
