"""What stands in an evidence folder, as trace nodes: one place that names them.

Each function adds the node (adding it again changes nothing) and returns what a sentence or table
shows for it, so that every step of the pipeline refers to the same cell by the same id.
"""

from __future__ import annotations

from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.result import Result
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Arm, Fact, Participants, Study
from weigh.evidence.trace import TraceBuilder

__all__ = [
    "arm_cell",
    "edge_cell",
    "fact_cell",
    "participants_cell",
    "people",
    "result_cell",
    "study_cell",
    "study_field",
]


def study_cell(trace: TraceBuilder, study: Study) -> Quantity:
    """The study itself, shown by its label."""
    node = trace.datum(f"studies.{study.id}", study.label, study.label, of=study, column="label")
    return Quantity(text=study.label, node=node)


def study_field(trace: TraceBuilder, study: Study, field: str, text: str | None = None) -> Quantity:
    """A field of a study, such as ``year`` or ``follow_up_weeks``; `text` is how to show it."""
    value = getattr(study, field)
    shown = text if text is not None else plain(value)
    node = trace.datum(
        f"studies.{study.id}.{field}",
        f"{study.label}: {field.replace('_', ' ')}",
        value if isinstance(value, (int, float)) else str(value),
        of=study,
        column=field,
    )
    return Quantity(text=shown, node=node)


def participants_cell(trace: TraceBuilder, study: Study, entry: Participants) -> Quantity:
    """How many people one report of a study counts."""
    index = study.participants.index(entry)
    node = trace.datum(
        f"studies.{study.id}.participants.{index}",
        f"{study.label}: people {entry.kind}",
        entry.count,
        of=entry,
        column=f"participants[{index}].count",
        source=study.source,
    )
    return Quantity(text=plain(entry.count), node=node)


def people(trace: TraceBuilder, study: Study) -> Quantity | None:
    """The number of people in a study that the answer goes by; None where none is reported.

    That is the count marked `used`; else of the counts given, the one of people randomised, then
    enrolled, analysed or completed. People screened are not people in the study.
    """
    used = [entry for entry in study.participants if entry.used]
    for kind in ("randomised", "enrolled", "analysed", "completed"):
        used += [entry for entry in study.participants if entry.kind == kind]
    return participants_cell(trace, study, used[0]) if used else None


def arm_cell(trace: TraceBuilder, study: Study, arm: Arm, field: str) -> Quantity:
    """A field of an arm, such as ``dose`` or ``n``; a dose is shown with its unit."""
    value = getattr(arm, field)
    shown = plain(value)
    if field == "dose":
        if arm.dose_max is not None:
            shown += f" to {plain(arm.dose_max)}"
        if arm.unit is not None:
            shown += f" {arm.unit}"
    index = study.arms.index(arm)
    node = trace.datum(
        f"studies.{study.id}.arms.{arm.id}.{field}",
        f"{study.label}, {arm.label}: {field.replace('_', ' ')}",
        value if isinstance(value, (int, float)) else str(value),
        of=arm,
        column=f"arms[{index}].{field}",
        source=study.source,
    )
    return Quantity(text=shown, node=node)


def result_cell(
    trace: TraceBuilder, evidence: Evidence, result: Result, column: str, text: str | None = None
) -> Quantity:
    """One cell of ``results.csv``; `text` is how to show it.

    Two rows of one key (two reports of the same thing) get ids that name their source.
    """
    value = getattr(result, column)
    shared = result.key in evidence.shared_keys
    key = f"{result.key}.{result.source}" if shared else result.key
    label = evidence.study(result.study).label
    node = trace.datum(
        f"results.{key}.{column}",
        f"{label}, {result.arm}, {result.outcome} at {result.timepoint}: {column}",
        value,
        of=result,
        column=column,
    )
    return Quantity(text=text if text is not None else plain(value), node=node)


def edge_cell(trace: TraceBuilder, edge: MechanismEdge) -> str:
    """One row of ``mechanisms.csv``: the id of its node."""
    return trace.datum(
        f"mechanisms.{edge.id}",
        f"{edge.subject} → {edge.object}",
        edge.relation,
        of=edge,
        column="relation",
    )


def fact_cell(trace: TraceBuilder, node_id: str, fact: Fact, column: str = "text") -> Quantity:
    """A sentence that a source bears, shown as it stands; its numbers are part of it."""
    node = trace.datum(node_id, fact.text, fact.text, of=fact, column=column)
    return Quantity(text=fact.text, node=node)
