"""Doses on a curve, where a comparison's trials tried at least three of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from weigh.answer.doses import tell_doses
from weigh.errors import StatisticsError
from weigh.evidence.cells import study_cell
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison
from weigh.evidence.doses import (
    DoseContrast,
    DoseCurveView,
    DoseMark,
    DosePoint,
    DoseRating,
)
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import slug, tally
from weigh.evidence.statement import Quantity
from weigh.evidence.trace import Scalar, TraceBuilder
from weigh.workflow.arms import people_of
from weigh.workflow.dose_arms import DosedStudy, Given, contrasts, dosed_studies
from weigh.workflow.intervals import level_cell, traced_interval
from weigh.workflow.plans import Task, graded_trials

if TYPE_CHECKING:
    from weigh.synthesis.dose import DoseResponse

__all__ = ["FEWEST_DOSES", "dose_curves"]

#: A line lies through any two doses; with three there is a curve to speak of.
FEWEST_DOSES = 3
#: Studies that an estimate of how curves differ takes at the least.
_FEWEST_STUDIES = 3
_STEPS = 61
_MEASURES = ("MD", "SMD", "RR", "OR", "RD")
_METHOD = "one-stage dose-response curve (Crippa et al. 2019)"


def dose_curves(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[DoseCurveView, ...]:
    """A curve for each comparison, and each form in it, with at least three doses.

    Only randomised trials that fit the question count, and only arms of one single dose; each form
    and way of giving it has a curve of its own.
    """
    found: list[DoseCurveView] = []
    for task, comparison in graded_trials(evidence, comparisons, _MEASURES):
        groups: dict[Given, list[DosedStudy]] = {}
        for held in dosed_studies(evidence, task, trace):
            if _usable(held, comparison.measure):
                groups.setdefault(held.given, []).append(held)
        curves = [
            _curve(evidence, task, comparison, given, studies, trace)
            for given, studies in groups.items()
            if len({arm.dose for study in studies for arm in study.arms}) >= FEWEST_DOSES
        ]
        found += [tell_doses(view, evidence.question) for view in curves]
    return tuple(found)


def _usable(held: DosedStudy, measure: str) -> bool:
    try:
        contrasts(held, measure)
    except StatisticsError:
        return False
    return True


def _curve(
    evidence: Evidence,
    task: Task,
    comparison: Comparison,
    given: Given,
    studies: Sequence[DosedStudy],
    trace: TraceBuilder,
) -> DoseCurveView:
    pairs = [contrasts(held, comparison.measure) for held in studies]
    fit = _fit(studies, pairs)
    name = "-".join(filter(None, (given.form, given.given_as, slug(given.unit))))
    base = f"doses.{comparison.id}.{name}"
    inputs = _inputs(studies)
    asked: dict[str, Scalar] = {
        "measure": comparison.measure,
        "shape": fit.shape.name,
        "method": fit.method,
        "stages": fit.stages,
        "reference": 0.0,
    }
    doses = sorted({arm.dose for held in studies for arm in held.arms})
    points = tuple(
        _point(base, fit, dose, studies, comparison, inputs, asked, trace) for dose in doses
    )
    line = fit.curve(np.linspace(doses[0], doses[-1], _STEPS), reference=0.0)
    forms = {form.id: form.name for form in evidence.question.forms}
    cells = {arm.dose: arm.cell for held in studies for arm in held.arms}
    return DoseCurveView(
        id=f"{comparison.id}-{name}",
        comparison=comparison,
        who=forms.get(given.form or "", evidence.question.intervention.name),
        unit=given.unit,
        points=points,
        line=tuple(
            (float(dose), float(estimate), float(low), float(high))
            for dose, estimate, low, high in zip(
                line.dose, line.estimate, line.ci_low, line.ci_high, strict=True
            )
        ),
        marks=tuple(
            DoseMark(study=held.study, dose=arm.dose, yi=float(y), se=float(v) ** 0.5)
            for held, (yi, covariance) in zip(studies, pairs, strict=True)
            for arm, y, v in zip(held.arms, yi, np.diagonal(covariance), strict=True)
        ),
        contrast=_contrast(base, fit, doses, cells, comparison, inputs, asked, trace),
        rating=_rating(base, comparison, studies, trace),
        doses=tally(trace, f"{base}.doses", "doses that were studied", _one_each(cells)),
        k=tally(
            trace,
            f"{base}.k",
            "studies on the curve",
            [study_cell(trace, held.study).node for held in studies],
        ),
        n=_people(base, studies, trace),
        shape=fit.shape.name,
        method=fit.method,
    )


def _fit(
    studies: Sequence[DosedStudy], pairs: Sequence[tuple[np.ndarray, np.ndarray]]
) -> DoseResponse:
    """A line over the doses with a step from none, in one stage.

    So trials of a single dose count too, and an effect that every dose has alike is not taken for
    one that grows with the dose.
    """
    # Loaded only where a folder gives several doses.
    from weigh.synthesis.dose import dose_response

    doses: list[float] = []
    effects: list[float] = []
    variances: list[float] = []
    names: list[str] = []
    for held, (yi, covariance) in zip(studies, pairs, strict=True):
        doses += [0.0, *(arm.dose for arm in held.arms)]
        effects += [0.0, *yi.tolist()]
        variances += [0.0, *np.diagonal(covariance).tolist()]
        names += [held.study.id] * (1 + len(held.arms))
    return dose_response(
        doses,
        effects,
        variances,
        study=names,
        covariance={
            held.study.id: covariance for held, (_, covariance) in zip(studies, pairs, strict=True)
        },
        shape="stepped",
        method="REML" if len(studies) >= _FEWEST_STUDIES else "EE",
        stages=1,
    )


def _inputs(studies: Sequence[DosedStudy]) -> tuple[str, ...]:
    nodes: list[str] = []
    for held in studies:
        nodes += held.comparator.nodes.values()
        for arm in held.arms:
            nodes += [arm.cell.node, *arm.data.nodes.values()]
    return tuple(dict.fromkeys(nodes))


def _one_each(cells: dict[float, Quantity]) -> list[str]:
    return [cell.node for _, cell in sorted(cells.items())]


def _people(base: str, studies: Sequence[DosedStudy], trace: TraceBuilder) -> Quantity:
    sides = [side for held in studies for side in (held.comparator, *(a.data for a in held.arms))]
    return people_of(trace, f"{base}.n", "people on the curve", sides)


def _point(
    base: str,
    fit: DoseResponse,
    dose: float,
    studies: Sequence[DosedStudy],
    comparison: Comparison,
    inputs: tuple[str, ...],
    asked: dict[str, Scalar],
    trace: TraceBuilder,
) -> DosePoint:
    there = [(held, arm) for held in studies for arm in held.arms if arm.dose == dose]
    name = f"{base}.{dose:g}"
    told = f"{dose:g} {there[0][1].arm.unit}"
    people = people_of(trace, f"{name}.n", f"people who got {told}", [arm.data for _, arm in there])
    natural, _ = traced_interval(
        trace,
        name,
        comparison.measure,
        _ends(fit, dose, 0.0),
        of=f"effect of {told} on the curve",
        function="weigh.dose_response",
        inputs=inputs,
        parameters=asked,
        method=_METHOD,
    )
    return DosePoint(
        dose=there[0][1].cell,
        studies=tally(
            trace,
            f"{name}.k",
            f"studies of {told}",
            [study_cell(trace, held.study).node for held, _ in there],
        ),
        people=people,
        natural=natural,
    )


def _ends(fit: DoseResponse, dose: float, reference: float) -> tuple[float, float, float]:
    """Estimate and interval of one dose against another, or against none."""
    curve = fit.curve([dose], reference=reference)
    return float(curve.estimate[0]), float(curve.ci_low[0]), float(curve.ci_high[0])


def _contrast(
    base: str,
    fit: DoseResponse,
    doses: Sequence[float],
    cells: dict[float, Quantity],
    comparison: Comparison,
    inputs: tuple[str, ...],
    asked: dict[str, Scalar],
    trace: TraceBuilder,
) -> DoseContrast:
    low, high = doses[0], doses[-1]
    name = f"{base}.contrast"
    estimate, ci_low, ci_high = ends = _ends(fit, high, low)
    natural, nodes = traced_interval(
        trace,
        name,
        comparison.measure,
        ends,
        of="the highest dose against the lowest",
        function="weigh.dose_response",
        inputs=inputs,
        parameters={**asked, "reference": low},
        method=_METHOD,
    )
    return DoseContrast(
        low=cells[low],
        high=cells[high],
        estimate=estimate,
        ci_low=ci_low,
        ci_high=ci_high,
        natural=natural,
        level=level_cell(trace, name, fit.level, nodes),
    )


def _rating(
    base: str, comparison: Comparison, studies: Sequence[DosedStudy], trace: TraceBuilder
) -> DoseRating:
    """The comparison's certainty; one level lower where a trial tried one dose alone.

    People were allotted by chance to the doses of one trial, never to one trial or another.
    """
    rating = comparison.certainty
    assert rating is not None
    lowered = any(len(held.arms) < 2 for held in studies)
    level = (
        CertaintyLevel.of_rank(rating.rating.rank - lowered)
        if rating.rating.rank
        else (rating.rating)
    )
    node = trace.computed(
        f"{base}.certainty",
        "certainty of the curve",
        level.value,
        function="one level lower where doses were compared across trials" if lowered else "as is",
        inputs=(rating.node,),
        method="GRADE: indirectness of comparisons between trials",
    )
    return DoseRating(level=level, lowered=lowered, node=node)
