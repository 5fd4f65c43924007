"""Runs of studies, pooled again: all but one, the first few, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.synthesis.batch import PooledBatch, pool_many

__all__ = ["Runs", "pool_runs"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Entries held at a time: bounds the memory, as a study stands in a run for each of its fellows.
_HELD = 4_000_000


@dataclass(frozen=True, slots=True)
class Runs:
    """Sets of rows that follow one another, one entry a set.

    Parameters
    ----------
    first, count
        First row of each, and number of rows.
    skip
        A row that each steps over; None where there is no gap.
    """

    first: IndexArray
    count: IndexArray
    skip: IndexArray | None = None

    @classmethod
    def without_each(cls, start: IndexArray, size: IndexArray) -> Runs:
        """All rows of a group but one, for each row of groups that begin at `start`."""
        first = np.repeat(start, size)
        return cls(first, np.repeat(size - 1, size), np.arange(first.size))

    def take(self, which: IndexArray) -> Runs:
        """Pick entries."""
        return Runs(
            self.first[which], self.count[which], None if self.skip is None else self.skip[which]
        )

    def rows(self) -> tuple[IndexArray, IndexArray]:
        """Rows of all sets, one after the other, and the entry that each belongs to."""
        entry = np.repeat(np.arange(self.count.size), self.count)
        rows = np.arange(entry.size) + (self.first - (np.cumsum(self.count) - self.count))[entry]
        if self.skip is not None:
            rows += rows >= self.skip[entry]
        return rows, entry

    def stretches(self) -> Iterator[IndexArray]:
        """Entries in a row that together hold no more rows than are held at a time."""
        if self.count.size:
            number = (np.cumsum(self.count) - 1) // _HELD
            yield from np.split(np.arange(number.size), np.flatnonzero(np.diff(number)) + 1)


def pool_runs(y: FloatArray, v: FloatArray, runs: Runs, **options: Any) -> Iterator[PooledBatch]:
    """Pool each run, a stretch of them at a time.

    Parameters
    ----------
    y, v
        Effects and variances, checked.
    runs
        The runs.
    options
        Of `weigh.pool_many`.
    """
    for which in runs.stretches():
        rows, entry = runs.take(which).rows()
        yield pool_many(y[rows], v[rows], entry, **options)
