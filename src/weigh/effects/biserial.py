"""Correlations and odds ratios from the means and SDs of two groups.

The point-biserial correlation takes the groups as they are; the biserial one takes them as a cut
through a normal variable. An odds ratio is what the difference would be behind a cut of the scores.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import special

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.continuous import Standardized, standardized
from weigh.effects.draft import Draft, Formula, Options, variance_by_type

__all__ = ["FORMULAS"]


def _point_biserial(s: Standardized) -> tuple[FloatArray, FloatArray]:
    """The correlation, and the number h that ties it to d: r = d / sqrt(d² + h)."""
    h = s.df / s.n1 + s.df / s.n2
    return s.d / np.sqrt(s.d**2 + h), h


def _point_biserial_parts(
    columns: Columns, options: Options
) -> tuple[Standardized, FloatArray, FloatArray]:
    s = standardized(columns)
    r, h = _point_biserial(s)

    def stratified() -> FloatArray:
        of_d = 1.0 / s.n1 + 1.0 / s.n2 + s.d**2 / (2.0 * s.n)
        return h**2 / (h + s.d**2) ** 3 * of_d

    def cross_sectional() -> FloatArray:
        # Tate 1954: group sizes vary too.
        return (1.0 - r**2) ** 2 * (
            s.n * r**2 / (4.0 * s.n1 * s.n2) + (2.0 - 3.0 * r**2) / (2.0 * s.n)
        )

    vi = variance_by_type(
        columns, options, {"LS": stratified, "ST": stratified, "CS": cross_sectional}
    )
    return s, r, vi


def point_biserial(columns: Columns, options: Options) -> Draft:
    """Point-biserial correlation of group and score."""
    s, yi, vi = _point_biserial_parts(columns, options)
    return Draft(yi=yi, vi=vi, ni=s.n, why=s.why)


def point_biserial_z(columns: Columns, options: Options) -> Draft:
    """Point-biserial correlation on Fisher's z scale (which does not stabilize its variance)."""
    s, yi, vi = _point_biserial_parts(columns, options)
    return Draft(yi=np.arctanh(yi), vi=vi / (1.0 - yi**2) ** 2, ni=s.n, why=s.why)


def _biserial_parts(
    columns: Columns, options: Options
) -> tuple[Standardized, FloatArray, FloatArray]:
    s = standardized(columns)
    p1, p2 = s.n1 / s.n, s.n2 / s.n
    z = -special.ndtri(p1)
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    yi = np.sqrt(p1 * p2) / density * _point_biserial(s)[0]

    def soper() -> FloatArray:
        # Soper 1914; an estimate beyond 1 counts as 1 here.
        square = np.minimum(yi**2, 1.0)
        bend = 1.5 + (1.0 - p1 * z / density) * (1.0 + p2 * z / density)
        return np.asarray((p1 * p2 / density**2 - bend * square + square**2) / (s.n - 1.0))

    vi = variance_by_type(columns, options, {"LS": soper})
    return s, yi, np.asarray(vi)


def biserial(columns: Columns, options: Options) -> Draft:
    """Biserial correlation; it may exceed 1."""
    s, yi, vi = _biserial_parts(columns, options)
    return Draft(yi=yi, vi=vi, ni=s.n, why=s.why)


def biserial_z(columns: Columns, options: Options) -> Draft:
    """Biserial correlation on Fisher's z scale (which does not stabilize its variance)."""
    s, yi, vi = _biserial_parts(columns, options)
    inside = np.clip(yi, -1.0, 1.0)
    return Draft(yi=np.arctanh(inside), vi=vi / (1.0 - inside**2) ** 2, ni=s.n, why=s.why)


def smd_as_odds_ratio(per_sd: float, words: str) -> Formula:
    """Cohen's d times the log odds ratio that a difference of one SD makes."""

    def formula(columns: Columns, options: Options) -> Draft:
        s = standardized(columns)
        vi = variance_by_type(
            columns,
            options,
            {"LS": lambda: per_sd**2 * (1.0 / s.n1 + 1.0 / s.n2 + s.d**2 / (2.0 * s.n))},
        )
        return Draft(yi=per_sd * s.d, vi=vi, ni=s.n, why=s.why, conventions=(words,))

    return formula


_LOGISTIC = float(np.pi / np.sqrt(3.0))
_NORMAL = 1.65

FORMULAS: Mapping[str, Formula] = {
    "RPB": point_biserial,
    "ZPB": point_biserial_z,
    "RBIS": biserial,
    "ZBIS": biserial_z,
    "D2OR": smd_as_odds_ratio(_LOGISTIC, "d times pi / sqrt(3) (logistic)"),
    "D2ORL": smd_as_odds_ratio(_LOGISTIC, "d times pi / sqrt(3) (logistic)"),
    "D2ORN": smd_as_odds_ratio(_NORMAL, "d times 1.65 (normal)"),
}
