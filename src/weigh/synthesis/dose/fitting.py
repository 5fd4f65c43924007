"""`weigh.dose_response`: from rows of doses to a curve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Coefficient
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.dose.columns import read_rows, studies_of
from weigh.synthesis.dose.evidence import CurveEvidence, StudyRows, curve_evidence
from weigh.synthesis.dose.goodness import heterogeneity
from weigh.synthesis.dose.likelihood import MixedFit, at_covariance, maximize
from weigh.synthesis.dose.means import STANDARDIZED
from weigh.synthesis.dose.moments import covariance_by_moments
from weigh.synthesis.dose.result import DoseResponse
from weigh.synthesis.dose.shapes import shape_of
from weigh.synthesis.inputs import check_choice, check_level

__all__ = ["dose_response"]

FloatArray = npt.NDArray[np.float64]

_METHODS = ("REML", "ML", "MM", "EE", "FE")


def dose_response(
    dose: Any,
    yi: Any,
    vi: Any = None,
    *,
    study: Any = None,
    shape: str = "linear",
    knots: int | Sequence[float] | None = None,
    covariance: str | Sequence[Any] | Mapping[str, Any] = "GL",
    cases: Any = None,
    n: Any = None,
    design: Any = None,
    sd: Any = None,
    standardized: str = "cohen",
    method: str = "REML",
    stages: int = 2,
    level: float = 0.95,
    tolerance: float = 1e-5,
) -> DoseResponse:
    """Fit one curve of dose over studies that compared several doses with a reference.

    Parameters
    ----------
    dose, yi, vi : (rows,) array_like
        A row for each dose of each study, its reference included: the dose, the effect against
        the reference (log risk, odds or rate ratio, or a difference), and its variance. The
        reference has an effect of 0 and a variance of 0 or none. For ``"MD"`` and ``"SMD"``, `yi`
        is the mean of the arm, `vi` is left out, and the arm with the lowest dose is the
        reference.
    study
        Study of each row; may be left out for one study.
    shape
        ``"linear"``; ``"stepped"``: a line over the doses above 0, and a step from 0 to any of
        them, so that a steady effect of every dose is not taken for one that grows;
        ``"quadratic"``; ``"spline"``: a restricted cubic spline, a line beyond its outer knots.
    knots
        Of a spline: how many (3 to 7, by default 3), placed at percentiles of the doses by
        Harrell's rule, or their doses.
    covariance
        How the effects of a study, which share its reference, are correlated. For log ratios,
        from counts: ``"GL"`` (Greenland and Longnecker) or ``"Hamling"``. For means of arms:
        ``"MD"`` or ``"SMD"``. ``"independent"``: not at all, which gives a study with many doses
        too much weight. Or a matrix for each study, in a list or by its name, for its doses
        besides the reference in the order of the rows.
    cases, n
        For GL and Hamling: cases, and people in all or person-time. For MD and SMD `n` alone.
    design
        For GL and Hamling, of each row or of all: ``"case-control"``, ``"cumulative-incidence"``
        or ``"incidence-rate"``, short ``"cc"``, ``"ci"``, ``"ir"``.
    sd
        For MD and SMD: standard deviation in each arm.
    standardized
        For SMD: ``"cohen"``, ``"hedges"`` or ``"glass"``; see `mean_differences`.
    method
        ``"REML"``, ``"ML"``, ``"MM"`` (moments, two stages only): studies differ in their curves;
        ``"EE"`` (or ``"FE"``): they do not.
    stages
        2: a curve a study, then their coefficients pooled, which asks of each study as many doses
        besides the reference as the curve has coefficients; 1: all effects in one model, which
        does not. Where each study has enough doses, both give the same curve.
    level
        Confidence level.
    tolerance
        Of the counts of Greenland and Longnecker; see `effective_counts`.

    Returns
    -------
    DoseResponse
        Its methods give the curve with its band at any doses and against any reference, tests
        of a flat curve and of a straight line, and the goodness of fit.

    Raises
    ------
    InputError
        Columns that a covariance needs are missing, or lengths differ.
    StatisticsError
        A study without a single reference, counts that cannot be, or too few doses for the curve.

    References
    ----------
    :cite:t:`greenland1992`; two stages as in :cite:t:`orsini2012`, one as in
    :cite:t:`crippa2019`; means by :cite:t:`crippa2016means`.

    Examples
    --------
    >>> fit = dose_response([0, 2, 6, 11], [0, -0.22, 0.15, 0.45], [0, 0.054, 0.056, 0.056],
    ...                     cases=[165, 74, 90, 122], n=[337, 167, 186, 212], design="cc",
    ...                     method="EE")
    >>> round(fit.coefficients[0].estimate, 3)
    0.045
    """
    check_choice("method for a dose-response curve", method, _METHODS)
    check_choice("way to standardize", standardized, STANDARDIZED)
    level = check_level(level)
    if stages not in (1, 2):
        raise InputError(f"`stages` is {stages!r}; it is 1 or 2.")
    if method == "MM" and stages == 1:
        raise InputError(
            "Moments are taken of the studies' own curves, and with one stage there are none.",
            hint="Take stages=2, or method='REML'.",
        )
    rows = read_rows(dose, yi, vi, study, cases=cases, n=n, sd=sd, design=design)
    form = shape_of(shape, knots, rows.dose)
    studies, notes = studies_of(rows, covariance, standardized=standardized, tolerance=tolerance)
    designs = [
        form.columns(each.dose) - form.columns(np.array([each.reference])) for each in studies
    ]
    evidence = curve_evidence(studies, designs)
    method = "EE" if method == "FE" else method
    if len(studies) == 1 and method != "EE":
        method = "EE"
        notes.append("With one study nothing is known of differences between studies.")
    if stages == 2:
        _refuse_few_doses(studies, evidence)
    fit, constant = _fit(evidence, method, stages)
    unit = evidence.unit
    beta, vb = unit @ fit.gamma, unit @ fit.vg @ unit.T
    q = heterogeneity(evidence)
    share = None
    if q.statistic is not None:
        share = 0.0 if q.statistic <= q.df else 100.0 * (1.0 - q.df / q.statistic)
    if fit.certified is False:
        notes.append("The search ended where the likelihood is nearly flat: judge with care.")
    return DoseResponse(
        k=len(studies),
        effects=evidence.count,
        shape=form,
        method=method,
        stages=stages,
        covariance=covariance if isinstance(covariance, str) else "given",
        level=level,
        coefficients=_coefficients(form.names, beta, vb, level),
        beta=beta,
        vb=vb,
        psi=unit @ fit.psi @ unit.T,
        log_likelihood=fit.log_likelihood + constant,
        certified=fit.certified,
        q=q,
        i2=share,
        studies=tuple(studies),
        evidence=evidence,
        notes=tuple(notes),
    )


def _refuse_few_doses(studies: Sequence[StudyRows], evidence: CurveEvidence) -> None:
    short = [
        study.name for study, rank in zip(studies, evidence.rank, strict=True) if rank < evidence.p
    ]
    if short:
        raise StatisticsError(
            f"{', '.join(short)}: too few doses besides the reference for a curve with "
            f"{evidence.p} coefficients of its own.",
            hint="Take stages=1, or a simpler shape.",
        )


def _fit(evidence: CurveEvidence, method: str, stages: int) -> tuple[MixedFit, float]:
    """The fit, and what the likelihood of the studies' coefficients is above that of effects."""
    nothing = np.zeros((evidence.p, evidence.p))
    start = nothing
    full = bool((evidence.rank == evidence.p).all())
    if full and method != "EE":
        beta = evidence.own_coefficients()
        start = covariance_by_moments(beta, evidence.information)
    if method == "MM":
        fit = at_covariance(evidence, _positive(start), restricted=False)
    elif method == "EE":
        fit = at_covariance(evidence, nothing, restricted=False)
    else:
        fit = maximize(evidence, _positive(start), restricted=method == "REML")
    if stages == 1:
        return fit, 0.0
    # The restricted likelihood of several means counts their design, as that of one mean does.
    extra = 0.5 * evidence.p * math.log(evidence.k) if method == "REML" else 0.0
    return fit, _residual_likelihood(evidence) + extra


