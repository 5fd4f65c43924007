"""Counts as trace nodes: how many studies, people, teams, and which ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.evidence.cells import people, study_cell
from weigh.evidence.figures import plain
from weigh.evidence.phrasing import plural, tally
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["by_design", "count_people", "count_studies"]

_DESIGNS = {
    Allocation.RANDOMISED: ("randomised trial", "randomised trials"),
    Allocation.NON_RANDOMISED: (
        "study that compared groups without randomising",
        "studies that compared groups without randomising",
    ),
    Allocation.UNCONTROLLED: ("study without a control group", "studies without a control group"),
}


def count_studies(
    trace: TraceBuilder, node_id: str, label: str, studies: Iterable[Study]
) -> Quantity:
    """How many studies."""
    return tally(trace, node_id, label, [study_cell(trace, study).node for study in studies])


def count_people(
    trace: TraceBuilder, node_id: str, label: str, studies: Iterable[Study]
) -> Quantity | None:
    """All people in some studies, by the count that each goes by; None where none is reported."""
    known = {study.id: cell for study in studies if (cell := people(trace, study)) is not None}
    if not known:
        return None
    total = 0
    for cell in known.values():
        value = trace[cell.node].value
        total += value if isinstance(value, int) else 0
    node = trace.computed(
        node_id, label, total, function="sum", inputs=[cell.node for cell in known.values()]
    )
    return Quantity(text=plain(total), node=node)


def by_design(trace: TraceBuilder, node_id: str, studies: Sequence[Study]) -> tuple[Phrase, ...]:
    """``1 randomised trial``, ``2 studies without a control group``: one phrase a class."""
    phrases = []
    for allocation in Allocation:
        held = [study for study in studies if study.allocation is allocation]
        if held:
            number = count_studies(
                trace, f"{node_id}.{allocation.value}", f"{allocation.value} studies", held
            )
            singular, many = _DESIGNS[allocation]
            phrases.append(say("{n} {kind}", n=number, kind=plural(len(held), singular, many)))
    return tuple(phrases)
