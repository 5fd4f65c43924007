"""What a part of a sentence speaks of when it does not name it: "it", "this effect"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from weigh.audit.claims.vocabulary import Mention, TermKind, Vocabulary
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import words_in
from weigh.evidence.article import Article, Block

__all__ = ["Names", "Topics"]


@dataclass(slots=True)
class Names:
    """Ids of the vocabulary by what they are, in the order met."""

    interventions: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    populations: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, mentions: Iterable[Mention]) -> Names:
        """The names that mentions give."""
        names = cls()
        shelves = {
            TermKind.INTERVENTION: names.interventions,
            TermKind.FORM: names.forms,
            TermKind.OUTCOME: names.outcomes,
            TermKind.POPULATION: names.populations,
        }
        for mention in mentions:
            shelf = shelves.get(mention.term.kind)
            if shelf is not None and mention.term.id not in shelf:
                shelf.append(mention.term.id)
        return names


class Topics:
    """What the title, the headings and the sentences before speak of."""

    def __init__(self, article: Article, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._headings: dict[tuple[str, ...], Names] = {}
        title = Names.of(vocabulary.mentions(words_in(article.title)))
        first = [term.id for term in vocabulary.of_kind(TermKind.INTERVENTION)][:1]
        self.main = title.interventions or first
        self._block = -1
        self._before = Names()

    def enter(self, block: int, description: Block) -> None:
        """Begin a block: what an earlier block spoke of no longer counts."""
        if block != self._block:
            self._block = block
            above = self._of_headings(description)
            self._before = Names(above.interventions[:], above.forms[:])

    def remember(self, names: Names) -> None:
        """Take note of what a sentence named."""
        if names.interventions or names.forms:
            self._before = names

    def complete(self, names: Names) -> Names:
        """Add what the words point to; a claim that names nothing is about the page's topic."""
        if names.interventions or names.forms:
            return names
        source = self._before
        if source.interventions or source.forms:
            names.interventions += source.interventions
            names.forms += source.forms
        else:
            names.interventions += self.main
        return names

    def is_about(self, names: Names) -> bool:
        """Whether a sentence with these names speaks of an intervention, itself or by its place."""
        here = names.interventions or names.forms
        return bool(here or self._before.interventions or self._before.forms)

    @staticmethod
    def points(words: Iterable[str]) -> bool:
        """Whether words point back to something named before."""
        return any(word in wordlist("pointing") for word in list(words)[:4])

    def _of_headings(self, block: Block) -> Names:
        if block.headings not in self._headings:
            text = " . ".join((*block.headings[-1:], block.row or "", block.column or ""))
            self._headings[block.headings] = Names.of(self._vocabulary.mentions(words_in(text)))
        return self._headings[block.headings]
