"""Effects of one measure turned into another, with their sampling variances by the delta method.

So that studies that report a correlation, a standardized mean difference or an odds ratio can be
pooled together. Each step assumes something: that a yes-or-no outcome is a cut through scores, that
groups are large and of equal size unless their sizes are given. The result says so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from weigh.effects.transforms import Curve, log_odds_ratio_per_sd
from weigh.errors import InputError, NotFoundError
from weigh.evidence.effect import EffectSizes

__all__ = ["convert"]

FloatArray = npt.NDArray[np.float64]

# Each measure by what it is on its analysis scale; those of one kind are the same number.
_KINDS = {
    "OR": ("OR", "PETO", "D2OR", "D2ORL", "D2ORN"),
    "SMD": ("SMD", "SMDH", "SMD1", "SMD1H", "OR2D", "OR2DL", "OR2DN", "PBIT"),
    "COR": ("COR", "UCOR", "RPB", "PHI"),
    "ZCOR": ("ZCOR", "ZPB", "ZPHI"),
}
_CHAIN = ("OR", "SMD", "COR", "ZCOR")
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}


def convert(
    effects: EffectSizes,
    to: str,
    *,
    curve: Curve = "logistic",
    n1: npt.ArrayLike | None = None,
    n2: npt.ArrayLike | None = None,
) -> EffectSizes:
    """Turn effects into another measure: between ``OR``, ``SMD``, ``COR`` and ``ZCOR``.

    Parameters
    ----------
    effects
        Log odds ratios, standardized mean differences, correlations of two groups and scores, or
        such correlations on Fisher's z scale.
    to
        ``OR`` (log odds ratio), ``SMD``, ``COR`` or ``ZCOR``.
    curve
        Between odds ratios and SMDs: scores ``logistic`` (pi / sqrt(3)) or ``normal`` (1.65).
    n1, n2
        Group sizes, for the way between SMDs and correlations; left out: groups of equal size.

    Returns
    -------
    EffectSizes
        With the steps taken among its `conventions`.

    References
    ----------
    Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009). Introduction to Meta-Analysis,
    chapter 7.

    Examples
    --------
    >>> from weigh.effects import effect_size
    >>> odds = effect_size("OR", events1=[15], n1=[40], events2=[6], n2=[40])
    >>> smd = convert(odds, "SMD")
    >>> [round(float(es.yi[0]), 3) for es in (odds, smd)]
    [1.224, 0.675]
    """
    if to not in _CHAIN:
        raise NotFoundError("measure to convert to", to, _CHAIN)
    if effects.measure not in _KIND_OF:
        raise InputError(
            f"{effects.measure} cannot be converted to {to}.",
            hint=f"Those that can: {', '.join(_KIND_OF)}.",
        )
    start, end = _CHAIN.index(_KIND_OF[effects.measure]), _CHAIN.index(to)
    yi, vi = np.array(effects.yi), np.array(effects.vi)
    steps: list[str] = []
    forward = end > start
    path = range(start, end) if forward else range(start - 1, end - 1, -1)
    for link in path:
        if link == 0:
            yi, vi, words = _across_cut(yi, vi, curve, to_smd=forward)
        elif link == 1:
            a = _ratio_of_sizes(n1, n2, yi)
            yi, vi = _smd_to_r(yi, vi, a) if forward else _r_to_smd(yi, vi, a)
            words = "groups of equal size" if n1 is None else "groups of the sizes given"
            words = f"correlation and SMD tied by {words}"
        else:
            yi, vi = _r_to_z(yi, vi) if forward else _z_to_r(yi, vi)
            words = "Fisher's z"
        steps.append(words)
    if forward:
        route = " to ".join(_CHAIN[start : end + 1])
    else:
        route = " to ".join(reversed(_CHAIN[end : start + 1]))
    note = (f"converted from {effects.measure}: {route} ({'; '.join(steps)})",) if steps else ()
    with np.errstate(invalid="ignore"):
        fine = np.isfinite(yi) & np.isfinite(vi)
    return replace(
        effects,
        yi=np.where(np.isfinite(yi), yi, np.nan),
        vi=np.where(np.isfinite(vi), vi, np.nan),
        measure=to,
        reasons=tuple(
            reason if reason is not None or good else "infinite on the new scale"
            for reason, good in zip(effects.reasons, fine.tolist(), strict=True)
        ),
        conventions=effects.conventions + note,
    )


def _across_cut(
    yi: FloatArray, vi: FloatArray, curve: Curve, *, to_smd: bool
) -> tuple[FloatArray, FloatArray, str]:
    per_sd = log_odds_ratio_per_sd(curve)
    factor = 1.0 / per_sd if to_smd else per_sd
    return yi * factor, vi * factor**2, f"{curve} scores behind the cut"


def _ratio_of_sizes(
    n1: npt.ArrayLike | None, n2: npt.ArrayLike | None, yi: FloatArray
) -> FloatArray:
    """(n1 + n2)² / (n1 n2): 4 for groups of equal size."""
    if n1 is None and n2 is None:
        return np.full_like(yi, 4.0)
    if n1 is None or n2 is None:
        raise InputError("Both n1 and n2 are needed, or neither.")
    first, second = np.asarray(n1, dtype=np.float64), np.asarray(n2, dtype=np.float64)
    if np.any((first <= 0.0) | (second <= 0.0)):
        raise InputError("n1 and n2 must be above zero.")
    return np.asarray((first + second) ** 2 / (first * second))


def _smd_to_r(d: FloatArray, vi: FloatArray, a: FloatArray) -> tuple[FloatArray, FloatArray]:
    return d / np.sqrt(d**2 + a), a**2 * vi / (d**2 + a) ** 3


def _r_to_smd(r: FloatArray, vi: FloatArray, a: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = (1.0 - r) * (1.0 + r)
        return np.sqrt(a) * r / np.sqrt(rest), a * vi / rest**3


def _r_to_z(r: FloatArray, vi: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.arctanh(r), vi / ((1.0 - r) * (1.0 + r)) ** 2


def _z_to_r(z: FloatArray, vi: FloatArray) -> tuple[FloatArray, FloatArray]:
    r = np.tanh(z)
    return r, vi / np.cosh(z) ** 4