def _positive(psi: FloatArray) -> FloatArray:
    """The covariance with negative eigenvalues set to 0."""
    values, vectors = np.linalg.eigh(psi)
    return np.asarray(vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T)


def _residual_likelihood(evidence: CurveEvidence) -> float:
    """Log-likelihood of the studies' coefficients minus that of their effects.

    The effects of a study are its coefficients and residuals, and the residuals say nothing of
    the mean curve.
    """
    beta = evidence.own_coefficients()
    left = float(evidence.square.sum() - np.einsum("kp,kp->", beta, evidence.score))
    _, log_information = np.linalg.slogdet(evidence.information)
    _, log_unit = np.linalg.slogdet(evidence.unit)
    # det of the covariance of effects, against that of the coefficients.
    determinants = float(evidence.log_det.sum() + log_information.sum())
    determinants -= 2.0 * evidence.k * float(log_unit)
    spare = evidence.count - evidence.k * evidence.p
    return 0.5 * (left + determinants + spare * math.log(2.0 * math.pi))


def _coefficients(
    names: Sequence[str], beta: FloatArray, vb: FloatArray, level: float
) -> tuple[Coefficient, ...]:
    half = float(two_sided_quantile(level))
    found = []
    for name, estimate, variance in zip(names, beta, np.diagonal(vb), strict=True):
        se = math.sqrt(float(variance))
        statistic = float(estimate) / se
        found.append(
            Coefficient(
                name=name,
                estimate=float(estimate),
                se=se,
                statistic=statistic,
                p=float(two_sided_p(statistic)),
                ci_low=float(estimate) - half * se,
                ci_high=float(estimate) + half * se,
            )
        )
    return tuple(found)
