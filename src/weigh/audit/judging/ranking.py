"""Two things ranked in words: which is said to have more, and whether another sentence agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass

from weigh.audit.linking.terms import terms

__all__ = ["ranked_by", "turned_round"]

_RANKED = re.compile(
    r"(?P<head>[^.;:]*?)\b(?P<word>more|less|fewer|better|worse|higher|lower|greater|smaller|longer|"
    r"shorter|faster|slower|stronger|weaker|safer|rarer|commoner|larger|older|younger|"
    r"(?:twice|half|(?:\w+ ){1,4}times) as)\b(?P<of>[^.;:]*?)\b(?:than|as|compared (?:with|to))\b"
    r"(?P<tail>[^.;:]*)",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"^(?:less|fewer|worse|lower|smaller|shorter|slower|weaker|rarer|younger|half as)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What stands on either side, without the words that both sides share."""

    above: frozenset[str]
    below: frozenset[str]


def _ranking(text: str) -> _Ranking | None:
    found = _RANKED.search(text)
    if found is None:
        return None
    head, tail = frozenset(terms(found["head"])), frozenset(terms(found["tail"]))
    head, tail = head - tail, tail - head
    if not head or not tail:
        return None
    less = _LESS.match(found["word"]) is not None
    return _Ranking(tail, head) if less else _Ranking(head, tail)


def ranked_by(claim: str, fact: str) -> bool:
    """Whether a fact ranks the same two things as a claim does, in whatever order."""
    one, other = _ranking(claim), _ranking(fact)
    if one is None or other is None:
        return False
    return _same(one, other) or _same(one, _Ranking(other.below, other.above))


def turned_round(claim: str, fact: str) -> bool:
    """Whether a claim puts below what a fact puts above, and the other way round."""
    one, other = _ranking(claim), _ranking(fact)
    if one is None or other is None or _same(one, other):
        return False
    return _same(one, _Ranking(other.below, other.above))


def _same(one: _Ranking, other: _Ranking) -> bool:
    return bool(one.above & other.above and one.below & other.below) and not (
        one.above & other.below and one.below & other.above
    )
