"""One comparison from its rows: effects of the studies, pooled, under each model, in people.

What comes out is not rated or worded yet; `weigh.workflow.grading` does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from weigh.answer.independence import independence
from weigh.appraisal import assess
from weigh.evidence.cells import people, result_cell, study_cell
from weigh.evidence.comparison import Comparison, NotEstimable, StudyBias, StudyEffect
from weigh.evidence.folder import Evidence
from weigh.evidence.pooled import Pooled
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.absolute import absolute_effect
from weigh.workflow.cases import Case
from weigh.workflow.estimates import NoEstimate, estimate
from weigh.workflow.plans import Task, measure_of
from weigh.workflow.pooling import interval_of, natural_scale, pool_effects, record
from weigh.workflow.rows import Selection, select

__all__ = ["compare"]

_COMPARATORS = {Allocation.UNCONTROLLED: "before treatment"}


def compare(evidence: Evidence, task: Task, trace: TraceBuilder) -> Comparison:
    """Make one comparison.

    Parameters
    ----------
    task
        A plan in studies of one class of design.
    trace
        Receives a node for every figure.

    Returns
    -------
    Comparison
        Without certainty and statement.
    """
    measure = measure_of(task)
    effects: list[StudyEffect] = []
    silent: list[NotEstimable] = []
    for study in task.studies:
        selection = select(evidence, task.plan, study)
        found = estimate(
            Case(evidence=evidence, task=task, measure=measure, selection=selection, trace=trace)
        )
        bias = assess(study, task.outcome.id, evidence.risk_of_bias, trace)
        if isinstance(found, NoEstimate):
            counted = _people_of(evidence, selection, trace)
            silent.append(_row_without_estimate(study, found, bias, counted, trace))
        else:
            effects.append(replace(found, bias=bias))
    nodes = _count_nodes(task, effects, silent, trace)
    pooled: Pooled | None = None
    natural = None
    if effects:
        pooled = pool_effects(effects, measure, task.plan.model)
        inputs = [row.nodes[name] for row in effects for name in ("yi", "vi")]
        fields = record(trace, f"{task.id}.pooled", pooled, inputs, measure)
        nodes |= {f"pooled.{name}": node for name, node in fields.items()}
        nodes["level"] = trace.computed(
            f"{task.id}.level",
            "confidence level (percent)",
            100 * pooled.level,
            function="option",
            inputs=inputs,
        )
        natural = natural_scale(trace, f"{task.id}.natural", measure, interval_of(pooled), fields)
        effects = _weighted(task, effects, pooled, trace)
    comparison = Comparison(
        id=task.id,
        label=task.plan.label or task.outcome.name,
        plan=task.plan,
        outcome=task.outcome,
        comparator=_COMPARATORS.get(task.allocation, _comparator(evidence, effects, silent)),
        design=task.allocation,
        measure=measure,
        k=len(effects),
        n=sum(row.n for row in effects),
        people=_value(trace, nodes.get("people")),
        studies=tuple(effects),
        not_estimable=tuple(silent),
        pooled=pooled,
        natural=natural,
        null=0.0,
        mid=_mid(task, measure),
        independence=independence(
            trace,
            task.id,
            _studies(effects, silent),
            noun="trial" if task.allocation is Allocation.RANDOMISED else "study",
        ),
        nodes=nodes,
    )
    return absolute_effect(comparison, trace)


def _people_of(evidence: Evidence, selection: Selection, trace: TraceBuilder) -> Quantity | None:
    """People whom a study's chosen rows are about: in a subgroup, those that the row counts."""
    held = [*selection.intervention, *selection.comparator]
    if all(arm_row.row.subgroup is None for arm_row in held):
        return people(trace, selection.study)
    if len(held) == 1 and held[0].row.n is not None:
        return result_cell(trace, evidence, held[0].row, "n")
    return None


def _row_without_estimate(
    study: Study,
    found: NoEstimate,
    bias: StudyBias | None,
    counted: Quantity | None,
    trace: TraceBuilder,
) -> NotEstimable:
    nodes = {"study": study_cell(trace, study).node}
    if counted is not None:
        nodes["n"] = counted.node
    return NotEstimable(
        study=study,
        n=None if counted is None else _value(trace, counted.node),
        reason=found.reason,
        bias=bias,
        nodes=nodes,
    )


