"""Tests of asymmetry for two groups, whose predictor or weights do not hang on the effect.

The standard error of a log odds ratio or of a standardized mean difference is made of the effect
itself, which makes funnels asymmetric without any bias. These tests take counts or group sizes in
its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bias.asymmetry import AsymmetryTest, from_regression, require_studies
from weigh.synthesis.bias.egger_begg import egger, rank_result
from weigh.synthesis.bias.ranks import kendall
from weigh.synthesis.counts import mantel_haenszel
from weigh.synthesis.inputs import check_choice, check_effects, check_vector
from weigh.synthesis.pooling import pool

__all__ = [
    "deeks",
    "harbord",
    "macaskill",
    "peters",
    "pustejovsky",
    "schwarzer",
    "thompson",
]

FloatArray = npt.NDArray[np.float64]


def thompson(yi: Any, vi: Any, *, method: str = "DL") -> AsymmetryTest:
    """Egger's regression with an additive between-study variance, by Thompson and Sharp.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    method
        Estimator of tau2; ``"DL"`` is the authors', while meta takes the estimator of the
        meta-analysis, by default ``"REML"``.

    References
    ----------
    :cite:t:`thompson1999`, method 3a.

    Examples
    --------
    >>> found = thompson([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16])
    >>> round(found.p, 3)
    0.151
    """
    found = egger(yi, vi, model="rma", method=method, test="t")
    return replace(found, name="Thompson")


def pustejovsky(yi: Any, vi: Any, n1: Any, n2: Any) -> AsymmetryTest:
    """Egger's regression on a standard error that is free of the effect, for mean differences.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Standardized mean differences and sampling variances.
    n1, n2 : (k,) array_like
        Group sizes. The predictor is sqrt(1/n1 + 1/n2), which is the standard error of a
        standardized mean difference of zero.

    References
    ----------
    :cite:t:`pustejovsky2019`; the weights are 1/`vi`, as in meta.

    Examples
    --------
    >>> found = pustejovsky([0.1, 0.3, 0.5], [0.05, 0.1, 0.3], [40, 20, 7], [40, 20, 7])
    >>> found.df
    1.0
    """
    y, v, (a, b) = _with_columns(yi, vi, n1=n1, n2=n2)
    _positive(n1=a, n2=b)
    return _weighted(
        y,
        1.0 / v,
        np.sqrt(1.0 / a + 1.0 / b),
        name="Pustejovsky",
        on="sqrt(1/n1 + 1/n2)",
        weights_are="1/vi",
        has_limit=True,
    )


def macaskill(
    yi: Any,
    vi: Any,
    events1: Any,
    n1: Any,
    events2: Any,
    n2: Any,
    *,
    weights: str = "inverse-variance",
) -> AsymmetryTest:
    """Regression of a log odds ratio on the total sample size.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects and variances.
    events1, n1, events2, n2 : (k,) array_like
        Events and people of the two groups.
    weights
        ``"inverse-variance"``: 1/`vi`, the authors' FIV and meta's test. ``"pooled-rates"``: the
        inverse variances of the log odds of an event over both groups, their FPV, which does not
        hang on the effect.

    References
    ----------
    :cite:t:`macaskill2001`.

    Examples
    --------
    >>> found = macaskill([0.2, 0.5, 0.4], [0.1, 0.2, 0.3], [9, 7, 5], [50, 30, 20],
    ...                   [8, 5, 4], [50, 30, 20])
    >>> found.df
    1.0
    """
    check_choice("weights of Macaskill's test", weights, ("inverse-variance", "pooled-rates"))
    y, v, pooled, total = _pooled_rates(yi, vi, events1, n1, events2, n2)
    inverse = weights == "inverse-variance"
    return _weighted(
        y,
        1.0 / v if inverse else pooled,
        total,
        name="Macaskill",
        on="the total sample size",
        weights_are="1/vi" if inverse else "inverse variance of the log odds over both groups",
        has_limit=False,
    )


def peters(yi: Any, vi: Any, events1: Any, n1: Any, events2: Any, n2: Any) -> AsymmetryTest:
    """Regression of a log odds ratio on the inverse of the total sample size.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects, and variances (which only decide on whether a study is used).
    events1, n1, events2, n2 : (k,) array_like
        Events and people of the two groups. The weights are the inverse variances of the log
        odds of an event over both groups, which do not hang on the effect.

    References
    ----------
    :cite:t:`peters2006`.

    Examples
    --------
    >>> found = peters([0.2, 0.5, 0.4], [0.1, 0.2, 0.3], [9, 7, 5], [50, 30, 20],
    ...                [8, 5, 4], [50, 30, 20])
    >>> found.df
    1.0
    """
    y, _, weights, total = _pooled_rates(yi, vi, events1, n1, events2, n2)
    return _weighted(
        y,
        weights,
        1.0 / total,
        name="Peters",
        on="1 over the total sample size",
        weights_are="inverse variance of the log odds over both groups",
        has_limit=True,
    )


def deeks(yi: Any, vi: Any, n1: Any, n2: Any) -> AsymmetryTest:
    """Regression on the inverse root of the effective sample size, for diagnostic odds ratios.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Log diagnostic odds ratios, and variances (which only decide on whether a study is used).
    n1, n2 : (k,) array_like
        People with and without the disease. The effective sample size is 4 n1 n2 / (n1 + n2).

    References
    ----------
    :cite:t:`deeks2005`.

    Examples
    --------
    >>> found = deeks([2.0, 2.5, 3.1], [0.1, 0.2, 0.3], [50, 30, 20], [50, 30, 25])
    >>> found.df
    1.0
    """
    y, _, (a, b) = _with_columns(yi, vi, n1=n1, n2=n2)
    _positive(n1=a, n2=b)
    effective = 4.0 * a * b / (a + b)
    return _weighted(
        y,
        effective,
        1.0 / np.sqrt(effective),
        name="Deeks",
        on="1 over the root of the effective sample size",
        weights_are="effective sample size",
        has_limit=True,
    )


def harbord(events1: Any, n1: Any, events2: Any, n2: Any, *, measure: str = "OR") -> AsymmetryTest:
    """Egger's regression on the efficient score and its variance.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of the two groups. Studies without events, or with nothing but events,
        say nothing and are left out.
    measure
        ``"OR"`` or ``"RR"``, log scale.

    References
    ----------
    :cite:t:`harbord2006` for the odds ratio, :cite:t:`harbord2009` for the risk ratio.

    Examples
    --------
    >>> found = harbord([9, 7, 5, 3], [50, 30, 20, 15], [8, 5, 4, 1], [50, 30, 20, 15])
    >>> found.df
    2.0
    """
    check_choice("measure for Harbord's test", measure, ("OR", "RR"))
    a, m1, c, m2 = _counts(events1, n1, events2, n2)
    total, events = m1 + m2, a + c
    free = total - events
    use = (events > 0.0) & (free > 0.0)
    a, m1, m2, total, events, free = (x[use] for x in (a, m1, m2, total, events, free))
    require_studies(a.size, 3, "Harbord's test")
    if measure == "OR":
        score = a - events * m1 / total
        information = m1 * m2 * events * free / (total**2 * (total - 1.0))
    else:
        score = (a * total - events * m1) / free
        information = m1 * m2 * events / (total * free)
    return _weighted(
        score / information,
        information,
        1.0 / np.sqrt(information),
        name="Harbord",
        on="1 over the root of the score variance",
        weights_are="score variance",
        has_limit=True,
    )


def schwarzer(
    events1: Any, n1: Any, events2: Any, n2: Any, *, correct: bool = False
) -> AsymmetryTest:
    """Rank correlation test on counts, for sparse two-by-two tables.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of the two groups. Studies without events, or with nothing but events,
        are left out.
    correct
        Whether the test has a continuity correction.

    Returns
    -------
    AsymmetryTest
        Of the events in group 1 less what the pooled odds ratio (Mantel-Haenszel, half an event
        added to studies with an empty cell) expects given the margins, standardized.

    References
    ----------
    :cite:t:`schwarzer2007`.

    Examples
    --------
    >>> found = schwarzer([9, 7, 5, 3], [50, 30, 20, 15], [8, 5, 4, 1], [50, 30, 20, 15])
    >>> found.estimate
    4.0
    """
    a, m1, c, m2 = _counts(events1, n1, events2, n2)
    common = mantel_haenszel(
        a, m1, c, m2, measure="OR", add=(0.5, 0.5), to=("only0", "only0"), drop00=(True, True)
    ).estimate
    use = (a + c > 0.0) & (a + c < m1 + m2)
    a, m1, c, m2 = (x[use] for x in (a, m1, c, m2))
    require_studies(a.size, 3, "Schwarzer's test")
    moments = np.array(
        [_noncentral(*margins, common) for margins in zip(m1, m2, a + c, strict=True)]
    )
    mean, variance = moments[:, 0], moments[:, 1]
    found = kendall((a - mean) / np.sqrt(variance), 1.0 / variance, exact=False)
    return rank_result(found, name="Schwarzer", k=a.size, exact=False, correct=correct)


def _noncentral(m1: float, m2: float, events: float, log_odds_ratio: float) -> tuple[float, float]:
    """Mean and variance of the noncentral hypergeometric distribution of Fisher."""
    x = np.arange(max(0.0, events - m2), min(m1, events) + 1.0)
    log_p = (
        x * log_odds_ratio
        - gammaln(x + 1.0)
        - gammaln(m1 - x + 1.0)
        - gammaln(events - x + 1.0)
        - gammaln(m2 - events + x + 1.0)
    )
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    mean = float(np.sum(p * x))
    return mean, float(np.sum(p * (x - mean) ** 2))


def _weighted(
    y: FloatArray,
    weights: FloatArray,
    predictor: FloatArray,
    *,
    name: str,
    on: str,
    weights_are: str,
    has_limit: bool,
) -> AsymmetryTest:
    """Least squares with weights and a residual variance."""
    require_studies(y.size, 3, f"{name}'s test")
    # A common factor of the weights cancels; without it counts in the millions stay in range.
    fit = pool(y, weights.mean() / weights, mods={"predictor": predictor}, method="EE", test="knha")
    if len(fit.names) < 2:
        raise StatisticsError(
            f"{name}'s test: {on} is the same in all studies, so its relation with the effect "
            "cannot be tested."
        )
    return from_regression(
        fit,
        name=name,
        convention=f"least squares on {on}, weights: {weights_are}, residual variance, "
        "t with k - 2 df",
        has_limit=has_limit,
        additive=False,
    )


def _with_columns(
    yi: Any, vi: Any, **columns: Any
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, ...]]:
    """Effects and variances, with further columns of the same studies."""
    effects = check_effects(yi, vi)
    checked = []
    for name, values in columns.items():
        vector = check_vector(values, name)
        if vector.size != np.size(yi):
            raise InputError(f"`{name}` has {vector.size} entries for {np.size(yi)} studies.")
        checked.append(vector[effects.rows])
    known = ~np.isnan(np.vstack(checked)).any(axis=0)
    return effects.y[known], effects.v[known], tuple(vector[known] for vector in checked)


def _positive(**columns: FloatArray) -> None:
    for name, vector in columns.items():
        if not np.all((vector > 0.0) & np.isfinite(vector)):
            worst = vector[~((vector > 0.0) & np.isfinite(vector))][0]
            raise StatisticsError(f"`{name}` holds {worst:g}; a group size is a positive number.")


def _counts(
    events1: Any, n1: Any, events2: Any, n2: Any
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Counts of the studies that have all four, refused where they cannot be."""
    given = {"events1": events1, "n1": n1, "events2": events2, "n2": n2}
    vectors = [check_vector(values, name) for name, values in given.items()]
    for name, vector in zip(given, vectors, strict=True):
        if vector.size != vectors[0].size:
            raise InputError(
                f"`{name}` has {vector.size} entries and `events1` has {vectors[0].size}."
            )
    known = ~np.isnan(np.vstack(vectors)).any(axis=0)
    a, m1, c, m2 = (vector[known] for vector in vectors)
    _positive(n1=m1, n2=m2)
    if np.any((a < 0.0) | (a > m1) | (c < 0.0) | (c > m2)):
        raise StatisticsError("Events count people, so they lie between 0 and the size of a group.")
    return a, m1, c, m2


def _pooled_rates(
    yi: Any, vi: Any, events1: Any, n1: Any, events2: Any, n2: Any
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Effects, variances, inverse variances of the log odds over both groups, and total sizes."""
    y, v, (a, m1, c, m2) = _with_columns(yi, vi, events1=events1, n1=n1, events2=events2, n2=n2)
    _counts(a, m1, c, m2)
    total, events = m1 + m2, a + c
    use = (events > 0.0) & (events < total)
    y, v, total, events = y[use], v[use], total[use], events[use]
    return y, v, 1.0 / (1.0 / events + 1.0 / (total - events)), total
