"""P-curve: whether the significant results alone show that there is an effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import bdtr, bdtrc, ndtr, ndtri

from weigh.errors import StatisticsError
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.inputs import check_effects

__all__ = ["PCurve", "p_curve"]

FloatArray = npt.NDArray[np.float64]

_ALPHA = 0.05
_LOW_POWER = 1.0 / 3.0
# The authors' program keeps probabilities this far from 0 and 1, and power within these.
_EDGE = 2.2e-16
_POWERS = 0.051, 0.99
_FIELDS = (
    "skew_z",
    "skew_p",
    "skew_half_z",
    "skew_half_p",
    "skew_binomial_p",
    "flat_z",
    "flat_p",
    "flat_half_z",
    "flat_half_p",
    "flat_binomial_p",
    "power",
    "power_low",
    "power_high",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PCurve:
    """Tests of the distribution of significant p values.

    Parameters
    ----------
    k, k_significant, k_half
        Number of studies, of those with p below 0.05, and below 0.025.
    skew_z, skew_p, skew_half_z, skew_half_p, skew_binomial_p
        Right skew, which only a true effect gives: of all significant p values, of those below
        0.025 (None if there are none), and of their number.
    flat_z, flat_p, flat_half_z, flat_half_p, flat_binomial_p
        Flatter than a power of one third would make it: the same three.
    power, power_low, power_high
        Average power of the significant studies with its 90 % interval, between 5.1 and 99 %.
    shares
        Share of the significant p values in each hundredth up to 0.05.
    evidential, inadequate
        The authors' verdicts: evidence of an effect; evidence that it is absent or too small.
    """

    k: int
    k_significant: int
    k_half: int
    skew_z: float
    skew_p: float
    skew_half_z: float | None
    skew_half_p: float | None
    skew_binomial_p: float
    flat_z: float
    flat_p: float
    flat_half_z: float | None
    flat_half_p: float | None
    flat_binomial_p: float
    power: float
    power_low: float
    power_high: float
    shares: tuple[float, ...]
    evidential: bool
    inadequate: bool

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        parts: dict[str, Any] = {name: finite_or_none(getattr(self, name)) for name in _FIELDS}
        return parts | {
            "k": self.k,
            "k_significant": self.k_significant,
            "k_half": self.k_half,
            "shares": list(self.shares),
            "evidential": self.evidential,
            "inadequate": self.inadequate,
        }


def p_curve(yi: Any, vi: Any, *, slab: Sequence[Any] | None = None) -> PCurve:
    """Analyse the curve of significant p values.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances; p values are two-sided and normal.
    slab
        Names of the studies.

    Returns
    -------
    PCurve
        Blind to results that are not significant, and misled by heterogeneity in power.

    Raises
    ------
    StatisticsError
        No significant study.

    References
    ----------
    :cite:t:`simonsohn2014`, the half curve and the verdicts :cite:t:`simonsohn2015`; cautions in
    :cite:t:`vanaert2016`.

    Examples
    --------
    >>> found = p_curve([0.5, 0.6, 0.7, 0.1], [0.01, 0.03, 0.05, 0.04])
    >>> found.k_significant, found.evidential
    (3, True)
    """
    effects = check_effects(yi, vi, slab)
    z = np.abs(effects.y) / np.sqrt(effects.v)
    p = 2.0 * ndtr(-z)
    z, p = z[p < _ALPHA], p[p < _ALPHA]
    if z.size == 0:
        raise StatisticsError(
            "No study is significant (p below 0.05, two-sided), so there is no p-curve."
        )
    low = _shift(_LOW_POWER)
    half = z[p < _ALPHA / 2.0]
    skew, flat = _stouffer(p / _ALPHA), _stouffer(_beyond(z, low, _ALPHA))
    skew_half = flat_half = None
    if half.size:
        skew_half = _stouffer(2.0 * ndtr(-half) / (_ALPHA / 2.0))
        flat_half = _stouffer(_beyond(half, low, _ALPHA / 2.0))
    share = _power(low, _ALPHA / 2.0) / _LOW_POWER
    flat_binomial = float(bdtr(half.size, z.size, share))
    skew_p, flat_p = float(ndtr(skew)), float(ndtr(flat))
    skew_half_p = None if skew_half is None else float(ndtr(skew_half))
    flat_half_p = None if flat_half is None else float(ndtr(flat_half))
    return PCurve(
        k=effects.y.size,
        k_significant=z.size,
        k_half=half.size,
        skew_z=skew,
        skew_p=skew_p,
        skew_half_z=skew_half,
        skew_half_p=skew_half_p,
        skew_binomial_p=float(bdtrc(half.size - 1, z.size, 0.5)) if half.size else 1.0,
        flat_z=flat,
        flat_p=flat_p,
        flat_half_z=flat_half,
        flat_half_p=flat_half_p,
        flat_binomial_p=flat_binomial,
        power=_average_power(z, 0.0),
        power_low=_average_power(z, float(ndtri(0.05))),
        power_high=_average_power(z, float(ndtri(0.95))),
        shares=tuple(
            float(np.mean((p > bin_ / 100.0) & (p <= (bin_ + 1) / 100.0)))
            if bin_
            else float(np.mean(p <= 0.01))
            for bin_ in range(5)
        ),
        evidential=_both(skew_p, skew_half_p),
        inadequate=flat_p < 0.05
        or (flat_half_p is not None and flat_half_p < 0.1 and flat_binomial < 0.1),
    )


def _both(full: float, half: float | None) -> bool:
    """Half curve below 0.05, or both below 0.1."""
    return half is not None and (half < 0.05 or (half < 0.1 and full < 0.1))


def _stouffer(probabilities: FloatArray) -> float:
    kept = np.clip(probabilities, _EDGE, 1.0 - _EDGE)
    return float(np.sum(ndtri(kept)) / math.sqrt(kept.size))


def _power(shift: float, alpha: float) -> float:
    """Chance of a two-sided p below alpha for a true z of `shift`."""
    critical = -float(ndtri(alpha / 2.0))
    return float(ndtr(shift - critical) + ndtr(-shift - critical))


def _shift(power: float) -> float:
    """True z that gives this power at 0.05."""
    return float(brentq(lambda shift: _power(shift, _ALPHA) - power, 0.0, 12.0, xtol=1e-13))


def _beyond(z: FloatArray, shift: float, alpha: float) -> FloatArray:
    """Chance of less than z for a true z of `shift`, given a p value below alpha."""
    above = np.asarray(ndtr(shift - z) + ndtr(-shift - z))
    return 1.0 - above / _power(shift, alpha)


def _average_power(z: FloatArray, level: float) -> float:
    """Power at which the curve is neither too steep nor too flat, by `level` standard errors."""

    def excess(power: float) -> float:
        return _stouffer(_beyond(z, _shift(power), _ALPHA)) + level

    low, high = _POWERS
    if excess(low) <= 0.0:
        return low
    if excess(high) >= 0.0:
        return high
    return float(brentq(excess, low, high, xtol=1e-10))
