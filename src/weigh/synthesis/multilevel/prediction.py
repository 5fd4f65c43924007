"""Average and single true effects for given moderators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.inputs import check_level
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.prediction import Predictions, new_rows

__all__ = ["predict_multilevel"]

FloatArray = npt.NDArray[np.float64]


def predict_multilevel(
    fit: Multilevel,
    mods: Any = None,
    *,
    tau2_levels: Sequence[Any] | str | None = None,
    gamma2_levels: Sequence[Any] | str | None = None,
    level: float | None = None,
) -> Predictions:
    """Predict the average true effect for given moderators, and where a single one lies.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    mods
        Moderators by name, or as numbers, a column for each coefficient but the intercept; those of
        the effects if not given.
    tau2_levels, gamma2_levels
        For random effects with a variance for each level, the level of each prediction (or one
        for all); without it there is no prediction interval.
    level
        Confidence level; that of the fit by default.

    Returns
    -------
    Predictions
        The prediction interval is for the true effect in a new group of every kind.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi, dose = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5], [1, 2, 1, 3, 3, 2]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": list("aabbcc")}, mods={"dose": dose})
    >>> predict_multilevel(fit, {"dose": [1, 3]}).estimate.round(2).tolist()
    [0.15, 0.65]
    """
    level = fit.level if level is None else check_level(level)
    x = fit.design if mods is None else new_rows(fit.names, fit.coder, mods)
    estimate = x @ fit.estimates
    se = np.sqrt(np.einsum("mp,pq,mq->m", x, fit.vb, x))
    # A combination of coefficients has no degrees of freedom of its own: the fewest of those it
    # takes.
    reach = np.full(len(x), float(two_sided_quantile(level)))
    if fit.ddf is not None:
        ddf = np.array(fit.ddf)
        few = [float(ddf[row != 0.0].min()) if (row != 0.0).any() else ddf.min() for row in x]
        reach = np.asarray(two_sided_quantile(level, np.array(few)))
    spread = _spread(fit, len(x), {"tau2": tau2_levels, "gamma2": gamma2_levels})
    low = high = None
    if spread is not None:
        width = reach * np.sqrt(se**2 + spread)
        low, high = estimate - width, estimate + width
    return Predictions(
        estimate=estimate,
        se=se,
        ci_low=estimate - reach * se,
        ci_high=estimate + reach * se,
        pi_low=low,
        pi_high=high,
    )


def _spread(
    fit: Multilevel, count: int, levels: dict[str, Sequence[Any] | str | None]
) -> FloatArray | None:
    """Variance of a single true effect for each prediction; None where a level is not told."""
    if not fit.components or any(term.columns is not None for term in fit.solved.model.terms):
        return None
    total = np.zeros(count)
    for kind in ("sigma2", "tau2", "gamma2"):
        mine = [one for one in fit.components if one.kind == kind]
        given = levels.get(kind)
        if not any(one.levels for one in mine):
            total += sum(one.value for one in mine)
            continue
        if given is None:
            return None
        wanted = [given] * count if isinstance(given, str) else [str(name) for name in given]
        if len(wanted) != count:
            raise InputError(f"`{kind}_levels` has {len(wanted)} levels for {count} predictions.")
        value = {one.levels[0]: one.value for one in mine}
        for index, name in enumerate(wanted):
            if name not in value:
                raise NotFoundError(f"level of {kind}", name, value)
            total[index] += value[name]
    return total
