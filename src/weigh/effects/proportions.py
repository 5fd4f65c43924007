"""One group: the proportion with an event, raw and transformed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from weigh.effects.averages import weighted_mean
from weigh.effects.binary import whole_number_notes
from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.zero_cells import Cells, fill_zero_cells
from weigh.errors import InputError

__all__ = ["FORMULAS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """People with (x) and without (m) the event, after the rule for zero cells."""

    x: FloatArray
    m: FloatArray
    people: FloatArray
    cells: Cells
    notes: tuple[str, ...]

    @property
    def n(self) -> FloatArray:
        """People, with what was added."""
        return self.x + self.m

    def draft(self, yi: FloatArray, vi: FloatArray) -> Draft:
        """Effects made from these counts."""
        return Draft(
            yi=yi,
            vi=vi,
            ni=self.people,
            why=(Why(rows=self.people == 0.0, text="a group without people"), *self.cells.why),
            notes=self.notes,
            conventions=self.cells.conventions,
        )


def _read(columns: Columns, options: Options, *, default_add: float = 0.5) -> _Counts:
    columns.refuse_negative("events", "n", "nonevents")
    x = columns["events"]
    if "nonevents" in columns:
        m = columns["nonevents"]
    else:
        n = columns["n"]
        wrong = x > n
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(
                f"{columns.place('events', row)} is {x[row]:g}, "
                f"but {columns.place('n', row)} is {n[row]:g}: "
                "there cannot be more people with the event than people."
            )
        m = n - x
    cells = fill_zero_cells((x, m), options, default=default_add)
    return _Counts(
        x=cells.counts[0],
        m=cells.counts[1],
        people=x + m,
        cells=cells,
        notes=whole_number_notes(columns, "events", "n", "nonevents") + cells.notes,
    )


def proportion(columns: Columns, options: Options) -> Draft:
    """Proportion."""
    k = _read(columns, options)
    p = k.x / k.n

    def average() -> FloatArray:
        mean = weighted_mean(p, k.n)
        return mean * (1.0 - mean) / k.n

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: p * (1.0 - p) / k.n,
            "UB": lambda: p * (1.0 - p) / (k.n - 1.0),
            "AV": average,
        },
    )
    return k.draft(p, vi)


def log_proportion(columns: Columns, options: Options) -> Draft:
    """Log proportion."""
    k = _read(columns, options)

    def average() -> FloatArray:
        mean = weighted_mean(k.x / k.n, k.n)
        return (1.0 - mean) / (mean * k.n)

    vi = variance_by_type(columns, options, {"LS": lambda: k.m / (k.x * k.n), "AV": average})
    return k.draft(np.log(k.x / k.n), vi)


def logit_proportion(columns: Columns, options: Options) -> Draft:
    """Log odds."""
    k = _read(columns, options)

    def average() -> FloatArray:
        mean = weighted_mean(k.x / k.n, k.n)
        return 1.0 / (mean * (1.0 - mean) * k.n)

    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / k.x + 1.0 / k.m, "AV": average})
    return k.draft(np.log(k.x / k.m), vi)


def probit_proportion(columns: Columns, options: Options) -> Draft:
    """Normal quantile of a proportion."""
    k = _read(columns, options)
    p = k.x / k.n
    z = np.asarray(special.ndtri(p))
    vi = variance_by_type(
        columns, options, {"LS": lambda: 2.0 * np.pi * p * (1.0 - p) * np.exp(z**2) / k.n}
    )
    return k.draft(z, vi)


def arcsine_proportion(columns: Columns, options: Options) -> Draft:
    """Arcsine of the root of a proportion."""
    k = _read(columns, options, default_add=0.0)
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * k.n)})
    return k.draft(np.arcsin(np.sqrt(k.x / k.n)), vi)


def double_arcsine_proportion(columns: Columns, options: Options) -> Draft:
    """Freeman-Tukey double arcsine of a proportion."""
    k = _read(columns, options, default_add=0.0)
    low, high = k.x / (k.n + 1.0), (k.x + 1.0) / (k.n + 1.0)
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (4.0 * k.n + 2.0)})
    return k.draft(0.5 * (np.arcsin(np.sqrt(low)) + np.arcsin(np.sqrt(high))), vi)


FORMULAS: Mapping[str, Formula] = {
    "PR": proportion,
    "PLN": log_proportion,
    "PLO": logit_proportion,
    "PRZ": probit_proportion,
    "PAS": arcsine_proportion,
    "PFT": double_arcsine_proportion,
}
