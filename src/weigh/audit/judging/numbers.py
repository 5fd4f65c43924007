"""Numbers of a claim beside the pooled results and the facts of the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from weigh.audit.claims.figures import figures_in
from weigh.audit.judging.checks import Check
from weigh.audit.linking.units import (
    alike,
    arm_doses,
    daily_doses,
    figures_of,
    matches_dose,
    micrograms,
    weeks_of,
)
from weigh.evidence.audit import LinkKind
from weigh.evidence.cells import arm_cell, study_cell
from weigh.evidence.claim import ClaimDirection, Figure, FigureKind, Level
from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.figures import amount, ratio
from weigh.evidence.statement import Part, Quantity, listing, say
from weigh.evidence.study import Fact

if TYPE_CHECKING:
    from weigh.audit.judging.case import Case

__all__ = ["number_checks"]

_RATIOS = frozenset({"RR", "OR", "HR", "IRR"})
_ROUND = 0.06
_KINDS = (FigureKind.PERCENT, FigureKind.DOSE, FigureKind.DURATION, FigureKind.FREQUENCY)


def number_checks(case: Case) -> tuple[Check, ...]:
    """The numbers of a claim that pooled results or single facts speak to."""
    if case.studies:
        return ()
    return (*_doses(case), *_counts(case), *_effects(case), *_in_facts(case), *_in_reviews(case))


_GIVEN = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|research(?:ers)?)\b.{0,40}\b(?:used|gave|given|tested|took|is|was|were)\b"
    r"|\bused in\b.{0,30}\b(?:stud(?:y|ies)|trials?|research)\b",
    re.IGNORECASE,
)


def _doses(case: Case) -> Iterator[Check]:
    """A dose that studies are said to have given, beside every dose on record."""
    doses = case.figures_of(FigureKind.DOSE)
    if len(doses) != 1 or not _GIVEN.search(case.claim.text):
        return
    if not case.ground.in_scope(case.claim, case.article):
        return
    arms = [
        (study, arm)
        for study in case.ground.evidence.studies
        for arm in study.arms
        if arm.role == "intervention" and arm.dose and list(arm_doses(arm))
    ]
    if not arms or not list(daily_doses(doses[0], case.figures)):
        return
    same = [(s, a) for s, a in arms if matches_dose(doses[0], case.figures, s)]
    shown = (same or arms)[:3]
    yield Check(
        rule="NUMBER",
        what="dose",
        span=doses[0].span,
        known=listing(
            [
                say("{study}: {dose} a day", study=study_cell(case.trace, s),
                    dose=arm_cell(case.trace, s, a, "dose"))
                for s, a in shown
            ]
        ),
        agrees=bool(same),
    )  # fmt: skip


def _counts(case: Case) -> Iterator[Check]:
    """Studies and people behind an outcome; one that agrees makes the other firm."""
    numbers = case.figures_of(FigureKind.STUDIES)
    heads = case.figures_of(FigureKind.PARTICIPANTS)
    if len(numbers) != 1 or len(heads) != 1:
        return
    if any(heads[0].value in (c.n, c.people) for c in case.ground.answer.comparisons):
        known = [c for c in case.comparisons if heads[0].value in (c.n, c.people)]
    else:
        known = list(case.comparisons)
    for comparison in known:
        studies, persons = comparison.nodes.get("k"), comparison.nodes.get("n")
        if studies is None or persons is None:
            continue
        # One or two studies are too common a number to tell an outcome by.
        same_k = numbers[0].value == comparison.k and comparison.k >= 3
        same_n = any(
            alike(heads[0].value, number, within=case.settings.rounding)
            for number in (comparison.n, comparison.people)
        )
        if same_k or same_n:
            yield Check(
                rule="NUMBER", what="number of studies", span=numbers[0].span,
                known=Quantity(text=str(comparison.k), node=studies),
                agrees=numbers[0].value == comparison.k,
            )  # fmt: skip
            yield Check(
                rule="NUMBER", what="number of people", span=heads[0].span,
                known=Quantity(text=f"{comparison.n}", node=persons), agrees=same_n,
            )  # fmt: skip
            return


def _effects(case: Case) -> Iterator[Check]:
    """A size that is given, beside every interval that bears on it."""
    firm = {link.id for link in case.links if link.firm and link.kind is LinkKind.COMPARISON}
    comparisons = [c for c in case.comparisons if c.id in firm and c.natural is not None]
    if not comparisons or case.level < Level.CONDITIONAL or not case.is_efficacy:
        return
    for figure in case.figures:
        shown = [
            (c, natural, value)
            for c in comparisons
            for natural in _naturals(c)
            if (value := _on_scale(case, figure, c)) is not None
        ]
        if not shown:
            continue
        agrees = [s for s in shown if _near(s[2], s[1])]
        inside = [s for s in shown if _inside(s[2], s[1])]
        if inside and not agrees:
            continue  # not our estimate, and not refuted by it
        comparison, natural, _ = (agrees or shown)[0]
        yield Check(
            rule="NUMBER", what="effect", span=figure.span,
            known=_interval(comparison, natural), agrees=bool(agrees),
        )  # fmt: skip


def gives_size(case: Case) -> bool:
    """Whether a claim tells a size that lies within an interval of what it is about."""
    firm = {link.id for link in case.links if link.firm and link.kind is LinkKind.COMPARISON}
    return any(
        _inside(value, natural)
        for comparison in case.comparisons
        if comparison.id in firm
        for figure in case.figures
        if (value := _on_scale(case, figure, comparison)) is not None
        for natural in _naturals(comparison)
    )


def _naturals(comparison: Comparison) -> Iterator[Natural]:
    if comparison.natural is not None:
        yield comparison.natural
    for model in comparison.models:
        yield model.natural
        if model.published is not None:
            yield model.published


def _on_scale(case: Case, figure: Figure, comparison: Comparison) -> float | None:
    """A figure on the comparison's natural scale; None where it measures something else."""
    said = _word_behind(case, figure)
    turned = _verb_before(case, figure) if said in ("more", "further") else None
    if turned is not None:
        lowers = turned  # "pain fell by 3 points more"
    elif said in _DOWN or said in _UP:
        lowers = said in _DOWN
    else:
        better = comparison.outcome.better == "lower"
        lowers = (case.direction is ClaimDirection.BENEFIT) == better
    unit = (comparison.outcome.unit or "").lower()
    continuous = comparison.measure in ("MD",)
    same_unit = unit and figure.unit and unit.startswith(figure.unit.lower().rstrip("s"))
    sized = figure.kind in (FigureKind.DURATION, FigureKind.SCORE) and _is_difference(case, figure)
    if continuous and same_unit and sized:
        return -figure.value if lowers else figure.value
    if comparison.measure in _RATIOS:
        if figure.kind is FigureKind.EFFECT and figure.text[:2].upper() == comparison.measure:
            return figure.value
        if figure.kind is FigureKind.PERCENT and _is_difference(case, figure):
            share = figure.value / 100
            return 1 - share if lowers else 1 + share
    return None


