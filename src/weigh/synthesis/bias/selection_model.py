"""Selection models: the effect, and how studies were selected by their p value, by likelihood."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import ndtri

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Coefficient, Pooled
from weigh.stats.tails import chi2_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.bias.selection_likelihood import (
    Likelihood,
    SmoothLikelihood,
    StepLikelihood,
    TruncatedLikelihood,
    p_values,
)
from weigh.synthesis.bias.selection_weights import CURVES
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.moderators import INTERCEPT, model_matrix
from weigh.synthesis.pooling import pool

__all__ = ["SelectionModel", "selection_model"]

FloatArray = npt.NDArray[np.float64]

_KINDS = ("step", *CURVES, "truncation", "truncation-at-estimate")
_ALTERNATIVES = ("greater", "less", "two-sided")
_PRECISIONS = ("sei", "vi")
# Weights beyond a hundredfold cannot be told apart by any data, as metafor holds too.
_MOST = 100.0
_LEAST_BETA = 1e-5
# Of the rough climbs this many are carried to the end.
_POLISHED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionModel:
    """An effect adjusted for selection by p values.

    Parameters
    ----------
    kind, alternative, steps
        The weight function, the direction of its p values, its cut-offs (or truncation point).
    coefficients
        The adjusted effect (``intercept``), and moderators if any, on the analysis scale.
    tau2, tau2_se
        Between-study variance by maximum likelihood.
    delta
        Parameters of the weight function as coefficients: ``estimate`` and interval, tested
        against the value at which nothing is selected. NaN where fixed, or on its bound.
    log_likelihood
        At the maximum, all constants included.
    lrt, lrt_df, lrt_p
        Likelihood ratio test against the model without selection.
    counts
        Of step functions: number of studies in each interval.
    k
        Number of studies.
    unadjusted
        The model without selection, by the same method.
    notes
        Cautions in plain words.
    """

    kind: str
    alternative: str
    steps: tuple[float, ...]
    coefficients: tuple[Coefficient, ...]
    tau2: float
    tau2_se: float | None
    delta: tuple[Coefficient, ...]
    log_likelihood: float
    lrt: float
    lrt_df: int
    lrt_p: float | None
    counts: tuple[int, ...]
    k: int
    unadjusted: Pooled
    notes: tuple[str, ...] = ()

    @property
    def adjusted(self) -> Coefficient:
        """The adjusted effect (without moderators)."""
        return self.coefficients[0]

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "kind": self.kind,
            "alternative": self.alternative,
            "steps": list(self.steps),
            "coefficients": [coefficient.to_dict() for coefficient in self.coefficients],
            "tau2": self.tau2,
            "tau2_se": finite_or_none(self.tau2_se),
            "delta": [coefficient.to_dict() for coefficient in self.delta],
            "log_likelihood": self.log_likelihood,
            "lrt": self.lrt,
            "lrt_df": self.lrt_df,
            "lrt_p": finite_or_none(self.lrt_p),
            "counts": list(self.counts),
            "k": self.k,
            "unadjusted": self.unadjusted.to_dict(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is estimated, within which bounds, from which starts."""

    fixed: FloatArray  # NaN where estimated
    low: FloatArray
    high: FloatArray
    neutral: FloatArray
    starts: tuple[tuple[float, ...], ...]
    steps: tuple[float, ...]
    counts: tuple[int, ...] = ()
    tested: int | None = None  # parameters of the likelihood ratio test, if not all


@dataclass(frozen=True, slots=True)
class _Top:
    value: float
    beta: FloatArray
    tau2: float
    delta: FloatArray


