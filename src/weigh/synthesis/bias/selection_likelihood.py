"""Log-likelihoods of selection models, with their gradients.

The density of an observed effect is its random-effects density times the weight of its p value,
over the chance A of being seen at all, which the weights average to. Step and truncation weights
have A in closed form; for smooth ones it is a sum over panels in z = y/se, on which the density
is never narrower than 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri

from weigh.synthesis.bias.selection_weights import Curve, PValues

__all__ = ["Likelihood", "SmoothLikelihood", "StepLikelihood", "TruncatedLikelihood", "p_values"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
# Panels of this width and number on either side of z = 0; they end where a one-sided p value is 0
# or 1 to the last digit of a float.
_PANEL, _PANELS, _PER_PANEL = 1.5, 26, 12


class Likelihood(Protocol):
    """A log-likelihood in (beta, tau2, delta)."""

    @property
    def y(self) -> FloatArray:
        """Effects."""
        ...

    @property
    def v(self) -> FloatArray:
        """Sampling variances."""
        ...

    @property
    def x(self) -> FloatArray:
        """Model matrix."""
        ...

    def __call__(
        self, beta: FloatArray, tau2: float, delta: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient by beta, tau2 and delta, in that order."""
        ...


def p_values(z: FloatArray, alternative: str, p_min: float = 0.0) -> PValues:
    """P values of test statistics, kept `p_min` away from 0 and 1."""
    if alternative == "two-sided":
        log_p = np.log(2.0) + log_ndtr(-np.abs(z))
        p = 2.0 * ndtr(-np.abs(z))
        with np.errstate(divide="ignore"):
            log_q = np.log1p(-p)
    else:
        turned = z if alternative == "greater" else -z
        p, log_p, log_q = ndtr(-turned), log_ndtr(-turned), log_ndtr(turned)
    if p_min > 0.0:
        bounds = math.log(p_min), math.log1p(-p_min)
        p = np.clip(p, p_min, 1.0 - p_min)
        log_p, log_q = np.clip(log_p, *bounds), np.clip(log_q, *bounds)
    return PValues(np.asarray(p), np.asarray(log_p), np.asarray(log_q))


