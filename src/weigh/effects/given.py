"""Effects taken as they were reported: regression coefficients, hazard ratios, anything else.

Spread may be given as a variance, a standard error or a 95 % interval by the normal distribution.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options
from weigh.effects.reported import first_known
from weigh.errors import InputError
from weigh.stats.tails import two_sided_quantile

__all__ = ["FORMULAS"]


def as_given(columns: Columns, options: Options) -> Draft:
    """Effect and variance as reported: row by row the variance, else the SE, else the interval."""
    columns.refuse_negative("vi", "sei")
    (yi,) = columns.take("yi")
    ways: list[FloatArray] = []
    if "vi" in columns:
        ways.append(columns["vi"])
    if "sei" in columns:
        ways.append(columns["sei"] ** 2)
    if "ci_low" in columns or "ci_high" in columns:
        ways.append(_from_interval(columns, yi))
    if not ways:
        columns.require("vi")
    return Draft(yi=yi, vi=first_known(*ways), ni=columns.arrays.get("n"))


def _from_interval(columns: Columns, yi: FloatArray) -> FloatArray:
    low, high = columns.take("ci_low ci_high")
    columns.refuse("ci_high", high <= low, "it must lie above ci_low")
    outside = (yi < low) | (yi > high)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise InputError(
            f"{columns.place('yi', row)} is {yi[row]:g}, outside its own interval from "
            f"{low[row]:g} to {high[row]:g}.",
            hint="Ratios and their intervals are expected as logarithms.",
        )
    return np.asarray(((high - low) / (2.0 * two_sided_quantile(0.95))) ** 2)


FORMULAS: Mapping[str, Formula] = {"GEN": as_given, "HR": as_given, "HD": as_given}
