"""Which words of a sentence make one claim, where it makes several.

A sentence is cut where a new clause, or a participle behind a comma, says something that could be
checked by itself; a lead before a colon ("Anti-inflammatory effects: …") stands apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.audit.claims.grammar import before, is_verb
from weigh.audit.claims.strength import Reading
from weigh.audit.claims.wordlists import wordlist
from weigh.evidence.claim import CueKind, Figure, FigureKind

__all__ = ["Part", "parts_of"]

_STATING = frozenset({CueKind.CAUSAL, CueKind.SOFT, CueKind.CORRELATIONAL})
_LEAD = 9
_MIN = 4
_MARKS = frozenset(",;:—–•-*()[].·●")


@dataclass(frozen=True, slots=True)
class Part:
    """Words `first` to `last` (not included); `lead` is a label, `fact` tells what a study was."""

    first: int
    last: int
    lead: bool = False
    fact: bool = False


def parts_of(
    reading: Reading, *, figures: Sequence[Figure] = (), starts_block: bool = False
) -> tuple[Part, ...]:
    """Cut a sentence into the parts that each say something.

    Parameters
    ----------
    reading
        The sentence.
    figures
        Its numbers: what a study was ("a study of 30 patients") stands apart from what it found.
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
    facts = _after_facts(reading, begin, figures)
    cuts = [at for at in range(begin + 1, len(words)) if at in facts or _cuts(reading, begin, at)]
    start = begin
    for cut in [*cuts, len(words)]:
        if (
            cut < len(words)
            and cut not in facts
            and not (
                _states(reading, start, cut) and _states(reading, cut, _next(cuts, cut, len(words)))
            )
        ):
            continue
        parts.append(Part(start, cut, fact=cut in facts))
        start = cut
    return tuple(_trim(reading, part) for part in parts if part.last > part.first)


def _after_facts(reading: Reading, begin: int, figures: Sequence[Figure]) -> set[int]:
    """Where the words about the study end and those about its finding begin.

    ``A study of 30 patients | showed that 100 mg daily for 8 weeks | was well tolerated``: at the
    verb that reports, and at the verb behind a subject that tells dose and time.
    """
    told = [
        hit
        for hit in reading.hits
        if hit.first > begin
        and (
            hit.kind is CueKind.BOOSTER
            or (hit.kind is CueKind.ATTRIBUTION and hit.entry.sense == "finding")
        )
        and is_verb(reading.words, hit.first)
        and not reading.words[hit.first].normal.endswith("ing")
        and reading.words[before(reading.words, hit.first)].normal not in wordlist("be", "have")
    ]
    if not told:
        return set()
    verb = told[0].first
    studied = any(h.kind is CueKind.STUDIES and begin <= h.first < verb for h in reading.hits)
    counted = any(
        f.kind is FigureKind.PARTICIPANTS for f in _between(reading, figures, begin, verb)
    )
    named = any(
        h.kind is CueKind.DESIGN
        and begin <= h.first < verb
        and not h.pattern.removeprefix("=")
        .split()[-1]
        .startswith(("trial", "stud", "review", "analys"))
        and not h.pattern.endswith("placebo")
        for h in reading.hits
    )
    if not studied or not (counted or named) or verb - begin < _MIN:
        return set()
    cuts = {verb}
    for at in range(verb + 2, len(reading.words) - 1):
        if reading.words[at].normal in wordlist("be", "have", "modals"):
            kinds = {f.kind for f in _between(reading, figures, verb, at)}
            if FigureKind.DOSE in kinds and kinds & {FigureKind.DURATION, FigureKind.FREQUENCY}:
                cuts.add(at)
            break
    return cuts


def _between(reading: Reading, figures: Sequence[Figure], first: int, last: int) -> list[Figure]:
    """The numbers within some words."""
    start, end = reading.words[first].start, reading.words[last].start
    return [figure for figure in figures if start <= figure.span.start < end]


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
    new = reading.clauses[at] != reading.clauses[at - 1]
    return new and normal in {"it", "they", "this"} and before not in wordlist("subordinators")


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
    return Part(first, last, part.lead, part.fact)
