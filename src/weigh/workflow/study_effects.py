"""One study's effect as a value: with its interval, its natural scale, its nodes and cautions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.evidence.comparison import ArmData, StudyEffect
from weigh.evidence.effect import EffectSizes
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Design
from weigh.stats.tails import two_sided_quantile
from weigh.workflow.cases import Case
from weigh.workflow.pooling import log_scale, natural_scale

__all__ = ["LEVEL", "Figures", "from_arms", "study_effect"]

#: Confidence level of every interval that the program computes.
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An effect and its variance, what they were made from, and how.

    `n_node` is the node of `people`.
    """

    yi: float
    vi: float
    inputs: Sequence[str]
    function: str
    people: int
    n_node: str


def from_arms(
    case: Case, effect: EffectSizes, treated: ArmData, control: ArmData | None
) -> StudyEffect:
    """The effect that was worked out from the numbers of the arms."""
    sides = [side for side in (treated, control) if side is not None]
    people = sum(side.total or side.n or 0 for side in sides)
    n_node = case.trace.computed(
        f"{case.base}.n",
        f"{case.study.label}: people analysed",
        people,
        function="sum",
        inputs=[side.nodes["total" if side.total is not None else "n"] for side in sides],
    )
    figures = Figures(
        yi=float(effect.yi[0]),
        vi=float(effect.vi[0]),
        inputs=[node for side in sides for node in side.nodes.values()],
        function="weigh.effect_size",
        people=people,
        n_node=n_node,
    )
    return study_effect(case, figures, treated, control, notes=_notes(case, sides))


def study_effect(
    case: Case,
    figures: Figures,
    treated: ArmData,
    control: ArmData | None,
    *,
    notes: tuple[Phrase, ...] = (),
) -> StudyEffect:
    """An effect with a normal interval, on the analysis scale and on the one that people read."""
    half = float(two_sided_quantile(LEVEL)) * math.sqrt(figures.vi)
    values: dict[str, float | None] = {
        "estimate": figures.yi,
        "ci_low": figures.yi - half,
        "ci_high": figures.yi + half,
    }
    nodes = {
        name: case.trace.computed(
            f"{case.base}.{name}",
            f"{case.study.label}: {words}",
            value,
            function=figures.function,
            inputs=tuple(figures.inputs),
            parameters={"measure": case.measure},
        )
        for name, words, value in (
            ("yi", _effect(case.measure, figures.yi), figures.yi),
            ("vi", "sampling variance", figures.vi),
        )
    }
    ends = {
        end: case.trace.computed(
            f"{case.base}.{end}",
            f"{case.study.label}: interval, {side} end{log_scale(case.measure, values[end])}",
            values[end],
            function="normal interval",
            inputs=[nodes["yi"], nodes["vi"]],
            parameters={"level": LEVEL},
        )
        for end, side in (("ci_low", "lower"), ("ci_high", "upper"))
    }
    natural = natural_scale(
        case.trace,
        f"{case.base}.natural",
        case.measure,
        values,
        {"estimate": nodes["yi"], **ends},
    )
    return StudyEffect(
        study=case.study,
        yi=figures.yi,
        vi=figures.vi,
        ci_low=figures.yi - half,
        ci_high=figures.yi + half,
        natural=natural,
        n=figures.people,
        intervention=treated,
        comparator=control,
        weeks=case.selection.weeks,
        timepoint=case.selection.timepoint,
        notes=notes,
        nodes={**nodes, **ends, "n": figures.n_node, "study": case.study_cell.node},
    )


def _notes(case: Case, sides: Sequence[ArmData]) -> tuple[Phrase, ...]:
    notes = [_derived(case, side) for side in sides if side.derived]
    if any(side.events is not None and side.events in (0, side.total) for side in sides):
        notes.append(_half_added(case, sides))
    if case.study.design is Design.CROSSOVER_RCT:
        notes.append(
            say(
                "{study} is a crossover trial taken as if its periods were separate groups, which "
                "makes its interval wider than it need be.",
                study=case.study_cell,
            )
        )
    return tuple(notes)


def _derived(case: Case, side: ArmData) -> Phrase:
    first = next(iter(side.nodes.values()))
    return say(
        "{study}, {arm}: {how}.",
        study=case.study_cell,
        arm=Quantity(text=side.label, node=first),
        how=Quantity(text="; ".join(dict.fromkeys(side.derived)), node=side.nodes.get("sd", first)),
    )


def _half_added(case: Case, sides: Sequence[ArmData]) -> Phrase:
    """What was done about a cell with nobody in it (Handbook 10.4.4.2)."""
    node = case.trace.computed(
        f"{case.base}.correction",
        f"{case.study.label}: added to each cell",
        0.5,
        function="zero-cell rule",
        inputs=[node for side in sides for node in side.nodes.values()],
        parameters={"add": 0.5, "to": "only0"},
        method="Cochrane Handbook 10.4.4.2",
    )
    return say(
        "{study}: {half} was added to each of its four cells, since one of them is empty.",
        study=case.study_cell,
        half=Quantity(text="0.5", node=node),
    )


def _effect(measure: str, value: float) -> str:
    """``effect (MD)``, and of a ratio that it is a logarithm."""
    return f"effect{log_scale(measure, value) or f' ({measure})'}"
