"""How well a curve fits, and whether it bends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import chi2_tail
from weigh.synthesis.dose.evidence import CurveEvidence
from weigh.synthesis.records import as_record

__all__ = ["ChiSquared", "GoodnessOfFit", "goodness", "heterogeneity", "tested", "wald"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquared:
    """A test by the chi-squared distribution; None where there is nothing to test."""

    statistic: float | None
    df: int
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodnessOfFit:
    """How well one curve, the same in all studies, describes their effects.

    Parameters
    ----------
    deviance
        Weighted squared residuals of all effects, and their test.
    r2, r2_adjusted
        Share of the weighted squares that the curve accounts for, 0 to 1, and the same adjusted
        for its coefficients; the effects have no intercept, as the effect of the reference is 0.
        None where there is nothing left to judge by.
    """

    deviance: ChiSquared
    r2: float | None
    r2_adjusted: float | None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self) | {"deviance": self.deviance.to_dict()}


def tested(statistic: float, df: int) -> ChiSquared:
    """A statistic with its p value; none without degrees of freedom."""
    if df <= 0:
        return ChiSquared(statistic=None, df=0, p=None)
    return ChiSquared(statistic=statistic, df=df, p=float(chi2_tail(statistic, df)))


def wald(beta: FloatArray, vb: FloatArray) -> ChiSquared:
    """Whether coefficients are all 0."""
    if beta.size == 0:
        return tested(0.0, 0)
    return tested(float(beta @ np.linalg.solve(vb, beta)), beta.size)


def goodness(evidence: CurveEvidence) -> GoodnessOfFit:
    """Deviance and R² of the curve that is the same in all studies.

    References
    ----------
    :cite:t:`discacciati2017`.
    """
    total, score = evidence.information.sum(axis=0), evidence.score.sum(axis=0)
    square = float(evidence.square.sum())
    explained = float(score @ np.linalg.solve(total, score))
    df = evidence.count - evidence.p
    share = explained / square if square > 0.0 else None
    adjusted = None
    if share is not None and df > 0:
        adjusted = 1.0 - (1.0 - share) * evidence.count / df
    return GoodnessOfFit(
        deviance=tested(max(0.0, square - explained), df), r2=share, r2_adjusted=adjusted
    )


def heterogeneity(evidence: CurveEvidence) -> ChiSquared:
    """Whether the studies' curves differ by more than chance: Cochran's Q of all coefficients.

    A study that fixes only some combinations of the coefficients counts with those.
    """
    total, score = evidence.information.sum(axis=0), evidence.score.sum(axis=0)
    gamma = np.linalg.solve(total, score)
    q = 0.0
    for information, own in zip(evidence.information, evidence.score, strict=True):
        away = own - information @ gamma
        q += float(away @ np.linalg.pinv(information, rcond=1e-10, hermitian=True) @ away)
    return tested(q, int(evidence.rank.sum()) - evidence.p)
