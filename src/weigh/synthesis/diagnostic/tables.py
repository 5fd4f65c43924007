"""Counts of true and false positives and negatives: checked, and corrected for empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_number, check_vector, numbered

__all__ = ["Tables", "check_tables", "corrected"]

FloatArray = npt.NDArray[np.float64]

# Beyond so many people the shares of a table differ from 0 and 1 by rounding alone.
_MOST = 1e12

_TO = ("only0", "if0all", "all", "none")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """One table a study: the index test against the reference standard.

    Parameters
    ----------
    tp, fp, fn, tn
        (k,) true positives, false positives, false negatives, true negatives.
    slab
        Names of the studies.
    notes
        What was left out and why.
    """

    tp: FloatArray
    fp: FloatArray
    fn: FloatArray
    tn: FloatArray
    slab: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.tp.size

    @property
    def sick(self) -> FloatArray:
        """People with the condition."""
        return self.tp + self.fn

    @property
    def healthy(self) -> FloatArray:
        """People without it."""
        return self.fp + self.tn

    @property
    def sensitivity(self) -> FloatArray:
        """Share of positive tests among people with the condition."""
        return self.tp / self.sick

    @property
    def fpr(self) -> FloatArray:
        """Share of positive tests among people without it."""
        return self.fp / self.healthy

    def empty(self) -> npt.NDArray[np.bool_]:
        """Which studies have an empty cell."""
        found: npt.NDArray[np.bool_] = (
            np.minimum(np.minimum(self.tp, self.fp), np.minimum(self.fn, self.tn)) == 0.0
        )
        return found

    def logits(self) -> tuple[FloatArray, FloatArray]:
        """Logits of sensitivity and false positive rate, and their variances: (k, 2) each."""
        y = np.column_stack([np.log(self.tp / self.fn), np.log(self.fp / self.tn)])
        v = np.column_stack([1.0 / self.tp + 1.0 / self.fn, 1.0 / self.fp + 1.0 / self.tn])
        return y, v


def check_tables(tp: Any, fp: Any, fn: Any, tn: Any, slab: Sequence[Any] | None) -> Tables:
    """Check the counts of all studies, and leave out those where one is missing.

    Raises
    ------
    InputError
        Lengths that differ.
    StatisticsError
        A count that is negative or no whole number, a study without people on either side, or
        no study at all.
    """
    cells = dict(zip(("tp", "fp", "fn", "tn"), (tp, fp, fn, tn), strict=True))
    given = {name: check_vector(values, name) for name, values in cells.items()}
    sizes = {name: values.size for name, values in given.items()}
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"`{name}` has {size}" for name, size in sizes.items())
        raise InputError(f"The four counts must have one entry a study: {shown}.")
    table = np.column_stack(list(given.values()))
    names = numbered(table.shape[0]) if slab is None else tuple(map(str, slab))
    if len(names) != table.shape[0]:
        raise InputError(f"`slab` has {len(names)} names for {table.shape[0]} studies.")
    keep = ~np.isnan(table).any(axis=1)
    out = [names[row] for row in np.flatnonzero(~keep)]
    notes = (f"Left out for missing counts: {', '.join(out)}.",) if out else ()
    table, names = table[keep], tuple(names[row] for row in np.flatnonzero(keep))
    if not names:
        raise StatisticsError("There is no study with all four counts, so nothing can be pooled.")
    for row, name in zip(table, names, strict=True):
        if not ((row >= 0.0) & (row <= _MOST) & (row == np.round(row))).all():
            raise StatisticsError(
                f"Study {name}: tp, fp, fn, tn are {', '.join(f'{x:g}' for x in row)}; counts must "
                f"be whole numbers from 0 to {_MOST:g}."
            )
        if row[0] + row[2] == 0.0 or row[1] + row[3] == 0.0:
            side = "with" if row[0] + row[2] == 0.0 else "without"
            raise StatisticsError(
                f"Study {name} has nobody {side} the condition, so it has no "
                f"{'sensitivity' if side == 'with' else 'specificity'}.",
                hint="Leave it out: the model needs both.",
            )
    return Tables(
        tp=table[:, 0], fp=table[:, 1], fn=table[:, 2], tn=table[:, 3], slab=names, notes=notes
    )


def corrected(tables: Tables, add: float, to: str) -> Tables:
    """Add to the cells: of studies with an empty one, of all, or of all if any has one.

    Raises
    ------
    InputError
        An addition that is negative.
    NotFoundError
        A rule of another name.
    StatisticsError
        Cells that stay empty.
    """
    check_choice("rule for empty cells", to, _TO)
    if check_number(add, "add") < 0.0:
        raise InputError(f"`add` is {add:g}; what is added to cells must be 0 or more.")
    empty = tables.empty()
    where = {
        "only0": empty,
        "if0all": np.full(tables.k, bool(empty.any())),
        "all": np.full(tables.k, True),
        "none": np.full(tables.k, False),
    }[to]
    if (empty & ~(where & (add > 0.0))).any():
        name = tables.slab[int(np.flatnonzero(empty)[0])]
        raise StatisticsError(
            f"Study {name} has an empty cell, so a logit or a ratio of it is infinite.",
            hint='Take to="only0" with add=0.5, or method="GLMM", which needs no correction.',
        )
    more = np.where(where, add, 0.0)
    return Tables(
        tp=tables.tp + more,
        fp=tables.fp + more,
        fn=tables.fn + more,
        tn=tables.tn + more,
        slab=tables.slab,
        notes=tables.notes,
    )
