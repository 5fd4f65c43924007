"""Combine p values of studies that share no effect measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.inputs import check_choice, check_vector

__all__ = ["CombinedP", "combine_p"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedP:
    """One p value from several.

    Parameters
    ----------
    method, k
        How, and from how many.
    p
        The combined p value, against the hypothesis that there is no effect in any study.
    statistic, df
        What it comes from: chi-squared, t or normal; None for those that count or rank.
    critical
        Of ``"tippett"``, ``"maximum"`` and ``"wilkinson"``: the value that the ranked p value
        would have to fall below at `alpha`.
    """

    method: str
    k: int
    p: float
    statistic: float | None = None
    df: float | None = None
    critical: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "method": self.method,
            "k": self.k,
            "p": finite_or_none(self.p),
            "statistic": finite_or_none(self.statistic),
            "df": self.df,
            "critical": finite_or_none(self.critical),
        }


def combine_p(
    p: Any,
    *,
    method: str = "fisher",
    weights: Any = None,
    rank: int = 1,
    df: float = 4.0,
    alpha: float = 0.05,
) -> CombinedP:
    """Combine one-sided p values of independent studies.

    Parameters
    ----------
    p : (k,) array_like
        P values, all for the same direction. Missing ones are left out.
    method
        ``"fisher"`` (sum of logs), ``"stouffer"`` (sum of z), ``"logit"``, ``"mean"``,
        ``"edgington"`` (sum of p), ``"inverse-chi2"``, ``"tippett"`` (smallest), ``"maximum"``,
        ``"wilkinson"`` (of the given `rank`), ``"vote"`` (how many are below one half).
    weights
        Of ``"stouffer"``.
    rank, df, alpha
        Of ``"wilkinson"``; of ``"inverse-chi2"``; level for critical values.

    Raises
    ------
    StatisticsError
        Fewer than two p values, or one outside 0 to 1 (ends excluded).

    References
    ----------
    :cite:t:`loughin2004`; :cite:t:`edgington1972`, :cite:t:`wilkinson1951`.

    Examples
    --------
    >>> round(combine_p([0.016, 0.067, 0.25, 0.405, 0.871]).p, 4)
    0.0466
    """
    check_choice("method to combine p values", method, tuple(_METHODS))
    values = check_vector(p, "p")
    known = ~np.isnan(values)
    values = values[known]
    if values.size < 2:
        raise StatisticsError("Combining p values needs at least two of them.")
    if not np.all((values > 0.0) & (values < 1.0)):
        worst = values[~((values > 0.0) & (values < 1.0))][0]
        raise StatisticsError(
            f"A p value is {worst:g}; to be combined it must lie between 0 and 1.",
            hint="A p value printed as 0.000 is below 0.0005; give a bound for it.",
        )
    if not 1 <= rank <= values.size:
        raise InputError(f"`rank` is {rank} for {values.size} p values.")
    if not 0.0 < alpha < 1.0:
        raise InputError(f"`alpha` is {alpha:g}; a level of significance is between 0 and 1.")
    if method == "stouffer":
        return _stouffer(values, weights, known)
    if weights is not None:
        raise InputError(f"Weights have a place in Stouffer's method only, not in {method!r}.")
    return _METHODS[method](values, rank, df, alpha)


def _stouffer(p: FloatArray, weights: Any, known: npt.NDArray[np.bool_]) -> CombinedP:
    w = np.ones(p.size)
    if weights is not None:
        given = check_vector(weights, "weights")
        if given.size != known.size:
            raise InputError(f"`weights` has {given.size} entries for {known.size} p values.")
        w = given[known]
        if not np.all((w > 0.0) & np.isfinite(w)):
            raise StatisticsError("`weights` holds a value that is not a positive number.")
    z = float(np.sum(w * -special.ndtri(p)) / np.sqrt(np.sum(w * w)))
    return CombinedP(method="stouffer", k=p.size, p=float(special.ndtr(-z)), statistic=z)


def _fisher(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    q = -2.0 * float(np.sum(np.log(p)))
    tail = float(special.chdtrc(2.0 * p.size, q))
    return CombinedP(method="fisher", k=p.size, p=tail, statistic=q, df=2.0 * p.size)


def _logit(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    k = p.size
    scale = math.sqrt(k * math.pi**2 * (5.0 * k + 2.0) / (3.0 * (5.0 * k + 4.0)))
    t = -float(np.sum(np.log(p) - np.log1p(-p))) / scale
    free = 5.0 * k + 4.0
    # The incomplete beta function keeps the far tail.
    half = 0.5 * float(special.betainc(free / 2.0, 0.5, free / (free + t * t)))
    return CombinedP(method="logit", k=k, p=half if t > 0 else 1.0 - half, statistic=t, df=free)


def _mean(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    z = (0.5 - float(np.mean(p))) * math.sqrt(12.0 * p.size)
    return CombinedP(method="mean", k=p.size, p=float(special.ndtr(-z)), statistic=z)


def _edgington(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    """The series alternates with terms far above their sum, so it is summed in exact fractions."""
    k, total = p.size, Fraction(math.fsum(p))
    terms = ((-1) ** j * math.comb(k, j) * (total - j) ** k for j in range(math.floor(total) + 1))
    value = float(sum(terms, Fraction(0)) / math.factorial(k))
    return CombinedP(method="edgington", k=k, p=value, statistic=float(total))


def _inverse_chi2(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    if not (df > 0.0 and math.isfinite(df)):
        raise InputError(f"`df` is {df:g}; degrees of freedom are a positive number.")
    q = float(np.sum(special.chdtri(df, p)))
    free = df * p.size
    return CombinedP(
        method="inverse-chi2", k=p.size, p=float(special.chdtrc(free, q)), statistic=q, df=free
    )


def _ranked(name: str, p: FloatArray, rank: int, alpha: float) -> CombinedP:
    a, b = float(rank), float(p.size - rank + 1)
    value = float(np.sort(p)[rank - 1])
    return CombinedP(
        method=name,
        k=p.size,
        p=float(special.betainc(a, b, value)),
        critical=float(special.betaincinv(a, b, alpha)),
    )


def _vote(p: FloatArray, rank: int, df: float, alpha: float) -> CombinedP:
    below, above = int(np.count_nonzero(p < 0.5)), int(np.count_nonzero(p > 0.5))
    voters = below + above
    value = float(special.bdtrc(below - 1, voters, 0.5)) if below else 1.0
    return CombinedP(method="vote", k=p.size, p=value, statistic=float(below))


_METHODS: dict[str, Callable[[FloatArray, int, float, float], CombinedP]] = {
    "fisher": _fisher,
    "stouffer": lambda p, rank, df, alpha: _stouffer(p, None, np.ones(p.size, dtype=np.bool_)),
    "logit": _logit,
    "mean": _mean,
    "edgington": _edgington,
    "inverse-chi2": _inverse_chi2,
    "tippett": lambda p, rank, df, alpha: _ranked("tippett", p, 1, alpha),
    "maximum": lambda p, rank, df, alpha: _ranked("maximum", p, p.size, alpha),
    "wilkinson": lambda p, rank, df, alpha: _ranked("wilkinson", p, rank, alpha),
    "vote": _vote,
}
