"""Selection models: the effect, and how studies were selected by their p value, by likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Coefficient, Pooled
from weigh.stats.tails import chi2_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.bias.selection_likelihood import Likelihood, TruncatedLikelihood
from weigh.synthesis.bias.selection_plan import MOST, prepare
from weigh.synthesis.bias.selection_search import Plan, Top, search, standard_errors
from weigh.synthesis.bias.selection_weights import CURVES, PValues
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.moderators import INTERCEPT, model_matrix
from weigh.synthesis.pooling import pool

__all__ = ["SelectionModel", "selection_model"]

FloatArray = npt.NDArray[np.float64]

_KINDS = ("step", *CURVES, "truncation", "truncation-at-estimate")
_ALTERNATIVES = ("greater", "less", "two-sided")
_PRECISIONS = ("sei", "vi")


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

    def weight(self, p: npt.ArrayLike) -> FloatArray:
        """The estimated weight function: how likely P values are to be seen, relative to others.

        Parameters
        ----------
        p
            P values by this model's `alternative`, between 0 and 1.

        Returns
        -------
        (n,) array
            1 in the first interval of a step function and up to the truncation point of a smooth
            one; of models with a precision, at a factor of 1.

        Raises
        ------
        InputError
            The model selects by effects, not by P values.
        """
        if self.kind != "step" and self.kind not in CURVES:
            raise InputError(f"A {self.kind} model selects by effects, not by P values.")
        values = np.clip(np.atleast_1d(np.asarray(p, dtype=float)), 0.0, 1.0)
        delta = np.array([each.estimate for each in self.delta])
        if self.kind == "step":
            at: FloatArray = delta[np.searchsorted(np.array(self.steps), values)]
            return at
        curve = CURVES[self.kind]
        start = self.steps[0] if self.steps else 0.0
        inside = np.clip(values, max(curve.p_min, 1e-300), 1.0 - max(curve.p_min, 1e-16))
        known = PValues(inside, np.log(inside), np.log1p(-inside))
        log_weight, _ = curve.log_weight(known, delta, np.ones(values.size), start)
        return np.where(values <= start, 1.0, np.exp(log_weight))

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
    likelihoods, plan = prepare(
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
    free = np.isnan(plan.fixed)
    on_bound = free & ((top.delta <= plan.low + 1e-4) | (top.delta >= plan.high - 1e-2))
    inner = np.concatenate([np.ones(p, bool), [free_tau2 and top.tau2 > 1e-4], free & ~on_bound])
    se = standard_errors(likelihood, top, inner)
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
            bounds=(0.0, MOST),
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
