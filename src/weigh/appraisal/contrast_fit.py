"""Whether a printed difference between two arms fits the arms themselves, and its own p value.

A mean difference follows from the means, its interval from the SDs and sizes; a ratio and its
interval follow from the counts. Where the printed interval is far from what they imply, something
is mislabelled, adjusted beyond what can be read, or wrong (Cochrane Handbook 6.5.2; INSPECT-SR,
Hunter et al. 2024).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from weigh.appraisal.lines import RATIOS
from weigh.appraisal.plausibility import place_of
from weigh.evidence.cells import result_cell
from weigh.evidence.figures import amount, plain, ratio
from weigh.evidence.folder import Evidence
from weigh.evidence.question import Outcome
from weigh.evidence.result import Result
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Design, Study
from weigh.evidence.trace import TraceBuilder
from weigh.stats.tails import two_sided_quantile

__all__ = ["TOO_NARROW", "TOO_WIDE", "misfits"]

#: A printed interval is flagged where it is less than this times as wide as the arms imply.
#: Adjusting for the score at the start narrows it by the square root of 1 - r²; two thirds takes a
#: correlation of 0.75, which few scores reach over weeks.
TOO_NARROW = 2.0 / 3.0

#: The same for an interval that is too wide.
TOO_WIDE = 1.5

#: A p value and an interval contradict each other where one is clear of the 5 % line and the other
#: on its other side; between these two they may rest on different tests.
CLEARLY_BELOW = 0.04
CLEARLY_ABOVE = 0.06

# Their intervals rightly differ from what two independent groups of people would give.
_PAIRED = (Design.CROSSOVER_RCT, Design.CLUSTER_RCT)


_ADJUSTED = " Adjusting for scores at the start can narrow an interval, but seldom by so much."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Implied:
    """The standard error that the arms imply, on the analysis scale.

    `halves` is how many of them make half an interval.
    """

    se: float
    halves: float
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contrast:
    """A printed contrast with all that is needed to tell of it."""

    evidence: Evidence
    study: Study
    row: Result
    trace: TraceBuilder

    @property
    def log(self) -> bool:
        return self.row.measure in RATIOS

    @property
    def outcome(self) -> Outcome | None:
        return {o.id: o for o in self.evidence.question.outcomes}.get(self.row.outcome)

    def cell(self, column: str, text: str | None = None) -> Quantity:
        return result_cell(self.trace, self.evidence, self.row, column, text)

    def place(self) -> Phrase:
        return place_of(self.trace, self.evidence, self.study, self.row, self.outcome)

    def node(self, name: str, label: str, value: float, inputs: tuple[str, ...]) -> str:
        """A computed node beside the contrast's own cells."""
        base = self.cell("timepoint").node.rsplit(".", 1)[0]
        return self.trace.computed(
            f"{base}.{name}", label, value, function="from the arms", inputs=inputs
        )


def misfits(evidence: Evidence, study: Study, trace: TraceBuilder) -> Iterator[Phrase]:
    """Printed contrasts that do not fit the arms they come from, or their own p value."""
    for row in evidence.results:
        if row.study != study.id or row.versus is None:
            continue
        contrast = _Contrast(evidence=evidence, study=study, row=row, trace=trace)
        if study.design not in _PAIRED:
            yield from _width(contrast)
        yield from _p_value(contrast)


def _width(contrast: _Contrast) -> Iterator[Phrase]:
    arms = _arms(contrast)
    if arms is None:
        return
    found = [_from_spread(contrast, arms, "sd"), _from_spread(contrast, arms, "change_sd")]
    found.append(_from_counts(contrast, arms))
    compared = []
    for implied in found:
        printed = None if implied is None else _printed_se(contrast, implied)
        if implied is not None and printed is not None:
            compared.append((printed / implied.se, implied))
    # Scores and changes may both be given; a fit to either will do.
    if not compared or any(TOO_NARROW <= times <= TOO_WIDE for times, _ in compared):
        return
    times, implied = min(compared, key=lambda pair: abs(math.log(pair[0])))
    yield _tell(contrast, times, implied)


def _interval_of(row: Result) -> tuple[float, float] | None:
    """The printed interval, where it has a width."""
    if row.ci_low is None or row.ci_high is None or row.ci_low >= row.ci_high:
        return None
    return row.ci_low, row.ci_high


def _printed_se(contrast: _Contrast, implied: _Implied) -> float | None:
    """The standard error behind what is printed, on the analysis scale."""
    interval = _interval_of(contrast.row)
    if interval is None:
        se = contrast.row.se
        return se if se is not None and se > 0.0 and not contrast.log else None
    low, high = interval
    if contrast.log:
        if low <= 0.0:
            return None
        low, high = math.log(low), math.log(high)
    return (high - low) / (2.0 * implied.halves)


def _arms(contrast: _Contrast) -> tuple[Result, Result] | None:
    row = contrast.row
    found = []
    for arm in (row.arm, row.versus):
        held = [
            other
            for other in contrast.evidence.results
            if other.versus is None
            and (other.study, other.arm, other.outcome) == (row.study, arm, row.outcome)
            and (other.weeks, other.timepoint) == (row.weeks, row.timepoint)
            and other.subgroup == row.subgroup
        ]
        # Figures of one report belong together.
        held.sort(key=lambda other: other.source != row.source)
        if not held:
            return None
        found.append(held[0])
    return found[0], found[1]