def _is_difference(case: Case, figure: Figure) -> bool:
    """Whether a number is by how much something changed: "by 3 days", "33% fewer"."""
    before = case.article.text[max(0, figure.span.start - 28) : figure.span.start].lower()
    first = before.split(".")[-1].split()
    changed = any(word in ("by", "about", "almost", "nearly", "around") for word in first[-2:])
    return (changed and "by" in first[-3:]) or _word_behind(case, figure) in _DOWN | _UP


_DOWN = frozenset(
    ("shorter", "fewer", "less", "lower", "faster", "sooner", "reduction", "drop", "decrease")
)
_UP = frozenset(("more", "higher", "longer", "greater", "increase", "rise"))


_FELL = re.compile(r"\b(?:fell|fall(?:s|en)?|drop\w*|declin\w*|decreas\w*|reduc\w*|lower\w*|cut)\b")
_ROSE = re.compile(r"\b(?:rose|rise[ns]?|increas\w*|climb\w*|gain\w*|went up)\b")


def _verb_before(case: Case, figure: Figure) -> bool | None:
    """Whether a verb before a number says that something fell; None where none says either."""
    before = case.article.text[max(0, figure.span.start - 48) : figure.span.start].lower()
    near = before.split(".")[-1]
    fell, rose = _FELL.search(near) is not None, _ROSE.search(near) is not None
    return fell if fell != rose else None


