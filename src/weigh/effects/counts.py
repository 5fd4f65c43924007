"""Counts of people with and without an event: checked against each other and against reason."""

from __future__ import annotations

import numpy as np

from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.effects.draft import Note, rows_have
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
    # Unless the lowest is missing or below zero, none is.
    if not np.minimum.reduce(rest, initial=np.inf) >= 0.0 and (rest < 0.0).any():
        row = int(np.flatnonzero(rest < 0.0)[0])
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


def whole_number_notes(columns: Columns, *names: str) -> tuple[Note, ...]:
    """Say where counts are no whole numbers: right for effective sizes, else a slip."""
    given = [name for name in names if name in columns and name not in columns.whole]
    odd = [_fractions(columns[name]) for name in given]
    each = tuple(0 if rows is None else int(np.count_nonzero(rows)) for rows in odd)
    together = [rows for rows in odd if rows is not None]
    count = int(np.count_nonzero(np.logical_or.reduce(together))) if together else 0

    def say(rows: int, *by_name: int) -> str:
        which = [name for name, count in zip(given, by_name, strict=True) if count]
        return (
            f"{rows_have(rows)} counts that are not whole numbers ({', '.join(which)}): right for "
            "effective sizes of cluster trials, otherwise worth a check."
        )

    return (Note(kind="fractions", counts=(count, *each), say=say),)


def _fractions(values: FloatArray) -> BoolArray | None:
    """Rows with a fraction; None if there are none."""
    odd = np.rint(values) != values
    if odd.any():
        return np.asarray(odd & np.isfinite(values))
    return None
