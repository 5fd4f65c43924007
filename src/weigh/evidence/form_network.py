"""Forms of the intervention compared through a network of trials, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.question import Form
from weigh.evidence.statement import Quantity

__all__ = ["FormContrast", "FormNetwork"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContrast:
    """One form against another.

    Parameters
    ----------
    first, second
        The effect is that of the first against the second.
    estimate, ci_low, ci_high
        On the analysis scale; `natural` as people read it.
    level
        Confidence level.
    direct
        Number of trials that compare the two themselves.
    certainty, node
        How certain it is, and the node of that.
    """

    first: Form
    second: Form
    estimate: float
    ci_low: float
    ci_high: float
    natural: Natural
    level: Quantity
    direct: Quantity
    certainty: CertaintyLevel
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormNetwork:
    """Forms that trials of one comparison connect, directly or through a common comparator.

    Parameters
    ----------
    id, comparison
        The comparison whose trials they are.
    contrasts
        Each pair of forms once, in the order of the question.
    k, n
        Trials and people in the network.
    through
        What else stands in the network, such as placebo.
    disagreement
        P value that trials of different designs agree; None where no loop can tell.
    """

    id: str
    comparison: Comparison
    contrasts: tuple[FormContrast, ...]
    k: Quantity
    n: Quantity
    through: tuple[str, ...]
    disagreement: Quantity | None
