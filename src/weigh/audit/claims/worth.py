"""How sure it is that words make a claim that evidence could speak to (audit rules, section 1).

A sum of named reasons for and against; above `ENOUGH` the words count as check-worthy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from weigh.audit.claims.strength import Reading
from weigh.audit.claims.vocabulary import Mention, TermKind
from weigh.audit.claims.wordlists import phrase, wordlist
from weigh.evidence.article import BlockKind
from weigh.evidence.claim import CausalClass, CueKind, Figure, FigureKind

__all__ = ["ENOUGH", "worth_of"]

ENOUGH = 0.5

_PRICE = re.compile(r"[$£€]\s?\d")
_STORY = re.compile(
    r"\b(?:I|my|me|I'm|I've|we|our)\b(?!.*\b(?:found that|analy[sz]ed|review(?:ed)?)\b)",
)


def worth_of(
    reading: Reading,
    first: int,
    last: int,
    text: str,
    *,
    kind: BlockKind,
    mentions: Sequence[Mention],
    topical: bool,
    figures: Sequence[Figure],
) -> float:
    """How check-worthy words are, 0 to 1.

    Parameters
    ----------
    reading, first, last
        The sentence, and the words of it that make the part.
    text
        The part as written.
    kind
        Of its block.
    mentions
        Names of the vocabulary in the part.
    topical
        Whether the part speaks of the page's intervention, by name or by a pronoun for it.
    figures
        Its numbers.
    """
    if reading.words and reading.words[-1].normal == "?":
        return 0.0
    hits = [hit for hit in reading.hits if first <= hit.first < last]
    kinds = {hit.kind for hit in hits}
    normals = [word.normal for word in reading.words[first:last]]
    bag = set(normals)
    counted = {figure.kind for figure in figures}
    verbal = _is_said(reading, first, last)
    score = _for(reading, first, last, kinds, counted, mentions, topical=topical)
    if phrase("answer").search(text):
        score += 0.5
    if not verbal and kind not in (BlockKind.TABLE_CELL, BlockKind.LIST_ITEM):
        score -= 0.4
    if kind in (BlockKind.HEADING, BlockKind.TITLE):
        score -= 0.15
    if phrase("page").search(text):
        score -= 0.8
    if phrase("promise").search(text) or _PRICE.search(text):
        score -= 0.5
    if phrase("opinion").search(text):
        score -= 0.4
    if _STORY.search(text):
        score -= 0.35
    score -= _advice(reading, first, last, bag, text)
    if any(h.kind is CueKind.ATTRIBUTION and h.entry.sense == "other" for h in hits):
        score -= 0.15
    return max(0.0, min(1.0, score))


def _for(
    reading: Reading,
    first: int,
    last: int,
    kinds: set[CueKind],
    counted: set[FigureKind],
    mentions: Sequence[Mention],
    *,
    topical: bool,
) -> float:
    """What speaks for a claim."""
    asserted = [r for r in reading.relations if r.asserts and first <= r.hit.first < last]
    score = 0.0
    if any(r.class_ is not CausalClass.CORRELATIONAL for r in asserted):
        score += 0.5
    elif asserted:
        score += 0.4
    if topical:
        score += 0.15
    if any(m.term.kind in (TermKind.OUTCOME, TermKind.POPULATION) for m in mentions):
        score += 0.1
    if CueKind.SAFETY in kinds:
        score += 0.4
    if kinds & {CueKind.STUDIES, CueKind.DESIGN}:
        score += 0.2
    if CueKind.COMPARISON in kinds:
        score += 0.25
    if CueKind.MECHANISM in kinds:
        score += 0.15
    if CueKind.UNCERTAINTY in kinds:
        score += 0.3
    if CueKind.TRADITION in kinds or CueKind.HYPE in kinds:
        score += 0.15
    if counted & {
        FigureKind.PERCENT,
        FigureKind.EFFECT,
        FigureKind.P_VALUE,
        FigureKind.FREQUENCY,
        FigureKind.TIMES,
        FigureKind.SCORE,
    }:
        score += 0.35
    if counted & {FigureKind.PARTICIPANTS, FigureKind.STUDIES, FigureKind.DOSE}:
        score += 0.3
    if counted & {FigureKind.DURATION, FigureKind.YEAR}:
        score += 0.1
    return score


def _is_said(reading: Reading, first: int, last: int) -> bool:
    """Whether the words have a finite verb, so that something is said."""
    for at in range(first, last):
        normal = reading.words[at].normal
        if normal in wordlist("be", "have", "modals"):
            return True
    return any(r.asserts and first <= r.hit.first < last for r in reading.relations) or any(
        hit.kind is CueKind.ATTRIBUTION and first <= hit.first < last for hit in reading.hits
    )


def _advice(reading: Reading, first: int, last: int, bag: set[str], text: str) -> float:
    """What speaks against: orders and advice, unless a danger is asserted."""
    danger = bool(bag & wordlist("danger"))
    word = reading.words[first].normal if first < last else ""
    against = 0.0
    if word in wordlist("order") and not (word == "if" and "can" in bag):
        against += 0.55
    professional = any(
        h.kind is CueKind.ADVICE and h.entry.sense == "professional" and first <= h.first < last
        for h in reading.hits
    )
    if professional:
        against += 0.5
    elif phrase("must").search(text):
        against += 0.35
    inquiry = any(
        h.kind is CueKind.ADVICE and h.entry.sense == "inquiry" and first <= h.first < last
        for h in reading.hits
    )
    if inquiry:
        against += 0.1
    if danger:
        against -= 0.5
    return max(against, -0.1)
