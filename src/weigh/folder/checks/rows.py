"""Figures that cannot stand in one row of ``results.csv``, or not for that outcome."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from weigh.errors import Fault
from weigh.evidence.question import Outcome
from weigh.evidence.result import Result
from weigh.folder.gathered import Gathered

__all__ = ["check_rows"]

_RECOVER = (
    "If the spread was not reported, leave the cell empty and weigh will list the ways to recover "
    "it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row with its outcome, where that is known, and the way to make a fault of it."""

    row: Result
    outcome: Outcome | None
    gathered: Gathered

    def fault(self, column: str, found: str, expected: str, hint: str | None = None) -> Fault:
        row = self.row
        arm = row.arm if row.versus is None else f"{row.arm} against {row.versus}"
        where = f"{row.study}, {arm}, {row.outcome} at {row.timepoint}"
        return self.gathered.fault(row, column, found, expected, hint, where=where)


def check_rows(gathered: Gathered) -> Iterator[Fault]:
    """Everything that one row says about itself and cannot be."""
    outcomes = {outcome.id: outcome for outcome in gathered.outcomes}
    for row in gathered.results:
        held = _Row(row=row, outcome=outcomes.get(row.outcome), gathered=gathered)
        for check in _CHECKS:
            yield from check(held)
    yield from _weeks(gathered)


def _spread(held: _Row) -> Iterator[Fault]:
    row = held.row
    people = f" for {row.n} participants" if row.n is not None else ""
    for column, name in (("sd", "SD"), ("se", "SE"), ("change_sd", "SD of the change")):
        value = getattr(row, column)
        if value is None or value > 0:
            continue
        if value == 0:
            found = f"an {name} of 0{people}, which would give this study infinite weight"
        else:
            found = f"an {name} of {value:g}{people}, and a spread is never negative"
        yield held.fault(column, found, "a number above 0, or an empty cell", _RECOVER)


def _counts(held: _Row) -> Iterator[Fault]:
    row = held.row
    for column in ("n", "total"):
        if getattr(row, column) == 0:
            yield held.fault(
                column,
                "0 people",
                "1 or more, or an empty cell",
                "If nobody was measured, leave the row out.",
            )
    if row.events is None:
        return
    whole = row.total if row.total is not None else row.n
    if whole is not None and row.events > whole:
        name = "total" if row.total is not None else "n"
        yield held.fault(
            "events",
            f"{row.events} people with the event out of {whole}",
            f"no more events than people (`{name}`)",
            "Count people, not episodes: somebody with two episodes is one person with the event.",
        )
    if whole is None and row.versus is None and not _arm_has_size(held):
        yield held.fault(
            "total", "events without the number of people", "out of how many the events were"
        )


def _arm_has_size(held: _Row) -> bool:
    return any(
        arm.n is not None
        for study in held.gathered.studies
        if study.id == held.row.study
        for arm in study.arms
        if arm.id == held.row.arm
    )


def _kind(held: _Row) -> Iterator[Fault]:
    if held.outcome is None:
        return
    row = held.row
    if held.outcome.kind == "continuous" and row.events is not None:
        yield held.fault(
            "events",
            f"events ({row.events}) for {row.outcome}, which is continuous",
            "means for a continuous outcome",
            "People with an event are a dichotomous outcome: add one to question.yaml.",
        )
    if held.outcome.kind == "dichotomous":
        for column in ("mean", "sd", "median", "change_mean", "change_sd"):
            value = getattr(row, column)
            if value is not None:
                yield held.fault(
                    column,
                    f"{value:g} for {row.outcome}, which is dichotomous",
                    "`events` and `total` for a dichotomous outcome",
                    "An average is a continuous outcome: add one to question.yaml.",
                )
                return


def _interval(held: _Row) -> Iterator[Fault]:
    row = held.row
    low, high = row.ci_low, row.ci_high
    if low is None or high is None:
        return
    if low > high:
        yield held.fault(
            "ci_low", f"{low:g} above ci_high, which is {high:g}", "the lower end of the interval"
        )
        return
    columns = ("effect",) if row.versus is not None else ("mean", "change_mean", "median")
    column = next((name for name in columns if getattr(row, name) is not None), None)
    if column is None:
        return
    estimate = getattr(row, column)
    if not low <= estimate <= high:
        yield held.fault(
            "ci_low",
            f"an interval from {low:g} to {high:g} that does not hold its estimate, "
            f"{estimate:g} (`{column}`)",
            "an interval around its estimate",
            "Check the signs, and that both belong to the same time and group. If they are printed "
            "so, keep the estimate, leave the interval empty and say so in `note`.",
        )


