"""Time points of one trial taken together, as the dependent effects that they are.

A comparison takes the latest time of each study. Where studies give several times inside its
window, all of them are pooled as well, by a multilevel model whose sampling errors go together
within a study. No report gives that correlation: one is assumed, and others are tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weigh.answer.times import tell_times
from weigh.evidence.cells import result_cell, study_cell
from weigh.evidence.comparison import Comparison, StudyEffect
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import tally
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Study
from weigh.evidence.times import TimeRow, TimesResult, TimesView
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.cases import Case
from weigh.workflow.estimates import NoEstimate, estimate
from weigh.workflow.intervals import level_cell
from weigh.workflow.plans import Task, graded_trials, in_window
from weigh.workflow.pooling import natural_scale
from weigh.workflow.rows import select

__all__ = ["CORRELATION", "OTHERS", "over_time"]

#: Assumed between two times of one trial, where no report gives it.
CORRELATION = 0.5
#: Tried beside it.
OTHERS = (0.2, 0.8)
_LEVEL = 0.95
_MEASURES = ("MD", "SMD", "RR", "OR")


def over_time(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[TimesView, ...]:
    """Each comparison of randomised trials that gives several times of at least one of them."""
    found: list[TimesView] = []
    for task, comparison in graded_trials(evidence, comparisons, _MEASURES):
        if comparison.pooled is None:
            continue
        times = {study.id: _weeks(evidence, task, study) for study in task.studies}
        if all(len(weeks) < 2 for weeks in times.values()):
            continue
        held = [
            _at(evidence, task, comparison, study, weeks, trace)
            for study in task.studies
            for weeks in times[study.id]
        ]
        # A time whose numbers have no spread would have infinite weight.
        rows = [row for row in held if row is not None and 0.0 < row[0].vi < math.inf]
        if len(rows) > len({effect.study.id for effect, _ in rows}):
            found.append(tell_times(_view(comparison, rows, trace), evidence.question))
    return tuple(found)


def _weeks(evidence: Evidence, task: Task, study: Study) -> list[float]:
    """The times of a study inside the window, first ones first."""
    return sorted(
        {
            row.weeks
            for row in evidence.results
            if row.study == study.id
            and row.outcome == task.plan.outcome
            and row.subgroup is None
            and row.weeks
            and in_window(task.plan, row.weeks)
        }
    )


def _at(
    evidence: Evidence,
    task: Task,
    comparison: Comparison,
    study: Study,
    weeks: float,
    trace: TraceBuilder,
) -> tuple[StudyEffect, Quantity] | None:
    """A study's effect at one time, and the time as its report words it."""
    plan = task.plan.model_copy(
        update={"id": f"{task.plan.id}.w{weeks:g}", "window_weeks": (weeks, weeks)}
    )
    alone = Task(plan=plan, outcome=task.outcome, allocation=task.allocation, studies=(study,))
    selection = select(evidence, plan, study)
    effect = estimate(
        Case(
            evidence=evidence,
            task=alone,
            measure=comparison.measure,
            selection=selection,
            trace=trace,
        )
    )
    if isinstance(effect, NoEstimate):
        return None
    row = selection.intervention[0].row if selection.intervention else selection.rows[0]
    return effect, result_cell(trace, evidence, row, "timepoint", row.timepoint)


def _view(
    comparison: Comparison,
    rows: Sequence[tuple[StudyEffect, Quantity]],
    trace: TraceBuilder,
) -> TimesView:
    effects = [effect for effect, _ in rows]
    base = f"times.{comparison.id}"
    main, *others = (
        _result(base, effects, comparison, rho, trace) for rho in (CORRELATION, *OTHERS)
    )
    studies = {effect.study.id: effect.study for effect in effects}
    return TimesView(
        comparison=comparison,
        rows=tuple(
            TimeRow(study=study_cell(trace, effect.study), time=time, natural=effect.natural)
            for effect, time in rows
        ),
        main=main,
        others=tuple(others),
        effects=tally(
            trace, f"{base}.effects", "effects at all times", [e.nodes["yi"] for e in effects]
        ),
        k=tally(
            trace,
            f"{base}.k",
            "studies with an effect at some time",
            [study_cell(trace, study).node for study in studies.values()],
        ),
        level=level_cell(trace, base, _LEVEL, main.natural.nodes.values()),
    )


def _result(
    base: str,
    effects: Sequence[StudyEffect],
    comparison: Comparison,
    rho: float,
    trace: TraceBuilder,
) -> TimesResult:
    # Loaded only where a folder gives several times.
    from weigh.synthesis.multilevel import multilevel

    names = [effect.study.id for effect in effects]
    several = len(set(names)) > 1
    fit = multilevel(
        [effect.yi for effect in effects],
        _covariance(effects, rho),
        random={"study": np.array(names)} if several else None,
        test="t" if several else "z",
        dfs="contain" if several else None,
        level=_LEVEL,
        slab=names,
    )
    (mean,) = fit.coefficients
    name = f"{base}.r{rho:g}"
    inputs = [effect.nodes[field] for effect in effects for field in ("yi", "vi")]
    correlation = trace.computed(
        f"{name}.correlation",
        "correlation between two times of one study",
        rho,
        function="assumed by the program",
        inputs=inputs,
        note="No report gives it.",
    )
    values: dict[str, float | None] = {
        "estimate": mean.estimate,
        "ci_low": mean.ci_low,
        "ci_high": mean.ci_high,
    }
    nodes = {
        field: trace.computed(
            f"{name}.{field}",
            f"effect over all times: {words}",
            values[field],
            function="weigh.multilevel",
            inputs=(*inputs, correlation),
            parameters={
                "measure": comparison.measure,
                "correlation": rho,
                "random": "~ 1 | study" if several else "none",
                "method": fit.method,
                "test": fit.test,
                "level": _LEVEL,
            },
        )
        for field, words in (
            ("estimate", "estimate"),
            ("ci_low", "interval, lower end"),
            ("ci_high", "interval, upper end"),
        )
    }
    return TimesResult(
        correlation=Quantity(text=plain(rho), node=correlation),
        estimate=mean.estimate,
        ci_low=mean.ci_low,
        ci_high=mean.ci_high,
        natural=natural_scale(trace, f"{name}.natural", comparison.measure, values, nodes),
    )


def _covariance(effects: Sequence[StudyEffect], rho: float) -> npt.NDArray[np.float64]:
    """Sampling variances, with one correlation between the effects of a study."""
    spread = np.sqrt([effect.vi for effect in effects])
    names = np.array([effect.study.id for effect in effects])
    matrix = np.where(names[:, None] == names, rho * np.outer(spread, spread), 0.0)
    np.fill_diagonal(matrix, spread**2)
    return np.asarray(matrix)
