"""Likelihoods with normal random effects integrated out, and their maximum.

The integral over a study's random effect is taken by Gauss and Hermite's rule, centred on the
integrand's highest point and scaled by its curvature there; one point gives Laplace's
approximation.

References
----------
:cite:t:`liu1994`, :cite:t:`pinheiro1995`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import StatisticsError
from weigh.synthesis.glmm_studies import Arm, StudyLikelihood

__all__ = [
    "Maximum",
    "gradient",
    "integrated",
    "integrated_pairs",
    "maximum",
    "numeric_hessian",
    "profiled",
]

FloatArray = npt.NDArray[np.float64]
_STEPS = 100


@lru_cache(maxsize=32)
def _rule(points: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and log weights for an integral of exp(-x²/2) f(x) over the line, f taken whole."""
    x, w = np.polynomial.hermite_e.hermegauss(points)
    return x, np.log(w) + 0.5 * x * x - 0.5 * np.log(2.0 * np.pi)


def integrated(
    studies: StudyLikelihood, mean: FloatArray | float, tau: float, points: int
) -> FloatArray:
    """Log-likelihood of each study whose effect is normal with this mean and spread.

    Parameters
    ----------
    studies
        Likelihoods of the studies given their effects.
    mean, tau
        Mean and standard deviation of the effects. Only tau² matters.
    points
        Number of points of the rule.
    """
    k = studies.saturated().size
    centre = np.broadcast_to(np.asarray(mean, dtype=np.float64), (k,))
    z = np.zeros(k)
    for _ in range(_STEPS):
        slope, curve = studies.slopes(centre + tau * z)
        step = (tau * slope - z) / (1.0 - tau * tau * curve)
        # The exact Newton step, but never more than one prior SD at once: exp() of a long one
        # could overflow, and the integrand is log-concave.
        step = np.clip(step, -1.0, 1.0)
        z = z + step
        if np.abs(step).max() < 1e-12:
            break
    _, curve = studies.slopes(centre + tau * z)
    scale = 1.0 / np.sqrt(1.0 - tau * tau * curve)
    nodes, weights = _rule(points)
    at = z[:, None] + scale[:, None] * nodes
    terms = weights + studies.value(centre[:, None] + tau * at) - 0.5 * at * at
    top = terms.max(axis=1)
    total: FloatArray = np.log(scale) + top + np.log(np.exp(terms - top[:, None]).sum(axis=1))
    return total


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both groups of each study, each at its own linear predictor."""

    first: Arm
    second: Arm

    def value(self, eta1: FloatArray, eta2: FloatArray) -> FloatArray:
        both: FloatArray = self.first.value(eta1) + self.second.value(eta2)
        return both


def integrated_pairs(
    first: Arm,
    second: Arm,
    bases: tuple[FloatArray, FloatArray],
    loadings: tuple[tuple[float, float], tuple[float, float]],
    points: int,
) -> FloatArray:
    """Log-likelihood of each study whose two groups share two independent random effects.

    Parameters
    ----------
    first, second
        The groups.
    bases
        Linear predictors of the groups without random effects, (k,) each.
    loadings
        For each group, what a unit of each of the two standard normal effects adds.
    points
        Number of points of the rule in each direction.
    """
    (a1, b1), (a2, b2) = loadings
    base1, base2 = bases
    u, v = np.zeros_like(base1), np.zeros_like(base1)
    pair = _Pair(first, second)

    def shape(u: FloatArray, v: FloatArray) -> tuple[FloatArray, ...]:
        g1, h1 = first.slopes(base1 + a1 * u + b1 * v)
        g2, h2 = second.slopes(base2 + a2 * u + b2 * v)
        return (
            a1 * g1 + a2 * g2 - u,
            b1 * g1 + b2 * g2 - v,
            1.0 - a1 * a1 * h1 - a2 * a2 * h2,
            -a1 * b1 * h1 - a2 * b2 * h2,
            1.0 - b1 * b1 * h1 - b2 * b2 * h2,
        )

    for _ in range(_STEPS):
        gu, gv, huu, huv, hvv = shape(u, v)
        det = huu * hvv - huv * huv
        du, dv = (hvv * gu - huv * gv) / det, (huu * gv - huv * gu) / det
        shrink = np.minimum(1.0, 1.0 / np.maximum(np.hypot(du, dv), 1e-300))
        u, v = u + shrink * du, v + shrink * dv
        if max(np.abs(du).max(), np.abs(dv).max()) < 1e-12:
            break
    _, _, huu, huv, hvv = shape(u, v)
    det = huu * hvv - huv * huv
    # Cholesky factor of the inverse curvature: du = p x, dv = q x + r y.
    p = np.sqrt(hvv / det)
    q, r = -huv / det / p, 1.0 / np.sqrt(hvv)
    nodes, weights = _rule(points)
    x, y = (grid.ravel() for grid in np.meshgrid(nodes, nodes))
    rule = np.add.outer(weights, weights).ravel()
    at_u = u[:, None] + p[:, None] * x
    at_v = v[:, None] + q[:, None] * x + r[:, None] * y
    terms = (
        rule
        + pair.value(base1[:, None] + a1 * at_u + b1 * at_v, base2[:, None] + a2 * at_u + b2 * at_v)
        - 0.5 * (at_u**2 + at_v**2)
    )
    top = terms.max(axis=1)
    total: FloatArray = -0.5 * np.log(det) + top
    total += np.log(np.exp(terms - top[:, None]).sum(axis=1))
    return total


def profiled(
    first: Arm,
    second: Arm,
    start: FloatArray,
    mean: FloatArray,
    tau: float,
    points: int,
) -> FloatArray:
    """Log-likelihood of each study, its own level of risk chosen to make it highest.

    The effect is normal and acts by halves: it raises group 1 and lowers group 2. For each study
    the likelihood is log-concave in its level, so Newton's method finds the one maximum.

    Parameters
    ----------
    first, second
        The groups.
    start
        Levels to start from, (k,).
    mean, tau, points
        As in `integrated`.
    """
    nodes, weights = _rule(max(points, 7))
    level, z = start, np.zeros_like(start)
    half = 0.5 * tau
    for _ in range(_STEPS):
        for _ in range(_STEPS):
            g1, h1 = first.slopes(level + 0.5 * mean + half * z)
            g2, h2 = second.slopes(level - 0.5 * mean - half * z)
            scale = 1.0 - half * half * (h1 + h2)
            step = np.clip((half * (g1 - g2) - z) / scale, -1.0, 1.0)
            z = z + step
            if np.abs(step).max() < 1e-10:
                break
        at = z[:, None] + nodes / np.sqrt(scale)[:, None]
        eta1 = (level + 0.5 * mean)[:, None] + half * at
        eta2 = (level - 0.5 * mean)[:, None] - half * at
        terms = weights + first.value(eta1) + second.value(eta2) - 0.5 * at * at
        share = np.exp(terms - terms.max(axis=1)[:, None])
        share /= share.sum(axis=1)[:, None]
        g1, h1 = first.slopes(eta1)
        g2, h2 = second.slopes(eta2)
        slope = (share * (g1 + g2)).sum(axis=1)
        curve = (share * (h1 + h2 + (g1 + g2 - slope[:, None]) ** 2)).sum(axis=1)
        step = np.clip(-slope / np.minimum(curve, -1e-12), -1.0, 1.0)
        level = level + step
        if np.abs(step).max() < 1e-10:
            break
    unit = ((0.5 * tau, 0.0), (-0.5 * tau, 0.0))
    if points >= 7:
        # One more step of 1e-10 changes the likelihood by 1e-20: the sum at hand is the answer.
        top = terms.max(axis=1)
        return np.asarray(
            top + np.log(np.exp(terms - top[:, None]).sum(axis=1)) - 0.5 * np.log(scale)
        )
    return integrated_pairs(first, second, (level + 0.5 * mean, level - 0.5 * mean), unit, points)


@dataclass(frozen=True, slots=True)
class Maximum:
    """A maximum: where it is, its height, and the information there (minus the Hessian)."""

    at: FloatArray
    value: float
    information: FloatArray


def numeric_hessian(function: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Second derivatives by central differences, good to about six digits."""
    size = at.size
    middle = function(at)
    unit = np.eye(size)
    step = 5e-4 * np.maximum(1.0, np.abs(at))
    for i in range(size):
        curve = (function(at + step[i] * unit[i]) + function(at - step[i] * unit[i])) - 2.0 * middle
        # A twentieth of a standard error: far below the scale on which the likelihood bends, and
        # far enough that its change, about 1e-3, stands clear of rounding.
        if curve < 0.0:
            step[i] = min(0.05 * step[i] / np.sqrt(-curve), 20.0 * step[i])
    hessian = np.empty((size, size))
    for i in range(size):
        ei = step[i] * unit[i]
        near = function(at + ei) + function(at - ei) - 2.0 * middle
        far = function(at + 2.0 * ei) + function(at - 2.0 * ei) - 2.0 * middle
        hessian[i, i] = (16.0 * near - far) / (12.0 * step[i] ** 2)
        for j in range(i):
            ej = step[j] * unit[j]
            close, wide = (
                function(at + r * (ei + ej))
                + function(at - r * (ei + ej))
                - function(at + r * (ei - ej))
                - function(at - r * (ei - ej))
                for r in (1.0, 2.0)
            )
            mixed = (16.0 * close - wide) / (48.0 * step[i] * step[j])
            hessian[i, j] = hessian[j, i] = mixed
    return hessian


