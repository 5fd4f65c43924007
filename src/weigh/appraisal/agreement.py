"""Whether the reports of one study say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.evidence.cells import participants_cell, result_cell, study_cell
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import name_of, sentence, text_cell
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, Quantity, listing, say
from weigh.evidence.study import Participants, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["disagreements"]

# What two reports of one result can differ in; the figures that effects are made from.
_FIGURES = {
    "n": "people",
    "mean": "mean",
    "sd": "SD",
    "median": "median",
    "change_mean": "mean change",
    "change_sd": "SD of the change",
    "events": "people with the event",
    "total": "people counted",
    "effect": "difference",
}


def disagreements(evidence: Evidence, study: Study, trace: TraceBuilder) -> Iterator[Phrase]:
    """A sentence for each thing that two reports of a study give differently.

    Counts of people come first: each count with where it stands, the one that the answer goes by,
    and why.
    """
    for kind in dict.fromkeys(entry.kind for entry in study.participants):
        entries = [entry for entry in study.participants if entry.kind == kind]
        if len({entry.count for entry in entries}) > 1:
            yield _people(evidence, study, entries, trace)
    rows = [row for row in evidence.results if row.study == study.id]
    for key in dict.fromkeys(row.key for row in rows):
        yield from _results(evidence, study, [row for row in rows if row.key == key], trace)


def _people(
    evidence: Evidence, study: Study, entries: Sequence[Participants], trace: TraceBuilder
) -> Phrase:
    counted = [
        say(
            "{n} in {where}",
            n=participants_cell(trace, study, entry),
            where=_publication(trace, evidence, entry.source or study.source),
        )
        for entry in entries
    ]
    phrase = say(
        "Reports of {study} disagree on how many people were {kind}: {counts}.",
        study=study_cell(trace, study),
        kind=entries[0].kind,
        counts=listing(counted),
    )
    used = next((entry for entry in entries if entry.used), None)
    if used is None:
        return phrase
    phrase = say(
        "{head} This answer goes by {n}{stop}",
        head=phrase,
        n=participants_cell(trace, study, used),
        stop="." if used.reason is None else ":",
    )
    if used.reason is None:
        return phrase
    index = study.participants.index(used)
    reason = text_cell(
        trace,
        f"studies.{study.id}.participants.{index}.reason",
        used,
        f"participants[{index}].reason",
        used.reason,
        source=study.source,
    )
    text = reason.text[:1].lower() + reason.text[1:] if _opens_plainly(reason.text) else reason.text
    return sentence(say("{head} {why}", head=phrase, why=Quantity(text=text, node=reason.node)))


def _opens_plainly(text: str) -> bool:
    """True where the first word is an article or the like, and no name that keeps its capital."""
    return text.split(" ", 1)[0] in {"The", "A", "An", "It", "This", "That", "Its", "Only"}


def _results(
    evidence: Evidence, study: Study, rows: Sequence[Result], trace: TraceBuilder
) -> Iterator[Phrase]:
    """Two rows for one result: two reports of the same arm, outcome and time."""
    outcome = {o.id: o for o in evidence.question.outcomes}.get(rows[0].outcome)
    for column, words in _FIGURES.items():
        held = [row for row in rows if getattr(row, column) is not None]
        if len({getattr(row, column) for row in held}) < 2:
            continue
        name: Part = rows[0].outcome
        if outcome is not None:
            node_id = f"question.outcomes.{outcome.id}.name"
            name = name_of(trace, node_id, outcome, "name", outcome.name)
        figures = [
            say(
                "{value} in {where}",
                value=result_cell(trace, evidence, row, column),
                where=_publication(trace, evidence, row.source),
            )
            for row in held
        ]
        yield say(
            "Reports of {study} disagree on {name} at {time} ({what}): {figures}.",
            study=study_cell(trace, study),
            name=name,
            time=result_cell(trace, evidence, rows[0], "timepoint"),
            what=words,
            figures=listing(figures),
        )


def _publication(trace: TraceBuilder, evidence: Evidence, source: str | None) -> Part:
    """Where a report stands: the journal or site, else who wrote it, else its title."""
    reference = {item.id: item for item in evidence.references}.get(source or "")
    if reference is None:
        return "one report"
    return name_of(
        trace,
        f"references.{reference.id}.publication",
        reference,
        "container-title",
        _name(reference),
        source=reference.id,
    )


def _name(reference: Reference) -> str:
    literals = [name.literal for name in reference.author if name.literal is not None]
    found = (reference.container_title, *literals, reference.publisher, reference.title)
    return next((text for text in found if text is not None), reference.id)
