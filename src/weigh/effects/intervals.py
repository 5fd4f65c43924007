"""Confidence intervals of single studies for a proportion or a rate, by named methods.

They need no pooling and no normal effect on a transformed scale: a forest plot of proportions shows
them beside the pooled figure. Which one a program draws differs (R's meta: Clopper and Pearson).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError, NotFoundError

__all__ = [
    "PROPORTION_INTERVALS",
    "RATE_INTERVALS",
    "StudyIntervals",
    "proportion_interval",
    "rate_interval",
]

FloatArray = npt.NDArray[np.float64]
_Limits = tuple[FloatArray, FloatArray]

PROPORTION_INTERVALS = {
    "clopper-pearson": "exact, by Clopper and Pearson",
    "wilson": "score, by Wilson",
    "wilson-cc": "score with a continuity correction",
    "agresti-coull": "by Agresti and Coull",
    "wald": "simple approximation",
    "wald-cc": "simple approximation with a continuity correction",
    "logit": "normal on the log odds",
}
RATE_INTERVALS = {
    "garwood": "exact, by Garwood",
    "log": "normal on the log rate",
    "wald": "simple approximation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyIntervals:
    """Proportions or rates of single studies with their intervals, on the natural scale.

    Parameters
    ----------
    estimate, low, high : (k,) arrays
        Events over people or over person-time, and the limits; NaN where a study has neither.
    method, level
        Name of the interval, and confidence level.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    method: str
    level: float


def proportion_interval(
    events: Any, n: Any, *, method: str = "clopper-pearson", level: float = 0.95
) -> StudyIntervals:
    """Confidence intervals for the proportions of single studies.

    Parameters
    ----------
    events, n : (k,) array_like
        People with the event, and people.
    method
        ``"clopper-pearson"`` (CP in R's meta): never covers too little, and so too much.
        ``"wilson"`` (WS), ``"wilson-cc"`` (WSCC; 0 and 1 at the ends, as Newcombe has it and meta
        not), ``"agresti-coull"`` (AC), ``"wald"`` (SA), ``"wald-cc"`` (SACC): the last three are
        cut off at 0 and 1. ``"logit"``: normal on the log odds, with 0.5 added to both cells of
        studies where one is empty (NAsm with PLOGIT).
    level
        Confidence level, a fraction.

    Returns
    -------
    StudyIntervals
        Limits between 0 and 1. A study without people has NaN.

    Raises
    ------
    InputError
        More events than people, a negative number, lengths that differ.
    NotFoundError
        An unknown method.

    References
    ----------
    :cite:t:`clopper1934`, :cite:t:`wilson1927`, :cite:t:`agresti1998`; compared with the others by
    :cite:t:`newcombe1998`.

    Examples
    --------
    >>> found = proportion_interval([0], [10])
    >>> round(found.high[0], 4)
    np.float64(0.3085)
    """
    x, m = _checked(events, n, "n", level)
    if np.any(x > m):
        row = int(np.flatnonzero(x > m)[0])
        raise InputError(
            f"`events`, row {row}: {x[row]:g} events among {m[row]:g} people cannot be."
        )
    low, high = _limits(method, _PROPORTIONS)(x, m, level)
    nobody = ~(m > 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return StudyIntervals(
            estimate=x / m,
            low=np.where(nobody, np.nan, np.clip(low, 0.0, 1.0)),
            high=np.where(nobody, np.nan, np.clip(high, 0.0, 1.0)),
            method=method,
            level=level,
        )


def rate_interval(
    events: Any, time: Any, *, method: str = "garwood", level: float = 0.95
) -> StudyIntervals:
    """Confidence intervals for the rates of single studies.

    Parameters
    ----------
    events, time : (k,) array_like
        Events, and person-time.
    method
        ``"garwood"``: exact for a Poisson count. ``"log"``: normal on the log rate, with 0.5 added
        to a count of 0. ``"wald"``: simple approximation, cut off at 0.
    level
        Confidence level, a fraction.

    Returns
    -------
    StudyIntervals
        Limits in events per unit of `time`. A study without person-time has NaN.

    Raises
    ------
    InputError
        A negative number, lengths that differ.
    NotFoundError
        An unknown method.

    References
    ----------
    :cite:t:`garwood1936`.

    Examples
    --------
    >>> found = rate_interval([0], [100.0])
    >>> round(found.high[0], 4)
    np.float64(0.0369)
    """
    x, t = _checked(events, time, "time", level)
    low, high = _limits(method, _RATES)(x, t, level)
    never = ~(t > 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return StudyIntervals(
            estimate=np.where(never, np.nan, x / t),
            low=np.where(never, np.nan, np.maximum(low, 0.0)),
            high=np.where(never, np.nan, high),
            method=method,
            level=level,
        )


def _checked(events: Any, size: Any, name: str, level: float) -> tuple[FloatArray, FloatArray]:
    if not 0.0 < level < 1.0:
        raise InputError(f"`level` is {level:g}, and a confidence level lies between 0 and 1.")
    try:
        x, m = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (events, size))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`events` or `{name}` holds something that is not a number: {error}."
        ) from error
    if x.shape != m.shape or x.ndim != 1:
        raise InputError(f"`events` has shape {x.shape} and `{name}` {m.shape}; give one a study.")
    for what, values in (("events", x), (name, m)):
        wrong = (values < 0.0) | np.isinf(values)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(f"`{what}`, row {row}: {values[row]:g} is not a count or a time.")
    return x, m


