"""Fail-safe N: how many studies without an effect would undo the result."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.tails import normal_quantile, two_sided_p
from weigh.synthesis.bias.asymmetry import finite_or_none, require_studies
from weigh.synthesis.inputs import check_choice, check_effects
from weigh.synthesis.pooling import pool
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["FailSafeN", "fail_safe_n"]

FloatArray = npt.NDArray[np.float64]

_KINDS = ("Rosenthal", "Orwin", "Rosenberg", "General")
_MOST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeN:
    """How many studies of no effect, hidden in drawers, would undo the result.

    Parameters
    ----------
    kind
        ``Rosenthal``, ``Orwin``, ``Rosenberg`` or ``General``.
    number
        Number of such studies; infinite where `target` is 0.
    estimate, p, tau2
        Of the studies at hand, where the kind has them.
    alpha, target
        What undoes: a p value that reaches alpha, or an effect as small as the target.
    estimate_with, p_with, tau2_with
        Of ``General``: the same with the hidden studies added.
    """

    kind: str
    number: float
    alpha: float
    target: float | None = None
    estimate: float | None = None
    p: float | None = None
    tau2: float | None = None
    estimate_with: float | None = None
    p_with: float | None = None
    tau2_with: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "kind": self.kind,
            "number": int(self.number) if math.isfinite(self.number) else None,
            "alpha": self.alpha,
            "target": finite_or_none(self.target),
            "estimate": finite_or_none(self.estimate),
            "p": finite_or_none(self.p),
            "tau2": finite_or_none(self.tau2),
            "estimate_with": finite_or_none(self.estimate_with),
            "p_with": finite_or_none(self.p_with),
            "tau2_with": finite_or_none(self.tau2_with),
        }


def fail_safe_n(
    yi: Any,
    vi: Any,
    *,
    kind: str = "Rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
    method: str = "REML",
    slab: Sequence[Any] | None = None,
) -> FailSafeN:
    """How many studies of no effect would have to be hidden to undo the result.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    kind
        ``"Rosenthal"``: until the sum of z is no longer significant, one-sided. ``"Orwin"``:
        until the weighted mean falls to `target`. ``"Rosenberg"``: until the common-effect model
        is no longer significant, two-sided. ``"General"``: until the random-effects model is no
        longer significant, or falls to `target` if one is given; the hidden studies have the
        harmonic mean of the variances, and tau2 grows with what they add to the spread.
    alpha
        Level of significance.
    target
        Effect too small to matter; by default half the mean for ``"Orwin"``. A target on the
        other side of zero is mirrored.
    method
        Of ``"General"``: estimator of tau2, or ``"EE"``.
    slab
        Names of the studies.

    Returns
    -------
    FailSafeN
        The number for ``"General"`` is the smallest that is enough; metafor's root search may stop
        at a larger one.

    Raises
    ------
    StatisticsError
        Fewer than two studies.

    References
    ----------
    :cite:t:`rosenthal1979`, :cite:t:`orwin1983`, :cite:t:`rosenberg2005`; why the number says
    little, :cite:t:`becker2005`.

    Examples
    --------
    >>> fail_safe_n([0.3, 0.4, 0.5], [0.01, 0.02, 0.03]).number
    26.0
    """
    check_choice("kind of fail-safe N", kind, _KINDS)
    if not 0.0 < alpha < 0.5:
        raise InputError(f"`alpha` is {alpha:g}; a level of significance is between 0 and 0.5.")
    if target is not None and kind not in ("Orwin", "General"):
        raise InputError(f"A target has no place in {kind}'s fail-safe N, which is about p.")
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    require_studies(y.size, 2, "Fail-safe N")
    if kind == "Rosenthal":
        return _rosenthal(y, v, alpha)
    if kind == "Orwin":
        return _orwin(y, v, alpha, target)
    if kind == "Rosenberg":
        return _rosenberg(y, v, alpha)
    return _general(y, v, alpha, target, method)


def _whole(number: float) -> float:
    """Round up, unless rounding error alone stands above a whole number."""
    number = max(0.0, number)
    nearest = float(np.rint(number))
    return nearest if abs(number - nearest) < 1.5e-8 else float(math.ceil(number))


def _rosenthal(y: FloatArray, v: FloatArray, alpha: float) -> FailSafeN:
    k = y.size
    z = abs(float(np.sum(y / np.sqrt(v)))) / math.sqrt(k)
    critical = float(normal_quantile(1.0 - alpha))
    return FailSafeN(
        kind="Rosenthal",
        number=_whole(k * (z / critical) ** 2 - k),
        alpha=alpha,
        p=float(two_sided_p(z)) / 2.0,
    )


def _mirrored(target: float, estimate: float) -> float:
    return -target if np.sign(target) != np.sign(estimate) else target


def _orwin(y: FloatArray, v: FloatArray, alpha: float, target: float | None) -> FailSafeN:
    estimate = float(np.sum(y / v) / np.sum(1.0 / v))
    aim = estimate / 2.0 if target is None else _mirrored(target, estimate)
    number = math.inf if aim == 0.0 else _whole(y.size * (estimate - aim) / aim)
    return FailSafeN(kind="Orwin", number=number, alpha=alpha, target=aim, estimate=estimate)


def _rosenberg(y: FloatArray, v: FloatArray, alpha: float) -> FailSafeN:
    w = 1.0 / v
    total = float(np.sum(w))
    z = float(np.sum(w * y)) / math.sqrt(total)
    critical = float(normal_quantile(1.0 - alpha / 2.0))
    return FailSafeN(
        kind="Rosenberg",
        number=_whole(((z / critical) ** 2 - 1.0) * y.size),
        alpha=alpha,
        estimate=float(np.sum(w * y)) / total,
        p=float(two_sided_p(z)),
    )


@dataclass(frozen=True, slots=True)
class _With:
    estimate: float
    tau2: float
    p: float


def _general(
    y: FloatArray, v: FloatArray, alpha: float, target: float | None, method: str
) -> FailSafeN:
    fit = pool(y, v, method=method)
    k = y.size
    hidden_v = k / float(np.sum(1.0 / v))

    def with_hidden(number: float) -> _With:
        if number == 0.0:
            return _With(fit.estimate, fit.tau2, fit.p)
        tau2 = 0.0
        if method not in COMMON_EFFECT:
            mean = k * fit.estimate / (k + number)
            between = k * (fit.estimate - mean) ** 2 + number * mean**2
            tau2 = (fit.tau2 * (k + number - 2.0) + between) / (k + number - 1.0)
        w = 1.0 / (v + tau2)
        total = float(np.sum(w)) + number / (hidden_v + tau2)
        estimate = float(np.sum(w * y)) / total
        return _With(estimate, tau2, float(two_sided_p(estimate * math.sqrt(total))))

    if target is None:
        aim = None
        number = _smallest(lambda n: with_hidden(n).p >= alpha)
    else:
        aim = _mirrored(target, fit.estimate)
        number = (
            math.inf
            if aim == 0.0
            else _smallest(lambda n: abs(with_hidden(n).estimate) <= abs(aim))
        )
    added = with_hidden(number) if math.isfinite(number) else _With(0.0, fit.tau2, 1.0)
    return FailSafeN(
        kind="General",
        number=number,
        alpha=alpha,
        target=aim,
        estimate=fit.estimate,
        p=fit.p,
        tau2=fit.tau2,
        estimate_with=added.estimate,
        p_with=added.p,
        tau2_with=added.tau2,
    )


def _smallest(enough: Callable[[float], bool]) -> float:
    """Smallest whole number that is enough, at most ten million."""
    if enough(0.0):
        return 0.0
    high = 1
    while high < _MOST and not enough(float(high)):
        high *= 2
    low, high = high // 2, min(high, _MOST)
    while high - low > 1:
        middle = (low + high) // 2
        if enough(float(middle)):
            high = middle
        else:
            low = middle
    return float(high)
