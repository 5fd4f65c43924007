"""Regression of effects on moderators, and pooling with weights of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Coefficient, Pooled
from weigh.stats.design import Design
from weigh.stats.sums import Columns
from weigh.stats.tails import chi2_tail, f_tail
from weigh.synthesis.formulas import formula_matrix
from weigh.synthesis.inputs import Effects
from weigh.synthesis.moderators import (
    INTERCEPT,
    ModelMatrix,
    drop_redundant,
    model_matrix,
)
from weigh.synthesis.solution import Solution, solve, spread_of
from weigh.synthesis.statistics import prediction_half_width
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2
from weigh.synthesis.units import in_units, out_of_units, unit_exponent

__all__ = ["complete_matrix", "pool_weighted", "redundant_note", "regress"]

FloatArray = npt.NDArray[np.float64]


def pool_weighted(
    effects: Effects,
    weights: FloatArray,
    *,
    method: str,
    test: str,
    level: float,
    prediction: str,
) -> Pooled:
    """Pool with weights of one's own; arguments as in `weigh.pool`, checked."""
    k = effects.y.size
    if k < 2:
        raise StatisticsError("One study cannot be weighted against others; leave out `weights`.")
    exponent = unit_exponent(effects)
    if exponent:
        return out_of_units(
            pool_weighted(
                in_units(effects, exponent),
                weights,
                method=method,
                test=test,
                level=level,
                prediction=prediction,
            ),
            exponent,
        )
    design = Design(effects.y, effects.v, np.ones((k, 1)))
    found = solve(design, method=method, test=test, level=level, weights=weights)
    common = method in COMMON_EFFECT
    estimate, se = float(found.beta[0]), float(found.se[0])
    width = float(
        prediction_half_width(prediction, se=found.se[0], tau2=found.tau2, df=found.df, level=level)
    )
    return Pooled(
        k=k,
        estimate=estimate,
        se=se,
        statistic=float(found.statistic[0]),
        p=float(found.p[0]),
        ci_low=float(found.ci_low[0]),
        ci_high=float(found.ci_high[0]),
        pi_low=None if common else estimate - width,
        pi_high=None if common else estimate + width,
        q=found.qe,
        q_df=k - 1,
        q_p=float(chi2_tail(found.qe, found.df)),
        weights=100.0 * weights / weights.sum(),
        user_weights=weights,
        design=design.x,
        names=(INTERCEPT,),
        notes=effects.notes + _cautions(found, (), common=common),
        **_shared(effects, found, method, test, level, prediction),
    )


