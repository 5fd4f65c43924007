"""How sure it is that words make a claim that evidence could speak to (audit rules, section 1).

A sum of named reasons for and against; above `ENOUGH` the words count as check-worthy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.audit.claims.answers import is_answer
from weigh.audit.claims.grammar import is_verb
from weigh.audit.claims.strength import Reading, Relation
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
    normals = [word.normal for word in reading.words[first:last]]
    if not normals or reading.words[-1].normal == "?" or _is_condition(reading, first, last):
        return 0.0
    here = _Here(
        bag=frozenset(normals),
        kinds=frozenset(hit.kind for hit in reading.hits if first <= hit.first < last),
        counted=frozenset(figure.kind for figure in figures),
        asserted=tuple(r for r in reading.relations if r.asserts and first <= r.hit.first < last),
        topical=topical,
        named=any(m.term.kind is not TermKind.COMPARATOR for m in mentions),
        unsuited=phrase("unsuited").search(text) is not None,
    )
    score = _told(reading, first, last, kind, here) + _for(here)
    # "X is a natural remedy, so it is safe" defines in passing and promises in the end.
    if _defines(normals) and not here.counted and not here.kinds & _PROMISING:
        score -= 0.45
    if is_answer(text):
        score += 0.4
    if phrase("page").search(text):
        score -= 1.2
    if phrase("promise").search(text) or _PRICE.search(text):
        score -= 0.6
    if phrase("opinion").search(text):
        score -= 0.4
    score -= _persons(normals, text, here)
    score -= _advice(reading, first, last, here, text)
    return max(0.0, min(1.0, score))


@dataclass(frozen=True, slots=True)
class _Here:
    """What a part holds."""

    bag: frozenset[str]
    kinds: frozenset[CueKind]
    counted: frozenset[FigureKind]
    asserted: tuple[Relation, ...]
    topical: bool
    named: bool
    unsuited: bool


def _told(reading: Reading, first: int, last: int, kind: BlockKind, here: _Here) -> float:
    """Whether the words tell something at all: a sentence does, a heading seldom."""
    length = sum(not word.is_mark for word in reading.words[first:last])
    finite = bool(here.bag & wordlist("be", "have", "modals")) or any(
        is_verb(reading.words, r.hit.first) and r.hit.last < last for r in here.asserted
    )
    if kind in (BlockKind.HEADING, BlockKind.TITLE):
        head = next((w.normal for w in reading.words[first:last] if not w.is_mark), "")
        # "Benefits of X" names; "X benefits sleep" tells.
        later = any(r.hit.first > first for r in here.asserted)
        tells = finite and later and length > 3 and head not in wordlist("asking")
        return 0.2 if tells else -0.5
    if kind in (BlockKind.TABLE_CELL, BlockKind.LIST_ITEM, BlockKind.CAPTION):
        return 0.25
    return 0.3 if length > 2 else -0.1


def _for(here: _Here) -> float:
    """What speaks for a claim."""
    score = 0.0
    if any(r.class_ is not CausalClass.CORRELATIONAL for r in here.asserted):
        score += 0.3
    elif here.asserted:
        score += 0.25
    if here.topical or here.named:
        score += 0.2
    if here.kinds & {CueKind.SAFETY}:
        score += 0.25
    if here.kinds & {CueKind.STUDIES, CueKind.DESIGN}:
        score += 0.2
    if here.kinds & {CueKind.UNCERTAINTY, CueKind.COMPARISON, CueKind.MECHANISM}:
        score += 0.2
    if CueKind.HYPE in here.kinds:
        score += 0.25
    if here.unsuited:
        score += 0.3
    if here.bag & wordlist("injuries") and not here.asserted:
        score += 0.15
    if here.kinds & {CueKind.TRADITION, CueKind.SIZE}:
        score += 0.1
    if here.bag & wordlist("bad", "physiology"):
        score += 0.15
    if CueKind.ADVICE in here.kinds and here.bag & wordlist("guidance"):
        score += 0.3
    if here.bag & wordlist("people", "dose-words"):
        score += 0.1
    if here.counted & _TELLING:
        score += 0.25
    elif here.counted:
        score += 0.1
    return score


_PROMISING = {CueKind.SAFETY, CueKind.HYPE, CueKind.BOOSTER}
_TELLING = frozenset(FigureKind) - {FigureKind.YEAR, FigureKind.DURATION, FigureKind.OTHER}


def _defines(normals: Sequence[str]) -> bool:
    """Whether the words say what a thing is: "X is a condition that …"."""
    for at, word in enumerate(normals[:9]):
        if word in {"is", "are"}:
            article = normals[at + 1 : at + 2]
            named = set(normals[at + 2 : at + 7]) & wordlist("genera")
            return article in (["a"], ["an"], ["the"], ["one"]) and bool(named)
    return False


def _persons(normals: Sequence[str], text: str, here: _Here) -> float:
    """What speaks against: the writer's own life, or the reader addressed."""
    against = 0.0
    studied = here.kinds & {CueKind.DESIGN, CueKind.UNCERTAINTY} and not here.bag & {"i", "my"}
    if _STORY.search(text) and not studied:
        against += 0.45
    start = [word for word in normals[:4] if word not in {"if", "when", "and", "but", "so"}]
    if set(start[:2]) & {"you", "your", "you're"}:
        against += 0.25 if here.asserted else 0.45
    if set(normals[:12]) & {"he", "she", "said", "says", "added"} and not here.asserted:
        against += 0.3
    if "will" in here.bag and not here.asserted:
        against += 0.2
    return against


def _is_condition(reading: Reading, first: int, last: int) -> bool:
    """Whether the part is only an "if" or "when" clause, cut from its sentence."""
    opens = reading.words[first].normal in {"if", "unless"}
    return (
        opens
        and last < len(reading.words)
        and not any(word.normal == "," for word in reading.words[first:last])
    )


def _advice(reading: Reading, first: int, last: int, here: _Here, text: str) -> float:
    """What speaks against: orders and advice, unless a danger is asserted."""
    against = 0.0
    if reading.words[first].normal in wordlist("order"):
        against += 0.6
    senses = {
        hit.entry.sense
        for hit in reading.hits
        if hit.kind is CueKind.ADVICE and first <= hit.first < last
    }
    if "professional" in senses:
        against += 0.5
    elif phrase("must").search(text):
        against += 0.35
    if here.unsuited:
        against -= 0.7
    if here.bag & wordlist("danger", "drugs"):
        against -= 0.45 if here.asserted or here.bag & wordlist("reasons") else 0.2
    return max(against, 0.0)