def selection_model(
    yi: Any,
    vi: Any,
    *,
    kind: str = "step",
    steps: Sequence[float] | float | None = None,
    alternative: str = "greater",
    delta: Sequence[float | None] | None = None,
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
    likelihoods, plan = _prepare(
        y / unit,
        v / unit**2,
        x,
        kind=kind,
        steps=steps,
        alternative=alternative,
        delta=delta,
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
    likelihood, top = _search(likelihoods, plan, begin, free_tau2=free_tau2)
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


def _prepare(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    *,
    kind: str,
    steps: Any,
    alternative: str,
    delta: Sequence[float | None] | None,
    precision: FloatArray,
    unit: float,
) -> tuple[list[Likelihood], _Plan]:
    if kind == "step":
        return _prepare_steps(y, v, x, steps, alternative, delta)
    if kind in CURVES:
        curve = CURVES[kind]
        start = 0.0 if steps is None else _cut_offs(steps)[0]
        size = len(curve.neutral)
        one = SmoothLikelihood(
            y, v, x, curve=curve, alternative=alternative, precision=precision, start=start
        )
        low = np.full(size, _LEAST_BETA if kind == "beta" else 0.0)
        if kind == "negexppow":
            low = np.array([0.0, 1e-6])
        plan = _Plan(
            fixed=_fixed(delta, size),
            low=low,
            high=np.full(size, _MOST),
            neutral=np.array(curve.neutral),
            starts=curve.starts,
            steps=(start,),
        )
        return [one], plan
    return _prepare_truncation(y, v, x, kind, steps, alternative, delta, unit)


def _cut_offs(steps: Any) -> tuple[float, ...]:
    cuts = np.unique(np.atleast_1d(np.asarray(0.025 if steps is None else steps, dtype=float)))
    if cuts.size == 0 or not np.all((cuts > 0.0) & (cuts <= 1.0)):
        raise InputError(
            "`steps` are p values, above 0 and at most 1.", hint="For example steps=[0.025, 0.5]."
        )
    return tuple(map(float, cuts))


def _fixed(delta: Sequence[float | None] | None, size: int) -> FloatArray:
    if delta is None:
        return np.full(size, np.nan)
    if len(delta) != size:
        raise InputError(f"`delta` has {len(delta)} entries; this weight function has {size}.")
    fixed = np.array([np.nan if value is None else value for value in delta], dtype=float)
    if np.any(fixed < 0.0):
        raise InputError("`delta` holds a negative value; weights are 0 or above.")
    return fixed


def _prepare_steps(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    steps: Any,
    alternative: str,
    delta: Sequence[float | None] | None,
) -> tuple[list[Likelihood], _Plan]:
    cuts = _cut_offs(steps)
    cuts = cuts if cuts[-1] == 1.0 else (*cuts, 1.0)
    size = len(cuts)
    if size < 2:
        raise InputError("A step function needs a cut-off below 1.")
    p = p_values(y / np.sqrt(v), alternative).p
    group = np.searchsorted(np.array(cuts), p, side="left")
    sides = 2.0 if alternative == "two-sided" else 1.0
    sign = {"greater": 1, "less": -1, "two-sided": 0}[alternative]
    one = StepLikelihood(y, v, x, group, -ndtri(np.array(cuts[:-1]) / sides), sign)
    fixed = _fixed(delta, size)
    if np.isnan(fixed[0]):
        fixed[0] = 1.0
    ladder = np.arange(size)
    plan = _Plan(
        fixed=fixed,
        low=np.zeros(size),
        high=np.full(size, _MOST),
        neutral=np.ones(size),
        starts=tuple(
            tuple(np.clip(ratio**ladder, 1e-3, 50.0)) for ratio in (1.0, 0.5, 0.1, 0.01, 3.0)
        ),
        steps=cuts,
        counts=tuple(int(n) for n in np.bincount(group, minlength=size)),
    )
    return [one], plan


def _prepare_truncation(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    kind: str,
    steps: Any,
    alternative: str,
    delta: Sequence[float | None] | None,
    unit: float,
) -> tuple[list[Likelihood], _Plan]:
    sign = 1 if alternative == "greater" else -1
    estimated = kind == "truncation-at-estimate"
    if estimated:
        # Between two effects the likelihood rises or falls with the point throughout, so that it
        # is highest at an effect, or just before it.
        ends = np.unique(y)
        points = np.concatenate([ends, np.nextafter(ends, -sign * np.inf)])
    else:
        points = np.atleast_1d(np.asarray(0.0 if steps is None else steps, dtype=float)) / unit
        if points.size != 1:
            raise InputError("Truncation has one point; give a single value in `steps`.")
    plan = _Plan(
        fixed=_fixed(delta, 1),
        low=np.zeros(1),
        high=np.full(1, _MOST),
        neutral=np.ones(1),
        starts=((0.3,), (3.0,)) if estimated else ((1.0,), (0.3,), (0.03,), (3.0,)),
        steps=() if estimated else (float(points[0]) * unit,),
        tested=1,
    )
    return [TruncatedLikelihood(y, v, x, float(point), sign) for point in points], plan


def _search(
    likelihoods: list[Likelihood],
    plan: _Plan,
    begin: tuple[FloatArray, float],
    *,
    free_tau2: bool,
) -> tuple[Likelihood, _Top]:
    """Find the highest maximum: all starts roughly, then to the end from the best of them."""
    rough: list[tuple[float, Likelihood, _Top]] = []
    for likelihood in likelihoods:
        for beta, tau2, delta in _starts(
            plan, begin, free_tau2=free_tau2, few=len(likelihoods) > 1
        ):
            at = _Top(-math.inf, beta, tau2, delta)
            top = _climb(likelihood, plan, at, free_tau2=free_tau2, rough=True)
            rough.append((top.value, likelihood, top))
    rough.sort(key=lambda entry: -entry[0])
    likelihood, best = rough[0][1], rough[0][2]
    for _, candidate, start in rough[:_POLISHED]:
        top = _climb(candidate, plan, start, free_tau2=free_tau2, rough=False)
        if top.value > best.value:
            likelihood, best = candidate, top
    if not best.value > -1e9:
        raise StatisticsError("The likelihood of this selection model is nowhere finite.")
    return likelihood, best


def _starts(
    plan: _Plan, begin: tuple[FloatArray, float], *, free_tau2: bool, few: bool
) -> Iterator[tuple[FloatArray, float, FloatArray]]:
    beta, tau2 = begin
    spreads = (tau2,) if few else (tau2, 2.0 * tau2 + 0.3)
    for start in plan.starts:
        delta = np.where(np.isnan(plan.fixed), np.array(start), plan.fixed)
        for spread in spreads if free_tau2 else (0.0,):
            for share in (1.0,) if few else (1.0, 0.4):
                yield share * beta, spread, delta
        if not np.isnan(plan.fixed).any():
            return


def _climb(likelihood: Likelihood, plan: _Plan, at: _Top, *, free_tau2: bool, rough: bool) -> _Top:
    """Climb by quasi-Newton steps, first with logarithms of the weights, then without.

    The first crosses orders of magnitude, the second reaches a bound.
    """
    free = np.isnan(plan.fixed)
    p = at.beta.size
    keep = np.concatenate([np.ones(p, bool), [free_tau2], free])
    low = np.concatenate([np.full(p, -np.inf), [0.0], plan.low])[keep]
    high = np.concatenate([np.full(p + 1, np.inf), plan.high])[keep]
    whole = np.concatenate([at.beta, [at.tau2], at.delta])
    logged = np.concatenate([np.zeros(p + 1, bool), np.ones(free.size, bool)])[keep]

    def loss(natural: FloatArray) -> tuple[float, FloatArray]:
        point = whole.copy()
        point[keep] = natural
        with np.errstate(all="ignore"):
            value, gradient = likelihood(point[:p], float(point[p]), point[p + 1 :])
        if not math.isfinite(value) or not np.isfinite(gradient[keep]).all():
            return 1e10, np.zeros(natural.size)
        return -value, -gradient[keep]

    def loss_of_logs(parameters: FloatArray) -> tuple[float, FloatArray]:
        natural = np.where(logged, np.exp(np.where(logged, parameters, 0.0)), parameters)
        value, gradient = loss(natural)
        return value, np.where(logged, gradient * natural, gradient)

    natural = np.clip(whole[keep], low, high)
    options = (
        {"maxiter": 40, "ftol": 1e-7, "gtol": 1e-4}
        if rough
        else {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
    )
    if logged.any():
        inner = np.where(logged, np.log(np.maximum(low, 1e-12)), low)
        outer = np.where(logged, np.log(np.maximum(high, 1e-12)), high)
        begin = np.where(logged, np.log(np.maximum(natural, 1e-12)), natural)
        found = minimize(
            loss_of_logs,
            begin,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(inner, outer, strict=True)),
            options=options,
        )
        natural = np.clip(
            np.where(logged, np.exp(np.where(logged, found.x, 0.0)), found.x), low, high
        )
    if rough and logged.any():
        whole[keep] = natural
        return _Top(-float(found.fun), whole[:p], float(whole[p]), whole[p + 1 :])
    found = minimize(
        loss,
        natural,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, high, strict=True)),
        options=options,
    )
    if found.fun <= loss(natural)[0]:
        natural = found.x
    whole[keep] = natural
    return _Top(-loss(natural)[0], whole[:p], float(whole[p]), whole[p + 1 :])


