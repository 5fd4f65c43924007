"""Counts of two groups as they come in: checked, corrected, and as each study's own effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_vector, numbered

__all__ = ["Counts", "check_counts", "empty_note", "own_effects"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counts:
    """Events and sizes (people or person-time) of two groups, of the studies that have all four."""

    a: FloatArray
    n1: FloatArray
    c: FloatArray
    n2: FloatArray

    @property
    def b(self) -> FloatArray:
        """People of group 1 without the event."""
        return self.n1 - self.a

    @property
    def d(self) -> FloatArray:
        """People of group 2 without the event."""
        return self.n2 - self.c

    @property
    def total(self) -> FloatArray:
        """Size of both groups together."""
        return self.n1 + self.n2

    def empty(self, *, rates: bool) -> BoolArray:
        """Whether a study has no event in either group, or nothing but events in both."""
        none: BoolArray = (self.a == 0.0) & (self.c == 0.0)
        return none if rates else none | ((self.b == 0.0) & (self.d == 0.0))

    def zero(self, *, rates: bool) -> BoolArray:
        """Whether a study has an empty cell."""
        cell: BoolArray = (self.a == 0.0) | (self.c == 0.0)
        return cell if rates else cell | (self.b == 0.0) | (self.d == 0.0)

    def corrected(self, add: float, to: str, *, rates: bool) -> Counts:
        """Add a constant to the cells of the studies that `to` names."""
        zero = self.zero(rates=rates)
        where = {
            "none": np.zeros(zero.size, dtype=np.bool_),
            "all": np.ones(zero.size, dtype=np.bool_),
            "only0": zero,
            "if0all": np.full(zero.size, bool(zero.any())),
        }[to]
        more = np.where(where, add, 0.0)
        people = 0.0 if rates else 2.0 * more
        return Counts(self.a + more, self.n1 + people, self.c + more, self.n2 + people)

    def take(self, keep: BoolArray) -> Counts:
        """Pick studies."""
        return Counts(self.a[keep], self.n1[keep], self.c[keep], self.n2[keep])


def check_counts(
    events1: Any, n1: Any, events2: Any, n2: Any, slab: Sequence[Any] | None, *, rates: bool
) -> tuple[Counts, npt.NDArray[np.intp], tuple[str, ...], tuple[str, ...]]:
    """Check counts row by row, and leave out the rows where one is missing.

    Returns
    -------
    tuple
        The counts, their rows in the input, names of the studies, notes.
    """
    sizes = ("time1", "time2") if rates else ("n1", "n2")
    given = dict(
        zip(("events1", sizes[0], "events2", sizes[1]), (events1, n1, events2, n2), strict=True)
    )
    absent = [name for name, values in given.items() if values is None]
    if absent:
        raise InputError(f"Pooling counts needs {', '.join(f'`{name}`' for name in absent)} too.")
    vectors = {name: check_vector(values, name) for name, values in given.items()}
    count = vectors["events1"].size
    for name, vector in vectors.items():
        if vector.size != count:
            raise InputError(f"`{name}` has {vector.size} entries and `events1` has {count}.")
    names = numbered(count) if slab is None else tuple(map(str, slab))
    if len(names) != count:
        raise InputError(f"`slab` has {len(names)} names for {count} studies.")
    missing = np.isnan(np.vstack(list(vectors.values()))).any(axis=0)
    rows = np.flatnonzero(~missing)
    a, m1, c, m2 = (vector[rows] for vector in vectors.values())
    for index, row in enumerate(rows):
        _refuse_impossible(a[index], m1[index], "1", f"row {row + 1}", rates=rates)
        _refuse_impossible(c[index], m2[index], "2", f"row {row + 1}", rates=rates)
    if rows.size == 0:
        raise StatisticsError("There is no study with all four counts, so nothing to pool.")
    if rates and bool(np.any((m1 == 0.0) | (m2 == 0.0))):
        first = int(rows[np.flatnonzero((m1 == 0.0) | (m2 == 0.0))[0]])
        raise StatisticsError(
            f"Row {first + 1}: a person-time of 0 has no rate.", hint="Leave the row as NaN."
        )
    if not np.any((m1 > 0.0) & (m2 > 0.0)):
        raise StatisticsError("No study has people in both groups, so there is nothing to pool.")
    notes: list[str] = []
    if missing.any():
        shown = ", ".join(names[row] for row in np.flatnonzero(missing)[:5])
        notes.append(f"Left out for a missing count: {shown}.")
    nobody = np.flatnonzero((m1 == 0.0) | (m2 == 0.0))
    if nobody.size:
        shown = ", ".join(names[rows[index]] for index in nobody[:5])
        notes.append(
            f"An empty group: {shown}. It adds nothing to the pooled estimate; its own effect, and "
            "so its part in Q, is made of the constant added to its cells."
        )
    return Counts(a, m1, c, m2), rows, tuple(names[row] for row in rows), tuple(notes)


def _refuse_impossible(events: float, size: float, group: str, place: str, *, rates: bool) -> None:
    what = "person-time" if rates else "people"
    if not np.isfinite(events) or not np.isfinite(size):
        raise StatisticsError(f"Group {group}, {place}: a count is infinite.")
    if size < 0.0 or events < 0.0 or (not rates and events > size):
        raise StatisticsError(
            f"Group {group}, {place}: {events:g} events among {size:g} {what} cannot be.",
            hint="Events count people, so they lie between 0 and the size of the group."
            if not rates
            else None,
        )


def own_effects(counts: Counts, measure: str) -> tuple[FloatArray, FloatArray]:
    """Each study's effect and variance; NaN where there is none."""
    a, n1, c, n2 = counts.a, counts.n1, counts.c, counts.n2
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "RR":
            yi = np.log(a / n1) - np.log(c / n2)
            vi = 1.0 / a - 1.0 / n1 + 1.0 / c - 1.0 / n2
        elif measure == "OR":
            yi = np.log(a / counts.b) - np.log(c / counts.d)
            vi = 1.0 / a + 1.0 / counts.b + 1.0 / c + 1.0 / counts.d
        elif measure == "RD":
            p1, p2 = a / n1, c / n2
            yi = p1 - p2
            vi = p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2
        elif measure == "IRR":
            yi = np.log(a / n1) - np.log(c / n2)
            vi = 1.0 / a + 1.0 / c
        else:
            yi = a / n1 - c / n2
            vi = a / n1**2 + c / n2**2
    usable = np.isfinite(yi) & np.isfinite(vi) & (vi > 0.0)
    return np.where(usable, yi, np.nan), np.where(usable, vi, np.nan)


def empty_note(count: int, *, rates: bool) -> str:
    """Say how many studies can add nothing to a pooled ratio."""
    what = "no event in either group" if rates else "no event, or only events, in both groups"
    studies = "1 study has" if count == 1 else f"{count} studies have"
    return f"{studies} {what}: nothing can be learnt about a ratio there, so the weight is 0."
