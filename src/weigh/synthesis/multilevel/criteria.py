"""Likelihoods and information criteria of a fitted model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from weigh.synthesis.multilevel.model import Solved

__all__ = ["Criteria", "criteria_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Likelihood and information criteria by one of the two likelihoods.

    Parameters
    ----------
    restricted
        Whether the likelihood is the restricted one.
    log_likelihood, deviance
        The deviance is taken against the model in which every effect is its own for the full
        likelihood (None where `V` has no inverse), and is minus twice the log-likelihood for the
        restricted one.
    aic, bic, aicc
        Information criteria.
    parameters
        Coefficients, and components that are estimated.
    """

    restricted: bool
    log_likelihood: float
    deviance: float | None
    aic: float
    bic: float
    aicc: float
    parameters: int


def criteria_of(
    solved: Solved, parameters: int, log_det_v: float | None, *, restricted: bool
) -> Criteria:
    """Likelihood and criteria at the solution, by either likelihood.

    Parameters
    ----------
    solved
        The solution.
    parameters
        Number of coefficients and estimated components.
    log_det_v
        Log determinant of the sampling covariance, in units of the search; None where it has none.
    restricted
        Which likelihood.
    """
    likelihood, point = solved.likelihood, solved.maximum.point
    n, p = likelihood.n, likelihood.p
    count = n - p if restricted else n
    twice = count * math.log(2.0 * math.pi) + point.log_det + point.rss
    deviance: float | None
    if restricted:
        # The model matrix has orthonormal columns, so that the determinant of their covariance is
        # all that the restricted likelihood has besides.
        twice -= float(np.linalg.slogdet(point.vb)[1])
        deviance = twice + 2.0 * count * solved.model.exponent * math.log(2.0)
    else:
        deviance = None if log_det_v is None else point.log_det + point.rss - log_det_v
    twice += 2.0 * count * solved.model.exponent * math.log(2.0)
    enough = max(count, parameters + 2)
    return Criteria(
        restricted=restricted,
        log_likelihood=-0.5 * twice,
        deviance=deviance,
        aic=twice + 2.0 * parameters,
        bic=twice + parameters * math.log(count),
        aicc=twice + 2.0 * parameters * enough / (enough - parameters - 1),
        parameters=parameters,
    )
