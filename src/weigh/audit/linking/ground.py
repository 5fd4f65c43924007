"""The ground that claims are held against: a folder with its answer, ready to be asked.

Built once a folder. `Ground.links` says what in the folder bears on a claim, best first, or
nothing: by a named study, by outcome, by mechanism, by drug, by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from weigh.audit.claims.lexicon import lexicon
from weigh.audit.claims.vocabulary import TermKind, Vocabulary
from weigh.audit.linking.index import Entry, Index, Weights
from weigh.audit.linking.names import Names
from weigh.audit.linking.outcomes import Outcomes
from weigh.audit.linking.passages import Passage, passages
from weigh.audit.linking.studies import Studies, reviews_named
from weigh.audit.linking.terms import DRUGS, families_in, folded, terms
from weigh.evidence.answer import Answer, Hazard
from weigh.evidence.article import Article
from weigh.evidence.audit import Link, LinkKind
from weigh.evidence.claim import Claim, ClaimDirection, ClaimType, CueKind, FigureKind
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.study import Fact, Study

__all__ = ["Ground"]

#: In short texts a family of synonyms says nearly as much as the word itself.
_WEIGHTS = Weights(family=0.7)
#: Words that set how strong a claim is and not what it is about.
_STRENGTH = (
    CueKind.HEDGE,
    CueKind.BOOSTER,
    CueKind.SIZE,
    CueKind.ATTRIBUTION,
    CueKind.CORRELATIONAL,
    CueKind.CAUSAL,
    CueKind.QUANTITY,
)
#: What is known of the condition and of other treatments: no word on what this one does.
_ELSE = ("background.condition.", "background.alternatives.")
_SINGLE = (LinkKind.SAFETY, LinkKind.FORM, LinkKind.BACKGROUND)
#: Below it, likeness of words is no link.
_ALIKE = 0.30
#: From here on likeness alone is firm: nearly all that the claim says stands in the fact.
_NEARLY_SAME = 0.5
_MOST = 10
#: Words of a text so short that it names its subject once.
_FEW_LINES = 60


@dataclass(frozen=True)
class Ground:
    """A folder and its answer, indexed.

    Parameters
    ----------
    evidence, answer
        What was given.
    vocabulary
        The folder's names.
    passages
        All that can be linked, in a fixed order.
    """

    evidence: Evidence
    answer: Answer
    vocabulary: Vocabulary
    passages: tuple[Passage, ...]
    names: Names
    _studies: Studies
    _outcomes: Outcomes
    _index: Index
    _by_link: dict[tuple[LinkKind, str], Passage]

    @classmethod
    def of(cls, evidence: Evidence, answer: Answer) -> Ground:
        """Index a folder and the answer that was made of it."""
        vocabulary = Vocabulary.of(evidence)
        names = Names(vocabulary.terms)
        found = passages(evidence, answer)
        return cls(
            evidence=evidence,
            answer=answer,
            vocabulary=vocabulary,
            passages=found,
            names=names,
            _studies=Studies(evidence),
            _outcomes=Outcomes(answer, names),
            _index=Index(
                [
                    Entry(
                        title=_renamed(names, p.about, keep=True),
                        body=_renamed(names, p.text, keep=True),
                    )
                    for p in found
                ],
                _WEIGHTS,
            ),
            _by_link={(p.kind, p.id): p for p in found},
        )

    def covers(self, article: Article) -> bool:
        """Whether an article speaks of the folder's intervention: in its title, or twice.

        Of a few lines without a title, such as one pasted sentence, once is enough.
        """
        return _covers(self.names, article.title, article.text)

    def names_intervention(self, text: str) -> bool:
        """Whether words name the intervention or one of its forms."""
        return bool(self.names.find(text, TermKind.INTERVENTION, TermKind.FORM))

    def forms_in(self, text: str) -> tuple[str, ...]:
        """Ids of the forms that words name."""
        return self.names.ids(text, TermKind.FORM)

    def passage(self, link: Link) -> Passage:
        """What a link points to."""
        return self._by_link[link.kind, link.id]

    def studies(self, links: tuple[Link, ...]) -> tuple[Study, ...]:
        """The studies among some links."""
        sources = (self.passage(link).source for link in links)
        return tuple(source for source in sources if isinstance(source, Study))

    def comparisons(self, links: tuple[Link, ...]) -> tuple[Comparison, ...]:
        """The comparisons among some links."""
        sources = (self.passage(link).source for link in links)
        return tuple(source for source in sources if isinstance(source, Comparison))

    def edges(self, links: tuple[Link, ...]) -> tuple[MechanismEdge, ...]:
        """The mechanism findings among some links."""
        sources = (self.passage(link).source for link in links)
        return tuple(source for source in sources if isinstance(source, MechanismEdge))

    def hazards(self, links: tuple[Link, ...]) -> tuple[Hazard, ...]:
        """The known dangers among some links."""
        sources = (self.passage(link).source for link in links)
        return tuple(source for source in sources if isinstance(source, Hazard))

    def facts(self, links: tuple[Link, ...]) -> tuple[Fact, ...]:
        """The sentences of the folder (forms, background, safety, reviews) among some links."""
        sources = (self.passage(link).source for link in links)
        return tuple(source for source in sources if isinstance(source, Fact))

    def links(self, claim: Claim, article: Article) -> tuple[Link, ...]:
        """What in the folder bears on a claim, best first.

        Returns
        -------
        tuple of Link
            At most ten. Empty where nothing bears on it, and for every claim of an article that
            never speaks of the folder's intervention.
        """
        if not self.covers(article):
            return ()
        text = self.words_of(claim, article)
        words = _renamed(self.names, _without_cues(claim, text), keep=True)
        likeness = self._index.scores(words)
        found: dict[tuple[LinkKind, str], Link] = {}
        for link in (
            *self._to_studies(claim, article),
            *self._to_comparisons(claim, article, text),
            *self._to_dangers(claim, text),
            *self._alike(claim, article, text, likeness),
        ):
            known = found.get((link.kind, link.id))
            if known is None or link.score > known.score:
                found[link.kind, link.id] = link
        facts = (k.score for k in found.values() if k.firm and k.kind in _SINGLE and k.node)
        near = max(facts, default=0.0)
        if near >= 0.6:
            # A sentence of the folder says nearly the same: no outcome need be guessed.
            found = {
                place: link
                for place, link in found.items()
                if link.kind is not LinkKind.COMPARISON or (link.terms and link.score > near)
            }
        ordered = sorted(found.values(), key=lambda link: (-link.score, link.kind, link.id))
        return tuple(ordered[:_MOST])

    def words_of(self, claim: Claim, article: Article) -> str:
        """The claim's words, with the lead and the table heads that they stand under."""
        block = article.blocks[claim.block]
        above = " ".join(part for part in (block.row, block.column) if part)
        return f"{above} {claim.text}" if above else claim.text

    def in_scope(self, claim: Claim, article: Article) -> bool:
        """Whether a claim is about the intervention: named in its words, or by a pronoun.

        A claim whose subject is something else ("magnesium relaxes muscles") is not, even on a
        page about the intervention; nor is "which …", whose subject stands before it.
        """
        cues = frozenset(term for cue in claim.cues for term in terms(cue.text))
        if self.names_intervention(claim.text):
            if claim.type is ClaimType.STUDY_FACT or self._is_outcome(claim.subject):
                return True  # "trials have tested it", "quality of life improves in those who …"
            return (
                not claim.subject
                or self.names_intervention(f"{claim.subject} {claim.relation} {claim.object}")
                or not _names_something(claim.subject, cues)
            )
        if not claim.subject and _PRONOUN.match(claim.text):
            return True
        subject = claim.subject or _opening(claim.text)
        if subject.lower().startswith(("which", "who ", "where")):
            return False
        return not _names_something(subject, cues)

    def _is_outcome(self, words: str) -> bool:
        """Whether words name something that studies measure in people."""
        return bool(self.names.ids(words, TermKind.OUTCOME)) or bool(
            set(families_in(words)) - DRUGS
        )

    def _to_studies(self, claim: Claim, article: Article) -> Iterator[Link]:
        for mention in self._studies.mentioned(claim, article):
            study = mention.study
            yield self._link(
                LinkKind.STUDY, study.id, min(1.0, mention.score), mention.matched, mention.firm
            )
        for number, label in reviews_named(self.evidence, article.words_of(claim.sentence)):
            yield self._link(LinkKind.REVIEW, f"background.reviews.{number}", 0.9, label, True)

    def _to_comparisons(self, claim: Claim, article: Article, text: str) -> Iterator[Link]:
        about = set(ClaimType) - {ClaimType.POPULATION}
        counted = {figure.kind for figure in claim.figures}
        if (
            claim.type is ClaimType.STUDY_FACT
            and not (claim.also or claim.relation)
            and not counted & {FigureKind.STUDIES, FigureKind.EFFECT}
        ):
            return
        if not claim.is_about(*about) or not self.in_scope(claim, article):
            return
        if _ANIMALS.search(claim.text):
            return  # what befell animals is no outcome of people
        if _ENOUGH.search(claim.text):
            return  # how much is enough is not what arms with and without it tell
        for comparison, score, matched in self._outcomes.links(claim, text):
            yield self._link(LinkKind.COMPARISON, comparison.id, score, matched, bool(matched))

    def _to_dangers(self, claim: Claim, text: str) -> Iterator[Link]:
        families = set(families_in(text)) & DRUGS
        safety = claim.is_about(ClaimType.SAFETY) or bool(claim.cues_of(CueKind.SAFETY))
        advised = bool(claim.cues_of(CueKind.ADVICE))
        warns = safety or advised or claim.direction is ClaimDirection.HARM
        # Advice on a drug is a warning, whatever the words "works" or "changes" make of it.
        warns = warns and (advised or claim.direction is not ClaimDirection.BENEFIT)
        for passage in self.passages:
            if passage.kind is not LinkKind.SAFETY:
                continue
            if isinstance(passage.source, Hazard):
                about = f"{passage.about} {passage.text}"
                shared = families & set(families_in(about))
                if not shared and warns and passage.id.startswith("safety.contraindication"):
                    shared = self._telling(passage.about) & set(terms(self._bare(text)))
                sure = warns or bool(
                    shared
                    and claim.direction is not ClaimDirection.BENEFIT
                    and self._telling(passage.text) & set(terms(self._bare(text)))
                )
                if shared and (sure or claim.direction is not ClaimDirection.BENEFIT):
                    score = 0.9 if sure else 0.4
                    yield self._link(
                        LinkKind.SAFETY, passage.id, score, tuple(sorted(shared)), sure
                    )
            elif safety and passage.about:
                told = self._telling(passage.text) & set(terms(self._bare(text)))
                named = warns and bool(set(told) & _harms())
                yield self._link(
                    LinkKind.SAFETY,
                    passage.id,
                    0.8 if named else 0.5,
                    ("adverse effects", *sorted(told)) if named else ("adverse effects",),
                    named,
                )

    def _telling(self, text: str) -> set[str]:
        """The terms by which a danger is known: those that no other is likely to share."""
        return set(terms(self._bare(text))) - self._outcomes.topic - _UNTELLING

    def _alike(
        self, claim: Claim, article: Article, text: str, likeness: NDArray[np.float64]
    ) -> Iterator[Link]:
        words = self._bare(text)
        query = set(terms(words))
        families = set(families_in(words))
        if not query:
            return
        promises = bool(claim.relation) and self.in_scope(claim, article)
        for place, (passage, lexical) in enumerate(zip(self.passages, likeness, strict=True)):
            if passage.kind in (LinkKind.COMPARISON, LinkKind.STUDY):
                continue
            if isinstance(passage.source, Hazard):
                continue
            if promises and passage.id.startswith(_ELSE):
                continue
            if passage.kind is LinkKind.MECHANISM:
                link = self._to_mechanism(claim, passage, float(lexical), query, families)
                if link is not None:
                    yield link
                continue
            shared = self._index.shared(words, place)
            telling = [w for w in shared if w in query and w not in self._outcomes.topic]
            if lexical >= _ALIKE and telling and len(shared) >= 2:
                firm = lexical >= _NEARLY_SAME and len(shared) >= (3 if lexical < 0.6 else 2)
                score = min(1.0, float(lexical))
                yield self._link(passage.kind, passage.id, score, shared[:6], bool(firm))

    def _to_mechanism(
        self, claim: Claim, passage: Passage, lexical: float, query: set[str], families: set[str]
    ) -> Link | None:
        """A finding is about a claim that names an end of it other than the intervention."""
        edge = passage.source
        assert isinstance(edge, MechanismEdge)
        mechanical = claim.is_about(ClaimType.MECHANISM) or bool(claim.cues_of(CueKind.MECHANISM))
        ends = self._bare(f"{edge.subject} . {edge.object}")
        shared = {w for w in set(terms(ends)) & query if w not in _ENDS and not w.isdigit()}
        kin = set(families_in(f"{ends} {edge.pathway}")) & families
        if not mechanical:
            # The outcome's own word at the end of a finding makes no claim of how it works.
            shared -= self._outcomes.words | self._outcomes.topic
        if not shared and not (kin and mechanical):
            return None
        bearing = 0.35 * bool(shared) + 0.15 * min(len(kin), 2) + 0.5 * lexical
        bearing += 0.1 * mechanical
        if bearing < 0.45 or (not mechanical and not shared):
            return None
        matched = (*sorted(shared), *sorted(kin))
        return self._link(LinkKind.MECHANISM, edge.id, min(1.0, bearing), matched, bool(shared))

    def _bare(self, text: str) -> str:
        """Words without the names of the intervention and its forms."""
        return _renamed(self.names, text, keep=False)

    def _link(
        self, kind: LinkKind, id_: str, score: float, matched: tuple[str, ...], firm: bool
    ) -> Link:
        node = self._by_link[kind, id_].node
        return Link(kind=kind, id=id_, score=score, terms=matched, firm=firm, node=node)


