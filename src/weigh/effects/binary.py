"""Two groups, counts of people with an event: risk ratio, odds ratio, risk difference and kin.

Group 1 is the intervention and group 2 the comparator. A table is ``a`` people with and ``b``
without the event in group 1, ``c`` and ``d`` in group 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.tetrachoric import tetrachoric_correlation
from weigh.effects.zero_cells import fill_zero_cells
from weigh.errors import InputError

__all__ = ["FORMULAS", "Tables", "read_tables", "whole_number_notes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Two-by-two tables after the rule for zero cells, and what is to be told about them."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray
    people: FloatArray
    why: tuple[Why, ...]
    notes: tuple[str, ...]
    conventions: tuple[str, ...]

    @property
    def n1(self) -> FloatArray:
        """People in group 1, with what was added."""
        return self.a + self.b

    @property
    def n2(self) -> FloatArray:
        """People in group 2, with what was added."""
        return self.c + self.d

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


def _other_cell(columns: Columns, group: int) -> FloatArray:
    """People without the event: given, or people less events, checked against each other."""
    events, people, without = f"events{group}", f"n{group}", f"nonevents{group}"
    count = columns[events]
    if people not in columns and without not in columns:
        columns.require(people)
    if people not in columns:
        return columns[without]
    rest = columns[people] - count
    wrong = rest < 0.0
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{columns.place(events, row)} is {count[row]:g}, "
            f"but {columns.place(people, row)} is {columns[people][row]:g}: "
            "there cannot be more people with the event than people."
        )
    if without in columns:
        given = columns[without]
        columns.refuse(
            without,
            np.isfinite(rest) & np.isfinite(given) & (rest != given),
            f"{people} less {events} gives another number",
        )
        return np.where(np.isfinite(given), given, rest)
    return rest


def whole_number_notes(columns: Columns, *names: str) -> tuple[str, ...]:
    """Say where counts are no whole numbers: right for effective sizes, else a slip."""
    odd = [name for name in names if name in columns and np.any(columns[name] % 1.0 > 0.0)]
    if not odd:
        return ()
    count = np.count_nonzero(np.logical_or.reduce([columns[name] % 1.0 > 0.0 for name in odd]))
    rows = "1 row has" if count == 1 else f"{count:,} rows have"
    return (
        f"{rows} counts that are not whole numbers ({', '.join(odd)}): right for effective sizes "
        "of cluster trials, otherwise worth a check.",
    )


def read_tables(columns: Columns, options: Options, *, default_add: float = 0.5) -> Tables:
    """The tables, checked, with zero cells filled by the rule."""
    names = ("events1", "n1", "events2", "n2", "nonevents1", "nonevents2")
    columns.require("events1", "events2")
    columns.refuse_negative(*names)
    a, c = columns["events1"], columns["events2"]
    b, d = _other_cell(columns, 1), _other_cell(columns, 2)
    empty = ((a == 0.0) & (c == 0.0)) | ((b == 0.0) & (d == 0.0))
    cells = fill_zero_cells((a, b, c, d), options, default=default_add, empty=empty)
    return Tables(
        a=cells.counts[0],
        b=cells.counts[1],
        c=cells.counts[2],
        d=cells.counts[3],
        people=a + b + c + d,
        why=(
            Why(rows=(a + b == 0.0) | (c + d == 0.0), text="a group without people"),
            *cells.why,
        ),
        notes=whole_number_notes(columns, *names) + cells.notes,
        conventions=cells.conventions,
    )


def risk_ratio(columns: Columns, options: Options) -> Draft:
    """Log risk ratio."""
    t = read_tables(columns, options)
    yi = np.log(t.a * t.n2 / (t.c * t.n1))

    def average() -> FloatArray:
        p1, p2 = weighted_mean(t.a / t.n1, t.n1), weighted_mean(t.c / t.n2, t.n2)
        return (1.0 - p1) / (p1 * t.n1) + (1.0 - p2) / (p2 * t.n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: t.b / (t.a * t.n1) + t.d / (t.c * t.n2),
            "AV": average,
            "H0": lambda: (t.b + t.d) / (t.a + t.c) * (1.0 / t.n1 + 1.0 / t.n2),
        },
    )
    return t.draft(yi, vi)


def _log_odds_ratio(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    t = read_tables(columns, options)
    yi = np.log(t.a * t.d / (t.b * t.c))

    def from_risks(p1: FloatArray | float, p2: FloatArray | float) -> FloatArray:
        return 1.0 / (p1 * (1.0 - p1) * t.n1) + 1.0 / (p2 * (1.0 - p2) * t.n2)

    def average() -> FloatArray:
        return from_risks(weighted_mean(t.a / t.n1, t.n1), weighted_mean(t.c / t.n2, t.n2))

    def under_null() -> FloatArray:
        p = (t.a + t.c) / (t.n1 + t.n2)
        return from_risks(p, p)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d,
            "AV": average,
            "H0": under_null,
        },
    )
    return t, yi, vi


def odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log odds ratio."""
    t, yi, vi = _log_odds_ratio(columns, options)
    return t.draft(yi, vi)


