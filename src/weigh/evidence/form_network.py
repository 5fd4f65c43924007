"""Forms of the intervention compared through a network of trials, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.question import Form
from weigh.evidence.statement import Quantity

__all__ = ["FormContrast", "FormGraph", "FormNetwork"]


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
class FormGraph:
    """What trials compare, for a picture.

    Parameters
    ----------
    treatments, trials, people
        Names, and the trials and people that each had.
    edges
        Pairs with the number of trials that compare them.
    multi_arm
        Sets of more than two that single trials compare, with the number of trials.
    """

    treatments: tuple[str, ...]
    trials: tuple[int, ...]
    people: tuple[float, ...] | None
    edges: tuple[tuple[str, str, int], ...]
    multi_arm: tuple[tuple[tuple[str, ...], int], ...]


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
    crossover
        Whether a trial in it is a crossover trial, whose periods are taken for separate groups.
    graph
        The network as a picture shows it.
    method
        Of the fit.
    disagreement
        P value that trials of different designs agree; None where no loop can tell.
    """

    id: str
    comparison: Comparison
    contrasts: tuple[FormContrast, ...]
    k: Quantity
    n: Quantity
    through: tuple[str, ...]
    crossover: bool
    graph: FormGraph
    method: str
    disagreement: Quantity | None

    def to_dict(self) -> dict[str, Any]:
        """As ``answer.json`` holds it; ratios as ratios."""
        return {
            "id": self.id,
            "comparison": self.comparison.id,
            "measure": self.comparison.measure,
            "method": self.method,
            "trials": self.k.text,
            "people": self.n.text,
            "through": list(self.through),
            "edges": [{"between": [one, two], "trials": k} for one, two, k in self.graph.edges],
            "contrasts": [
                {
                    "form": one.first.id,
                    "against": one.second.id,
                    "estimate": one.natural.estimate,
                    "ci_low": one.natural.ci_low,
                    "ci_high": one.natural.ci_high,
                    "direct_trials": one.direct.text,
                    "certainty": one.certainty.value,
                    "nodes": {**one.natural.nodes, "certainty": one.node},
                }
                for one in self.contrasts
            ],
        }
