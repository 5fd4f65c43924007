"""One group: its mean, its SD, its coefficient of variation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import Columns, FloatArray
from weigh.effects.continuous import correction_in_words, no_logarithm, no_spread, too_few
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.hedges import hedges_correction

__all__ = ["FORMULAS"]


def _check(columns: Columns) -> None:
    columns.refuse_negative("sd")
    columns.refuse_not_positive("n")


def mean(columns: Columns, options: Options) -> Draft:
    """Mean."""
    _check(columns)
    value, sd, n = columns.take("mean sd n")
    return _mean(columns, options, value, sd, n)


def _mean(
    columns: Columns, options: Options, value: FloatArray, sd: FloatArray, n: FloatArray
) -> Draft:
    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: sd**2 / n, "HO": lambda: weighted_mean(sd**2, n - 1.0) / n},
    )
    return Draft(yi=value, vi=vi, ni=n)


def mean_of_range(columns: Columns, options: Options) -> Draft:
    """Mean in percent of the range that the scale can take."""
    _check(columns)
    value, sd, n, low, high = columns.take("mean sd n scale_min scale_max")
    columns.refuse("scale_max", high <= low, "it must be above scale_min")
    percent = 100.0 / (high - low)
    return _mean(columns, options, (value - low) * percent, sd * percent, n)


def standardized_mean(columns: Columns, options: Options) -> Draft:
    """Mean in SDs."""
    _check(columns)
    value, sd, n = columns.take("mean sd n")
    yi = hedges_correction(n - 1.0, method=options.correct) * value / sd
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / n + yi**2 / (2.0 * n)})
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(no_spread(lambda: sd == 0.0), too_few(n - 1.0)),
        conventions=(correction_in_words(options.correct),),
    )


def log_mean(columns: Columns, options: Options) -> Draft:
    """Log mean."""
    _check(columns)
    value, sd, n = columns.take("mean sd n")
    columns.refuse_negative("mean")
    vi = variance_by_type(columns, options, {"LS": lambda: sd**2 / (n * value**2)})
    return Draft(
        yi=np.log(value), vi=vi, ni=n, why=(no_logarithm(lambda: value == 0.0, "a mean of zero"),)
    )


def log_sd(columns: Columns, options: Options) -> Draft:
    """Log SD."""
    _check(columns)
    sd, n = columns.take("sd n")
    yi = np.log(sd)
    if options.corrects:
        yi = yi + 0.5 / (n - 1.0)
    vi = variance_by_type(columns, options, {"LS": lambda: 0.5 / (n - 1.0)})
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(no_logarithm(lambda: sd == 0.0, "an SD of zero"), _single(n)),
        conventions=(_corrected(options),),
    )


def log_coefficient_of_variation(columns: Columns, options: Options) -> Draft:
    """Log coefficient of variation."""
    _check(columns)
    value, sd, n = columns.take("mean sd n")
    columns.refuse_negative("mean")
    yi = np.log(sd / value)
    if options.corrects:
        yi = yi + 0.5 / (n - 1.0)
    vi = variance_by_type(
        columns, options, {"LS": lambda: 0.5 / (n - 1.0) + sd**2 / (n * value**2)}
    )
    return Draft(
        yi=yi,
        vi=vi,
        ni=n,
        why=(
            no_logarithm(lambda: (sd == 0.0) | (value == 0.0), "an SD or a mean of zero"),
            _single(n),
        ),
        conventions=(_corrected(options),),
    )


def _single(n: FloatArray) -> Why:
    return Why(rows=lambda: n <= 1.0, text="a group of one person has no SD")


def _corrected(options: Options) -> str:
    return "corrected for bias: 1 / (2 (n - 1))" if options.corrects else "no bias correction"


FORMULAS: Mapping[str, Formula] = {
    "MN": mean,
    "POMPMN": mean_of_range,
    "SMN": standardized_mean,
    "MNLN": log_mean,
    "SDLN": log_sd,
    "CVLN": log_coefficient_of_variation,
}