def _order(held: _Row) -> Iterator[Fault]:
    """Each figure between those that it must lie between."""
    row = held.row
    if row.q1 is not None and row.q3 is not None and row.q1 > row.q3:
        yield held.fault("q1", f"{row.q1:g} above q3, which is {row.q3:g}", "the lower quartile")
    elif row.median is not None:
        yield from _between(held, "median", "q1", "q3", "the median between the quartiles")
    if row.min is not None and row.max is not None and row.min > row.max:
        yield held.fault("min", f"{row.min:g} above max, which is {row.max:g}", "the lowest value")
        return
    for column in ("mean", "median", "q1", "q3"):
        yield from _between(held, column, "min", "max", "a value between the lowest and highest")


def _between(held: _Row, column: str, low: str, high: str, expected: str) -> Iterator[Fault]:
    value = getattr(held.row, column)
    least, most = getattr(held.row, low), getattr(held.row, high)
    if value is None:
        return
    if least is not None and value < least:
        yield held.fault(column, f"{value:g} below {low}, which is {least:g}", expected)
    if most is not None and value > most:
        yield held.fault(column, f"{value:g} above {high}, which is {most:g}", expected)


def _scale(held: _Row) -> Iterator[Fault]:
    """Nothing beyond the ends of the outcome's scale."""
    row = held.row
    if held.outcome is None or held.outcome.scale is None or row.versus is not None:
        return
    low, high = held.outcome.scale
    width = high - low
    if width <= 0:
        return
    scale = f"the scale of {row.outcome}, {low:g} to {high:g}"
    for column in ("mean", "median", "q1", "q3", "min", "max"):
        value = getattr(row, column)
        if value is not None and not low <= value <= high:
            yield held.fault(
                column,
                f"{value:g}, outside {scale}",
                "a score on it",
                "If the study used another scale, it needs an outcome of its own.",
            )
    if row.change_mean is not None and abs(row.change_mean) > width:
        yield held.fault(
            "change_mean", f"a change of {row.change_mean:g}, wider than {scale}", "a possible one"
        )
    # The widest spread there can be: half of the people at each end of the scale.
    n = row.n if row.n is not None and row.n > 1 else 2
    widest = width / 2 * math.sqrt(n / (n - 1))
    if row.sd is not None and row.sd > widest * 1.005:
        yield held.fault(
            "sd",
            f"an SD of {row.sd:g}, wider than {scale} allows ({widest:.3g} at most)",
            "a possible SD",
            "Is it a standard error, a variance, or a figure of another scale?",
        )


def _p(held: _Row) -> Iterator[Fault]:
    row = held.row
    if row.p == 0 and row.p_relation != ">":
        yield held.fault(
            "p",
            "a p value of 0",
            "a bound, as no p value is 0",
            "Write <0.001 if it printed 0.000.",
        )
    if row.p is None and row.p_relation != "=":
        yield held.fault("p_relation", f"{row.p_relation!r} without a p value", "a number in `p`")


def _contrast(held: _Row) -> Iterator[Fault]:
    row = held.row
    if row.effect is None:
        return
    if row.versus is None:
        yield held.fault(
            "effect",
            f"an effect of {row.effect:g} in a row of one arm",
            "the other arm in `versus`",
            "The average change of one arm goes into `change_mean`.",
        )
    if row.measure is None:
        yield held.fault(
            "measure", "an effect without its measure", "what the effect is, such as MD or RR"
        )


_CHECKS: tuple[Callable[[_Row], Iterator[Fault]], ...] = (
    _spread,
    _counts,
    _kind,
    _interval,
    _order,
    _scale,
    _p,
    _contrast,
)

_FIGURES = ("mean", "median", "change_mean", "events", "effect")


def _weeks(gathered: Gathered) -> Iterator[Fault]:
    """Rows with figures but without `weeks`, where a comparison takes only certain weeks."""
    timed = {
        (plan.outcome, plan.subgroup): plan
        for plan in gathered.plans
        if plan.window_weeks is not None
    }
    left_out = {
        study.id
        for study in gathered.studies
        if study.excluded is not None or study.directness.level == "mechanistic"
    }
    for row in gathered.results:
        plan = timed.get((row.outcome, row.subgroup))
        if plan is None or plan.window_weeks is None or row.weeks is not None:
            continue
        if row.study in left_out or all(getattr(row, column) is None for column in _FIGURES):
            continue
        low, high = plan.window_weeks
        held = _Row(row=row, outcome=None, gathered=gathered)
        yield held.fault(
            "weeks",
            "nothing",
            "the weeks since the start",
            f"The comparison {plan.id} takes results from week {low:g} to {high:g}; without the "
            "weeks this row would be passed over.",
        )
