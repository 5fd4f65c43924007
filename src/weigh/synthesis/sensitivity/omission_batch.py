"""Leave-one-out for many groups of studies at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.batch import PooledBatch, pool_many
from weigh.synthesis.grouping import group_rows
from weigh.synthesis.inputs import check_vector

__all__ = ["LeaveOneOutBatch", "leave_one_out_many"]

IndexArray = npt.NDArray[np.intp]

# Entries held at a time: each group's rows stand in it once for each of its studies.
_HELD = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeaveOneOutBatch:
    """Pooled effects of many groups without one study each.

    Parameters
    ----------
    group
        Group of each entry.
    omitted
        Row of the input that is left out of it, counted from 0.
    pooled
        The statistics, one entry for each; its own `group` numbers the entries.
    notes
        What was left out and why.
    """

    group: npt.NDArray[Any]
    omitted: IndexArray
    pooled: tuple[PooledBatch, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of entries."""
        return self.omitted.size

    def statistic(self, name: str) -> npt.NDArray[Any]:
        """One statistic of all entries, by its name in `PooledBatch`, such as ``"estimate"``."""
        if not self.pooled:
            return np.empty(0)
        return np.concatenate([getattr(part, name) for part in self.pooled])

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON: None for what is undefined."""
        columns: dict[str, Any] = {"group": self.group.tolist(), "omitted": self.omitted.tolist()}
        for part in (part.to_dict() for part in self.pooled):
            for name, values in part.items():
                if isinstance(values, list) and name != "group":
                    columns.setdefault(name, []).extend(values)
        return columns | {"notes": list(self.notes)}


def leave_one_out_many(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> LeaveOneOutBatch:
    """Pool each group again without each of its studies, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    method, test, level
        As in `weigh.pool_many`.

    Returns
    -------
    LeaveOneOutBatch
        One entry for each study of a group of two or more, group after group; the same numbers as
        `leave_one_out` gives for a group alone.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`viechtbauer2010b`.

    Examples
    --------
    >>> found = leave_one_out_many([0.1, 0.3, 0.2, 0.4], [0.02, 0.03, 0.02, 0.05], list("aabb"))
    >>> found.group.tolist(), found.statistic("estimate").tolist()
    (['a', 'a', 'b', 'b'], [0.3, 0.1, 0.4, 0.2])
    """
    y, v = check_vector(yi, "yi"), check_vector(vi, "vi")
    if y.size != v.size:
        raise InputError(f"`yi` has {y.size} entries and `vi` has {v.size}.")
    labels = np.asarray(group)
    whole = group_rows(labels, y.size)
    code = np.empty(y.size, dtype=np.intp)
    code[whole.order] = np.repeat(np.arange(whole.size.size), whole.size)
    known = ~(np.isnan(y) | np.isnan(v))
    _refuse_impossible(y, v, known, labels)
    rows = np.flatnonzero(known)
    # Group after group, in the order given within each.
    rows = rows[np.argsort(code[rows], kind="stable")]
    size = np.bincount(code[rows], minlength=whole.size.size)
    start = np.cumsum(size) - size
    several = np.flatnonzero(size[code[rows]] > 1)
    parts = []
    for stretch in _stretches(size[code[rows[several]]] - 1):
        which = several[stretch]
        of = code[rows[which]]
        count = size[of] - 1
        entry = np.repeat(np.arange(which.size), count)
        place = np.arange(entry.size) - np.repeat(np.cumsum(count) - count, count)
        first = start[of][entry]
        members = rows[first + place + (first + place >= which[entry])]
        parts.append(
            pool_many(y[members], v[members], entry, method=method, test=test, level=level)
        )
    lone = int(np.count_nonzero(size == 1))
    return LeaveOneOutBatch(
        group=whole.labels[code[rows[several]]],
        omitted=rows[several],
        pooled=tuple(parts),
        notes=_notes(y.size - rows.size, lone),
    )


def _refuse_impossible(
    y: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
    known: npt.NDArray[np.bool_],
    labels: npt.NDArray[Any],
) -> None:
    wrong = np.flatnonzero(known & ~(np.isfinite(y) & np.isfinite(v) & (v > 0.0)))
    if wrong.size:
        row = int(wrong[0])
        raise StatisticsError(
            f"Row {row + 1} (group {labels[row]}): effect {y[row]:g} with sampling variance "
            f"{v[row]:g} cannot be pooled; effects are finite and variances above 0.",
            hint="Leave what is unknown as NaN.",
        )


def _stretches(width: IndexArray) -> list[IndexArray]:
    """Entries in a row that together are no wider than what is held at a time."""
    if width.size == 0:
        return []
    number = (np.cumsum(width) - 1) // _HELD
    return np.split(np.arange(width.size), np.flatnonzero(np.diff(number)) + 1)


def _notes(missing: int, lone: int) -> tuple[str, ...]:
    notes = []
    if missing:
        rows = "row" if missing == 1 else "rows"
        notes.append(f"Left out {missing} {rows} without an effect or a variance.")
    if lone:
        groups = "group of one study" if lone == 1 else "groups of one study"
        notes.append(f"Left out {lone} {groups}: without it nothing is left to pool.")
    return tuple(notes)
