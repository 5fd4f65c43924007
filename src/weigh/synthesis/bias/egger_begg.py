"""Tests of asymmetry from effects and variances alone: Egger's regression and Begg's ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bias.asymmetry import (
    AsymmetryTest,
    caution_when_few,
    caution_without_test,
    from_regression,
    require_studies,
)
from weigh.synthesis.bias.ranks import kendall
from weigh.synthesis.inputs import check_choice, check_effects, check_vector
from weigh.synthesis.moderators import INTERCEPT, model_matrix
from weigh.synthesis.pooling import pool

__all__ = ["PREDICTORS", "begg", "egger", "egger_convention", "predictor_of", "sizes_of"]

FloatArray = npt.NDArray[np.float64]

PREDICTORS = ("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")
_WORDS = {
    "sei": "the standard error",
    "vi": "the sampling variance",
    "ni": "the sample size",
    "ninv": "the inverse of the sample size",
    "sqrtni": "the root of the sample size",
    "sqrtninv": "the inverse root of the sample size",
}
_VANISHING = ("sei", "vi", "ninv", "sqrtninv")


def egger(
    yi: Any,
    vi: Any,
    *,
    ni: Any = None,
    model: str = "lm",
    predictor: str = "sei",
    method: str = "REML",
    test: str = "z",
    mods: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> AsymmetryTest:
    """Regression test of funnel plot asymmetry.

    The form differs between programs, and p with it:

    - ``model="lm"``, the default, is Egger's own: least squares with weights 1/vi and a residual
      variance, t with k - 2 degrees of freedom. metafor ``regtest(model="lm")``, meta
      ``method.bias="Egger"``, Stata's older ``metabias, egger``, RevMan's and CMA's test.
    - ``model="rma"`` is a meta-regression with a between-study variance and a normal test: the
      default of metafor's ``regtest`` (``method="REML"``) and of Stata's ``meta bias, egger``.
    - ``model="rma", method="DL", test="t"`` is that of Thompson and Sharp (`thompson`).

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    ni : (k,) array_like
        Sample sizes, for the predictors made of them.
    model
        ``"lm"`` or ``"rma"``, as above.
    predictor
        ``"sei"``, ``"vi"``, ``"ni"``, ``"ninv"`` (1/ni), ``"sqrtni"``, ``"sqrtninv"``.
    method, test
        Of ``model="rma"``: as in `weigh.pool`.
    mods
        Moderators that stand in the regression beside the predictor.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    AsymmetryTest
        `estimate` is the slope on the predictor: 0 where small studies are like large ones.
        `limit` is the effect of an infinitely large study, for the predictors that vanish there
        (and without moderators). Note that on a standardized mean difference or a log odds ratio
        effect and standard error are correlated by construction, so that the test finds
        asymmetry where there is none: see `pustejovsky`, `harbord` and `peters`.

    Raises
    ------
    StatisticsError
        Fewer than three studies, or a predictor that is the same in all of them.

    References
    ----------
    :cite:t:`egger1997`; its forms, :cite:t:`sterne2005`; when to use it, :cite:t:`sterne2011`.

    Examples
    --------
    >>> found = egger([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16])
    >>> round(found.estimate, 3), found.df
    (2.333, 2.0)
    """
    check_choice("model of Egger's test", model, ("lm", "rma"))
    check_choice("predictor", predictor, PREDICTORS)
    effects = check_effects(yi, vi, slab)
    column = predictor_of(effects.v, sizes_of(ni, effects.rows, np.size(yi), predictor), predictor)
    columns: dict[str, FloatArray] = {}
    if mods is not None:
        matrix = model_matrix(mods, np.size(yi))
        columns = {
            name: matrix.x[effects.rows, index]
            for index, name in enumerate(matrix.names)
            if name != INTERCEPT
        }
    if predictor in columns:
        raise InputError(f"A moderator is called {predictor!r}, as the predictor is; rename it.")
    require_studies(effects.y.size, 3 + len(columns), "Egger's test")
    fit = pool(
        effects.y,
        effects.v,
        mods=columns | {predictor: column},
        method="EE" if model == "lm" else method,
        test="knha" if model == "lm" else test,
        level=level,
    )
    if fit.names[-1] != predictor:
        raise StatisticsError(
            f"{_WORDS[predictor].capitalize()} does not vary between the studies beyond what the "
            "moderators say, so its relation with the effect cannot be tested."
        )
    return from_regression(
        fit,
        name="Egger",
        convention=egger_convention(model, predictor, method, test),
        has_limit=predictor in _VANISHING and not columns,
        additive=model == "rma",
    )


def egger_convention(model: str, predictor: str, method: str, test: str) -> str:
    """Say in words how the test was done; arguments as in `egger`."""
    on = _WORDS[predictor]
    if model == "lm":
        return f"least squares on {on}, weights 1/vi, residual variance, t with k - p df"
    return f"meta-regression on {on}, tau2 by {method}, test {test}"


def sizes_of(ni: Any, rows: npt.NDArray[np.intp], count: int, predictor: str) -> FloatArray | None:
    """Return the checked sample sizes of these rows; None for a predictor that needs none."""
    if predictor in ("sei", "vi"):
        return None
    if ni is None:
        raise InputError(
            f"Predictor {predictor!r} is made of sample sizes, and there are none.",
            hint="Give ni=..., one a study.",
        )
    sizes = check_vector(ni, "ni")
    if sizes.size != count:
        raise InputError(f"`ni` has {sizes.size} entries for {count} studies.")
    sizes = sizes[rows]
    bad = np.flatnonzero(~np.isnan(sizes) & ~((sizes > 0.0) & np.isfinite(sizes)))
    if bad.size:
        raise StatisticsError(
            f"`ni`, row {rows[bad[0]] + 1}: the sample size is {sizes[bad[0]]:g}; it must be a "
            "positive number."
        )
    return sizes


def predictor_of(v: FloatArray, sizes: FloatArray | None, predictor: str) -> FloatArray:
    """Return the column of a predictor."""
    if sizes is None:
        return np.sqrt(v) if predictor == "sei" else v
    return {
        "ni": sizes,
        "ninv": 1.0 / sizes,
        "sqrtni": np.sqrt(sizes),
        "sqrtninv": 1.0 / np.sqrt(sizes),
    }[predictor]


def begg(
    yi: Any,
    vi: Any,
    *,
    exact: bool = True,
    correct: bool = False,
    slab: Sequence[Any] | None = None,
) -> AsymmetryTest:
    """Rank correlation test of funnel plot asymmetry.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    exact
        Whether to take p from the distribution over all orders, as metafor's ``ranktest`` does;
        with ties it is normal all the same. False is meta's ``method.bias="Begg"`` and Stata's.
    correct
        Whether the normal test has a continuity correction (Stata reports both).
    slab
        Names of the studies.

    Returns
    -------
    AsymmetryTest
        `tau` is Kendall's correlation of the standardized effects with their variances, `estimate`
        the score behind it. The test has little power.

    Raises
    ------
    StatisticsError
        Fewer than three studies, or variances that are all the same.

    References
    ----------
    :cite:t:`begg1994`; ties by :cite:t:`kendall1990`.

    Examples
    --------
    >>> found = begg([0.1, 0.3, 0.2, 0.9], [0.01, 0.04, 0.09, 0.16])
    >>> round(found.tau, 3), round(found.p, 3)
    (0.667, 0.333)
    """
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    require_studies(y.size, 3, "Begg's test")
    if np.ptp(v) == 0.0:
        raise StatisticsError(
            "All studies have the same variance, so its rank correlation with the effect is "
            "undefined."
        )
    w = 1.0 / v
    mean = float(np.sum(w * y) / np.sum(w))
    standardized = (y - mean) / np.sqrt(v - 1.0 / np.sum(w))
    found = kendall(standardized, v, exact=exact)
    return rank_result(found, name="Begg", k=y.size, exact=exact, correct=correct)


def rank_result(found: Any, *, name: str, k: int, exact: bool, correct: bool) -> AsymmetryTest:
    """Make the result of a test that ranks."""
    if exact and found.p_exact is not None:
        p, how = found.p_exact, "exact over all orders"
    else:
        p = found.p_normal(correct=correct)
        how = "normal" + (", corrected for continuity" if correct else "")
        how += ", corrected for ties" if found.ties else ""
    statistic = found.statistic(correct=correct)
    return AsymmetryTest(
        name=name,
        convention=f"Kendall's rank correlation, p {how}",
        k=k,
        estimate=found.score,
        se=found.se,
        statistic=statistic,
        df=None,
        p=p,
        tau=found.tau,
        notes=caution_when_few(k) + caution_without_test(statistic),
    )
