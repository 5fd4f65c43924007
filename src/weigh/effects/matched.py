"""Matched pairs, or one group before and after, with a yes-or-no outcome.

A table counts pairs: ``a`` both have the event, ``b`` only the first, ``c`` only the second, ``d``
neither. Marginal measures compare shares of all; conditional ones look at the pairs that differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.effects.counts import whole_number_notes
from weigh.effects.draft import Draft, Formula, Options, variance_by_type
from weigh.effects.reported import first_known
from weigh.effects.two_by_two import Table, Tables, read_tables
from weigh.effects.zero_cells import fill_zero_cells

__all__ = ["FORMULAS"]

_CELLS = ("both", "first_only", "second_only", "neither")


def _read(columns: Columns, options: Options) -> Tables:
    """The paired table: by its own names, or row by row as events1, n1, events2, n2."""
    if not any(name in columns for name in _CELLS):
        return read_tables(columns, options)
    columns.refuse_negative(*_CELLS)
    a, b, c, d = columns.take(" ".join(_CELLS))

    def empty() -> BoolArray:
        return np.asarray(((a == 0.0) & (c == 0.0)) | ((b == 0.0) & (d == 0.0)))

    return Tables.of(
        fill_zero_cells((a, b, c, d), options, empty=empty),
        a + b + c + d,
        nobody=lambda: np.asarray(a + b + c + d == 0.0),
        empty=empty,
        notes=whole_number_notes(columns, *_CELLS),
    )


def marginal_difference(columns: Columns, options: Options) -> Draft:
    """Difference of the two shares with the event."""
    tables = _read(columns, options)
    t = tables.filled
    n = t.n
    b, c = t.b / n, t.c / n
    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: (b * (1.0 - b) + 2.0 * b * c + c * (1.0 - c)) / n},
    )
    return tables.draft(b - c, vi)


def marginal_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of the two shares with the event."""
    tables = _read(columns, options)
    t = tables.filled
    first, second = t.a + t.b, t.a + t.c
    vi = variance_by_type(columns, options, {"LS": lambda: (t.b + t.c) / (first * second)})
    return tables.draft(np.log(first / second), vi)


def marginal_odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of the odds of the event."""
    tables = _read(columns, options)
    t = tables.filled
    n = t.n
    first, second = (t.a + t.b) / n, (t.a + t.c) / n
    b, c = t.b / n, t.c / n
    yi = np.log(first * (1.0 - second) / (second * (1.0 - first)))
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (
                (b * (1.0 - b) + c * (1.0 - c) + 2.0 * b * c)
                / (n * first * (1.0 - first) * second * (1.0 - second))
            )
        },
    )
    return tables.draft(yi, vi)


def conditional_odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log odds ratio from the pairs that differ."""
    tables = _read(columns, options)
    t = tables.filled
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / t.b + 1.0 / t.c})
    return tables.draft(np.log(t.b / t.c), vi)


def conditional_peto(columns: Columns, options: Options) -> Draft:
    """Log odds ratio from the pairs that differ, by Peto's method."""
    tables = _read(columns, options)
    t = tables.filled
    differ = t.b + t.c
    vi = variance_by_type(columns, options, {"LS": lambda: 4.0 / differ})
    return tables.draft(2.0 * (t.b - t.c) / differ, vi)


def marginal_odds_ratio_from_margins(columns: Columns, options: Options) -> Draft:
    """Log ratio of odds from the two margins and the correlation of the outcomes.

    A table is then the counts with and without the event first (a, b) and second (c, d), over the
    same people. The correlation of the two may be given as `r`, or follow from the share of all
    people who have both events.

    References
    ----------
    Zou GY (2007). One relative risk versus two odds ratios. Clinical Trials 4:25-31.
    """
    columns.refuse_outside(-1.0, 1.0, "r")
    columns.refuse_outside(0.0, 1.0, "share_both")
    raw = read_tables(columns, Options(to="none"))
    tables = read_tables(columns, options)
    y, v = tables.for_yi, tables.for_vi
    r = columns.get("r")
    if "share_both" in columns:
        r = first_known(r, _correlation_of_margins(raw.filled, columns["share_both"]))
    else:
        columns.require("r")
    # Twice the covariance of the two log odds, which the same people give.
    shared = 2.0 * r * np.round(0.5 * v.n) / np.sqrt(v.a * v.b * v.c * v.d)

    def average() -> FloatArray:
        p1, p2 = v.mean_risks()
        return 1.0 / (p1 * (1.0 - p1) * v.n1) + 1.0 / (p2 * (1.0 - p2) * v.n2) - shared

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 1.0 / v.a + 1.0 / v.b + 1.0 / v.c + 1.0 / v.d - shared,
            "AV": average,
        },
    )
    draft = tables.draft(np.log(y.a * y.d / (y.b * y.c)), vi)
    return replace(draft, ni=np.round(0.5 * raw.people))


def _correlation_of_margins(t: Table, share: FloatArray) -> FloatArray:
    """Phi of the joint table in which `share` of all people have both events."""
    both = share * t.n1
    first_only, second_only = t.a - both, t.c - both
    neither = t.b - t.c + both
    phi = (both * neither - first_only * second_only) / np.sqrt(
        (both + first_only)
        * (second_only + neither)
        * (both + second_only)
        * (first_only + neither)
    )
    return np.where(np.abs(phi) <= 1.0, phi, np.nan)


FORMULAS: Mapping[str, Formula] = {
    "MPRD": marginal_difference,
    "MPRR": marginal_ratio,
    "MPOR": marginal_odds_ratio,
    "MPORC": conditional_odds_ratio,
    "MPPETO": conditional_peto,
    "MPORM": marginal_odds_ratio_from_margins,
}
