"""Two groups, counts of people with an event: risk ratio, odds ratio, risk difference and kin.

Group 1 is the intervention and group 2 the comparator. A table is ``a`` people with and ``b``
without the event in group 1, ``c`` and ``d`` in group 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import special

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.tetrachoric import tetrachoric_correlation
from weigh.effects.two_by_two import Tables, read_tables

__all__ = ["FORMULAS"]


def risk_ratio(columns: Columns, options: Options) -> Draft:
    """Log risk ratio."""
    tables = read_tables(columns, options)
    y, v = tables.for_yi, tables.for_vi
    yi = np.log(y.a * y.n2 / (y.c * y.n1))

    def average() -> FloatArray:
        p1, p2 = v.mean_risks()
        return (1.0 - p1) / (p1 * v.n1) + (1.0 - p2) / (p2 * v.n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: v.b / (v.a * v.n1) + v.d / (v.c * v.n2),
            "AV": average,
            "H0": lambda: (v.b + v.d) / (v.a + v.c) * (1.0 / v.n1 + 1.0 / v.n2),
        },
    )
    return tables.draft(yi, vi)


def _log_odds_ratio(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    tables = read_tables(columns, options)
    y, v = tables.for_yi, tables.for_vi

    def from_risks(p1: FloatArray | float, p2: FloatArray | float) -> FloatArray:
        return 1.0 / (p1 * (1.0 - p1) * v.n1) + 1.0 / (p2 * (1.0 - p2) * v.n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 1.0 / v.a + 1.0 / v.b + 1.0 / v.c + 1.0 / v.d,
            "AV": lambda: from_risks(*v.mean_risks()),
            "H0": lambda: from_risks(v.common_risk(), v.common_risk()),
        },
    )
    return tables, np.log(y.a * y.d / (y.b * y.c)), vi


def odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log odds ratio."""
    tables, yi, vi = _log_odds_ratio(columns, options)
    return tables.draft(yi, vi)


def odds_ratio_as_smd(per_sd: float, words: str) -> Formula:
    """Log odds ratio divided by the log odds ratio that a difference of one SD makes."""

    def formula(columns: Columns, options: Options) -> Draft:
        tables, yi, vi = _log_odds_ratio(columns, options)
        return tables.draft(yi / per_sd, vi / per_sd**2, words)

    return formula


def risk_difference(columns: Columns, options: Options) -> Draft:
    """Risk difference."""
    tables = read_tables(columns, options)
    y, v = tables.for_yi, tables.for_vi
    p1, p2 = v.a / v.n1, v.c / v.n2

    def average() -> FloatArray:
        mean1, mean2 = v.mean_risks()
        return mean1 * (1.0 - mean1) / v.n1 + mean2 * (1.0 - mean2) / v.n2

    def under_null() -> FloatArray:
        p = v.common_risk()
        return p * (1.0 - p) * (1.0 / v.n1 + 1.0 / v.n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: p1 * (1.0 - p1) / v.n1 + p2 * (1.0 - p2) / v.n2,
            "UB": lambda: p1 * (1.0 - p1) / (v.n1 - 1.0) + p2 * (1.0 - p2) / (v.n2 - 1.0),
            "AV": average,
            "H0": under_null,
        },
    )
    return tables.draft(y.a / y.n1 - y.c / y.n2, vi)


def peto_odds_ratio(columns: Columns, options: Options) -> Draft:
    """Log odds ratio by Peto's method: observed less expected events, over their variance."""
    tables = read_tables(columns, options)
    t = tables.filled
    n1, n2 = t.n1, t.n2
    n = n1 + n2
    share1, share2 = n1 / n, n2 / n
    events = t.a + t.c
    variance = events * (n - events) * share1 * share2 / (n - 1.0)
    return tables.draft((t.a - events * share1) / variance, 1.0 / variance)


def arcsine_difference(columns: Columns, options: Options) -> Draft:
    """Difference of the arcsine square roots of two risks."""
    tables = read_tables(columns, options, default_add=0.0)
    t = tables.filled
    yi = np.arcsin(np.sqrt(t.a / t.n1)) - np.arcsin(np.sqrt(t.c / t.n2))
    return tables.draft(yi, 1.0 / (4.0 * t.n1) + 1.0 / (4.0 * t.n2))


def _phi(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    tables = read_tables(columns, options, default_add=0.0)
    t = tables.filled
    n = t.n
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
    return tables, yi, vi


def phi(columns: Columns, options: Options) -> Draft:
    """Phi: the correlation of group and event."""
    tables, yi, vi = _phi(columns, options)
    return tables.draft(yi, vi)


def phi_z(columns: Columns, options: Options) -> Draft:
    """Phi on Fisher's z scale (which does not stabilize its variance)."""
    tables, yi, vi = _phi(columns, options)
    return tables.draft(np.arctanh(yi), vi / (1.0 - yi**2) ** 2)


def yule_q(columns: Columns, options: Options) -> Draft:
    """Yule's Q, from the odds ratio."""
    tables = read_tables(columns, options)
    t = tables.filled
    ratio = t.a * t.d / (t.b * t.c)
    yi = (ratio - 1.0) / (ratio + 1.0)
    return tables.draft(
        yi, 0.25 * (1.0 - yi**2) ** 2 * (1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d)
    )


def yule_y(columns: Columns, options: Options) -> Draft:
    """Yule's Y, from the root of the odds ratio."""
    tables = read_tables(columns, options)
    t = tables.filled
    ratio = np.sqrt(t.a * t.d / (t.b * t.c))
    yi = (ratio - 1.0) / (ratio + 1.0)
    return tables.draft(
        yi, 0.0625 * (1.0 - yi**2) ** 2 * (1.0 / t.a + 1.0 / t.b + 1.0 / t.c + 1.0 / t.d)
    )


def _tetrachoric(columns: Columns, options: Options) -> tuple[Tables, FloatArray, FloatArray]:
    tables = read_tables(columns, options, default_add=0.0)
    t = tables.filled
    yi, vi = tetrachoric_correlation(t.a, t.b, t.c, t.d)
    edge = Why(
        rows=lambda: (np.abs(yi) == 1.0) & np.isnan(vi),
        text="a cell is empty: the correlation is at its bound, where its variance is undefined",
        keeps_effect=True,
    )
    return replace(tables, why=(edge, *tables.why)), yi, vi


def tetrachoric(columns: Columns, options: Options) -> Draft:
    """Tetrachoric correlation by maximum likelihood."""
    tables, yi, vi = _tetrachoric(columns, options)
    return tables.draft(yi, vi)


def tetrachoric_z(columns: Columns, options: Options) -> Draft:
    """Tetrachoric correlation on Fisher's z scale (which does not stabilize its variance)."""
    tables, yi, vi = _tetrachoric(columns, options)
    return tables.draft(np.arctanh(yi), vi / (1.0 - yi**2) ** 2)


def probit_smd(columns: Columns, options: Options) -> Draft:
    """Difference of the normal quantiles of two risks: an SMD behind a cut-off."""
    tables = read_tables(columns, options)
    t = tables.filled
    p1, p2 = t.a / t.n1, t.c / t.n2
    z1, z2 = special.ndtri(p1), special.ndtri(p2)
    vi = (
        2.0
        * np.pi
        * (p1 * (1.0 - p1) * np.exp(z1**2) / t.n1 + p2 * (1.0 - p2) * np.exp(z2**2) / t.n2)
    )
    return tables.draft(z1 - z2, vi)


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
