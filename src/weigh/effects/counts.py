"""Counts of people with and without an event: checked against each other and against reason."""

from __future__ import annotations

import numpy as np

from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.errors import InputError

__all__ = ["people_without", "whole_number_notes"]


def people_without(columns: Columns, events: str, people: str, without: str) -> FloatArray:
    """People without the event: row by row as given, or people less events.

    The arguments are the names of the columns that hold them.
    """
    count = columns[events]
    if people not in columns and without not in columns:
        columns.require(people)
    if people not in columns:
        return columns[without]
    rest = columns[people] - count
    wrong = rest < 0.0
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{columns.place(events, row)} is {count[row]:g}, "
            f"but {columns.place(people, row)} is {columns[people][row]:g}: "
            "there cannot be more people with the event than people."
        )
    if without in columns:
        given = columns[without]
        columns.refuse(
            without,
            np.isfinite(rest) & np.isfinite(given) & (rest != given),
            f"{people} less {events} gives another number",
        )
        return np.where(np.isfinite(given), given, rest)
    return rest


def whole_number_notes(columns: Columns, *names: str) -> tuple[str, ...]:
    """Say where counts are no whole numbers: right for effective sizes, else a slip."""
    odd = {name: _is_fraction(columns[name]) for name in names if name in columns}
    odd = {name: rows for name, rows in odd.items() if rows.any()}
    if not odd:
        return ()
    count = np.count_nonzero(np.logical_or.reduce(list(odd.values())))
    rows = "1 row has" if count == 1 else f"{count:,} rows have"
    return (
        f"{rows} counts that are not whole numbers ({', '.join(odd)}): right for effective sizes "
        "of cluster trials, otherwise worth a check.",
    )


def _is_fraction(values: FloatArray) -> BoolArray:
    return np.asarray(np.abs(values - np.rint(values)) > 0.0)
