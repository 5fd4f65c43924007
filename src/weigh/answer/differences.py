"""The numbers of a difference between two ways of treating: doses, forms, not arms of a trial."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.answer.results import interval_words
from weigh.evidence.comparison import Comparison, Natural
from weigh.evidence.figures import amount, ratio
from weigh.evidence.statement import Phrase, Quantity

__all__ = ["Difference", "difference", "ratio_cell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Parts of ``0.4 points lower (95% CI 1.2 lower to 0.4 higher)``; `unit` ends in a blank."""

    estimate: Quantity
    unit: str
    way: str
    interval: Phrase


def difference(comparison: Comparison, natural: Natural, *, people: str) -> Difference:
    """A difference of means, or of risks in 1,000 people.

    Parameters
    ----------
    comparison
        Whose outcome and measure it is of; not a ratio.
    people
        Unit of a difference of risks.
    """
    risks = comparison.measure == "RD"
    ways = ("fewer", "more") if risks else comparison.outcome.ways
    units = {"RD": people, "SMD": "standard deviations "}

    def shown(field: str) -> Quantity:
        value = abs(getattr(natural, field))
        text = amount(1000.0 * value, 0) if risks else amount(value)
        return Quantity(text=text, node=natural.nodes[field])

    return Difference(
        estimate=shown("estimate"),
        unit=units.get(comparison.measure, f"{comparison.outcome.unit or 'points'} "),
        way=ways[0 if natural.estimate < 0 else 1],
        interval=interval_words(
            shown("ci_low"), shown("ci_high"), natural.ci_low, natural.ci_high, ways
        ),
    )


def ratio_cell(natural: Natural, field: str) -> Quantity:
    """One figure of a ratio."""
    return Quantity(text=ratio(getattr(natural, field)), node=natural.nodes[field])
