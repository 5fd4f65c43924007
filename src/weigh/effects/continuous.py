"""Two groups, means and SDs: mean difference, standardized mean differences, ratios.

Group 1 is the intervention and group 2 the comparator. Correlations and odds ratios made from the
same numbers are next door, in `weigh.effects.biserial`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.effects.draft import Correction, Draft, Formula, Options, Why, variance_by_type
from weigh.effects.hedges import hedges_correction
from weigh.effects.reported import first_known, t_statistic

__all__ = [
    "FORMULAS",
    "Standardized",
    "check_groups",
    "correction_in_words",
    "no_logarithm",
    "no_spread",
    "pooled_sd",
    "standardized",
    "too_few",
]


def check_groups(columns: Columns) -> None:
    """Refuse SDs below zero and groups without people."""
    columns.refuse_negative("sd1", "sd2")
    columns.refuse_not_positive("n1", "n2")


def correction_in_words(correct: Correction) -> str:
    """How a standardized effect was corrected for bias."""
    if correct is False:
        return "no correction for bias"
    if correct == "approximate":
        return "Hedges' correction, approximate: 1 - 3 / (4 df - 1)"
    return "Hedges' correction, exact"


def no_spread(rows: Callable[[], BoolArray]) -> Why:
    """Say that nothing can be put in SDs of zero."""
    return Why(rows=rows, text="the SD is zero, so the effect cannot be expressed in SDs")


def too_few(df: FloatArray) -> Why:
    """Say that Hedges' correction needs more people."""
    return Why(rows=lambda: df <= 1.0, text="too few people for the correction for bias")


def no_logarithm(rows: Callable[[], BoolArray], what: str) -> Why:
    """Say that a ratio has no logarithm."""
    return Why(rows=rows, text=f"{what}, which has no logarithm")


def pooled_sd(sd1: FloatArray, n1: FloatArray, sd2: FloatArray, n2: FloatArray) -> FloatArray:
    """SD within groups, taken to be the same in both."""
    return np.sqrt(((n1 - 1.0) * sd1**2 + (n2 - 1.0) * sd2**2) / (n1 + n2 - 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardized:
    """Difference of two groups in pooled SDs before any correction, and the group sizes."""

    d: FloatArray
    n1: FloatArray
    n2: FloatArray
    why: tuple[Why, ...]

    @property
    def n(self) -> FloatArray:
        """People in both groups."""
        return self.n1 + self.n2

    @property
    def df(self) -> FloatArray:
        """Degrees of freedom of the pooled SD."""
        return self.n - 2.0


def standardized(columns: Columns) -> Standardized:
    """Cohen's d: row by row from d, t, p or r where given, else from means and SDs."""
    check_groups(columns)
    n1, n2 = columns.take("n1 n2")
    columns.refuse_outside(-1.0, 1.0, "r")
    scale = 1.0 / n1 + 1.0 / n2
    df = n1 + n2 - 2.0
    reported = first_known(columns.get("d"), t_statistic(columns, df) * np.sqrt(scale))
    if "r" in columns:
        r = columns["r"]
        reported = first_known(reported, np.sqrt(df * scale) * r / np.sqrt(1.0 - r**2))
    d = reported
    why: tuple[Why, ...] = ()
    if "mean1" in columns or not any(name in columns for name in ("d", "t", "p", "r")):
        mean1, sd1, mean2, sd2 = columns.take("mean1 sd1 mean2 sd2")
        why = (no_spread(lambda: np.isnan(reported) & (sd1 == 0.0) & (sd2 == 0.0)),)
        d = first_known(reported, (mean1 - mean2) / pooled_sd(sd1, n1, sd2, n2))
    return Standardized(d=d, n1=n1, n2=n2, why=why)


def mean_difference(columns: Columns, options: Options) -> Draft:
    """Mean difference."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    return _mean_difference(columns, options, mean1 - mean2, sd1, n1, sd2, n2)


def _mean_difference(
    columns: Columns,
    options: Options,
    difference: FloatArray,
    sd1: FloatArray,
    n1: FloatArray,
    sd2: FloatArray,
    n2: FloatArray,
) -> Draft:
    def separate() -> FloatArray:
        return sd1**2 / n1 + sd2**2 / n2

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": separate,
            "UB": separate,
            "HO": lambda: pooled_sd(sd1, n1, sd2, n2) ** 2 * (1.0 / n1 + 1.0 / n2),
        },
    )
    return Draft(yi=difference, vi=vi, ni=n1 + n2)


def mean_difference_of_range(columns: Columns, options: Options) -> Draft:
    """Mean difference in percent of the range that the scale can take."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    low, high = columns.take("scale_min scale_max")
    columns.refuse("scale_max", high <= low, "it must be above scale_min")
    percent = 100.0 / (high - low)
    return _mean_difference(
        columns, options, (mean1 - mean2) * percent, sd1 * percent, n1, sd2 * percent, n2
    )


def _standardized_draft(
    columns: Columns,
    options: Options,
    s: Standardized,
    *,
    df: FloatArray,
    spread_n: FloatArray,
) -> Draft:
    """Effect and variance of a standardized mean difference.

    `spread_n` is the number of people behind the SD: both groups, or the comparator alone. ``UB2``
    is the unbiased variance whatever the effect is corrected by: R's meta has it for Cohen's d
    with exact formulas, and ``DF`` for Glass's delta.
    """
    j = hedges_correction(df, method=options.correct)
    yi = j * s.d
    groups = 1.0 / s.n1 + 1.0 / s.n2
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: groups + yi**2 / (2.0 * spread_n),
            "LS2": lambda: j**2 * (groups + s.d**2 / (2.0 * spread_n)),
            "LS3": lambda: groups + yi**2 / (2.0 * (spread_n - 3.94)),
            "DF": lambda: groups + yi**2 / (2.0 * df),
            "UB": lambda: groups + (1.0 - (df - 2.0) / (df * j**2)) * yi**2,
            "UB2": lambda: groups + (hedges_correction(df) ** 2 - (df - 2.0) / df) * s.d**2,
            "AV": lambda: groups + weighted_mean(yi, s.n) ** 2 / (2.0 * spread_n),
            "H0": lambda: np.where(df > 2.0, j**2 * groups * df / (df - 2.0), np.nan),
        },
    )
    why = s.why if options.correct is False else (*s.why, too_few(df))
    return Draft(yi=yi, vi=vi, ni=s.n, why=why, conventions=(correction_in_words(options.correct),))


