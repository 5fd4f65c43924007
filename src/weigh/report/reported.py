"""What reports give of studies that no effect could be computed from: ranges and single figures.

They are shown as they were reported, beside each other and never pooled. The answer keeps them only
as cells of ``results.csv`` in its trace, whose ids say what they are
(``results.<study>.<arm>.<outcome>.<time>[.<subgroup>][.<source>].<column>``, see
`weigh.evidence.cells.result_cell`); this module reads them there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison, NotEstimable
from weigh.evidence.figures import plain
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Arm
from weigh.evidence.trace import Datum, Trace

__all__ = ["ReportedStudy", "ReportedValue", "reported"]

_COLUMNS = ("min", "max", "mean", "median")
_WHEN = re.compile(r"(?P<when>w(?P<weeks>\d+(?:\.\d+)?)|[A-Za-z0-9-]+)(?:\.(?P<rest>.+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedValue:
    """One figure, or the lowest and highest, of one arm at one time.

    `low` and `high` are equal for a single figure. `group` says of which people, or by which
    report, where there are several.
    """

    arm: str
    treated: bool
    group: str
    time: Phrase
    low: float
    high: float
    shown: Phrase
    note: str | None
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStudy:
    """A study by its label, and what its reports give."""

    study: Phrase
    values: tuple[ReportedValue, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    arm: Arm
    weeks: float | None
    when: str
    rest: str


def reported(answer: Answer, comparison: Comparison) -> tuple[ReportedStudy, ...]:
    """The studies of a comparison without an estimate that give some figure all the same."""
    found = []
    for row in comparison.not_estimable:
        values = tuple(_values(answer, comparison, row))
        if values:
            label = Quantity(text=row.study.label, node=row.nodes["study"])
            found.append(ReportedStudy(study=say("{label}", label=label), values=values))
    return tuple(found)


def _values(answer: Answer, comparison: Comparison, row: NotEstimable) -> Iterator[ReportedValue]:
    trace = answer.trace
    cells = {
        cell: columns
        for cell, columns in _cells(trace, comparison, row).items()
        if columns.keys() & set(_COLUMNS)
    }
    order = {arm.id: index for index, arm in enumerate(row.study.arms)}
    subgroups = {subgroup.id: subgroup.name for subgroup in answer.question.subgroups}
    reports = _reports(answer)
    sources = {cell: _source(columns, trace) for cell, columns in cells.items()}

    def place(cell: _Cell) -> tuple[int, str, float, str]:
        weeks = float("inf") if cell.weeks is None else cell.weeks
        return order[cell.arm.id], sources[cell], weeks, cell.rest

    for cell in sorted(cells, key=place):
        named = [subgroups[part] for part in cell.rest.split(".") if part in subgroups]
        wanted = comparison.subgroup
        if wanted is not None and named != [subgroups.get(wanted)]:
            continue
        if len(set(sources.values())) > 1:
            named.append(f"by {reports.get(sources[cell], sources[cell])}")
        yield from _value(cell, cells[cell], trace, ", ".join(named))


def _source(columns: Mapping[str, str], trace: Trace) -> str:
    """The report that one cell stood in."""
    node = trace[next(iter(columns.values()))]
    return (node.source or "") if isinstance(node, Datum) else ""


def _cells(
    trace: Trace, comparison: Comparison, row: NotEstimable
) -> Mapping[_Cell, dict[str, str]]:
    """Node ids by column, for each arm and time of one study's outcome."""
    cells: dict[_Cell, dict[str, str]] = {}
    for arm in row.study.arms:
        prefix = f"results.{row.study.id}.{arm.id}.{comparison.outcome.id}."
        for node_id in trace.nodes:
            key, _, column = node_id.removeprefix(prefix).rpartition(".")
            match = _WHEN.fullmatch(key)
            if not node_id.startswith(prefix) or match is None:
                continue
            weeks = match["weeks"]
            cell = _Cell(
                arm=arm,
                weeks=None if weeks is None else float(weeks),
                when=match["when"],
                rest=match["rest"] or "",
            )
            cells.setdefault(cell, {})[column] = node_id
    return cells


def _value(
    cell: _Cell, columns: Mapping[str, str], trace: Trace, group: str
) -> Iterator[ReportedValue]:
    """The range where there is one, else the single figure; nothing where there is neither."""
    held = {name: _number(trace, columns[name]) for name in _COLUMNS if name in columns}
    low, high = held.get("min"), held.get("max")
    single = next((name for name in ("mean", "median") if held.get(name) is not None), None)
    if low is not None and high is not None:
        node = columns["min"]
        shown = say(
            "{low} to {high}",
            low=Quantity(text=plain(low), node=columns["min"]),
            high=Quantity(text=plain(high), node=columns["max"]),
        )
    elif single is not None:
        node = columns[single]
        low = high = _number(trace, node)
        shown = say("{value}", value=Quantity(text=plain(low), node=node))
    else:
        return
    if low is None or high is None:
        return
    datum = trace[node]
    yield ReportedValue(
        arm=cell.arm.label,
        treated=cell.arm.role == "intervention",
        group=group,
        time=_time(cell, columns.get("weeks") or columns.get("timepoint") or node),
        low=low,
        high=high,
        shown=shown,
        note=datum.note,
        node=node,
    )


def _time(cell: _Cell, node: str) -> Phrase:
    if cell.weeks is None:
        words = cell.when.replace("-", " ")
    elif cell.weeks == 0:
        words = "at the start"
    else:
        words = f"week {cell.weeks:g}"
    return say("{time}", time=Quantity(text=words, node=node))


def _number(trace: Trace, node_id: str) -> float | None:
    node = trace[node_id]
    value = node.value
    known = isinstance(node, Datum) and isinstance(value, (int, float))
    return (
        float(value) if known and not isinstance(value, (bool, str)) and value is not None else None
    )


def _reports(answer: Answer) -> dict[str, str]:
    """Short names of the reports, for where two of them tell of one study."""
    names = {}
    for reference in answer.references:
        author = reference.author[0] if reference.author else None
        writer = (author.family or author.literal) if author is not None else None
        names[reference.id] = reference.container_title or writer or reference.id
    return names
