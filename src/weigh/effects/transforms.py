"""Other ways to say the same effect: correlations, odds ratios and overlaps of two distributions.

Plain functions of arrays; none of them carries a sampling variance (`weigh.effects.convert` does).
`d` is a standardized mean difference, `r` a correlation, and odds ratios come as logarithms.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError, NotFoundError

__all__ = [
    "Curve",
    "binomial_display_from_smd",
    "biserial_from_point_biserial",
    "biserial_from_smd",
    "cliff_delta_from_smd",
    "fisher_z_from_correlation",
    "log_odds_ratio_from_smd",
    "mean_difference_from_smd",
    "nonoverlap_from_smd",
    "overlap_from_smd",
    "point_biserial_from_biserial",
    "point_biserial_from_smd",
    "smd_from_log_odds_ratio",
    "smd_from_point_biserial",
    "superiority_from_smd",
    "tetrachoric_from_log_odds_ratio",
    "u2_from_smd",
    "u3_from_smd",
]

Curve = Literal["logistic", "normal"]
FloatArray = npt.NDArray[np.float64]


def log_odds_ratio_per_sd(curve: Curve) -> float:
    """Log odds ratio behind a cut that a difference of one SD makes.

    ``logistic``: pi / sqrt(3), exact for logistic scores (Hasselblad and Hedges 1995).
    ``normal``: 1.65, near enough for normal ones (Cox and Snell 1989).
    """
    if curve not in ("logistic", "normal"):
        raise NotFoundError("distribution of scores", curve, ("logistic", "normal"))
    return float(np.pi / np.sqrt(3.0)) if curve == "logistic" else 1.65


def _plain(values: FloatArray) -> Any:
    return float(values) if np.ndim(values) == 0 else np.asarray(values)


def _array(values: npt.ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def smd_from_log_odds_ratio(log_odds_ratio: npt.ArrayLike, *, curve: Curve = "logistic") -> Any:
    """Standardized mean difference of the scores behind a cut, from the log odds ratio there."""
    return _plain(_array(log_odds_ratio) / log_odds_ratio_per_sd(curve))


def log_odds_ratio_from_smd(d: npt.ArrayLike, *, curve: Curve = "logistic") -> Any:
    """Log odds ratio that a standardized mean difference makes behind a cut."""
    return _plain(_array(d) * log_odds_ratio_per_sd(curve))


def mean_difference_from_smd(d: npt.ArrayLike, sd: npt.ArrayLike) -> Any:
    """Mean difference on a familiar scale, from its SD among people (Handbook 15.5.3.2)."""
    if np.any(_array(sd) <= 0.0):
        raise InputError("sd must be above zero: the SD of a familiar scale among people.")
    return _plain(_array(d) * _array(sd))


def _h(n1: npt.ArrayLike | None, n2: npt.ArrayLike | None) -> FloatArray:
    """The number that ties d to the point-biserial correlation; 4 for two large, equal groups."""
    if n1 is None and n2 is None:
        return _array(4.0)
    if n1 is None or n2 is None:
        raise InputError("Both n1 and n2 are needed, or neither.")
    first, second = _array(n1), _array(n2)
    return (first + second - 2.0) * (1.0 / first + 1.0 / second)


def point_biserial_from_smd(
    d: npt.ArrayLike, n1: npt.ArrayLike | None = None, n2: npt.ArrayLike | None = None
) -> Any:
    """Point-biserial correlation, for groups of these sizes or for large and equal ones."""
    values = _array(d)
    return _plain(values / np.sqrt(values**2 + _h(n1, n2)))


def smd_from_point_biserial(
    r: npt.ArrayLike, n1: npt.ArrayLike | None = None, n2: npt.ArrayLike | None = None
) -> Any:
    """Standardized mean difference, for groups of these sizes or for large and equal ones."""
    values = _array(r)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _plain(np.sqrt(_h(n1, n2)) * values / np.sqrt((1.0 - values) * (1.0 + values)))


def _biserial_factor(share: npt.ArrayLike) -> FloatArray:
    """Biserial over point-biserial correlation where `share` of people are in the first group."""
    p = _array(share)
    if np.any((p <= 0.0) | (p >= 1.0)):
        raise InputError("share must lie between 0 and 1, both excluded.")
    density = np.exp(-0.5 * special.ndtri(p) ** 2) / np.sqrt(2.0 * np.pi)
    return np.asarray(np.sqrt(p * (1.0 - p)) / density)


def biserial_from_point_biserial(r: npt.ArrayLike, share: npt.ArrayLike = 0.5) -> Any:
    """Biserial correlation; `share` is that of people in the first group."""
    return _plain(_array(r) * _biserial_factor(share))


def point_biserial_from_biserial(r: npt.ArrayLike, share: npt.ArrayLike = 0.5) -> Any:
    """Point-biserial correlation; `share` is that of people in the first group."""
    return _plain(_array(r) / _biserial_factor(share))


def biserial_from_smd(
    d: npt.ArrayLike, n1: npt.ArrayLike | None = None, n2: npt.ArrayLike | None = None
) -> Any:
    """Biserial correlation, for groups of these sizes or for large and equal ones."""
    share = 0.5 if n1 is None or n2 is None else _array(n1) / (_array(n1) + _array(n2))
    return biserial_from_point_biserial(point_biserial_from_smd(d, n1, n2), share)


def fisher_z_from_correlation(r: npt.ArrayLike) -> Any:
    """Correlation on Fisher's z scale; 1 and beyond is infinite. `numpy.tanh` is the way back."""
    with np.errstate(divide="ignore"):
        return _plain(np.arctanh(np.clip(_array(r), -1.0, 1.0)))


