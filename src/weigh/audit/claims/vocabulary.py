"""The names of what an article may speak of: interventions, forms, outcomes, people, drugs.

With a folder they come from its question, forms, mechanisms and safety entries; without one from
the article itself: the words of its title and those that it repeats most.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from weigh.audit.claims.lexicon import lexicon
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word, words_in
from weigh.evidence.article import Article, BlockKind
from weigh.evidence.folder import Evidence

__all__ = ["Mention", "Term", "TermKind", "Vocabulary", "content_words", "stem"]


class TermKind(StrEnum):
    """What a name is the name of."""

    INTERVENTION = "intervention"
    FORM = "form"
    OUTCOME = "outcome"
    POPULATION = "population"
    COMPARATOR = "comparator"
    MECHANISM = "mechanism"
    DRUG = "drug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Something that has an id and names; `loose` are words that only point towards it."""

    kind: TermKind
    id: str
    names: tuple[str, ...]
    loose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to `last` (not included) that name a term; not `exact` where only loosely."""

    term: Term
    first: int
    last: int
    exact: bool


def stem(normal: str) -> str:
    """A word without its plural."""
    if len(normal) > 4 and normal.endswith("ies"):
        return normal[:-3] + "y"
    if len(normal) > 4 and normal.endswith(("sses", "xes", "ches", "shes")):
        return normal[:-2]
    if len(normal) > 3 and normal.endswith("s") and not normal.endswith(("ss", "us", "is")):
        return normal[:-1]
    return normal


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word.normal) for word in words_in(text) if not word.is_mark)


def content_words(words: Iterable[Word]) -> list[str]:
    """Stems of the words that carry meaning."""
    return [
        stem(w.normal)
        for w in words
        if not w.is_mark and w.normal not in wordlist("stop") and len(w.normal) > 1
    ]


@dataclass(frozen=True)
class Vocabulary:
    """All terms, and how to find them in words.

    Parameters
    ----------
    terms
        In the order in which ids are given to a claim.
    own
        Whether the names were taken from the article itself, for want of a folder.
    """

    terms: tuple[Term, ...]
    own: bool = False
    _index: dict[str, list[tuple[tuple[str, ...], Term, bool]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        index: dict[str, list[tuple[tuple[str, ...], Term, bool]]] = defaultdict(list)
        for term in self.terms:
            for names, exact in ((term.names, True), (term.loose, False)):
                for name in names:
                    stems = _stems(name)
                    if stems:
                        index[stems[0]].append((stems, term, exact))
        object.__setattr__(self, "_index", dict(index))

    @classmethod
    def of(cls, evidence: Evidence) -> Vocabulary:
        """The names that a folder gives."""
        question = evidence.question
        terms = [
            _concept(TermKind.INTERVENTION, "intervention", question.intervention),
            _concept(TermKind.POPULATION, "population", question.population),
            _concept(TermKind.COMPARATOR, "comparator", question.comparator),
        ]
        terms += [
            Term(kind=TermKind.FORM, id=form.id, names=(form.name, *form.synonyms))
            for form in question.forms
        ]
        own = [
            name
            for term in terms
            if term.kind in (TermKind.INTERVENTION, TermKind.FORM)
            for name in term.names
        ]
        people = set(_stems(" ".join(own))) | set(
            _stems(" ".join((question.population.name, *question.population.synonyms)))
        )
        for outcome in question.outcomes:
            names = [outcome.name, outcome.plain, outcome.instrument or ""]
            loose = [
                word
                for word in content_words(words_in(" ".join((outcome.name, outcome.plain))))
                if word not in people and len(word) > 3
                if word not in wordlist("common") and word not in wordlist("physiology")
            ]
            terms.append(
                Term(kind=TermKind.OUTCOME, id=outcome.id, names=_names(names), loose=_names(loose))
            )
        terms += [
            Term(kind=TermKind.POPULATION, id=group.id, names=(group.name,))
            for group in question.subgroups
        ]
        nodes = {node for edge in evidence.mechanisms for node in (edge.subject, edge.object)}
        terms += [
            Term(kind=TermKind.MECHANISM, id=node, names=_names(_node_names(node)))
            for node in sorted(nodes)
        ]
        for danger in evidence.safety.interactions:
            names = [danger.with_, danger.class_ or ""]
            terms.append(Term(kind=TermKind.DRUG, id=danger.id, names=_names(names)))
        return cls(tuple(terms))

    @classmethod
    def from_article(cls, article: Article) -> Vocabulary:
        """The names that an article itself repeats: what its title names, and its commonest nouns.

        The title's phrase that the text repeats most is taken for the intervention; the title's
        other phrases, and words that come at least three times, for outcomes.
        """
        words = words_in(article.text)
        counts = Counter(content_words(words))
        known = {
            stem(word.normal)
            for hit in lexicon().hits(words)
            for word in words[hit.first : hit.last]
        }
        title = article.title or next(
            (article.words_of(b.span) for b in article.blocks if b.kind is BlockKind.TITLE), ""
        )
        phrases = [p for p in _phrases(words_in(title), known) if p]
        terms: list[Term] = []
        used: set[str] = set()
        for rank, phrase in enumerate(
            sorted(phrases, key=lambda p: -max(counts[stem(w)] for w in p.split()))
        ):
            kind = TermKind.INTERVENTION if rank == 0 else TermKind.OUTCOME
            loose = tuple(w for w in phrase.split() if len(w) > 3 and w != phrase)
            terms.append(Term(kind=kind, id=_slug(phrase), names=(phrase,), loose=loose))
            used |= {stem(w) for w in phrase.split()}
        for word, number in counts.most_common(40):
            if number < 3 or word in used or word in known or not word.isalpha() or len(word) < 4:
                continue
            if word in wordlist("common"):
                continue
            kind = TermKind.OUTCOME if terms else TermKind.INTERVENTION
            if terms and word in wordlist("physiology"):
                kind = TermKind.MECHANISM
            terms.append(Term(kind=kind, id=word, names=(word,)))
        return cls(tuple(terms), own=True)

    def mentions(self, words: Sequence[Word]) -> tuple[Mention, ...]:
        """Every name found, longest first where two overlap within one kind."""
        stems = [stem(word.normal) for word in words]
        found: list[Mention] = []
        for first, head in enumerate(stems):
            for name, term, exact in self._index.get(head, ()):
                last = first + len(name)
                if tuple(stems[first:last]) == name:
                    found.append(Mention(term, first, last, exact))
        found.sort(key=lambda m: (not m.exact, m.first - m.last, m.first))
        kept: list[Mention] = []
        taken: set[tuple[TermKind, str, int]] = set()
        for mention in found:
            kind = mention.term.kind
            places = {(kind, mention.term.id, at) for at in range(mention.first, mention.last)}
            inside = any(
                k.term.kind is kind
                and k.exact
                and k.first <= mention.first
                and mention.last <= k.last
                and k.last - k.first > mention.last - mention.first
                for k in kept
            )
            if not inside and not places & taken:
                taken |= places
                kept.append(mention)
        return tuple(sorted(kept, key=lambda m: (m.first, m.last)))

    def of_kind(self, kind: TermKind) -> Iterator[Term]:
        """Yield the terms of one kind."""
        return (term for term in self.terms if term.kind is kind)


def _concept(kind: TermKind, id_: str, concept: object) -> Term:
    name = str(getattr(concept, "name", ""))
    synonyms = tuple(getattr(concept, "synonyms", ()))
    short = re.sub(r"^(people|adults|patients|children|women|men) (with|who have) ", "", name)
    return Term(kind=kind, id=id_, names=_names((name, short, *synonyms)))


def _node_names(node: str) -> Iterator[str]:
    """The names in a node's: ``Gas6 (growth arrest-specific 6)`` has two."""
    yield node
    outside = re.sub(r"\([^)]*\)", " ", node).strip()
    if outside:
        yield outside
    yield from re.findall(r"\(([^)]*)\)", node)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _slug(phrase: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", phrase.lower()).strip("-")


def _phrases(words: Sequence[Word], known: set[str]) -> Iterator[str]:
    """Runs of meaningful words of a title, broken at marks, stop words and words of relation."""
    run: list[str] = []
    for word in (*words, None):
        if (
            word is not None
            and not word.is_mark
            and word.normal not in wordlist("stop")
            and not (stem(word.normal) in known and word.normal not in wordlist("topical"))
        ):
            run.append(word.normal)
        elif run:
            yield " ".join(run)
            run = []


# Words of the lexicons that a title may well be about.
