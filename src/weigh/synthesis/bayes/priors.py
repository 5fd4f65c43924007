"""Priors for tau, the standard deviation between studies.

Some are fixed densities with a scale of their own; others take their scale from the studies'
sampling variances, and some have no finite integral. Empirical ones stand in `empirical`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from weigh.errors import InputError
from weigh.synthesis.inputs import check_choice

__all__ = [
    "BY_NAME",
    "WITH_SCALE",
    "TauPrior",
    "exponential",
    "half_cauchy",
    "half_normal",
    "half_t",
    "prior_of",
]

FloatArray = npt.NDArray[np.float64]
LogDensity = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class TauPrior:
    """A prior density of tau.

    Parameters
    ----------
    name
        What it is, for people.
    log_density
        Its logarithm, from tau (any shape) and the sampling variances, (k, 1, ..., 1) against it.
    tail
        The power of 1 / tau by which it falls far out; infinite where it falls faster than any.
    proper
        Whether it integrates to 1.
    """

    name: str
    log_density: LogDensity
    tail: float
    proper: bool = True


def half_normal(scale: float) -> TauPrior:
    """Half-normal prior: its median is 0.674 scales, and 5 % lie beyond 1.96.

    Parameters
    ----------
    scale
        Standard deviation of the normal density that is folded at 0, in units of the effects.

    References
    ----------
    :cite:t:`rover2021`, who give scales for common measures.
    """
    s = _positive("scale", scale)
    head = 0.5 * math.log(2.0 / math.pi) - math.log(s)
    return TauPrior(
        f"half-normal with scale {scale:g}", lambda tau, v: head - 0.5 * (tau / s) ** 2, math.inf
    )


def half_t(scale: float, df: float) -> TauPrior:
    """Half-t prior: Student's t density, folded at 0.

    Parameters
    ----------
    scale, df
        Scale in units of the effects, degrees of freedom; 1 is the half-Cauchy.

    References
    ----------
    :cite:t:`gelman2006`.
    """
    s, nu = _positive("scale", scale), _positive("df", df)
    head = (
        math.log(2.0)
        + float(gammaln(0.5 * (nu + 1.0)) - gammaln(0.5 * nu))
        - 0.5 * math.log(nu * math.pi)
        - math.log(s)
    )
    return TauPrior(
        f"half-t with scale {scale:g} and {df:g} df",
        lambda tau, v: head - 0.5 * (nu + 1.0) * _log1p_square(tau / (s * math.sqrt(nu))),
        nu + 1.0,
    )


def half_cauchy(scale: float) -> TauPrior:
    """Half-Cauchy prior; its median is the scale.

    Parameters
    ----------
    scale
        In units of the effects.

    References
    ----------
    :cite:t:`gelman2006`; :cite:t:`polson2012`.
    """
    found = half_t(scale, 1.0)
    return TauPrior(f"half-Cauchy with scale {scale:g}", found.log_density, found.tail)


def exponential(rate: float) -> TauPrior:
    """Exponential prior, its mean 1 / rate.

    Parameters
    ----------
    rate
        In inverse units of the effects.
    """
    r = _positive("rate", rate)
    return TauPrior(
        f"exponential with rate {rate:g}", lambda tau, v: math.log(r) - r * tau, math.inf
    )


def _positive(name: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise InputError(f"`{name}` of a prior is {value:g}; it must be a positive number.")
    return float(value)


def _log1p_square(x: FloatArray) -> FloatArray:
    """log(1 + x²), also where the square would overflow."""
    return np.asarray(np.logaddexp(0.0, 2.0 * _log(x)))


def _log(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(x))


def _count(v: FloatArray) -> FloatArray:
    """Number of studies: those whose variance is finite (infinity pads a block)."""
    return np.asarray(np.isfinite(v).sum(axis=0), dtype=np.float64)


def _harmonic(v: FloatArray) -> FloatArray:
    return np.asarray(_count(v) / (1.0 / v).sum(axis=0))


def _uniform(tau: FloatArray, v: FloatArray) -> FloatArray:
    return np.zeros_like(tau)


def _sqrt(tau: FloatArray, v: FloatArray) -> FloatArray:
    return -0.5 * _log(tau)


def _jeffreys(tau: FloatArray, v: FloatArray) -> FloatArray:
    # Root of the Fisher information on tau, its constant 2 left out.
    w = 1.0 / (v + tau**2)
    return _log(tau) + 0.5 * _log((w * w).sum(axis=0))


def _overall_jeffreys(tau: FloatArray, v: FloatArray) -> FloatArray:
    w = 1.0 / (v + tau**2)
    return _log(tau) + 0.5 * (_log((w * w).sum(axis=0)) + _log(w.sum(axis=0)))


def _dumouchel(tau: FloatArray, v: FloatArray) -> FloatArray:
    s = np.sqrt(_harmonic(v))
    return np.asarray(np.log(s) - 2.0 * np.log(s + tau))


def _shrinkage(tau: FloatArray, v: FloatArray) -> FloatArray:
    return _uniform_share(tau, _harmonic(v))


def _i2(tau: FloatArray, v: FloatArray) -> FloatArray:
    # The "typical" variance with which I² is defined.
    w = 1.0 / v
    total = w.sum(axis=0)
    return _uniform_share(tau, (_count(v) - 1.0) * total / (total**2 - (w * w).sum(axis=0)))


def _uniform_share(tau: FloatArray, typical: FloatArray) -> FloatArray:
    """Tau for which typical / (typical + tau²) is uniform."""
    logs = np.log(typical) + _log(tau) - 2.0 * np.log(typical + tau**2)
    return np.asarray(math.log(2.0) + logs)


def _berger_deely(tau: FloatArray, v: FloatArray) -> FloatArray:
    # The geometric mean of each study's own reference prior.
    logs = np.where(np.isfinite(v), np.log(v + tau**2), 0.0)
    return np.asarray(_log(tau) - logs.sum(axis=0) / _count(v))


def _conventional(tau: FloatArray, v: FloatArray) -> FloatArray:
    logs = np.where(np.isfinite(v), 0.5 * np.log(v) - 1.5 * np.log(v + tau**2), 0.0)
    return np.asarray(_log(tau) + logs.sum(axis=0) / _count(v))


BY_NAME: dict[str, TauPrior] = {
    "uniform": TauPrior("uniform in tau (improper)", _uniform, 0.0, proper=False),
    "sqrt": TauPrior("uniform in the root of tau (improper)", _sqrt, 0.5, proper=False),
    "Jeffreys": TauPrior("Jeffreys' for tau (improper)", _jeffreys, 1.0, proper=False),
    "overallJeffreys": TauPrior(
        "Jeffreys' for tau and mu (improper)", _overall_jeffreys, 2.0, proper=False
    ),
    "DuMouchel": TauPrior("DuMouchel's", _dumouchel, 2.0),
    "shrinkage": TauPrior("uniform in the shrinkage", _shrinkage, 3.0),
    "I2": TauPrior("uniform in I²", _i2, 3.0),
    "BergerDeely": TauPrior("Berger and Deely's (improper)", _berger_deely, 1.0, proper=False),
    # A geometric mean of proper densities is integrable, but to no constant that is known.
    "conventional": TauPrior("Berger and Deely's, proper", _conventional, 2.0, proper=False),
}


WITH_SCALE: dict[str, Callable[..., TauPrior]] = {
    "half-normal": half_normal,
    "half-Cauchy": half_cauchy,
    "half-t": half_t,
    "exponential": exponential,
}


def prior_of(prior: TauPrior | str | tuple[str | float, ...]) -> TauPrior:
    """Return a prior by its name, by its name and scale, or as it is.

    Raises
    ------
    NotFoundError
        A name that is none of a prior.
    InputError
        A prior that needs a scale without one, or with more numbers than it takes.
    """
    if isinstance(prior, TauPrior):
        return prior
    if not isinstance(prior, str) and not (isinstance(prior, Sequence) and len(prior)):
        raise InputError(
            f"`tau_prior` is {prior!r}; it is a name, or a name with its numbers, such as "
            "('half-normal', 0.5)."
        )
    name, *numbers = (prior,) if isinstance(prior, str) else prior
    check_choice("prior of tau", name, (*BY_NAME, *WITH_SCALE))
    if name in BY_NAME and not numbers:
        return BY_NAME[str(name)]
    takes = ("scale", "df")[: 2 if name == "half-t" else 1] if name in WITH_SCALE else ()
    if len(numbers) != len(takes):
        form = ", ".join((f'"{name}"', *takes))
        wanted = f"tau_prior=({form})" if takes else f"tau_prior={form}"
        raise InputError(
            f"The prior of tau {name!r} came with {len(numbers)} numbers and takes {len(takes)}.",
            hint=f"Write {wanted}, the scale in units of the effects."
            if takes
            else f"Write {wanted}.",
        )
    return WITH_SCALE[str(name)](*numbers)
