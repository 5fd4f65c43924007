"""What a sentence asserts about cause, by rules on the words that carry it.

The classes are those of Yu, Li and Wang (2019), after Sumner et al. (2014): nothing, that two
things go together, that one might bring about the other, that it does. A denied effect ("does not
reduce") is still a statement about cause. The rules come from the annotation schemes of those two
papers and from English grammar; no weight and no word was learnt from their data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from weigh.audit.claims.clauses import clause_numbers
from weigh.audit.claims.grammar import is_adverb, is_verb
from weigh.audit.claims.lexicon import Hit, lexicon
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word, words_in
from weigh.evidence.claim import CausalClass, CueKind

__all__ = ["Reading", "Relation", "read_words", "strength_of"]

_RELATIONS = (CueKind.CAUSAL, CueKind.SOFT, CueKind.CORRELATIONAL)
_MODALS = {"may", "might", "could"}
# Behind one of these, "to reduce" tells what something does; elsewhere it tells what is hoped.
_CHANGE = "a change named as a noun; it counts where something is said to have brought it about"
_MEANS = "a means named; a claim only where something else values it"
_GROUPS = "a difference between groups"


@dataclass(frozen=True, slots=True)
class Relation:
    """A word that relates two things; `silenced` says why it asserts nothing, where it does not."""

    hit: Hit
    class_: CausalClass
    clause: int
    hedge: Hit | None = None
    negation: Hit | None = None
    silenced: str | None = None

    @property
    def asserts(self) -> bool:
        """Whether it says something about the world."""
        return self.silenced is None


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as the lexicons see it: its words, clauses, hits and relations."""

    words: tuple[Word, ...]
    clauses: tuple[int, ...]
    hits: tuple[Hit, ...]
    relations: tuple[Relation, ...]

    def of(self, *kinds: CueKind) -> tuple[Hit, ...]:
        """The hits of some kinds."""
        return tuple(hit for hit in self.hits if hit.kind in kinds)

    @property
    def strength(self) -> CausalClass:
        """The strongest class that any relation asserts."""
        asserted = [relation.class_ for relation in self.relations if relation.asserts]
        return max(asserted, key=lambda class_: class_.rank, default=CausalClass.NONE)


def strength_of(sentence: str) -> CausalClass:
    """What a sentence alone asserts about cause.

    Parameters
    ----------
    sentence
        One sentence, without its neighbours.

    Returns
    -------
    CausalClass
        ``none``, ``correlational``, ``conditional`` or ``direct``; of several relations the
        strongest.

    References
    ----------
    Yu, Li and Wang (2019), Detecting causal language use in science findings, EMNLP; Sumner et al.
    (2014), BMJ 349:g7015.
    """
    return read_words(words_in(sentence)).strength


@lru_cache(maxsize=4096)
def read_words(words: tuple[Word, ...]) -> Reading:
    """Find the hits of the lexicons in a sentence and settle what each relation asserts."""
    hits = lexicon().hits(words)
    clauses = clause_numbers(words)
    relations = [
        Relation(hit, hit.entry.class_ or CausalClass.NONE, clauses[hit.first])
        for hit in hits
        if hit.kind in _RELATIONS and not _inside_a_name(hit, hits)
    ]
    reader = _Reader(words, clauses, hits)
    relations = [reader.settle(relation) for relation in relations]
    relations = reader.silence_objects(relations)
    return Reading(words, clauses, hits, tuple(relations))