def regress(
    effects: Effects,
    count: int,
    *,
    mods: Any,
    data: Any,
    intercept: bool,
    weights: FloatArray | None,
    method: str,
    test: str,
    level: float,
    prediction: str,
) -> Pooled:
    """Regress effects on moderators; arguments as in `weigh.pool`, checked.

    `count` is the number of rows before any was left out, which `mods` still has.
    """
    exponent = unit_exponent(effects)
    if exponent:
        return out_of_units(
            regress(
                in_units(effects, exponent),
                count,
                mods=mods,
                data=data,
                intercept=intercept,
                weights=weights,
                method=method,
                test=test,
                level=level,
                prediction=prediction,
            ),
            exponent,
        )
    given = effects.rows
    effects, matrix, dropped = complete_matrix(effects, count, mods, data, intercept=intercept)
    if weights is not None:
        weights = weights[np.isin(given, effects.rows)]
    k, p = matrix.x.shape
    if k <= p:
        raise StatisticsError(
            f"{k} studies cannot carry {p} coefficients ({', '.join(matrix.names)}).",
            hint="A regression needs more studies than coefficients; take fewer moderators.",
        )
    if weights is not None and np.linalg.matrix_rank(matrix.x[weights > 0.0]) < p:
        raise StatisticsError(
            f"The studies whose weight is above 0 cannot carry {p} coefficients "
            f"({', '.join(matrix.names)}).",
            hint="Give weights to more studies, or take fewer moderators.",
        )
    design = Design(effects.y, effects.v, matrix.x)
    found = solve(design, method=method, test=test, level=level, weights=weights)
    qm, qm_df, qm_p = _joint_test(found, matrix.names)
    qe_p = float(chi2_tail(found.qe, found.df))
    w = 1.0 / (effects.v + found.tau2) if weights is None else weights
    nothing = float("nan")
    return Pooled(
        k=k,
        estimate=nothing,
        se=nothing,
        statistic=nothing,
        p=nothing,
        ci_low=nothing,
        ci_high=nothing,
        pi_low=None,
        pi_high=None,
        q=found.qe,
        q_df=k - p,
        q_p=qe_p,
        weights=100.0 * w / w.sum(),
        user_weights=weights,
        design=matrix.x,
        names=matrix.names,
        coder=matrix.coder,
        coefficients=tuple(
            _coefficient(found, index, name) for index, name in enumerate(matrix.names)
        ),
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        r2=_r2(design, found, method, weights) if INTERCEPT in matrix.names else None,
        qe=found.qe,
        qe_p=qe_p,
        notes=(
            *effects.notes,
            "A regression has an estimate for each coefficient rather than one, and a prediction "
            "for given moderators only.",
            *_cautions(found, dropped, common=method in COMMON_EFFECT),
        ),
        **_shared(effects, found, method, test, level, prediction),
    )


def _shared(
    effects: Effects, found: Solution, method: str, test: str, level: float, prediction: str
) -> dict[str, Any]:
    """Fields that one pooled effect and a regression have alike."""
    common = method in COMMON_EFFECT
    return {
        "tau2": found.tau2,
        "tau2_se": found.tau2_se,
        "tau2_ci_low": found.tau2_ci_low,
        "tau2_ci_high": found.tau2_ci_high,
        "i2": found.i2,
        "h2": found.h2,
        "method": method,
        "test": test,
        "level": level,
        "df": None if found.ddf is None or found.adjusted is not None else found.df,
        "yi": effects.y,
        "vi": effects.v,
        "slab": effects.slab,
        "rows": effects.rows,
        "prediction": None if common else prediction,
        "tau2_interval": None if common else "QP",
        "vb": found.vb,
    }


def _coefficient(found: Solution, index: int, name: str) -> Coefficient:
    return Coefficient(
        name=name,
        estimate=float(found.beta[index]),
        se=float(found.se[index]),
        statistic=float(found.statistic[index]),
        p=float(found.p[index]),
        ci_low=float(found.ci_low[index]),
        ci_high=float(found.ci_high[index]),
        df=None if found.adjusted is None or found.ddf is None else float(found.ddf[index]),
    )


def complete_matrix(
    effects: Effects, count: int, mods: Any, data: Any, *, intercept: bool = True
) -> tuple[Effects, ModelMatrix, tuple[str, ...]]:
    """Make the model matrix, and leave out studies and columns that it cannot hold.

    Parameters
    ----------
    effects
        The effects that can be pooled.
    count
        Number of rows before any was left out, which `mods` still has.
    mods, data, intercept
        As in `weigh.pool`.

    Returns
    -------
    tuple
        The effects of the studies with every moderator, with a note of those without; the matrix,
        of full rank; the names of the columns left out as combinations of others.
    """
    if isinstance(mods, str):
        whole = formula_matrix(mods, data, count, intercept=intercept)
    else:
        whole = model_matrix(mods, count, intercept=intercept)
    x = whole.x[effects.rows]
    missing = ~np.isfinite(x).all(axis=1)
    if missing.all():
        raise StatisticsError(
            f"No study has all of the moderators ({', '.join(whole.names)}), so there is nothing "
            "to regress.",
            hint="Take fewer moderators, or fill in what is missing.",
        )
    if missing.any():
        keep = np.flatnonzero(~missing)
        names = ", ".join(effects.slab[index] for index in np.flatnonzero(missing)[:5])
        left = int(missing.sum())
        infinite = " or infinite" if np.isinf(x).any() else ""
        more = f" and {left - 5} more" if left > 5 else ""
        effects = Effects(
            effects.y[keep],
            effects.v[keep],
            effects.rows[keep],
            tuple(effects.slab[index] for index in keep),
            (*effects.notes, f"Left out for a missing{infinite} moderator: {names}{more}."),
        )
        x = x[keep]
    matrix, dropped = drop_redundant(ModelMatrix(x, whole.names, whole.coder))
    return effects, matrix, dropped


