"""What a report prints between its groups: taken as it is, or for the spread that it implies."""

from __future__ import annotations

import math
from dataclasses import replace

from weigh.effects import (
    Conversion,
    sd_from_difference_ci,
    sd_from_difference_p,
    sd_from_difference_se,
    se_from_ci,
)
from weigh.evidence.cells import people, result_cell
from weigh.evidence.comparison import ArmData, StudyEffect
from weigh.evidence.result import Result
from weigh.evidence.statement import say
from weigh.workflow.arms import NO_SPREAD, Missing, Side, continuous_side
from weigh.workflow.cases import Case, both
from weigh.workflow.pooling import LOG_MEASURES
from weigh.workflow.study_effects import LEVEL, Figures, study_effect

__all__ = ["printed_effect", "sides_from_contrast"]


def sides_from_contrast(case: Case) -> list[Side]:
    """Both sides with one SD, from the printed difference between them (Handbook 6.5.2.3).

    Its standard error, interval or exact p value gives the SD that the groups have in common. Only
    two single arms can be treated so.
    """
    none: list[Side] = [Missing(lacks=(NO_SPREAD,))] * 2
    row = case.selection.contrast
    if row is None or any(len(rows) != 1 for _, rows in case.sides):
        return none
    sides = [
        continuous_side(
            case.evidence,
            case.study,
            rows,
            case.trace,
            f"{case.base}.{name}",
            change=False,
            needs_sd=False,
        )
        for name, rows in case.sides
    ]
    pair = both(sides)
    if isinstance(pair, Missing):
        return none
    converted, columns = _common_sd(row, *pair)
    if converted is None:
        return none
    inputs = [result_cell(case.trace, case.evidence, row, column).node for column in columns]
    node = case.trace.computed(
        f"{case.base}.sd",
        f"{case.study.label}: standard deviation of both groups",
        converted.value,
        function=converted.name,
        inputs=[*inputs, *(node for side in pair for node in side.nodes.values())],
        parameters=dict(converted.inputs),
        method=converted.reference,
    )
    return [
        replace(
            side,
            sd=converted.value,
            derived=(*side.derived, converted.name),
            nodes={**side.nodes, "sd": node},
        )
        for side in pair
    ]


def _common_sd(
    row: Result, treated: ArmData, control: ArmData
) -> tuple[Conversion | None, tuple[str, ...]]:
    """The SD of both groups and the columns that it came from."""
    if treated.mean is None or control.mean is None or not treated.n or not control.n:
        return None, ()
    n1, n2 = float(treated.n), float(control.n)
    if row.se is not None:
        return sd_from_difference_se(row.se, n1, n2), ("se",)
    if row.ci_low is not None and row.ci_high is not None:
        return sd_from_difference_ci(row.ci_low, row.ci_high, n1, n2), ("ci_low", "ci_high")
    difference = treated.mean - control.mean
    if row.p is not None and row.p_relation == "=" and 0 < row.p < 1 and difference != 0:
        return sd_from_difference_p(difference, row.p, n1, n2), ("p",)
    return None, ()


def printed_effect(case: Case) -> StudyEffect | None:
    """The contrast as the report prints it; None where it lacks a spread or is another measure.

    An interval is taken as normal on the analysis scale (Handbook 6.3.1 and 6.3.2).
    """
    row = case.selection.contrast
    counted = people(case.trace, case.study)
    if row is None or row.effect is None or row.measure != case.measure or counted is None:
        return None
    ratio = case.measure in LOG_MEASURES
    if row.se is not None:
        se, how, columns = row.se, "as printed", ["se"]
    elif row.ci_low is not None and row.ci_high is not None:
        converted = se_from_ci(row.ci_low, row.ci_high, ratio=ratio, level=LEVEL)
        se, how, columns = converted.value, converted.name, ["ci_low", "ci_high"]
    else:
        return None
    size = case.trace[counted.node].value
    figures = Figures(
        yi=math.log(row.effect) if ratio else row.effect,
        vi=se**2,
        inputs=[
            result_cell(case.trace, case.evidence, row, column).node
            for column in ("effect", *columns)
        ],
        function=f"as printed (Cochrane Handbook 6.3): {how}",
        people=size if isinstance(size, int) else 0,
        n_node=counted.node,
    )
    note = say(
        "{study}: the effect is taken as its report prints it, since its groups' own numbers do "
        "not suffice.",
        study=case.study_cell,
    )
    return study_effect(
        case,
        figures,
        ArmData(label=case.study.arm(row.arm).label),
        ArmData(label=case.study.arm(row.versus or row.arm).label),
        notes=(note,),
    )
