"""The section on risks: dangers first, then what was reported, and last what is not known."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.answer import Hazard, SafetySection
from weigh.evidence.cells import fact_cell
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import sentence
from weigh.evidence.statement import Statement, join
from weigh.evidence.trace import TraceBuilder
from weigh.safety.gaps import harm_gaps
from weigh.safety.harms import adverse_effects
from weigh.safety.interactions import SEVERITIES, interaction_hazards, own_words

__all__ = ["safety"]


def safety(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> SafetySection:
    """Tell the risks from the folder alone.

    Parameters
    ----------
    evidence
        The folder; its ``safety`` holds what is known, its studies what was watched.
    comparisons
        All comparisons; those of harms lend their statements.
    trace
        Collects the node of every dose, count and text that is shown.

    Returns
    -------
    SafetySection
        Hazards from danger to note; adverse effects as reported; the folder's other facts, and
        last what is not known, since a lack of data is never told as safety.
    """
    facts = [
        Statement(
            id=f"safety.fact.{index + 1}",
            phrase=sentence(fact_cell(trace, f"safety.facts.{index}", fact)),
        )
        for index, fact in enumerate(evidence.safety.facts)
    ]
    return SafetySection(
        interactions=interaction_hazards(evidence, trace),
        contraindications=_contraindications(evidence, trace),
        adverse_effects=adverse_effects(evidence, comparisons, trace),
        statements=(*facts, *harm_gaps(evidence, trace)),
    )


def _contraindications(evidence: Evidence, trace: TraceBuilder) -> tuple[Hazard, ...]:
    hazards = []
    for entry in evidence.safety.contraindications:
        node = f"safety.contraindications.{entry.id}"
        said = sentence(fact_cell(trace, node, entry))
        quote = own_words(trace, f"{node}.quote", entry, entry.quote)
        hazards.append(
            Hazard(
                id=f"safety.contraindications.{entry.id}",
                severity=entry.severity,
                headline=entry.who[0].upper() + entry.who[1:],
                statements=(
                    Statement(
                        id=f"safety.contraindication.{entry.id}",
                        phrase=join([said, quote]) if quote is not None else said,
                    ),
                ),
            )
        )
    return tuple(sorted(hazards, key=lambda hazard: SEVERITIES.index(hazard.severity)))
