"""The fit of a mixed model of counts as `weigh.evidence.pooled.Pooled`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Coefficient, Pooled
from weigh.stats.tails import chi2_tail, f_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.glmm_fit import QUADRATURE_TOLERANCE, Fit, profile_interval
from weigh.synthesis.glmm_models import CountModel, RandomLevels
from weigh.synthesis.inputs import Effects
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix

__all__ = ["Task", "pooled_result"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What was asked for: the model's name, and `weigh.glmm`'s arguments."""

    name: str
    method: str
    test: str
    level: float
    moderated: bool

    @property
    def common(self) -> bool:
        """Whether there is one common effect."""
        return self.method == "EE"


def pooled_result(
    fit: Fit, model: CountModel, effects: Effects, matrix: ModelMatrix, turn: FloatArray, task: Task
) -> Pooled:
    """Everything that `weigh.glmm` says of a fit.

    `turn` takes the coefficients of the fit to those of the model matrix.
    """
    k, p = matrix.x.shape
    df = k - p
    ddf = float(df) if task.test == "t" else None
    beta = turn @ fit.at[:p]
    vb = turn @ fit.vb[:p, :p] @ turn.T
    tau2 = float(fit.at[-1]) ** 2
    found = model.heterogeneity(fit.points)
    lrt = max(2.0 * (found.saturated - fit.common.value), 0.0)
    wald_p = float(chi2_tail(found.wald, df))
    i2, h2 = _shares(effects.v, matrix.x, tau2, found.wald, common=task.common)
    w = 1.0 / effects.v if task.common else 1.0 / (effects.v + tau2)
    tau2_low: float | None = None
    tau2_high: float | None = None
    cautions = []
    if not task.common:
        tau2_low, tau2_high = profile_interval(model, fit, task.level)
        if tau2_high is None:
            cautions.append("The likelihood does not fall enough with tau2 to give a limit above.")
    if fit.error > QUADRATURE_TOLERANCE:
        cautions.append(
            f"With {fit.points} points of quadrature the log-likelihood is off by about "
            f"{fit.error:.1g}; leave out `points` for as many as are needed."
        )
    coefficients = tuple(
        _coefficient(name, float(b), float(se), ddf, task.level)
        for name, b, se in zip(matrix.names, beta, np.sqrt(np.diagonal(vb)), strict=True)
    )
    return Pooled(
        k=k,
        **(
            _regression(coefficients, matrix, vb, found.wald, wald_p, ddf)
            if task.moderated
            else _one_effect(coefficients[0], tau2, ddf, task)
        ),
        tau2=tau2,
        tau2_se=fit.tau2_se,
        tau2_ci_low=tau2_low,
        tau2_ci_high=tau2_high,
        tau2_interval=None if task.common else "PL",
        i2=i2,
        h2=h2,
        q=found.wald,
        q_df=df,
        q_p=wald_p,
        method=f"GLMM {task.name} {task.method}",
        test=task.test,
        level=task.level,
        df=ddf,
        yi=effects.y,
        vi=effects.v,
        slab=effects.slab,
        weights=100.0 * w / w.sum(),
        rows=effects.rows,
        prediction=None if task.common else "t" if task.test == "t" else "normal",
        extra=_extra(fit, model, found.saturated, lrt, df, k, common=task.common),
        notes=(
            *effects.notes,
            "Each study's own effect and weight are shown for orientation; the model works on the "
            "counts.",
            *cautions,
        ),
    )


def _coefficient(
    name: str, estimate: float, se: float, ddf: float | None, level: float
) -> Coefficient:
    half = float(two_sided_quantile(level, ddf)) * se
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p=float(two_sided_p(estimate / se, ddf)),
        ci_low=estimate - half,
        ci_high=estimate + half,
    )


def _one_effect(found: Coefficient, tau2: float, ddf: float | None, task: Task) -> dict[str, Any]:
    """Fields of one pooled effect, with its prediction interval."""
    wide = float(two_sided_quantile(task.level, ddf)) * math.sqrt(found.se**2 + tau2)
    return {
        "estimate": found.estimate,
        "se": found.se,
        "statistic": found.statistic,
        "p": found.p,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "pi_low": None if task.common else found.estimate - wide,
        "pi_high": None if task.common else found.estimate + wide,
    }


def _regression(
    coefficients: tuple[Coefficient, ...],
    matrix: ModelMatrix,
    vb: FloatArray,
    residual: float,
    residual_p: float,
    ddf: float | None,
) -> dict[str, Any]:
    """Fields of a regression: a coefficient each, and Wald's test of all moderators together."""
    which = [i for i, one in enumerate(coefficients) if one.name != INTERCEPT] or [0]
    se = np.sqrt(np.diagonal(vb))[which]
    scaled = np.array([coefficients[i].estimate for i in which]) / se
    # In units of the standard errors, so that moderators of any size are on one footing.
    q = float(scaled @ np.linalg.solve(vb[np.ix_(which, which)] / np.outer(se, se), scaled))
    m = float(len(which))
    nothing = math.nan
    return {
        "estimate": nothing,
        "se": nothing,
        "statistic": nothing,
        "p": nothing,
        "ci_low": nothing,
        "ci_high": nothing,
        "pi_low": None,
        "pi_high": None,
        "coefficients": coefficients,
        "design": matrix.x,
        "names": matrix.names,
        "coder": matrix.coder,
        "vb": vb,
        "qm": q if ddf is None else q / m,
        "qm_df": (m, ddf),
        "qm_p": float(chi2_tail(q, m) if ddf is None else f_tail(q / m, m, ddf)),
        "qe": residual,
        "qe_p": residual_p,
    }


def _shares(
    v: FloatArray, x: FloatArray, tau2: float, wald: float, *, common: bool
) -> tuple[float, float]:
    """I2 in percent and H2, from tau2 and the typical variance, or from Wald's statistic."""
    df = x.shape[0] - x.shape[1]
    if common:
        return (100.0 * (wald - df) / wald if wald > df else 0.0), wald / df
    w = 1.0 / v
    whole = (x.T * w) @ x
    typical = df / float(w.sum() - np.trace(np.linalg.solve(whole, (x.T * w**2) @ x)))
    return 100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0


def _extra(
    fit: Fit, model: CountModel, saturated: float, lrt: float, df: int, k: int, *, common: bool
) -> dict[str, float]:
    parameters = model.coefficients + model.nuisances + (not common)
    size = model.rows_of_counts * k
    enough = max(size, parameters + 2)
    twice_log = -2.0 * fit.value
    extra = {
        "q_lrt": lrt,
        "q_lrt_p": float(chi2_tail(lrt, df)),
        "log_likelihood": fit.value,
        "deviance": 2.0 * (saturated - fit.value),
        "aic": twice_log + 2.0 * parameters,
        "bic": twice_log + parameters * math.log(size),
        "aicc": twice_log + 2.0 * parameters * enough / (enough - parameters - 1),
        "points": float(fit.points),
        "quadrature_error": fit.error,
    }
    if isinstance(model, RandomLevels):
        extra["sigma2"] = float(fit.at[-2]) ** 2
    return extra
