"""The normal-normal hierarchical model of one set of studies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bayes.mixtures import Mixtures
from weigh.synthesis.bayes.posterior import INTERVALS, Function, Posterior, defined, limits
from weigh.synthesis.bayes.priors import BY_NAME, TauPrior, prior_of
from weigh.synthesis.bayes.quadrature import MuPrior, conditional, grid_of
from weigh.synthesis.bayes.result import Bayes
from weigh.synthesis.bayes.tau_posterior import TauPosterior
from weigh.synthesis.inputs import check_choice, check_effects, check_level

__all__ = ["bayes", "check_mu_prior", "effect_mixtures", "require_posterior"]

FloatArray = npt.NDArray[np.float64]

_NEGLIGIBLE = 1e-17


def bayes(
    yi: Any,
    vi: Any,
    *,
    mu_prior: tuple[float, float] | None = None,
    tau_prior: TauPrior | str | tuple[str | float, ...],
    level: float = 0.95,
    interval: str = "central",
    slab: Sequence[Any] | None = None,
) -> Bayes:
    """Pool studies by the normal-normal hierarchical model, without sampling.

    Each study estimates its own effect with a known error; these effects are normal around mu with
    standard deviation tau. Given tau everything is normal, so that one integral over tau gives all
    posteriors; its error is seen on halving the step and is below 1e-10 of the probability.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale (log for ratios) and sampling variances; rows where either is
        missing are left out.
    mu_prior
        Mean and standard deviation of a normal prior of mu; None for the improper uniform one.
    tau_prior
        A prior such as ``half_normal(0.5)``, ``half_cauchy(0.5)``, ``half_t(0.5, 4)``,
        ``exponential(2)``, ``turner(...)`` or ``rhodes(...)``; or by name ``"uniform"``,
        ``"sqrt"``, ``"Jeffreys"``, ``"overallJeffreys"``, ``"DuMouchel"``, ``"shrinkage"``,
        ``"I2"``, ``"BergerDeely"`` or ``"conventional"``, or by name and scale:
        ``("half-normal", 0.5)``, ``("half-Cauchy", 0.5)``, ``("half-t", 0.5, 4)``,
        ``("exponential", 2)``. There is no default: with few studies it decides much.
    level, interval
        Probability of the intervals, and their kind: ``"central"`` or ``"shortest"``.
    slab
        Names of the studies.

    Returns
    -------
    Bayes
        Posteriors of mu, tau, the effect in a new study and each study's own.

    Raises
    ------
    StatisticsError
        Too few studies for a posterior under improper priors, or numbers that cannot be pooled.

    References
    ----------
    :cite:t:`rover2020`.

    Examples
    --------
    >>> from weigh.synthesis.bayes import half_normal
    >>> found = bayes([0.1, 0.3, 0.5], [0.02, 0.03, 0.04], tau_prior=half_normal(0.5))
    >>> round(found.mu.median, 3), round(found.p_above(0.0), 3)
    (0.273, 0.939)
    """
    effects = check_effects(yi, vi, slab)
    prior, known = prior_of(tau_prior), check_mu_prior(mu_prior)
    level = check_level(level)
    check_choice("kind of interval", interval, INTERVALS)
    y, v = effects.y[:, None], effects.v[:, None]
    require_posterior(prior, known, y.size)
    # Effects are counted from their middle, so that a common shift changes nothing but mu.
    shift = float(np.average(effects.y, weights=1.0 / effects.v))
    centered = MuPrior(known.mean - shift, known.precision)
    tau = TauPosterior(y - shift, v, prior, centered, grid_of(y - shift, v, prior, centered))
    mixtures = effect_mixtures(tau)
    mean, sd = _moments(tau)
    effect = _effects(mixtures, mean, sd, shift, level, interval)
    factor_mu, factor_tau, marginal = _factors(tau, mixtures, -shift)
    return Bayes(
        k=y.size,
        mu=effect[0],
        tau=_tau(tau, level, interval),
        prediction=effect[1],
        effects=tuple(effect[2:]),
        marginal_likelihood=marginal,
        bayes_factor_mu=factor_mu,
        bayes_factor_tau=factor_tau,
        quadrature_error=float(tau.grid.error[0]),
        nodes=tau.grid.t.size,
        tau_prior=prior.name,
        mu_prior=mu_prior,
        level=level,
        interval=interval,
        yi=effects.y,
        vi=effects.v,
        slab=effects.slab,
        notes=effects.notes + _notes(tau, finite=defined(sd[1]) is not None),
    )


def _notes(tau: TauPosterior, *, finite: bool) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if not finite:
        notes += (
            "The posterior of tau falls so slowly that its standard deviation, or even its mean, "
            "is infinite; so is that of a new effect. Medians and intervals are as they should be.",
        )
    if not tau.mu_prior.proper:
        notes += (
            "The prior of mu has no finite integral, so there is no marginal likelihood and no "
            "Bayes factor.",
        )
    elif not tau.prior.proper:
        notes += (
            "The prior of tau has no finite integral that is known, so there is no marginal "
            "likelihood and no Bayes factor of tau = 0.",
        )
    return notes


def check_mu_prior(given: tuple[float, float] | None) -> MuPrior:
    """Read a normal prior of mu.

    Raises
    ------
    InputError
        A standard deviation that is not positive, or a mean that is not finite.
    """
    if given is None:
        return MuPrior()
    try:
        mean, sd = map(float, given)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`mu_prior` is {given!r}; it must be a mean and a standard deviation above 0."
        ) from error
    if not math.isfinite(mean) or not 0.0 < sd < math.inf:
        raise InputError(
            f"`mu_prior` is ({mean:g}, {sd:g}); it must be a mean and a standard deviation above 0."
        )
    return MuPrior(float(mean), 1.0 / float(sd) ** 2)


def require_posterior(prior: TauPrior, mu_prior: MuPrior, k: int) -> None:
    """Raise `StatisticsError` where so few studies give no posterior with a finite integral."""
    lost = 0 if mu_prior.proper else 1
    if prior.tail + k - lost <= 1.0:
        needed = math.floor(1.0 - prior.tail + lost) + 1
        raise StatisticsError(
            f"A prior of tau that is {prior.name} needs {needed} studies, and there are {k}: the "
            "posterior has no finite integral.",
            hint="Take a proper prior, such as half_normal(scale).",
        )
    if k == 1 and prior is BY_NAME["I2"]:
        raise StatisticsError("A prior that is uniform in I² needs two studies; one has no I².")


def effect_mixtures(tau: TauPosterior) -> Mixtures:
    """Mixtures over tau for mu, a new effect and each study's effect, of one set of studies."""
    grid = tau.grid
    used = np.flatnonzero(grid.weight[:, 0] > _NEGLIGIBLE)
    tau2 = grid.tau[used, 0] ** 2
    mean, variance = grid.mu.mean[used, 0], grid.mu.variance[used, 0]
    drawn = tau.v / (tau.v + tau2)
    own = mean * drawn + tau.y * (1.0 - drawn)
    spread = tau2 * drawn + drawn**2 * variance
    return Mixtures(
        np.vstack([mean, mean, own]),
        np.sqrt(np.vstack([variance, variance + tau2, spread])),
        grid.weight[used, 0][None],
    )


