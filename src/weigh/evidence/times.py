"""Several time points of one trial taken together, as effects that depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.statement import Quantity, Statement

__all__ = ["TimeRow", "TimesResult", "TimesView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRow:
    """The effect of one study at one time."""

    study: Quantity
    time: Quantity
    natural: Natural


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesResult:
    """The effect over all times, under one correlation between times of a study.

    `estimate`, `ci_low` and `ci_high` are on the analysis scale, `natural` as people read it.
    """

    correlation: Quantity
    estimate: float
    ci_low: float
    ci_high: float
    natural: Natural


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesView:
    """A comparison over all time points that its studies give, for one outcome.

    Parameters
    ----------
    rows
        Each study at each time, first times first.
    main, others
        The effect under the correlation that is assumed, and under others.
    effects, k
        How many effects, of how many studies.
    level
        Confidence level, as shown.
    statement, cautions
        None and empty until they are worded.
    """

    comparison: Comparison
    rows: tuple[TimeRow, ...]
    main: TimesResult
    others: tuple[TimesResult, ...]
    effects: Quantity
    k: Quantity
    level: Quantity
    statement: Statement | None = None
    cautions: tuple[Statement, ...] = ()

    @property
    def id(self) -> str:
        """That of the comparison."""
        return self.comparison.id

    def to_dict(self) -> dict[str, Any]:
        """As ``answer.json`` holds it, on the scale that people read."""
        return {
            "comparison": self.comparison.id,
            "measure": self.comparison.measure,
            "effects": [
                {
                    "study": row.study.text,
                    "time": row.time.text,
                    **row.natural.interval(),
                }
                for row in self.rows
            ],
            "results": [
                {"correlation": result.correlation.text, **result.natural.interval()}
                for result in (self.main, *self.others)
            ],
            "statement": None if self.statement is None else self.statement.to_dict(),
            "cautions": [caution.to_dict() for caution in self.cautions],
        }