def _density(y: FloatArray, mu: FloatArray, s2: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Log density of all effects; its derivative by each mean and each variance."""
    e = y - mu
    value = float(np.sum(-_HALF_LOG_2PI - 0.5 * np.log(s2) - 0.5 * e * e / s2))
    return value, e / s2, 0.5 * (e * e / s2 - 1.0) / s2


def _phi(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi))


@dataclass(frozen=True, slots=True)
class StepLikelihood:
    """Weights that are constant between cut-offs of the p value.

    Parameters
    ----------
    y, v, x
        Effects, variances, model matrix.
    group
        For each study, the interval in which its p value falls.
    cuts
        For each interval but the last, the z at its upper end, on the side of `sign`.
    sign
        1 where large effects have small p values, -1 where small ones; 0 for both.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray
    group: IndexArray
    cuts: FloatArray
    sign: int

    def __call__(
        self, beta: FloatArray, tau2: float, delta: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient."""
        mu, s2 = self.x @ beta, self.v + tau2
        value, by_mu, by_s2 = _density(self.y, mu, s2)
        chance = self._chances(mu, s2)
        a = chance.value @ delta
        with np.errstate(divide="ignore"):
            value += float(np.sum(np.log(delta[self.group])) - np.sum(np.log(a)))
        by_mu = by_mu - (chance.by_mu @ delta) / a
        by_s2 = by_s2 - (chance.by_s2 @ delta) / a
        counts = np.bincount(self.group, minlength=delta.size)
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(counts > 0, counts / delta, 0.0)
        by_delta = own - np.sum(chance.value / a[:, None], axis=0)
        return value, np.concatenate([self.x.T @ by_mu, [np.sum(by_s2)], by_delta])

    def _chances(self, mu: FloatArray, s2: FloatArray) -> _Chances:
        """Chance of each study to fall in each interval, and its derivatives."""
        s = np.sqrt(s2)
        if self.sign:
            return _between(self.sign * mu, s, self.cuts[None, :] * np.sqrt(self.v)[:, None]).by(
                self.sign
            )
        edge = self.cuts[None, :] * np.sqrt(self.v)[:, None]
        above, below = _between(mu, s, edge), _between(-mu, s, edge)
        # The last interval lies between the two tails, so it is what the others leave.
        parts = [
            upper + factor * lower
            for upper, lower, factor in (
                (above.value, below.value, 1.0),
                (above.by_mu, below.by_mu, -1.0),
                (above.by_s2, below.by_s2, 1.0),
            )
        ]
        parts[0][:, -1] -= 1.0
        return _Chances(*parts)


@dataclass(frozen=True, slots=True)
class _Chances:
    value: FloatArray
    by_mu: FloatArray
    by_s2: FloatArray

    def by(self, sign: int) -> _Chances:
        return _Chances(self.value, sign * self.by_mu, self.by_s2)


def _between(mu: FloatArray, s: FloatArray, edge: FloatArray) -> _Chances:
    """Chances to fall above the first edge, between each and the next, and below the last."""
    z = (edge - mu[:, None]) / s[:, None]
    tail, phi = ndtr(-z), _phi(z)
    rows = mu.size
    zero, one = np.zeros((rows, 1)), np.ones((rows, 1))

    def differences(values: FloatArray, last: FloatArray) -> FloatArray:
        return np.diff(np.concatenate([zero, values, last], axis=1), axis=1)

    value = differences(np.asarray(tail), one)
    # The last chance from its own tail: one less the others would lose its small values.
    value[:, -1] = ndtr(z[:, -1])
    if edge.shape[1] > 1:
        near, far = z[:, 1:], z[:, :-1]
        # Where both ends are below the mean the upper tails are near 1; take the lower ones.
        lower = far < 0.0
        value[:, 1:-1] = np.where(lower, ndtr(far) - ndtr(near), ndtr(-near) - ndtr(-far))
    by_mu = differences(phi / s[:, None], zero)
    by_s2 = differences(phi * z / (2.0 * s[:, None] ** 2), zero)
    return _Chances(value, by_mu, by_s2)


@dataclass(frozen=True, slots=True)
class TruncatedLikelihood:
    """Effects beyond a point are all seen, the others with one chance.

    Parameters
    ----------
    y, v, x
        Effects, variances, model matrix.
    point
        The point.
    sign
        1 where effects above it are seen, -1 where those below.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray
    point: float
    sign: int

    def __call__(
        self, beta: FloatArray, tau2: float, delta: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient."""
        mu, s2 = self.x @ beta, self.v + tau2
        value, by_mu, by_s2 = _density(self.y, mu, s2)
        s = np.sqrt(s2)
        z = self.sign * (self.point - mu) / s
        hidden, phi = ndtr(z), _phi(z)
        chance = float(delta[0])
        a = ndtr(-z) + chance * hidden
        count = int(np.count_nonzero(self.sign * (self.y - self.point) <= 0.0))
        with np.errstate(divide="ignore"):
            own = count * float(np.log(chance)) if count else 0.0
            value += own - float(np.sum(np.log(a)))
            own_slope = count / chance if count and chance > 0.0 else math.inf if count else 0.0
            by_chance = own_slope - float(np.sum(hidden / a))
        by_mu = by_mu - (1.0 - chance) * phi * self.sign / s / a
        by_s2 = by_s2 - (1.0 - chance) * phi * z / (2.0 * s2) / a
        return value, np.concatenate([self.x.T @ by_mu, [np.sum(by_s2)], [by_chance]])


class SmoothLikelihood:
    """Weights that are a smooth function of the p value.

    Parameters
    ----------
    y, v, x
        Effects, variances, model matrix.
    curve
        The weight function.
    alternative
        Direction of the p values.
    precision
        (k,) factors of the parameter, ones where there are none.
    start
        P value up to which all are seen.
    """

    __slots__ = (
        "_at",
        "_at_nodes",
        "_node_weights",
        "_nodes",
        "_seen",
        "_seen_nodes",
        "curve",
        "precision",
        "start",
        "v",
        "x",
        "y",
    )

    def __init__(
        self,
        y: FloatArray,
        v: FloatArray,
        x: FloatArray,
        *,
        curve: Curve,
        alternative: str,
        precision: FloatArray,
        start: float,
    ) -> None:
        self.y, self.v, self.x = y, v, x
        self.curve, self.start = curve, start
        self.precision = precision[:, None]
        self._at = p_values(y / np.sqrt(v), alternative, curve.p_min)
        self._seen = self._at.p <= start
        self._nodes, self._node_weights = _panels(alternative, curve.p_min, start)
        self._at_nodes = p_values(self._nodes, alternative, curve.p_min)
        self._seen_nodes = self._at_nodes.p <= start

    def __call__(
        self, beta: FloatArray, tau2: float, delta: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient."""
        mu, s2 = self.x @ beta, self.v + tau2
        value, by_mu, by_s2 = _density(self.y, mu, s2)
        own, own_slopes = self._weights(self._at, self._seen, delta, self.precision[:, 0])
        # Away from the maximum weights of 1e-5 to a power of 100 come near the end of floats.
        log_weight, slopes = self._weights(
            self._at_nodes, self._seen_nodes, delta, self._rows(self.precision)
        )
        top = float(log_weight.max())
        mass, mass_mu, mass_s2 = self._masses(mu, s2)
        weight = np.exp(log_weight - top)
        seen = weight * mass
        a = np.sum(seen, axis=1)
        value += float(np.sum(own) - np.sum(np.log(a))) - top * self.y.size
        by_mu = by_mu - np.sum(weight * mass_mu, axis=1) / a
        by_s2 = by_s2 - np.sum(weight * mass_s2, axis=1) / a
        by_delta = [
            float(np.sum(own_slope) - np.sum(np.sum(seen * slope, axis=1) / a))
            for own_slope, slope in zip(own_slopes, slopes, strict=True)
        ]
        return value, np.concatenate([self.x.T @ by_mu, [np.sum(by_s2)], by_delta])

    def _masses(self, mu: FloatArray, s2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Density at each node times its weight, with its derivatives; the tails at both ends.

        Beyond the ends p is 0 or 1 to the last digit, and the weight constant.
        """
        root_v, s = np.sqrt(self.v)[:, None], np.sqrt(s2)[:, None]
        z = (self._nodes[None, :] * root_v - mu[:, None]) / s
        phi = _phi(z)
        inner = phi[:, 1:-1] * self._node_weights[None, :] * (root_v / s)
        low, high = z[:, :1], z[:, -1:]
        mass = np.concatenate([ndtr(low), inner, ndtr(-high)], axis=1)
        by_mu = np.concatenate([-phi[:, :1], inner * z[:, 1:-1], phi[:, -1:]], axis=1) / s
        spread = inner * (z[:, 1:-1] ** 2 - 1.0)
        by_s2 = np.concatenate([-phi[:, :1] * low, spread, phi[:, -1:] * high], axis=1)
        return mass, by_mu, by_s2 / (2.0 * s * s)

    def _rows(self, precision: FloatArray) -> FloatArray:
        """One row for all studies where their precision is the same."""
        return precision[:1] if np.ptp(precision) == 0.0 else precision

    def _weights(
        self, at: PValues, seen: npt.NDArray[np.bool_], delta: FloatArray, precision: FloatArray
    ) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        log_weight, slopes = self.curve.log_weight(at, delta, precision, self.start)
        if not (self.start > 0.0):
            return log_weight, slopes
        return np.where(seen, 0.0, log_weight), tuple(np.where(seen, 0.0, s) for s in slopes)


def _panels(alternative: str, p_min: float, start: float) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights over z, with panels that end where a weight has a kink."""
    edges = set(np.arange(-_PANELS, _PANELS + 1) * _PANEL)
    kinks = [p for p in (p_min, 1.0 - p_min, start) if 0.0 < p < 1.0]
    for p in kinks:
        if alternative == "two-sided":
            edges |= {float(ndtri(p / 2.0)), -float(ndtri(p / 2.0))}
        else:
            edges |= {float(ndtri(p)) * (-1.0 if alternative == "greater" else 1.0)}
    ends = np.array(sorted(edges))
    nodes, weights = np.polynomial.legendre.leggauss(_PER_PANEL)
    half = np.diff(ends) / 2.0
    middle = ends[:-1] + half
    inner = (middle[:, None] + half[:, None] * nodes[None, :]).ravel()
    return (
        np.concatenate([[ends[0]], inner, [ends[-1]]]),
        (half[:, None] * weights[None, :]).ravel(),
    )
