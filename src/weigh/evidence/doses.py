"""Doses on a curve: what trials of several doses come to together, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.statement import Quantity, Statement
from weigh.evidence.study import Study

__all__ = ["DoseContrast", "DoseCurveView", "DoseMark", "DosePoint", "DoseRating"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseMark:
    """One arm of one study: its effect against its own comparator, on the analysis scale."""

    study: Study
    dose: float
    yi: float
    se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePoint:
    """A dose that was studied: in how many studies and people, and what the curve gives there."""

    dose: Quantity
    studies: Quantity
    people: Quantity
    natural: Natural


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseContrast:
    """The highest dose that was studied against the lowest, on the curve.

    `estimate`, `ci_low` and `ci_high` are on the analysis scale, `natural` as people read it.
    """

    low: Quantity
    high: Quantity
    estimate: float
    ci_low: float
    ci_high: float
    natural: Natural
    level: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRating:
    """How certain the curve is: the comparison's rating, lower where doses lie between trials."""

    level: CertaintyLevel
    lowered: bool
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCurveView:
    """Doses of one form of the intervention on a curve, for one comparison.

    Parameters
    ----------
    id
        That of the comparison; with the form behind it where there are several.
    who
        The intervention or its form, as it stands inside a sentence.
    unit
        Of the dose, a day.
    points
        The doses that were studied, lowest first.
    line
        The curve: dose, effect against no dose, lower and upper end of its band, on the analysis
        scale.
    marks
        The arms.
    doses, k, n
        How many doses, studies and people.
    shape, method
        Of the fit.
    statement, cautions
        None and empty until they are worded.
    """

    id: str
    comparison: Comparison
    who: str
    unit: str
    points: tuple[DosePoint, ...]
    line: tuple[tuple[float, float, float, float], ...]
    marks: tuple[DoseMark, ...]
    contrast: DoseContrast
    rating: DoseRating
    doses: Quantity
    k: Quantity
    n: Quantity
    shape: str
    method: str
    statement: Statement | None = None
    cautions: tuple[Statement, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As ``answer.json`` holds it; the curve is on the analysis scale."""
        return {
            "id": self.id,
            "comparison": self.comparison.id,
            "intervention": self.who,
            "unit": self.unit,
            "measure": self.comparison.measure,
            "shape": self.shape,
            "method": self.method,
            "certainty": self.rating.level.value,
            "points": [
                {
                    "dose": point.dose.text,
                    "studies": point.studies.text,
                    "people": point.people.text,
                    **point.natural.interval(),
                }
                for point in self.points
            ],
            "curve": [list(step) for step in self.line],
            "statement": None if self.statement is None else self.statement.to_dict(),
            "cautions": [caution.to_dict() for caution in self.cautions],
        }
