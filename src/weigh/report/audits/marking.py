"""The article cut at its claims, so that each can be marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weigh.evidence.article import Block, Span
from weigh.evidence.audit import Audit, JudgedClaim

__all__ = ["Passage", "Piece", "passages", "pieces"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words of the article, and the claim that they make, if any.

    `judged_here` is False where the claim is only repeated and its judged place is another one;
    `last` marks the piece that a claim's place ends with.
    """

    text: str
    claim: JudgedClaim | None = None
    judged_here: bool = False
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block of the article with the claims whose judged place is in it."""

    block: Block
    pieces: tuple[Piece, ...]
    claims: tuple[JudgedClaim, ...]


# Marks of emphasis in Markdown: stars or underscores on one side of a word; "3 * 4" keeps its star.
_EMPHASIS = re.compile(r"(?<![\\\w*])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_\\])[*_]{1,3}(?![\w*])")


def _unmarked(words: str) -> str:
    return _EMPHASIS.sub("", words)


def passages(audit: Audit) -> list[Passage]:
    """The article's blocks in order, each cut at its claims."""
    article = audit.article
    out = []
    for index, block in enumerate(article.blocks):
        here = tuple(judged for judged in audit.claims if judged.claim.block == index)
        out.append(
            Passage(
                block=block,
                pieces=tuple(
                    replace(piece, text=_unmarked(piece.text))
                    if article.format == "markdown"
                    else piece
                    for piece in pieces(article.text, block.span, audit.claims)
                ),
                claims=here,
            )
        )
    return out


def pieces(text: str, within: Span, claims: Sequence[JudgedClaim]) -> list[Piece]:
    """Cut the words of a span at the places of claims; where two overlap, the first one has them.

    Joined again, the pieces are the span's words.
    """
    places = sorted(
        (
            (place, judged)
            for judged in claims
            for place in dict.fromkeys((judged.claim.span, *judged.claim.places))
            if place.overlaps(within)
        ),
        key=lambda found: (found[0].start, -found[0].end),
    )
    out: list[Piece] = []
    cursor = within.start
    for place, judged in places:
        start, end = max(place.start, cursor), min(place.end, within.end)
        if start >= end:
            continue
        if start > cursor:
            out.append(Piece(text=text[cursor:start]))
        out.append(
            Piece(
                text=text[start:end],
                claim=judged,
                judged_here=place == judged.claim.span,
                last=end == place.end,
            )
        )
        cursor = end
    if cursor < within.end:
        out.append(Piece(text=text[cursor : within.end]))
    return out
