"""Ellipses around the summary point, on the logit scale and as shares."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError
from weigh.synthesis.inputs import check_choice

__all__ = ["ellipse", "radius"]

FloatArray = npt.NDArray[np.float64]


def radius(level: float, k: int, quantile: str) -> float:
    """How many standard errors from its centre a region reaches in every direction.

    Parameters
    ----------
    level
        Share of the probability inside.
    k
        Number of studies.
    quantile
        ``"f"``: of twice F with 2 and k - 2 degrees of freedom, for a covariance that is
        estimated; ``"chi2"``: of chi-squared with 2, which takes it for known.

    References
    ----------
    :cite:t:`harbord2007`, equation 7.
    """
    check_choice("quantile of a region", quantile, ("f", "chi2"))
    if quantile == "chi2":
        return math.sqrt(-2.0 * math.log(1.0 - level))
    if k < 3:
        raise InputError(
            f"A region by the F distribution needs three studies; there are {k}.",
            hint='Take quantile="chi2".',
        )
    return math.sqrt(2.0 * float(special.fdtri(2.0, k - 2.0, level)))


def ellipse(centre: FloatArray, covariance: FloatArray, size: float, points: int) -> FloatArray:
    """(points, 2) border of a region on the logit scale, closed where it began.

    Parameters
    ----------
    centre, covariance
        (2,) and (2, 2), of logit sensitivity and logit false positive rate.
    size
        Radius in standard errors.
    points
        Number of points, at least 8.
    """
    if points < 8:
        raise InputError(f"`points` is {points}; a border needs at least 8.")
    angle = np.linspace(0.0, 2.0 * math.pi, points)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    border: FloatArray = centre + size * circle @ root.T
    return border
