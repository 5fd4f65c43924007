"""What is known before the page's own sentences are written: the parts that they speak of."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.answer.verdict import Decision
from weigh.evidence.answer import FormTable, Mechanisms, NotMeasured, SafetySection
from weigh.evidence.comparison import Comparison, Independence
from weigh.evidence.doses import DoseCurveView
from weigh.evidence.folder import Evidence
from weigh.evidence.planning import TrialPlan
from weigh.evidence.question import Question
from weigh.evidence.statement import Statement
from weigh.evidence.study import Study

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The graded comparisons and finished sections that summary, conclusion and FAQ draw on.

    `independence` is that of the direct studies; None where there are none.
    """

    evidence: Evidence
    comparisons: tuple[Comparison, ...]
    decision: Decision
    not_measured: tuple[NotMeasured, ...]
    independence: Independence | None
    discrepancies: tuple[Statement, ...]
    mechanisms: Mechanisms
    safety: SafetySection
    forms: FormTable
    residual: tuple[Statement, ...]
    subgroups: tuple[Statement, ...]
    alternatives: tuple[Statement, ...]
    plans: tuple[TrialPlan, ...]
    doses: tuple[DoseCurveView, ...]

    @property
    def question(self) -> Question:
        """The question."""
        return self.evidence.question

    @property
    def direct_studies(self) -> tuple[Study, ...]:
        """Studies that fit the question and are not excluded."""
        return tuple(
            study
            for study in self.evidence.studies
            if study.directness.level == "direct" and study.excluded is None
        )

    @property
    def direct(self) -> tuple[Comparison, ...]:
        """Comparisons of the whole population in studies that fit the question."""
        return tuple(c for c in self.comparisons if c.direct and c.subgroup is None)

    @property
    def indirect(self) -> tuple[Comparison, ...]:
        """Comparisons in studies of other people or outcomes."""
        return tuple(c for c in self.comparisons if not c.direct)