@cache
def _harms() -> frozenset[str]:
    """Stems of the words of harm that name one: "nausea", "rash"."""
    return (
        frozenset(
            stem
            for entry in lexicon().entries
            if entry.kind is CueKind.SAFETY and entry.sense == "harm"
            for word in entry.words
            for stem in terms(word.replace("=", "").replace("/v", ""))
        )
        - _UNTELLING
    )


def _without_cues(claim: Claim, text: str) -> str:
    """A claim's words without those that only set its strength."""
    for cue in claim.cues_of(*_STRENGTH):
        text = text.replace(cue.text, " ", 1)
    return text


@lru_cache(maxsize=64)
def _covers(names: Names, title: str, text: str) -> bool:
    kinds = (TermKind.INTERVENTION, TermKind.FORM)
    enough = 1 if not title.strip() and len(text.split()) <= _FEW_LINES else 2
    return bool(names.find(title, *kinds)) or len(names.find(text, *kinds)) >= enough


@lru_cache(maxsize=4096)
def _renamed(names: Names, text: str, *, keep: bool) -> str:
    """Folded words with every name of the intervention in its first spelling, or without it."""
    words = folded(text)
    out, at = [], 0
    for hit in names.find(text, TermKind.INTERVENTION, TermKind.FORM):
        out.append(words[at : max(at, hit.start)])
        if keep and hit.start >= at:
            out.append(hit.term.names[0])
        at = max(at, hit.end)
    out.append(words[at:])
    return " ".join(out)


