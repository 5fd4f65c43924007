"""A sentence under study: its words, clauses and hits, and the questions that rules ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from weigh.audit.claims.grammar import is_verb
from weigh.audit.claims.lexicon import Hit
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word
from weigh.evidence.claim import CueKind

__all__ = ["Context"]

_STATING = (CueKind.ATTRIBUTION, CueKind.HEDGE, CueKind.BOOSTER, CueKind.CAUSAL)


class Context:
    """A sentence, with what rules want to know of it; `treats`: it speaks of an intervention."""

    def __init__(
        self,
        words: Sequence[Word],
        clauses: Sequence[int],
        hits: Sequence[Hit],
        *,
        treats: bool = False,
    ) -> None:
        self.words = words
        self.clauses = clauses
        self.hits = hits
        self.normal = [word.normal for word in words]
        self.treats = treats

    @cached_property
    def is_question(self) -> bool:
        """Whether it asks."""
        return bool(self.words) and self.normal[-1] == "?"

    @cached_property
    def is_finite(self) -> bool:
        """Whether it has a finite verb, as a title has not."""
        named = {
            at
            for hit in self.hits
            if hit.kind is CueKind.DESIGN
            for at in range(hit.first, hit.last)
        }
        return bool(wordlist("be", "have", "modals") & set(self.normal)) or any(
            hit.kind in _STATING and hit.first not in named and is_verb(self.words, hit.first)
            for hit in self.hits
        )

    @cached_property
    def is_controlled(self) -> bool:
        """Whether it names a placebo."""
        return bool(wordlist("controls") & set(self.normal))

    def same_clause(self, one: Hit, other: Hit) -> bool:
        """Whether two hits stand in one clause."""
        return self.clauses[one.first] == self.clauses[other.first]

    def form(self, hit: Hit) -> str:
        """The first word of a hit, as it is written but in lower case."""
        return self.normal[hit.first]

    def is_verb(self, hit: Hit) -> bool:
        """Whether a hit opens with a verb."""
        return is_verb(self.words, hit.first)

    def near_before(self, at: int, number: int) -> set[str]:
        """The words before a place."""
        return set(self.normal[max(0, at - number) : at])

    def near_behind(self, at: int, number: int) -> list[str]:
        """The words from a place on."""
        return self.normal[at : at + number]
