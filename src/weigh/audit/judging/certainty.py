"""Rules on how sure the words are: CERTAINTY, BOOST, CAUSE, HYPE."""

from __future__ import annotations

from weigh.audit.judging.bearing import points, rating_of
from weigh.audit.judging.case import Case
from weigh.evidence.article import Span
from weigh.evidence.audit import AuditVerdict, Firing, Severity
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.claim import CausalClass, ClaimDirection, CueKind, Level
from weigh.evidence.comparison import Comparison
from weigh.evidence.study import Allocation, Design

__all__ = ["boost", "cause", "certainty", "hype"]

_CALLED = {
    Level.UNCERTAIN: "uncertain",
    Level.CONDITIONAL: "that it may",
    Level.PROBABLE: "that it probably does",
    Level.DIRECT: "that it does",
    Level.SETTLED: "that it is settled",
}


def strongest_words(case: Case) -> Span:
    """The word that makes the claim as strong as it is; all of it where none stands out."""
    for kind in (CueKind.BOOSTER, CueKind.HYPE, CueKind.CAUSAL, CueKind.SOFT, CueKind.SAFETY):
        cues = case.claim.cues_of(kind)
        if cues:
            return cues[0].span
    return case.claim.span


def certainty(case: Case) -> Firing | None:
    """CERTAINTY: the words stand higher on the ladder than the certainty bears.

    One rung is minor, two or more are major. Source: GRADE guidelines 26 (Santesso et al. 2020).
    """
    best, allowed = case.best, case.permitted
    if best is None or allowed is None or not case.is_efficacy:
        return None
    if case.direction is ClaimDirection.HARM:
        return None  # to warn before it is certain is no overstatement
    gap = case.level - allowed
    if gap <= 0:
        return None
    if case.direction is ClaimDirection.NO_EFFECT and points(best) != "no-difference":
        return None  # the rule NULL
    severity: Severity = "minor" if gap == 1 else "major"
    if points(best) == "no-difference" and rating_of(best).rank > 1:
        template = (
            "{words} says {level}; the evidence ({evidence}) points to little or no difference"
        )
    elif best.pooled is None:
        template = (
            "{words} says {level}, which is more than the evidence bears: {evidence}, and no "
            "effect can be computed from it"
        )
    else:
        template = "{words} says {level}, which is more than the evidence bears: {evidence}"
    return case.fire(
        "CERTAINTY",
        AuditVerdict.OVERSTATED,
        severity,
        strongest_words(case),
        template,
        words=case.said(strongest_words(case)),
        level=_CALLED.get(case.level, "more"),
        evidence=case.about(best),
    )


def boost(case: Case) -> Firing | None:
    """BOOST: "proven" or "confirmed" on low certainty, one study, a pilot or few people.

    Source: Boutron et al. 2010, spin in reports of trials.
    """
    cues = case.claim.cues_of(CueKind.BOOSTER)
    best = case.best
    if case.claim.level is not Level.SETTLED or not cues or best is None or not case.is_efficacy:
        return None
    if case.direction is ClaimDirection.HARM:
        return None
    thin = best.people < case.settings.few_people or len(best.all_studies) == 1
    if rating_of(best).rank > 2 and not thin:
        return None
    pilots = [study for study in case.studies or best.all_studies if study.pilot]
    uncontrolled = [s for s in case.studies if s.allocation is Allocation.UNCONTROLLED]
    if uncontrolled:
        note = "; a study without a control group cannot settle it"
    elif pilots:
        note = "; a pilot is made to plan a trial, not to settle the matter"
    else:
        note = ""
    return case.fire(
        "BOOST",
        AuditVerdict.OVERSTATED,
        "major",
        cues[0].span,
        "{words} is stronger than the evidence can bear: {evidence}{note}",
        words=case.said(cues[0].span),
        evidence=case.about(best),
        note=note,
    )


def cause(case: Case) -> Firing | None:
    """CAUSE: words of cause where no linked study had a control group chosen by chance.

    Source: Lazarus et al. 2015, causal language in abstracts of non-randomised studies.
    """
    if not case.is_efficacy or case.direction is ClaimDirection.HARM:
        return None
    studies = case.studies or case.direct_studies
    if not studies or any(s.allocation is Allocation.RANDOMISED for s in studies):
        return None
    if not _is_causal(case) or _bears(case.best):
        return None
    hedged = case.level <= Level.CONDITIONAL
    if hedged and case.doubt_named:
        return None
    bare = all(s.design in (Design.BEFORE_AFTER, Design.CASE_SERIES) for s in studies)
    return case.fire(
        "CAUSE",
        AuditVerdict.OVERSTATED,
        "minor" if hedged else "major",
        strongest_words(case),
        "{words} speaks of an effect; {studies} had {lack}, so nothing shows what would have "
        "happened without treatment"
        if bare
        else "{words} speaks of an effect; {studies} had {lack}, so other differences between "
        "people may explain it",
        words=case.said(strongest_words(case)),
        studies=case.named(studies),
        lack="no control group" if bare else "no groups made by chance",
    )


def _is_causal(case: Case) -> bool:
    strength = case.claim.strength
    return strength in (CausalClass.DIRECT, CausalClass.CONDITIONAL) or (
        strength is CausalClass.CORRELATIONAL and bool(case.studies)
    )


def _bears(comparison: Comparison | None) -> bool:
    return (
        comparison is not None
        and comparison.design is not Allocation.UNCONTROLLED
        and rating_of(comparison).rank >= CertaintyLevel.MODERATE.rank
    )


def hype(case: Case) -> Firing | None:
    """HYPE: "miracle", "breakthrough", "cure" where the certainty is not high.

    Words that the page reports as another's are left alone. Source: HealthNewsReview criterion 10.
    """
    cues = case.claim.cues_of(CueKind.HYPE)
    if not cues or case.claim.reported or case.claim.negated:
        return None
    if case.claim.level in (Level.UNCERTAIN,):
        return None
    best = case.best
    if best is not None and rating_of(best) is CertaintyLevel.HIGH:
        return None
    if best is None:
        return case.fire(
            "HYPE",
            AuditVerdict.OVERSTATED,
            "major",
            cues[0].span,
            "{words} promises more than any study of this evidence base shows",
            words=case.said(cues[0].span),
        )
    return case.fire(
        "HYPE",
        AuditVerdict.OVERSTATED,
        "major",
        cues[0].span,
        "{words} promises more than the evidence bears: {evidence}",
        words=case.said(cues[0].span),
        evidence=case.about(best),
    )
