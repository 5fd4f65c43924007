"""One group measured twice, or matched pairs: changes of means, in raw and standardized form.

A change is the later mean less the earlier one. `r` is the correlation of the two scores; a report
that gives an SD of the change gives it too (`weigh.effects.correlation_from_sds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.continuous import correction_in_words, no_logarithm, no_spread, too_few
from weigh.effects.correlation import unbiased_correlation
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.hedges import hedges_correction
from weigh.effects.reported import first_known, t_statistic
from weigh.errors import InputError

__all__ = ["FORMULAS", "Pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Means and SDs before and after, people, and the correlation."""

    pre: FloatArray
    post: FloatArray
    sd_pre: FloatArray
    sd_post: FloatArray
    n: FloatArray
    r: FloatArray

    @property
    def change(self) -> FloatArray:
        """After less before."""
        return self.post - self.pre

    @property
    def change_variance(self) -> FloatArray:
        """Variance of the change scores."""
        return self.sd_pre**2 + self.sd_post**2 - 2.0 * self.r * self.sd_pre * self.sd_post

    @property
    def mean_variance(self) -> FloatArray:
        """Mean of the variances before and after."""
        return 0.5 * (self.sd_pre**2 + self.sd_post**2)


def _check(columns: Columns) -> None:
    columns.refuse_negative("sd_pre", "sd_post", "change_sd")
    columns.refuse_not_positive("n")
    columns.refuse_outside(-1.0, 1.0, "r")


def read_pairs(columns: Columns) -> Pairs:
    """The six numbers, checked."""
    _check(columns)
    pre, post, sd_pre, sd_post, n, r = columns.take("mean_pre mean_post sd_pre sd_post n r")
    return Pairs(pre=pre, post=post, sd_pre=sd_pre, sd_post=sd_post, n=n, r=r)


