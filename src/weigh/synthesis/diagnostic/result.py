"""The result of `weigh.diagnostic`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.synthesis.diagnostic.curve import Hsroc, SummaryCurve, summary_curve
from weigh.synthesis.diagnostic.hazards import ProportionalHazards, proportional_hazards
from weigh.synthesis.diagnostic.ratios import PooledRatio, pool_ratio
from weigh.synthesis.diagnostic.regions import ellipse, radius
from weigh.synthesis.diagnostic.studies import AccuracyOfStudies, accuracy_of_studies
from weigh.synthesis.diagnostic.tables import Tables
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.records import as_record

__all__ = ["Diagnostic", "Share"]

FloatArray = npt.NDArray[np.float64]
Backend = Literal["pandas", "polars", "pyarrow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A summary measure with its interval on the natural scale."""

    estimate: float
    ci_low: float
    ci_high: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Diagnostic:
    """Accuracy of a test, sensitivity and specificity pooled together.

    Parameters
    ----------
    k, method, level
        Number of studies, the method's name, the confidence level.
    sensitivity, specificity
        At the summary point.
    dor, positive_lr, negative_lr
        Diagnostic odds ratio and likelihood ratios at the summary point.
    beta, vb
        (2,) mean logits of sensitivity and false positive rate, and (2, 2) their covariance.
    psi
        (2, 2) covariance of the studies' true logits.
    rho
        Their correlation: positive where studies differ in their threshold. None without
        variation.
    log_likelihood
        Full, restricted (REML) or of the counts (GLMM); None where none is maximized.
    certified
        Whether the derivatives prove that no covariance nearby is more likely. None for methods
        without a search, and for GLMM.
    hsroc
        The same model in Rutter and Gatsonis' parameters; None without variation.
    tables, observed
        Counts with and without what was added to empty cells.
    notes
        Cautions.
    """

    k: int
    method: str
    level: float
    sensitivity: Share
    specificity: Share
    dor: Share
    positive_lr: Share
    negative_lr: Share
    beta: FloatArray
    vb: FloatArray
    psi: FloatArray
    rho: float | None
    log_likelihood: float | None
    certified: bool | None
    hsroc: Hsroc | None
    tables: Tables
    observed: Tables
    notes: tuple[str, ...] = ()

    def studies(self, interval: str = "wilson") -> AccuracyOfStudies:
        """What each study found; `interval` is that of shares: see `accuracy_of_studies`."""
        return accuracy_of_studies(self.tables, interval, self.level)

    def curve(self, kind: str = "hsroc") -> SummaryCurve:
        """The summary curve, ``"hsroc"`` or ``"regression"``, with the area below it."""
        return summary_curve(self.beta, self.psi, self.observed.fpr, kind)

    def region(
        self,
        kind: str = "confidence",
        *,
        level: float | None = None,
        quantile: str = "f",
        points: int = 100,
    ) -> FloatArray:
        """Border of a region around the summary point.

        Parameters
        ----------
        kind
            ``"confidence"``: for the summary point; ``"prediction"``: for the true sensitivity
            and specificity of another study.
        level
            Share of the probability inside; by default that of the fit.
        quantile
            ``"f"`` takes the covariance for estimated, ``"chi2"`` for known, as R's mada does.
        points
            Number of points.

        Returns
        -------
        (points, 2) array
            False positive rate and sensitivity, as on a plot; the last point is the first.

        References
        ----------
        :cite:t:`harbord2007`.
        """
        check_choice("region", kind, ("confidence", "prediction"))
        size = radius(self.level if level is None else check_level(level), self.k, quantile)
        covariance = self.vb + self.psi if kind == "prediction" else self.vb
        border = special.expit(ellipse(self.beta, covariance, size, points))
        return np.asarray(border[:, ::-1])

    def ratio(self, measure: str = "DOR", *, method: str = "DL", test: str = "z") -> PooledRatio:
        """One ratio a study (``"DOR"``, ``"LR+"``, ``"LR-"``) pooled as `weigh.pool` pools."""
        return pool_ratio(self.tables, measure, method, test, self.level)

    def proportional_hazards(self) -> ProportionalHazards:
        """The model of Holling, Böhning and Böhning on the same studies."""
        return proportional_hazards(self.tables, self.level)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: what is undefined is None."""
        measures = ("sensitivity", "specificity", "dor", "positive_lr", "negative_lr")
        curve = None if self.hsroc is None else self.curve().to_dict()
        return {
            "k": self.k,
            "method": self.method,
            "level": self.level,
            **{name: getattr(self, name).to_dict() for name in measures},
            "beta": self.beta.tolist(),
            "vb": self.vb.tolist(),
            "psi": self.psi.tolist(),
            "rho": self.rho,
            "log_likelihood": self.log_likelihood,
            "certified": self.certified,
            "hsroc": None if self.hsroc is None else self.hsroc.to_dict(),
            "curve": curve,
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a study: what `studies` gives."""
        return self.studies().to_frame(backend)

    def summary(self, *, digits: int = 3) -> str:
        """The fit as a printout."""
        percent = f"{100.0 * self.level:g}%"
        lines = [f"Diagnostic accuracy, bivariate model, {self.method} (k = {self.k})", ""]
        for title, one in (
            ("sensitivity", self.sensitivity),
            ("specificity", self.specificity),
            ("diagnostic odds ratio", self.dor),
            ("positive likelihood ratio", self.positive_lr),
            ("negative likelihood ratio", self.negative_lr),
        ):
            numbers = f"{one.estimate:.{digits}f} ({one.ci_low:.{digits}f} to "
            lines.append(f"{title:<27}{numbers}{one.ci_high:.{digits}f}), {percent} CI")
        sd = np.sqrt(np.diagonal(self.psi))
        rho = "undefined" if self.rho is None else f"{self.rho:.{digits}f}"
        lines += [
            "",
            f"SD between studies: logit sensitivity {sd[0]:.{digits}f}, "
            f"logit false positive rate {sd[1]:.{digits}f}, correlation {rho}",
        ]
        if self.hsroc is not None:
            lines.append(f"area below the summary curve: {self.curve().area():.{digits}f}")
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join(lines)