def tetrachoric_from_log_odds_ratio(
    log_odds_ratio: npt.ArrayLike, *, method: Literal["pearson", "digby"] = "digby"
) -> Any:
    """Approximate tetrachoric correlation from a log odds ratio.

    By Digby 1983 (powers of 3/4) or Pearson 1900 (cosine of pi over one and the root).
    """
    x = _array(log_odds_ratio)
    if method == "digby":
        # (OR^(3/4) - 1) / (OR^(3/4) + 1), without overflow.
        return _plain(np.tanh(0.375 * x))
    if method == "pearson":
        return _plain(np.sin(0.5 * np.pi * np.tanh(0.25 * x)))
    raise NotFoundError("method", method, ("pearson", "digby"))


def superiority_from_smd(d: npt.ArrayLike) -> Any:
    """Probability that a person of group 1 scores above one of group 2 (area under the curve)."""
    return _plain(special.ndtr(_array(d) / np.sqrt(2.0)))


def cliff_delta_from_smd(d: npt.ArrayLike) -> Any:
    """Probability of scoring above less that of scoring below (Cliff's delta)."""
    return _plain(special.erf(0.5 * _array(d)))


def nonoverlap_from_smd(d: npt.ArrayLike) -> Any:
    """Share of the area of both distributions that they do not have in common (Cohen's U1)."""
    above = special.ndtr(0.5 * np.abs(_array(d)))
    return _plain((2.0 * above - 1.0) / above)


def u2_from_smd(d: npt.ArrayLike) -> Any:
    """Share of group 1 that exceeds the same share of group 2 (Cohen's U2)."""
    return _plain(special.ndtr(0.5 * _array(d)))


def u3_from_smd(d: npt.ArrayLike) -> Any:
    """Share of group 2 that scores below the mean of group 1 (Cohen's U3)."""
    return _plain(special.ndtr(_array(d)))


def overlap_from_smd(d: npt.ArrayLike) -> Any:
    """Share of each distribution that overlaps the other."""
    return _plain(2.0 * special.ndtr(-0.5 * np.abs(_array(d))))


def binomial_display_from_smd(d: npt.ArrayLike) -> Any:
    """Share of group 1 above the common median (binomial effect size display)."""
    return _plain(0.5 * (1.0 + point_biserial_from_smd(d)))
