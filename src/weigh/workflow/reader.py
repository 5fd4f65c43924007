"""A comparison as a reader wants it: the folder's evidence under the reader's own settings.

Nothing is estimated anew by other means: the settings change the plan, the outcome or the set of
studies, and the same steps run again, up to the certainty and the words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import ValidationError

from weigh.answer.verdict import Decision, decide
from weigh.appraisal import assess
from weigh.errors import InputError, NotFoundError
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.question import (
    BaselineRisk,
    ComparisonPlan,
    MinimalImportantDifference,
    Model,
    Outcome,
)
from weigh.evidence.reader import BIAS_LIMITS, ReaderSettings
from weigh.evidence.trace import Trace, TraceBuilder
from weigh.workflow.grading import finish
from weigh.workflow.plans import Task, tasks

__all__ = ["Reread", "reread", "under"]

_BY_READER = "Set by the reader."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A comparison under a reader's settings.

    `comparison` is None where the settings leave no study; `left_out` names the studies that they
    took away. `decision` is what the whole question comes to with this comparison in its place.
    """

    settings: ReaderSettings
    evidence: Evidence
    comparison: Comparison | None
    left_out: tuple[str, ...]
    decision: Decision
    trace: Trace


def reread(
    evidence: Evidence,
    comparison_id: str,
    settings: ReaderSettings,
    others: tuple[Comparison, ...] = (),
) -> Reread:
    """Make one comparison again under a reader's settings.

    Parameters
    ----------
    comparison_id
        Of a comparison that the folder's answer has.
    settings
        What the reader set.
    others
        The answer's comparisons, with which the question is decided again.

    Raises
    ------
    NotFoundError
        If there is no such comparison, subgroup, form or study.
    InputError
        If a setting cannot apply to it.
    """
    task = _task(evidence, comparison_id)
    changed = under(evidence, task, settings)
    trace = TraceBuilder()
    again = next((t for t in tasks(changed) if t.id == comparison_id), None)
    comparison = None if again is None else finish(changed, again, trace)
    kept = set() if again is None else {study.id for study in again.studies}
    decided = (comparison if c.id == comparison_id else c for c in others)
    return Reread(
        settings=settings,
        evidence=changed,
        comparison=comparison,
        left_out=tuple(study.id for study in task.studies if study.id not in kept),
        decision=decide([c for c in decided if c is not None]),
        trace=trace.build(),
    )


def under(evidence: Evidence, task: Task, settings: ReaderSettings) -> Evidence:
    """The evidence with a reader's settings for one task; the rest stays as it is."""
    question = evidence.question
    plan = _plan(evidence, task, settings)
    outcome = _outcome(task.outcome, settings)
    plans = question.comparisons or tuple(
        ComparisonPlan(id=o.id, outcome=o.id) for o in question.outcomes
    )
    asked = question.model_copy(
        update={
            "comparisons": tuple(plan if p.id == plan.id else p for p in plans),
            "outcomes": tuple(outcome if o.id == outcome.id else o for o in question.outcomes),
        }
    )
    away = _left_out(evidence, task, settings)
    studies = tuple(study for study in evidence.studies if study.id not in away)
    return replace(evidence, question=asked, studies=studies)


def _task(evidence: Evidence, comparison_id: str) -> Task:
    known = {task.id: task for task in tasks(evidence)}
    if comparison_id not in known:
        raise NotFoundError("comparison", comparison_id, known)
    return known[comparison_id]


def _plan(evidence: Evidence, task: Task, settings: ReaderSettings) -> ComparisonPlan:
    plan = task.plan
    question = evidence.question
    update: dict[str, object] = {}
    if settings.subgroup is not None:
        groups = {group.id for group in question.subgroups}
        if settings.subgroup not in groups:
            raise NotFoundError("subgroup", settings.subgroup, groups)
        update["subgroup"] = settings.subgroup
    if settings.form is not None:
        forms = {form.id for form in question.forms}
        if settings.form not in forms:
            raise NotFoundError("form", settings.form, forms)
        update["forms"] = (settings.form,)
    if settings.weeks is not None:
        update["window_weeks"] = settings.weeks
        update["when"] = None
    if settings.measure is not None:
        kinds = ("RR", "OR", "RD") if task.outcome.kind == "dichotomous" else ("MD", "SMD")
        if settings.measure not in kinds:
            raise InputError(
                f"measure: found {settings.measure!r}; expected {' or '.join(kinds)} for "
                f"{task.outcome.name}."
            )
        update["measure"] = settings.measure
    if settings.method is not None or settings.test is not None:
        update["model"] = _model(plan.model, settings)
    return plan.model_copy(update=update)


def _model(model: Model, settings: ReaderSettings) -> Model:
    named = {"method": settings.method, "test": settings.test}
    changed = {name: value for name, value in named.items() if value is not None}
    try:
        return Model.model_validate(
            {"method": model.method, "test": model.test, **changed}, strict=True
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        expected = str(first.get("ctx", {}).get("expected", "another"))
        raise InputError(f"{name}: found {changed[name]!r}; expected {expected}.") from None


def _outcome(outcome: Outcome, settings: ReaderSettings) -> Outcome:
    update: dict[str, object] = {}
    if settings.mid is not None:
        update["mid"] = MinimalImportantDifference(
            value=settings.mid, assumed=True, note=_BY_READER
        )
    if settings.baseline is not None:
        if outcome.kind != "dichotomous":
            raise InputError(
                f"baseline: found a risk for {outcome.name}, which is no event; expected none."
            )
        update["baseline_risk"] = BaselineRisk(
            value=settings.baseline, assumed=True, note=_BY_READER
        )
    return outcome.model_copy(update=update)


def _left_out(evidence: Evidence, task: Task, settings: ReaderSettings) -> frozenset[str]:
    known = {study.id for study in task.studies}
    for study_id in settings.without:
        if study_id not in known:
            raise NotFoundError("study", study_id, known)
    away = set(settings.without)
    if settings.bias is not None:
        if settings.bias not in BIAS_LIMITS:
            raise NotFoundError("risk-of-bias limit", settings.bias, BIAS_LIMITS)
        allowed = BIAS_LIMITS[settings.bias]
        for study in task.studies:
            bias = assess(study, task.outcome.id, evidence.risk_of_bias, TraceBuilder())
            if bias is None or bias.overall not in allowed:
                away.add(study.id)
    return frozenset(away)
