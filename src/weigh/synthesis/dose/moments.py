"""Covariance of the studies' curves by the method of moments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError

__all__ = ["covariance_by_moments"]

FloatArray = npt.NDArray[np.float64]


def covariance_by_moments(beta: FloatArray, information: FloatArray) -> FloatArray:
    """Between-study covariance from weighted products of residuals, in matrix form.

    Parameters
    ----------
    beta
        (k, p) coefficients of each study.
    information
        (k, p, p) inverses of their covariances.

    Returns
    -------
    (p, p) array
        Symmetric; eigenvalues may be negative.

    References
    ----------
    :cite:t:`jackson2013mm`.
    """
    k, p = beta.shape
    vb = np.linalg.inv(information.sum(axis=0))
    mean = vb @ np.einsum("kab,kb->a", information, beta)
    away = beta - mean
    products = np.einsum("kab,kb,kc->ac", information, away, away)
    excess = products - (k - 1) * np.eye(p)
    # What the mean takes up of the differences between studies is not seen in the residuals.
    seen = information.sum(axis=0) - np.einsum("kab,bc,kcd->ad", information, vb, information)
    try:
        psi = np.linalg.solve(seen, excess)
    except np.linalg.LinAlgError as error:
        raise StatisticsError(
            "One study outweighs all others, and moments show no differences between them.",
            hint="Check its variances, or take method='REML'.",
        ) from error
    return np.asarray(0.5 * (psi + psi.T))