def _effects(
    mixtures: Mixtures,
    mean: FloatArray,
    sd: FloatArray,
    shift: float,
    level: float,
    interval: str,
) -> list[Posterior]:
    """Posteriors of mu, a new effect and each study's effect, counted from `shift`."""
    p = np.array([0.5, 0.25, 0.75, 0.5 * (1.0 - level), 0.5 * (1.0 + level)])
    found = mixtures.quantile(p if interval == "central" else p[:3])
    middle = found[:, 0]
    reach = 2.0 * np.abs(found[:, 1:3] - middle[:, None]).max(axis=1)
    modes = mixtures.mode(middle - reach, middle + reach)
    posteriors = []
    for row in range(middle.size):
        density, cdf, quantile = _functions(mixtures, row, shift)
        if interval == "central":
            low, high = float(found[row, 3]) + shift, float(found[row, 4]) + shift
        else:
            low, high = limits(density, quantile, level, interval)
        one = Posterior(
            mode=float(modes[row]) + shift,
            median=float(middle[row]) + shift,
            mean=defined(mean[row] + shift),
            sd=defined(sd[row]),
            ci_low=low,
            ci_high=high,
            _density=density,
            _cdf=cdf,
            _quantile=quantile,
        )
        posteriors.append(one)
    return posteriors


