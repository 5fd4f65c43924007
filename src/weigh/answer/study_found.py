"""What was found in one study: its reports' figures, and the effects worked out from them."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.answer.reported import outcome_name, tell_outcome
from weigh.answer.results import MEASURE_WORDS
from weigh.answer.row_words import Scene
from weigh.answer.size import RATIOS
from weigh.evidence.cells import fact_cell, study_cell
from weigh.evidence.comparison import Comparison, StudyEffect
from weigh.evidence.figures import amount, ratio
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import trimmed, uncapitalised
from weigh.evidence.statement import Part, Phrase, Quantity, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["study_found"]


def study_found(
    trace: TraceBuilder,
    evidence: Evidence,
    comparisons: Sequence[Comparison],
    study: Study,
    common: frozenset[str],
) -> tuple[Phrase, ...]:
    """Tell every outcome in the question's order, then adverse events and dropouts.

    An effect that a comparison worked out for the study stands behind the figures it came from.
    """
    told: list[Phrase] = []
    for outcome in evidence.question.outcomes:
        rows = [r for r in evidence.results if r.study == study.id and r.outcome == outcome.id]
        if not rows:
            continue
        scene = Scene(trace=trace, evidence=evidence, study=study, outcome=outcome, common=common)
        told += tell_outcome(scene, rows)
        here = [c for c in comparisons if c.outcome.id == outcome.id and c.subgroup is None]
        told += _effects(trace, here, study, common)
    for field, lead in (("adverse_events", "Adverse events"), ("dropouts", "Dropouts")):
        fact = getattr(study, field)
        if fact is not None:
            cell = fact_cell(trace, f"studies.{study.id}.{field}", fact)
            text = Quantity(text=uncapitalised(trimmed(cell.text), common), node=cell.node)
            told.append(say("{lead}: {text}.", lead=lead, text=text))
    if not any(row.study == study.id for row in evidence.results):
        told.insert(
            0,
            say("No result could be read.", rests_on=[study_cell(trace, study).node]),
        )
    return tuple(told)


def _effects(
    trace: TraceBuilder, comparisons: Sequence[Comparison], study: Study, common: frozenset[str]
) -> list[Phrase]:
    """The study's effect as worked out here, in each comparison that takes it in."""
    told: list[Phrase] = []
    for comparison in comparisons:
        told += [_effect(comparison, row) for row in comparison.studies if row.study.id == study.id]
        told += [
            say(
                "No effect can be worked out for {outcome}: {why}.",
                outcome=_mid_sentence(outcome_name(trace, comparison.outcome), common),
                why=silent.reason,
            )
            for silent in comparison.not_estimable
            if silent.study.id == study.id
        ]
    # Two plans over the same outcome may take in the same figures.
    return list({phrase.text: phrase for phrase in told}.values())


def _effect(comparison: Comparison, row: StudyEffect) -> Phrase:
    natural = row.natural
    show = ratio if comparison.measure in RATIOS else amount
    in_units = comparison.measure in ("MD", "MC") and comparison.outcome.unit is not None
    when: Part = row.timepoint
    if any(c.isdigit() for c in row.timepoint):
        when = Quantity(text=row.timepoint, node=row.nodes["yi"])
    return say(
        "Worked out here, against {comparator} ({when}): {measure} {estimate}{unit} "
        "({low} to {high}).",
        comparator=comparison.comparator,
        when=when,
        measure=MEASURE_WORDS.get(comparison.measure, comparison.measure),
        estimate=Quantity(text=show(natural.estimate), node=natural.nodes["estimate"]),
        unit=f" {comparison.outcome.unit}" if in_units else "",
        low=Quantity(text=f"95% CI {show(natural.ci_low)}", node=natural.nodes["ci_low"]),
        high=Quantity(text=show(natural.ci_high), node=natural.nodes["ci_high"]),
    )


def _mid_sentence(name: Part, common: frozenset[str]) -> Part:
    """An outcome's name inside a sentence."""
    return uncapitalised(name, common) if isinstance(name, str) else name
