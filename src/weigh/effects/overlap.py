"""The chance that a person of one group scores above a person of the other.

Also known as the common language effect size, the probability of superiority, or the area under
the curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import special

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.continuous import check_groups, no_spread, pooled_sd
from weigh.effects.draft import Draft, Formula, Options, Why, kinds_asked, variance_by_type
from weigh.effects.reported import first_known, t_statistic

__all__ = ["FORMULAS"]


def area(columns: Columns, options: Options) -> Draft:
    """The area as given."""
    check_groups(columns)
    auc, n1, n2 = columns.take("auc n1 n2")
    columns.refuse_outside(0.0, 1.0, "auc", "ties")
    ties = np.nan_to_num(columns.get("ties")) if "ties" in columns else np.zeros(columns.rows)
    spread = auc * (1.0 - auc)
    pairs = (n1 - 1.0) * (n2 - 1.0)

    def newcombe() -> FloatArray:
        n = n1 + n2
        return spread / pairs * (n - 1.0 - (1.5 * n - 3.0) / ((2.0 - auc) * (1.0 + auc)))

    def hanley_mcneil() -> FloatArray:
        first = (n1 - 1.0) * (auc / (2.0 - auc) - auc**2)
        second = (n2 - 1.0) * (2.0 * auc**2 / (1.0 + auc) - auc**2)
        return (spread - 0.25 * ties + first + second) / pairs

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": newcombe,
            "LS2": hanley_mcneil,
            "H0": lambda: (n1 + n2 + 1.0) / (12.0 * n1 * n2),
            "MAX": lambda: spread / (np.minimum(n1, n2) - 1.0),
        },
    )
    return Draft(yi=auc, vi=vi, ni=n1 + n2, why=(_single(n1, n2),))


def area_normal(columns: Columns, options: Options) -> Draft:
    """The area if scores are normal: from means and SDs or, row by row, from d, t, p or auc."""
    check_groups(columns)
    n1, n2 = columns.take("n1 n2")
    columns.refuse_outside(0.0, 1.0, "auc")
    reported = first_known(
        columns.get("d"), t_statistic(columns, n1 + n2 - 2.0) * np.sqrt(1.0 / n1 + 1.0 / n2)
    )
    has_scores = "mean1" in columns or not any(name in columns for name in ("d", "t", "p", "auc"))
    if has_scores:
        columns.require("mean1", "sd1", "mean2", "sd2")
    sd1, sd2 = columns.get("sd1"), columns.get("sd2")
    unknown = np.isnan(sd1) | np.isnan(sd2)
    # Equal variances where nothing else is known; the average variance else, unless asked for.
    kinds = np.array(kinds_asked(columns, options, ("LS", "LS2", "LS3", "HO", "H0")))
    equal = (kinds == "HO") | ~np.isnan(reported)
    sd = np.where(equal, pooled_sd(sd1, n1, sd2, n2), np.sqrt(0.5 * (sd1**2 + sd2**2)))
    d = first_known(reported, (columns.get("mean1") - columns.get("mean2")) / sd)
    auc = first_known(columns.get("auc"), np.asarray(special.ndtr(d / np.sqrt(2.0))))
    d = first_known(d, np.asarray(special.ndtri(auc) * np.sqrt(2.0)))
    share = np.where(unknown, 0.5, sd1**2 / (sd1**2 + sd2**2))

    def delta(k1: FloatArray, k2: FloatArray, m1: FloatArray, m2: FloatArray) -> FloatArray:
        """Variance with these divisors for the SDs (k) and for the means (m)."""
        of_sds = d**2 * (share**2 / k1 + (1.0 - share) ** 2 / k2)
        of_means = 4.0 * (share / m1 + (1.0 - share) / m2)
        return np.exp(-0.5 * d**2) / (8.0 * np.pi) * (of_sds + of_means)

    def homoscedastic() -> FloatArray:
        of_d = 1.0 / n1 + 1.0 / n2 + d**2 / (2.0 * (n1 + n2))
        return np.exp(-0.5 * d**2) / (4.0 * np.pi) * of_d

    # What came from a d, a t or an area alone has no variances of its own.
    kinds = np.where(equal | unknown, "HO", kinds)
    vi = variance_by_type(
        columns,
        replace(options, vtype=tuple(kinds.tolist())),
        {
            "LS": lambda: delta(n1 - 1.0, n2 - 1.0, n1 - 1.0, n2 - 1.0),
            "LS2": lambda: delta(n1, n2, n1, n2),
            "LS3": lambda: delta(n1 - 1.0, n2 - 1.0, n1, n2),
            "HO": homoscedastic,
            "H0": lambda: (share / (n1 - 1.0) + (1.0 - share) / (n2 - 1.0)) / (2.0 * np.pi),
        },
    )
    return Draft(
        yi=auc,
        vi=vi,
        ni=n1 + n2,
        why=(no_spread(lambda: (sd1 == 0.0) & (sd2 == 0.0)), _single(n1, n2)),
    )


def _single(n1: FloatArray, n2: FloatArray) -> Why:
    return Why(rows=lambda: (n1 <= 1.0) | (n2 <= 1.0), text="a group of one person has no spread")


FORMULAS: Mapping[str, Formula] = {
    "CLES": area,
    "AUC": area,
    "CLESN": area_normal,
    "AUCN": area_normal,
}