def _limits(
    method: str, known: dict[str, Callable[[FloatArray, FloatArray, float], _Limits]]
) -> Callable[[FloatArray, FloatArray, float], _Limits]:
    if method not in known:
        raise NotFoundError("interval of a single study", str(method), known)

    def quietly(x: FloatArray, m: FloatArray, level: float) -> _Limits:
        with np.errstate(divide="ignore", invalid="ignore"):
            return known[method](x, m, level)

    return quietly


def _critical(level: float) -> float:
    return float(special.ndtri(0.5 + 0.5 * level))


def _clopper_pearson(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    tail = 0.5 - 0.5 * level
    low = special.betaincinv(x, n - x + 1.0, tail)
    high = special.betaincinv(x + 1.0, n - x, 1.0 - tail)
    return np.where(x == 0.0, 0.0, low), np.where(x == n, 1.0, high)


def _wilson(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    z = _critical(level)
    middle = (x + 0.5 * z * z) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(x * (n - x) / n + 0.25 * z * z)
    return np.where(x == 0.0, 0.0, middle - half), np.where(x == n, 1.0, middle + half)


def _wilson_corrected(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    z = _critical(level)
    p = x / n
    below = np.sqrt(z * z - 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) + 1.0))
    above = np.sqrt(z * z + 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) - 1.0))
    low = (2.0 * x + z * z - 1.0 - z * below) / (2.0 * (n + z * z))
    high = (2.0 * x + z * z + 1.0 + z * above) / (2.0 * (n + z * z))
    return np.where(x == 0.0, 0.0, low), np.where(x == n, 1.0, high)


def _agresti_coull(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    z = _critical(level)
    people = n + z * z
    middle = (x + 0.5 * z * z) / people
    half = z * np.sqrt(middle * (1.0 - middle) / people)
    return middle - half, middle + half


def _wald(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    half = _critical(level) * np.sqrt(x / n * (1.0 - x / n) / n)
    return x / n - half, x / n + half


def _wald_corrected(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    low, high = _wald(x, n, level)
    return low - 0.5 / n, high + 0.5 / n


def _logit(x: FloatArray, n: FloatArray, level: float) -> _Limits:
    more = np.where((x == 0.0) | (x == n), 0.5, 0.0)
    events, without = x + more, n - x + more
    middle = np.log(events / without)
    half = _critical(level) * np.sqrt(1.0 / events + 1.0 / without)
    return special.expit(middle - half), special.expit(middle + half)


def _garwood(x: FloatArray, t: FloatArray, level: float) -> _Limits:
    tail = 0.5 - 0.5 * level
    low = np.where(x == 0.0, 0.0, special.gammaincinv(np.maximum(x, 1e-300), tail))
    return low / t, special.gammainccinv(x + 1.0, tail) / t


def _log_rate(x: FloatArray, t: FloatArray, level: float) -> _Limits:
    events = np.where(x == 0.0, 0.5, x)
    spread = np.exp(_critical(level) / np.sqrt(events))
    return events / t / spread, events / t * spread


def _wald_rate(x: FloatArray, t: FloatArray, level: float) -> _Limits:
    half = _critical(level) * np.sqrt(x) / t
    return x / t - half, x / t + half


_PROPORTIONS: dict[str, Callable[[FloatArray, FloatArray, float], _Limits]] = {
    "clopper-pearson": _clopper_pearson,
    "wilson": _wilson,
    "wilson-cc": _wilson_corrected,
    "agresti-coull": _agresti_coull,
    "wald": _wald,
    "wald-cc": _wald_corrected,
    "logit": _logit,
}
_RATES: dict[str, Callable[[FloatArray, FloatArray, float], _Limits]] = {
    "garwood": _garwood,
    "log": _log_rate,
    "wald": _wald_rate,
}
