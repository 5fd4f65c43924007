"""Rows of effects sorted into groups, and groups laid side by side as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import WIDEST, check_vector, entries_of, is_missing

__all__ = ["Block", "Groups", "Rows", "blocks", "group_rows", "label_array", "read_rows"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Entries of one block: its dozen temporaries then stay in the cache of one core.
_ENTRIES = 24_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in the order of their groups.

    Parameters
    ----------
    labels
        Each group's label, in order of first appearance.
    order
        Rows, group after group, in the order given within each.
    start, size
        Where each group begins in `order`, and its number of rows.
    """

    labels: npt.NDArray[Any]
    order: IndexArray
    start: IndexArray
    size: IndexArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Effects that can be pooled, group after group, and what was left out.

    Parameters
    ----------
    y, v
        (n,) effects and variances in the order of `groups`.
    groups
        The groups; their `order` tells the rows of the input.
    notes
        What was left out.
    """

    y: FloatArray
    v: FloatArray
    groups: Groups
    notes: tuple[str, ...]

    @property
    def code(self) -> IndexArray:
        """Number of the group of each row."""
        return np.repeat(np.arange(self.groups.size.size), self.groups.size)


@dataclass(frozen=True, slots=True)
class Block:
    """Some groups side by side.

    Parameters
    ----------
    which
        The groups.
    y, v
        (k, groups) effects and variances, padded at the end with 0 and infinity.
    k
        Number of studies of each.
    rows, inside
        (k, groups) the row of each entry, and whether it is one (and not padding).
    """

    which: IndexArray
    y: FloatArray
    v: FloatArray
    k: FloatArray
    rows: IndexArray
    inside: npt.NDArray[np.bool_]


def label_array(values: Any, name: str) -> npt.NDArray[Any]:
    """Labels as an array of one dimension.

    Raises
    ------
    InputError
        What is no list of labels.
    """
    if isinstance(values, Mapping | Set) or not np.iterable(values):
        raise InputError(f"`{name}` is {type(values).__name__}; it must be a list of labels.")
    try:
        labels = np.asarray(values)
        whole = True
    except ValueError:  # labels that are lists of different lengths
        whole = False
    # Beside text, what is missing would become a text itself.
    if not whole or (isinstance(values, list | tuple) and labels.dtype.kind == "U"):
        entries = entries_of(values)
        if not whole or not all(type(entry) is str for entry in entries):
            labels = np.empty(len(entries), dtype=object)
            labels[:] = entries
    if labels.ndim != 1:
        raise InputError(
            f"`{name}` has {labels.ndim} dimensions and shape {labels.shape}; it must be one label "
            "an effect."
        )
    return labels


def group_rows(group: Any, rows: int) -> Groups:
    """Find the groups, in order of first appearance.

    Parameters
    ----------
    group
        A label a row: numbers or text.
    rows
        Number of rows.
    """
    labels = label_array(group, "group")
    if labels.size != rows:
        raise InputError(f"`group` has shape {labels.shape} for {rows} effects; give a label each.")
    if labels.dtype.kind in "Of" or (labels.dtype.kind == "U" and (labels == "").any()):
        missing = [is_missing(label) for label in labels.tolist()]
        if any(missing):
            raise InputError(
                f"`group`, row {missing.index(True) + 1}: there is no label; give a label each.",
                hint="Leave out the row, or give it a group of its own.",
            )
    if labels.dtype == object:
        labels = np.array([str(label) for label in labels])
    if rows == 0:
        nothing = np.empty(0, dtype=np.intp)
        return Groups(labels, nothing, nothing, nothing)
    start = np.concatenate(([0], np.flatnonzero(labels[1:] != labels[:-1]) + 1))
    runs = labels[start]
    if bool(np.all(runs[1:] > runs[:-1])) or np.unique(runs).size == runs.size:
        return Groups(runs, np.arange(rows), start, np.diff(np.append(start, rows)))
    known, first, code = np.unique(labels, return_index=True, return_inverse=True)
    by_first = np.argsort(first)
    rank = np.empty_like(by_first)
    rank[by_first] = np.arange(by_first.size)
    code = rank[code]
    size = np.bincount(code, minlength=known.size)
    start = np.concatenate(([0], np.cumsum(size)[:-1]))
    return Groups(known[by_first], np.argsort(code, kind="stable"), start, size)


def read_rows(
    yi: Any, vi: Any, group: Any, x: FloatArray | None = None, *, what: str = "a moderator"
) -> Rows:
    """Check effects and variances of many groups, and leave out the rows where one is missing.

    Parameters
    ----------
    yi, vi, group
        (n,) effects, sampling variances and labels.
    x
        (n, p) moderators; rows where one is missing are left out too.
    what
        What these are, in words.

    Raises
    ------
    InputError
        Lengths that differ, or text where numbers belong.
    StatisticsError
        An infinite effect, or a variance that is not a positive number.
    """
    y, v = check_vector(yi, "yi"), check_vector(vi, "vi")
    if y.size != v.size:
        raise InputError(f"`yi` has {y.size} entries and `vi` has {v.size}.")
    groups = group_rows(group, y.size)
    y, v = y[groups.order], v[groups.order]
    ordinary = y.size and np.isfinite(np.add.reduce(y) + np.add.reduce(v)) and v.min() > 0.0
    if ordinary and x is None:
        _refuse_far_apart(y, v, groups)
        return Rows(y, v, groups, ())
    missing = np.isnan(y) | np.isnan(v)
    wrong = ~missing & ~(np.isfinite(y) & (v > 0.0) & np.isfinite(v))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        label = groups.labels[np.searchsorted(groups.start, at, side="right") - 1]
        raise StatisticsError(
            f"Row {groups.order[at] + 1} (group {label}): effect {y[at]:g} with sampling variance "
            f"{v[at]:g} cannot be pooled; effects are finite and variances above 0.",
            hint="Leave what is unknown as NaN.",
        )
    notes = _left_out(missing, "an effect or a variance")
    keep = ~missing
    if x is not None:
        known = np.isfinite(x[groups.order]).all(axis=1)
        notes += _left_out(keep & ~known, what)
        keep &= known
    if not notes:
        _refuse_far_apart(y, v, groups)
        return Rows(y, v, groups, ())
    code = np.repeat(np.arange(groups.size.size), groups.size)[keep]
    size = np.bincount(code, minlength=groups.size.size)
    start = np.cumsum(size) - size
    left = Groups(groups.labels, groups.order[keep], start, size)
    _refuse_far_apart(y[keep], v[keep], left)
    return Rows(y[keep], v[keep], left, notes)


def _refuse_far_apart(y: FloatArray, v: FloatArray, groups: Groups) -> None:
    """Refuse groups that no arithmetic of doubles can weigh together."""
    if not y.size or max(np.sqrt(v.max()), np.abs(y).max()) <= np.sqrt(WIDEST) * np.sqrt(v.min()):
        return
    some = np.flatnonzero(groups.size)
    start = groups.start[some]
    low, high = np.minimum.reduceat(v, start), np.maximum.reduceat(v, start)
    size = np.maximum.reduceat(np.abs(y), start)
    apart = np.maximum(np.sqrt(high), size) > np.sqrt(WIDEST) * np.sqrt(low)
    if apart.any():
        at = int(np.flatnonzero(apart)[0])
        raise StatisticsError(
            f"Group {groups.labels[some[at]]}: effects up to {size[at]:g} and variances between "
            f"{low[at]:g} and {high[at]:g} are too far apart for double precision.",
            hint="Check their units.",
        )


def _left_out(which: npt.NDArray[np.bool_], what: str) -> tuple[str, ...]:
    count = int(np.count_nonzero(which))
    return (f"Left out {count} row{'s' if count > 1 else ''} without {what}.",) if count else ()


def blocks(
    groups: Groups, y: FloatArray, v: FloatArray, which: IndexArray, *, width: int = 1
) -> Iterator[Block]:
    """Lay groups of similar size side by side, a cacheful at a time.

    Parameters
    ----------
    groups
        The groups; `y` and `v` are in its order.
    which
        The groups to take.
    width
        Numbers that stand in a block for each study.
    """
    which = which[np.argsort(groups.size[which], kind="stable")]
    sizes = groups.size[which]
    begin = 0
    while begin < which.size:
        end = _block_end(sizes, begin, max(_ENTRIES // width, 1))
        members, size = which[begin:end], sizes[begin:end]
        rows = np.arange(size[-1])[:, None]
        inside = rows < size
        index = np.where(inside, groups.start[members] + rows, 0)
        if inside.all():
            yield Block(members, y[index], v[index], size.astype(np.float64), index, inside)
        else:
            yield Block(
                members,
                np.where(inside, y[index], 0.0),
                np.where(inside, v[index], np.inf),
                size.astype(np.float64),
                index,
                inside,
            )
        begin = end


def _block_end(sizes: IndexArray, begin: int, entries: int) -> int:
    """Take groups until the block, padding included, is full; one at the least."""
    guess = begin + max(int(entries // sizes[begin]), 1)
    end = min(guess, sizes.size)
    while end > begin + 1 and int(sizes[end - 1]) * (end - begin) > entries:
        end = begin + max(int(entries // sizes[end - 1]), 1)
    return end
