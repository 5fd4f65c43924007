"""Selection models: the effect, and how studies were selected by their p value, by likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.bias.selection_decreasing import DecreasingLikelihood
from weigh.synthesis.bias.selection_likelihood import Likelihood, TruncatedLikelihood
from weigh.synthesis.bias.selection_plan import MOST, prepare
from weigh.synthesis.bias.selection_result import SelectionModel, parameter
from weigh.synthesis.bias.selection_search import Plan, Top, search, standard_errors
from weigh.synthesis.bias.selection_weights import CURVES
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.moderators import INTERCEPT, model_matrix
from weigh.synthesis.pooling import pool

__all__ = ["selection_model"]

FloatArray = npt.NDArray[np.float64]

_KINDS = ("step", *CURVES, "truncation", "truncation-at-estimate")
_ALTERNATIVES = ("greater", "less", "two-sided")
_PRECISIONS = ("sei", "vi")


def selection_model(
    yi: Any,
    vi: Any,
    *,
    kind: str = "step",
    steps: Sequence[float] | float | None = None,
    alternative: str = "greater",
    delta: Sequence[float | None] | None = None,
    decreasing: bool = False,
    precision: str | Sequence[float] | None = None,
    scale_precision: bool = True,
    method: str = "ML",
    mods: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> SelectionModel:
    """Estimate the effect and the selection of studies by their p value together.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    kind
        ``"step"``: weights constant between `steps` (one cut-off, 0.025, is the three-parameter
        model). Smooth: ``"beta"``, ``"halfnorm"``, ``"negexp"``, ``"logistic"``, ``"power"``,
        ``"negexppow"``. ``"truncation"``: effects beyond `steps` (by default 0) are all seen;
        ``"truncation-at-estimate"``: beyond a point that is estimated.
    steps
        Cut-offs of one-sided p values (two-sided with that alternative), by default 0.025; of a
        smooth kind the p value up to which all are seen, by default 0.
    alternative
        Which studies are favoured: ``"greater"`` (large effects), ``"less"`` or ``"two-sided"``.
    delta
        Values at which parameters of the weight function are held; None where estimated.
    decreasing
        Of ``"step"``: no weight may be above the one before it, at smaller p values, nor above 1.
    precision
        Of smooth kinds: their parameter is multiplied by ``"sei"``, ``"vi"``, or numbers given.
    scale_precision
        Whether these are divided by their maximum.
    method
        ``"ML"`` with a between-study variance, ``"EE"`` without.
    mods
        Moderators, as in `weigh.pool`.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    SelectionModel
        The maximum is looked for from several starts. With few studies the weights are hardly
        known; look at how the effect moves between kinds, and at fixed weights.

    Raises
    ------
    StatisticsError
        Fewer studies than parameters.

    References
    ----------
    Step functions :cite:t:`vevea1995`, with fixed weights :cite:t:`vevea2005`; beta
    :cite:t:`citkowicz2017`; half-normal, negative exponential, logistic and power
    :cite:t:`preston2004`; the three-parameter model also :cite:t:`andrews2019`.

    Examples
    --------
    >>> found = selection_model(
    ...     [0.6, 0.5, 0.45, 0.9, 0.2, 0.3, 0.7], [0.04, 0.03, 0.05, 0.1, 0.02, 0.02, 0.12],
    ...     steps=0.025)
    >>> found.k, found.counts
    (7, (6, 1))
    """
    check_choice("kind of selection model", kind, _KINDS)
    check_choice("alternative", alternative, _ALTERNATIVES)
    check_choice("method of a selection model", method, ("ML", "EE", "FE"))
    if kind.startswith("truncation") and alternative == "two-sided":
        raise InputError("Truncation has a direction; take alternative='greater' or 'less'.")
    if decreasing and (kind != "step" or delta is not None):
        raise InputError(
            "`decreasing` orders the weights of a step function that are estimated, all of them.",
            hint="Take kind='step' without `delta`.",
        )
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    count = int(np.size(yi))
    x = np.ones((effects.y.size, 1))
    names: tuple[str, ...] = (INTERCEPT,)
    if mods is not None:
        matrix = model_matrix(mods, count)
        x, names = matrix.x[effects.rows], matrix.names
    known = np.isfinite(x).all(axis=1)
    y, v, x = effects.y[known], effects.v[known], x[known]
    start = None if mods is None else {name: x[:, i] for i, name in enumerate(names) if i}
    # In units of a typical standard error the search meets numbers near 1.
    unit = math.sqrt(float(np.exp(np.mean(np.log(v)))))
    factor = _precision(precision, v, effects.rows[known], count, scale=scale_precision)
    likelihoods, plan = prepare(
        y / unit,
        v / unit**2,
        x,
        kind=kind,
        steps=steps,
        alternative=alternative,
        delta=delta,
        decreasing=decreasing,
        precision=factor,
        unit=unit,
    )
    free_tau2 = method == "ML"
    parameters = x.shape[1] + int(free_tau2) + int(np.isnan(plan.fixed).sum())
    if y.size < parameters:
        raise StatisticsError(
            f"{y.size} studies cannot carry the {parameters} parameters of this selection model.",
            hint="Take fewer steps, or hold some at a value: delta=[1, 0.5].",
        )
    unadjusted = pool(y, v, mods=start, method="ML" if free_tau2 else "EE", level=level)
    begin = _begin(unadjusted, unit)
    likelihood, top = search(likelihoods, plan, begin, free_tau2=free_tau2)
    return _result(
        likelihood,
        top,
        plan,
        begin,
        unadjusted,
        names=names,
        unit=unit,
        kind=kind,
        alternative=alternative,
        level=level,
        free_tau2=free_tau2,
        notes=effects.notes,
    )


def _begin(fit: Pooled, unit: float) -> tuple[FloatArray, float]:
    if fit.is_regression:
        beta = np.array([coefficient.estimate for coefficient in fit.coefficients])
    else:
        beta = np.array([fit.estimate])
    return beta / unit, fit.tau2 / unit**2


def _precision(
    precision: Any, v: FloatArray, rows: npt.NDArray[np.intp], count: int, *, scale: bool
) -> FloatArray:
    if precision is None:
        return np.ones(v.size)
    if isinstance(precision, str):
        check_choice("precision", precision, _PRECISIONS)
        factor = np.sqrt(v) if precision == "sei" else v
    else:
        given = np.asarray(precision, dtype=float)
        if given.shape != (count,):
            raise InputError(f"`precision` has shape {given.shape} for {count} studies.")
        factor = given[rows]
    if not np.all((factor > 0.0) & np.isfinite(factor)):
        raise StatisticsError("`precision` holds a value that is not a positive number.")
    return factor / float(factor.max()) if scale else factor


def _result(
    likelihood: Likelihood,
    top: Top,
    plan: Plan,
    begin: tuple[FloatArray, float],
    unadjusted: Pooled,
    *,
    names: tuple[str, ...],
    unit: float,
    kind: str,
    alternative: str,
    level: float,
    free_tau2: bool,
    notes: tuple[str, ...],
) -> SelectionModel:
    p, k = top.beta.size, likelihood.y.size
    free, low, high = np.isnan(plan.fixed), plan.low, plan.high
    df, where, cautions = int(free.sum()), np.arange(free.size), list(notes)
    most = MOST
    if isinstance(likelihood, DecreasingLikelihood):
        likelihood, top, where = likelihood.as_steps(top)
        free = np.arange(top.delta.size) > 0
        low, high, most = np.zeros(free.size), np.full(free.size, MOST), 1.0
        cautions.append(
            "With weights in order the ratio test keeps its level, but is too cautious: on its "
            "bounds the ratio is smaller than chi-squared."
        )
        if free.size < plan.fixed.size:
            cautions.append(
                "Neighbouring weights stand equal where the data would have them rise; the "
                "intervals hold them so."
            )
    on_bound = free & ((top.delta <= low + 1e-4) | (top.delta >= high - 1e-2))
    inner = np.concatenate([np.ones(p, bool), [free_tau2 and top.tau2 > 1e-4], free & ~on_bound])
    se = standard_errors(likelihood, top, inner)
    shift = k * math.log(unit)
    plain = _plain_log_likelihood(likelihood, *begin)
    lrt = max(0.0, 2.0 * (top.value - plain))
    delta = [
        parameter(
            f"delta{index + 1}",
            top.delta[at],
            se[p + 1 + at],
            plan.neutral[index],
            level,
            bounds=(0.0, most),
        )
        for index, at in enumerate(where)
    ]
    steps = plan.steps
    if isinstance(likelihood, TruncatedLikelihood) and not steps:
        steps = (likelihood.point * unit,)
        cautions.append(
            "The likelihood jumps where the point of truncation passes an effect, so the point "
            "has no standard error and the ratio test is not chi-squared."
        )
    if on_bound.any():
        cautions.append(
            "A parameter of the weights stands at its bound, so it has no standard error, and the "
            "other intervals hold it there."
        )
    if np.isnan(se[:p]).any():
        cautions.append(
            "The likelihood is not curved as at a maximum of its own here, so the coefficients "
            "have no standard errors; another model of selection may suit these studies better."
        )
    if 0 in plan.counts and np.any(np.isnan(plan.fixed) & (np.array(plan.counts) == 0)):
        cautions.append("An interval of p values holds no study, so its weight falls to 0.")
    return SelectionModel(
        kind=kind,
        alternative=alternative,
        steps=steps,
        coefficients=tuple(
            parameter(name, unit * top.beta[index], unit * se[index], 0.0, level)
            for index, name in enumerate(names)
        ),
        tau2=unit**2 * top.tau2,
        tau2_se=finite_or_none(unit**2 * float(se[p])),
        delta=tuple(delta),
        log_likelihood=top.value - shift,
        lrt=lrt,
        lrt_df=df,
        lrt_p=float(chi2_tail(lrt, df)) if df else None,
        counts=plan.counts,
        k=k,
        unadjusted=unadjusted,
        notes=tuple(cautions),
    )


def _plain_log_likelihood(likelihood: Likelihood, beta: FloatArray, tau2: float) -> float:
    s2 = likelihood.v + tau2
    e = likelihood.y - likelihood.x @ beta
    return float(np.sum(-0.5 * np.log(2.0 * math.pi * s2) - 0.5 * e * e / s2))
