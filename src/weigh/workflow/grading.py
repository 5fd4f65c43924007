"""A comparison rated, modelled and put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from weigh.answer.results import tell_comparison
from weigh.appraisal import certainty
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Quantity, Statement, say
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.comparing import compare
from weigh.workflow.models import models
from weigh.workflow.plans import Task, tasks
from weigh.workflow.smallstudy import small_study_test

__all__ = ["comparisons", "finish", "rate"]


def comparisons(evidence: Evidence, trace: TraceBuilder) -> tuple[Comparison, ...]:
    """Every comparison of the question, finished: estimated, rated, modelled, worded."""
    rated = [rate(evidence, task, trace) for task in tasks(evidence)]
    return tuple(_worded(comparison, evidence, trace) for comparison in rated)


def finish(evidence: Evidence, task: Task, trace: TraceBuilder) -> Comparison:
    """One comparison, finished."""
    return _worded(rate(evidence, task, trace), evidence, trace)


def rate(evidence: Evidence, task: Task, trace: TraceBuilder) -> Comparison:
    """One comparison with its certainty, not yet in words."""
    comparison = compare(evidence, task, trace)
    test = small_study_test(comparison, trace)
    rating = certainty(comparison, evidence, trace, small_study=test)
    return replace(comparison, certainty=rating)


def _worded(comparison: Comparison, evidence: Evidence, trace: TraceBuilder) -> Comparison:
    return replace(
        comparison,
        models=models(comparison, trace),
        statement=tell_comparison(comparison, evidence.question),
        footnotes=tuple(_footnotes(comparison)),
    )


def _footnotes(comparison: Comparison) -> Iterable[Statement]:
    """The cautions of the pooling and of each study, which must stand where the numbers do."""
    number = 0
    if comparison.plan.note is not None:
        number += 1
        yield Statement(
            id=f"{comparison.id}.note.{number}",
            phrase=say(
                "{text}", text=Quantity(text=comparison.plan.note, node=comparison.nodes["label"])
            ),
        )
    # Of a single study there is nothing to say about pooling.
    if comparison.pooled is not None and comparison.k > 1:
        for note in comparison.pooled.notes:
            number += 1
            node = comparison.nodes["pooled.estimate"]
            yield Statement(
                id=f"{comparison.id}.note.{number}",
                phrase=say("{text}", text=Quantity(text=note, node=node)),
            )
    for row in comparison.studies:
        for phrase in row.notes:
            number += 1
            yield Statement(id=f"{comparison.id}.note.{number}", phrase=phrase)