def maximum(function: Callable[[FloatArray], float], starts: Sequence[Sequence[float]]) -> Maximum:
    """Find the highest of the maxima that several starts lead to, polished by Newton's method."""
    best: tuple[float, FloatArray] | None = None
    for start in starts:
        found = optimize.minimize(
            lambda at: -function(at),
            np.asarray(start, dtype=np.float64),
            jac=lambda at: -gradient(function, at),
            method="BFGS",
            # Newton's method below takes it from there.
            options={"gtol": 1e-4},
        )
        if np.isfinite(found.fun) and (best is None or -found.fun > best[0]):
            best = (-float(found.fun), np.asarray(found.x))
    if best is None:
        raise StatisticsError(
            "The likelihood of these counts is not a finite number at any starting point.",
            hint="Check the counts for studies that are far larger than the others.",
        )
    value, at = best
    hessian = numeric_hessian(function, at)
    for _ in range(3):
        slope = gradient(function, at)
        try:
            step = np.linalg.solve(hessian, -slope)
        except np.linalg.LinAlgError:
            break
        higher = function(at + step)
        if not higher > value:
            break
        at, value = at + step, higher
    return Maximum(at, value, -numeric_hessian(function, at))


def gradient(function: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """First derivatives by central differences."""
    step = 1e-5 * np.maximum(1.0, np.abs(at))
    unit = np.eye(at.size)
    return np.array(
        [
            (function(at + step[i] * unit[i]) - function(at - step[i] * unit[i])) / (2.0 * step[i])
            for i in range(at.size)
        ]
    )
