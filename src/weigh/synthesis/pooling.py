"""Pool effects over studies: one pooled effect, or a regression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled
from weigh.stats.sums import Columns
from weigh.synthesis.inputs import (
    Effects,
    check_choice,
    check_effects,
    check_level,
    check_prediction,
    check_test,
    check_vector,
    effect_arrays,
)
from weigh.synthesis.knapp_hartung import KNAPP_HARTUNG
from weigh.synthesis.prediction_bootstrap import prediction_bootstrap
from weigh.synthesis.regression import pool_weighted, regress
from weigh.synthesis.single import single_study
from weigh.synthesis.statistics import (
    LARGE,
    PREDICTIONS,
    SMALL,
    TESTS,
    Statistics,
    column_statistics,
)
from weigh.synthesis.tau2 import COMMON_EFFECT, check_method

__all__ = ["pool"]

FloatArray = npt.NDArray[np.float64]


def pool(
    yi: Any,
    vi: Any = None,
    *,
    method: str = "REML",
    test: str = "z",
    mods: Any = None,
    weights: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
    intercept: bool = True,
    prediction: str | None = None,
    tau2: float | None = None,
    center: float | None = None,
    seed: int = 1,
    data: Any = None,
) -> Pooled:
    """Pool effects over studies.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Study effects on the analysis scale (log for ratio measures) and their sampling variances,
        squared standard errors. Rows where either is missing are left out, with a note. Or, as
        `yi` alone, what `effect_size` gave; measures of single arms are for `pool_single_arm`.
    method
        Estimator of the between-study variance tau2: ``EE`` or ``FE`` (none), ``DL``, ``HE``,
        ``HS``, ``HSk``, ``SJ``, ``ML``, ``REML``, ``EB``, ``PM``, ``PMM``, ``GENQ``, ``GENQM``
        (the last two with `weights`).
    test
        ``"z"``: normal. ``"t"``: t with k - p degrees of freedom. ``"knha"``: the same with the
        standard error of Knapp and Hartung. Three rules for where that one is thought too small:
        ``"adhoc"``: the larger of the standard errors of ``"knha"`` and ``"t"``; ``"adhoc-ci"``:
        ``"z"`` where its interval is wider than that of ``"knha"``; ``"iqwig"``: ``"adhoc"`` where
        the interval of ``"knha"`` is narrower than the normal one by DL, else ``"knha"``.
        ``"kr"``: the standard error and degrees of freedom of Kenward and Roger (REML only; in a
        regression each coefficient has its own).
    mods
        Moderators: a vector, a matrix, a mapping or data frame of named columns (text is taken as
        categories), or a formula such as ``"~ dose + C(form)"`` over the columns of `data`. The
        result is then a regression over studies.
    weights
        Weights of one's own in place of inverse variances.
    level
        Confidence level, a fraction.
    slab
        Names of the studies.
    intercept
        Whether a regression has an intercept.
    prediction
        Convention of the prediction interval: ``"normal"``; ``"t"`` with k - p degrees of freedom
        (k - 1 for one pooled effect); ``"riley"`` with k - p - 1 (k - 2: the interval of Higgins,
        Thompson and Spiegelhalter); ``"simple"`` from tau alone; ``"kr"`` with Kenward and Roger's
        standard error and degrees of freedom, ``"kr-riley"`` with one less; ``"nagashima"``, a
        bootstrap (`weigh.prediction_bootstrap`). By default normal with test z, else t, which is
        what metafor 5 prints.
    tau2
        A between-study variance to be taken as known, in place of an estimate. Analyses that refit
        the model, such as `weigh.leave_one_out`, refuse such a fit.
    center
        The effect that Q is taken around, in place of the inverse-variance mean, and with it the
        tau2 of DL: RevMan 5 and R's meta take Mantel and Haenszel's estimate. For DL, EE, FE.
    seed
        Of the draws of ``prediction="nagashima"``.
    data
        Table that a formula takes its columns from.

    Returns
    -------
    Pooled
        The statistics. tau2 carries its Q-profile interval; i2 and h2 come from tau2 and the
        typical sampling variance of Higgins and Thompson (from Q for EE and FE), and q tests
        whether the effects differ at all. With one study that study is the result, tau2 is set
        to 0, and `notes` says so.

    Raises
    ------
    StatisticsError
        A variance that is not positive, an infinite effect, no study, too few for the regression.
    InputError
        Lengths that differ, text, a level outside 0 to 1.
    NotFoundError
        An unknown method, test or convention.

    References
    ----------
    :cite:t:`viechtbauer2010`; :cite:t:`knapp2003`; for the ad hoc rules :cite:t:`rover2015`,
    :cite:t:`wiksten2016` (on the interval) and :cite:t:`iqwig2022`;
    :cite:t:`kenward1997` for Kenward and Roger's test, with one pooled effect as
    :cite:t:`partlett2017` have it; the prediction intervals :cite:t:`higgins2009`,
    :cite:t:`riley2011`, :cite:t:`partlett2017`, :cite:t:`nagashima2019`; :cite:t:`higgins2002` for
    i2 and h2;
    :cite:t:`viechtbauer2007` for the interval of tau2.

    Examples
    --------
    >>> fit = pool([0.1, 0.3, 0.35], [0.02, 0.03, 0.05], method="DL")
    >>> round(fit.estimate, 3), fit.k
    (0.213, 3)
    """
    if isinstance(yi, EffectSizes) or vi is None:
        yi, vi, slab = effect_arrays(yi, vi, slab)
    check_method(method)
    check_choice("test", test, TESTS)
    check_test(method, test, weighted=weights is not None, moderated=mods is not None)
    level = check_level(level)
    if prediction is None:
        prediction = "normal" if test == "z" else "t"
    else:
        check_choice("prediction interval", prediction, PREDICTIONS)
        known = weights is None and tau2 is None and center is None
        check_prediction(prediction, method, plain=mods is None, known=known)
    _check_given(tau2, center, method, test, plain=mods is None and weights is None)
    effects = check_effects(yi, vi, slab)
    user_weights = None if weights is None else _check_weights(weights, effects, np.size(yi))
    if method in ("GENQ", "GENQM") and user_weights is None:
        raise InputError(
            f"Method {method} rests on weights of your own, and there are none.",
            hint="Give weights=..., for example 1/vi.",
        )
    if mods is not None:
        return regress(
            effects,
            np.size(yi),
            mods=mods,
            data=data,
            intercept=intercept,
            weights=user_weights,
            method=method,
            test=test,
            level=level,
            prediction=prediction,
        )
    if user_weights is not None:
        return pool_weighted(
            effects, user_weights, method=method, test=test, level=level, prediction=prediction
        )
    if effects.y.size == 1:
        return single_study(effects, method=method, level=level, prediction=prediction, tau2=tau2)
    exponent, y, v = 0, effects.y, effects.v
    low = np.minimum.reduce(v)
    if not (low > SMALL and np.maximum.reduce(v) < LARGE):
        exponent = math.frexp(low)[1] // 2
        y, v = np.ldexp(y, -exponent), np.ldexp(v, -2 * exponent)
    columns = Columns.from_arrays(y[:, None], v[:, None], np.array([float(y.size)]))
    found = column_statistics(
        columns,
        method=method,
        test=test,
        level=level,
        prediction="normal" if prediction == "nagashima" else prediction,
        tau2=None if tau2 is None else np.ldexp([tau2], -2 * exponent),
        center=None if center is None else np.ldexp([center], -exponent),
    )
    fit = _assemble(effects, found, exponent, method, test, level, prediction)
    if prediction == "nagashima":
        return _drawn(fit, seed)
    return fit if tau2 is None and center is None else _told(fit, tau2, center)


def _check_given(
    tau2: float | None, center: float | None, method: str, test: str, *, plain: bool
) -> None:
    """Refuse what a model cannot be told."""
    if tau2 is None and center is None:
        return
    if not plain:
        raise InputError(
            "`tau2` and `center` are for one pooled effect, without moderators or weights of one's "
            "own."
        )
    if tau2 is not None:
        if not 0.0 <= tau2 < np.inf:
            raise InputError(f"`tau2` is {tau2:g}; a variance is a number, 0 or above.")
        if method in COMMON_EFFECT:
            raise InputError(f"Method {method} has no between-study variance to be told.")
        if test == "kr":
            raise InputError("Kenward and Roger allow for tau2 being estimated; it is given here.")
    if center is not None and (method not in ("DL", *COMMON_EFFECT) or not np.isfinite(center)):
        raise InputError(
            f"`center` is {center:g} and the method {method}; Q around another centre is for DL, "
            "EE and FE."
        )


def _told(fit: Pooled, tau2: float | None, center: float | None) -> Pooled:
    """Say what this fit was told, and leave out the interval of a tau2 that has none."""
    notes = list(fit.notes)
    if tau2 is not None:
        notes.append("The between-study variance was given, so it has no interval.")
    elif fit.method not in COMMON_EFFECT:
        notes.append(
            f"Q, and tau2 with it, was taken around {center:.4g}, so tau2 has no interval here."
        )
    if center is not None and fit.method in COMMON_EFFECT:
        notes.append(f"Q was taken around {center:.4g}.")
    given = {"tau2": tau2, "center": center}
    names = tuple(name for name, value in given.items() if value is not None)
    return replace(fit, tau2_interval=None, given=names, notes=tuple(notes))


def _drawn(fit: Pooled, seed: int) -> Pooled:
    """Put in the prediction interval that is drawn."""
    drawn = prediction_bootstrap(fit.yi, fit.vi, level=fit.level, seed=seed)
    note = (
        f"The prediction interval is drawn {drawn.iterations:,} times with seed {seed}, around the "
        "mean by DerSimonian and Laird whatever the estimator of tau2."
    )
    return replace(fit, pi_low=drawn.pi_low, pi_high=drawn.pi_high, notes=(*fit.notes, note))


def _check_weights(weights: Any, effects: Effects, count: int) -> FloatArray:
    given = check_vector(weights, "weights")
    if given.size != count:
        raise InputError(f"`weights` has {given.size} entries for {count} effects.")
    used = given[effects.rows]
    wrong = np.flatnonzero(~(np.isfinite(used) & (used >= 0.0)))
    if wrong.size:
        raise InputError(
            f"`weights`, row {effects.rows[wrong[0]] + 1}: {used[wrong[0]]} is not a weight; "
            "weights are 0 or above."
        )
    if not used.sum() > 0.0:
        raise InputError("`weights` are all zero: no study would count.")
    return used


def _defined(value: float, scale: float = 1.0) -> float | None:
    return float(value) * scale if value == value else None


def _assemble(
    effects: Effects,
    found: Statistics,
    exponent: int,
    method: str,
    test: str,
    level: float,
    prediction: str,
) -> Pooled:
    """Make the result of one set, back on the scale that it came in."""
    one, two = 2.0**exponent, 4.0**exponent
    tau2 = float(found.tau2[0]) * two
    common = method in COMMON_EFFECT
    w = 1.0 / (effects.v + tau2)
    k = effects.y.size
    notes = effects.notes + _cautions(found, k, method, test)
    return Pooled(
        k=k,
        estimate=float(found.estimate[0]) * one,
        se=float(found.se[0]) * one,
        statistic=float(found.statistic[0]),
        p=float(found.p[0]),
        ci_low=float(found.ci_low[0]) * one,
        ci_high=float(found.ci_high[0]) * one,
        pi_low=_defined(found.pi_low[0], one),
        pi_high=_defined(found.pi_high[0], one),
        tau2=tau2,
        tau2_se=_defined(found.tau2_se[0], two),
        tau2_ci_low=_defined(found.tau2_ci_low[0], two),
        tau2_ci_high=_defined(found.tau2_ci_high[0], two),
        i2=float(found.i2[0]),
        h2=float(found.h2[0]),
        q=float(found.q[0]),
        q_df=k - 1,
        q_p=float(found.q_p[0]),
        method=method,
        test=test,
        level=level,
        df=_defined(found.df[0]),
        yi=effects.y,
        vi=effects.v,
        slab=effects.slab,
        weights=100.0 * w / np.add.reduce(w),
        rows=effects.rows,
        prediction=None if common else prediction,
        tau2_interval=None if common else "QP",
        design=np.ones((k, 1)),
        names=("intercept",),
        vb=np.array([[(float(found.se[0]) * one) ** 2]]),
        notes=notes,
    )


def _cautions(found: Statistics, k: int, method: str, test: str) -> tuple[str, ...]:
    """What a reader of these numbers should be told."""
    notes: list[str] = []
    common = method in COMMON_EFFECT
    if common:
        notes.append(
            "This model has no between-study variance, so tau2 has no interval and there is no "
            "prediction interval."
        )
        if test in KNAPP_HARTUNG:
            notes.append(
                "The Knapp-Hartung standard error is meant for random-effects models; "
                f"with {method} it is shown because it was asked for."
            )
    elif k == 2:
        notes.append(
            "Two studies say next to nothing about how studies differ: tau2, i2 and the "
            "prediction interval are very uncertain."
        )
    if found.maxima[0] > 1:
        notes.append(
            f"The likelihood of tau2 has {found.maxima[0]} separate maxima; the highest one is "
            "given. Compare another estimator."
        )
    if not found.certified[0]:
        notes.append("It could not be proved that the likelihood has no higher maximum.")
    if found.se[0] == 0.0:
        notes.append(
            "The effects are all alike, so the Knapp-Hartung standard error is 0 and there is no "
            "test."
        )
    return tuple(notes)
