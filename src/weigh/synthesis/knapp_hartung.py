"""The standard error of Knapp and Hartung, and the rules for when it is thought too small.

Where effects vary less than their variances make likely, the standard error of Knapp and Hartung
falls below that of the ordinary model, and the interval may with it. Four rules are in use; they
agree wherever the effects vary enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weigh.stats.sums import Columns
from weigh.stats.tails import each_df, normal_quantile, t_quantile
from weigh.synthesis.tau2 import estimate_tau2

__all__ = ["KNAPP_HARTUNG", "knapp_hartung"]

FloatArray = npt.NDArray[np.float64]

KNAPP_HARTUNG = {
    "knha": "as it is",
    "adhoc": "never a smaller standard error than the ordinary one",
    "adhoc-ci": "the ordinary normal interval where that one is wider",
    "iqwig": "never a smaller standard error, where the interval is narrower than that of DL",
}

# Q is free of units; below this it is what rounding leaves of effects that are all alike.
ROUNDING = float(np.finfo(np.float64).eps)


def knapp_hartung(
    columns: Columns, tau2: FloatArray, q: FloatArray, *, test: str, level: float
) -> tuple[FloatArray, FloatArray]:
    """Standard error of each pooled effect, and the degrees of freedom to go with it.

    Parameters
    ----------
    columns, tau2, q
        The sets, their between-study variances and the Q statistics at those.
    test
        One of `KNAPP_HARTUNG`.
    level
        Confidence level of the intervals that two of the rules compare.

    Returns
    -------
    tuple
        Standard errors, and degrees of freedom of t; infinite where the normal distribution holds.

    References
    ----------
    :cite:t:`knapp2003`, who propose ``adhoc`` too; ``adhoc-ci`` :cite:t:`wiksten2016`, as
    ``adhoc.hakn.ci = "ci"`` in R's meta; ``iqwig`` :cite:t:`iqwig2022`, as ``"IQWiG6"`` there.
    """
    df = columns.df
    plain = 1.0 / np.sqrt(columns.mean(tau2)[1])
    spread = q / df
    adjusted = plain * np.sqrt(np.where(spread > ROUNDING, spread, 0.0))
    if test == "knha":
        return adjusted, df
    larger = np.maximum(adjusted, plain)
    if test == "adhoc":
        return larger, df
    upper = 0.5 + 0.5 * level
    normal = normal_quantile(upper)
    half = each_df(lambda known: t_quantile(known, upper), df) * adjusted
    if test == "adhoc-ci":
        narrow = half < normal * plain
        return np.where(narrow, plain, adjusted), np.where(narrow, np.inf, df)
    simple = 1.0 / np.sqrt(columns.mean(estimate_tau2(columns, "DL").value)[1])
    return np.where(half < normal * simple, larger, adjusted), df
