"""The rung of the ladder of certainty that words stand on, 0 to 5."""

from __future__ import annotations

from weigh.audit.claims.strength import Reading, read_words, strongest_of
from weigh.audit.claims.words import words_in
from weigh.evidence.claim import CausalClass, CueKind, Level

__all__ = ["denies_harm", "level_of", "level_of_words"]


def level_of(sentence: str) -> Level:
    """How sure the words of one sentence are.

    Parameters
    ----------
    sentence
        One sentence, without its neighbours.

    Returns
    -------
    Level
        From ``NO_RELATION`` to ``SETTLED``: an unhedged causal verb is ``DIRECT``, with a word of
        certainty ``SETTLED``; "probably" makes it ``PROBABLE``, "may" ``CONDITIONAL``; what is
        said to be unclear, or not shown, is ``UNCERTAIN``.
    """
    return level_of_words(read_words(words_in(sentence)))


def level_of_words(reading: Reading, first: int = 0, last: int | None = None) -> Level:
    """The same for the words `first` to `last` of a sentence that was read."""
    last = len(reading.words) if last is None else last
    inside = [hit for hit in reading.hits if first <= hit.first < last]
    relations = [r for r in reading.relations if r.asserts and first <= r.hit.first < last]
    safe = [h for h in inside if h.kind is CueKind.SAFETY and h.entry.level is not None]
    doubted = any(hit.kind is CueKind.UNCERTAINTY for hit in inside)
    if doubted:
        return Level.UNCERTAIN
    if not relations and not safe:
        return Level.DIRECT if denies_harm(reading, first, last) else Level.NO_RELATION
    main = strongest_of(relations)
    strongest = CausalClass.NONE if main is None else main.class_
    if strongest is CausalClass.CORRELATIONAL and not safe:
        return Level.CONDITIONAL
    hedges = [r.hedge for r in relations if r.hedge is not None and r.class_ is strongest]
    if strongest is CausalClass.CONDITIONAL or (hedges and not safe):
        levels = [h.entry.level for h in hedges if h.entry.level is not None]
        return max(levels, default=Level.CONDITIONAL)
    if safe and strongest is CausalClass.NONE:
        softened = [
            hedge.entry.level
            for hedge in inside
            if hedge.kind is CueKind.HEDGE
            and hedge.entry.class_ is not None
            and any(0 <= hit.first - hedge.last <= 4 for hit in safe)
        ]
        if softened:
            return max(level for level in softened if level is not None)
    negated = {hit.last for hit in inside if hit.kind is CueKind.NEGATION}
    for hit in inside:
        if hit.kind in (CueKind.BOOSTER, CueKind.HYPE) and hit.entry.level is Level.SETTLED:
            if not any(0 <= hit.first - end <= 2 for end in negated):
                return Level.SETTLED
            return Level.UNCERTAIN
    return Level.DIRECT


def denies_harm(reading: Reading, first: int, last: int) -> bool:
    """Whether a harm is named only to be denied: "no interaction between"."""
    hits = [hit for hit in reading.hits if first <= hit.first < last]
    denials = [hit for hit in hits if hit.kind is CueKind.NEGATION]
    return any(
        harm.kind is CueKind.SAFETY
        and harm.entry.sense == "harm"
        and any(0 <= harm.first - denial.last <= 4 for denial in denials)
        for harm in hits
    )
