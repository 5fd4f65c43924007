"""Facts that an article gives beside those on record: one check each, agreeing or not.

A check holds the words, what is on record with its node, and whether the two agree. A fact that the
record is silent on gives no check: silence neither bears a claim nor contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weigh.audit.claims.figures import figures_in
from weigh.audit.linking.terms import folded
from weigh.audit.linking.units import (
    alike,
    arm_doses,
    daily_doses,
    matches_dose,
    matches_duration,
    study_weeks,
)
from weigh.evidence.article import Span
from weigh.evidence.cells import arm_cell, participants_cell, people, study_cell, study_field
from weigh.evidence.claim import FigureKind
from weigh.evidence.statement import Part, listing, say
from weigh.evidence.study import Allocation, Design, Study

if TYPE_CHECKING:
    from weigh.audit.judging.case import Case

__all__ = ["Check", "checks"]

_TREATED = re.compile(
    r"\b(?:for|lasting|lasted|over|during|after|of)\s*$|\b(?:a|an|the|this|their)\s*$",
    re.IGNORECASE,
)
_LENGTH_NOUN = re.compile(
    r"^[- ]*(?:study|trial|treatment|supplementation|intervention|course|period|follow)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fact of an article beside the record.

    `rule` is ``NUMBER`` or ``DESIGN``; `what` the fact in words; `known` what is on record.
    """

    rule: str
    what: str
    span: Span
    known: Part
    agrees: bool


def checks(case: Case) -> tuple[Check, ...]:
    """Every fact of a claim about a named study that the record speaks to."""
    if len(case.studies) != 1:
        return tuple(_independence(case))
    study = case.studies[0]
    return (
        *_people(case, study),
        *_year(case, study),
        *_dose(case, study),
        *_time(case, study),
        *_design(case, study),
        *_independence(case),
    )


def _people(case: Case, study: Study) -> Iterator[Check]:
    counts = {
        entry.count: participants_cell(case.trace, study, entry) for entry in study.participants
    }
    for arm in study.arms:
        if arm.n is not None:
            counts.setdefault(arm.n, arm_cell(case.trace, study, arm, "n"))
    if not counts:
        return
    other = {
        value
        for row in case.ground.evidence.results
        if row.study == study.id
        for value in (row.n, row.total, row.events)
        if value is not None
    }
    told = " ".join(
        fact.text for fact in (*study.notes, study.adverse_events, study.dropouts) if fact
    )
    other |= {int(figure.value) for figure in figures_in(told)}
    main = people(case.trace, study)
    for figure in case.figures_of(FigureKind.PARTICIPANTS):
        near = [n for n in counts if alike(figure.value, n, within=case.settings.rounding)]
        if near:
            yield Check(
                rule="NUMBER", what="number of people", span=figure.span,
                known=counts[near[0]], agrees=True,
            )  # fmt: skip
        elif not any(alike(figure.value, n, within=case.settings.rounding) for n in other):
            known = main or next(iter(counts.values()))
            yield Check(
                rule="NUMBER", what="number of people", span=figure.span, known=known, agrees=False
            )


def _year(case: Case, study: Study) -> Iterator[Check]:
    years = {study.year}
    for report in (study.source, *study.reports):
        try:
            year = case.ground.evidence.reference(report).year
        except KeyError:
            continue
        if year is not None:
            years.add(year)
    known = study_field(case.trace, study, "year", str(study.year))
    for figure in case.figures_of(FigureKind.YEAR):
        yield Check(
            rule="NUMBER", what="year", span=figure.span, known=known,
            agrees=int(figure.value) in years,
        )  # fmt: skip


def _dose(case: Case, study: Study) -> Iterator[Check]:
    arms = [arm for arm in study.arms if arm.dose and list(arm_doses(arm))]
    if not arms:
        return
    known = listing([arm_cell(case.trace, study, arm, "dose") for arm in arms])
    for figure in case.figures_of(FigureKind.DOSE):
        if not list(daily_doses(figure, case.figures)):
            continue
        yield Check(
            rule="NUMBER", what="dose", span=figure.span, known=say("{dose} a day", dose=known),
            agrees=matches_dose(figure, case.figures, study),
        )  # fmt: skip


def _time(case: Case, study: Study) -> Iterator[Check]:
    if not study_weeks(study):
        return
    cells = [
        arm_cell(case.trace, study, arm, "duration_weeks")
        for arm in study.arms[:1]
        if arm.duration_weeks is not None
    ]
    if study.follow_up_weeks is not None:
        cells.append(study_field(case.trace, study, "follow_up_weeks"))
    if not cells:
        return
    known = say("{weeks} weeks", weeks=listing(list({c.text: c for c in cells}.values()), "and"))
    rows = {row.weeks for row in case.ground.evidence.results if row.study == study.id}
    for figure in case.figures_of(FigureKind.DURATION):
        before = case.article.text[max(0, figure.span.start - 12) : figure.span.start]
        behind = case.article.text[figure.span.end : figure.span.end + 16]
        if not (_TREATED.search(before) or _LENGTH_NOUN.search(behind)):
            continue
        in_rows = any(
            weeks is not None and figure.unit in ("week", "weeks") and alike(figure.value, weeks)
            for weeks in rows
        )
        yield Check(
            rule="NUMBER", what="time", span=figure.span, known=known,
            agrees=in_rows or matches_duration(figure, study),
        )  # fmt: skip


