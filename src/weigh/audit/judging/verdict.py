"""From the rules that fired to a verdict, in the order of the specification (section 4)."""

from __future__ import annotations

from collections.abc import Callable

from weigh.audit.judging import (
    against,
    certainty,
    counting,
    facts,
    harm,
    reach,
    setting,
    size,
    tone,
)
from weigh.audit.judging.case import Case
from weigh.audit.judging.folderless import judge_alone
from weigh.audit.judging.settings import Settings
from weigh.audit.judging.support import borne_out
from weigh.audit.linking import Ground
from weigh.evidence.article import Article
from weigh.evidence.audit import AuditVerdict, Firing, JudgedClaim, Link, LinkKind, Severity
from weigh.evidence.claim import Claim, ClaimDirection, ClaimType, Level
from weigh.evidence.phrasing import sentence
from weigh.evidence.statement import Statement, say
from weigh.evidence.trace import TraceBuilder

__all__ = ["CATALOGUE", "judge"]

Rule = Callable[[Case], Firing | None]

#: Every rule that looks at one claim, in the order in which they are listed.
CATALOGUE: dict[str, Rule] = {
    "NUMBER": facts.number,
    "DESIGN": facts.design,
    "DIRECTION": against.direction,
    "NULL": against.null,
    "BOOST": certainty.boost,
    "CERTAINTY": certainty.certainty,
    "CAUSE": certainty.cause,
    "LEVEL": setting.level,
    "MECHANISM": setting.mechanism,
    "SURROGATE": setting.surrogate,
    "COMPARE": counting.compare,
    "SAFETY": harm.safety,
    "HYPE": certainty.hype,
    "SMALL": size.small,
    "SIZE": size.size,
    "RELATIVE": size.relative,
    "POPULATION": reach.population,
    "FORM": reach.form,
    "DURATION": reach.duration,
    "COUNT": counting.count,
    "SOURCE": counting.source,
    "TITLE": tone.title,
    "TRADITION": tone.tradition,
    "ANECDOTE": tone.anecdote,
    "SELF": tone.self_conflict,
}

#: Verdicts that a rule may ask for, the first that is asked for decides.
_ORDER = (AuditVerdict.CONTRADICTED, AuditVerdict.OVERSTATED, AuditVerdict.UNSUPPORTED)


def judge(
    claim: Claim,
    links: tuple[Link, ...],
    article: Article,
    ground: Ground | None,
    settings: Settings,
    trace: TraceBuilder,
) -> JudgedClaim:
    """Hold one claim against what it was linked to.

    Parameters
    ----------
    claim, article
        The claim and its page.
    links
        From `Ground.links`; empty without a folder.
    ground
        The folder; None to judge the words alone.
    settings
        Rules switched off, and thresholds.
    trace
        Takes the nodes of the reasons; begun upon the answer's trace.

    Returns
    -------
    JudgedClaim
        The worst rule decides, all that fired are listed. Nothing that was linked tentatively
        contradicts.
    """
    if ground is None:
        return judge_alone(claim, article, settings)
    if not ground.covers(article):
        return judge_alone(
            claim,
            article,
            settings,
            why="Out of scope: the page does not speak of what this evidence base is about",
        )
    case = Case(
        claim=claim, article=article, settings=settings, trace=trace, links=links, ground=ground
    )
    firings = [
        firing
        for name, rule in CATALOGUE.items()
        if name not in settings.off and (firing := rule(case)) is not None
    ]
    verdict, firings = _decide(case, firings)
    return _judged(case, verdict, firings)


def _decide(case: Case, firings: list[Firing]) -> tuple[AuditVerdict, list[Firing]]:
    asked = {firing.verdict for firing in firings}
    mechanism_gap = [f for f in firings if f.rule == "MECHANISM"]
    if AuditVerdict.CONTRADICTED in asked:
        deciding = AuditVerdict.CONTRADICTED
    elif mechanism_gap and mechanism_gap[0].verdict is AuditVerdict.UNSUPPORTED:
        # A chain that does not reach the patient bears nothing: there is no measure to overstate.
        deciding = AuditVerdict.UNSUPPORTED
    else:
        found = next((verdict for verdict in _ORDER if verdict in asked), None)
        if found is None:
            return _without_rule(case, firings)
        deciding = found
    firings.sort(key=lambda f: (f.verdict is not deciding, f.severity != "major"))
    return deciding, firings


