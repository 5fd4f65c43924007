"""Boundaries of a test that is repeated as information accumulates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import brentq

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_number, check_vector
from weigh.synthesis.records import as_record
from weigh.synthesis.sequential.integration import Path, crossing, start
from weigh.synthesis.sequential.spending import SPENDING, spent

__all__ = ["Boundaries", "boundaries"]

FloatArray = npt.NDArray[np.float64]

_FUTILITY = ("none", "non-binding", "binding")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boundaries:
    """Where a repeated test stops.

    Parameters
    ----------
    timing
        Share of the information at each look, the last 1.
    upper, lower
        Bounds of z for a finding; `lower` None in a one-sided test.
    futility_upper, futility_lower
        Bounds of z for futility: in a one-sided test `futility_lower`; in a two-sided one z
        between them. None where there is none at all, NaN at looks without.
    inflation
        Information needed for the power, relative to a test with one look.
    drift
        Expected z with that one look: the sum of the two quantiles.
    alpha, beta, side, futility, spending, futility_spending
        What was asked for.
    """

    timing: FloatArray
    upper: FloatArray
    lower: FloatArray | None
    futility_upper: FloatArray | None
    futility_lower: FloatArray | None
    inflation: float
    drift: float
    alpha: float
    beta: float
    side: int
    futility: str
    spending: str
    futility_spending: str | None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON; infinite bounds and looks without one are None."""
        return as_record(self)


@dataclass(frozen=True, slots=True)
class _Design:
    """What is spent at each look, on one side."""

    timing: FloatArray
    alpha: FloatArray
    beta: FloatArray | None
    drift: float
    two_sided: bool
    binding: bool


def boundaries(
    timing: Sequence[float],
    *,
    alpha: float = 0.05,
    beta: float = 0.1,
    side: int = 2,
    futility: str = "none",
    spending: str = "OF",
    futility_spending: str = "OF",
    inflation: float | None = None,
) -> Boundaries:
    """Compute the boundaries of a repeated test, and how much information they need.

    Parameters
    ----------
    timing
        Shares of the information at the looks, rising; the last is 1, and is added where it is
        below.
    alpha, beta
        Errors over all looks, alpha of both sides in a two-sided test.
    side
        1 or 2.
    futility
        ``"none"``; ``"non-binding"``: a bound that may be passed without harm to alpha;
        ``"binding"``: one at which the test will stop, which lets the bounds for a finding come
        down. Looks of a two-sided test at which there would be no room between its two futility
        bounds have none, and their error is spent later.
    spending, futility_spending
        Of alpha and beta: ``"OF"`` or ``"Pocock"``.
    inflation
        Information at the last look relative to a test with one look, where it is settled
        already; None finds what the power needs.

    Raises
    ------
    InputError
        Shares that do not rise from above 0 to 1, or errors that are no probabilities.

    References
    ----------
    :cite:t:`landemets1983`; by the integration of :cite:t:`armitage1969`.

    Examples
    --------
    >>> found = boundaries([0.5, 1.0], alpha=0.05, beta=0.1)
    >>> [round(float(z), 3) for z in found.upper]
    [2.963, 1.969]
    """
    check_choice("futility", futility, _FUTILITY)
    for kind in (spending, futility_spending):
        check_choice("spending function", kind, SPENDING)
    shares = _checked(timing, alpha, beta, side)
    one = alpha / side
    drift = -float(special.ndtri(one) + special.ndtri(beta))
    cumulative = spent(one, shares, spending)
    alphas = np.diff(cumulative, prepend=0.0)
    if futility == "none":
        plain = _Design(shares, alphas, None, drift, side == 2, False)
        upper, _ = _bounds(plain, 1.0)
        needed = inflation or _inflation(shares, upper, None, drift, beta, two_sided=side == 2)
        inner = None
    else:
        spending_of = _Design(shares, alphas, None, drift, side == 2, futility == "binding")
        upper, inner, needed = _with_futility(spending_of, beta, futility_spending, inflation)
    two = side == 2
    return Boundaries(
        timing=shares,
        upper=upper,
        lower=-upper if two else None,
        futility_upper=inner if two else None,
        futility_lower=None if inner is None else -inner if two else inner,
        inflation=needed,
        drift=drift,
        alpha=alpha,
        beta=beta,
        side=side,
        futility=futility,
        spending=spending,
        futility_spending=None if futility == "none" else futility_spending,
    )


