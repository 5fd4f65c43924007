"""How the correlation of two random effects falls with what lies between them.

Each function takes what separates pairs of effects and the parameter rho, and gives the
correlation with its first and second derivative by it. In space the parameter is the logarithm of
rho, as ranges go over many orders of magnitude.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["CORRELATIONS", "EDGED", "PHYLOGENETIC", "SPATIAL", "Correlation"]

FloatArray = npt.NDArray[np.float64]
Correlation = Callable[[FloatArray, float], tuple[FloatArray, FloatArray, FloatArray]]

SPATIAL = ("SPEXP", "SPGAU", "SPLIN", "SPRAT", "SPSPH")
PHYLOGENETIC = ("PHYBM", "PHYPL", "PHYPD")
# Structures whose correlations end where rho equals a distance, so that the likelihood has edges.
EDGED = ("SPLIN", "SPSPH")


def compound(apart: FloatArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One correlation for all pairs that are apart."""
    off = (apart > 0.0).astype(np.float64)
    return 1.0 + (rho - 1.0) * off, off, np.zeros_like(off)


def autoregressive(apart: FloatArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rho to the power of the distance, in steps or in time."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.power(rho, apart)
        slope = np.where(apart > 0.0, apart * np.power(rho, apart - 1.0), 0.0)
        bend = apart * (apart - 1.0) * np.power(rho, apart - 2.0)
    # At rho = 0 the powers of pairs closer than one (or two) steps have no derivative; a large
    # number would do no better than none.
    return value, _finite(slope), np.where((apart == 0.0) | (apart == 1.0), 0.0, _finite(bend))


def _finite(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, 0.0)


def exponential(apart: FloatArray, log: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """exp(-d / rho)."""
    ratio = apart * math.exp(-log)
    value = np.exp(-ratio)
    return value, value * ratio, value * ratio * (ratio - 1.0)


def gaussian(apart: FloatArray, log: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """exp(-d² / rho²)."""
    square = (apart * math.exp(-log)) ** 2
    value = np.exp(-square)
    return value, 2.0 * value * square, 4.0 * value * square * (square - 1.0)


def linear(apart: FloatArray, log: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """1 - d / rho, and 0 from rho on."""
    ratio = apart * math.exp(-log)
    inside = ratio < 1.0
    ratio = np.where(inside, ratio, 0.0)
    return np.where(inside, 1.0 - ratio, 0.0), ratio, -ratio


def rational(apart: FloatArray, log: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """1 / (1 + d² / rho²)."""
    square = (apart * math.exp(-log)) ** 2
    value = 1.0 / (1.0 + square)
    return value, 2.0 * square * value**2, 4.0 * square * (square - 1.0) * value**3


def spherical(apart: FloatArray, log: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """1 - 3/2 d / rho + 1/2 (d / rho)³, and 0 from rho on."""
    ratio = apart * math.exp(-log)
    inside = ratio < 1.0
    ratio = np.where(inside, ratio, 0.0)
    value = np.where(inside, 1.0 - 1.5 * ratio + 0.5 * ratio**3, 0.0)
    return value, 1.5 * (ratio - ratio**3), 1.5 * (3.0 * ratio**3 - ratio)


def pagel(shared: FloatArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rho times the share of common descent, and 1 for the same tip."""
    other = np.where(shared < 1.0, shared, 0.0)
    return np.where(shared < 1.0, rho * shared, 1.0), other, np.zeros_like(shared)


def power_of_descent(shared: FloatArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The share of common descent to the power of rho."""
    with np.errstate(divide="ignore"):
        log = np.where(shared > 0.0, np.log(shared), 0.0)
    value = np.where(shared > 0.0, np.power(shared, rho), 0.0)
    return value, value * log, value * log**2


CORRELATIONS: dict[str, Correlation] = {
    "CS": compound,
    "AR": autoregressive,
    "CAR": autoregressive,
    "SPEXP": exponential,
    "SPGAU": gaussian,
    "SPLIN": linear,
    "SPRAT": rational,
    "SPSPH": spherical,
    "PHYPL": pagel,
    "PHYPD": power_of_descent,
}