def _joint_test(
    found: Solution, names: tuple[str, ...]
) -> tuple[float | None, tuple[float, float | None], float | None]:
    """Test all coefficients but the intercept together; the intercept too where it is alone.

    Returns
    -------
    tuple
        Statistic, degrees of freedom (two for an F test), p value; None where undefined.
    """
    which = [index for index, name in enumerate(names) if name != INTERCEPT] or [0]
    beta, m = found.beta[which], float(len(which))
    if found.adjusted is not None:
        tested = found.adjusted.joint(beta, np.eye(len(names))[which])
        return tested.f, (m, tested.df), tested.p
    df = None if found.ddf is None else found.df
    vb = found.vb[np.ix_(which, which)]
    if not np.diagonal(vb).all():
        return None, (m, df), None
    # In units of the standard errors, so that moderators of any size are on one footing.
    se = np.sqrt(np.diagonal(vb))
    scaled = beta / se
    q = float(scaled @ np.linalg.solve(vb / np.outer(se, se), scaled))
    if df is None:
        return q, (m, None), float(chi2_tail(q, m))
    return q / m, (m, df), float(f_tail(q / m, m, df))


def _r2(design: Design, found: Solution, method: str, weights: FloatArray | None) -> float | None:
    """Share of tau2 that the moderators account for, in percent.

    Without tau2 it is the adjusted R² of the weighted regression.

    References
    ----------
    :cite:t:`raudenbush2009`; how little it says with few studies, :cite:t:`lopezlopez2014`.
    """
    k = design.y.size
    alone = Columns.from_arrays(design.y[:, None], design.v[:, None], np.array([float(k)]))
    if method in COMMON_EFFECT:
        total = float(alone.q(np.zeros(1))[0][0])
        if not total > 0.0:
            return None
        return max(0.0, 100.0 * (1.0 - (found.qe / found.df) / (total / (k - 1))))
    if method in ("GENQ", "GENQM"):
        mean = Design(design.y, design.v, np.ones_like(design.x[:, :1]))
        without = spread_of(mean, method, weights).value
    else:
        without = float(estimate_tau2(alone, method).value[0])
    return max(0.0, 100.0 * (1.0 - found.tau2 / without)) if without > 0.0 else 0.0


def redundant_note(dropped: tuple[str, ...]) -> str:
    """Say which columns were left out of a model matrix."""
    return f"Left out of the model, being combinations of other moderators: {', '.join(dropped)}."


def _cautions(found: Solution, dropped: tuple[str, ...], *, common: bool) -> tuple[str, ...]:
    notes = []
    if dropped:
        notes.append(redundant_note(dropped))
    if common:
        notes.append(
            "This model has no between-study variance, so tau2 has no interval and there is no "
            "prediction interval."
        )
    if found.maxima > 1:
        notes.append(
            f"The likelihood of tau2 has {found.maxima} separate maxima; the highest one is "
            "given. Compare another estimator."
        )
    if not found.certified:
        notes.append("It could not be proved that the likelihood has no higher maximum.")
    if not found.se.all():
        notes.append(
            "The effects lie on the line without any deviation, so the Knapp-Hartung standard "
            "errors are 0 and there is no test."
        )
    return tuple(notes)
