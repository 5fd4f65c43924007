"""Counts as `weigh.glmm` takes them: checked, without empty studies, and as own effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_vector, numbered

__all__ = ["EventCounts", "checked_counts", "own_effects", "refuse_one_sided", "without_empty"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Events of one or two groups and their sizes (people or person-time)."""

    a: FloatArray
    n1: FloatArray
    c: FloatArray
    n2: FloatArray

    def take(self, keep: Any) -> EventCounts:
        """Pick studies."""
        return EventCounts(self.a[keep], self.n1[keep], self.c[keep], self.n2[keep])


def checked_counts(
    events1: Any, n1: Any, events2: Any, n2: Any, slab: Sequence[Any] | None, *, rates: bool
) -> tuple[EventCounts, npt.NDArray[np.intp], tuple[str, ...], tuple[str, ...]]:
    """Counts as arrays, incomplete studies left out with a note, impossible ones refused."""
    two = events2 is not None or n2 is not None
    size = "time" if rates else "n"
    given = {"events1": events1, f"{size}1": n1}
    if two:
        given |= {"events2": events2, f"{size}2": n2}
    for name, values in given.items():
        if values is None:
            raise InputError(f"`{name}` is missing; a mixed model needs it for every group.")
    arrays = {name: check_vector(values, name) for name, values in given.items()}
    lengths = {array.size for array in arrays.values()}
    if len(lengths) != 1:
        found = ", ".join(f"`{name}` has {array.size}" for name, array in arrays.items())
        raise InputError(f"{found} entries; there must be one of each a study.")
    k = lengths.pop()
    names = numbered(k) if slab is None else tuple(map(str, slab))
    if len(names) != k:
        raise InputError(f"`slab` has {len(names)} names for {k} studies.")
    values = list(arrays.values())
    for (event_name, events), (size_name, sizes) in zip(
        list(arrays.items())[::2], list(arrays.items())[1::2], strict=True
    ):
        wrong = (events < 0.0) | (sizes < 0.0) | np.isinf(events) | np.isinf(sizes)
        wrong |= (events != np.round(events)) & ~np.isnan(events)
        if not rates:
            wrong |= (events > sizes) | ((sizes != np.round(sizes)) & ~np.isnan(sizes))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise StatisticsError(
                f"`{event_name}` and `{size_name}`, row {row + 1} ({names[row]}): "
                f"{events[row]:g} of {sizes[row]:g} cannot be counts of events.",
                hint="Events are whole numbers, not below 0 and not above the people.",
            )
    keep = np.all([np.isfinite(array) for array in values], axis=0)
    keep &= np.all([sizes > 0.0 for sizes in values[1::2]], axis=0)
    rows = np.flatnonzero(keep)
    notes: tuple[str, ...] = ()
    if not keep.all():
        missing = ", ".join(names[row] for row in np.flatnonzero(~keep)[:5])
        notes = (f"Left out for missing counts: {missing}.",)
    blank = np.zeros(k)
    a, size1, c, size2 = (*values, blank, blank)[:4]
    return (
        EventCounts(a, size1, c, size2).take(rows),
        rows,
        tuple(names[row] for row in rows),
        notes,
    )


def without_empty(
    counts: EventCounts,
    rows: npt.NDArray[np.intp],
    names: tuple[str, ...],
    notes: tuple[str, ...],
    *,
    rates: bool,
) -> tuple[EventCounts, npt.NDArray[np.intp], tuple[str, ...], tuple[str, ...]]:
    """Leave out, with a note, studies without events or with nothing but events."""
    empty = (counts.a == 0.0) & (counts.c == 0.0)
    if not rates:
        empty |= (counts.a == counts.n1) & (counts.c == counts.n2)
    if not empty.any():
        return counts, rows, names, notes
    out = ", ".join(names[index] for index in np.flatnonzero(empty)[:5])
    notes = (*notes, f"Left out, having no event or nothing but events in both groups: {out}.")
    keep = np.flatnonzero(~empty)
    return counts.take(keep), rows[keep], tuple(names[index] for index in keep), notes


def refuse_one_sided(counts: EventCounts, *, one: bool, rates: bool) -> None:
    """An effect is infinite where a group has no event, or events only, over all studies."""
    groups = [(1, counts.a, counts.n1)] + ([] if one else [(2, counts.c, counts.n2)])
    for group, events, size in groups:
        if not events.sum() > 0.0:
            what = "no event"
        elif not rates and events.sum() == size.sum():
            what = "nothing but events"
        else:
            continue
        raise StatisticsError(
            f"Group {group} has {what} over all {events.size} studies, so the effect on this scale "
            "is infinite.",
            hint="Pool a risk difference instead.",
        )


def own_effects(counts: EventCounts, *, one: bool, rates: bool) -> tuple[FloatArray, FloatArray]:
    """Each study's own effect and variance, with half an event in studies with an empty cell."""
    a, c = counts.a, counts.c
    b, d = counts.n1 - a, counts.n2 - c
    cells = [a] if rates else [a, b]
    if not one:
        cells += [c] if rates else [c, d]
    add = np.where(np.any([cell == 0.0 for cell in cells], axis=0), 0.5, 0.0)
    vi = np.sum([1.0 / (cell + add) for cell in cells], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        down1 = counts.n1 if rates else b + add
        down2 = counts.n2 if rates else d + add
        yi = np.log((a + add) / down1)
        if not one:
            yi = yi - np.log((c + add) / down2)
    return yi, np.asarray(vi)
