"""Rules by which the evidence says otherwise: DIRECTION, NULL."""

from __future__ import annotations

import re

from weigh.audit.claims.vocabulary import TermKind
from weigh.audit.judging.bearing import below_mid, points, rating_of
from weigh.audit.judging.case import Case
from weigh.audit.judging.counting import ranks
from weigh.audit.judging.harm import asserts_safety, denies_interaction, harm_shown
from weigh.audit.judging.ranking import turned_round
from weigh.evidence.audit import AuditVerdict, Firing, LinkKind
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.claim import ClaimDirection, ClaimType, Level
from weigh.evidence.comparison import Comparison
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Allocation

__all__ = ["direction", "null"]

_MODERATE = CertaintyLevel.MODERATE.rank
#: Words that make an exception: "safe unless you take …".
_RESERVED = re.compile(
    r"\b(?:unless|except|but|not|avoid\w*|consult\w*|ask|doctor|pharmacist|caution\w*|should|"
    r"however|although|while|only)\b",
    re.IGNORECASE,
)
_NONE_AT_ALL = re.compile(
    r"\b(?:no|without|free (?:of|from)) (?:any |known |reported )*(?:side effects?|adverse "
    r"(?:effects?|events?|reactions?)|risks?|toxicity)\b|\bharmless\b|\brisk[- ]free\b",
    re.IGNORECASE,
)
_NO_STUDY = re.compile(
    r"\b(?:no|not a single|zero|never any) (?:\w+ ){0,3}(?:stud(?:y|ies)|trials?|research)\b"
    r"(?! (?:has |have )?(?:shown|prove|found|demonstrat))|\bnever been (?:studied|tested)\b|"
    r"\bhas not been (?:studied|tested)\b|\bhaven['’]t been (?:studied|tested)\b",
    re.IGNORECASE,
)


_AGAINST_ANOTHER = re.compile(
    r"\b(?:large|long|good|independent|more|further|convincing|head|whether|beyond|over|than|children|"
    r"in pregnan\w+)\b",
    re.IGNORECASE,
)


def direction(case: Case) -> Firing | None:
    """DIRECTION: said to help where the interval lies on the other side, or is all too small.

    Against words of benefit stands an interval on the side of harm, or one within the minimal
    important difference at moderate or high certainty. Source: SciFact, refuting evidence.
    """
    if not case.is_efficacy or case.level < Level.PROBABLE:
        return None
    if case.direction not in (ClaimDirection.BENEFIT, ClaimDirection.UNKNOWN):
        return None
    if case.direction is ClaimDirection.UNKNOWN and not case.answers_yes:
        return None
    if case.keeps_size:
        return None  # how small it is stands in the words
    if ranks(case):
        return None  # against another treatment, which these comparisons are not
    firm = _firm(case)
    if any(points(c) == "benefit" and rating_of(c).rank > 1 for c in firm):
        return None
    for comparison in firm:
        controlled = comparison.design is not Allocation.UNCONTROLLED and comparison.pooled
        if not controlled or comparison.outcome.role == "harm":
            continue
        contrary = points(comparison) == "harm"
        nothing = rating_of(comparison).rank >= _MODERATE and below_mid(comparison, whole=True)
        if contrary or nothing:
            return case.fire(
                "DIRECTION",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "The trials point the other way: {statement}"
                if contrary
                else "The trials show little or no difference that matters ({evidence})",
                statement=comparison.statement or "",
                evidence=case.about(comparison),
            )
    return None


def _firm(case: Case) -> tuple[Comparison, ...]:
    firm = {link.id for link in case.links if link.firm and link.kind is LinkKind.COMPARISON}
    return tuple(c for c in case.comparisons if c.id in firm)


def null(case: Case) -> Firing | None:
    """NULL: "no effect", "no interaction", "no studies" where the folder holds one.

    Source: SciFact, refuting evidence; absence of evidence is not evidence of absence (Altman and
    Bland 1995).
    """
    if denies_interaction(case):
        linked = case.ground.hazards(case.links)
        if not linked and case.ground.in_scope(case.claim, case.article):
            drug = case.ground.names.find(case.claim.text, TermKind.DRUG)
            linked = () if drug else case.ground.answer.safety.interactions
        hazards = [h for h in linked if h.severity != "note"]
        if hazards:
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "An interaction is on record: {statement}",
                statement=hazards[0].statements[0],
            )
    said = asserts_safety(case)
    if said is not None and not _RESERVED.search(case.claim.text):
        dangers = [h for h in case.ground.hazards(case.links) if h.severity == "danger"]
        if dangers:
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "A danger is on record: {statement}",
                statement=dangers[0].statements[0],
            )
    if said is not None and _NONE_AT_ALL.search(case.claim.text):
        harm = harm_shown(case)
        if harm is not None and not case.studies:
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "Harms are on record, more often than with {comparator} ({evidence})",
                comparator=harm.comparator,
                evidence=case.about(harm),
            )
    if _NO_STUDY.search(case.claim.text):
        studies = [s for s in case.direct_studies if s.directness.level == "direct"]
        kinds = (TermKind.INTERVENTION, TermKind.FORM)
        names = case.ground.names
        asked = names.find(case.claim.text, *kinds) and names.find(
            case.claim.text, TermKind.COMPARATOR
        )
        if studies and asked and not _AGAINST_ANOTHER.search(case.claim.text):
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "This evidence base holds such studies: {studies}",
                studies=case.named(studies),
            )
        if (
            studies
            and _firm(case)
            and not re.search(
                r"large|long|good|independent|more|further|convincing|head|whether|compar",
                case.claim.text,
                re.IGNORECASE,
            )
        ):
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "This evidence base holds such studies: {studies}",
                studies=case.named(studies),
            )
    for fact in case.firm_facts:
        if turned_round(case.claim.text, fact.text) and (node := case.node_of(fact)):
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "A source of this evidence base has it the other way round: {fact}",
                fact=Quantity(text=fact.text.rstrip("."), node=node),
            )
    return _no_effect(case)


def _no_effect(case: Case) -> Firing | None:
    if case.direction is not ClaimDirection.NO_EFFECT or not case.is_efficacy:
        return None
    if case.claim.is_about(ClaimType.SAFETY) and case.claim.type is ClaimType.SAFETY:
        return None
    for comparison in _firm(case):
        found = points(comparison) == "benefit" and rating_of(comparison).rank >= _MODERATE
        if found and case.level >= Level.PROBABLE:
            return case.fire(
                "NULL",
                AuditVerdict.CONTRADICTED,
                "major",
                case.claim.span,
                "The trials found an effect: {statement}",
                statement=comparison.statement or "",
            )
    best, allowed = case.best, case.permitted
    if best is None or allowed is None or case.level <= allowed:
        return None
    if points(best) == "no-difference":
        return None  # shown, if not as surely as the words have it: the rule CERTAINTY
    return case.fire(
        "NULL",
        AuditVerdict.UNSUPPORTED,
        None,
        case.claim.span,
        "No study in this evidence base shows the absence of an effect ({evidence}); that none is "
        "known for sure is something else",
        evidence=case.about(best),
    )
