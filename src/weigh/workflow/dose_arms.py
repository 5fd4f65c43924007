"""The arms of a comparison that were given one dose each, with their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.evidence.cells import arm_cell
from weigh.evidence.comparison import ArmData
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Arm, Study
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.arms import Missing, Side, continuous_side, dichotomous_side, has_change
from weigh.workflow.plans import Task
from weigh.workflow.rows import ArmRow, select

__all__ = ["DosedArm", "DosedStudy", "Given", "contrasts", "dosed_studies"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given: evidence on one way or form of it is not carried over to another."""

    form: str | None
    given_as: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DosedArm:
    """An arm that got one dose a day."""

    arm: Arm
    dose: float
    cell: Quantity
    data: ArmData


@dataclass(frozen=True, slots=True, kw_only=True)
class DosedStudy:
    """The arms of one study that got the same thing in some dose, and its comparator."""

    study: Study
    given: Given
    arms: tuple[DosedArm, ...]
    comparator: ArmData


def dosed_studies(evidence: Evidence, task: Task, trace: TraceBuilder) -> tuple[DosedStudy, ...]:
    """What the studies of a comparison bring to a curve: their arms with a single dose.

    A study whose comparator got a dose brings nothing; several comparator arms are combined; an
    arm whose numbers do not suffice is left out.
    """
    found: list[DosedStudy] = []
    for study in task.studies:
        selection = select(evidence, task.plan, study)
        control = selection.comparator
        if not control or any(held.arm.dose for held in control):
            continue
        change = has_change(selection.intervention) and has_change(control)

        def side(
            rows: Sequence[ArmRow], name: str, study: Study = study, change: bool = change
        ) -> Side:
            base = f"doses.{task.id}.{study.id}.{name}"
            if task.outcome.kind == "continuous":
                return continuous_side(evidence, study, rows, trace, base, change=change)
            return dichotomous_side(evidence, study, rows, trace, base)

        comparator = side(control, "comparator")
        if isinstance(comparator, Missing):
            continue
        for given, rows in _by_given(selection.intervention).items():
            arms = []
            for held in rows:
                data = side([held], held.arm.id)
                if isinstance(data, ArmData) and held.arm.dose is not None:
                    cell = arm_cell(trace, study, held.arm, "dose")
                    arms.append(DosedArm(arm=held.arm, dose=held.arm.dose, cell=cell, data=data))
            if arms:
                arms.sort(key=lambda arm: arm.dose)
                found.append(
                    DosedStudy(study=study, given=given, arms=tuple(arms), comparator=comparator)
                )
    return tuple(found)


def _by_given(rows: Iterable[ArmRow]) -> dict[Given, list[ArmRow]]:
    """Arms with one dose above 0 and a unit, by what was given."""
    found: dict[Given, list[ArmRow]] = {}
    for held in rows:
        arm = held.arm
        single = arm.dose_max is None or arm.dose_max == arm.dose
        if arm.dose and arm.unit is not None and single:
            given = Given(form=arm.form, given_as=arm.given_as, unit=arm.unit)
            found.setdefault(given, []).append(held)
    return found


def contrasts(held: DosedStudy, measure: str) -> tuple[FloatArray, FloatArray]:
    """Effects of the arms against their comparator, and the covariance that it gives them.

    Where a group has no event or only events, half a person is added to each cell of the study.

    Raises
    ------
    StatisticsError
        Numbers without any spread, which would have infinite weight.
    """
    yi, covariance = _contrasts(held, measure)
    if not np.isfinite(yi).all() or not np.linalg.eigvalsh(covariance)[0] > 0.0:
        raise StatisticsError(f"{held.study.label}: its arms have no spread.")
    return yi, covariance


def _contrasts(held: DosedStudy, measure: str) -> tuple[FloatArray, FloatArray]:
    arms = [arm.data for arm in held.arms]
    control = held.comparator
    if measure in ("MD", "SMD"):
        every = [control, *arms]
        means, sds, sizes = (
            np.array([float(getattr(arm, name) or 0.0) for arm in every])
            for name in ("mean", "sd", "n")
        )
        if measure == "SMD":
            from weigh.synthesis.dose import mean_differences

            found = mean_differences(means, sds, sizes, measure="SMD", standardized="hedges")
            return found.yi, found.covariance
        own = sds**2 / sizes
        return means[1:] - means[0], np.diag(own[1:]) + own[0]
    events = np.array([float(arm.events or 0) for arm in [control, *arms]])
    totals = np.array([float(arm.total or 0) for arm in [control, *arms]])
    if measure != "RD" and ((events == 0.0) | (events == totals)).any():
        events, totals = events + 0.5, totals + 1.0
    risk = events / totals
    if measure == "RR":
        level, own = np.log(risk), 1.0 / events - 1.0 / totals
    elif measure == "OR":
        level, own = np.log(risk / (1.0 - risk)), 1.0 / events + 1.0 / (totals - events)
    else:
        level, own = risk, risk * (1.0 - risk) / totals
    return level[1:] - level[0], np.diag(own[1:]) + own[0]