def standardized_mean_difference(columns: Columns, options: Options) -> Draft:
    """Standardized mean difference (Hedges' g) by the pooled SD."""
    s = standardized(columns)
    return _standardized_draft(columns, options, s, df=s.df, spread_n=s.n)


def smd_by_comparator(columns: Columns, options: Options) -> Draft:
    """Standardized mean difference by the comparator's SD (Glass's delta)."""
    check_groups(columns)
    mean1, n1, mean2, sd2, n2 = columns.take("mean1 n1 mean2 sd2 n2")
    s = Standardized(d=(mean1 - mean2) / sd2, n1=n1, n2=n2, why=(no_spread(lambda: sd2 == 0.0),))
    return _standardized_draft(columns, options, s, df=n2 - 1.0, spread_n=n2)


def smd_by_comparator_unequal(columns: Columns, options: Options) -> Draft:
    """Glass's delta with unequal variances (Bonett 2008, equation 12)."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    j = hedges_correction(n2 - 1.0, method=options.correct)
    yi = j * (mean1 - mean2) / sd2
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (
                (sd1 / sd2) ** 2 / (n1 - 1.0) + 1.0 / (n2 - 1.0) + yi**2 / (2.0 * (n2 - 1.0))
            )
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n1 + n2,
        why=(no_spread(lambda: sd2 == 0.0), too_few(n2 - 1.0), too_few(n1 - 1.0 + (n1 > 1.0))),
        conventions=(correction_in_words(options.correct),),
    )


def smd_unequal(columns: Columns, options: Options) -> Draft:
    """Standardized mean difference by the root of the mean variance (Bonett 2008, equation 8)."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    df = n1 + n2 - 2.0
    mean_variance = 0.5 * (sd1**2 + sd2**2)
    yi = hedges_correction(df, method=options.correct) * (mean1 - mean2) / np.sqrt(mean_variance)

    def delta(m1: FloatArray, m2: FloatArray, k1: FloatArray, k2: FloatArray) -> FloatArray:
        """Variance with these divisors for the means (m) and for the SDs (k)."""
        return (sd1**2 / m1 + sd2**2 / m2) / mean_variance + yi**2 * (sd1**4 / k1 + sd2**4 / k2) / (
            8.0 * mean_variance**2
        )

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: delta(n1 - 1.0, n2 - 1.0, n1 - 1.0, n2 - 1.0),
            "LS2": lambda: delta(n1, n2, n1, n2),
            "LS3": lambda: delta(n1, n2, n1 - 1.0, n2 - 1.0),
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n1 + n2,
        why=(no_spread(lambda: mean_variance == 0.0), too_few(df)),
        conventions=(correction_in_words(options.correct),),
    )


