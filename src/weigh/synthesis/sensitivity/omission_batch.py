"""Leave-one-out and cumulative analyses for many groups of studies at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.synthesis.batch import PooledBatch
from weigh.synthesis.grouping import read_rows
from weigh.synthesis.inputs import check_vector
from weigh.synthesis.sensitivity.runs import Runs, pool_runs

__all__ = ["CumulativeBatch", "LeaveOneOutBatch", "cumulative_many", "leave_one_out_many"]

IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entries:
    """Pooled effects of parts of groups, one entry a part."""

    group: npt.NDArray[Any]
    pooled: tuple[PooledBatch, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of entries."""
        return self.group.size

    def statistic(self, name: str) -> npt.NDArray[Any]:
        """One statistic of all entries, by its name in `PooledBatch`, such as ``"estimate"``."""
        if not self.pooled:
            return np.empty(0)
        return np.concatenate([getattr(part, name) for part in self.pooled])

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON: None for what is undefined."""
        columns: dict[str, Any] = {
            field.name: getattr(self, field.name).tolist()
            for field in fields(self)
            if isinstance(getattr(self, field.name), np.ndarray)
        }
        for part in (part.to_dict() for part in self.pooled):
            for name, values in part.items():
                if isinstance(values, list) and name not in ("group", "notes"):
                    columns.setdefault(name, []).extend(values)
        return columns | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeaveOneOutBatch(_Entries):
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

    omitted: IndexArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeBatch(_Entries):
    """Pooled effects of many groups as their studies come in one after the other.

    Parameters
    ----------
    group
        Group of each entry.
    added
        Row of the input that is added to those before it, counted from 0.
    pooled
        The statistics, one entry for each; its own `group` numbers the entries.
    notes
        What was left out and why.
    """

    added: IndexArray


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
    read = read_rows(yi, vi, group)
    groups = read.groups
    each = np.flatnonzero(groups.size[read.code] > 1)
    runs = Runs.without_each(groups.start, groups.size).take(each)
    lone = int(np.count_nonzero(groups.size == 1))
    return LeaveOneOutBatch(
        group=groups.labels[read.code[each]],
        omitted=groups.order[each],
        pooled=tuple(pool_runs(read.y, read.v, runs, method=method, test=test, level=level)),
        notes=(*read.notes, *_alone(lone)),
    )


def _alone(count: int) -> tuple[str, ...]:
    if count == 0:
        return ()
    groups = "group of one study" if count == 1 else "groups of one study"
    return (f"Left out {count} {groups}: without it nothing is left to pool.",)


def cumulative_many(
    yi: Any,
    vi: Any,
    group: Any,
    order: Any = None,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> CumulativeBatch:
    """Pool each group again as its studies come in one after the other, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    order : (n,) array_like, optional
        Numbers to sort each group by, lowest first, such as the year; studies with the same one
        stay in the order given (by default all do), and rows without one are left out.
    method, test, level
        As in `weigh.pool_many`.

    Returns
    -------
    CumulativeBatch
        One entry for each study, group after group; the same numbers as `cumulative` gives for a
        group alone.

    Raises
    ------
    InputError
        Lengths that differ, or an order that is not of numbers.
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`lau1992`.

    Examples
    --------
    >>> found = cumulative_many(
    ...     [0.1, 0.3, 0.2, 0.4], [0.02, 0.02, 0.02, 0.05], list("aabb"), [2021, 1998, 2001, 2002],
    ...     method="EE",
    ... )
    >>> found.added.tolist(), found.statistic("estimate").round(3).tolist()
    ([1, 0, 2, 3], [0.3, 0.2, 0.2, 0.257])
    """
    rows = np.size(yi)
    values = check_vector(np.zeros(rows) if order is None else order, "order")
    if values.size != rows:
        raise InputError(f"`order` has {values.size} entries for {rows} effects.")
    read = read_rows(yi, vi, group, values[:, None], what="a value to sort by")
    # By value within each group, which leaves every group where it is.
    sequence = np.lexsort((values[read.groups.order], read.code))
    place = np.arange(sequence.size) - read.groups.start[read.code]
    runs = Runs(read.groups.start[read.code], place + 1)
    y, v = read.y[sequence], read.v[sequence]
    return CumulativeBatch(
        group=read.groups.labels[read.code],
        added=read.groups.order[sequence],
        pooled=tuple(pool_runs(y, v, runs, method=method, test=test, level=level)),
        notes=read.notes,
    )
