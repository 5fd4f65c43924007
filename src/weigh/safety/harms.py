"""Adverse effects as reported, and what a count of none leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.cells import (
    fact_cell,
    result_cell,
    study_cell,
)
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import per_cent
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import (
    common_words,
    sentence,
    trimmed,
    uncapitalised,
)
from weigh.evidence.result import Result
from weigh.evidence.statement import Phrase, Quantity, Statement, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder
from weigh.safety.bounds import LEVEL, RULE, upper_bound_of_zero

__all__ = ["adverse_effects"]


def adverse_effects(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[Statement, ...]:
    """Tell what was reported: comparisons of harms first, then study by study.

    A study's own line on adverse events is told where ``safety.yaml`` has none for it; a report of
    no event in so many people comes with the rate that it leaves open.
    """
    told = [
        Statement(
            id=f"safety.adverse.comparison.{comparison.id}",
            phrase=say("{statement}", statement=comparison.statement),
        )
        for comparison in comparisons
        if comparison.outcome.role == "harm" and comparison.statement is not None
    ]
    common = common_words(evidence)
    covered = set()
    for entry in evidence.safety.adverse_effects:
        cell = fact_cell(trace, f"safety.adverse_effects.{entry.id}", entry)
        known = [study for study in evidence.studies if study.id == entry.study]
        phrase = sentence(cell)
        if known:
            covered.add(known[0].id)
            phrase = _in_study(trace, known[0], cell, common)
        told.append(Statement(id=f"safety.adverse.{entry.id}", phrase=phrase))
    for study in evidence.studies:
        if study.adverse_events is not None and study.id not in covered:
            cell = fact_cell(trace, f"studies.{study.id}.adverse_events", study.adverse_events)
            told.append(
                Statement(
                    id=f"safety.adverse.study.{study.id}",
                    phrase=_in_study(trace, study, cell, common),
                )
            )
    return (*told, *_zero_events(evidence, trace))


def _in_study(trace: TraceBuilder, study: Study, cell: Quantity, common: frozenset[str]) -> Phrase:
    text = Quantity(text=uncapitalised(trimmed(cell.text), common), node=cell.node)
    return say("Adverse effects in {study}: {text}.", study=study_cell(trace, study), text=text)


def _zero_events(evidence: Evidence, trace: TraceBuilder) -> list[Statement]:
    """What a count of no events leaves open, for each harm that was counted at none."""
    harms = {o.id: o for o in evidence.question.outcomes if o.role == "harm"}
    studies = {study.id: study for study in evidence.studies}
    told = []
    for row in evidence.results:
        watched = row.total if row.total is not None else row.n
        study = studies.get(row.study)
        if row.outcome not in harms or row.events != 0 or not watched or study is None:
            continue
        arm = study.arm(row.arm)
        if arm.role != "intervention" or row.versus is not None:
            continue
        outcome = harms[row.outcome]
        total = result_cell(trace, evidence, row, "total" if row.total is not None else "n")
        bound = upper_bound_of_zero(watched)
        node = trace.computed(
            f"safety.bound.{_row_key(trace, evidence, row)}",
            f"{study.label}: highest rate of {outcome.name} that no event leaves open",
            bound,
            function="weigh.safety.bounds.upper_bound_of_zero",
            inputs=[total.node, result_cell(trace, evidence, row, "events").node],
            parameters={"level": LEVEL},
            method=RULE,
        )
        told.append(
            Statement(
                id=f"safety.zero.{_row_key(trace, evidence, row)}",
                phrase=sentence(
                    say(
                        "{outcome} in {study}: {none} of {total} people with {arm}. That leaves "
                        "open a true rate of up to {bound} (upper end of a one-sided {level} "
                        "interval)",
                        outcome=outcome.name,
                        study=study_cell(trace, study),
                        none=result_cell(trace, evidence, row, "events"),
                        total=total,
                        arm=arm.label,
                        bound=Quantity(text=per_cent(100 * bound), node=node),
                        level=Quantity(text=per_cent(100 * LEVEL), node=node),
                    )
                ),
            )
        )
    return told


def _row_key(trace: TraceBuilder, evidence: Evidence, row: Result) -> str:
    """The row's own name in the trace, without file and column."""
    node = result_cell(trace, evidence, row, "events").node
    return node.removeprefix("results.").removesuffix(".events")
