"""What a selection model estimates: its likelihood, the bounds of its weights, its starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from weigh.errors import InputError
from weigh.synthesis.bias.selection_decreasing import DecreasingLikelihood
from weigh.synthesis.bias.selection_likelihood import (
    Likelihood,
    SmoothLikelihood,
    StepLikelihood,
    TruncatedLikelihood,
    p_values,
)
from weigh.synthesis.bias.selection_search import Plan
from weigh.synthesis.bias.selection_weights import CURVES

__all__ = ["MOST", "prepare"]

FloatArray = npt.NDArray[np.float64]

# Weights beyond a hundredfold cannot be told apart by any data, as metafor holds too.
MOST = 100.0
_LEAST_BETA = 1e-5


def prepare(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    *,
    kind: str,
    steps: Any,
    alternative: str,
    delta: Sequence[float | None] | None,
    decreasing: bool,
    precision: FloatArray,
    unit: float,
) -> tuple[list[Likelihood], Plan]:
    """Make the likelihoods to be searched (one for each point of truncation) and the plan."""
    if kind == "step":
        return _prepare_steps(y, v, x, steps, alternative, delta, decreasing=decreasing)
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
        plan = Plan(
            fixed=_fixed(delta, size),
            low=low,
            high=np.full(size, MOST),
            neutral=np.array(curve.neutral),
            starts=curve.starts,
            steps=(start,),
        )
        return [one], plan
    return _prepare_truncation(y, v, x, kind, steps, alternative, delta, unit)


def _cut_offs(steps: Any) -> tuple[float, ...]:
    try:
        cuts = np.unique(np.atleast_1d(np.asarray(0.025 if steps is None else steps, dtype=float)))
    except (TypeError, ValueError) as error:
        raise InputError(f"`steps` holds something that is not a number: {error}.") from error
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
    *,
    decreasing: bool,
) -> tuple[list[Likelihood], Plan]:
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
    starts = tuple(
        tuple(np.clip(ratio**ladder, 1e-3, 50.0)) for ratio in (1.0, 0.5, 0.1, 0.01, 3.0)
    )
    if decreasing:
        # Ratios of neighbours, some of them tied from the start.
        starts = tuple((1.0,) + (ratio,) * (size - 1) for ratio in (0.99, 0.7, 0.3, 0.1))
        starts += tuple(tuple(np.where(ladder == fall, 0.2, 0.99)) for fall in range(1, size))
    plan = Plan(
        fixed=fixed,
        low=np.zeros(size),
        high=np.ones(size) if decreasing else np.full(size, MOST),
        neutral=np.ones(size),
        starts=starts,
        steps=cuts,
        counts=tuple(int(n) for n in np.bincount(group, minlength=size)),
    )
    return [DecreasingLikelihood(one) if decreasing else one], plan


def _prepare_truncation(
    y: FloatArray,
    v: FloatArray,
    x: FloatArray,
    kind: str,
    steps: Any,
    alternative: str,
    delta: Sequence[float | None] | None,
    unit: float,
) -> tuple[list[Likelihood], Plan]:
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
    plan = Plan(
        fixed=_fixed(delta, 1),
        low=np.zeros(1),
        high=np.full(1, MOST),
        neutral=np.ones(1),
        starts=((0.3,), (3.0,)) if estimated else ((1.0,), (0.3,), (0.03,), (3.0,)),
        steps=() if estimated else (float(points[0]) * unit,),
        tested=1,
    )
    return [TruncatedLikelihood(y, v, x, float(point), sign) for point in points], plan
