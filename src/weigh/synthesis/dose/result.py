"""The result of `weigh.dose_response`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Coefficient
from weigh.synthesis.dose.curve import Backend, DoseCurve, curve_at
from weigh.synthesis.dose.evidence import CurveEvidence, StudyRows
from weigh.synthesis.dose.goodness import (
    ChiSquared,
    GoodnessOfFit,
    goodness,
    wald,
)
from weigh.synthesis.dose.shapes import Shape
from weigh.synthesis.inputs import check_level

__all__ = ["DoseResponse"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseResponse:
    """A curve of dose over studies, on the analysis scale (log for ratios).

    Parameters
    ----------
    k, effects
        Number of studies, and of effects that they have against their references.
    shape
        The curve's shape, with the knots of a spline.
    method, stages, covariance, level
        As asked for; `covariance` is ``"given"`` for matrices of one's own.
    coefficients
        One a column of the shape, for one unit of dose, with its test and interval.
    beta, vb
        (p,) the same coefficients and (p, p) their covariance.
    psi
        (p, p) covariance of the studies' own coefficients; zeros for EE.
    log_likelihood
        Full, restricted for REML; of the studies' coefficients with two stages, of their effects
        with one.
    certified
        Whether the derivatives prove that no covariance nearby is more likely; None without a
        search.
    q
        Cochran's Q of all coefficients together.
    i2
        Share of Q beyond chance, in percent; None without degrees of freedom.
    studies
        The studies' effects.
    notes
        Cautions.
    """

    k: int
    effects: int
    shape: Shape
    method: str
    stages: int
    covariance: str
    level: float
    coefficients: tuple[Coefficient, ...]
    beta: FloatArray
    vb: FloatArray
    psi: FloatArray
    log_likelihood: float
    certified: bool | None
    q: ChiSquared
    i2: float | None
    studies: tuple[StudyRows, ...]
    evidence: CurveEvidence
    notes: tuple[str, ...] = ()

    @property
    def reference(self) -> float:
        """The dose that most studies compare with; of those as frequent, the lowest."""
        doses, counts = np.unique([study.reference for study in self.studies], return_counts=True)
        return float(doses[np.argmax(counts)])

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest dose of all studies."""
        doses = [study.dose for study in self.studies]
        every = np.concatenate([*doses, [study.reference for study in self.studies]])
        return float(every.min()), float(every.max())

    def curve(
        self,
        dose: Sequence[float] | FloatArray | None = None,
        *,
        reference: float | None = None,
        level: float | None = None,
        points: int = 101,
    ) -> DoseCurve:
        """The mean effect at doses, with its band.

        Parameters
        ----------
        dose
            Doses; by default `points` of them from the lowest to the highest that was studied.
        reference
            Dose to compare with; by default that of most studies.
        level
            Of the bands; by default that of the fit.
        points
            Number of doses where none are given.
        """
        low, high = self.range
        at = np.linspace(low, high, points) if dose is None else np.atleast_1d(np.asarray(dose))
        if at.ndim != 1 or not np.isfinite(at).all():
            raise InputError("`dose` must be numbers, one a dose.")
        return curve_at(
            self.shape,
            self.beta,
            self.vb,
            None if self.method == "EE" else self.psi,
            at.astype(np.float64),
            self.reference if reference is None else float(reference),
            self.level if level is None else check_level(level),
        )

    def association(self) -> ChiSquared:
        """Wald's test that the curve is flat: all coefficients 0."""
        return wald(self.beta, self.vb)

    def nonlinearity(self) -> ChiSquared:
        """Wald's test that the curve is a line: all coefficients after the first 0."""
        return wald(self.beta[1:], self.vb[1:, 1:])

    def goodness(self) -> GoodnessOfFit:
        """How well one curve, the same in all studies, describes their effects."""
        return goodness(self.evidence)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: what is undefined is None."""
        return {
            "k": self.k,
            "effects": self.effects,
            "shape": self.shape.name,
            "knots": list(self.shape.knots),
            "method": self.method,
            "stages": self.stages,
            "covariance": self.covariance,
            "level": self.level,
            "coefficients": [each.to_dict() for each in self.coefficients],
            "vb": self.vb.tolist(),
            "psi": self.psi.tolist(),
            "log_likelihood": self.log_likelihood,
            "certified": self.certified,
            "q": self.q.to_dict(),
            "i2": self.i2,
            "association": self.association().to_dict(),
            "nonlinearity": self.nonlinearity().to_dict(),
            "goodness": self.goodness().to_dict(),
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row an effect of a study against its reference."""
        columns = {
            "study": [study.name for study in self.studies for _ in study.dose],
            "dose": np.concatenate([study.dose for study in self.studies]),
            "reference": np.concatenate(
                [np.full(study.dose.size, study.reference) for study in self.studies]
            ),
            "yi": np.concatenate([study.yi for study in self.studies]),
            "vi": np.concatenate([np.diagonal(study.covariance) for study in self.studies]),
        }
        return nw.from_dict(columns, backend=backend).to_native()

    def summary(self, *, digits: int = 4) -> str:
        """The fit as a printout."""
        knots = ", ".join(f"{knot:g}" for knot in self.shape.knots)
        lines = [
            f"Dose-response, {self.shape.name}{f' with knots at {knots}' if knots else ''}, "
            f"{self.method}, {'one stage' if self.stages == 1 else 'two stages'} "
            f"(k = {self.k}, {self.effects} effects)",
            "",
        ]
        percent = f"{100.0 * self.level:g}%"
        lines += [
            f"{each.name:<12}{each.estimate:.{digits}g} ({each.ci_low:.{digits}g} to "
            f"{each.ci_high:.{digits}g}), {percent} CI, p {each.p:.3g}"
            for each in self.coefficients
        ]
        lines.append("")
        told = [("flat curve", self.association()), ("straight line", self.nonlinearity())]
        for words, test in [*told, ("same curve in all studies", self.q)]:
            if test.p is not None:
                lines.append(
                    f"{words:<27}chi-squared {test.statistic:.{digits}g} on {test.df} df, "
                    f"p {test.p:.3g}"
                )
        if self.i2 is not None:
            lines.append(f"{'I²':<27}{self.i2:.1f}%")
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join(lines)
