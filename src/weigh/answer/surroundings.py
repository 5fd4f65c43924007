"""What stands around the trials: condition, intervention, what else is done, other views."""

from __future__ import annotations

from weigh.evidence.answer import OtherView
from weigh.evidence.background import Alternative, Review
from weigh.evidence.cells import fact_cell
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import (
    common_words,
    name_of,
    sentence,
    text_cell,
    trimmed,
    uncapitalised,
)
from weigh.evidence.statement import Phrase, Statement, join, say
from weigh.evidence.trace import TraceBuilder

__all__ = ["alternatives", "background", "other_views"]

_KINDS = {
    "systematic-review": "a systematic review",
    "narrative-review": "a narrative review",
    "guideline": "a guideline",
    "database": "a database",
}


def background(evidence: Evidence, trace: TraceBuilder) -> tuple[Statement, ...]:
    """Facts on the condition, then on the intervention, each with its source."""
    return tuple(
        Statement(
            id=f"background.{part}.{number}",
            phrase=sentence(fact_cell(trace, f"background.{part}.{number - 1}", fact)),
        )
        for part, facts in (
            ("condition", evidence.background.condition),
            ("intervention", evidence.background.intervention),
        )
        for number, fact in enumerate(facts, start=1)
    )


def alternatives(evidence: Evidence, trace: TraceBuilder) -> tuple[Statement, ...]:
    """What else is done for the condition, each under its name."""
    return tuple(
        Statement(id=f"alternative.{number}", phrase=_alternative(trace, number - 1, entry))
        for number, entry in enumerate(evidence.background.alternatives, start=1)
    )


def _alternative(trace: TraceBuilder, index: int, entry: Alternative) -> Phrase:
    node = f"background.alternatives.{index}"
    said = sentence(fact_cell(trace, node, entry))
    if entry.text.lower().startswith(entry.name.lower()):
        return said
    # A whole sentence behind the colon keeps its capital, so that a list of them looks alike.
    name = name_of(trace, f"{node}.name", entry, "name", trimmed(entry.name))
    return say("{name}: {said}", name=name, said=said).capitalised()


def other_views(evidence: Evidence, trace: TraceBuilder) -> tuple[OtherView, ...]:
    """What other reviews concluded, with who stands behind them and how far they can be leaned on.

    A stake that a reviewer has in the result is told before the appraisal.
    """
    common = common_words(evidence)
    return tuple(
        OtherView(
            review=review,
            statement=Statement(
                id=f"other-view.{number}", phrase=_view(trace, number - 1, review, common)
            ),
        )
        for number, review in enumerate(evidence.background.reviews, start=1)
    )


def _view(trace: TraceBuilder, index: int, review: Review, common: frozenset[str]) -> Phrase:
    node = f"background.reviews.{index}"
    parts = [
        say(
            "{label} is {kind}.",
            label=name_of(trace, f"{node}.label", review, "label", trimmed(review.label)),
            kind=_KINDS[review.kind],
        ).capitalised(),
        sentence(fact_cell(trace, node, review)),
    ]
    if review.interest is not None:
        parts.append(
            sentence(text_cell(trace, f"{node}.interest", review, "interest", review.interest))
        )
    if review.appraisal is not None:
        shown = uncapitalised(review.appraisal, common)
        appraisal = text_cell(
            trace, f"{node}.appraisal", review, "appraisal", review.appraisal, shown=shown
        )
        parts.append(sentence(say("our appraisal: {text}", text=appraisal)))
    return join(parts)