def odds_ratio_as_smd(per_sd: float, words: str) -> Formula:
    """Log odds ratio divided by the log odds ratio that a difference of one SD makes."""

    def formula(columns: Columns, options: Options) -> Draft:
        t, yi, vi = _log_odds_ratio(columns, options)
        return t.draft(yi / per_sd, vi / per_sd**2, words)

    return formula


def risk_difference(columns: Columns, options: Options) -> Draft:
    """Risk difference."""
    t = read_tables(columns, options)
    p1, p2 = t.a / t.n1, t.c / t.n2

    def average() -> FloatArray:
        mean1, mean2 = weighted_mean(p1, t.n1), weighted_mean(p2, t.n2)
        return mean1 * (1.0 - mean1) / t.n1 + mean2 * (1.0 - mean2) / t.n2

    def under_null() -> FloatArray:
        p = (t.a + t.c) / (t.n1 + t.n2)
        return p * (1.0 - p) * (1.0 / t.n1 + 1.0 / t.n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: p1 * (1.0 - p1) / t.n1 + p2 * (1.0 - p2) / t.n2,
            "UB": lambda: p1 * (1.0 - p1) / (t.n1 - 1.0) + p2 * (1.0 - p2) / (t.n2 - 1.0),
            "AV": average,
            "H0": under_null,
        },
    )
    return t.draft(p1 - p2, vi)


def peto_odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log odds ratio by Peto's method: observed less expected events, over their variance."""
    t = read_tables(columns, options)
    n = t.n1 + t.n2
    events, without = t.a + t.c, t.b + t.d
    expected = events * t.n1 / n
    variance = events * without * (t.n1 / n) * (t.n2 / n) / (n - 1.0)
    return t.draft((t.a - expected) / variance, 1.0 / variance)


def arcsine_difference(columns: Columns, options: Options) -> Draft:
    """Difference of the arcsine square roots of two risks."""
    t = read_tables(columns, options, default_add=0.0)
    yi = np.arcsin(np.sqrt(t.a / t.n1)) - np.arcsin(np.sqrt(t.c / t.n2))
    return t.draft(yi, 1.0 / (4.0 * t.n1) + 1.0 / (4.0 * t.n2))


