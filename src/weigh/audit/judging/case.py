"""One claim before the rules: its words, what it was linked to, and how a rule speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from weigh.audit.claims.lexicon import lexicon
from weigh.audit.judging.bearing import borne_at, permitted, points, shows, strongest
from weigh.audit.judging.checks import Check, checks
from weigh.audit.judging.numbers import gives_size, number_checks
from weigh.audit.judging.speaker import Speaker
from weigh.audit.linking import Ground
from weigh.audit.linking.pages import page_of
from weigh.audit.linking.terms import families_in, stems, terms
from weigh.audit.linking.units import figures_of
from weigh.evidence.article import Article, BlockKind
from weigh.evidence.audit import Link, LinkKind
from weigh.evidence.claim import (
    CausalClass,
    ClaimDirection,
    ClaimType,
    CueKind,
    Figure,
    FigureKind,
    Level,
)
from weigh.evidence.comparison import Comparison
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.study import Fact, Study

__all__ = ["Case"]

_PEOPLE = frozenset(
    stems("patients participants volunteers subjects symptoms scores people users adults children")
)
_FOUND = frozenset({"find", "found that", "report", "reported that", "show", "showed that",
                    "shows that", "observe"})  # fmt: skip
_EFFECTS = frozenset(terms("effect activity efficacy effectiveness benefit action relief"))
_NO_EFFECT = re.compile(
    r"\blittle (?:or|to) no (?:difference|effect|benefit|change|impact)\b"
    r"|\bno (?:clear |real |meaningful |important |significant |measurable )?"
    r"(?:difference|effect|benefit|change|impact)\b",
    re.IGNORECASE,
)
_REPORTING = frozenset(
    terms(
        "call called find found conclude concluded report reported say said state stated rate "
        "rated describe described publish published review systematic"
    )
)
_DENIED = frozenset(stems("no not never without neither nor little"))
_DOUBT = frozenset(
    stems(
        "emerging preliminary small early uncertain unclear limited pilot unproven mixed weak "
        "insufficient"
    )
)


@dataclass(frozen=True)
class Case(Speaker):
    """A claim with everything that a rule may look at."""

    links: tuple[Link, ...]
    ground: Ground

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The numbers of the claim, years set apart from counts."""
        return figures_of(self.claim.text, self.claim.span.start)

    def figures_of(self, *kinds: FigureKind) -> tuple[Figure, ...]:
        """The numbers of some kinds."""
        return tuple(figure for figure in self.figures if figure.kind in kinds)

    @cached_property
    def direction(self) -> ClaimDirection:
        """Which way the claim points; "little or no difference" points to no effect."""
        claim = self.claim
        if claim.negated or _NO_EFFECT.search(claim.text):
            return ClaimDirection.NO_EFFECT
        if claim.direction is not ClaimDirection.UNKNOWN or not self.comparisons:
            return claim.direction
        senses = {senses_of(cue.lemma) for cue in claim.cues_of(CueKind.CAUSAL)} - {None}
        if len(senses) != 1 or claim.level is Level.UNCERTAIN:
            return claim.direction
        # Passive voice, or an object that is neither good nor bad: the outcome says what is better.
        sense, better = senses.pop(), self.comparisons[0].outcome.better
        good = sense == "good" or (sense == "lower") == (better == "lower")
        return ClaimDirection.HARM if sense == "bad" or not good else ClaimDirection.BENEFIT

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """Studies that the claim surely speaks of."""
        firm = tuple(link for link in self.links if link.firm)
        return self.ground.studies(firm)

    @cached_property
    def firm_facts(self) -> tuple[Fact, ...]:
        """Sentences of the folder that say nearly what the claim says."""
        near = tuple(k for k in self.links if k.firm and k.node is not None and k.score >= 0.6)
        return self.ground.facts(near)

    def node_of(self, fact: Fact) -> str | None:
        """The node of a sentence of the folder that the claim was linked to."""
        for link in self.links:
            if self.ground.passage(link).source is fact:
                return link.node
        return None

    @cached_property
    def candidates(self) -> tuple[Study, ...]:
        """Studies that the claim may speak of."""
        return self.ground.studies(tuple(link for link in self.links if not link.firm))

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Comparisons that bear on the claim; those far behind the best are left out."""
        links = tuple(link for link in self.links if link.kind is LinkKind.COMPARISON)
        best = max((link.score for link in links), default=0.0)
        return self.ground.comparisons(tuple(k for k in links if k.score >= 0.85 * best))

    @cached_property
    def edges(self) -> tuple[MechanismEdge, ...]:
        """Mechanism findings that bear on the claim, best first; those far behind are left out."""
        scores = [link.score for link in self.links if link.kind is LinkKind.MECHANISM]
        if not scores:
            return ()
        near = tuple(
            link
            for link in self.links
            if link.kind is LinkKind.MECHANISM and link.score >= 0.7 * max(scores)
        )
        return self.ground.edges(near)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Every fact of the claim that the folder speaks to."""
        return (*checks(self), *number_checks(self))

    @cached_property
    def best(self) -> Comparison | None:
        """The comparison that bears most of the claim."""
        return strongest(self.comparisons, self.direction, doubt_named=self.doubt_named)

    @cached_property
    def doubt_named(self) -> bool:
        """Whether the claim's paragraph says that the matter is not settled."""
        block = self.article.blocks[self.claim.block]
        words = self.article.words_of(block.span)
        return bool(_DOUBT & set(stems(words))) or page_of(self.article).doubts(self.claim.block)

    @cached_property
    def level(self) -> Level:
        """The rung that the claim's words stand on, read in its place.

        What happened to people ("patients reported less pain") is told of a study and is no claim
        that the intervention brought it about, unless a word says so.
        """
        claim = self.claim
        if claim.level is Level.NO_RELATION and self.answers_yes:
            hedged = bool(claim.cues_of(CueKind.HEDGE)) or "caution" in " ".join(stems(claim.text))
            return Level.PROBABLE if hedged else Level.DIRECT
        if claim.level is Level.NO_RELATION and self.says_settled:
            return Level.SETTLED
        denied = self._hedge_of_no_effect()
        if denied is not None:
            return denied
        if claim.level in (Level.DIRECT, Level.PROBABLE) and self.tells_what_happened:
            return Level.CONDITIONAL
        return claim.level

    def _hedge_of_no_effect(self) -> Level | None:
        """The rung of "may make little or no difference"; None where nothing hedges it."""
        denied = _NO_EFFECT.search(self.claim.text)
        if denied is None:
            return None
        at = self.claim.span.start + denied.start()
        near = {
            c.text.lower() for c in self.claim.cues_of(CueKind.HEDGE) if 0 < at - c.span.end < 25
        }
        if near & {"may", "might", "could", "possibly", "perhaps"}:
            return Level.CONDITIONAL
        return Level.PROBABLE if near & {"probably", "likely"} else None

    @cached_property
    def tells_what_happened(self) -> bool:
        """Whether the claim tells how people in one study fared, and not what did it."""
        claim = self.claim
        if claim.strength is CausalClass.CORRELATIONAL:
            return bool(self.studies)
        if len(self.studies) == 1 and self._study_found(self.studies[0]):
            return True
        bound = bool(self.studies) or "one study" in claim.text.lower()
        opening = set(stems(claim.text.split(",")[-1] if not claim.subject else claim.subject)[:3])
        opening |= set(stems(claim.text)[:4])
        boosted = bool(claim.cues_of(CueKind.BOOSTER, CueKind.HYPE))
        return bound and bool(opening & _PEOPLE) and not boosted

    def _study_found(self, study: Study) -> bool:
        """Whether a controlled study's own result is told, and was such: "the trial found that"."""
        told = any(c.lemma in _FOUND for c in self.claim.cues_of(CueKind.ATTRIBUTION))
        if not told or self.claim.cues_of(CueKind.BOOSTER, CueKind.HYPE):
            return False
        for comparison in self.comparisons:
            for row in comparison.studies:
                if row.study.id == study.id and row.comparator is not None:
                    lowers = row.yi < comparison.null
                    sure = not row.ci_low <= comparison.null <= row.ci_high
                    good = lowers == (comparison.outcome.better == "lower")
                    return sure and good == (self.direction is ClaimDirection.BENEFIT)
        return False

    @cached_property
    def says_settled(self) -> bool:
        """Whether an effect named as a noun is called settled: "confirmed the activity of"."""
        words = set(terms(self.claim.text))
        settled = [c for c in self.claim.cues_of(CueKind.BOOSTER) if c.text.lower() != "always"]
        return (
            bool(settled)
            and bool(words & _EFFECTS)
            and self.direction not in (ClaimDirection.NO_EFFECT,)
        )

    @cached_property
    def answers_yes(self) -> bool:
        """Whether the page gives its verdict: "the answer is yes"."""
        words = stems(self.claim.text)
        return "yes" in words and "answer" in words

    @cached_property
    def is_efficacy(self) -> bool:
        """Whether the claim says that the intervention helps (or does not) with an outcome."""
        claim = self.claim
        if claim.type is ClaimType.SAFETY and not claim.relation:
            return False
        helps = claim.is_about(ClaimType.EFFICACY, ClaimType.COMPARISON) or self.answers_yes
        if claim.type is ClaimType.MECHANISM and (not helps or self._tells_a_finding):
            return False
        if self.review_told is not None:
            return False
        return self.level > Level.NO_RELATION

    @cached_property
    def _tells_a_finding(self) -> bool:
        """Whether a claim of mechanism speaks of a finding on record, and names no outcome."""
        firm = tuple(link for link in self.links if link.firm)
        if self.level is Level.SETTLED or any(k.kind is LinkKind.COMPARISON for k in firm):
            return False
        unseen = ("not-tested", "result-not-seen")
        return any(edge.relation not in unseen for edge in self.ground.edges(firm))

    @cached_property
    def review_told(self) -> Link | None:
        """The review whose finding the claim repeats in nearly the same words, if any."""
        words = set(terms(self.claim.text)) - _REPORTING
        for link in self.links:
            if link.kind is not LinkKind.REVIEW or not link.firm:
                continue
            passage = self.ground.passage(link)
            known = set(terms(f"{passage.about} {passage.text}"))
            denied = [bool(_DENIED & set(stems(t))) for t in (self.claim.text, passage.text)]
            if words and len(words & known) >= 0.7 * len(words) and denied[0] == denied[1]:
                return link
        return None

    @cached_property
    def is_warning(self) -> bool:
        """Whether the claim warns: of harm, an interaction, or to ask somebody first."""
        claim = self.claim
        senses = {cue.lemma for cue in claim.cues_of(CueKind.SAFETY)}
        harm = claim.direction is ClaimDirection.HARM
        return (claim.is_about(ClaimType.SAFETY) or harm) and (
            harm or bool(senses) or bool(claim.cues_of(CueKind.ADVICE))
        )

    @property
    def permitted(self) -> Level | None:
        """The highest rung that the evidence bears, None where no comparison bears on the claim."""
        if self.best is None:
            return None
        if self.keeps_size and points(self.best) == "no-difference":
            return borne_at(self.best)
        return permitted(self.best, self.direction, doubt_named=self.doubt_named)

    @cached_property
    def keeps_size(self) -> bool:
        """Whether words of benefit tell how small it is: by a number on record, or "slightly".

        A small effect that is sure is no overstatement where its smallness is told.
        """
        if self.best is None or self.direction is not ClaimDirection.BENEFIT:
            return False
        small = any(senses_of(cue.lemma, CueKind.SIZE) == "small"
                    for cue in self.claim.cues_of(CueKind.SIZE))  # fmt: skip
        return gives_size(self) or (small and shows(self.best, "benefit"))

    @property
    def direct_studies(self) -> tuple[Study, ...]:
        """Every study of the comparisons that the claim is linked to, each once."""
        found = {s.id: s for c in self.comparisons for s in c.all_studies}
        return tuple(found.values())

    @property
    def in_title(self) -> bool:
        """Whether the claim stands in the title or in a summary above the text."""
        return is_summary(self.article, self.claim.block)


@cache
def senses_of(lemma: str, kind: CueKind = CueKind.CAUSAL) -> str | None:
    """The sense of a word: which way a causal word's object goes (``lower``, ``raise``, …)."""
    for entry in lexicon().entries:
        spelled = {
            word.replace("=", "").replace("/v", "").replace("/n", "") for word in entry.words
        }
        if entry.kind is kind and lemma in spelled:
            return entry.sense
    return None


def is_summary(article: Article, block: int) -> bool:
    """Whether a block is the title, or stands under a heading such as "Key points"."""
    piece = article.blocks[block]
    if piece.kind is BlockKind.TITLE:
        return True
    heading = " ".join(stems(" ".join(piece.headings[-1:])))
    return any(word in heading for word in ("summari", "key point", "takeaway", "glanc", "tl dr"))


def speaks_of(text: str, family: str) -> bool:
    """Whether words hold a member of a family of synonyms."""
    return family in families_in(text)
