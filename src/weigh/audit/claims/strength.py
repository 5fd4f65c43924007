"""What a sentence asserts about cause, by rules on the words that carry it.

The classes are those of Yu, Li and Wang (2019), after Sumner et al. (2014): nothing, that two
things go together, that one might bring about the other, that it does. A denied effect ("does not
reduce") is still a statement about cause. The rules come from the annotation schemes of those two
papers and from English grammar; no weight and no word was learnt from their data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from weigh.audit.claims.clauses import clause_numbers
from weigh.audit.claims.context import Context
from weigh.audit.claims.grammar import before, is_adverb
from weigh.audit.claims.lexicon import Hit, lexicon
from weigh.audit.claims.silence import is_part_of_a_name, why_silent
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word, words_in
from weigh.evidence.claim import CausalClass, CueKind

__all__ = ["Reading", "Relation", "read_words", "strength_of", "strongest_of"]

_RELATIONS = (CueKind.CAUSAL, CueKind.SOFT, CueKind.CORRELATIONAL)
_MODALS = {"may", "might", "could"}
_GUESSING = {"perhaps", "possibly", "arguably"}
_SUPERLATIVES = {"best", "most", "least"}


@dataclass(frozen=True, slots=True)
class Relation:
    """A word that relates two things; `silenced` says why it asserts nothing, where it does not.

    `aside`: it stands in a relative clause ("a molecule that promotes rest"), beside the matter.
    """

    hit: Hit
    class_: CausalClass
    clause: int
    hedge: Hit | None = None
    negation: Hit | None = None
    aside: bool = False
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
        """The strongest class that any relation asserts; those aside count where no other does."""
        main = strongest_of(self.relations)
        return CausalClass.NONE if main is None else main.class_


def strongest_of(relations: Iterable[Relation]) -> Relation | None:
    """The relation that asserts most: one of the main statement before one that stands aside."""
    asserted = [relation for relation in relations if relation.asserts]
    return max(asserted, key=lambda r: (not r.aside, r.class_.rank), default=None)


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
def read_words(words: tuple[Word, ...], *, treats: bool = False) -> Reading:
    """Find the hits of the lexicons in a sentence and settle what each relation asserts.

    `treats` says that the sentence is known to speak of an intervention.
    """
    hits = lexicon().hits(words)
    context = Context(words, clause_numbers(words), hits, treats=treats)
    relations = [
        _settled(hit, context)
        for hit in hits
        if hit.kind in _RELATIONS and not is_part_of_a_name(hit, context)
    ]
    ties = [
        r
        for r in relations
        if r.hit.kind is CueKind.CORRELATIONAL and r.asserts and r.hit.entry.role != "groups"
    ]
    relations = [_unless_object(relation, ties, context) for relation in relations]
    return Reading(words, tuple(context.clauses), hits, tuple(relations))


def _settled(hit: Hit, context: Context) -> Relation:
    """Decide silence, class, hedge and denial of one relation."""
    relation = Relation(hit, hit.entry.class_ or CausalClass.NONE, context.clauses[hit.first])
    silenced = why_silent(hit, context)
    if silenced:
        return replace(relation, silenced=silenced)
    hedge = _hedge(hit, context)
    class_ = relation.class_
    if hit.kind is CueKind.CORRELATIONAL:
        if hit.entry.role == "groups" and context.is_controlled and hedge is None:
            class_ = CausalClass.DIRECT  # a difference from a control group is told as an effect
    elif hit.entry.role == "means":
        before = context.near_before(hit.first, 7)
        valued = before & wordlist("be", "valuing")
        if hedge is None and valued and context.near_before(hit.first, 3) & wordlist("assured"):
            return replace(relation, class_=CausalClass.DIRECT)  # "is a proven remedy"
        if hedge is None or not valued:
            return replace(relation, silenced="a means named and not valued")
        class_ = CausalClass.CONDITIONAL
    elif hedge is not None:
        class_ = CausalClass.CONDITIONAL
    elif hit.entry.role == "change" or _only_changes(hit, context):
        caused = context.treats or _names_agent(hit, context)
        class_ = class_ if caused else CausalClass.CORRELATIONAL
    return replace(
        relation,
        class_=class_,
        hedge=hedge,
        negation=_negation(hit, context),
        aside=_stands_aside(hit, context),
    )


def _stands_aside(hit: Hit, context: Context) -> bool:
    """Whether a verb belongs to a relative clause: "that promotes", "which are elevated in"."""
    back = before(context.words, hit.first)
    while back > 0 and context.normal[back] in wordlist("be", "have", "modals"):
        back = before(context.words, back)
    opened = back > 1 and context.normal[back] in {"that", "which", "who"}
    return opened and not context.words[back - 1].is_mark


def _hedge(hit: Hit, context: Context) -> Hit | None:
    """The hedge that governs a relation, if any."""
    form = context.form(hit)
    finite = context.is_verb(hit) and form.endswith("s") and not hit.pattern.startswith("=")
    for hedge in context.hits:
        if hedge.kind is not CueKind.HEDGE or hedge.entry.class_ is None:
            continue
        if not context.same_clause(hedge, hit):
            continue
        if context.form(hedge) in {"promise", "promises"} and (
            context.near_behind(hedge.last, 1) in (["that"], ["to"], ["you"])
        ):
            continue  # who promises that it works says that it does
        if context.form(hedge) == "could" and context.near_behind(hedge.last, 1) == ["not"]:
            continue  # "could not" tells what was not possible
        if context.form(hedge) in _GUESSING and (
            set(context.near_behind(hedge.last, 2)) & _SUPERLATIVES
        ):
            continue  # "perhaps best known for its ability to …"
        verbal = context.form(hedge) in _MODALS or "/v" in hedge.pattern
        if verbal or "to" in hedge.pattern.split():
            if hedge.first < hit.first and not finite:
                return hedge
        elif hedge.last <= hit.first:
            if hit.first - hedge.last <= 6:
                return hedge
        elif hedge.first - hit.last <= 3:
            return hedge
    return None


def _negation(hit: Hit, context: Context) -> Hit | None:
    """The word that denies a relation, if any."""
    near = [
        other
        for other in context.hits
        if other.kind is CueKind.NEGATION
        and context.same_clause(other, hit)
        and (0 <= hit.first - other.last <= 6 or hit.first < other.first < hit.last)
        and context.near_behind(other.last, 1) != ["only"]
    ]
    return near[-1] if near else None


def _only_changes(hit: Hit, context: Context) -> bool:
    """Whether a verb of change has no object: "levels decrease after", "pain was reduced"."""
    if not context.is_verb(hit) or hit.pattern.startswith("="):
        return False
    back = before(context.words, hit.first)
    passive = (
        back >= 0
        and context.normal[back] in wordlist("be")
        and not context.form(hit).endswith("ing")
    )
    ahead = hit.last
    while ahead < len(context.words) and is_adverb(context.words[ahead]):
        ahead += 1
    bare = ahead >= len(context.words) or context.words[ahead].is_mark
    bare = bare or context.normal[ahead] in wordlist("agentless-after")
    if " " in hit.pattern:
        return False
    lemma = hit.pattern.partition("/")[0]
    return passive or (lemma in wordlist("change-verbs") and bare)


def _names_agent(hit: Hit, context: Context) -> bool:
    """Whether a passive names what did it: "was reduced by"."""
    clause = context.clauses[hit.first]
    behind = range(hit.last, min(len(context.words), hit.last + 8))
    return any(context.normal[at] == "by" and context.clauses[at] == clause for at in behind)


def _unless_object(relation: Relation, ties: Sequence[Relation], context: Context) -> Relation:
    """Silence a change that is the object of an association: it is no effect of its own."""
    if relation.hit.kind is CueKind.CORRELATIONAL or not relation.asserts:
        return relation
    form = context.form(relation.hit)
    finite = context.is_verb(relation.hit) and not form.endswith("ing")
    for tie in ties:
        if tie.clause != relation.clause:
            continue
        if relation.hit.first > tie.hit.first:
            joined = set(context.normal[tie.hit.last : relation.hit.first]) & {"and", "but"}
            free = finite and joined and not form.endswith("ed")
        else:
            free = finite
        if not free:
            return replace(relation, silenced="the object of an association")
    return relation
