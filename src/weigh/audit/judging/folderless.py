"""Judging without a folder: what the words alone show, and what a folder would have to answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.audit.claims.wordlists import wordlist
from weigh.audit.judging.settings import Settings
from weigh.evidence.article import Article, Span
from weigh.evidence.audit import AuditVerdict, Firing, JudgedClaim
from weigh.evidence.claim import Claim, ClaimType, CueKind, Level
from weigh.evidence.phrasing import sentence
from weigh.evidence.statement import Statement, say

__all__ = ["judge_alone", "questions"]

#: Words; what names one thing is no longer.
_SHORT = 6
_NOTES = (
    ("HYPE", CueKind.HYPE, "Words of this kind promise more than studies of health usually show"),
    ("BOOST", CueKind.BOOSTER, "The words say that the matter is settled, which few studies can"),
    ("TRADITION", CueKind.TRADITION, "Long use, or being natural, does not tell whether it works"),
    ("ANECDOTE", CueKind.ANECDOTE, "A story cannot tell what would have happened otherwise"),
)  # fmt: skip


def judge_alone(
    claim: Claim,
    article: Article,
    settings: Settings,
    *,
    why: str = "It cannot be checked: no evidence folder was given",
) -> JudgedClaim:
    """A claim without evidence: notes on its words, and no verdict."""
    firings = tuple(_notes(claim, settings))
    return JudgedClaim(
        claim=claim,
        links=(),
        firings=firings,
        verdict=AuditVerdict.NOT_CHECKABLE,
        severity=None,
        confidence="tentative",
        permitted=None,
        reason=Statement(id=f"audit.{claim.id}.reason", phrase=sentence(say(why))),
        suggestion=None,
    )


def _notes(claim: Claim, settings: Settings) -> Iterator[Firing]:
    for rule, kind, words in _NOTES:
        cues = claim.cues_of(kind)
        if not cues or rule in settings.off or claim.reported:
            continue
        if rule == "BOOST" and claim.level is not Level.SETTLED:
            continue
        yield _note(claim, rule, cues[0].span, words)


def _note(claim: Claim, rule: str, trigger: Span, words: str) -> Firing:
    return Firing(
        rule=rule,
        verdict=None,
        severity=None,
        trigger=trigger,
        reason=Statement(
            id=f"audit.{claim.id}.{rule.lower()}", phrase=sentence(say("{words}", words=words))
        ),
    )


def questions(claims: Sequence[Claim]) -> tuple[str, ...]:
    """What a folder would have to answer, so that the claims of a page could be judged.

    Each question is asked once, in the order of the page.
    """
    asked: dict[str, None] = {}
    for claim in claims:
        for question in _asked(claim):
            asked.setdefault(question)
    return tuple(asked)


def _asked(claim: Claim) -> Iterator[str]:
    what = _words(claim.interventions or claim.forms) or "the intervention"
    on = _words(claim.outcomes) or _thing(claim.object) or "the condition"
    if claim.is_about(ClaimType.EFFICACY) and claim.type is not ClaimType.SAFETY:
        yield f"Which controlled studies measured what {what} does to {on}, and how large was it?"
    if claim.is_about(ClaimType.SAFETY):
        yield f"Which harms and interactions of {what} were looked for, in how many people?"
    if claim.is_about(ClaimType.MECHANISM):
        yield f"Was the way in which {what} is said to work seen in people, in animals or in cells?"
    if claim.is_about(ClaimType.COMPARISON):
        yield f"Did any study put {what} beside what it is compared with?"
    if claim.is_about(ClaimType.DOSE):
        yield f"In which form and dose was {what} studied?"
    if claim.is_about(ClaimType.STUDY_FACT):
        yield "Which studies does the page speak of: design, size, funding, results?"


def _thing(words: str) -> str:
    """What a claim acts on, where its words are short enough to name one thing."""
    parts = words.split()
    named = 0 < len(parts) <= _SHORT and parts[0].lower() not in wordlist("prepositions", "joining")
    return " ".join(parts) if named else ""


def _words(ids: Sequence[str]) -> str:
    return ", ".join(name.replace("-", " ") for name in ids[:2])