def ratio_of_means(columns: Columns, options: Options) -> Draft:
    """Log ratio of means (response ratio)."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    cv1, cv2 = sd1 / mean1, sd2 / mean2
    term1, term2 = cv1**2 / n1, cv2**2 / n2
    yi = np.log(mean1 / mean2)
    if options.corrects:
        yi = yi + 0.5 * (term1 - term2)

    def homoscedastic() -> FloatArray:
        within = pooled_sd(sd1, n1, sd2, n2) ** 2
        return within / (n1 * mean1**2) + within / (n2 * mean2**2)

    def common_average() -> FloatArray:
        both = np.isfinite(cv1) & np.isfinite(cv2) & np.isfinite(n1) & np.isfinite(n2)
        pooled = weighted_mean(
            np.concatenate([cv1[both], cv2[both]]), np.concatenate([n1[both], n2[both]])
        )
        return pooled**2 * (1.0 / n1 + 1.0 / n2)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: term1 + term2,
            "LS2": lambda: term1 + term2 + 0.5 * (term1**2 + term2**2),
            "HO": homoscedastic,
            "AV": lambda: weighted_mean(cv1, n1) ** 2 / n1 + weighted_mean(cv2, n2) ** 2 / n2,
            "AVHO": common_average,
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n1 + n2,
        why=(
            no_logarithm(
                lambda: ~(mean1 / mean2 > 0.0), "the ratio of the means is not above zero"
            ),
        ),
        conventions=(
            "corrected for bias (Lajeunesse 2015)" if options.corrects else "no bias correction",
        ),
    )


def variability_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of standard deviations."""
    check_groups(columns)
    sd1, n1, sd2, n2 = columns.take("sd1 n1 sd2 n2")
    yi = np.log(sd1 / sd2)
    if options.corrects:
        yi = yi + 0.5 / (n1 - 1.0) - 0.5 / (n2 - 1.0)
    return Draft(
        yi=yi,
        vi=_log_sd_variance(columns, options, n1, n2),
        ni=n1 + n2,
        why=(no_logarithm(lambda: (sd1 == 0.0) | (sd2 == 0.0), "an SD is zero"), _single(n1, n2)),
        conventions=(
            "corrected for bias (Nakagawa 2015)" if options.corrects else "no bias correction",
        ),
    )


def _single(n1: FloatArray, n2: FloatArray) -> Why:
    return Why(rows=lambda: (n1 <= 1.0) | (n2 <= 1.0), text="a group of one person has no SD")


def _log_sd_variance(
    columns: Columns, options: Options, n1: FloatArray, n2: FloatArray
) -> FloatArray:
    return variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 0.5 / (n1 - 1.0) + 0.5 / (n2 - 1.0),
            "LS2": lambda: 0.5 * (n1 / (n1 - 1.0) ** 2 + n2 / (n2 - 1.0) ** 2),
        },
    )


def coefficient_of_variation_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of coefficients of variation."""
    check_groups(columns)
    mean1, sd1, n1, mean2, sd2, n2 = columns.take("mean1 sd1 n1 mean2 sd2 n2")
    cv1, cv2 = sd1 / mean1, sd2 / mean2
    term1, term2 = cv1**2 / n1, cv2**2 / n2
    yi = np.log(cv1) - np.log(cv2)
    if options.corrects:
        yi = yi + 0.5 / (n1 - 1.0) - 0.5 / (n2 - 1.0) + 0.5 * (term2 - term1)
    of_means = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: term1 + term2,
            "LS2": lambda: term1 + term2 + 0.5 * (term1**2 + term2**2),
        },
    )
    return Draft(
        yi=yi,
        vi=of_means + _log_sd_variance(columns, options, n1, n2),
        ni=n1 + n2,
        why=(
            no_logarithm(
                lambda: ~((cv1 > 0.0) & (cv2 > 0.0)), "a coefficient of variation is not above 0"
            ),
            _single(n1, n2),
        ),
        conventions=(
            "corrected for bias (Senior 2020)" if options.corrects else "no bias correction",
        ),
    )


FORMULAS: Mapping[str, Formula] = {
    "MD": mean_difference,
    "POMPMD": mean_difference_of_range,
    "SMD": standardized_mean_difference,
    "SMDH": smd_unequal,
    "SMD1": smd_by_comparator,
    "SMD1H": smd_by_comparator_unequal,
    "ROM": ratio_of_means,
    "VR": variability_ratio,
    "CVR": coefficient_of_variation_ratio,
}
