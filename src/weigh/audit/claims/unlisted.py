"""What a claim asserts where no word of relation is known: told by its grammar alone.

Pages say what a thing does with verbs that no list can hold: "it feeds good bacteria", "it could
slow ageing". In a claim that is about a benefit, a harm or a way of working, a hedge before any
verb makes it conditional, and a verb of doing behind the thing itself makes it direct.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from weigh.audit.claims.grammar import is_verb
from weigh.audit.claims.strength import Reading
from weigh.audit.claims.vocabulary import Mention, TermKind
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import inflect
from weigh.evidence.claim import CausalClass, ClaimType, CueKind, Level

__all__ = ["asserted_by_form"]

_JUDGED = frozenset(
    {ClaimType.EFFICACY, ClaimType.MECHANISM, ClaimType.SAFETY, ClaimType.DOSE}
    | {ClaimType.COMPARISON, ClaimType.POPULATION}
)
_MODALS = frozenset({"may", "might", "could"})
_DOERS = frozenset({"it", "they", "this", "these", "which"})


def asserted_by_form(
    reading: Reading, first: int, last: int, type_: ClaimType, mentions: Sequence[Mention]
) -> tuple[CausalClass, Level] | None:
    """Strength and rung of words `first` to `last`, or None where their form asserts nothing.

    Parameters
    ----------
    reading, first, last
        The sentence, and the words of it that make the claim.
    type_
        What the claim is about; what studies were like, or what should be done, asserts nothing.
    mentions
        Names in it: the subject of a verb of doing is an intervention, or a word that points to it.
    """
    hits = [hit for hit in reading.hits if first <= hit.first < last]
    kinds = {hit.kind for hit in hits}
    if type_ not in _JUDGED or kinds & {CueKind.UNCERTAINTY, CueKind.ADVICE}:
        return None
    if any(h.kind is CueKind.SAFETY and h.entry.sense in ("safe", "tolerated") for h in hits):
        return None
    hedged = _hedged(reading, first, last)
    if hedged is not None:
        return CausalClass.CONDITIONAL, hedged
    if any(first <= r.hit.first < last and "/v" in r.hit.pattern for r in reading.relations):
        return None  # its verbs are known, and were found to assert nothing
    if (
        _works_on(reading, first, last)
        or _able(reading, first, last)
        or _does(reading, first, last, mentions)
        or (type_ is ClaimType.SAFETY and _suffers(reading, first, last))
    ):
        return CausalClass.DIRECT, Level.DIRECT
    return None


def _hedged(reading: Reading, first: int, last: int) -> Level | None:
    """The rung of a hedge that governs a verb, if there is one."""
    for hit in reading.hits:
        if hit.kind is not CueKind.HEDGE or not first <= hit.first < last:
            continue
        form = reading.words[hit.first].normal
        behind = [word.normal for word in reading.words[hit.last : hit.last + 2]]
        if form in _MODALS or "to" in hit.pattern.split() or "seem" in hit.pattern:
            before = reading.words[hit.first - 1].normal if hit.first else ""
            wished = form in _MODALS and before == "you" and set(behind) & wordlist("wishes")
            if behind and "not" not in behind[:1] and not wished:
                return hit.entry.level or Level.CONDITIONAL
        if form in {"promise", "promising", "potential"}:
            back = {word.normal for word in reading.words[max(first, hit.first - 3) : hit.first]}
            if back & wordlist("be", "have", "holding", "valuing"):
                return Level.CONDITIONAL
        if hit.entry.level is Level.PROBABLE and behind:
            return Level.PROBABLE
    return None


def _works_on(reading: Reading, first: int, last: int) -> bool:
    """Whether a common verb of doing is followed by its object: "retrains the immune system"."""
    words = reading.words
    for at in range(first + 1, last - 1):
        if words[at].normal not in _doing() or not is_verb(words, at):
            continue
        if words[at - 1].normal in wordlist("be", "persons") | {"to"} or words[at - 1].is_mark:
            continue
        behind = at + 1 + (words[at + 1].normal in wordlist("particles"))
        acted_on = behind < last and not words[behind].is_mark
        if acted_on and words[behind].normal not in wordlist("prepositions", "be", "joining"):
            return True
    return False


@cache
def _doing() -> frozenset[str]:
    """Every finite form of the verbs of doing."""
    return frozenset(form for verb in wordlist("doing") for form in inflect(verb)) - frozenset(
        form for verb in wordlist("doing") for form in inflect(verb) if form.endswith("ing")
    )


def _able(reading: Reading, first: int, last: int) -> bool:
    """Whether something is said to be able to do something: "a needle can puncture a lung"."""
    for at in range(first + 1, last - 2):
        if reading.words[at].normal != "can" or reading.words[at - 1].normal in wordlist("persons"):
            continue
        verb, behind = reading.words[at + 1].normal, reading.words[at + 2]
        if verb.isalpha() and verb not in wordlist("be", "states", "wishes") and not behind.is_mark:
            return behind.normal not in wordlist("prepositions", "be", "joining")
    return False


def _does(reading: Reading, first: int, last: int, mentions: Sequence[Mention]) -> bool:
    """Whether the thing itself, or a word for it, is followed by a verb of doing with an object."""
    ends = {
        mention.last
        for mention in mentions
        if mention.term.kind is TermKind.INTERVENTION and first <= mention.first
    }
    ends |= {at + 1 for at in range(first, last) if reading.words[at].normal in _DOERS}
    return any(_acts(reading, end, last) for end in ends)


def _acts(reading: Reading, at: int, last: int) -> bool:
    """Whether a verb of doing with an object begins here: "recycles ATP", "doesn't wreck"."""
    words = reading.words
    helped = False
    while at < last and (
        words[at].normal in wordlist("doing-helpers") or words[at].normal.endswith("ly")
    ):
        helped = helped or words[at].normal in wordlist("doing-verbs-before")
        at += 1
    if at + 1 >= last:
        return False
    verb, behind = words[at].normal, words[at + 1]
    third = verb.endswith("s") and not verb.endswith(("ss", "us", "is")) and len(verb) > 3
    if not (third or (helped and verb.isalpha())) or {verb, f"{verb}s"} & wordlist("states"):
        return False
    return not behind.is_mark and behind.normal not in wordlist("prepositions", "be", "joining")


def _suffers(reading: Reading, first: int, last: int) -> bool:
    """Whether people are said to get a harm: "some users notice mild bloating"."""
    normals = [word.normal for word in reading.words[first:last]]
    few = any(w == "few" and normals[at - 1 : at] != ["a"] for at, w in enumerate(normals))
    if few or wordlist("denials", "nobody") & set(normals):
        return False
    harms = [
        hit.first
        for hit in reading.hits
        if hit.kind is CueKind.SAFETY and hit.entry.sense == "harm" and first <= hit.first < last
    ]
    return any(
        reading.words[at].normal in wordlist("suffering")
        and any(at < harm <= at + 6 for harm in harms)
        for at in range(first, last)
    )
