"""Which words of a sentence make one claim, where it makes several.

A sentence is cut where a new clause, or a participle behind a comma, says something that could be
checked by itself; a lead before a colon ("Anti-inflammatory effects: …") stands apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from weigh.audit.claims.grammar import is_verb
from weigh.audit.claims.strength import Reading
from weigh.audit.claims.wordlists import wordlist
from weigh.evidence.claim import CueKind

__all__ = ["Part", "parts_of"]

_STATING = frozenset({CueKind.CAUSAL, CueKind.SOFT, CueKind.CORRELATIONAL})
_LEAD = 9
_MIN = 4
_MARKS = frozenset(",;:—–•-*()[].·●")


@dataclass(frozen=True, slots=True)
class Part:
    """Words `first` to `last` (not included) of a sentence; `lead` marks a label before a colon."""

    first: int
    last: int
    lead: bool = False


def parts_of(reading: Reading, *, starts_block: bool = False) -> tuple[Part, ...]:
    """Cut a sentence into the parts that each say something.

    Parameters
    ----------
    reading
        The sentence.
    starts_block
        Whether it opens its block, where a lead may stand.
    """
    words = reading.words
    begin = 0
    parts: list[Part] = []
    if starts_block:
        lead = _lead_end(reading)
        if lead:
            parts.append(Part(0, lead, lead=True))
            begin = lead + 1
    cuts = [at for at in range(begin + 1, len(words)) if _cuts(reading, begin, at)]
    start = begin
    for cut in [*cuts, len(words)]:
        if cut < len(words) and not (
            _states(reading, start, cut) and _states(reading, cut, _next(cuts, cut, len(words)))
        ):
            continue
        parts.append(Part(start, cut))
        start = cut
    return tuple(_trim(reading, part) for part in parts if part.last > part.first)


def _next(cuts: list[int], cut: int, end: int) -> int:
    return next((later for later in cuts if later > cut), end)


def _lead_end(reading: Reading) -> int:
    """Index of the colon that ends a lead, or 0."""
    words = reading.words
    for at, word in enumerate(words[: _LEAD + 6]):
        if word.normal == ":" and at + 1 < len(words):
            head = [w for w in words[:at] if not w.is_mark]
            finite = any(w.normal in wordlist("be", "have", "modals") for w in head)
            return at if head and len(head) <= _LEAD and not finite else 0
        if word.normal in {".", ";", "?"}:
            return 0
    return 0


def _cuts(reading: Reading, begin: int, at: int) -> bool:
    """Whether a new part might begin at this word."""
    words = reading.words
    if at - begin < _MIN or len(words) - at < 3:
        return False
    normal, before = words[at].normal, words[at - 1].normal
    if before == ";" or normal in {"while", "whereas", "although", "though", "but"}:
        return True
    if before == "," and normal in {"which", "where"}:
        return True
    if before == "," and normal.endswith("ing") and len(normal) > 5:
        return any(
            hit.first == at and hit.kind in (*_STATING, CueKind.HEDGE) for hit in reading.hits
        )
    if normal == "and" and before == ",":
        return _finite_ahead(reading, at + 1)
    if before == "," and words[0].normal in {"while", "although", "though", "whereas"}:
        return _finite_ahead(reading, at) and normal not in wordlist("joining")
    return reading.clauses[at] != reading.clauses[at - 1] and normal in {"it", "they", "this"}


def _finite_ahead(reading: Reading, at: int) -> bool:
    """Whether a subject with a finite verb begins here."""
    words = reading.words
    for ahead in range(at, min(len(words), at + 9)):
        word = words[ahead]
        if word.normal in {",", ";", "."}:
            return False
        if ahead > at and (
            word.normal in wordlist("be", "have", "modals")
            or (
                any(h.first == ahead and h.kind in _STATING for h in reading.hits)
                and is_verb(words, ahead)
                and word.normal.endswith(("s", "ed"))
            )
        ):
            return True
    return False


def _states(reading: Reading, first: int, last: int) -> bool:
    """Whether these words say something that could be checked."""
    if last - first < 3:
        return False
    if any(r.asserts and first <= r.hit.first < last for r in reading.relations):
        return True
    return any(
        first <= hit.first < last
        and hit.kind in (CueKind.SAFETY, CueKind.UNCERTAINTY, CueKind.COMPARISON)
        for hit in reading.hits
    )


def _trim(reading: Reading, part: Part) -> Part:
    """Without the marks and joining words at both ends."""
    words = reading.words
    first, last = part.first, part.last
    while first < last and (words[first].normal in _MARKS or words[first].normal in {"and", "but"}):
        first += 1
    while last > first and (
        words[last - 1].normal in _MARKS - {")"} or words[last - 1].normal in {"and", "but"}
    ):
        last -= 1
    return Part(first, last, part.lead)
