"""What one study gives for a comparison: its effect, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from weigh.effects import effect_size
from weigh.effects.difference import (
    sd_from_difference_ci,
    sd_from_difference_p,
    sd_from_difference_se,
)
from weigh.evidence.cells import people, result_cell, study_cell
from weigh.evidence.comparison import ArmData, Natural, StudyEffect
from weigh.evidence.effect import EffectSizes
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Phrase, Quantity, listing, say
from weigh.evidence.study import Design
from weigh.evidence.trace import TraceBuilder
from weigh.stats.tails import two_sided_quantile
from weigh.workflow.arms import (
    NO_SPREAD,
    Missing,
    Side,
    continuous_side,
    dichotomous_side,
    has_change,
)
from weigh.workflow.plans import Task
from weigh.workflow.pooling import LOG_MEASURES, natural_scale
from weigh.workflow.rows import Selection

__all__ = ["LEVEL", "NoEstimate", "estimate"]

#: Confidence level of every interval that the program computes.
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEstimate:
    """Why a study that measured the outcome gives no effect, as the end of a sentence."""

    reason: Phrase


def estimate(
    evidence: Evidence, task: Task, measure: str, selection: Selection, trace: TraceBuilder
) -> StudyEffect | NoEstimate:
    """One study's effect from its chosen rows.

    The arms' own numbers come first; where they do not suffice, the contrast that the report
    prints (its estimate with interval or standard error) is taken. Studies without a control group
    give a mean change, and only where the change itself was reported with its spread.
    """
    if measure == "PR":
        return _refusal(selection, trace, ("no comparison: everyone had the same treatment",))
    if measure == "MC":
        return _change(evidence, task, selection, trace)
    if task.outcome.kind == "continuous":
        found = _difference(evidence, task, measure, selection, trace)
    else:
        found = _events(evidence, task, measure, selection, trace)
    if isinstance(found, Missing) and selection.contrast is not None:
        printed = _printed(evidence, task, measure, selection, trace)
        if printed is not None:
            return printed
    return _refusal(selection, trace, found.lacks) if isinstance(found, Missing) else found


def _refusal(selection: Selection, trace: TraceBuilder, lacks: tuple[str, ...]) -> NoEstimate:
    return NoEstimate(
        reason=say(
            "the reports give {lacks}",
            lacks=listing(lacks),
            rests_on=(study_cell(trace, selection.study).node,),
        )
    )


def _base(task: Task, selection: Selection) -> str:
    return f"{task.id}.{selection.study.id}"


def _difference(
    evidence: Evidence, task: Task, measure: str, selection: Selection, trace: TraceBuilder
) -> StudyEffect | Missing:
    change = has_change(selection.intervention) and has_change(selection.comparator)
    sides = [
        continuous_side(
            evidence,
            selection.study,
            rows,
            trace,
            f"{_base(task, selection)}.{name}",
            change=change,
        )
        for name, rows in (
            ("intervention", selection.intervention),
            ("comparator", selection.comparator),
        )
    ]
    lacks = [lack for side in sides if isinstance(side, Missing) for lack in side.lacks]
    if set(lacks) == {NO_SPREAD}:
        sides = _spread_from_contrast(evidence, task, selection, trace)
        lacks = [lack for side in sides if isinstance(side, Missing) for lack in side.lacks]
    if lacks:
        return Missing(lacks=tuple(dict.fromkeys(lacks)))
    treated, control = (side for side in sides if isinstance(side, ArmData))
    effect = effect_size(
        measure,
        mean1=treated.mean,
        sd1=treated.sd,
        n1=treated.n,
        mean2=control.mean,
        sd2=control.sd,
        n2=control.n,
    )
    return _study_effect(task, measure, selection, effect, treated, control, trace)


def _spread_from_contrast(
    evidence: Evidence, task: Task, selection: Selection, trace: TraceBuilder
) -> list[Side]:
    """Both sides with one SD, from the printed difference between them (Handbook 6.5.2.3).

    Its standard error, interval or exact p value gives the SD that the groups have in common. Only
    two single arms can be treated so.
    """
    none = Missing(lacks=(NO_SPREAD,))
    row = selection.contrast
    if row is None or len(selection.intervention) != 1 or len(selection.comparator) != 1:
        return [none]
    sides = [
        continuous_side(
            evidence,
            selection.study,
            rows,
            trace,
            f"{_base(task, selection)}.{name}",
            change=False,
            needs_sd=False,
        )
        for name, rows in (
            ("intervention", selection.intervention),
            ("comparator", selection.comparator),
        )
    ]
    treated, control = sides
    if isinstance(treated, Missing) or isinstance(control, Missing):
        return [none]
    if None in (treated.mean, control.mean, treated.n, control.n):
        return [none]
    n1, n2 = float(treated.n or 0), float(control.n or 0)
    if row.se is not None:
        converted, columns = sd_from_difference_se(row.se, n1, n2), ["se"]
    elif row.ci_low is not None and row.ci_high is not None:
        converted = sd_from_difference_ci(row.ci_low, row.ci_high, n1, n2)
        columns = ["ci_low", "ci_high"]
    elif row.p is not None and row.p_relation == "=" and 0 < row.p < 1:
        difference = (treated.mean or 0.0) - (control.mean or 0.0)
        if difference == 0:
            return [none]
        converted, columns = sd_from_difference_p(difference, row.p, n1, n2), ["p"]
    else:
        return [none]
    inputs = [result_cell(trace, evidence, row, column).node for column in columns]
    node = trace.computed(
        f"{_base(task, selection)}.sd",
        f"{selection.study.label}: standard deviation of both groups",
        converted.value,
        function=converted.name,
        inputs=[*inputs, *treated.nodes.values(), *control.nodes.values()],
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
        for side in (treated, control)
    ]


def _events(
    evidence: Evidence, task: Task, measure: str, selection: Selection, trace: TraceBuilder
) -> StudyEffect | Missing:
    sides = [
        dichotomous_side(evidence, selection.study, rows, trace, f"{_base(task, selection)}.{name}")
        for name, rows in (
            ("intervention", selection.intervention),
            ("comparator", selection.comparator),
        )
    ]
    lacks = [lack for side in sides if isinstance(side, Missing) for lack in side.lacks]
    if lacks:
        return Missing(lacks=tuple(dict.fromkeys(lacks)))
    treated, control = (side for side in sides if isinstance(side, ArmData))
    effect = effect_size(
        measure,
        events1=treated.events,
        n1=treated.total,
        events2=control.events,
        n2=control.total,
        drop00=measure in ("RR", "OR"),
    )
    if not math.isfinite(float(effect.yi[0])):
        return Missing(lacks=("no events in either group, which tells nothing of a ratio",))
    return _study_effect(task, measure, selection, effect, treated, control, trace)


def _change(
    evidence: Evidence, task: Task, selection: Selection, trace: TraceBuilder
) -> StudyEffect | NoEstimate:
    side = continuous_side(
        evidence,
        selection.study,
        selection.intervention,
        trace,
        f"{_base(task, selection)}.intervention",
        change=True,
    )
    if isinstance(side, Missing):
        scores = continuous_side(
            evidence,
            selection.study,
            selection.intervention,
            trace,
            f"{_base(task, selection)}.scores",
            change=False,
        )
        lacks = scores.lacks if isinstance(scores, Missing) else side.lacks
        return _refusal(selection, trace, lacks)
    effect = effect_size("MN", mean=side.mean, sd=side.sd, n=side.n)
    return _study_effect(task, "MC", selection, effect, side, None, trace)


def _study_effect(
    task: Task,
    measure: str,
    selection: Selection,
    effect: EffectSizes,
    treated: ArmData,
    control: ArmData | None,
    trace: TraceBuilder,
) -> StudyEffect:
    inputs = [*treated.nodes.values(), *(control.nodes.values() if control else ())]
    people = (treated.total or treated.n or 0) + (
        (control.total or control.n or 0) if control else 0
    )
    notes = [_derived(side, selection, trace) for side in (treated, control) if side is not None]
    if any(_empty(side) for side in (treated, control) if side is not None):
        notes.append(_half_added(selection, treated, control, trace))
    if selection.study.design is Design.CROSSOVER_RCT:
        notes.append(
            say(
                "{study} is a crossover trial taken as if its periods were separate groups, which "
                "makes its interval wider than it need be.",
                study=study_cell(trace, selection.study),
            )
        )
    size_nodes = [
        side.nodes["total" if side.total is not None else "n"]
        for side in (treated, control)
        if side is not None
    ]
    n_node = trace.computed(
        f"{_base(task, selection)}.n",
        f"{selection.study.label}: people analysed",
        people,
        function="sum",
        inputs=size_nodes,
    )
    return _assembled(
        task,
        measure,
        selection,
        float(effect.yi[0]),
        float(effect.vi[0]),
        inputs,
        "weigh.effect_size",
        people,
        n_node,
        treated,
        control,
        tuple(note for note in notes if note is not None),
        trace,
    )


def _assembled(
    task: Task,
    measure: str,
    selection: Selection,
    yi: float,
    vi: float,
    inputs: list[str],
    function: str,
    people: int,
    n_node: str,
    treated: ArmData,
    control: ArmData | None,
    notes: tuple[Phrase, ...],
    trace: TraceBuilder,
) -> StudyEffect:
    base = _base(task, selection)
    half = two_sided_quantile(LEVEL) * math.sqrt(vi)
    values: dict[str, float | None] = {
        "estimate": yi,
        "ci_low": yi - half,
        "ci_high": yi + half,
    }
    label = selection.study.label
    parameters = {"measure": measure}
    nodes = {
        "yi": trace.computed(
            f"{base}.yi",
            f"{label}: effect ({measure})",
            yi,
            function=function,
            inputs=inputs,
            parameters=parameters,
        ),
        "vi": trace.computed(
            f"{base}.vi",
            f"{label}: sampling variance",
            vi,
            function=function,
            inputs=inputs,
            parameters=parameters,
        ),
        "n": n_node,
        "study": study_cell(trace, selection.study).node,
    }
    ends = {"estimate": nodes["yi"]}
    for end in ("ci_low", "ci_high"):
        ends[end] = trace.computed(
            f"{base}.{end}",
            f"{label}: interval, {'lower' if end == 'ci_low' else 'upper'} end",
            values[end],
            function="normal interval",
            inputs=[nodes["yi"], nodes["vi"]],
            parameters={"level": LEVEL},
        )
    nodes |= {"ci_low": ends["ci_low"], "ci_high": ends["ci_high"]}
    natural: Natural = natural_scale(trace, f"{base}.natural", measure, values, ends)
    return StudyEffect(
        study=selection.study,
        yi=yi,
        vi=vi,
        ci_low=yi - half,
        ci_high=yi + half,
        natural=natural,
        n=people,
        intervention=treated,
        comparator=control,
        weeks=selection.weeks,
        timepoint=selection.timepoint,
        notes=notes,
        nodes=nodes,
    )


def _printed(
    evidence: Evidence, task: Task, measure: str, selection: Selection, trace: TraceBuilder
) -> StudyEffect | None:
    """The contrast as the report prints it; None where it lacks a spread or is another measure."""
    row = selection.contrast
    if row is None or row.effect is None or row.measure != measure:
        return None
    onto = math.log if measure in LOG_MEASURES else float
    inputs = [result_cell(trace, evidence, row, "effect").node]
    if row.se is not None:
        se = row.se
        inputs.append(result_cell(trace, evidence, row, "se").node)
    elif row.ci_low is not None and row.ci_high is not None:
        # Handbook 6.3.1: the interval is taken as normal, on the analysis scale.
        se = (onto(row.ci_high) - onto(row.ci_low)) / (2 * float(two_sided_quantile(LEVEL)))
        inputs += [
            result_cell(trace, evidence, row, column).node for column in ("ci_low", "ci_high")
        ]
    else:
        return None
    counted = people(trace, selection.study)
    if counted is None or se <= 0:
        return None
    size = trace[counted.node].value
    return _assembled(
        task,
        measure,
        selection,
        onto(row.effect),
        se**2,
        inputs,
        "as printed (Cochrane Handbook 6.3)",
        size if isinstance(size, int) else 0,
        counted.node,
        ArmData(label=selection.study.arm(row.arm).label),
        ArmData(label=selection.study.arm(row.versus or row.arm).label),
        (
            say(
                "{study}: the effect is taken as its report prints it, since its groups' own "
                "numbers do not suffice.",
                study=study_cell(trace, selection.study),
            ),
        ),
        trace,
    )


def _derived(side: ArmData, selection: Selection, trace: TraceBuilder) -> Phrase | None:
    if not side.derived:
        return None
    return say(
        "{study}, {arm}: {how}.",
        study=study_cell(trace, selection.study),
        arm=Quantity(text=side.label, node=next(iter(side.nodes.values()))),
        how=Quantity(
            text="; ".join(dict.fromkeys(side.derived)),
            node=side.nodes.get("sd", next(iter(side.nodes.values()))),
        ),
    )


def _empty(side: ArmData) -> bool:
    return side.events is not None and side.events in (0, side.total)


def _half_added(
    selection: Selection, treated: ArmData, control: ArmData | None, trace: TraceBuilder
) -> Phrase:
    """What was done about a cell with nobody in it (Handbook 10.4.4.2)."""
    sides = [side for side in (treated, control) if side is not None]
    node = trace.computed(
        f"correction.{selection.study.id}.{selection.rows[0].outcome}",
        f"{selection.study.label}: added to each cell",
        0.5,
        function="zero-cell rule",
        inputs=[node for side in sides for node in side.nodes.values()],
        parameters={"add": 0.5, "to": "only0"},
        method="Cochrane Handbook 10.4.4.2",
    )
    return say(
        "{study}: {half} was added to each of its four cells, since one of them is empty.",
        study=study_cell(trace, selection.study),
        half=Quantity(text="0.5", node=node),
    )
