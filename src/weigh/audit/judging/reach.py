"""Rules on how far a claim is stretched: POPULATION, FORM, DURATION."""

from __future__ import annotations

from weigh.audit.claims.vocabulary import TermKind
from weigh.audit.judging.case import Case
from weigh.audit.linking.terms import stems
from weigh.audit.linking.units import study_weeks, weeks_of
from weigh.evidence.article import Span
from weigh.evidence.audit import AuditVerdict, Firing
from weigh.evidence.cells import arm_cell, study_field
from weigh.evidence.claim import ClaimDirection, CueKind, FigureKind, Level
from weigh.evidence.figures import plain
from weigh.evidence.statement import Quantity, listing
from weigh.evidence.study import Study

__all__ = ["duration", "form", "population"]

_FOOD = frozenset(
    stems("food foods diet dietary eat eating fermented cheese vegetables meat oysters seeds nuts")
)
_ROUTES = {
    "injection": frozenset(stems("injection injected intravenous infusion drip")),
    "topical": frozenset(stems("cream gel ointment topical patch")),
    "food": _FOOD,
}
#: Causes and groups that articles name; one that no study took in was never studied.
_GROUPS = {
    "chemotherapy": "chemotherapy",
    "pregnant women": "pregnant pregnancy",
    "children": "children child infants babies toddlers kids",
    "older people": "elderly seniors older",
    "people with HIV": "hiv",
    "athletes": "athletes",
    "people with cancer": "cancer",
    "people with alcohol-related illness": "alcohol alcoholic",
}


def _asserts_benefit(case: Case) -> bool:
    return (
        case.is_efficacy
        and case.level >= Level.CONDITIONAL
        and case.direction in (ClaimDirection.BENEFIT, ClaimDirection.UNKNOWN)
        and bool(case.direct_studies)
    )


def population(case: Case) -> Firing | None:
    """POPULATION: a group named that no linked study took in, or the whole condition for a part.

    Major where the named group was never studied. Source: Lazarus et al. 2015, extrapolation.
    """
    if not _asserts_benefit(case) or case.level < Level.PROBABLE:
        return None
    words = set(stems(case.claim.text))
    question = case.ground.evidence.question
    studied = set(stems(" ".join(study.population for study in case.direct_studies)))
    for group, spelled in _GROUPS.items():
        names = set(stems(spelled))
        if names & words and not names & studied:
            return case.fire(
                "POPULATION",
                AuditVerdict.OVERSTATED,
                "major",
                case.claim.span,
                "The claim names {group}; {studies} took in none of them, as far as is known",
                group=group,
                studies=case.named(case.direct_studies),
            )
    groups = [g for g in question.subgroups if g.topic == "cause"]
    if not groups or len(groups) < 2:
        return None
    named = set(case.ground.names.ids(case.claim.text, TermKind.POPULATION))
    telling = [set(stems(g.name)) - set(stems(question.population.name)) for g in groups]
    if any(t & words for t in telling) or not named:
        return None
    only = [s for s in case.direct_studies if any(t & set(stems(s.population)) for t in telling)]
    if len(only) < len(case.direct_studies):
        return None
    return case.fire(
        "POPULATION",
        AuditVerdict.OVERSTATED,
        "minor",
        case.claim.span,
        "The claim speaks of {whole} in general; the studies took in only {groups}",
        whole=case.concept("population", question.population),
        groups=listing([case.group(g) for g in groups]),
    )


