"""Covariance of true logits by the method of moments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["covariance_by_moments"]

FloatArray = npt.NDArray[np.float64]


def covariance_by_moments(y: FloatArray, v: FloatArray) -> FloatArray:
    """Between-study covariance from weighted products of residuals, in matrix form.

    The products with the weights of one logit and with those of the other have expectations that
    are linear in the covariance; both are solved, their mean taken, and a negative eigenvalue set
    to zero.

    Parameters
    ----------
    y, v
        (k, 2) logits and their variances; within a study the two are independent.

    Returns
    -------
    (2, 2) array
        Positive semidefinite.

    References
    ----------
    :cite:t:`jackson2013mm`.
    """
    w = 1.0 / v
    total = w.sum(axis=0)
    residual = y - (w * y).sum(axis=0) / total
    products = (w * residual).T @ residual
    expected = (y.shape[0] - 1) * np.eye(2)
    psi = (products - expected) / (total - (w * w).sum(axis=0) / total)[:, None]
    values, vectors = np.linalg.eigh(0.5 * (psi + psi.T))
    return np.asarray(vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T)
