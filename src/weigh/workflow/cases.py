"""One study in one comparison: what the steps from rows to effect all need to know."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.cells import study_cell
from weigh.evidence.comparison import ArmData
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.arms import Missing, Side
from weigh.workflow.plans import Task
from weigh.workflow.rows import ArmRow, Selection

__all__ = ["Case", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A study's chosen rows for a task, the measure to express them in, and the trace."""

    evidence: Evidence
    task: Task
    measure: str
    selection: Selection
    trace: TraceBuilder

    @property
    def study(self) -> Study:
        """The study."""
        return self.selection.study

    @property
    def base(self) -> str:
        """Begins the ids of the nodes of this case."""
        return f"{self.task.id}.{self.study.id}"

    @property
    def study_cell(self) -> Quantity:
        """The study, shown by its label."""
        return study_cell(self.trace, self.study)

    @property
    def sides(self) -> tuple[tuple[str, tuple[ArmRow, ...]], ...]:
        """Both sides by name, with the rows of their arms."""
        return (
            ("intervention", self.selection.intervention),
            ("comparator", self.selection.comparator),
        )


def both(sides: list[Side]) -> tuple[ArmData, ArmData] | Missing:
    """Both sides' numbers, or all that is missing from either."""
    treated, control = sides
    if isinstance(treated, ArmData) and isinstance(control, ArmData):
        return treated, control
    lacks = [lack for side in sides if isinstance(side, Missing) for lack in side.lacks]
    return Missing(lacks=tuple(dict.fromkeys(lacks)))