_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))
    for name, pattern in (
        ("non-randomised", r"non-?\s?randomi[sz]ed|not randomi[sz]ed"),
        (
            "randomised",
            r"(?<!non-)(?<!non )(?<!not )randomi[sz]ed|RCTs?|randomly (?:assigned|allocated|given)",
        ),
        (
            "uncontrolled",
            r"uncontrolled|(?:no|without(?: a)?) (?:control|placebo|comparison) group"
            r"|before[- ]and[- ]after|single[- ]arm",
        ),
        ("placebo", r"placebo[- ]controlled|(?:against|versus|vs\.?|with|to|or) (?:a )?placebo"),
        (
            "controlled",
            r"(?<!placebo-)(?<!placebo )controlled (?:clinical )?(?:trial|study)",
        ),
        ("double-blind", r"double[- ]blind(?:ed)?"),
        ("open-label", r"open[- ]label|unblinded"),
        ("observational", r"observational"),
        ("cohort", r"cohort study"),
        ("cross-sectional", r"cross[- ]sectional|survey"),
        ("case-control", r"case[- ]control"),
        ("crossover", r"cross-?over"),
        ("pilot", r"pilot"),
        ("large", r"large(?:[- ]scale)? (?:\w+[- ]?){0,4}?(?:study|trial|rct)"),
        ("trial", r"(?:clinical )?trial"),
    )
)


def _design(case: Case, study: Study) -> Iterator[Check]:
    text = case.claim.text
    design = study_field(case.trace, study, "design", _named(study.design))
    for name, pattern in _WORDS:
        match = pattern.search(text)
        if match is None:
            continue
        agrees = _is(case, study, name)
        if agrees is None:
            continue
        start = case.claim.span.start + match.start()
        known: Part = design
        if name in ("double-blind", "open-label") and study.allocation is Allocation.RANDOMISED:
            known = study_field(case.trace, study, "blinding")
        if name == "large":
            cell = people(case.trace, study)
            known = say("{n} people", n=cell) if cell is not None else design
        yield Check(
            rule="DESIGN", what=name, span=Span(start, start + len(match.group())), known=known,
            agrees=agrees,
        )  # fmt: skip


def _named(design: Design) -> str:
    return {
        Design.RCT: "a randomised controlled trial",
        Design.CROSSOVER_RCT: "a randomised crossover trial",
        Design.CLUSTER_RCT: "a cluster-randomised trial",
        Design.NON_RANDOMISED: "a non-randomised study",
        Design.COHORT: "a cohort study",
        Design.CASE_CONTROL: "a case-control study",
        Design.CROSS_SECTIONAL: "a survey at one time",
        Design.BEFORE_AFTER: "a before-and-after study without a control group",
        Design.CASE_SERIES: "a series of cases",
    }[design]


def _is(case: Case, study: Study, name: str) -> bool | None:
    """Whether a study is what a word calls it; None where the record does not tell."""
    allocation = study.allocation
    observed = (Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL, Design.CASE_SERIES)
    blinded = study.blinding
    controls = [arm for arm in study.arms if arm.role == "comparator"]
    placebo = any("placebo" in folded(f"{arm.label} {arm.intervention}") for arm in controls)
    uncontrolled = allocation is Allocation.UNCONTROLLED
    if name == "large":
        cell = people(case.trace, study)
        value = None if cell is None else case.trace[cell.node].value
        return None if not isinstance(value, (int, float)) else value >= case.settings.large_study
    plain: dict[str, bool | None] = {
        "randomised": allocation is Allocation.RANDOMISED,
        "non-randomised": allocation is not Allocation.RANDOMISED,
        "uncontrolled": uncontrolled,
        "placebo": False if uncontrolled else (placebo if controls else None),
        "controlled": (not uncontrolled and allocation is not Allocation.NON_RANDOMISED) or None,
        "observational": study.design in observed,
        "cohort": study.design is Design.COHORT,
        "cross-sectional": study.design is Design.CROSS_SECTIONAL,
        "case-control": study.design is Design.CASE_CONTROL,
        "crossover": study.design is Design.CROSSOVER_RCT,
        "pilot": True if study.pilot else None,
        "trial": False if study.design in observed[:3] else None,
    }
    if name == "controlled" and uncontrolled:
        return False
    if name == "double-blind":
        known = blinded != "not-reported"
        return False if uncontrolled else (blinded == "double-blind" if known else None)
    if name == "open-label":
        return {"open-label": True, "not-reported": None}.get(blinded, False)
    return plain[name]


_SAME = re.compile(
    r"\bsame (?:\w+ )?(?:group|team|researchers|authors|laborator(?:y|ies))\b", re.IGNORECASE
)
_APART = re.compile(
    r"\bindependent (?:\w+ )?(?:groups|teams|researchers|laboratories|labs|studies|trials)\b"
    r"|\bdifferent (?:research )?(?:groups|teams)\b",
    re.IGNORECASE,
)


def _independence(case: Case) -> Iterator[Check]:
    """Whether the studies come from one group, where the claim says so or the opposite."""
    same, apart = _SAME.search(case.claim.text), _APART.search(case.claim.text)
    match = same or apart
    studies = [s for s in case.ground.evidence.studies if s.directness.level == "direct"]
    teams = {study.team for study in studies}
    if match is None or len(studies) < 2 or None in teams:
        return
    start = case.claim.span.start + match.start()
    nodes = [study_cell(case.trace, study).node for study in studies]
    number = case.count("teams", "research teams behind the studies", len(teams), nodes)
    yield Check(
        rule="DESIGN",
        what="independence of the studies",
        span=Span(start, start + len(match.group())),
        known=say("{n} research {noun}", n=number, noun="team" if len(teams) == 1 else "teams"),
        agrees=(len(teams) == 1) == bool(same),
    )
