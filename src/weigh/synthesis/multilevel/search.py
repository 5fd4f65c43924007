"""The search for the components at which a likelihood is highest.

Newton's method with exact second derivatives, within bounds: a parameter at its bound stays there
while the likelihood falls inwards. Where the surface is not concave the curvature is turned round,
so that each step goes up; steps are halved until the likelihood has risen. It runs from several
places, as a likelihood may have more than one maximum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.synthesis.multilevel.likelihood import Likelihood, Point

__all__ = ["Maximum", "along_edges", "climb", "highest", "promising"]

FloatArray = npt.NDArray[np.float64]

_STEPS = 200
# What a step must still promise, in log-likelihood, to be worth taking at all.
_WORTH = 1e-22
# Below this promise rounding may hide the rise of the likelihood. Newton's method has twice as many
# right digits after each step, so that one or two more are the last.
_LAST = 1e-8
_BELOW_ROUNDING = 1e-17
# Above this promise the top is far.
_FAR = 0.02
# Runs whose log-likelihoods are this close have reached the same maximum.
_SAME = 1e-8
# How many edges nearby are looked at.
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a search ended.

    Parameters
    ----------
    point
        The likelihood there.
    gradient, second
        Its derivatives.
    settled
        Whether no step promises anything further.
    others
        Heights of the other maxima found, from the highest down.
    """

    point: Point
    gradient: FloatArray
    second: FloatArray
    settled: bool
    others: tuple[float, ...] = ()


def climb(
    likelihood: Likelihood,
    start: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    known: Sequence[Maximum] = (),
) -> Maximum | None:
    """Climb from one place; None where the likelihood is undefined there.

    A climb that comes to the foot of a maximum that is known ends there.
    """
    point = likelihood.at(np.clip(start, lower, upper))
    if not math.isfinite(point.value):
        return None
    polished, far = False, True
    for _ in range(_STEPS):
        for one in known:
            if _at_foot(point, one):
                return one
        gradient, second = point.derivatives()
        if far and point.expected is not None:
            # Far from the top the expected curvature leads there sooner than that of the place.
            move, promised = _step(point.at, gradient, point.expected, lower, upper)
            far = promised > _FAR
        if not far or point.expected is None:
            move, promised = _step(point.at, gradient, second, lower, upper)
        if not promised > _WORTH or (polished and not promised > _BELOW_ROUNDING):
            return Maximum(point, gradient, second, True)
        if promised < _LAST:
            last = likelihood.at(np.clip(point.at + move, lower, upper))
            if not last.value > point.value - 1e-9 * (1.0 + abs(point.value)):
                return Maximum(point, gradient, second, True)
            point, polished = last, True
            continue
        further = _further(likelihood, point, move, gradient, lower, upper)
        if further is None:
            # Rounding hides what is left of the way, or the likelihood has an edge here.
            return Maximum(point, gradient, second, promised < 1e-6)
        point = further
    gradient, second = point.derivatives()
    return Maximum(point, gradient, second, False)


def _at_foot(point: Point, top: Maximum) -> bool:
    """Whether Newton's method would go from a point straight to a maximum.

    The likelihood there is within a tenth of it, and where the curvature at the maximum says.
    """
    below = top.point.value - point.value
    if not top.settled or not 0.0 <= below < 0.1:
        return False
    way = point.at - top.point.at
    expected = -float(top.gradient @ way) - 0.5 * float(way @ top.second @ way)
    return abs(below - expected) < 0.1 * below + 1e-12


def _step(
    at: FloatArray, gradient: FloatArray, second: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, float]:
    """A step uphill, and what it promises."""
    if (at > lower).all() and (at < upper).all():
        quick = _concave(at, gradient, second)
        if quick is not None and (at + quick >= lower).all() and (at + quick <= upper).all():
            return quick, 0.5 * float(gradient @ quick)
    move = np.zeros(at.size)
    stuck = ((at <= lower) & (gradient <= 0.0)) | ((at >= upper) & (gradient >= 0.0))
    free = np.flatnonzero(~stuck)
    if not free.size:
        return move, 0.0
    steepness = np.abs(np.diagonal(second))
    # A parameter that a step carries over its bound stops there, and the others are sought anew.
    while free.size:
        step = _newton(
            gradient[free] + second[free] @ move, second[np.ix_(free, free)], steepness[free]
        )
        aim = at[free] + step
        over = (aim < lower[free]) | (aim > upper[free])
        move[free] = np.clip(aim, lower[free], upper[free]) - at[free]
        if not over.any():
            break
        move[free[~over]] = 0.0
        free = free[~over]
    promised = 0.5 * float(gradient @ move)
    straight = np.where(stuck, 0.0, gradient / np.where(steepness > 0.0, steepness, np.inf))
    straight = np.clip(at + straight, lower, upper) - at
    other = 0.5 * float(gradient @ straight)
    # Stopping at bounds can turn a step downhill; the gradient itself then leads up.
    return (move, promised) if promised > 1e-3 * other else (straight, other)


