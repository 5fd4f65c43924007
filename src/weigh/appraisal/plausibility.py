"""Whether printed numbers can be: bounds that no sample can pass.

Whether figures that imply each other fit is next door, in `contrast_fit`. Cochrane's policy on
problematic studies (2021; Handbook 4.4.5) and INSPECT-SR (Hunter et al. 2024) ask for such a look
before a study is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

from weigh.evidence.cells import arm_cell, participants_cell, result_cell, study_cell
from weigh.evidence.figures import amount, plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import name_of
from weigh.evidence.question import Outcome
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, Quantity, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["impossible", "place_of"]


def impossible(evidence: Evidence, study: Study, trace: TraceBuilder) -> Iterator[Phrase]:
    """Printed numbers that no data could have."""
    outcomes = {outcome.id: outcome for outcome in evidence.question.outcomes}
    for row in evidence.results:
        if row.study != study.id or row.versus is not None or row.outcome not in outcomes:
            continue
        outcome = outcomes[row.outcome]
        where = partial(place_of, trace, evidence, study, row, outcome)
        yield from _spreads(trace, evidence, row, outcome, where)
        if row.events is not None and row.total is not None and row.events > row.total:
            yield say(
                "{where}: {events} people with the event are more than the {total} counted.",
                where=where(),
                events=result_cell(trace, evidence, row, "events"),
                total=result_cell(trace, evidence, row, "total"),
            )
    yield from _grown(trace, study)


def place_of(
    trace: TraceBuilder, evidence: Evidence, study: Study, row: Result, outcome: Outcome | None
) -> Phrase:
    """``Tan 2024, Leg cramps at night, week 8``, and the arm where it is one arm's."""
    name: Part = row.outcome
    if outcome is not None:
        node_id = f"question.outcomes.{outcome.id}.name"
        name = name_of(trace, node_id, outcome, "name", outcome.name)
    arm = next((arm for arm in study.arms if arm.id == row.arm), None)
    label: Part = ""
    if row.versus is None and arm is not None:
        label = arm_cell(trace, study, arm, "label")
    return say(
        "{study}, {name}, {time}{gap}{arm}",
        study=study_cell(trace, study),
        name=name,
        time=result_cell(trace, evidence, row, "timepoint"),
        gap=", " if label else "",
        arm=label,
    )


def _spreads(
    trace: TraceBuilder,
    evidence: Evidence,
    row: Result,
    outcome: Outcome,
    where: Callable[[], Phrase],
) -> Iterator[Phrase]:
    """SDs wider than scores on the scale, with this mean, can have (Bhatia and Davis 2000)."""
    if outcome.scale is None or outcome.scale[1] <= outcome.scale[0]:
        return
    low, high = outcome.scale
    width = high - low
    # A change lies between minus and plus the width of the scale.
    for column, mean_column, bottom, top in (
        ("sd", "mean", low, high),
        ("change_sd", "change_mean", -width, width),
    ):
        sd, mean = getattr(row, column), getattr(row, mean_column)
        middle = (bottom + top) / 2.0
        if sd is None or (mean is not None and not bottom <= mean <= top):
            continue
        centre = middle if mean is None else _towards(middle, mean, _half_unit(mean))
        spare = row.n / (row.n - 1) if row.n is not None and row.n > 1 else 2.0
        widest = math.sqrt((top - centre) * (centre - bottom) * spare)
        if sd - _half_unit(sd) <= widest:
            continue
        held = [column] + [name for name in (mean_column, "n") if getattr(row, name) is not None]
        cells = [result_cell(trace, evidence, row, name) for name in held]
        node = trace.computed(
            f"{cells[0].node}.widest",
            "widest SD that is possible",
            widest,
            function="sqrt((top - mean) (mean - bottom) n / (n - 1))",
            inputs=[cell.node for cell in cells],
            parameters={"bottom": bottom, "top": top},
            method="Bhatia and Davis 2000",
        )
        yield say(
            "{where}: an SD of {sd} is wider than the scale allows ({widest} at most).",
            where=where(),
            sd=cells[0],
            widest=Quantity(text=amount(widest), node=node),
        )


def _half_unit(value: float) -> float:
    """Half of the last digit printed; a zero at the end is not kept, which only widens it."""
    _, _, decimals = plain(value).partition(".")
    return 0.5 * 10.0 ** -len(decimals)


def _towards(middle: float, value: float, step: float) -> float:
    """The value moved by at most a step towards the middle."""
    return middle if abs(middle - value) <= step else value + math.copysign(step, middle - value)


def _grown(trace: TraceBuilder, study: Study) -> Iterator[Phrase]:
    """More people at the end than at the start, by one and the same report."""
    for later in study.participants:
        for earlier in study.participants:
            if (
                later.kind in ("completed", "analysed")
                and earlier.kind in ("randomised", "enrolled")
                and later.source == earlier.source
                and later.count > earlier.count
            ):
                yield say(
                    "{study}: {later} people {kind} are more than the {earlier} {before}.",
                    study=study_cell(trace, study),
                    later=participants_cell(trace, study, later),
                    kind=later.kind,
                    earlier=participants_cell(trace, study, earlier),
                    before=earlier.kind,
                )
