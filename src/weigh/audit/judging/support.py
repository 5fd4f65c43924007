"""What bears a claim out, where no rule speaks against it."""

from __future__ import annotations

import re

from weigh.audit.judging.bearing import points, rating_of
from weigh.audit.judging.case import Case
from weigh.audit.judging.counting import ranks
from weigh.audit.judging.facts import all_checks
from weigh.audit.judging.harm import asserts_safety, denies_interaction
from weigh.audit.judging.ranking import turned_round
from weigh.audit.judging.setting import findings
from weigh.evidence.audit import LinkKind
from weigh.evidence.cells import edge_cell
from weigh.evidence.claim import CausalClass, ClaimDirection, ClaimType, CueKind, FigureKind, Level
from weigh.evidence.statement import Phrase, Quantity, listing, say
from weigh.evidence.study import Fact

__all__ = ["borne_out"]


def borne_out(case: Case) -> Phrase | None:
    """Why a claim is supported, as a phrase with its nodes; None where nothing bears it out."""
    if case.claim.cues_of(CueKind.HYPE):
        return None  # nothing bears out a miracle
    for ground in (_facts_agree, _doubt, _warning, _effect, _finding, _fact, _safe):
        phrase = ground(case)
        if phrase is not None:
            return phrase
    return None


def _facts_agree(case: Case) -> Phrase | None:
    agreeing = [check for check in all_checks(case) if check.agrees]
    if not agreeing or (case.is_efficacy and case.comparisons and case.level > Level.CONDITIONAL):
        return None
    shown = {str(check.known): check.known for check in agreeing}
    known = listing(list(shown.values())[:3])
    if case.studies:
        return say(
            "It agrees with the record of {study}: {known}",
            study=case.named(case.studies[:1]),
            known=known,
        )
    return say("It agrees with what is on record: {known}", known=known)


def _doubt(case: Case) -> Phrase | None:
    """The claim says that it is not known, and the evidence is no surer."""
    research = case.claim.strength is CausalClass.NONE and _MORE.search(case.claim.text)
    if (case.claim.level is not Level.UNCERTAIN and not research) or asserts_safety(
        case
    ) is not None:
        return None
    best = case.best
    if best is None:
        verdict = case.ground.answer.verdict
        if not case.ground.in_scope(case.claim, case.article) and not _calls_for_research(case):
            return None
        if verdict.certainty.rank <= 2:
            certain = Quantity(text=verdict.certainty.words, node=verdict.node)
            return say("It says what is not known; the answer's certainty is {c}", c=certain)
        return None
    if rating_of(best).rank <= 2 or best.pooled is None:
        return say("It says that the matter is not settled, and so does the evidence: {evidence}",
                   evidence=case.about(best))  # fmt: skip
    return say("Understated: the evidence says more than the words ({evidence})",
               evidence=case.about(best))  # fmt: skip


_MORE = re.compile(
    r"\b(?:more|further|larger|longer|additional|better|future)\b.{0,80}"
    r"\b(?:research|stud(?:y|ies)|trials?)\b.{0,80}\b(?:need|require|warrant)",
    re.IGNORECASE,
)


def _calls_for_research(case: Case) -> bool:
    text = case.claim.text.lower()
    return any(word in text for word in ("research", "studies", "trials", "study", "evidence"))


def _warning(case: Case) -> Phrase | None:
    """A warning or a piece of advice for which the folder has an entry."""
    known = bool(case.ground.hazards(tuple(link for link in case.links if link.firm)))
    warns = known or _warns(case)
    if denies_interaction(case) or not warns or asserts_safety(case) is not None:
        return None
    if case.direction is ClaimDirection.BENEFIT:
        return None
    hazards = case.ground.hazards(case.links)
    if hazards:
        return say("A known danger bears it out: {entry}", entry=hazards[0].statements[0])
    for link in case.links:
        source = case.ground.passage(link).source
        if link.kind is LinkKind.SAFETY and isinstance(source, Fact) and len(link.terms) > 1:
            fact = case.ground.passage(link)
            if fact.node is not None:
                return say(
                    "An entry on safety bears it out: {entry}",
                    entry=Quantity(text=source.text, node=fact.node),
                )
    if case.direction is ClaimDirection.HARM:
        harms = [c for c in case.comparisons if c.outcome.role == "harm" and c.statement]
        if harms and harms[0].statement is not None and points(harms[0]) == "harm":
            return say("The evidence on harms points the same way: {s}", s=harms[0].statement)
    return None


def _warns(case: Case) -> bool:
    claim = case.claim
    return claim.is_about(ClaimType.SAFETY, ClaimType.RECOMMENDATION) or bool(
        claim.cues_of(CueKind.SAFETY, CueKind.ADVICE)
    ) or claim.direction is ClaimDirection.HARM  # fmt: skip


def _effect(case: Case) -> Phrase | None:
    """A claim of effect no surer than the evidence."""
    best, allowed = case.best, case.permitted
    if best is None or allowed is None or case.level is Level.NO_RELATION:
        return None
    if not case.is_efficacy or case.level > allowed:
        return None
    note = " (understated)" if allowed - case.level >= 2 else ""
    return say("The words are no surer than the evidence{note}: {evidence}",
               note=note, evidence=case.about(best))  # fmt: skip


def _finding(case: Case) -> Phrase | None:
    edges = findings(case)
    if not edges or case.claim.type is not ClaimType.MECHANISM:
        return None
    if case.claim.level is Level.NO_RELATION and not case.ground.names_intervention(
        case.claim.text
    ):
        return None
    return say(
        "Findings bear it out: {findings}",
        findings=case.findings_named(edges),
        rests_on=[edge_cell(case.trace, edge) for edge in edges[:3]],
    )


def _fact(case: Case) -> Phrase | None:
    """A sentence of the folder that says the same."""
    promises = case.level > Level.NO_RELATION
    for link in case.links:
        if promises and not link.firm:
            continue
        if case.figures_of(FigureKind.PERCENT, FigureKind.FREQUENCY) and not _same_figures(case):
            continue
        if promises and case.is_efficacy and link.kind is LinkKind.FORM and not ranks(case):
            continue  # where a form is found says nothing of what it does
        source = case.ground.passage(link).source
        about = link.kind in (LinkKind.FORM, LinkKind.BACKGROUND) or (
            link.kind is LinkKind.SAFETY and link.firm
        )
        about = about or link is case.review_told
        if about and isinstance(source, Fact) and turned_round(case.claim.text, source.text):
            continue
        if about and isinstance(source, Fact) and link.node is not None and link.score >= 0.4:
            return say("A source of this evidence base says so: {fact}",
                       fact=Quantity(text=source.text, node=link.node))  # fmt: skip
    return None


def _same_figures(case: Case) -> bool:
    """Whether a share that the claim gives was found in the fact that it is linked to."""
    return any(check.agrees for check in all_checks(case))


def _safe(case: Case) -> Phrase | None:
    if asserts_safety(case) is None or not case.ground.in_scope(case.claim, case.article):
        return None
    entries = [link for link in case.links if link.kind is LinkKind.SAFETY and link.node]
    if not entries or entries[0].node is None:
        return None
    text = case.ground.passage(entries[0]).text
    return say(
        "The record says so: {entry}", entry=Quantity(text=text.strip(), node=entries[0].node)
    )