def _concave(at: FloatArray, gradient: FloatArray, second: FloatArray) -> FloatArray | None:
    """Newton's step where the surface is well concave; None elsewhere."""
    steepness = -np.diagonal(second)
    if not at.size or not steepness.min() > 0.0:
        return None
    size = np.sqrt(steepness)
    try:
        lower = np.linalg.cholesky(-second / np.outer(size, size))
    except np.linalg.LinAlgError:
        return None
    if not np.diagonal(lower).min() > 1e-4:
        return None
    inverse = np.linalg.inv(lower)
    step: FloatArray = (inverse.T @ (inverse @ (gradient / size))) / size
    return step


def _newton(gradient: FloatArray, second: FloatArray, steepness: FloatArray) -> FloatArray:
    """Newton's step, uphill along every principal direction."""
    size = np.sqrt(np.where(steepness > 0.0, steepness, 1.0))
    values, vectors = np.linalg.eigh(-second / np.outer(size, size))
    steep = np.maximum(np.abs(values), 1e-9 * max(float(np.abs(values).max()), 1e-300))
    step: FloatArray = (vectors @ ((vectors.T @ (gradient / size)) / steep)) / size
    return step


def _further(
    likelihood: Likelihood,
    point: Point,
    move: FloatArray,
    gradient: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> Point | None:
    """The first of ever shorter steps that leads higher."""
    length = 1.0
    for _ in range(40):
        at = np.minimum(np.maximum(point.at + length * move, lower), upper)
        found = likelihood.at(at)
        if found.value > point.value + 1e-4 * float(gradient @ (at - point.at)):
            return found
        length *= 0.5 if length > 0.1 else 0.2
    return None


def promising(likelihood: Likelihood, ladder: list[list[FloatArray]]) -> list[FloatArray]:
    """Places along a ladder that are higher than their neighbours, the highest first."""
    tops = []
    for rung in ladder:
        values = [likelihood.at(place).value for place in rung]
        best = int(np.argmax(values))
        tops.append((values[best], rung[best]))
    heights = [-math.inf, *(value for value, _ in tops), -math.inf]
    peaks = [
        top
        for index, top in enumerate(tops, start=1)
        if heights[index] >= max(heights[index - 1], heights[index + 1])
        and math.isfinite(heights[index])
    ]
    return [place for _, place in sorted(peaks, key=lambda top: -top[0])[:8]]


def highest(
    likelihood: Likelihood,
    starts: Iterable[FloatArray],
    lower: FloatArray,
    upper: FloatArray,
    *,
    agree: int = 2,
) -> Maximum | None:
    """Climb from several places until some of them lead to the same highest maximum.

    Parameters
    ----------
    likelihood
        What is climbed.
    starts
        Places to start from, the likeliest first.
    lower, upper
        Bounds.
    agree
        How many runs must end at the highest maximum for the rest to be left out.
    """
    found: list[Maximum] = []
    for start in starts:
        one = climb(likelihood, start, lower, upper, found)
        if one is None:
            continue
        found.append(one)
        best = max(each.point.value for each in found)
        if sum(best - each.point.value < _SAME for each in found) >= agree:
            break
    if not found:
        return None
    top = max(found, key=lambda each: each.point.value)
    apart = sorted({round(each.point.value, 6) for each in found if each.settled}, reverse=True)
    others = tuple(value for value in apart if top.point.value - value > 1e-5)
    return Maximum(top.point, top.gradient, top.second, top.settled, others)


def along_edges(
    likelihood: Likelihood,
    top: Maximum,
    lower: FloatArray,
    upper: FloatArray,
    place: int,
    edges: FloatArray,
) -> Maximum:
    """Look for something higher at and between the edges of a likelihood that is not smooth.

    Newton's method stops at an edge, where the derivatives on either side differ. The parameter
    that has edges is held at each of those nearby, and sought between the best and its neighbours,
    the others at their best.

    Parameters
    ----------
    likelihood, lower, upper
        What is climbed, and bounds.
    top
        The highest maximum so far.
    place
        Which parameter has edges.
    edges
        Where they are, in order.
    """
    best = [top]

    def height(value: float) -> float:
        held_low, held_high = lower.copy(), upper.copy()
        held_low[place] = held_high[place] = value
        found = climb(likelihood, best[0].point.at, held_low, held_high)
        if found is None:
            return -math.inf
        if found.point.value > best[0].point.value:
            best[0] = Maximum(found.point, found.gradient, found.second, True, top.others)
        return found.point.value

    here = float(top.point.at[place])
    near = edges[np.argsort(np.abs(edges - here))[:_NEAR]]
    near = np.sort(near[(near > lower[place]) & (near < upper[place])])
    for edge in near:
        height(float(edge))
    here = float(best[0].point.at[place])
    below, above = near[near < here], near[near > here]
    left = float(below[-1]) if below.size else max(here - 0.1, float(lower[place]))
    right = float(above[0]) if above.size else min(here + 0.1, float(upper[place]))
    for a, b in ((left, here), (here, right)):
        if b - a > 1e-12:
            optimize.minimize_scalar(
                lambda value: -height(float(value)),
                bounds=(a, b),
                method="bounded",
                options={"xatol": 1e-10 * (1.0 + abs(here)), "maxiter": 60},
            )
    return best[0]
