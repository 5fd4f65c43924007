"""Look for the highest maximum of a selection model's likelihood."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from weigh.errors import StatisticsError
from weigh.synthesis.bias.selection_likelihood import Likelihood

__all__ = ["Plan", "Top", "search", "standard_errors"]

FloatArray = npt.NDArray[np.float64]

# Of the rough climbs this many are carried to the end.
_POLISHED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
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
class Top:
    """A point that a climb reached, and the log-likelihood there."""

    value: float
    beta: FloatArray
    tau2: float
    delta: FloatArray


def search(
    likelihoods: list[Likelihood],
    plan: Plan,
    begin: tuple[FloatArray, float],
    *,
    free_tau2: bool,
) -> tuple[Likelihood, Top]:
    """Find the highest maximum: all starts roughly, then to the end from the best of them."""
    rough: list[tuple[float, Likelihood, Top]] = []
    for likelihood in likelihoods:
        for beta, tau2, delta in _starts(
            plan, begin, free_tau2=free_tau2, few=len(likelihoods) > 1
        ):
            at = Top(-math.inf, beta, tau2, delta)
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
    plan: Plan, begin: tuple[FloatArray, float], *, free_tau2: bool, few: bool
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


def _climb(likelihood: Likelihood, plan: Plan, at: Top, *, free_tau2: bool, rough: bool) -> Top:
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
        return Top(-float(found.fun), whole[:p], float(whole[p]), whole[p + 1 :])
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
    return Top(-loss(natural)[0], whole[:p], float(whole[p]), whole[p + 1 :])


def standard_errors(likelihood: Likelihood, top: Top, inner: npt.NDArray[np.bool_]) -> FloatArray:
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
