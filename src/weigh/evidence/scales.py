"""The scales that effects are analysed on, and the way between them and the natural one.

A scale is chosen so that effects are closer to normal on it, or their variance steadier: the
logarithm for ratios, the logit or the arcsine for proportions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["Scale", "from_scale", "to_scale"]

FloatArray = npt.NDArray[np.float64]

Scale = Literal[
    "identity",
    "log",
    "logit",
    "probit",
    "arcsine",
    "double-arcsine",
    "square-root",
    "freeman-tukey",
    "fisher-z",
    "fisher-z-of-root",
    "cube-root-of-complement",
    "log-of-complement",
]


def from_scale(scale: Scale, x: FloatArray, n: FloatArray) -> FloatArray:
    """Values on the natural scale; `n` is needed by the Freeman-Tukey scales alone.

    References
    ----------
    Miller JJ (1978). The inverse of the Freeman-Tukey double arcsine transformation. The American
    Statistician 32:138.
    """
    with np.errstate(over="ignore"):
        return np.asarray(_BACK[scale](x, n))


def to_scale(scale: Scale, y: FloatArray, n: FloatArray) -> FloatArray:
    """Values on the analysis scale; `n` is needed by the Freeman-Tukey scales alone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_FORTH[scale](y, n))


def _double_arcsine(p: FloatArray, n: FloatArray) -> FloatArray:
    low, high = n * p / (n + 1.0), (n * p + 1.0) / (n + 1.0)
    return 0.5 * (np.arcsin(np.sqrt(low)) + np.arcsin(np.sqrt(high)))


def _double_arcsine_back(x: FloatArray, n: FloatArray) -> FloatArray:
    lowest = 0.5 * np.arcsin(np.sqrt(1.0 / (n + 1.0)))
    highest = 0.5 * np.pi - lowest
    inside = np.clip(x, lowest, highest)
    sine = np.sin(2.0 * inside)
    root = 1.0 - np.square(sine + (sine - 1.0 / sine) / n)
    p = 0.5 * (1.0 - np.sign(np.cos(2.0 * inside)) * np.sqrt(np.maximum(root, 0.0)))
    p = np.where(x <= lowest, 0.0, np.where(x >= highest, 1.0, p))
    return np.where(np.isnan(x), np.nan, p)


def _freeman_tukey(rate: FloatArray, time: FloatArray) -> FloatArray:
    return 0.5 * (np.sqrt(rate) + np.sqrt(rate + 1.0 / time))


def _freeman_tukey_back(x: FloatArray, time: FloatArray) -> FloatArray:
    # Below half the root of 1 / time there is no rate; at it the rate is 0.
    inside = np.maximum(x, 0.5 * np.sqrt(1.0 / time))
    return np.square(inside - 1.0 / (4.0 * time * inside))


_Change = Callable[[FloatArray, FloatArray], FloatArray]

_BACK: Mapping[Scale, _Change] = {
    "identity": lambda x, _: x.copy(),
    "log": lambda x, _: np.exp(x),
    "logit": lambda x, _: special.expit(x),
    "probit": lambda x, _: special.ndtr(x),
    "arcsine": lambda x, _: np.square(np.sin(np.clip(x, 0.0, 0.5 * np.pi))),
    "double-arcsine": _double_arcsine_back,
    "square-root": lambda x, _: np.square(np.maximum(x, 0.0)),
    "freeman-tukey": _freeman_tukey_back,
    "fisher-z": lambda x, _: np.tanh(x),
    "fisher-z-of-root": lambda x, _: np.square(np.tanh(np.maximum(x, 0.0))),
    "cube-root-of-complement": lambda x, _: 1.0 - np.maximum(1.0 - x, 0.0) ** 3,
    "log-of-complement": lambda x, _: -np.expm1(-x),
}

_FORTH: Mapping[Scale, _Change] = {
    "identity": lambda y, _: y.copy(),
    "log": lambda y, _: np.log(y),
    "logit": lambda y, _: special.logit(y),
    "probit": lambda y, _: special.ndtri(y),
    "arcsine": lambda y, _: np.arcsin(np.sqrt(y)),
    "double-arcsine": _double_arcsine,
    "square-root": lambda y, _: np.sqrt(y),
    "freeman-tukey": _freeman_tukey,
    "fisher-z": lambda y, _: np.arctanh(y),
    "fisher-z-of-root": lambda y, _: np.arctanh(np.sqrt(y)),
    "cube-root-of-complement": lambda y, _: 1.0 - np.cbrt(np.where(y <= 1.0, 1.0 - y, np.nan)),
    "log-of-complement": lambda y, _: -np.log1p(-y),
}