def _phi(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    t = read_tables(columns, options, default_add=0.0)
    n = t.n1 + t.n2
    events, without = t.a + t.c, t.b + t.d
    yi = (t.a * t.d - t.b * t.c) / np.sqrt(t.n1 * t.n2 * events * without)

    def cross_sectional() -> FloatArray:
        # Yule 1912, p. 603: both margins vary.
        row_gap, column_gap = (t.n1 - t.n2) / n, (events - without) / n
        rows, cols = (t.n1 / n) * (t.n2 / n), (events / n) * (without / n)
        return (
            1.0
            - yi**2
            + yi * (1.0 + 0.5 * yi**2) * row_gap * column_gap / np.sqrt(rows * cols)
            - 0.75 * yi**2 * (row_gap**2 / rows + column_gap**2 / cols)
        ) / n

    def stratified() -> FloatArray:
        # The delta method with the group sizes fixed: phi is (p1 - p2) sqrt(w1 w2 / (p q)),
        # with p the mean risk and w the shares of the groups.
        p1, p2 = t.a / t.n1, t.c / t.n2
        w1, w2 = t.n1 / n, t.n2 / n
        p = events / n
        q = 1.0 - p
        scale = np.sqrt(w1 * w2 / (p * q))
        bend = 0.5 * (p1 - p2) * (q - p) / (p * q)
        slope1, slope2 = scale * (1.0 - bend * w1), scale * (-1.0 - bend * w2)
        return slope1**2 * p1 * (1.0 - p1) / t.n1 + slope2**2 * p2 * (1.0 - p2) / t.n2

    vi = variance_by_type(
        columns,
        options,
        {"LS": cross_sectional, "CS": cross_sectional, "ST": stratified},
    )
    return t, yi, vi


def phi(columns: Columns, options: Options) -> Draft:
    """Phi: the correlation of group and event."""
    t, yi, vi = _phi(columns, options)
    return t.draft(yi, vi)


def phi_z(columns: Columns, options: Options) -> Draft:
    """Phi on Fisher's z scale (which does not stabilize its variance)."""
    t, yi, vi = _phi(columns, options)
    return t.draft(np.arctanh(yi), vi / (1.0 - yi**2) ** 2)


def yule_q(columns: Columns, options: Options) -> Draft:
    """Yule's Q, from the odds ratio."""
    t = read_tables(columns, options)
    ratio = t.a * t.d / (t.b * t.c)
    yi = (ratio - 1.0) / (ratio + 1.0)
    return t.draft(yi, 0.25 * (1.0 - yi**2) ** 2 * (1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d))


def yule_y(columns: Columns, options: Options) -> Draft:
    """Yule's Y, from the root of the odds ratio."""
    t = read_tables(columns, options)
    ratio = np.sqrt(t.a * t.d / (t.b * t.c))
    yi = (ratio - 1.0) / (ratio + 1.0)
    return t.draft(
        yi, 0.0625 * (1.0 - yi**2) ** 2 * (1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d)
    )


def _tetrachoric(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    t = read_tables(columns, options, default_add=0.0)
    yi, vi = tetrachoric_correlation(t.a, t.b, t.c, t.d)
    edge = Why(
        rows=(np.abs(yi) == 1.0) & np.isnan(vi),
        text="a cell is empty: the correlation is at its bound, where its variance is undefined",
        keeps_effect=True,
    )
    return replace(t, why=(*t.why, edge)), yi, vi


def tetrachoric(columns: Columns, options: Options) -> Draft:
    """Tetrachoric correlation by maximum likelihood."""
    t, yi, vi = _tetrachoric(columns, options)
    return t.draft(yi, vi)


def tetrachoric_z(columns: Columns, options: Options) -> Draft:
    """Tetrachoric correlation on Fisher's z scale (which does not stabilize its variance)."""
    t, yi, vi = _tetrachoric(columns, options)
    return t.draft(np.arctanh(yi), vi / (1.0 - yi**2) ** 2)


def probit_smd(columns: Columns, options: Options) -> Draft:
    """Difference of the normal quantiles of two risks: an SMD behind a cut-off."""
    t = read_tables(columns, options)
    p1, p2 = t.a / t.n1, t.c / t.n2
    z1, z2 = special.ndtri(p1), special.ndtri(p2)
    vi = (
        2.0
        * np.pi
        * (p1 * (1.0 - p1) * np.exp(z1**2) / t.n1 + p2 * (1.0 - p2) * np.exp(z2**2) / t.n2)
    )
    return t.draft(z1 - z2, vi)


# A difference of one SD between two logistic distributions is pi / sqrt(3) in log odds; 1.65 is
# Cox and Snell's figure for normal ones.
_LOGISTIC = float(np.pi / np.sqrt(3.0))
_NORMAL = 1.65

FORMULAS: Mapping[str, Formula] = {
    "RR": risk_ratio,
    "OR": odds_ratio,
    "RD": risk_difference,
    "PETO": peto_odds_ratio,
    "AS": arcsine_difference,
    "PHI": phi,
    "ZPHI": phi_z,
    "YUQ": yule_q,
    "YUY": yule_y,
    "RTET": tetrachoric,
    "ZTET": tetrachoric_z,
    "PBIT": probit_smd,
    "OR2D": odds_ratio_as_smd(_LOGISTIC, "log odds ratio times sqrt(3) / pi (logistic)"),
    "OR2DL": odds_ratio_as_smd(_LOGISTIC, "log odds ratio times sqrt(3) / pi (logistic)"),
    "OR2DN": odds_ratio_as_smd(_NORMAL, "log odds ratio divided by 1.65 (normal)"),
}
