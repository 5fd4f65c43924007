"""The likelihood of Copas and Shi's selection model, and its maxima for many selections at once.

A study with standard error s is published with probability Phi(u), u = gamma0 + gamma1 / s. The
error of its effect correlates with what decides on its publication by rho. Next door: `copas` walks
over selections and `copas_contours` draws the line to walk on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

__all__ = ["Maximum", "Published", "maximum"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_MAX_STEPS = 200
_STEP = 1e-5  # of the differences of gradients, parameters being of order 1
_FLAT = 1e-11  # a step that promises less than this much of log-likelihood is the last


@dataclass(frozen=True, slots=True)
class Published:
    """Effects in a fixed unit, and how probable their publication was.

    Parameters
    ----------
    y, s
        (k,) effects and standard errors.
    u
        (selections, k) standard normal quantiles of the probabilities of publication.
    """

    y: FloatArray
    s: FloatArray
    u: FloatArray

    def take(self, which: npt.NDArray[np.intp] | BoolArray) -> Published:
        """Some of the selections."""
        return Published(self.y, self.s, self.u[which])

    def score(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log-likelihood, up to a constant of the selection, and its gradient.

        `at` has a row (mu, rho, tau2) or (mu, rho, tau2, beta) for each selection: the mean, the
        correlation, the variance between studies, and what a standard error adds to the effect.
        """
        mu, rho, tau2 = at[:, 0, None], at[:, 1, None], at[:, 2, None]
        d = self.y - mu
        if at.shape[1] == 4:
            d = d - at[:, 3, None] * self.s
        mills = np.exp(-0.5 * self.u**2 - log_ndtr(self.u)) / math.sqrt(2.0 * math.pi)
        shrink = mills * (self.u + mills)
        # The variance before selection, of which s^2 is what is left after it.
        within = self.s**2 / (1.0 - rho**2 * shrink)
        sigma = np.sqrt(within)
        total = within + tau2
        rest = tau2 + within * (1.0 - rho**2)
        ratio = np.sqrt(total / rest)
        inner = self.u + rho * sigma * d / total
        v = inner * ratio
        log_p = log_ndtr(v)
        value = np.sum(-0.5 * np.log(total) - 0.5 * d**2 / total + log_p, axis=1)
        hazard = np.exp(-0.5 * v**2 - log_p) / math.sqrt(2.0 * math.pi) * ratio
        by_mu = d / total - hazard * rho * sigma / total
        by_total = -0.5 / total + 0.5 * d**2 / total**2
        inner_by_total = -rho * sigma * d / total**2
        by_tau2 = by_total + hazard * (inner_by_total + 0.5 * inner * (1.0 / total - 1.0 / rest))
        grows = within * 2.0 * rho * shrink / (1.0 - rho**2 * shrink)
        rest_grows = grows * (1.0 - rho**2) - 2.0 * rho * within
        by_rho = grows * by_total + hazard * (
            (sigma + 0.5 * rho * grows / sigma) * d / total
            + grows * inner_by_total
            + 0.5 * inner * (grows / total - rest_grows / rest)
        )
        parts = [by_mu, by_rho, by_tau2]
        if at.shape[1] == 4:
            parts.append(by_mu * self.s)
        return value, np.stack([part.sum(axis=1) for part in parts], axis=1)


