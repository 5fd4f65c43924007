"""Rows of effects sorted into groups, and groups laid side by side as columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError

__all__ = ["Block", "Groups", "blocks", "group_rows"]

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
    """

    which: IndexArray
    y: FloatArray
    v: FloatArray
    k: FloatArray


def group_rows(group: Any, rows: int) -> Groups:
    """Find the groups, in order of first appearance.

    Parameters
    ----------
    group
        A label a row: numbers or text.
    rows
        Number of rows.
    """
    labels = np.asarray(group)
    if labels.ndim != 1 or labels.size != rows:
        raise InputError(f"`group` has shape {labels.shape} for {rows} effects; give a label each.")
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


def blocks(groups: Groups, y: FloatArray, v: FloatArray, which: IndexArray) -> Iterator[Block]:
    """Lay groups of similar size side by side, a cacheful at a time.

    Parameters
    ----------
    groups
        The groups; `y` and `v` are in its order.
    which
        The groups to take.
    """
    which = which[np.argsort(groups.size[which], kind="stable")]
    sizes = groups.size[which]
    begin = 0
    while begin < which.size:
        end = _block_end(sizes, begin)
        members, size = which[begin:end], sizes[begin:end]
        rows = np.arange(size[-1])[:, None]
        inside = rows < size
        index = np.where(inside, groups.start[members] + rows, 0)
        if inside.all():
            yield Block(members, y[index], v[index], size.astype(np.float64))
        else:
            yield Block(
                members,
                np.where(inside, y[index], 0.0),
                np.where(inside, v[index], np.inf),
                size.astype(np.float64),
            )
        begin = end


def _block_end(sizes: IndexArray, begin: int) -> int:
    """Take groups until the block, padding included, is full; one at the least."""
    guess = begin + max(int(_ENTRIES // sizes[begin]), 1)
    end = min(guess, sizes.size)
    while end > begin + 1 and int(sizes[end - 1]) * (end - begin) > _ENTRIES:
        end = begin + max(int(_ENTRIES // sizes[end - 1]), 1)
    return end