def _change(columns: Columns) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean change, its variance among people, and people: given, or from the two times."""
    _check(columns)
    (n,) = columns.take("n")
    mean = columns.get("change_mean")
    variance = columns.get("change_sd") ** 2
    if "mean_pre" in columns or "mean_post" in columns or "change_mean" not in columns:
        pre, post = columns.take("mean_pre mean_post")
        mean = first_known(mean, post - pre)
    if "sd_pre" in columns or "sd_post" in columns or "change_sd" not in columns:
        sd_pre, sd_post, r = columns.take("sd_pre sd_post r")
        variance = first_known(variance, sd_pre**2 + sd_post**2 - 2.0 * r * sd_pre * sd_post)
    return mean, variance, n


def mean_change(columns: Columns, options: Options) -> Draft:
    """Mean change, after less before."""
    mean, variance, n = _change(columns)
    vi = variance_by_type(columns, options, {"LS": lambda: variance / n})
    return Draft(yi=mean, vi=vi, ni=n)


def mean_change_of_range(columns: Columns, options: Options) -> Draft:
    """Mean change in percent of the range that the scale can take."""
    mean, variance, n = _change(columns)
    low, high = columns.take("scale_min scale_max")
    columns.refuse("scale_max", high <= low, "it must be above scale_min")
    percent = 100.0 / (high - low)
    vi = variance_by_type(columns, options, {"LS": lambda: variance * percent**2 / n})
    return Draft(yi=mean * percent, vi=vi, ni=n)


def change_by_change_sd(columns: Columns, options: Options) -> Draft:
    """Mean change in SDs of the change: row by row from d, t or p where given."""
    _check(columns)
    (n,) = columns.take("n")
    df = n - 1.0
    reported = first_known(columns.get("d"), t_statistic(columns, df) / np.sqrt(n))
    d = reported
    why: tuple[Why, ...] = ()
    scores = any(name in columns for name in ("mean_pre", "mean_post", "change_mean"))
    if scores or not any(name in columns for name in ("d", "t", "p")):
        mean, variance, _ = _change(columns)
        why = (no_spread(lambda: np.isnan(reported) & (variance == 0.0)),)
        d = first_known(reported, mean / np.sqrt(variance))
    j = hedges_correction(df, method=options.correct)
    yi = j * d
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 1.0 / n + yi**2 / (2.0 * n),
            "LS2": lambda: j**2 * (1.0 / n + d**2 / (2.0 * n)),
            "UB": lambda: 1.0 / n + (1.0 - (df - 2.0) / (df * j**2)) * yi**2,
            "H0": lambda: np.where(df > 2.0, j**2 / n * df / (df - 2.0), np.nan),
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(*why, too_few(df)),
        conventions=(correction_in_words(options.correct),),
    )


def _standardizer(columns: Columns, options: Options) -> tuple[FloatArray, str]:
    """The SD to divide by: the one asked for, or the only one given."""
    if options.standardizer not in ("pre", "post"):
        raise InputError(f"standardizer is {options.standardizer!r}; it must be 'pre' or 'post'.")
    names = ["sd_pre", "sd_post"]
    if options.standardizer == "post":
        names.reverse()
    name = names[0] if names[0] in columns or names[1] not in columns else names[1]
    when = "before" if name == "sd_pre" else "after"
    return columns[name], f"standardized by the SD {when}"


def change_by_score_sd(columns: Columns, options: Options) -> Draft:
    """Mean change in SDs of the scores, the same before and after (Becker 1988)."""
    _check(columns)
    pre, post, n, r = columns.take("mean_pre mean_post n r")
    sd, divided = _standardizer(columns, options)
    df = n - 1.0
    j = hedges_correction(df, method=options.correct)
    d = (post - pre) / sd
    yi = j * d

    def unbiased() -> FloatArray:
        rho = unbiased_correlation(r, n)
        return 2.0 * (1.0 - rho) / n + (1.0 - (df - 2.0) / (df * j**2)) * yi**2

    def under_null() -> FloatArray:
        rho = unbiased_correlation(r, n)
        return np.where(df > 2.0, j**2 * 2.0 * (1.0 - rho) / n * df / (df - 2.0), np.nan)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: 2.0 * (1.0 - r) / n + yi**2 / (2.0 * n),
            "LS2": lambda: j**2 * (2.0 * (1.0 - r) / n + d**2 / (2.0 * n)),
            "UB": unbiased,
            "H0": under_null,
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(no_spread(lambda: sd == 0.0), too_few(df)),
        conventions=(correction_in_words(options.correct), divided),
    )


def change_by_score_sd_unequal(columns: Columns, options: Options) -> Draft:
    """Mean change in SDs of the scores, which may differ (Bonett 2008, equation 13)."""
    pairs = read_pairs(columns)
    n = pairs.n
    sd, divided = _standardizer(columns, options)
    yi = hedges_correction(n - 1.0, method=options.correct) * pairs.change / sd
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (pairs.change_variance / sd**2 + 0.5 * yi**2) / (n - 1.0),
            "LS2": lambda: (pairs.change_variance / sd**2 + 0.5 * yi**2) / n,
        },
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(no_spread(lambda: sd == 0.0), too_few(n - 1.0)),
        conventions=(correction_in_words(options.correct), divided),
    )


def change_by_pooled_sd(columns: Columns, options: Options) -> Draft:
    """Mean change in pooled SDs, the same before and after (Cousineau 2020)."""
    pairs = read_pairs(columns)
    n, r = pairs.n, pairs.r
    df = 2.0 * (n - 1.0) / (1.0 + r**2)
    yi = hedges_correction(df, method=options.correct) * pairs.change / np.sqrt(pairs.mean_variance)
    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: 2.0 * (1.0 - r) / n + yi**2 * (1.0 + r**2) / (4.0 * n)},
    )
    return _by_pooled(pairs, options, yi, vi, df)


def change_by_pooled_sd_unequal(columns: Columns, options: Options) -> Draft:
    """Mean change in pooled SDs, which may differ (Bonett 2008, equation 10)."""
    pairs = read_pairs(columns)
    n, r = pairs.n, pairs.r
    df = 2.0 * (n - 1.0) / (1.0 + r**2)
    yi = hedges_correction(df, method=options.correct) * pairs.change / np.sqrt(pairs.mean_variance)
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: _unequal_variance(pairs, yi, n - 1.0),
            "LS2": lambda: _unequal_variance(pairs, yi, n),
        },
    )
    return _by_pooled(pairs, options, yi, vi, df)


def _unequal_variance(pairs: Pairs, d: FloatArray, divisor: FloatArray) -> FloatArray:
    """Variance of a change in pooled SDs without the assumption that the SDs are the same."""
    spread = (
        pairs.sd_pre**4 + pairs.sd_post**4 + 2.0 * (pairs.r * pairs.sd_pre * pairs.sd_post) ** 2
    )
    mean = pairs.mean_variance
    return (pairs.change_variance / mean + d**2 * spread / (8.0 * mean**2)) / divisor


def _by_pooled(
    pairs: Pairs, options: Options, yi: FloatArray, vi: FloatArray, df: FloatArray
) -> Draft:
    return Draft(
        yi=yi,
        vi=vi,
        ni=pairs.n,
        why=(no_spread(lambda: pairs.mean_variance == 0.0), too_few(df)),
        conventions=(correction_in_words(options.correct),),
    )


def superiority(columns: Columns, options: Options) -> Draft:
    """Probability that a later score exceeds an earlier one, as if of different people."""
    pairs = read_pairs(columns)
    d = pairs.change / np.sqrt(pairs.mean_variance)
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (
                np.exp(-0.5 * d**2) / (4.0 * np.pi) * _unequal_variance(pairs, d, pairs.n - 1.0)
            )
        },
    )
    return Draft(
        yi=np.asarray(special.ndtr(d / np.sqrt(2.0))),
        vi=vi,
        ni=pairs.n,
        why=(no_spread(lambda: pairs.mean_variance == 0.0),),
    )


def _log_mean_variance(pairs: Pairs, columns: Columns, options: Options) -> FloatArray:
    """Variance of the log ratio of two correlated means."""
    cv1, cv2 = pairs.sd_post / pairs.post, pairs.sd_pre / pairs.pre
    n, r = pairs.n, pairs.r

    def first() -> FloatArray:
        return (cv1**2 + cv2**2 - 2.0 * r * cv1 * cv2) / n

    def second() -> FloatArray:
        return first() + (0.5 * cv1**4 + 0.5 * cv2**4 - (r * cv1 * cv2) ** 2) / n**2

    return variance_by_type(columns, options, {"LS": first, "LS2": second})


def _log_sd_variance(
    n: FloatArray, r: FloatArray, columns: Columns, options: Options
) -> FloatArray:
    """Variance of the log ratio of two correlated SDs."""

    def first() -> FloatArray:
        return (1.0 - r**2) / (n - 1.0)

    return variance_by_type(
        columns,
        options,
        {"LS": first, "LS2": lambda: first() + (1.0 - r**4) / (n - 1.0) ** 2},
    )


def ratio_of_means(columns: Columns, options: Options) -> Draft:
    """Log ratio of the mean after to the mean before."""
    pairs = read_pairs(columns)
    ratio = pairs.post / pairs.pre
    yi = np.log(ratio)
    if options.corrects:
        yi = yi + 0.5 * ((pairs.sd_post / pairs.post) ** 2 - (pairs.sd_pre / pairs.pre) ** 2) / (
            pairs.n
        )
    return Draft(
        yi=yi,
        vi=_log_mean_variance(pairs, columns, options),
        ni=pairs.n,
        why=(no_logarithm(lambda: ~(ratio > 0.0), "the ratio of the means is not above zero"),),
        conventions=(_corrected(options),),
    )


def variability_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of the SD after to the SD before."""
    _check(columns)
    sd_pre, sd_post, n, r = columns.take("sd_pre sd_post n r")
    return Draft(
        yi=np.log(sd_post / sd_pre),
        vi=_log_sd_variance(n, r, columns, options),
        ni=n,
        why=(no_logarithm(lambda: (sd_pre == 0.0) | (sd_post == 0.0), "an SD is zero"), _single(n)),
    )


