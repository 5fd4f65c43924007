"""The numbers of one side of a study: as printed, or converted and said so.

Chapter 6 of the Cochrane Handbook says how a standard deviation, a mean or a combined group may be
had from what a report prints; `weigh.effects` computes it, and each step leaves a node with its
name and inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.effects import combine_means, mean_sd_from_quantiles, sd_from_ci, sd_from_se
from weigh.evidence.cells import arm_cell, result_cell
from weigh.evidence.comparison import ArmData
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.result import Result
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.rows import ArmRow

__all__ = [
    "NO_SPREAD",
    "Missing",
    "Side",
    "continuous_side",
    "dichotomous_side",
    "has_change",
    "people_of",
]


NO_SPREAD = "no standard deviations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a side lacks, each as the end of "gives ..." in a sentence."""

    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """Mean, SD and size of one arm with their nodes."""

    mean: float
    sd: float | None
    n: int
    nodes: dict[str, str]
    derived: tuple[str, ...] = ()


Side = ArmData | Missing


def has_change(rows: Sequence[ArmRow]) -> bool:
    """True where every arm of a side gives the change since baseline with its SD."""
    return bool(rows) and all(
        held.row.change_mean is not None and held.row.change_sd is not None for held in rows
    )


def continuous_side(
    evidence: Evidence,
    study: Study,
    rows: Sequence[ArmRow],
    trace: TraceBuilder,
    base: str,
    *,
    change: bool,
    needs_sd: bool = True,
) -> Side:
    """Mean, SD and size of one side; several arms are combined (Handbook 6.5.2.10).

    Parameters
    ----------
    base
        Begins the ids of the nodes made here.
    change
        Take the change since baseline, not the scores at the time.
    needs_sd
        False where the spread may be had elsewhere, from the contrast that the report prints.
    """
    found: list[_Numbers] = []
    lacks: list[str] = []
    for held in rows:
        numbers = _of_arm(evidence, study, held, trace, f"{base}.{held.arm.id}", change=change)
        if isinstance(numbers, Missing):
            lacks += numbers.lacks
        elif numbers.sd is None and needs_sd:
            lacks.append(NO_SPREAD)
        else:
            found.append(numbers)
    if lacks or not found:
        return Missing(lacks=tuple(dict.fromkeys(lacks)) or ("no result for each group",))
    label = " and ".join(held.arm.label for held in rows)
    if len(found) == 1:
        only = found[0]
        return ArmData(
            label=label,
            n=only.n,
            mean=only.mean,
            sd=only.sd,
            derived=only.derived,
            nodes=only.nodes,
        )
    if any(numbers.sd is None for numbers in found):
        return Missing(lacks=("no standard deviation for each of its arms",))
    return _combined(found, label, trace, base)


def _of_arm(
    evidence: Evidence,
    study: Study,
    held: ArmRow,
    trace: TraceBuilder,
    base: str,
    *,
    change: bool,
) -> _Numbers | Missing:
    row = held.row
    lacks = []
    nodes: dict[str, str] = {}
    n = row.n if row.n is not None else held.arm.n
    if row.n is not None:
        nodes["n"] = result_cell(trace, evidence, row, "n").node
    elif held.arm.n is not None:
        nodes["n"] = arm_cell(trace, study, held.arm, "n").node
    else:
        lacks.append("no number of people in each group")
    if change:
        mean, sd = row.change_mean, row.change_sd
        if mean is None or sd is None:
            return Missing(lacks=("no change since baseline with its standard deviation",))
        if n is None:
            return Missing(lacks=tuple(lacks))
        nodes["mean"] = result_cell(trace, evidence, row, "change_mean").node
        nodes["sd"] = result_cell(trace, evidence, row, "change_sd").node
        return _Numbers(mean=mean, sd=sd, n=n, nodes=nodes)
    if row.mean is None and row.median is None:
        lacks.insert(0, _without_mean(row))
    elif row.qualifier == "about":
        lacks.insert(0, "only rough means")
        if row.sd is None and row.se is None and row.ci_low is None:
            lacks.insert(1, NO_SPREAD)
    if lacks or n is None:
        return Missing(lacks=tuple(lacks))
    if row.mean is None:
        return _from_quantiles(evidence, row, n, nodes, trace, base)
    nodes["mean"] = result_cell(trace, evidence, row, "mean").node
    return _spread(evidence, row, row.mean, n, nodes, trace, base)


def _without_mean(row: Result) -> str:
    if row.min is not None or row.max is not None:
        return "ranges of scores in place of means"
    if row.direction is not None:
        return "only which way scores went"
    if row.p is not None:
        return "only a p value"
    return "no mean or median"


