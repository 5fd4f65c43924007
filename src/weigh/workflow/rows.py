"""Which rows of ``results.csv`` a study brings to a comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.evidence.folder import Evidence
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.result import Result
from weigh.evidence.study import Arm, Study
from weigh.workflow.plans import in_window

__all__ = ["ArmRow", "Selection", "select"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRow:
    """An arm with the row chosen for it."""

    arm: Arm
    row: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one study brings: a row for each arm at one time, and a contrast where one is printed.

    `rows` holds every row that bears on the comparison, chosen or not.
    """

    study: Study
    timepoint: str
    weeks: float | None
    intervention: tuple[ArmRow, ...]
    comparator: tuple[ArmRow, ...]
    contrast: Result | None
    rows: tuple[Result, ...]


def select(evidence: Evidence, plan: ComparisonPlan, study: Study) -> Selection:
    """Choose a study's rows: the latest time inside the plan's window, whole arms, one report.

    Of two reports that give the same cell, the study's main one (`Study.source`) is taken.
    """
    rows = tuple(
        row
        for row in evidence.results
        if row.study == study.id
        and row.outcome == plan.outcome
        and row.weeks != 0
        and in_window(plan, row.weeks)
    )
    usable = [row for row in rows if row.subgroup == plan.subgroup]
    # Latest time first; of one time the main report first; else as the file has them.
    usable.sort(key=lambda row: (-(row.weeks or 0.0), row.source != study.source))
    arms = {arm.id: arm for arm in study.arms}
    timed = [row for row in usable if row.versus is None and arms[row.arm].role == "intervention"]
    contrasts = [row for row in usable if row.versus is not None]
    first = next(iter(timed or contrasts or usable or rows))
    chosen: dict[str, ArmRow] = {}
    for row in usable:
        if row.versus is None and _same_time(row, first):
            chosen.setdefault(row.arm, ArmRow(arm=arms[row.arm], row=row))
    return Selection(
        study=study,
        timepoint=first.timepoint,
        weeks=first.weeks,
        intervention=_of_role(chosen.values(), "intervention", plan.forms),
        comparator=_of_role(chosen.values(), "comparator", ()),
        contrast=next((row for row in contrasts if row.weeks == first.weeks), None),
        rows=rows,
    )


def _same_time(row: Result, first: Result) -> bool:
    """Weeks decide where they are known: two reports may put one time in different words."""
    if row.weeks is not None and first.weeks is not None:
        return row.weeks == first.weeks
    return row.timepoint == first.timepoint


def _of_role(rows: Iterable[ArmRow], role: str, forms: tuple[str, ...]) -> tuple[ArmRow, ...]:
    return tuple(
        held for held in rows if held.arm.role == role and (not forms or held.arm.form in forms)
    )