_ENOUGH = re.compile(
    r"\b(?:in)?sufficient (?:for|to|dose|amount|intake)\b|\bnot (?:be )?(?:sufficient|enough)\b"
    r"|\benough (?:from|for|in) (?:food|the diet|diet)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|they|this|these|both)\b", re.IGNORECASE)
_ANIMALS = re.compile(
    r"\b(?:mice|mouse|rats?|rodents?|hamsters?|guinea pigs?|zebrafish|in vitro|test[- ]tubes?|"
    r"petri dish(?:es)?|cell cultures?|in a dish)\b",
    re.IGNORECASE,
)
#: Words at the ends of findings that name nothing by themselves.
_ENDS = frozenset(
    terms("production activation blood loss lack level protein receptor profile function cell")
)
#: Words of any danger, which tell none from another.
_UNTELLING = frozenset(
    terms(
        "people patient patients adult adults person anyone everyone severe serious mild disease "
        "condition disorder problem illness take taking use using medicine medication drug high "
        "low dose doses side effect effects adverse event reaction interaction risk harm danger "
        "unwanted cause careful known level levels supplement supplements women men children "
        "unsafe risky dangerous harmful safety toxic toxicity common rare long term large daily "
        "day upset damage"
    )
)
_ADVERB = re.compile(r"\b\w{3,}ly\b|[^\w\s-]")
_NOTHING = frozenset(
    terms(
        "it they this that these those which effect effects finding findings result results study "
        "studies trial trials research evidence supplement supplements supplementation vitamin "
        "treatment therapy use taking benefit action review reviews patient patients people "
        "participants symptoms score scores dose doses nutrient mineral compound remedy activation "
        "placebo controlled randomised randomized trial double blind clinical pilot observational "
        "large larger small smaller several many multiple numerous growing emerging recent yes "
        "scientists researchers experts users ability series intake dietary diet alone patient "
        "typical usual common recommended standard daily "
        "individuals adults based current answer based"
    )
)


def _opening(text: str) -> str:
    """The first word of meaning."""
    return " ".join(terms(text)[:1])


def _names_something(subject: str, cues: frozenset[str]) -> bool:
    """Whether words name a thing of their own, and not only "the study", "it", "these effects"."""
    return any(
        word not in _NOTHING and word not in cues and not word[0].isdigit()
        for word in terms(_ADVERB.sub(" ", subject))
    )