def _spread(
    evidence: Evidence,
    row: Result,
    mean: float,
    n: int,
    nodes: dict[str, str],
    trace: TraceBuilder,
    base: str,
) -> _Numbers:
    """The SD as printed, else from the standard error, else from the confidence interval."""
    if row.sd is not None:
        nodes["sd"] = result_cell(trace, evidence, row, "sd").node
        return _Numbers(mean=mean, sd=row.sd, n=n, nodes=nodes)
    if row.se is not None:
        converted = sd_from_se(row.se, n)
        inputs = [result_cell(trace, evidence, row, "se").node, nodes["n"]]
    elif row.ci_low is not None and row.ci_high is not None:
        converted = sd_from_ci(row.ci_low, row.ci_high, n)
        inputs = [
            result_cell(trace, evidence, row, column).node for column in ("ci_low", "ci_high")
        ] + [nodes["n"]]
    else:
        return _Numbers(mean=mean, sd=None, n=n, nodes=nodes)
    nodes["sd"] = trace.computed(
        f"{base}.sd",
        "standard deviation",
        converted.value,
        function=converted.name,
        inputs=inputs,
        parameters=converted.inputs,
        method=converted.reference,
    )
    return _Numbers(mean=mean, sd=converted.value, n=n, nodes=nodes, derived=(converted.name,))


def _from_quantiles(
    evidence: Evidence,
    row: Result,
    n: int,
    nodes: dict[str, str],
    trace: TraceBuilder,
    base: str,
) -> _Numbers | Missing:
    """Mean and SD from a median with quartiles, range or both."""
    given = {
        name: value
        for name in ("min", "q1", "median", "q3", "max")
        if (value := getattr(row, name)) is not None
    }
    if not ({"q1", "q3"} <= given.keys() or {"min", "max"} <= given.keys()):
        return Missing(lacks=("a median without its spread",))
    converted = mean_sd_from_quantiles(n=n, **given)
    inputs = [result_cell(trace, evidence, row, name).node for name in given] + [nodes["n"]]
    for name, value in (("mean", converted.mean), ("sd", converted.sd)):
        nodes[name] = trace.computed(
            f"{base}.{name}",
            "mean" if name == "mean" else "standard deviation",
            value,
            function=converted.name,
            inputs=inputs,
            parameters=converted.inputs,
            method=converted.reference,
        )
    return _Numbers(
        mean=converted.mean, sd=converted.sd, n=n, nodes=nodes, derived=(converted.name,)
    )


def _combined(found: Sequence[_Numbers], label: str, trace: TraceBuilder, base: str) -> ArmData:
    converted = combine_means(
        [numbers.mean for numbers in found],
        [numbers.sd for numbers in found if numbers.sd is not None],
        [numbers.n for numbers in found],
    )
    inputs = [node for numbers in found for node in numbers.nodes.values()]
    nodes = {
        name: trace.computed(
            f"{base}.{name}",
            f"{name} of the arms together",
            value,
            function=converted.name,
            inputs=inputs,
            method=converted.reference,
        )
        for name, value in (("mean", converted.mean), ("sd", converted.sd), ("n", converted.n))
    }
    derived = [name for numbers in found for name in numbers.derived]
    return ArmData(
        label=label,
        n=int(converted.n),
        mean=converted.mean,
        sd=converted.sd,
        derived=(*dict.fromkeys(derived), converted.name),
        nodes=nodes,
    )


def people_of(trace: TraceBuilder, node: str, label: str, sides: Sequence[ArmData]) -> Quantity:
    """People in some sides together, under a node of its own."""
    total = sum(side.total or side.n or 0 for side in sides)
    inputs = [side.nodes["total" if side.total is not None else "n"] for side in sides]
    trace.computed(node, label, total, function="sum", inputs=inputs)
    return Quantity(text=plain(total), node=node)


def dichotomous_side(
    evidence: Evidence,
    study: Study,
    rows: Sequence[ArmRow],
    trace: TraceBuilder,
    base: str,
) -> Side:
    """People with the event and people in all on one side; several arms are added up.

    The people in all are the row's `total`, else its `n`, else those allotted to the arm.
    """
    lacks: list[str] = []
    counts: list[tuple[int, int, str, str]] = []
    for held in rows:
        row = held.row
        if row.events is None:
            lacks.append("no number of people with the event")
            continue
        events = result_cell(trace, evidence, row, "events").node
        for column in ("total", "n"):
            value = getattr(row, column)
            if value is not None:
                total_node = result_cell(trace, evidence, row, column).node
                counts.append((row.events, value, events, total_node))
                break
        else:
            if held.arm.n is None:
                lacks.append("no number of people in each group")
            else:
                total_node = arm_cell(trace, study, held.arm, "n").node
                counts.append((row.events, held.arm.n, events, total_node))
    if lacks or not counts:
        return Missing(lacks=tuple(dict.fromkeys(lacks)) or ("no result for each group",))
    label = " and ".join(held.arm.label for held in rows)
    if len(counts) == 1:
        count, total, events_node, total_node = counts[0]
        return ArmData(
            label=label,
            n=total,
            events=count,
            total=total,
            nodes={"events": events_node, "total": total_node},
        )
    sums = {
        "events": (sum(c[0] for c in counts), [c[2] for c in counts]),
        "total": (sum(c[1] for c in counts), [c[3] for c in counts]),
    }
    return ArmData(
        label=label,
        n=sums["total"][0],
        events=sums["events"][0],
        total=sums["total"][0],
        derived=("arms added up",),
        nodes={
            name: trace.computed(
                f"{base}.{name}",
                f"{name} of the arms together",
                value,
                function="sum",
                inputs=inputs,
                method="Cochrane Handbook 6.2.9",
            )
            for name, (value, inputs) in sums.items()
        },
    )