def _functions(mixtures: Mixtures, row: int, shift: float) -> tuple[Function, Function, Function]:
    some = slice(row, row + 1)
    one = Mixtures(mixtures.mean[some], mixtures.sd[some], mixtures.weight)

    def density(x: FloatArray) -> FloatArray:
        return np.asarray(one.density(x[None] - shift)[0])

    def cdf(x: FloatArray) -> FloatArray:
        return np.asarray(one.cdf(x[None] - shift)[0])

    def quantile(p: FloatArray) -> FloatArray:
        return np.asarray(one.quantile(p)[0] + shift)

    return density, cdf, quantile


def _moments(tau: TauPosterior) -> tuple[FloatArray, FloatArray]:
    """Means and standard deviations of mu, a new effect and the studies' effects."""
    grid, tail = tau.grid, float(tau.tail[0])
    weight, tau2 = grid.weight[:, 0], grid.tau[:, 0] ** 2
    drawn = tau.v / (tau.v + tau2)
    m, s2 = grid.mu.mean[:, 0], grid.mu.variance[:, 0]
    means = np.vstack([m, m, m * drawn + tau.y * (1.0 - drawn)])
    variances = np.vstack([s2, s2 + tau2, tau2 * drawn + drawn**2 * s2])
    mean = means @ weight
    variance = variances @ weight + (means - mean[:, None]) ** 2 @ weight
    vague = np.array([not tau.mu_prior.proper, True])
    mean[:2][vague & (tail <= 2.0)] = np.nan
    variance[:2][vague & (tail <= 3.0)] = np.nan
    return mean, np.sqrt(variance)


def _tau(tau: TauPosterior, level: float, interval: str) -> Posterior:
    def density(x: FloatArray) -> FloatArray:
        return np.asarray(tau.density(x[:, None])[:, 0])

    def cdf(x: FloatArray) -> FloatArray:
        return np.asarray(tau.cdf(x[:, None])[:, 0])

    def quantile(p: FloatArray) -> FloatArray:
        return np.asarray(tau.quantile(p[:, None])[:, 0])

    middle = quantile(np.array([0.5, 0.5 * (1.0 - level), 0.5 * (1.0 + level)]))
    low, high = middle[1], middle[2]
    if interval == "shortest":
        low, high = limits(density, quantile, level, interval, least=0.0)
    mean, sd = tau.moments()
    return Posterior(
        mode=float(tau.mode()[0]),
        median=float(middle[0]),
        mean=defined(mean[0]),
        sd=defined(sd[0]),
        ci_low=float(low),
        ci_high=float(high),
        _density=density,
        _cdf=cdf,
        _quantile=quantile,
        _least=0.0,
    )


def _factors(
    tau: TauPosterior, mixtures: Mixtures, zero: float
) -> tuple[float | None, float | None, float | None]:
    """Bayes factors of mu = 0 and of tau = 0 against the model, and its marginal likelihood."""
    known = tau.mu_prior
    if not known.proper:
        return None, None, None
    # Savage and Dickey's ratio: posterior to prior density of mu at 0.
    posterior = float(mixtures.density(np.full((mixtures.mean.shape[0], 1), zero))[0, 0])
    ahead = math.sqrt(known.precision / (2.0 * math.pi))
    factor_mu = posterior / (ahead * math.exp(-0.5 * known.precision * (zero - known.mean) ** 2))
    if not tau.prior.proper:
        return factor_mu, None, None
    y, v = tau.y[:, None, :], tau.v[:, None, :]
    norm = float(tau.grid.log_norm[0])
    alike = float(conditional(y, v, np.zeros((1, 1)), known).log_likelihood[0, 0])
    return factor_mu, math.exp(alike - norm), math.exp(norm)
