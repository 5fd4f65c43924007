"""`weigh.diagnostic`: from counts to a summary point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError
from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.diagnostic.bivariate import (
    Bivariate,
    common_effect,
    fit_bivariate,
    given_covariance,
)
from weigh.synthesis.diagnostic.counts import fit_counts
from weigh.synthesis.diagnostic.curve import hsroc
from weigh.synthesis.diagnostic.moments import covariance_by_moments
from weigh.synthesis.diagnostic.result import Diagnostic, Share
from weigh.synthesis.diagnostic.tables import Tables, check_tables, corrected
from weigh.synthesis.inputs import check_choice, check_count, check_level

__all__ = ["diagnostic"]

FloatArray = npt.NDArray[np.float64]

_METHODS = ("REML", "ML", "MM", "EE", "GLMM")


def diagnostic(
    tp: Any,
    fp: Any,
    fn: Any,
    tn: Any,
    *,
    method: str = "REML",
    add: float = 0.5,
    to: str = "only0",
    points: int = 5,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Diagnostic:
    """Pool sensitivity and specificity of a test by the bivariate model.

    Parameters
    ----------
    tp, fp, fn, tn : (k,) array_like
        True positives, false positives, false negatives and true negatives of each study.
    method
        For the logits of sensitivity and false positive rate as normal: ``"REML"``, ``"ML"``,
        ``"MM"`` (moments), or ``"EE"`` (the same in all studies). ``"GLMM"``: the counts as
        binomial, the true logits as normal, by maximum likelihood; nothing is added to cells.
    add, to
        What is added to the cells, and where: ``"only0"`` of studies with an empty cell,
        ``"if0all"`` of all studies if one has an empty cell (the default of R's mada), ``"all"``,
        ``"none"``.
    points
        For GLMM, points of the quadrature in each of two directions; 1 is Laplace's
        approximation.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    Diagnostic
        The summary point; its methods give regions, the summary curve with its area, what each
        study found, pooled ratios and the proportional hazards model.

    Raises
    ------
    StatisticsError
        Counts that cannot be, a study without people on one side, or fewer than three studies
        for a model in which studies differ.

    References
    ----------
    :cite:t:`reitsma2005`; counts by :cite:t:`chu2006`; Cochrane Handbook for diagnostic test
    accuracy, chapter 10.

    Examples
    --------
    >>> fit = diagnostic([47, 126, 19, 36], [101, 272, 12, 78], [9, 51, 10, 3],
    ...                  [738, 1543, 192, 276])
    >>> round(fit.sensitivity.estimate, 2)
    0.79
    """
    check_choice("method for diagnostic accuracy", method, _METHODS)
    level = check_level(level)
    if not 1 <= check_count(points, "points") <= 50:
        raise InputError(f"`points` is {points}; the quadrature needs from 1 to 50 points.")
    observed = check_tables(tp, fp, fn, tn, slab)
    if method == "GLMM":
        tables = corrected(observed, add or 0.5, "only0" if to == "none" else to)
        fit = fit_counts(observed, points)
    else:
        tables = corrected(observed, add, to)
        fit = _fit(tables, method)
    return _result(fit, method, level, tables, observed)


def _fit(tables: Tables, method: str) -> Bivariate:
    y, v = tables.logits()
    if method == "EE":
        return common_effect(y, v)
    if method == "MM":
        return given_covariance(y, v, covariance_by_moments(y, v))
    return fit_bivariate(y, v, restricted=method == "REML")


def _result(
    fit: Bivariate, method: str, level: float, tables: Tables, observed: Tables
) -> Diagnostic:
    spread = np.sqrt(np.diagonal(fit.psi))
    varies = bool((spread > 1e-6).all())
    rho = float(np.clip(fit.psi[0, 1] / spread.prod(), -1.0, 1.0)) if varies else None
    sens, fpr = (float(p) for p in special.expit(fit.beta))
    share = _measure(fit, level)
    odds = _measure(fit, level, log=True)
    return Diagnostic(
        k=tables.k,
        method=method,
        level=level,
        sensitivity=share(float(fit.beta[0]), [1.0, 0.0]),
        specificity=share(-float(fit.beta[1]), [0.0, -1.0]),
        dor=odds(float(fit.beta[0] - fit.beta[1]), [1.0, -1.0]),
        positive_lr=odds(math.log(sens / fpr), [1.0 - sens, fpr - 1.0]),
        negative_lr=odds(math.log((1.0 - sens) / (1.0 - fpr)), [-sens, fpr]),
        beta=fit.beta,
        vb=fit.vb,
        psi=fit.psi,
        rho=rho,
        log_likelihood=fit.log_likelihood,
        certified=fit.certified,
        hsroc=hsroc(fit.beta, fit.psi),
        tables=tables,
        observed=observed,
        notes=(*observed.notes, *_cautions(fit, method, rho, tables, observed)),
    )


def _measure(fit: Bivariate, level: float, *, log: bool = False) -> Any:
    """A function that puts an interval around a linear or linearized function of the logits."""
    z = float(two_sided_quantile(level))

    def interval(estimate: float, slope: list[float]) -> Share:
        direction = np.array(slope)
        half = z * math.sqrt(float(direction @ fit.vb @ direction))
        limits = np.array([estimate, estimate - half, estimate + half])
        middle, low, high = np.exp(limits) if log else special.expit(limits)
        return Share(estimate=float(middle), ci_low=float(low), ci_high=float(high))

    return interval


def _cautions(
    fit: Bivariate, method: str, rho: float | None, tables: Tables, observed: Tables
) -> list[str]:
    found = []
    changed = int(np.count_nonzero(tables.tp != observed.tp))
    if changed and method != "GLMM":
        found.append(f"Something was added to the cells of {changed} of {tables.k} studies.")
    if method != "EE" and rho is None:
        found.append("One of the logits does not vary between studies in this fit.")
    elif rho is not None and abs(rho) > 0.999:
        found.append(
            "The correlation between studies lies at its limit: there are too few studies to "
            "estimate it."
        )
    if fit.certified is False:
        found.append("The search ended where the likelihood is nearly flat: judge with care.")
    return found