def coefficient_of_variation_ratio(columns: Columns, options: Options) -> Draft:
    """Log ratio of the coefficient of variation after to that before."""
    pairs = read_pairs(columns)
    cv1, cv2 = pairs.sd_post / pairs.post, pairs.sd_pre / pairs.pre
    yi = np.log(cv1) - np.log(cv2)
    if options.corrects:
        yi = yi + 0.5 * (cv2**2 - cv1**2) / pairs.n
    return Draft(
        yi=yi,
        vi=_log_mean_variance(pairs, columns, options)
        + _log_sd_variance(pairs.n, pairs.r, columns, options),
        ni=pairs.n,
        why=(
            no_logarithm(
                lambda: ~((cv1 > 0.0) & (cv2 > 0.0)), "a coefficient of variation is not above 0"
            ),
            _single(pairs.n),
        ),
        conventions=(_corrected(options),),
    )


def _single(n: FloatArray) -> Why:
    return Why(rows=lambda: n <= 1.0, text="one pair has no SD")


def _corrected(options: Options) -> str:
    return "corrected for bias (Senior 2020)" if options.corrects else "no bias correction"


FORMULAS: Mapping[str, Formula] = {
    "MC": mean_change,
    "POMPMC": mean_change_of_range,
    "SMCC": change_by_change_sd,
    "SMCR": change_by_score_sd,
    "SMCRH": change_by_score_sd_unequal,
    "SMCRP": change_by_pooled_sd,
    "SMCRPH": change_by_pooled_sd_unequal,
    "CLESCN": superiority,
    "AUCCN": superiority,
    "ROMC": ratio_of_means,
    "VRC": variability_ratio,
    "CVRC": coefficient_of_variation_ratio,
}