def form(case: Case) -> Firing | None:
    """FORM: another form, food or route than the one that was studied.

    Source: GRADE on indirectness of interventions.
    """
    if not _asserts_benefit(case):
        return None
    arms = [
        (study, arm)
        for study in (case.studies or case.direct_studies)
        for arm in study.arms
        if arm.role == "intervention"
    ]
    if not arms:
        return None
    words = set(stems(case.claim.text))
    for route, spelled in _ROUTES.items():
        given = {arm.given_as for _, arm in arms}
        if words & spelled and None not in given and route not in given and "infusion" not in given:
            shown = sorted({str(g) for g in given})
            node = arm_cell(case.trace, arms[0][0], arms[0][1], "given_as").node
            return case.fire(
                "FORM",
                AuditVerdict.OVERSTATED,
                "minor",
                case.claim.span,
                "The claim is about {route}; the studies gave it as {given}",
                route={"food": "food", "injection": "injections", "topical": "use on the skin"}[
                    route
                ],
                given=Quantity(text=" or ".join(shown), node=node),
            )
    studied = {arm.form for _, arm in arms}
    if None in studied or not case.ground.evidence.question.forms:
        return None
    named = set(case.ground.forms_in(case.claim.text)) - {None}
    kin = {f.id: f.part_of for f in case.ground.evidence.question.forms}
    if named and not any(n in studied or any(kin.get(str(s)) == n for s in studied) for n in named):
        wide = False
    elif not named and len(studied) == 1 and len(kin) > 1 and case.level >= Level.PROBABLE:
        wide = True
    else:
        return None
    studies = [study for study, _ in arms]
    labels = [case.ground.evidence.question.form(str(s)).name for s in sorted(map(str, studied))]
    nodes = [arm_cell(case.trace, study, arm, "form").node for study, arm in arms]
    return case.fire(
        "FORM",
        AuditVerdict.OVERSTATED,
        "minor",
        case.claim.span,
        "The claim names {said}; {studies} gave {forms}",
        said=case.concept("intervention", case.ground.evidence.question.intervention)
        if wide
        else listing(
            [
                Quantity(text=case.ground.evidence.question.form(n).name, node=nodes[0])
                for n in sorted(named)
            ]
        ),
        studies=case.named(tuple(dict.fromkeys(studies))),
        forms=listing([Quantity(text=label, node=nodes[0]) for label in labels]),
    )


def duration(case: Case) -> Firing | None:
    """DURATION: "lasting", "long-term" or a time beyond the longest follow-up.

    Source: GRADE on indirectness; the default for "long-term" is six months.
    """
    if not (_asserts_benefit(case) or _asserts_safety(case)):
        return None
    studies = case.studies or case.direct_studies or _measured(case)
    followed = [(max(study_weeks(study), default=0.0), study) for study in studies]
    if not followed:
        return None
    longest, study = max(followed, key=lambda pair: pair[0])
    cues = [
        c
        for c in case.claim.cues_of(CueKind.DURATION)
        if any(w in c.text.lower() for w in _LONG)
        and not case.claim.negated
        and not case.article.text[c.span.end : c.span.end + 8].lower().startswith(" reason")
    ]
    said: Span | None = cues[0].span if cues else None
    needed = case.settings.long_term_weeks if cues else 0.0
    outcome_unit = case.best.outcome.unit if case.best is not None else None
    for figure in case.figures_of(FigureKind.DURATION):
        weeks = weeks_of(figure)
        timed = outcome_unit is not None and outcome_unit.startswith(figure.unit or "?")
        if weeks is not None and weeks > longest * 1.15 and not timed and longest and weeks > 2:
            said, needed = figure.span, weeks
    if said is None or longest >= needed:
        return None
    if not longest:
        return case.fire(
            "DURATION",
            AuditVerdict.OVERSTATED,
            "minor",
            said,
            "{words} speaks of a long time; how long people were followed is not on record",
            words=case.said(said),
        )
    shown = _weeks_cell(case, study, longest)
    return case.fire(
        "DURATION",
        AuditVerdict.OVERSTATED,
        "minor",
        said,
        "{words} is longer than anybody was followed: {longest} weeks at most",
        words=case.said(said),
        longest=shown,
    )


_LONG = ("long", "lasting", "permanent", "sustained", "for good", "life", "forever", "for years",
         "enduring", "maintained", "remained")  # fmt: skip


def _measured(case: Case) -> tuple[Study, ...]:
    return tuple(s for s in case.ground.evidence.studies if s.directness.level == "direct")


def _asserts_safety(case: Case) -> bool:
    return any(c.lemma in ("safe", "safety") for c in case.claim.cues_of(CueKind.SAFETY))


def _weeks_cell(case: Case, study: Study, weeks: float) -> Quantity:
    if study.follow_up_weeks == weeks:
        return study_field(case.trace, study, "follow_up_weeks")
    for arm in study.arms:
        if arm.duration_weeks == weeks:
            return arm_cell(case.trace, study, arm, "duration_weeks")
    node = case.trace.computed(
        f"audit.{case.claim.id}.followed",
        f"{study.label}: longest time named",
        round(weeks, 1),
        function="weeks named in the record",
        inputs=(case.named([study]).because[0],),
    )
    return Quantity(text=plain(round(weeks, 1)), node=node)
