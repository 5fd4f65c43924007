"""What of a folder can bear on a claim, each as words with its node in the trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weigh.evidence.answer import Answer, Hazard
from weigh.evidence.audit import LinkKind
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.statement import Statement
from weigh.evidence.study import Fact, Study

__all__ = ["Passage", "passages"]

_VERBS = {
    "increases": "increases raises promotes more",
    "decreases": "decreases lowers reduces downregulates less",
    "activates": "activates activation stimulates",
    "inhibits": "inhibits blocks protects against prevents",
    "converts": "converts turns into",
    "required-for": "required needed essential for",
    "correlates-with": "correlates associated",
    "no-effect": "does not change",
    "not-tested": "",
    "result-not-seen": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something that can be linked.

    `about` are words that say what it is about (they weigh more), `text` all its words. `source`
    is the value itself. `node` is its node in the answer's trace, None where the answer shows none.
    """

    kind: LinkKind
    id: str
    about: str
    text: str
    source: Study | Comparison | MechanismEdge | Hazard | Statement | Fact
    node: str | None


def passages(evidence: Evidence, answer: Answer) -> tuple[Passage, ...]:
    """Everything in a folder that a claim may be held against, in a fixed order."""
    found = [
        *_comparisons(answer),
        *_studies(evidence, answer),
        *_mechanisms(answer),
        *_safety(evidence, answer),
        *_facts(evidence),
    ]
    trace = answer.trace
    return tuple(
        p
        if p.node is not None and p.node in trace
        else Passage(kind=p.kind, id=p.id, about=p.about, text=p.text, source=p.source, node=None)
        for p in found
    )


def _comparisons(answer: Answer) -> Iterator[Passage]:
    for comparison in answer.comparisons:
        outcome = comparison.outcome
        told = comparison.statement.text if comparison.statement else ""
        about = f"{outcome.name} {outcome.plain} {outcome.instrument or ''} {comparison.label}"
        yield Passage(
            kind=LinkKind.COMPARISON,
            id=comparison.id,
            about=about,
            text=f"{' '.join(outcome.verbs)} {told}",
            source=comparison,
            node=comparison.certainty.node if comparison.certainty else comparison.nodes.get("all"),
        )


def _studies(evidence: Evidence, answer: Answer) -> Iterator[Passage]:
    stories = {story.study.id: story for story in answer.stories}
    for study in evidence.studies:
        told = " ".join(fact.text for fact in study.notes)
        story = stories.get(study.id)
        if story is not None:
            told += " " + " ".join(s.text for s in (*story.done, *story.found))
        yield Passage(
            kind=LinkKind.STUDY,
            id=study.id,
            about=f"{study.label} {study.population}",
            text=told,
            source=study,
            node=f"studies.{study.id}",
        )


def _mechanisms(answer: Answer) -> Iterator[Passage]:
    for view in answer.mechanisms.edges:
        edge = view.edge
        parts = (edge.detail, edge.system, edge.conditions, edge.effect, edge.bearing, edge.quote)
        yield Passage(
            kind=LinkKind.MECHANISM,
            id=edge.id,
            about=f"{edge.subject} {edge.object} {edge.pathway}",
            text=" ".join((_VERBS[edge.relation], *(p for p in parts if p))),
            source=edge,
            node=view.node,
        )


def _safety(evidence: Evidence, answer: Answer) -> Iterator[Passage]:
    for hazard in (*answer.safety.interactions, *answer.safety.contraindications):
        text = " ".join(statement.text for statement in hazard.statements)
        node = next((n for s in hazard.statements for n in s.because), None)
        yield Passage(
            kind=LinkKind.SAFETY,
            id=hazard.id,
            about=f"{hazard.headline} interaction",
            text=text,
            source=hazard,
            node=node,
        )
    for effect in evidence.safety.adverse_effects:
        yield Passage(
            kind=LinkKind.SAFETY,
            id=f"safety.adverse_effects.{effect.id}",
            about="adverse effects",
            text=effect.text,
            source=effect,
            node=f"safety.adverse_effects.{effect.id}",
        )
    for number, fact in enumerate(evidence.safety.facts):
        node_id = f"safety.facts.{number}"
        yield _fact(LinkKind.SAFETY, node_id, "", fact)


def _facts(evidence: Evidence) -> Iterator[Passage]:
    names = {form.id: form.name for form in evidence.question.forms}
    for number, fact in enumerate(evidence.forms):
        about = f"{names.get(fact.form, fact.form)} {fact.attribute}"
        yield _fact(LinkKind.FORM, f"forms.{number}", about, fact)
    background = evidence.background
    for number, told in enumerate(background.condition):
        about = evidence.question.population.name
        yield _fact(LinkKind.BACKGROUND, f"background.condition.{number}", about, told)
    for number, told in enumerate(background.intervention):
        about = evidence.question.intervention.name
        yield _fact(LinkKind.BACKGROUND, f"background.intervention.{number}", about, told)
    for number, other in enumerate(background.alternatives):
        yield _fact(LinkKind.BACKGROUND, f"background.alternatives.{number}", other.name, other)
    for number, review in enumerate(background.reviews):
        yield _fact(LinkKind.REVIEW, f"background.reviews.{number}", review.label, review)


def _fact(kind: LinkKind, node: str, about: str, fact: Fact) -> Passage:
    text = f"{fact.text} {fact.quote or ''}"
    return Passage(kind=kind, id=node, about=about, text=text, source=fact, node=node)