def _result(
    likelihood: Likelihood,
    top: _Top,
    plan: _Plan,
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
    free = np.isnan(plan.fixed)
    on_bound = free & ((top.delta <= plan.low + 1e-4) | (top.delta >= plan.high - 1e-2))
    inner = np.concatenate([np.ones(p, bool), [free_tau2 and top.tau2 > 1e-4], free & ~on_bound])
    se = _standard_errors(likelihood, top, inner)
    shift = k * math.log(unit)
    plain = _plain_log_likelihood(likelihood, *begin)
    lrt = max(0.0, 2.0 * (top.value - plain))
    df = int(free.sum())
    delta = [
        _parameter(
            f"delta{index + 1}",
            top.delta[index],
            se[p + 1 + index],
            plan.neutral[index],
            level,
            bounds=(0.0, _MOST),
        )
        for index in range(top.delta.size)
    ]
    steps = plan.steps
    cautions = list(notes)
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
    if 0 in plan.counts and np.any(free & (np.array(plan.counts) == 0)):
        cautions.append("An interval of p values holds no study, so its weight falls to 0.")
    return SelectionModel(
        kind=kind,
        alternative=alternative,
        steps=steps,
        coefficients=tuple(
            _parameter(name, unit * top.beta[index], unit * se[index], 0.0, level)
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


def _standard_errors(likelihood: Likelihood, top: _Top, inner: npt.NDArray[np.bool_]) -> FloatArray:
    """Square roots of the inverse Hessian; NaN for what is fixed or on a bound, or is no maximum.

    The Hessian is a central difference of the exact gradient.
    """
    p = top.beta.size
    at = np.concatenate([top.beta, [top.tau2], top.delta])
    which = np.flatnonzero(inner)
    hessian = np.empty((which.size, which.size))
    for row, index in enumerate(which):
        step = 1e-5 * max(1.0, abs(float(at[index])))
        if index >= p:
            step = min(step, 0.5 * float(at[index]))
        gradients = []
        for way in (step, -step):
            moved = at.copy()
            moved[index] += way
            gradients.append(likelihood(moved[:p], float(moved[p]), moved[p + 1 :])[1][which])
        hessian[row] = (gradients[0] - gradients[1]) / (2.0 * step)
    se = np.full(at.size, np.nan)
    information = -(hessian + hessian.T) / 2.0
    try:
        np.linalg.cholesky(information)
        se[which] = np.sqrt(np.diagonal(np.linalg.inv(information)))
    except np.linalg.LinAlgError:
        return se
    return se


def _parameter(
    name: str,
    estimate: float,
    se: float,
    null: float,
    level: float,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Coefficient:
    half = float(two_sided_quantile(level)) * se
    statistic = (estimate - null) / se
    return Coefficient(
        name=name,
        estimate=float(estimate),
        se=float(se),
        statistic=float(statistic),
        p=float(two_sided_p(statistic)),
        ci_low=max(float(estimate - half), bounds[0]) if math.isfinite(half) else math.nan,
        ci_high=min(float(estimate + half), bounds[1]) if math.isfinite(half) else math.nan,
    )