def _word_behind(case: Case, figure: Figure) -> str:
    """The word that follows a number: "3 days shorter"."""
    behind = case.article.text[figure.span.end : figure.span.end + 14].lower().split()[:1]
    return behind[0].strip(",.") if behind else ""


def _near(value: float, natural: Natural) -> bool:
    return abs(value - natural.estimate) <= max(0.05, _ROUND * abs(natural.estimate))


def _inside(value: float, natural: Natural) -> bool:
    return natural.ci_low - 0.005 <= value <= natural.ci_high + 0.005


def _interval(comparison: Comparison, natural: Natural) -> Part:
    show = ratio if comparison.measure in _RATIOS else amount
    node = natural.nodes
    return say(
        "{estimate} (interval {low} to {high})",
        estimate=Quantity(text=show(natural.estimate), node=node["estimate"]),
        low=Quantity(text=show(natural.ci_low), node=node["ci_low"]),
        high=Quantity(text=show(natural.ci_high), node=node["ci_high"]),
    )


def _in_facts(case: Case) -> Iterator[Check]:
    """Numbers beside those of a sentence of the folder that says nearly the same."""
    for link in case.links:
        if link.kind not in (LinkKind.FORM, LinkKind.BACKGROUND, LinkKind.SAFETY) or not link.firm:
            continue
        fact = case.ground.passage(link).source
        if not isinstance(fact, Fact) or link.node is None:
            continue
        known = figures_in(fact.text)
        for figure in case.figures_of(*_KINDS):
            alikes = [other for other in known if other.kind is figure.kind]
            if not alikes:
                continue
            yield Check(
                rule="NUMBER", what="number", span=figure.span,
                known=Quantity(text=fact.text.rstrip("."), node=link.node),
                agrees=any(_same(figure, other) for other in alikes),
            )  # fmt: skip
        return


def _in_reviews(case: Case) -> Iterator[Check]:
    """Counts of a review that is named, where what was searched or found says the same."""
    named = [
        link for link in case.links if link.kind is LinkKind.REVIEW and link.firm and link.node
    ]
    if not named or named[0].node is None:
        return
    review = case.ground.passage(named[0])
    told = " ".join(search.text for search in case.ground.evidence.question.search)
    known = {(f.kind, f.value) for f in figures_of(f"{review.text} {told}")}
    for figure in case.figures_of(FigureKind.STUDIES, FigureKind.PARTICIPANTS):
        if (figure.kind, figure.value) in known:
            yield Check(
                rule="NUMBER", what="number in a review", span=figure.span,
                known=Quantity(text=review.about, node=named[0].node), agrees=True,
            )  # fmt: skip


def _same(one: Figure, other: Figure) -> bool:
    """Whether two numbers are the same in one unit; a range holds what lies within it."""
    low, high = _scaled(other, other.value), _scaled(other, other.high or other.value)
    mine, top = _scaled(one, one.value), _scaled(one, one.high or one.value)
    return alike(mine, low, within=0.05) or alike(top, high, within=0.05) or low <= mine <= high


def _scaled(figure: Figure, value: float) -> float:
    if figure.kind is FigureKind.DOSE:
        return micrograms(value, figure.unit) or value
    if figure.kind is FigureKind.DURATION:
        weeks = weeks_of(figure)
        return value if weeks is None else weeks / figure.value * value if figure.value else 0.0
    return value
