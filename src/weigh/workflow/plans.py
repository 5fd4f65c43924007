"""Which comparisons to make: those that the question names, or one for each outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.question import ComparisonPlan, Outcome
from weigh.evidence.result import Result
from weigh.evidence.study import Allocation, Study

__all__ = ["Task", "graded_trials", "measure_of", "tasks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One comparison to make: a plan, in studies of one class of design.

    Studies of different classes are never in one task, and so can never be pooled together.
    """

    plan: ComparisonPlan
    outcome: Outcome
    allocation: Allocation
    studies: tuple[Study, ...]

    @property
    def id(self) -> str:
        """The plan's id, with the class of design behind it where that is not randomised."""
        if self.allocation is Allocation.RANDOMISED:
            return self.plan.id
        return f"{self.plan.id}-{self.allocation.value}"


def tasks(evidence: Evidence) -> tuple[Task, ...]:
    """Every comparison that some study in the folder bears on, in the question's order."""
    question = evidence.question
    plans = question.comparisons or tuple(
        ComparisonPlan(id=outcome.id, outcome=outcome.id) for outcome in question.outcomes
    )
    # Each plan asks for the rows of every study: grouped once, not sought again each time.
    rows: dict[tuple[str, str], list[Result]] = {}
    for row in evidence.results:
        rows.setdefault((row.study, row.outcome), []).append(row)
    found = []
    for plan in plans:
        for allocation in Allocation:
            studies = tuple(
                study
                for study in evidence.studies
                if study.allocation is allocation
                and _takes(plan, study, rows.get((study.id, plan.outcome), ()))
            )
            if studies:
                found.append(
                    Task(
                        plan=plan,
                        outcome=question.outcome(plan.outcome),
                        allocation=allocation,
                        studies=studies,
                    )
                )
    return tuple(found)


def graded_trials(
    evidence: Evidence, comparisons: Sequence[Comparison], measures: Collection[str]
) -> Iterator[tuple[Task, Comparison]]:
    """Comparisons whose trials may be looked at in more ways than one, with their tasks.

    Those of randomised trials that fit the question, in all of its people, that are graded.

    Parameters
    ----------
    measures
        Measures that the other way can work with.
    """
    finished = {comparison.id: comparison for comparison in comparisons}
    for task in tasks(evidence):
        comparison = finished.get(task.id)
        if (
            comparison is not None
            and task.allocation is Allocation.RANDOMISED
            and comparison.direct
            and comparison.subgroup is None
            and comparison.measure in measures
            and comparison.certainty is not None
        ):
            yield task, comparison


def measure_of(task: Task) -> str:
    """The plan's measure; MD and RR where it names none, MC without a control group."""
    if task.allocation is Allocation.UNCONTROLLED:
        return "MC" if task.outcome.kind == "continuous" else "PR"
    if task.plan.measure is not None:
        return task.plan.measure
    return "MD" if task.outcome.kind == "continuous" else "RR"


def _takes(plan: ComparisonPlan, study: Study, rows: Sequence[Result]) -> bool:
    if study.excluded is not None or study.directness.level != plan.directness:
        return False
    if plan.studies and study.id not in plan.studies:
        return False
    if plan.forms and not any(arm.form in plan.forms for arm in study.arms):
        return False
    return any(
        row.weeks != 0
        and (plan.subgroup is None or row.subgroup == plan.subgroup)
        and in_window(plan, row.weeks)
        for row in rows
    )


def in_window(plan: ComparisonPlan, weeks: float | None) -> bool:
    """Whether a time point counts for the plan; an unknown one only where any does."""
    if plan.window_weeks is None:
        return True
    low, high = plan.window_weeks
    return weeks is not None and low <= weeks <= high
