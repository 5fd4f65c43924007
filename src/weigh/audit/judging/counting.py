"""Rules on how many stand behind a claim, and against what: COMPARE, COUNT, SOURCE."""

from __future__ import annotations

import re

from weigh.audit.judging.case import Case
from weigh.audit.judging.ranking import ranked_by
from weigh.audit.linking.terms import terms
from weigh.evidence.article import Span
from weigh.evidence.audit import AuditVerdict, Firing
from weigh.evidence.cells import study_cell, study_field
from weigh.evidence.claim import ClaimDirection, CueKind, Level
from weigh.evidence.comparison import Comparison
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Allocation, Study

__all__ = ["compare", "count", "ranks", "source"]

_CONTROL = re.compile(
    r"\b(?:than|with|to|over|versus|vs\.?)\s+(?:a |an |the )?"
    r"(?:placebo|control|dummy|sham|no treatment|untreated|baseline|usual care)",
    re.IGNORECASE,
)
_MANY = ("several", "many", "numerous", "multiple", "countless", "dozens", "hundreds", "thousands",
         "series", "a number of", "wealth", "plenty", "large body", "mountain", "decades",
         "extensive", "overwhelming", "ample")  # fmt: skip
_PLURALS = re.compile(
    r"\b(?P<what>(?:randomi[sz]ed |controlled |placebo-controlled |double-blind |clinical |human )*"
    r"(?:trials|rcts))\b",
    re.IGNORECASE,
)
_STUDIES = re.compile(r"\b(?:studies|trials|research|evidence|rcts)\b", re.IGNORECASE)


def compare(case: Case) -> Firing | None:
    """COMPARE: better than, as good as, the best, where nobody compared the two.

    Source: Lazarus et al. 2015, equivalence read into a difference that is not significant.
    """
    if not ranks(case):
        return None
    if not case.comparisons and not case.ground.names_intervention(case.claim.text):
        return None
    if any(_head_to_head(case, study) for study in case.ground.evidence.studies):
        return None
    if case.review_told is not None:
        return None
    if any(ranked_by(case.claim.text, fact.text) for fact in case.firm_facts):
        return None
    cues = case.claim.cues_of(CueKind.COMPARISON)
    trigger = cues[0].span if cues else case.claim.span
    return case.fire(
        "COMPARE",
        AuditVerdict.OVERSTATED if case.comparisons else AuditVerdict.UNSUPPORTED,
        "major" if case.comparisons else None,
        trigger,
        "{words} compares two things; no study in this evidence base put them side by side",
        words=case.said(trigger),
    )


def ranks(case: Case) -> bool:
    """Whether the words rank one thing over or beside another."""
    if _CONTROL.search(case.claim.text):
        return False  # against placebo is what the comparisons are
    if re.search(
        r"\bas (?:effective|good|well|safe|strong|much|potent|powerful)\b",
        case.claim.text,
        re.IGNORECASE,
    ):
        return True
    words = " ".join(cue.text.lower() for cue in case.claim.cues_of(CueKind.COMPARISON))
    ranking = (
        "than", "as effective", "as good", "superior", "inferior", "comparable", "best",
        "most effective", "equivalent", "outperform", "similar to", "unlike", "compared to",
        "compared with", "better", "more effective", "less effective", "rival", "beats",
    )  # fmt: skip
    return any(word in words for word in ranking)


def _head_to_head(case: Case, study: Study) -> bool:
    """Whether a study gave both: two forms, or an active comparator that the claim names."""
    forms = {arm.form for arm in study.arms if arm.form}
    if len(forms & set(case.ground.forms_in(case.claim.text))) > 1:
        return True
    words = set(terms(case.claim.text))
    return any(
        words & (set(terms(f"{arm.label} {arm.intervention}")) - _CONTROLS)
        for arm in study.arms
        if arm.role == "comparator"
    )


_CONTROLS = frozenset(terms("placebo control dummy sham treatment capsules tablets identical"))


def count(case: Case) -> Firing | None:
    """COUNT: "several studies", "clinical trials" for fewer than the words promise.

    Source: HealthNewsReview criterion 5 on the quality of evidence.
    """
    if not (case.is_efficacy and case.comparisons) or case.level is Level.UNCERTAIN:
        return None
    studies = case.direct_studies
    trials = [s for s in studies if s.allocation is Allocation.RANDOMISED]
    plural = _PLURALS.search(case.claim.text)
    many = [
        c
        for c in case.claim.cues_of(CueKind.QUANTITY)
        if any(word in c.text.lower() for word in _MANY)
    ]
    if plural is not None and len(trials) < 2:
        start = case.claim.span.start + plural.start("what")
        trigger = Span(start, start + len(plural["what"]))
        kinds = [study_field(case.trace, study, "design").node for study in studies]
        number = case.count("trials", "randomised trials on this outcome", len(trials), kinds)
        return case.fire(
            "COUNT",
            AuditVerdict.OVERSTATED,
            "minor",
            trigger,
            "{words} is in the plural; on this outcome the evidence base has {n} randomised {noun}",
            words=case.said(trigger),
            n=number,
            noun="trial" if len(trials) == 1 else "trials",
            rests_on=kinds,
        )
    if many and _STUDIES.search(case.claim.text):
        wanted = trials if plural is not None else list(studies)
        if len(wanted) < case.settings.several:
            nodes = [study_cell(case.trace, study).node for study in wanted]
            number = case.count("studies.linked", "studies on this outcome", len(wanted), nodes)
            return case.fire(
                "COUNT",
                AuditVerdict.OVERSTATED,
                "minor",
                many[0].span,
                "{words} promises more than the {n} of this evidence base",
                words=case.said(many[0].span),
                n=number,
                rests_on=nodes,
            )
    return None


def source(case: Case) -> Firing | None:
    """SOURCE: "studies show", where all come from one group or an interested sponsor, unsaid.

    Source: HealthNewsReview criterion 6, independent sources and conflicts of interest.
    """
    if not case.is_efficacy or case.level < Level.PROBABLE:
        return None
    if case.direction is ClaimDirection.NO_EFFECT:
        return None
    spoken = _STUDIES.search(case.claim.text)
    best: Comparison | None = next((c for c in case.comparisons if c.independence), None)
    studies = [s for s in case.direct_studies if s.directness.level == "direct"]
    if spoken is None or best is None or len(studies) < 2:
        return None
    teams = {study.team for study in studies}
    tied = [study for study in studies if study.tied_to_maker]
    one_team = len(teams) == 1 and None not in teams
    if not one_team and len(tied) < len(studies):
        return None
    if re.search(
        r"\bsame (?:research )?(?:group|team|authors)|conflicts? of interest|funded by|"
        r"sponsor",
        case.article.words_of(case.article.blocks[case.claim.block].span),
    ):
        return None
    start = case.claim.span.start + spoken.start()
    nodes = [study_cell(case.trace, study).node for study in studies]
    number: Quantity = case.count("independent", "linked studies", len(studies), nodes)
    return case.fire(
        "SOURCE",
        AuditVerdict.OVERSTATED,
        "minor",
        Span(start, start + len(spoken.group())),
        "The {n} studies behind this {lack}, which the page does not say here",
        n=number,
        lack="come from one research team"
        if one_team
        else "all have authors or funding tied to a maker",
        rests_on=nodes,
    )