def _inside_a_name(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a word only makes part of a fixed name: "double" of "double-blind", "side effect"."""
    return any(
        other.kind in (CueKind.DESIGN, CueKind.SAFETY)
        and other.first <= hit.first
        and hit.last <= other.last
        and other.last - other.first > hit.last - hit.first
        for other in hits
    )


class _Reader:
    """The rules, with the sentence they look at."""

    def __init__(self, words: Sequence[Word], clauses: Sequence[int], hits: Sequence[Hit]) -> None:
        self.words = words
        self.clauses = clauses
        self.hits = hits
        self.normal = [word.normal for word in words]
        self.question = bool(words) and words[-1].normal == "?"
        self.controlled = bool(wordlist("controls") & set(self.normal))
        self.treats = bool(wordlist("intervention") & set(self.normal))

    def settle(self, relation: Relation) -> Relation:
        """Decide silence, class, hedge and denial of one relation."""
        hit = relation.hit
        silenced = self._silence(hit)
        if silenced:
            return replace(relation, silenced=silenced)
        hedge = self._hedge(hit)
        negation = self._negation(hit)
        class_ = relation.class_
        if hit.kind is CueKind.CAUSAL or hit.kind is CueKind.SOFT:
            if hit.entry.note == _MEANS:
                if hedge is None:
                    return replace(relation, silenced="a means named and not valued")
                class_ = CausalClass.CONDITIONAL
            elif (
                (hit.entry.note == _CHANGE or self._only_changes(hit))
                and not self.treats
                and not self._agent(hit)
            ):
                class_ = CausalClass.CORRELATIONAL
            if hedge is not None and class_ is CausalClass.DIRECT:
                class_ = CausalClass.CONDITIONAL
        elif hit.entry.note == _GROUPS and self.controlled and hedge is None:
            class_ = CausalClass.DIRECT  # a difference from a control group is told as an effect
        return replace(relation, class_=class_, hedge=hedge, negation=negation)

    def _silence(self, hit: Hit) -> str | None:
        """Why a relation says nothing about the world, or None."""
        first, clause = hit.first, self.clauses[hit.first]
        if self.question:
            return "a question"
        if first and self.normal[first - 1] == "if" and hit.kind is not CueKind.CAUSAL:
            return "a condition"
        for other in self.hits:
            if other.kind is not CueKind.ADVICE or self.clauses[other.first] != clause:
                continue
            if other.entry.sense == "inquiry":
                if other.first < first and not self._finding_between(other.last, first):
                    return "a question that was asked"
            elif other.first != first:
                return "advice"
        if self._not_known(hit):
            return "said not to be known"
        if self._counts(hit):
            return "a count"
        if is_verb(self.words, first) and hit.kind is not CueKind.CORRELATIONAL:
            if first and self.normal[first - 1] == "to" and not self._framed(first):
                return "a purpose"
            if self.normal[first].endswith("ing") and not self._says(first):
                return "an activity"
        if hit.pattern in {"=effect", "=effects", "=impact", "=influence", "=benefit", "=benefits"}:
            before = set(self.normal[max(0, first - 6) : first])
            after = self.normal[hit.last : hit.last + 6]
            if not before & wordlist("having") and "on" not in after:
                return "an effect named and not stated"
        return None

    def _not_known(self, hit: Hit) -> bool:
        """Whether the words before or behind say that nobody knows, or that it was not shown."""
        clause = self.clauses[hit.first]
        for other in self.hits:
            same = self.clauses[other.first] == clause
            if other.kind is CueKind.UNCERTAINTY:
                covers = other.first <= hit.first < other.last
                reach = other.first < hit.first or (same and other.first - hit.last <= 8)
                if covers or (reach and (same or self._joined(other.last, hit.first))):
                    return True
            shown = other.kind is CueKind.BOOSTER or (
                other.kind is CueKind.ATTRIBUTION and other.entry.sense == "finding"
            )
            if shown and other.last <= hit.first and (same or self._joined(other.last, hit.first)):
                before = self.normal[max(0, other.first - 3) : other.first]
                if (
                    set(before) & wordlist("denials")
                    and "that" in self.normal[other.last : hit.first]
                ):
                    return True
        return False

    def _joined(self, start: int, end: int) -> bool:
        """Whether only "that", "whether" or "if" parts two places, and no new sentence."""
        between = self.normal[start:end]
        return bool(set(between[:3]) & {"that", "whether", "if", "about"}) and ";" not in between

    def _counts(self, hit: Hit) -> bool:
        """Whether words of comparison or effect only count: "more than ten", "affects one in five"."""
        behind = self.normal[hit.last : hit.last + 4]
        if "than" in hit.pattern.split():
            return bool(behind) and (behind[0][0].isdigit() or behind[0] in wordlist("counts"))
        if hit.pattern in {"affect/v", "=double"}:
            return any(w[0].isdigit() or w in wordlist("counts") for w in behind)
        return False

    def _framed(self, verb: int) -> bool:
        """Whether "to" before a verb follows a word that makes it a statement."""
        window = self.normal[max(0, verb - 6) : verb - 1]
        return bool(set(window) & wordlist("infinitive-frames"))

    def _says(self, gerund: int) -> bool:
        """Whether an -ing form states an effect: "by reducing", ", reducing", "is reducing"."""
        at = gerund - 1
        while at >= 0 and is_adverb(self.words[at]):
            at -= 1
        if at < 0:
            return False
        before = self.normal[at]
        if before in {"by", ",", "while", "thereby", "thus"} or before in wordlist("be"):
            return True
        earlier = [h for h in self.hits if h.kind is CueKind.CAUSAL and h.first < gerund]
        return before in {"and", "or", "in", "for", "at", "of"} and any(
            gerund - h.last <= 5 and h.entry.note != _MEANS for h in earlier
        )

    def _finding_between(self, start: int, end: int) -> bool:
        return any(
            h.kind is CueKind.ATTRIBUTION and h.entry.sense == "finding" and start <= h.first < end
            for h in self.hits
        )

    def _hedge(self, hit: Hit) -> Hit | None:
        """The hedge that governs a relation, if any."""
        clause = self.clauses[hit.first]
        verb = is_verb(self.words, hit.first)
        finite = verb and self.normal[hit.first].endswith("s") and not hit.pattern.startswith("=")
        for hedge in self.hits:
            if hedge.kind is not CueKind.HEDGE or hedge.entry.class_ is None:
                continue
            if self.clauses[hedge.first] != clause:
                continue
            word = self.normal[hedge.first]
            if word in _MODALS or "to" in hedge.pattern.split() or "/v" in hedge.pattern:
                if hedge.first < hit.first and not finite:
                    return hedge
            elif hedge.last <= hit.first:
                if hit.first - hedge.last <= 6:
                    return hedge
            elif hedge.first - hit.last <= 3:
                return hedge
        return None

    def _negation(self, hit: Hit) -> Hit | None:
        """The word that denies a relation, if any."""
        clause = self.clauses[hit.first]
        near = [
            other
            for other in self.hits
            if other.kind is CueKind.NEGATION
            and self.clauses[other.first] == clause
            and 0 <= hit.first - other.last <= 6
            and self.normal[other.last : other.last + 1] != ["only"]
        ]
        return near[-1] if near else None

    def _only_changes(self, hit: Hit) -> bool:
        """Whether a verb of change has no object: "levels decrease after", "pain was reduced"."""
        first = hit.first
        if not is_verb(self.words, first) or hit.pattern.startswith("="):
            return False
        lemma = hit.pattern.split()[0].partition("/")[0]
        back = first - 1
        while back >= 0 and is_adverb(self.words[back]):
            back -= 1
        passive = (
            back >= 0
            and self.normal[back] in wordlist("be")
            and not self.normal[first].endswith("ing")
            and hit.entry.sense is not None
        )
        ahead = hit.last
        while ahead < len(self.words) and is_adverb(self.words[ahead]):
            ahead += 1
        bare = ahead >= len(self.words) or self.words[ahead].is_mark
        bare = bare or self.normal[ahead] in wordlist("agentless-after")
        return passive or (lemma in wordlist("change-verbs") and bare)

    def _agent(self, hit: Hit) -> bool:
        """Whether a passive names who did it: "by", "after treatment"."""
        clause = self.clauses[hit.first]
        behind = range(hit.last, min(len(self.words), hit.last + 8))
        return any(self.normal[i] == "by" and self.clauses[i] == clause for i in behind)

    def silence_objects(self, relations: list[Relation]) -> list[Relation]:
        """A change that is the object of an association is no effect of its own."""
        ties = [
            r
            for r in relations
            if r.hit.kind is CueKind.CORRELATIONAL and r.asserts and r.hit.entry.note != _GROUPS
        ]
        return [self._object(relation, ties) for relation in relations]

    def _object(self, relation: Relation, ties: Sequence[Relation]) -> Relation:
        if relation.hit.kind is CueKind.CORRELATIONAL or not relation.asserts:
            return relation
        for tie in ties:
            if tie.clause != relation.clause:
                continue
            first = relation.hit.first
            verb = is_verb(self.words, first)
            finite = verb and not self.normal[first].endswith("ing")
            if first > tie.hit.first:
                joined = set(self.normal[tie.hit.last : first]) & {"and", "but"}
                if not (finite and joined and not self.normal[first].endswith("ed")):
                    return replace(relation, silenced="the object of an association")
            elif not finite:
                return replace(relation, silenced="the object of an association")
        return relation
