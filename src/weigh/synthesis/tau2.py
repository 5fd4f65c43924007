"""The between-study variance, by every estimator in use.

All estimators but the two likelihood ones solve a moment equation for y'Py, the generalized Q
statistic; see :cite:t:`veroniki2016` for how they compare. Each works on `weigh.stats.sums`, so
that one formula serves a single pooled effect, a regression, and a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import NotFoundError
from weigh.stats.search import level_crossing, maximize
from weigh.stats.sums import Sums
from weigh.stats.tails import chi2_quantile, each_df

__all__ = [
    "COMMON_EFFECT",
    "METHODS",
    "Tau2",
    "check_method",
    "estimate_tau2",
    "moment_variance",
    "typical_variance",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

COMMON_EFFECT = ("EE", "FE")
METHODS = {
    "EE": "equal effects",
    "FE": "fixed effects",
    "DL": "DerSimonian-Laird",
    "HE": "Hedges",
    "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt with a small-sample correction",
    "SJ": "Sidik-Jonkman",
    "ML": "maximum likelihood",
    "REML": "restricted maximum likelihood",
    "EB": "empirical Bayes",
    "PM": "Paule-Mandel",
    "PMM": "Paule-Mandel, median-unbiased",
    "GENQ": "generalized Q statistic",
    "GENQM": "generalized Q statistic, median-unbiased",
}


@dataclass(frozen=True, slots=True)
class Tau2:
    """Between-study variance of each set.

    Parameters
    ----------
    value, se
        Estimate, never below 0, and its standard error by large-sample theory.
    maxima
        Number of local maxima of the likelihood; 1 for the moment estimators.
    certified
        Whether the search proved that number.
    """

    value: FloatArray
    se: FloatArray
    maxima: npt.NDArray[np.intp]
    certified: BoolArray


def check_method(method: str) -> None:
    """Raise `NotFoundError` for a method that does not exist."""
    if not isinstance(method, str) or method not in METHODS:
        raise NotFoundError("estimator of tau2", str(method), METHODS)


def estimate_tau2(sums: Sums, method: str) -> Tau2:
    """Estimate the between-study variance of each set.

    Parameters
    ----------
    sums
        The sets, each with more studies than coefficients.
    method
        One of `METHODS` other than EE, FE, GENQ and GENQM.

    References
    ----------
    DL :cite:t:`dersimonian1986`; HE :cite:t:`hedges1985`; HS :cite:t:`schmidt2015`, HSk
    :cite:t:`brannick2019`; SJ :cite:t:`sidik2005`; ML, REML :cite:t:`harville1977`; EB
    :cite:t:`morris1983`; PM :cite:t:`paule1982`; PMM :cite:t:`viechtbauer2021`.
    """
    df = sums.df
    ones = np.ones(sums.sets, dtype=np.intp)
    if method in ("ML", "REML"):
        restricted = method == "REML"
        top = maximize(sums, restricted=restricted)
        known = restricted and not top.t.any()
        there = sums.start.score if known else sums.score(top.t, restricted=restricted)
        return Tau2(top.t, np.sqrt(2.0 / there.trace2), top.count, top.certified)
    if method in ("PM", "EB", "PMM"):
        # Morris's empirical Bayes estimate solves the same equation as Paule and Mandel's.
        value = level_crossing(
            sums, each_df(lambda known: chi2_quantile(known, 0.5), df) if method == "PMM" else df
        )
        k = sums.k
        weight = sums.score(value, restricted=False).trace1
        se = np.sqrt(2.0 / df) * k / weight
    elif method in ("DL", "HS", "HSk"):
        value, se = _weighted_moments(sums, method)
    elif method == "HE":
        value, se = _unweighted_moments(sums)
    elif method == "SJ":
        value, se = _sidik_jonkman(sums)
    else:
        raise NotFoundError("estimator of tau2", method, METHODS)
    return Tau2(value, se, ones, np.ones(sums.sets, dtype=np.bool_))


def moment_variance(value: Any, pvpv: Any, ppv: Any, pp: Any) -> Any:
    """Variance of y'Py when the effects vary by V + tau2 I.

    The arguments after tau2 are tr(PVPV), tr(PPV) and tr(PP).
    """
    return 2.0 * pvpv + 4.0 * value * ppv + 2.0 * value * value * pp


def _weighted_moments(sums: Sums, method: str) -> tuple[FloatArray, FloatArray]:
    zero = np.zeros(sums.sets)
    df, k = sums.df, sums.k
    q = sums.start.q
    at_zero = sums.start.score
    trace = at_zero.trace1
    if method == "DL":
        value = np.maximum((q - df) / trace, 0.0)
        factor = 1.0 / trace
    else:
        small = k / df if method == "HSk" else np.ones_like(k)
        weight = sums.score(zero, restricted=False).trace1
        value = np.maximum((small * q - k) / weight, 0.0)
        factor = small / weight
    return value, factor * np.sqrt(moment_variance(value, df, trace, at_zero.trace2))


def _unweighted_moments(sums: Sums) -> tuple[FloatArray, FloatArray]:
    df = sums.df
    trace, square = sums.unweighted_traces()
    value = np.maximum((sums.rss - trace) / df, 0.0)
    return value, np.sqrt(moment_variance(value, square, trace, df)) / df


def _sidik_jonkman(sums: Sums) -> tuple[FloatArray, FloatArray]:
    df = sums.df
    # The crude start is the variance of the effects, about their mean even with moderators.
    start = sums.spread / sums.k
    q, _ = sums.q(start)
    value = start * q / df
    at_start = sums.score(start, restricted=True)
    ppv = at_start.trace1 - start * at_start.trace2
    pvpv = df - start * at_start.trace1 - start * ppv
    return value, start / df * np.sqrt(moment_variance(value, pvpv, ppv, at_start.trace2))


def typical_variance(sums: Sums) -> FloatArray:
    """Return the sampling variance of a typical study, by Higgins and Thompson's formula.

    References
    ----------
    :cite:t:`higgins2002`; with moderators it is (k - p) / tr P.
    """
    return sums.df / sums.start.score.trace1
