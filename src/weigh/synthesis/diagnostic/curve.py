"""The summary curve of sensitivity against false positive rate, and the area below it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import integrate, special

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record

__all__ = ["Hsroc", "SummaryCurve", "hsroc", "summary_curve"]

FloatArray = npt.NDArray[np.float64]

CURVES = ("hsroc", "regression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hsroc:
    """The bivariate model in the parameters of Rutter and Gatsonis.

    Parameters
    ----------
    accuracy, threshold
        Means of Lambda and Theta.
    shape
        Beta; 0 makes the curve symmetric.
    accuracy_variance, threshold_variance
        Their variances between studies.
    """

    accuracy: float
    threshold: float
    shape: float
    accuracy_variance: float
    threshold_variance: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def hsroc(beta: FloatArray, psi: FloatArray) -> Hsroc | None:
    """Parameters of the hierarchical summary curve; None where a logit does not vary.

    Parameters
    ----------
    beta, psi
        Mean and covariance of the logits of sensitivity and false positive rate.

    References
    ----------
    :cite:t:`harbord2007`, for models without moderators the same as :cite:t:`rutter2001`.
    """
    first, second = math.sqrt(psi[0, 0]), math.sqrt(psi[1, 1])
    if first < 1e-6 or second < 1e-6:
        return None
    wide = math.sqrt(second / first)
    sens, fpr = wide * float(beta[0]), float(beta[1]) / wide
    across = float(psi[0, 1])
    return Hsroc(
        accuracy=sens - fpr,
        threshold=0.5 * (sens + fpr),
        shape=math.log(second / first),
        accuracy_variance=2.0 * (first * second - across),
        threshold_variance=0.5 * (first * second + across),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryCurve:
    """A curve that is a line on the logit scale: logit sensitivity over logit false positives.

    Parameters
    ----------
    kind
        ``"hsroc"``: Rutter and Gatsonis' curve, whose slope is the ratio of the two standard
        deviations; ``"regression"``: the mean logit sensitivity at a false positive rate.
    intercept, slope
        Of the line.
    observed
        Lowest and highest false positive rate in the studies.
    """

    kind: str
    intercept: float
    slope: float
    observed: tuple[float, float]

    def sensitivity(self, fpr: Any) -> FloatArray:
        """Sensitivity at false positive rates, from 0 to 1."""
        rate = np.asarray(fpr, dtype=np.float64)
        if not ((rate >= 0.0) & (rate <= 1.0)).all():
            raise InputError("A false positive rate lies between 0 and 1.")
        with np.errstate(divide="ignore", invalid="ignore"):
            line = self.intercept + self.slope * special.logit(rate)
        flat = np.full_like(rate, self.intercept)
        height: FloatArray = special.expit(np.where(np.isnan(line), flat, line))
        return height

    def area(self, low: float = 0.0, high: float = 1.0) -> float:
        """Area below the curve between two false positive rates, divided by their distance."""
        if not 0.0 <= low < high <= 1.0:
            raise InputError(
                f"`low` is {low:g} and `high` {high:g}; they must rise, between 0 and 1."
            )
        total, _ = integrate.quad(
            lambda rate: float(self.sensitivity(rate)), low, high, epsabs=1e-12, limit=200
        )
        return float(total) / (high - low)

    def observed_area(self) -> float | None:
        """Partial area over the false positive rates that were observed; None where all agree."""
        low, high = self.observed
        return self.area(low, high) if low < high else None

    def area_on_grid(self, low: float = 0.01, high: float = 0.99) -> float:
        """The sum that R's mada calls AUC: the trapezoids of 99 points, divided by 99.

        Their bases make 98 steps, so that the sum falls short of the mean height by one percent;
        `area` has the integral itself.
        """
        height = self.sensitivity(np.linspace(low, high, 99))
        return float(height.sum() - 0.5 * (height[0] + height[-1])) / 99.0

    def to_dict(self) -> dict[str, Any]:
        """The parts with the areas, ready for JSON."""
        return {**as_record(self), "auc": self.area(), "partial_auc": self.observed_area()}


def summary_curve(
    beta: FloatArray, psi: FloatArray, fpr: FloatArray, kind: str = "hsroc"
) -> SummaryCurve:
    """Curve of a bivariate fit.

    Parameters
    ----------
    beta, psi
        Mean and covariance of the logits.
    fpr
        Observed false positive rates.
    kind
        See `SummaryCurve`.

    Raises
    ------
    StatisticsError
        Without variation between studies there is a point and no curve.

    References
    ----------
    :cite:t:`rutter2001`; several curves compared in :cite:t:`arends2008`.
    """
    check_choice("summary curve", kind, CURVES)
    if min(psi[0, 0], psi[1, 1]) < 1e-12:
        raise StatisticsError(
            "The true logits of the studies do not vary in this fit, so there is a summary point "
            "and no summary curve."
        )
    first = math.sqrt(psi[0, 0] * psi[1, 1]) if kind == "hsroc" else float(psi[0, 1])
    slope = first / float(psi[1, 1])
    return SummaryCurve(
        kind=kind,
        intercept=float(beta[0]) - slope * float(beta[1]),
        slope=slope,
        observed=(float(fpr.min()), float(fpr.max())),
    )
