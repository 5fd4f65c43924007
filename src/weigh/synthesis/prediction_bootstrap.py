"""Nagashima, Noma and Furukawa's prediction interval: a bootstrap from what is known of tau2.

The usual intervals take the estimate of tau2 for the truth, which is too narrow with few studies.
This one draws tau2 from its confidence distribution, made from the exact distribution of Q.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from weigh.errors import InputError, StatisticsError
from weigh.stats.design import Design
from weigh.stats.tails import normal_quantile
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.inputs import check_effects, check_level

__all__ = ["PredictionBootstrap", "prediction_bootstrap"]

FloatArray = npt.NDArray[np.float64]

_ITERATIONS = 25_000  # as in the paper
_NODES = 257
_BLOCK = 2**20  # entries of a (draws, studies) array worked on at once


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionBootstrap:
    """A bootstrap prediction interval, and the confidence interval that the same draws give.

    Parameters
    ----------
    estimate, tau2
        Pooled effect and between-study variance by DerSimonian and Laird, which the method is
        built on.
    ci_low, ci_high
        Confidence interval of the average effect.
    pi_low, pi_high
        Prediction interval of the true effect of a further study.
    k, level, iterations, seed
        Studies, level, draws, and the seed that gives them again.
    notes
        Cautions in plain words.
    """

    estimate: float
    tau2: float
    ci_low: float
    ci_high: float
    pi_low: float
    pi_high: float
    k: int
    level: float
    iterations: int
    seed: int
    notes: tuple[str, ...] = ()


def prediction_bootstrap(
    yi: Any,
    vi: Any,
    *,
    level: float = 0.95,
    iterations: int = _ITERATIONS,
    seed: int = 1,
) -> PredictionBootstrap:
    """Prediction interval by a bootstrap from the confidence distribution of tau2.

    Each draw takes a tau2 at which the observed Q has a uniform probability; the mean and its
    Hartung variance at that tau2; and from these an average effect by t with k - 1 degrees of
    freedom, and a study's effect around it.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and their sampling variances; at least two studies.
    level
        Level of the intervals, a fraction.
    iterations
        Number of draws, at least 1,000.
    seed
        Seed of the draws; the same seed gives the same interval.

    Raises
    ------
    StatisticsError
        Fewer than two studies.
    InputError
        Too few iterations, a negative seed, and as `weigh.pool`.

    References
    ----------
    :cite:t:`nagashima2019`, section 3; the distribution of Q :cite:t:`jackson2013`.

    Examples
    --------
    >>> yi, vi = [0.10, 0.30, 0.35, 0.65, 0.45, 0.15], [0.03, 0.03, 0.05, 0.01, 0.05, 0.02]
    >>> found = prediction_bootstrap(yi, vi)
    >>> round(found.pi_low, 1), round(found.pi_high, 1)
    (-0.3, 1.0)
    """
    level = check_level(level)
    if iterations < 1000:
        raise InputError(f"{iterations} draws are too few for the ends of an interval; take 1,000.")
    if seed < 0:
        raise InputError(f"The seed is {seed}; it must be 0 or above.")
    effects = check_effects(yi, vi)
    k = effects.y.size
    if k < 2:
        raise StatisticsError("The bootstrap of tau2 needs two studies; there is one.")
    # Counted from a middle value, so that a large common part of the effects costs no digits.
    origin = float(np.median(effects.y))
    y, v = effects.y - origin, effects.v
    form = GeneralizedQ(Design(y, v, np.ones((k, 1))), 1.0 / v)
    tau2 = form.moment_estimate()
    mean, _ = _means(y, v, np.array([tau2]))
    generator = np.random.default_rng(seed)
    drawn = draw_tau2(form, v, generator.random(iterations))
    center, spread = _means(y, v, drawn)
    average = center - generator.standard_t(k - 1, iterations) * spread
    effect = average + generator.standard_normal(iterations) * np.sqrt(drawn)
    tails = (0.5 - 0.5 * level, 0.5 + 0.5 * level)
    ci_low, ci_high = (float(end) + origin for end in np.quantile(average, tails))
    pi_low, pi_high = (float(end) + origin for end in np.quantile(effect, tails))
    return PredictionBootstrap(
        estimate=float(mean[0]) + origin,
        tau2=tau2,
        ci_low=ci_low,
        ci_high=ci_high,
        pi_low=pi_low,
        pi_high=pi_high,
        k=k,
        level=level,
        iterations=iterations,
        seed=seed,
        notes=effects.notes,
    )


def draw_tau2(form: GeneralizedQ, v: FloatArray, uniform: FloatArray) -> FloatArray:
    """Between-study variances at which Q, as observed, has these probabilities from above.

    Parameters
    ----------
    form
        Q with inverse-variance weights.
    v
        (k,) sampling variances.
    uniform
        (n,) probabilities. Where even tau2 = 0 makes Q less likely than that, tau2 is 0.
    """
    below = 1.0 - uniform
    drawn = np.zeros_like(below)
    inside = below < form.below(0.0)
    if not inside.any():
        return drawn
    # Each draw solved for by itself would take minutes. Between the two ends, log tau2 is a smooth
    # function of the normal quantile of the probability, and interpolation is good to six digits.
    low, high = (form.solve(float(end)) for end in (below[inside].max(), below[inside].min()))
    if not high > low:
        drawn[inside] = low
        return drawn
    shift = low + float(np.median(v))
    nodes = np.exp(np.linspace(np.log(low + shift), np.log(high + shift), _NODES)) - shift
    heights = normal_quantile(np.array([form.below(max(node, 0.0)) for node in nodes]))
    falling = np.concatenate([[True], np.diff(np.minimum.accumulate(heights)) < 0.0])
    curve = PchipInterpolator(-heights[falling], np.log(nodes[falling] + shift))
    at = np.clip(-normal_quantile(below[inside]), -heights[falling][0], -heights[falling][-1])
    drawn[inside] = np.maximum(np.exp(curve(at)) - shift, 0.0)
    return drawn


def _means(y: FloatArray, v: FloatArray, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted mean at each tau2, and its standard error by Hartung's variance."""
    step = max(_BLOCK // y.size, 1)
    mean, se = np.empty_like(tau2), np.empty_like(tau2)
    for start in range(0, tau2.size, step):
        part = slice(start, start + step)
        w = 1.0 / (v + tau2[part, None])
        total = w.sum(axis=1)
        mean[part] = (w @ y) / total
        residual = y - mean[part, None]
        se[part] = np.sqrt(np.sum(w * residual**2, axis=1) / ((y.size - 1) * total))
    return mean, se
