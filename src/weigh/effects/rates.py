"""Events over person-time: rates of one group, and ratios and differences of two."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.counts import whole_number_notes
from weigh.effects.draft import Draft, Formula, Note, Options, variance_by_type
from weigh.effects.zero_cells import Cells, fill_zero_cells

__all__ = ["FORMULAS"]


def _draft(
    cells: Cells, time: FloatArray, notes: tuple[Note, ...], yi: FloatArray, vi: FloatArray
) -> Draft:
    return Draft(
        yi=yi,
        vi=vi,
        ni=time,
        why=cells.why,
        notes=notes + cells.notes,
        conventions=cells.conventions,
    )


def _two(
    columns: Columns, options: Options, *, default_add: float = 0.5
) -> tuple[Cells, FloatArray, FloatArray, tuple[Note, ...]]:
    """Events of both groups after the rule for zero cells, and person-times."""
    columns.refuse_negative("events1", "events2")
    columns.refuse_not_positive("time1", "time2")
    events1, time1, events2, time2 = columns.take("events1 time1 events2 time2")
    cells = fill_zero_cells(
        (events1, events2),
        options,
        default=default_add,
        empty=lambda: np.asarray((events1 == 0.0) & (events2 == 0.0)),
    )
    return cells, time1, time2, whole_number_notes(columns, "events1", "events2")


def rate_ratio(columns: Columns, options: Options) -> Draft:
    """Log incidence rate ratio."""
    cells, time1, time2, notes = _two(columns, options)
    (y1, y2), (v1, v2) = cells.for_yi, cells.for_vi
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / v1 + 1.0 / v2})
    return _draft(cells, time1 + time2, notes, np.log(y1 * time2 / (y2 * time1)), vi)


def rate_difference(columns: Columns, options: Options) -> Draft:
    """Incidence rate difference."""
    cells, time1, time2, notes = _two(columns, options)
    (y1, y2), (v1, v2) = cells.for_yi, cells.for_vi
    vi = variance_by_type(columns, options, {"LS": lambda: v1 / time1**2 + v2 / time2**2})
    return _draft(cells, time1 + time2, notes, y1 / time1 - y2 / time2, vi)


def root_rate_difference(columns: Columns, options: Options) -> Draft:
    """Difference of the square roots of two incidence rates."""
    cells, time1, time2, notes = _two(columns, options, default_add=0.0)
    y1, y2 = cells.for_yi
    vi = variance_by_type(
        columns, options, {"LS": lambda: 1.0 / (4.0 * time1) + 1.0 / (4.0 * time2)}
    )
    return _draft(cells, time1 + time2, notes, np.sqrt(y1 / time1) - np.sqrt(y2 / time2), vi)


def _one(
    columns: Columns, options: Options, *, default_add: float = 0.5
) -> tuple[Cells, FloatArray, tuple[Note, ...]]:
    """Events of the group after the rule for zero cells, and person-time."""
    columns.refuse_negative("events")
    columns.refuse_not_positive("time")
    events, time = columns.take("events time")
    cells = fill_zero_cells((events,), options, default=default_add)
    return cells, time, whole_number_notes(columns, "events")


def rate(columns: Columns, options: Options) -> Draft:
    """Incidence rate."""
    cells, time, notes = _one(columns, options)
    (y,), (v,) = cells.for_yi, cells.for_vi
    vi = variance_by_type(columns, options, {"LS": lambda: v / time**2})
    return _draft(cells, time, notes, y / time, vi)


def log_rate(columns: Columns, options: Options) -> Draft:
    """Log incidence rate."""
    cells, time, notes = _one(columns, options)
    (y,), (v,) = cells.for_yi, cells.for_vi
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / v})
    return _draft(cells, time, notes, np.log(y / time), vi)


def root_rate(columns: Columns, options: Options) -> Draft:
    """Square root of an incidence rate."""
    cells, time, notes = _one(columns, options, default_add=0.0)
    (y,) = cells.for_yi
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * time)})
    return _draft(cells, time, notes, np.sqrt(y / time), vi)


def freeman_tukey_rate(columns: Columns, options: Options) -> Draft:
    """Freeman-Tukey transformed incidence rate."""
    cells, time, notes = _one(columns, options, default_add=0.0)
    (x,) = cells.counts
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * time)})
    yi = 0.5 * (np.sqrt(x / time) + np.sqrt((x + 1.0) / time))
    return _draft(cells, time, notes, yi, vi)


FORMULAS: Mapping[str, Formula] = {
    "IRR": rate_ratio,
    "IRD": rate_difference,
    "IRSD": root_rate_difference,
    "IR": rate,
    "IRLN": log_rate,
    "IRS": root_rate,
    "IRFT": freeman_tukey_rate,
}