def _from_spread(contrast: _Contrast, arms: tuple[Result, Result], column: str) -> _Implied | None:
    if contrast.row.measure not in (None, "MD"):
        return None
    first, second = arms
    a, b = getattr(first, column), getattr(second, column)
    if a is None or b is None or not first.n or not second.n or first.n + second.n <= 2:
        return None
    se = math.sqrt(a * a / first.n + b * b / second.n)
    if se <= 0.0:
        return None
    return _Implied(
        se=se,
        halves=float(two_sided_quantile(0.95, first.n + second.n - 2)),
        nodes=_cells(contrast, arms, (column, "n")),
    )


def _from_counts(contrast: _Contrast, arms: tuple[Result, Result]) -> _Implied | None:
    if contrast.row.measure not in ("RR", "OR"):
        return None
    variance = 0.0
    for arm in arms:
        if arm.events is None or arm.total is None or not 0 < arm.events < arm.total:
            return None
        variance += 1.0 / arm.events
        if contrast.row.measure == "RR":
            variance -= 1.0 / arm.total
        else:
            variance += 1.0 / (arm.total - arm.events)
    return _Implied(
        se=math.sqrt(variance),
        halves=float(two_sided_quantile(0.95)),
        nodes=_cells(contrast, arms, ("events", "total")),
    )


def _cells(
    contrast: _Contrast, arms: tuple[Result, Result], columns: tuple[str, str]
) -> tuple[str, ...]:
    return tuple(
        result_cell(contrast.trace, contrast.evidence, arm, column).node
        for arm in arms
        for column in columns
    )


def _tell(contrast: _Contrast, times: float, implied: _Implied) -> Phrase:
    interval = _interval_of(contrast.row)
    shown = [contrast.cell(name) for name in (("ci_low", "ci_high") if interval else ("se",))]
    inputs = (*(cell.node for cell in shown), *implied.nodes)
    node = contrast.node("times", "printed width over what the arms imply", times, inputs)
    remark = _ADJUSTED if times < 1.0 and not contrast.log else ""
    if interval is None:
        se = contrast.node(
            "implied_se", "standard error that the arms imply", implied.se, implied.nodes
        )
        words = (
            "{place}: the printed standard error ({printed}) is {times} times as large as the "
            "{figures} of the groups imply ({implied}).{remark}"
        )
        printed = say("{se}", se=shown[0])
        implies = say("{se}", se=Quantity(text=amount(implied.se), node=se))
    else:
        words = (
            "{place}: the printed interval ({printed}) is {times} times as wide as the {figures} "
            "of the groups imply ({implied}).{remark}"
        )
        printed = say("{low} to {high}", low=shown[0], high=shown[1])
        implies = _implied_interval(contrast, interval, implied, inputs)
    return say(
        words,
        place=contrast.place(),
        printed=printed,
        times=Quantity(text=amount(times), node=node),
        figures="counts" if contrast.log else "standard deviations and sizes",
        implied=implies,
        remark=remark,
    )


def _implied_interval(
    contrast: _Contrast,
    printed: tuple[float, float],
    implied: _Implied,
    inputs: tuple[str, ...],
) -> Phrase:
    """The interval that the arms imply, around the printed estimate."""
    effect = contrast.row.effect
    if effect is not None:
        inputs = (*inputs, contrast.cell("effect").node)
    half = implied.halves * implied.se
    if contrast.log:
        middle = math.sqrt(printed[0] * printed[1]) if effect is None else effect
        ends = (middle * math.exp(-half), middle * math.exp(half))
    else:
        middle = (printed[0] + printed[1]) / 2.0 if effect is None else effect
        ends = (middle - half, middle + half)
    cells = [
        Quantity(
            text=ratio(value) if contrast.log else amount(value),
            node=contrast.node(
                f"implied_{name}", f"{name} end of the interval the arms imply", value, inputs
            ),
        )
        for name, value in zip(("low", "high"), ends, strict=True)
    ]
    return say("{low} to {high}", low=cells[0], high=cells[1])


def _p_value(contrast: _Contrast) -> Iterator[Phrase]:
    """The p value against the interval, by the side of no effect that they stand on."""
    row = contrast.row
    interval = _interval_of(row)
    if row.p is None or interval is None or row.measure is None:
        return
    null = 1.0 if contrast.log else 0.0
    includes = interval[0] <= null <= interval[1]
    below = row.p_relation in ("=", "<") and row.p <= CLEARLY_BELOW
    above = row.p_relation in ("=", ">") and row.p >= CLEARLY_ABOVE
    if not (below and includes) and not (above and not includes):
        return
    relation = "" if row.p_relation == "=" else row.p_relation
    yield say(
        "{place}: the printed p value ({p}) does not fit the printed interval ({low} to {high}), "
        "which {what} no effect.",
        place=contrast.place(),
        p=contrast.cell("p", relation + plain(row.p)),
        low=contrast.cell("ci_low"),
        high=contrast.cell("ci_high"),
        what="includes" if includes else "leaves out",
    )
