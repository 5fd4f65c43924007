"""The same claim made more than once on a page: one claim with several places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import chain

from weigh.audit.claims.vocabulary import content_words
from weigh.audit.claims.words import words_in
from weigh.evidence.claim import Claim, CueKind, FigureKind

__all__ = ["gather_repeats"]

#: Share of the content words of both that two wordings of one claim have in common.
_ALIKE = 0.7
_INSIDE = 5
_HARD = (FigureKind.PARTICIPANTS, FigureKind.DOSE, FigureKind.PERCENT, FigureKind.YEAR)


def gather_repeats(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Join claims that say the same: the strongest wording is judged, every place is kept.

    Two claims say the same when they have the same type, objects, denial and numbers and at least
    seven in ten of their meaningful words, or all words of the shorter one and the same word of
    relation; a doubt about it leaves them apart.
    """
    bags = [_bag(claim) for claim in claims]
    groups: dict[Hashable, list[list[int]]] = defaultdict(list)
    for at, claim in enumerate(claims):
        alike = groups[_matter(claim)]
        for group in alike:
            if _same(claims[group[0]], claim, bags[group[0]], bags[at]):
                group.append(at)
                break
        else:
            alike.append([at])
    gathered = []
    for group in chain.from_iterable(groups.values()):
        best = max(group, key=lambda at: (claims[at].level, claims[at].strength.rank, -at))
        places = tuple(sorted(claims[at].span for at in group))
        gathered.append(replace(claims[best], places=places))
    gathered.sort(key=lambda claim: claim.span)
    return tuple(replace(claim, id=f"c{number}") for number, claim in enumerate(gathered, start=1))


def _matter(claim: Claim) -> Hashable:
    """What two claims must share to be the same: type, objects, denial and numbers."""
    return (
        claim.type,
        claim.negated,
        claim.interventions,
        claim.forms,
        claim.outcomes,
        claim.populations,
        frozenset((f.kind, f.value, f.high) for f in claim.figures_of(*_HARD)),
    )


def _same(one: Claim, other: Claim, bag: frozenset[str], other_bag: frozenset[str]) -> bool:
    """Whether two claims on the same matter use nearly the same words."""
    either, both = bag | other_bag, bag & other_bag
    if not either:
        return False
    if len(both) / len(either) >= _ALIKE:
        return True
    # The shorter wording lies whole within the longer one, and relates them by the same word.
    inside = len(both) >= _INSIDE and len(both) == min(len(bag), len(other_bag))
    return inside and bool(one.relation) and one.relation.lower() == other.relation.lower()


def _bag(claim: Claim) -> frozenset[str]:
    """The claim's meaningful words without those that only set its strength."""
    soft = {
        word
        for cue in claim.cues_of(CueKind.HEDGE, CueKind.BOOSTER, CueKind.SIZE)
        for word in content_words(words_in(cue.text))
    }
    return frozenset(word for word in content_words(words_in(claim.text)) if word not in soft)