def _without_rule(case: Case, firings: list[Firing]) -> tuple[AuditVerdict, list[Firing]]:
    """No rule asks for anything: supported where something bears it out, else the rule NONE."""
    if borne_out(case) is not None:
        return AuditVerdict.SUPPORTED, firings
    if _near(case) or not _promises(case) or "NONE" in case.settings.off:
        return AuditVerdict.NOT_CHECKABLE, firings
    none = case.fire(
        "NONE",
        AuditVerdict.UNSUPPORTED,
        None,
        case.claim.span,
        "No study in this evidence base addresses this; that says nothing about studies elsewhere",
    )
    return AuditVerdict.UNSUPPORTED, [none, *firings]


def _near(case: Case) -> bool:
    """Whether something bears on the claim: all links but likenesses that are not firm."""
    likenesses = (LinkKind.FORM, LinkKind.BACKGROUND, LinkKind.REVIEW, LinkKind.SAFETY)
    if case.is_efficacy:
        return any(link.kind not in likenesses for link in case.links) or any(
            link.firm and link.kind is LinkKind.SAFETY for link in case.links
        )
    return any(link.firm or link.kind not in likenesses for link in case.links)


def _promises(case: Case) -> bool:
    """Whether a claim says something of the page's intervention that would need evidence."""
    claim = case.claim
    if not case.ground.in_scope(claim, case.article):
        return False
    if case.direction is ClaimDirection.HARM:
        return False  # a warning promises nothing
    if claim.level is Level.UNCERTAIN and case.direction is ClaimDirection.UNKNOWN:
        return False
    kinds = (
        ClaimType.EFFICACY, ClaimType.MECHANISM, ClaimType.COMPARISON, ClaimType.DOSE,
        ClaimType.SAFETY,
    )  # fmt: skip
    return claim.is_about(*kinds) and (
        claim.level > Level.NO_RELATION or claim.type in (ClaimType.DOSE, ClaimType.COMPARISON)
    )


def _judged(case: Case, verdict: AuditVerdict, firings: list[Firing]) -> JudgedClaim:
    claim = case.claim
    decided = [f for f in firings if f.verdict is verdict]
    severity: Severity | None = None
    if verdict in (AuditVerdict.OVERSTATED, AuditVerdict.CONTRADICTED) and decided:
        severity = "major" if any(f.severity == "major" for f in decided) else "minor"
    reason = decided[0].reason if decided else _reason(case, verdict)
    firm = any(link.firm for link in case.links) or bool(decided)
    worse = verdict in (
        AuditVerdict.OVERSTATED,
        AuditVerdict.CONTRADICTED,
        AuditVerdict.UNSUPPORTED,
    )
    return JudgedClaim(
        claim=claim,
        links=case.links,
        firings=tuple(firings),
        verdict=verdict,
        severity=severity,
        confidence="firm" if firm else "tentative",
        permitted=case.permitted,
        reason=Statement(id=f"audit.{claim.id}.reason", phrase=reason.phrase),
        suggestion=_suggestion(case) if worse else None,
    )


def _reason(case: Case, verdict: AuditVerdict) -> Statement:
    name = f"audit.{case.claim.id}.reason"
    borne = borne_out(case)
    if verdict is AuditVerdict.SUPPORTED and borne is not None:
        return Statement(id=name, phrase=sentence(borne))
    if case.candidates and not case.studies:
        words = say(
            "It may speak of {studies}, which cannot be told surely enough to hold it against the "
            "record",
            studies=case.named(case.candidates),
        )
    elif case.links:
        words = say(
            "Something in this evidence base is near to it, but not near enough to bear it out or "
            "to speak against it"
        )
    else:
        words = say("Out of scope: nothing in this evidence base bears on it")
    return Statement(id=name, phrase=sentence(words))


def _suggestion(case: Case) -> Statement | None:
    """A wording that the evidence bears: the answer's own statement, or the recorded fact."""
    if case.studies and facts.all_checks(case):
        told = {story.study.id: story for story in case.ground.answer.stories}
        story = told.get(case.studies[0].id)
        if story is not None and story.done:
            return story.done[0]
    if (case.edges and not case.is_efficacy) or case.claim.type is ClaimType.MECHANISM:
        ids = {edge.id for edge in case.edges}
        for path in case.ground.answer.mechanisms.paths:
            if ids & set(path.edges):
                return path.statement
        for view in case.ground.answer.mechanisms.edges:
            if view.edge.id in ids:
                return view.statement
    if case.best is not None and case.best.statement is not None:
        return case.best.statement
    if case.claim.is_about(ClaimType.SAFETY):
        return _on_safety(case)
    return None


def _on_safety(case: Case) -> Statement | None:
    """A danger that the claim was linked to, or how many people were watched."""
    for hazard in case.ground.hazards(tuple(link for link in case.links if link.firm)):
        if hazard.statements:
            return hazard.statements[0]
    said = {statement.id: statement for statement in case.ground.answer.safety.statements}
    return said.get("safety.gap.people") or said.get("safety.gap.counts")
