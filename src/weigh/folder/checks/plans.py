"""What the question asks for but cannot be made, and figures in it that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.errors import Fault
from weigh.evidence.question import ComparisonPlan, Model, Outcome
from weigh.folder.gathered import Gathered

__all__ = ["check_plans"]

_OF_MEANS = ("MD", "SMD", "MC")
_OF_COUNTS = ("RR", "OR", "RD")


def check_plans(gathered: Gathered) -> Iterator[Fault]:
    """Outcomes, forms and comparisons of the question that contradict themselves."""
    for outcome in gathered.outcomes:
        yield from _outcome(gathered, outcome)
    yield from _forms(gathered)
    outcomes = {outcome.id: outcome for outcome in gathered.outcomes}
    for plan in gathered.plans:
        yield from _plan(gathered, plan, outcomes.get(plan.outcome))


def _outcome(gathered: Gathered, outcome: Outcome) -> Iterator[Fault]:
    width: float | None = None
    if outcome.scale is not None:
        low, high = outcome.scale
        width = high - low
        if width <= 0:
            yield gathered.fault(
                outcome,
                "scale",
                f"a scale from {low:g} to {high:g}",
                "the lowest score, then the highest",
                where=outcome.id,
            )
    if outcome.mid is None:
        return
    if outcome.kind == "dichotomous" and outcome.mid.value >= 1:
        yield gathered.fault(
            outcome.mid,
            "value",
            f"{outcome.mid.value:g}",
            "a difference in risk between 0 and 1",
            "0.05 is 5 people in 100.",
            where=outcome.id,
            path="mid.value",
        )
    if width is not None and 0 < width < outcome.mid.value:
        yield gathered.fault(
            outcome.mid,
            "value",
            f"{outcome.mid.value:g}, more than the whole scale of {width:g} points",
            "a difference on the outcome's own scale",
            where=outcome.id,
            path="mid.value",
        )


def _forms(gathered: Gathered) -> Iterator[Fault]:
    """A form that is part of itself, directly or by way of others."""
    if gathered.question is None:
        return
    above = {form.id: form.part_of for form in gathered.question.forms}
    for form in gathered.question.forms:
        seen = [form.id]
        while (step := above.get(seen[-1])) is not None and step not in seen:
            seen.append(step)
        if step == form.id:
            yield gathered.fault(
                form,
                "part_of",
                f"{form.id} as a part of itself ({' in '.join([*seen, step])})",
                "the wider form that this one belongs to",
                where=form.id,
            )


def _plan(gathered: Gathered, plan: ComparisonPlan, outcome: Outcome | None) -> Iterator[Fault]:
    if plan.window_weeks is not None and plan.window_weeks[0] > plan.window_weeks[1]:
        low, high = plan.window_weeks
        yield gathered.fault(
            plan,
            "window_weeks",
            f"from week {low:g} to week {high:g}",
            "the earlier week first",
            where=plan.id,
        )
    measure = plan.measure
    if outcome is not None and measure is not None:
        fitting = _OF_MEANS if outcome.kind == "continuous" else _OF_COUNTS
        if measure not in fitting:
            yield gathered.fault(
                plan,
                "measure",
                f"{measure} for {outcome.id}, which is {outcome.kind}",
                f"one of {', '.join(fitting)}",
                where=plan.id,
            )
    yield from _model(gathered, plan, plan.model, "model", outcome)
    for index, model in enumerate(plan.also):
        yield from _model(gathered, plan, model, f"also[{index}]", outcome)


def _model(
    gathered: Gathered, plan: ComparisonPlan, model: Model, path: str, outcome: Outcome | None
) -> Iterator[Fault]:
    counts = {"MH": "Mantel-Haenszel", "PETO": "Peto"}
    if model.method in counts and outcome is not None and outcome.kind == "continuous":
        yield gathered.fault(
            model,
            "method",
            f"{model.method} for {outcome.id}, which is continuous",
            f"another method, as {counts[model.method]} pools counts of people",
            where=plan.id,
            path=f"{path}.method",
        )
    if model.method == "PETO" and plan.measure not in (None, "OR"):
        yield gathered.fault(
            model,
            "method",
            f"PETO with the measure {plan.measure}",
            "the measure OR, the only one that Peto's method gives",
            where=plan.id,
            path=f"{path}.method",
        )
    told = model.published
    if told is None:
        return
    if told.ci_low > told.ci_high:
        yield gathered.fault(
            told,
            "ci_low",
            f"{told.ci_low:g} above ci_high, which is {told.ci_high:g}",
            "the lower end of the interval",
            where=plan.id,
            path=f"{path}.published.ci_low",
        )
    elif not told.ci_low <= told.estimate <= told.ci_high:
        yield gathered.fault(
            told,
            "estimate",
            f"{told.estimate:g} outside its interval, {told.ci_low:g} to {told.ci_high:g}",
            "an estimate inside its interval",
            where=plan.id,
            path=f"{path}.published.estimate",
        )
    if told.i2 is not None and not 0 <= told.i2 <= 100:
        yield gathered.fault(
            told,
            "i2",
            f"{told.i2:g}",
            "a percentage from 0 to 100",
            where=plan.id,
            path=f"{path}.published.i2",
        )
