"""Integrals over tau: the trapezoidal rule on a stretched scale, halved until nothing moves.

With ``log(tau / center) = A sinh(t / A)`` the posterior of tau is smooth in t and falls to nothing
at both ends, whether it has the tail of a power or of an exponential; the trapezoidal rule then
errs by less than any power of its step. The same nodes give its distribution function, by sinc
functions, with the error that the trapezoidal rule has at twice the step: that error is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.synthesis.bayes.priors import TauPrior

__all__ = ["TOLERANCE", "Conditional", "Grid", "MuPrior", "conditional", "grid_of", "tau_at"]

FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-10
_A = 4.0
# log(tau / center) goes from -600 to 150: the logarithm of tau and its fourth power stay within the
# range of floating point, and beyond there is nothing, even under a prior with tails of log(tau).
_BELOW, _ABOVE = _A * math.asinh(600.0 / _A), _A * math.asinh(150.0 / _A)
_FIRST, _LAST = 0.25, 2.0**-10
_LOG_2PI = math.log(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class MuPrior:
    """Normal prior of mu; a precision of 0 is the improper uniform one.

    Parameters
    ----------
    mean, precision
        Its mean, and one over its variance.
    """

    mean: float = 0.0
    precision: float = 0.0

    @property
    def proper(self) -> bool:
        """Whether it integrates to 1."""
        return self.precision > 0.0


@dataclass(frozen=True, slots=True)
class Conditional:
    """What follows for mu where tau is known.

    Parameters
    ----------
    log_likelihood
        log p(y | tau), mu integrated over its prior.
    mean, variance
        Of mu given tau.
    """

    log_likelihood: FloatArray
    mean: FloatArray
    variance: FloatArray


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes of the rule for each of g sets of studies.

    Parameters
    ----------
    t, step
        (n,) nodes on the stretched scale, and their distance.
    center
        (g,) tau at t = 0.
    tau, weight
        (n, g) tau at the nodes, and posterior probability there: weights sum to 1 in each set.
    log_norm
        (g,) logarithm of the integral of prior times likelihood over tau.
    error
        (g,) by how much posterior probability moved when the step was last halved.
    mu
        mu given tau at the nodes, (n, g).
    """

    t: FloatArray
    step: float
    center: FloatArray
    tau: FloatArray
    weight: FloatArray
    log_norm: FloatArray
    error: FloatArray
    mu: Conditional


def conditional(y: FloatArray, v: FloatArray, tau: FloatArray, mu_prior: MuPrior) -> Conditional:
    """Mu given tau, and the likelihood of tau.

    Parameters
    ----------
    y, v : (k, 1, g) arrays
        Effects and variances; a padding entry has an infinite variance.
    tau : (n, g) array
        Standard deviations between studies.
    mu_prior
        Prior of mu.
    """
    w = 1.0 / (v + tau**2)
    total = w.sum(axis=0) + mu_prior.precision
    mean = ((w * y).sum(axis=0) + mu_prior.precision * mu_prior.mean) / total
    inside = np.isfinite(v)
    logs = np.where(inside, np.log(np.where(inside, w, 1.0)), 0.0).sum(axis=0)
    quadratic = (w * (y - mean) ** 2).sum(axis=0)
    constant = -0.5 * _LOG_2PI * inside.sum(axis=0)
    if mu_prior.proper:
        quadratic = quadratic + mu_prior.precision * (mean - mu_prior.mean) ** 2
        constant = constant + 0.5 * math.log(mu_prior.precision)
    else:
        constant = constant + 0.5 * _LOG_2PI
    return Conditional(constant + 0.5 * (logs - np.log(total) - quadratic), mean, 1.0 / total)


def tau_at(t: FloatArray, center: FloatArray) -> FloatArray:
    """Tau at points of the stretched scale."""
    return np.asarray(center * np.exp(_A * np.sinh(t / _A)))


def t_at(tau: FloatArray, center: FloatArray) -> FloatArray:
    """Points of the stretched scale for tau; minus infinity at 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(_A * np.arcsinh(np.log(tau / center) / _A))


def _log_integrand(
    t: FloatArray,
    center: FloatArray,
    y: FloatArray,
    v: FloatArray,
    prior: TauPrior,
    mu_prior: MuPrior,
) -> tuple[FloatArray, FloatArray, Conditional]:
    tau = tau_at(t[:, None], center)
    mu = conditional(y, v, tau, mu_prior)
    log_jacobian = np.log(tau) + np.log(np.cosh(t / _A))[:, None]
    return mu.log_likelihood + prior.log_density(tau, v) + log_jacobian, tau, mu


def _centers(y: FloatArray, v: FloatArray, prior: TauPrior, mu_prior: MuPrior) -> FloatArray:
    """Where the posterior of log(tau) is highest, roughly."""
    typical = np.sqrt(np.isfinite(v).sum(axis=0) / (1.0 / v).sum(axis=0))
    u = np.arange(-20.0, 20.25, 0.5)[:, None]
    tau = typical * np.exp(u)
    mu = conditional(y, v, tau, mu_prior)
    highest = np.argmax(mu.log_likelihood + prior.log_density(tau, v) + u, axis=0)
    return np.asarray(np.take_along_axis(tau, highest[None], axis=0)[0])


def grid_of(
    y: FloatArray, v: FloatArray, prior: TauPrior, mu_prior: MuPrior, *, first: float = _FIRST
) -> Grid:
    """Integrate over tau, halving the step until no posterior probability moves by 1e-10.

    Parameters
    ----------
    y, v : (k, g) arrays
        Effects and variances of g sets, padded with infinite variances.
    prior, mu_prior
        Priors of tau and of mu.
    first
        Step to begin with.

    Raises
    ------
    StatisticsError
        The step became too small and something still moves.
    """
    y, v = y[:, None, :], v[:, None, :]
    center = _centers(y, v, prior, mu_prior)
    step = first
    while True:
        t = np.arange(-int(_BELOW / step), int(_ABOVE / step) + 1, dtype=np.float64) * step
        logs, tau, mu = _log_integrand(t, center, y, v, prior, mu_prior)
        top = logs.max(axis=0)
        mass = np.exp(logs - top)
        total = mass.sum(axis=0)
        weight = mass / total
        # Even and odd nodes are two rules of twice the step; a bounded function of tau beside the
        # mass itself guards against an accident.
        near = tau / (tau + center)
        apart = np.stack([weight, weight * near])
        error = np.abs(apart[:, ::2].sum(axis=1) - apart[:, 1::2].sum(axis=1)).max(axis=0)
        if error.max() <= TOLERANCE:
            break
        step /= 2.0
        if step < _LAST:
            raise StatisticsError(
                f"The integral over tau is known to {error.max():.1g} only, with {t.size} nodes.",
                hint="Is the prior smooth and on the scale of the effects?",
            )
    return Grid(t, step, center, tau, weight, top + np.log(total * step), error, mu)