def _count_nodes(
    task: Task,
    effects: Sequence[StudyEffect],
    silent: Sequence[NotEstimable],
    trace: TraceBuilder,
) -> dict[str, str]:
    estimable = [row.study for row in effects]
    every = estimable + [row.study for row in silent]
    nodes = {
        "all": trace.computed(
            f"{task.id}.all",
            "studies that measured the outcome",
            len(every),
            function="count",
            inputs=[study_cell(trace, study).node for study in every],
        ),
        "label": trace.datum(
            f"question.comparisons.{task.plan.id}",
            task.plan.label or task.outcome.name,
            task.plan.label or task.outcome.name,
            of=task.plan,
            column="label",
        ),
    }
    mid = task.outcome.mid
    if mid is not None:
        nodes["mid"] = trace.datum(
            f"question.outcomes.{task.outcome.id}.mid",
            "smallest difference that matters",
            mid.value,
            of=mid,
            column="mid.value",
        )
    if task.plan.when is not None:
        nodes["when"] = trace.datum(
            f"question.comparisons.{task.plan.id}.when",
            "when it was measured",
            task.plan.when,
            of=task.plan,
            column="when",
        )
    held = _people_nodes(task, effects, silent, trace)
    if held:
        nodes["people"] = trace.computed(
            f"{task.id}.people",
            "people in those studies",
            sum(_value(trace, node) for node in held),
            function="sum",
            inputs=held,
        )
    if estimable:
        nodes["k"] = trace.computed(
            f"{task.id}.k",
            "studies with an estimate",
            len(estimable),
            function="count",
            inputs=[study_cell(trace, study).node for study in estimable],
        )
        nodes["n"] = trace.computed(
            f"{task.id}.n",
            "people in studies with an estimate",
            sum(row.n for row in effects),
            function="sum",
            inputs=[row.nodes["n"] for row in effects],
        )
    return nodes


def _people_nodes(
    task: Task,
    effects: Sequence[StudyEffect],
    silent: Sequence[NotEstimable],
    trace: TraceBuilder,
) -> list[str]:
    """A count for each study: people in it, or those analysed where no report says more."""
    nodes = []
    for row in effects:
        counted = people(trace, row.study) if task.plan.subgroup is None else None
        nodes.append(row.nodes["n"] if counted is None else counted.node)
    return nodes + [row.nodes["n"] for row in silent if "n" in row.nodes]


def _weighted(
    task: Task, effects: Sequence[StudyEffect], pooled: Pooled, trace: TraceBuilder
) -> list[StudyEffect]:
    shares = dict(zip(pooled.rows.tolist(), pooled.weights.tolist(), strict=True))
    weighted = []
    for index, row in enumerate(effects):
        share = shares.get(index)
        if share is None:
            weighted.append(row)
            continue
        node = trace.computed(
            f"{task.id}.{row.study.id}.weight",
            f"{row.study.label}: weight (percent)",
            share,
            function="weight",
            inputs=[effect.nodes["vi"] for effect in effects],
            parameters={"method": pooled.method, "tau2": pooled.tau2},
        )
        weighted.append(replace(row, weight=share, nodes={**row.nodes, "weight": node}))
    return weighted


def _value(trace: TraceBuilder, node: str | None) -> int:
    value = trace[node].value if node is not None else 0
    return value if isinstance(value, int) else 0


def _mid(task: Task, measure: str) -> float | None:
    """The MID on the analysis scale; a standardised difference has none of its own."""
    if measure not in ("MD", "MC") or task.outcome.mid is None:
        return None
    return task.outcome.mid.value


def _comparator(
    evidence: Evidence, effects: Sequence[StudyEffect], silent: Sequence[NotEstimable]
) -> str:
    """``placebo`` where every comparator arm is one, else the question's own words."""
    studies = _studies(effects, silent)
    arms = [arm for study in studies for arm in study.arms if arm.role == "comparator"]
    if arms and all("placebo" in arm.intervention.lower() for arm in arms):
        return "placebo"
    return evidence.question.comparator.name


def _studies(effects: Sequence[StudyEffect], silent: Sequence[NotEstimable]) -> list[Study]:
    return [row.study for row in effects] + [row.study for row in silent]
