"""Predictions from a regression, and how its moderators get in each other's way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Coder, Pooled
from weigh.stats.design import Design
from weigh.stats.sums import Columns
from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.fit_statistics import coefficients_of
from weigh.synthesis.inputs import check_choice, check_level, check_prediction
from weigh.synthesis.kenward_roger import adjust, adjusted_of
from weigh.synthesis.moderators import INTERCEPT
from weigh.synthesis.prediction_bootstrap import prediction_bootstrap
from weigh.synthesis.statistics import (
    BY_KENWARD_ROGER,
    PREDICTIONS,
    kenward_roger,
    prediction_half_width,
)
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["Predictions", "new_rows", "predict", "variance_inflation"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Average true effects for given moderators, with intervals for them and for single effects."""

    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray | None
    pi_high: FloatArray | None


def predict(
    fit: Pooled,
    mods: Any = None,
    *,
    level: float | None = None,
    prediction: str | None = None,
    seed: int = 1,
) -> Predictions:
    """Predict the average true effect for given moderators.

    Parameters
    ----------
    fit
        A pooled effect or a regression.
    mods : mapping, data frame or (m, q) array_like
        Values of the moderators, a row a prediction: by name, as they were given to `pool` (for a
        formula the columns that it names); or as numbers, a column for each coefficient but the
        intercept in the order of ``fit.names``. The studies' own values if not given.
    level, prediction
        Confidence level, and convention of the prediction interval as in `pool`; those of the fit
        if not given.
    seed
        Of the draws of ``prediction="nagashima"``.

    Examples
    --------
    >>> from weigh.synthesis import pool
    >>> fit = pool([0.0, 1.0, 2.1, 2.9], [0.01] * 4, mods=[0, 1, 2, 3], method="EE")
    >>> predict(fit, [1.5]).estimate.round(3).tolist()
    [1.5]
    """
    if fit.design is None or fit.vb is None:
        raise InputError(f"A {fit.method} fit pools counts and predicts nothing but its estimate.")
    level = fit.level if level is None else check_level(level)
    if prediction is not None:
        check_choice("prediction interval", prediction, PREDICTIONS)
    named = prediction or fit.prediction or "normal"
    known = fit.user_weights is None and fit.tau2_se is not None
    check_prediction(named, fit.method, plain=not fit.is_regression, known=known)
    x = fit.design if mods is None else new_rows(fit.names, fit.coder, mods)
    estimate = x @ coefficients_of(fit)
    se = np.sqrt(np.einsum("mp,pq,mq->m", x, fit.vb, x))
    adjusted = adjusted_of(fit)
    ddf = fit.df if adjusted is None else adjusted.df(x)
    half = two_sided_quantile(level, ddf) * se
    if fit.method in COMMON_EFFECT:
        low = high = None
    elif named == "nagashima":
        drawn = prediction_bootstrap(fit.yi, fit.vi, level=level, seed=seed)
        low, high = np.full(len(x), drawn.pi_low), np.full(len(x), drawn.pi_high)
    else:
        error, reach = _reach(fit, x, named, se, ddf)
        width = prediction_half_width(
            named,
            se=error,
            tau2=fit.tau2,
            df=reach,
            level=level,
        )
        low, high = estimate - width, estimate + width
    return Predictions(
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        pi_low=low,
        pi_high=high,
    )


def _reach(
    fit: Pooled, x: FloatArray, named: str, se: FloatArray, ddf: Any
) -> tuple[FloatArray, Any]:
    """Standard errors and degrees of freedom that a prediction interval is made with."""
    assert fit.design is not None
    if named not in BY_KENWARD_ROGER or fit.test == "kr":
        return se, float(fit.k - fit.design.shape[1]) if ddf is None else ddf
    if fit.is_regression:
        adjusted = adjust(Design(fit.yi, fit.vi, fit.design), fit.tau2)
        return np.sqrt(np.einsum("mp,pq,mq->m", x, adjusted.vb, x)), adjusted.df(x)
    columns = Columns.from_arrays(fit.yi[:, None], fit.vi[:, None], np.array([float(fit.k)]))
    error, df = kenward_roger(columns, np.array([fit.tau2]), np.array([fit.tau2_se]))
    return np.full(len(x), error[0]), df[0]


def new_rows(names: tuple[str, ...], coder: Coder | None, mods: Any) -> FloatArray:
    """Rows of the model matrix for new moderators, by name or as numbers.

    Parameters
    ----------
    names, coder
        Coefficients, and what makes columns of named moderators; of a fit.
    mods
        As in `predict`.
    """
    if isinstance(mods, Mapping) or hasattr(mods, "columns"):
        if coder is None:
            raise InputError(
                "The moderators of this fit have no names, so values cannot be given by name.",
                hint="Give numbers, a column for each coefficient but the intercept.",
            )
        return _named_rows(names, coder, mods)
    rows = np.asarray(mods, dtype=np.float64)
    has_intercept = INTERCEPT in names
    count = len(names) - has_intercept
    if rows.ndim == 1:
        rows = rows[:, None] if count == 1 else rows[None, :]
    if rows.ndim != 2 or rows.shape[1] != count:
        wanted = ", ".join(name for name in names if name != INTERCEPT) or "none"
        raise InputError(
            f"`mods` has shape {rows.shape}; a prediction takes {count} values a row ({wanted})."
        )
    if not has_intercept:
        return rows
    return np.insert(rows, names.index(INTERCEPT), 1.0, axis=1)


def _named_rows(names: tuple[str, ...], coder: Coder, mods: Any) -> FloatArray:
    """Rows of the model matrix from moderators by name; a single value is a row."""
    if isinstance(mods, Mapping):
        mods = {
            name: [value] if isinstance(value, str) or np.ndim(value) == 0 else value
            for name, value in mods.items()
        }
        sizes = {name: len(value) for name, value in mods.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name} {size}" for name, size in sizes.items())
            raise InputError(f"The moderators have different numbers of values: {told}.")
    columns = coder(mods)
    size = len(next(iter(columns.values()), ()))
    whole = {INTERCEPT: np.ones(size), **columns}
    made = np.column_stack([whole[name] for name in names])
    lacking = np.flatnonzero(~np.isfinite(made).all(axis=1))
    if lacking.size:
        raise InputError(f"Row {lacking[0] + 1} of the moderators misses a value.")
    return made


def variance_inflation(fit: Pooled) -> dict[str, float]:
    """Factor by which other moderators inflate the variance of each coefficient.

    Returns
    -------
    dict
        One factor for each coefficient but the intercept; 1 where a moderator is unrelated to the
        others.
    """
    if not fit.is_regression or fit.vb is None:
        raise InputError("Variance inflation is about the moderators of a regression.")
    which = [index for index, name in enumerate(fit.names) if name != INTERCEPT]
    part = fit.vb[np.ix_(which, which)]
    scale = np.sqrt(np.diagonal(part))
    inverse = np.linalg.inv(part / np.outer(scale, scale))
    return {
        fit.names[index]: float(factor)
        for index, factor in zip(which, np.diagonal(inverse), strict=True)
    }