def _checked(timing: Sequence[float], alpha: float, beta: float, side: int) -> FloatArray:
    shares = check_vector(timing, "timing")
    if side not in (1, 2):
        raise InputError(f"`side` is {side}; a test has 1 or 2.")
    for name, error in (("alpha", alpha), ("beta", beta)):
        if not 0.0 < check_number(error, name) < 0.5:
            raise InputError(f"`{name}` is {error:g}; it must lie between 0 and 0.5.")
    if shares.ndim != 1 or shares.size == 0 or not (np.diff(shares, prepend=0.0) > 0.0).all():
        raise InputError("`timing` must be shares of the information that rise from above 0 to 1.")
    if shares[-1] > 1.0 + 1e-12:
        raise InputError(f"`timing` ends at {shares[-1]:g}; the last look is at 1.")
    return np.append(shares, 1.0) if shares[-1] < 1.0 - 1e-12 else shares


def _bounds(design: _Design, inflation: float) -> tuple[FloatArray, FloatArray]:
    """Upper bounds, and lower ones for futility (minus infinity without), look by look."""
    size = design.timing.size
    upper, inner = np.empty(size), np.full(size, -math.inf)
    free, stopped, alternative = start(0.0), start(0.0), start(design.drift)
    for i, share in enumerate(design.timing):
        under_null = stopped if design.binding else free
        upper[i] = crossing(under_null, share, design.alpha[i], upper=True)
        if design.beta is not None and design.beta[i] > 0.0:
            information = share * inflation
            inner[i] = crossing(alternative, information, design.beta[i], upper=False)
        outer = -upper[i] if design.two_sided else -math.inf
        free = free.kept([(outer, upper[i])], share)
        if design.beta is not None:
            stopped = stopped.kept([(inner[i], upper[i])], share)
            alternative = alternative.kept([(inner[i], upper[i])], share * inflation)
    return upper, inner


def _with_futility(
    design: _Design, beta: float, spending: str, settled: float | None
) -> tuple[FloatArray, FloatArray, float]:
    """Bounds with futility, at the inflation that lets the two meet at the last look."""
    shares, skipped = design.timing, 0
    while True:
        from_look = np.where(np.arange(shares.size) < skipped, 0.0, shares)
        betas = np.diff(spent(beta, from_look, spending), prepend=0.0)
        design = replace(design, beta=betas)

        def gap(inflation: float, design: _Design = design) -> float:
            upper, inner = _bounds(design, inflation)
            return float(upper[-1] - inner[-1])

        inflation = settled or _root(gap, "the two boundaries never meet")
        upper, inner = _bounds(design, inflation)
        less = int(np.count_nonzero(inner[:-1] < 0.0))
        if not design.two_sided or less <= skipped:
            break
        skipped = less
    inner[-1] = min(inner[-1], upper[-1])
    inner = np.where(np.isinf(inner), np.nan, inner)
    if design.two_sided and design.binding and settled is None:
        inflation = _inflation(shares, upper, inner, design.drift, beta, two_sided=True)
    return upper, inner, inflation


def _inflation(
    shares: FloatArray,
    upper: FloatArray,
    inner: FloatArray | None,
    drift: float,
    beta: float,
    *,
    two_sided: bool,
) -> float:
    """The information at which a finding on the right side has the power asked for."""

    def lack(inflation: float) -> float:
        path, power = start(drift), 0.0
        for i, share in enumerate(shares):
            information = share * inflation
            power += path.above(float(upper[i]), information)
            path = _gone_on(path, i, upper, inner, information, two_sided=two_sided)
        return power - (1.0 - beta)

    return _root(lack, "no amount of information gives this power")


def _gone_on(
    path: Path,
    look: int,
    upper: FloatArray,
    inner: FloatArray | None,
    information: float,
    *,
    two_sided: bool,
) -> Path:
    high = float(upper[look])
    low = -high if two_sided else -math.inf
    if inner is None or math.isnan(inner[look]):
        return path.kept([(low, high)], information)
    edge = float(inner[look])
    return path.kept([(low, -edge), (edge, high)], information)


def _root(function: Any, failure: str) -> float:
    low, high = 0.8, 1.3
    first = function(low)
    while (function(high) > 0.0) == (first > 0.0):
        high *= 1.3
        if high > 20.0:
            raise StatisticsError(f"For these looks and errors {failure}.")
    return float(brentq(function, low, high, xtol=1e-10))