@dataclass(frozen=True, slots=True)
class Maximum:
    """The highest maximum found for each selection.

    Parameters
    ----------
    at
        (selections, parameters) where it is.
    value
        (selections,) the log-likelihood, up to a constant of the selection.
    information
        (selections, parameters, parameters) observed information there.
    """

    at: FloatArray
    value: FloatArray
    information: FloatArray

    def variance_of_mean(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Variance of mu by the information on what is not at a bound; NaN where there is none."""
        found = np.full(self.value.size, math.nan)
        for i, (at, information) in enumerate(zip(self.at, self.information, strict=True)):
            # A parameter that the likelihood does not depend on (rho without selection) tells
            # nothing about mu.
            free = (at > low) & (at < high) & (np.diag(information) > 1e-6)
            free[0] = True
            inner = information[np.ix_(free, free)]
            roots = np.linalg.eigvalsh(inner)
            if roots[0] > 1e-10 * roots[-1]:
                found[i] = np.linalg.inv(inner)[0, 0]
        return found


def maximum(published: Published, starts: FloatArray, low: FloatArray, high: FloatArray) -> Maximum:
    """Climb from every start for every selection, and keep the highest top of each.

    Parameters
    ----------
    published
        The studies and selections.
    starts
        (starts, parameters), or (selections, starts, parameters).
    low, high
        (parameters,) bounds.
    """
    selections, (count, size) = published.u.shape[0], starts.shape[-2:]
    all_of = published.take(np.repeat(np.arange(selections), count))
    each = np.broadcast_to(starts, (selections, count, size)).reshape(-1, size)
    at, value = _climb(all_of, each, low, high)
    best = np.argmax(value.reshape(selections, count), axis=1) + count * np.arange(selections)
    top = at[best]
    return Maximum(top, value[best], _information(published, top, low, high))


def _information(
    published: Published, at: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Minus the second derivatives, by differences of gradients that stay within the bounds."""
    size = at.shape[1]
    found = np.empty((at.shape[0], size, size))
    for j in range(size):
        up, down = at.copy(), at.copy()
        # A step that is lost in rounding would leave no difference.
        step = np.maximum(_STEP, 1e-10 * np.abs(at[:, j]))
        up[:, j] = np.minimum(at[:, j] + step, high[j])
        down[:, j] = np.maximum(at[:, j] - step, low[j])
        rise = published.score(up)[1] - published.score(down)[1]
        found[:, j] = -rise / (up[:, j] - down[:, j])[:, None]
    return 0.5 * (found + found.swapaxes(1, 2))


def _climb(
    published: Published, start: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Newton's method within bounds, damped until each step climbs."""
    at = start.copy()
    value = np.full(at.shape[0], -np.inf)
    damping = np.full(at.shape[0], 1e-2)
    active = np.arange(at.shape[0])
    part = published
    here, slope = part.score(at)
    value[:] = here
    curve = _information(part, at, low, high)
    for _ in range(_MAX_STEPS):
        x = at[active]
        held = ((x <= low) & (slope < 0.0)) | ((x >= high) & (slope > 0.0))
        free_slope = np.where(held, 0.0, slope)
        step = _step(curve, free_slope, held, damping[active])
        new = np.clip(x + step, low, high)
        new_value, new_slope = part.score(new)
        better = new_value > here
        at[active[better]] = new[better]
        value[active[better]] = new_value[better]
        damping[active] = np.where(better, damping[active] * 0.1, damping[active] * 8.0)
        promise = np.abs(np.sum(free_slope * (new - x), axis=1))
        going = (promise > _FLAT) & (damping[active] < 1e12)
        moved = better & going
        slope = np.where(better[:, None], new_slope, slope)[going]
        here = np.where(better, new_value, here)[going]
        curve = curve[going]
        fresh = moved[going]
        active = active[going]
        if active.size == 0:
            break
        part = part.take(going)
        if fresh.any():
            curve[fresh] = _information(part.take(fresh), at[active[fresh]], low, high)
    return at, value


def _step(curve: FloatArray, slope: FloatArray, held: BoolArray, damping: FloatArray) -> FloatArray:
    """The damped step uphill, along the parameters that are not held at a bound."""
    free = ~held
    inner = curve * free[:, :, None] * free[:, None, :]
    inner[:, np.arange(slope.shape[1]), np.arange(slope.shape[1])] += held
    roots, axes = np.linalg.eigh(inner)
    stiffness = np.abs(roots) + damping[:, None] * (1.0 + np.abs(roots).max(axis=1)[:, None] * 1e-3)
    along = np.einsum("bji,bj->bi", axes, slope) / stiffness
    step = np.einsum("bij,bj->bi", axes, along) * free
    # In units of the largest standard error and a correlation, longer steps lead astray.
    longest = np.abs(step).max(axis=1, keepdims=True)
    limited: FloatArray = step * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-300))
    return limited
