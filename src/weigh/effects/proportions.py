"""One group: the proportion with an event, raw and transformed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import Columns, FloatArray
from weigh.effects.counts import people_without, whole_number_notes
from weigh.effects.draft import Draft, Formula, Note, Options, Why, variance_by_type
from weigh.effects.zero_cells import Cells, fill_zero_cells

__all__ = ["FORMULAS"]


@dataclass(frozen=True)
class _Group:
    """People with (x) and without (m) the event."""

    x: FloatArray
    m: FloatArray

    @cached_property
    def n(self) -> FloatArray:
        """People."""
        return self.x + self.m

    @property
    def p(self) -> FloatArray:
        """Proportion with the event."""
        return self.x / self.n

    def mean(self) -> float:
        """Proportion over all groups, weighted by people."""
        return weighted_mean(self.p, self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """Counts after the rule for zero cells, as effects and as variances are made from them."""

    filled: _Group
    for_yi: _Group
    for_vi: _Group
    people: FloatArray
    cells: Cells
    notes: tuple[Note, ...]

    def draft(self, yi: FloatArray, vi: FloatArray) -> Draft:
        """Effects made from these counts."""
        return Draft(
            yi=yi,
            vi=vi,
            ni=self.people,
            why=(
                Why(rows=lambda: self.people == 0.0, text="a group without people"),
                *self.cells.why,
            ),
            notes=self.notes,
            conventions=self.cells.conventions,
        )


def _read(columns: Columns, options: Options, *, default_add: float = 0.5) -> _Counts:
    columns.refuse_negative("events", "n", "nonevents")
    x = columns["events"]
    m = people_without(columns, "events", "n", "nonevents")
    counts = (x, m)
    given = _Group(*counts)
    cells = fill_zero_cells(counts, options, default=default_add, groups=1)
    filled = given if cells.counts is counts else _Group(*cells.counts)
    return _Counts(
        filled=filled,
        for_yi=filled if cells.for_yi is cells.counts else _Group(*cells.for_yi),
        for_vi=filled if cells.for_vi is cells.counts else _Group(*cells.for_vi),
        people=given.n,
        cells=cells,
        notes=whole_number_notes(columns, "events", "n", "nonevents") + cells.notes,
    )


def proportion(columns: Columns, options: Options) -> Draft:
    """Proportion."""
    counts = _read(columns, options)
    v = counts.for_vi
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: v.p * (1.0 - v.p) / v.n,
            "UB": lambda: v.p * (1.0 - v.p) / (v.n - 1.0),
            "AV": lambda: v.mean() * (1.0 - v.mean()) / v.n,
        },
    )
    return counts.draft(counts.for_yi.p, vi)


def log_proportion(columns: Columns, options: Options) -> Draft:
    """Log proportion."""
    counts = _read(columns, options)
    v = counts.for_vi
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: v.m / (v.x * v.n),
            "AV": lambda: (1.0 - v.mean()) / (v.mean() * v.n),
        },
    )
    return counts.draft(np.log(counts.for_yi.p), vi)


def logit_proportion(columns: Columns, options: Options) -> Draft:
    """Log odds."""
    counts = _read(columns, options)
    y, v = counts.for_yi, counts.for_vi
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 1.0 / v.x + 1.0 / v.m,
            "AV": lambda: 1.0 / (v.mean() * (1.0 - v.mean()) * v.n),
        },
    )
    return counts.draft(np.log(y.x / y.m), vi)


def probit_proportion(columns: Columns, options: Options) -> Draft:
    """Normal quantile of a proportion."""
    counts = _read(columns, options)
    k = counts.filled
    p = k.p
    z = np.asarray(special.ndtri(p))
    vi = variance_by_type(
        columns, options, {"LS": lambda: 2.0 * np.pi * p * (1.0 - p) * np.exp(z**2) / k.n}
    )
    return counts.draft(z, vi)


def arcsine_proportion(columns: Columns, options: Options) -> Draft:
    """Arcsine of the root of a proportion."""
    counts = _read(columns, options, default_add=0.0)
    k = counts.filled
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * k.n)})
    return counts.draft(np.arcsin(np.sqrt(k.p)), vi)


def double_arcsine_proportion(columns: Columns, options: Options) -> Draft:
    """Freeman-Tukey double arcsine of a proportion."""
    counts = _read(columns, options, default_add=0.0)
    k = counts.filled
    n = k.n
    beyond = n + 1.0

    def angle(x: FloatArray) -> FloatArray:
        share = x / beyond
        # In place: the memory of a step is still in the processor's cache for the next.
        np.sqrt(share, out=share)
        return np.arcsin(share, out=share)

    yi = angle(k.x)
    yi += angle(k.x + 1.0)
    yi *= 0.5
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * n + 2.0)})
    return counts.draft(yi, vi)


FORMULAS: Mapping[str, Formula] = {
    "PR": proportion,
    "PLN": log_proportion,
    "PLO": logit_proportion,
    "PRZ": probit_proportion,
    "PAS": arcsine_proportion,
    "PFT": double_arcsine_proportion,
}
