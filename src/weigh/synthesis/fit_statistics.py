"""How well a model fits: likelihoods and information criteria."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["FitStatistics", "coefficients_of", "fit_statistics", "fit_statistics_of"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitStatistics:
    """Likelihood and information criteria of a fit, by one of the two likelihoods.

    Parameters
    ----------
    restricted
        Whether the likelihood is the restricted one.
    log_likelihood, deviance
        The deviance is taken against the saturated model for the full likelihood, and is minus
        twice the log-likelihood for the restricted one.
    aic, bic, aicc
        Information criteria; None where too few studies leave them undefined.
    parameters
        Number of parameters: coefficients, and tau2 where there is one.
    """

    restricted: bool
    log_likelihood: float
    deviance: float
    aic: float
    bic: float | None
    aicc: float
    parameters: int


def fit_statistics(fit: Pooled, *, restricted: bool = False) -> FitStatistics:
    """Likelihood and information criteria of a pooled effect or a regression.

    Parameters
    ----------
    fit
        Any fit of `pool`.
    restricted
        The restricted likelihood compares tau2 only; models with other moderators are compared
        by the full one.

    References
    ----------
    :cite:t:`viechtbauer2010`; the small-sample criterion :cite:t:`hurvich1989`.
    """
    if fit.design is None or fit.is_of_counts:
        raise InputError(f"Method {fit.method} pools counts and has no such likelihood.")
    return fit_statistics_of(
        Design(fit.yi, fit.vi, fit.design),
        coefficients_of(fit),
        fit.tau2,
        has_tau2=fit.method not in COMMON_EFFECT,
        restricted=restricted,
    )


def fit_statistics_of(
    design: Design, beta: FloatArray, tau2: float, *, has_tau2: bool, restricted: bool
) -> FitStatistics:
    """Likelihood and information criteria at given coefficients and tau2.

    Parameters
    ----------
    design
        The effects and the model matrix.
    beta, tau2
        (p,) coefficients, between-study variance.
    has_tau2
        Whether tau2 was estimated, and so is a parameter.
    restricted
        As in `fit_statistics`.
    """
    k, p = design.x.shape
    variance = design.v + tau2
    w = 1.0 / variance
    residual = design.y - design.x @ beta
    rss = float(np.sum(w * residual**2))
    log_variance = float(np.sum(np.log(variance)))
    if restricted:
        count = k - p
        information = np.linalg.slogdet(design.x.T @ (w[:, None] * design.x))[1]
        volume = np.linalg.slogdet(design.x.T @ design.x)[1]
        twice = count * math.log(2.0 * math.pi) + log_variance + rss
        twice += float(information) - float(volume)
        deviance = twice
    else:
        count = k
        twice = count * math.log(2.0 * math.pi) + log_variance + rss
        deviance = twice - k * math.log(2.0 * math.pi) - float(np.sum(np.log(design.v)))
    parameters = p + has_tau2
    enough = max(count, parameters + 2)
    return FitStatistics(
        restricted=restricted,
        log_likelihood=-0.5 * twice,
        deviance=deviance,
        aic=twice + 2.0 * parameters,
        bic=twice + parameters * math.log(count) if count > 0 else None,
        aicc=twice + 2.0 * parameters * enough / (enough - parameters - 1),
        parameters=parameters,
    )


def coefficients_of(fit: Pooled) -> FloatArray:
    """Return the coefficients of a fit as an array."""
    if fit.is_regression:
        return np.array([coefficient.estimate for coefficient in fit.coefficients])
    return np.array([fit.estimate])
