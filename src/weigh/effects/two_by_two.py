"""Two-by-two tables: read from their arguments, checked, zero cells filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.effects.counts import people_without, whole_number_notes
from weigh.effects.draft import Draft, Note, Options, Why, rows_have
from weigh.effects.zero_cells import Cells, fill_zero_cells

__all__ = ["Table", "Tables", "read_tables"]


@dataclass(frozen=True)
class Table:
    """Two-by-two tables: people with (a, c) and without (b, d) the event in groups 1 and 2.

    The groups' people are added up once, as most measures ask for them several times.
    """

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @cached_property
    def n1(self) -> FloatArray:
        """People in group 1."""
        return self.a + self.b

    @cached_property
    def n2(self) -> FloatArray:
        """People in group 2."""
        return self.c + self.d

    @property
    def n(self) -> FloatArray:
        """People in both groups."""
        return self.n1 + self.n2

    def mean_risks(self) -> tuple[float, float]:
        """Risk in each group over all tables, weighted by people."""
        return (
            weighted_mean(self.a / self.n1, self.n1),
            weighted_mean(self.c / self.n2, self.n2),
        )

    def common_risk(self) -> FloatArray:
        """Risk in both groups of a table together."""
        return (self.a + self.c) / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Tables after the rule for zero cells, and what is to be told about them.

    `filled` has what the rule adds; effects are made from `for_yi` and variances from `for_vi`,
    which are the same unless the user keeps the addition out of one of the two.
    """

    filled: Table
    for_yi: Table
    for_vi: Table
    people: FloatArray
    why: tuple[Why, ...]
    notes: tuple[Note, ...]
    conventions: tuple[str, ...]

    @classmethod
    def of(
        cls,
        cells: Cells,
        people: FloatArray,
        *,
        nobody: Callable[[], BoolArray],
        empty: Callable[[], BoolArray],
        notes: tuple[Note, ...],
    ) -> Tables:
        """Tables from cells that the rule was applied to.

        A table with `nobody` in a group tells nothing but what was added to it. It is left in, as
        metafor does for tables in which people were sampled together, and noted.
        """

        def zero() -> BoolArray:
            return np.asarray(np.logical_or.reduce([cell == 0.0 for cell in cells.counts]))

        # Only where a zero cell was filled can nobody go unnoticed.
        if cells.notes and cells.notes[0].counts[1]:
            absent = nobody()
            alone = int(np.count_nonzero(absent & ~zero())) if absent.any() else 0
            notes += (Note(kind="nobody", counts=(alone,), say=_say_nobody),)
        filled = Table(*cells.counts)
        return cls(
            filled=filled,
            for_yi=filled if cells.for_yi is cells.counts else Table(*cells.for_yi),
            for_vi=filled if cells.for_vi is cells.counts else Table(*cells.for_vi),
            people=people,
            why=(
                Why(rows=nobody, text="a group without people"),
                *cells.why,
                Why(rows=empty, text="no events, or nothing but events, in any group"),
                Why(rows=zero, text="a cell is zero, and nothing was added to it"),
            ),
            notes=notes + cells.notes,
            conventions=cells.conventions,
        )

    def draft(self, yi: FloatArray, vi: FloatArray, *conventions: str) -> Draft:
        """Effects made from these tables."""
        return Draft(
            yi=yi,
            vi=vi,
            ni=self.people,
            why=self.why,
            notes=self.notes,
            conventions=self.conventions + conventions,
        )


def _say_nobody(rows: int) -> str:
    return f"{rows_have(rows)} a group without people, which tells only what was added to it."


def read_tables(columns: Columns, options: Options, *, default_add: float = 0.5) -> Tables:
    """The tables, checked, with zero cells filled by the rule."""
    names = ("events1", "n1", "events2", "n2", "nonevents1", "nonevents2")
    columns.require("events1", "events2")
    columns.refuse_negative(*names)
    a, c = columns["events1"], columns["events2"]
    b = people_without(columns, "events1", "n1", "nonevents1")
    d = people_without(columns, "events2", "n2", "nonevents2")
    n1, n2 = a + b, c + d

    def empty() -> BoolArray:
        return np.asarray(((a == 0.0) & (c == 0.0)) | ((b == 0.0) & (d == 0.0)))

    return Tables.of(
        fill_zero_cells((a, b, c, d), options, default=default_add, empty=empty, groups=2),
        n1 + n2,
        nobody=lambda: np.asarray((n1 == 0.0) | (n2 == 0.0)),
        empty=empty,
        notes=whole_number_notes(columns, *names),
    )
