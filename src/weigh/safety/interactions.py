"""Interactions: one hazard for each class of drugs, its findings from the lowest dose up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.evidence.answer import Hazard
from weigh.evidence.cells import fact_cell
from weigh.evidence.document import Document
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import (
    mentions,
    sentence,
    slug,
    text_cell,
    trimmed,
    uncapitalised,
)
from weigh.evidence.safety import Interaction, Severity
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, join, listing, say
from weigh.evidence.trace import TraceBuilder
from weigh.safety.doses import dose_cell, dose_comparisons

__all__ = ["SEVERITIES", "interaction_hazards", "own_words"]

#: From the gravest on: the order in which hazards stand on the page.
SEVERITIES: tuple[Severity, ...] = ("danger", "caution", "note")


def interaction_hazards(evidence: Evidence, trace: TraceBuilder) -> tuple[Hazard, ...]:
    """Group the folder's interactions by class, gravest first.

    A hazard is as grave as the gravest interaction in it. Its statements are the findings (those
    without a dose first, then by form from the lowest dose up) with what their sources advise, the
    doses of each form side by side, and the studies' own dose against them.
    """
    groups: dict[str, list[Interaction]] = {}
    for entry in evidence.safety.interactions:
        groups.setdefault(entry.class_ or entry.with_, []).append(entry)
    hazards = [
        Hazard(
            id=f"safety.interactions.{slug(name)}",
            severity=min((entry.severity for entry in entries), key=SEVERITIES.index),
            headline=_headline(name, entries),
            statements=tuple(_statements(evidence, trace, name, _ascending(entries))),
        )
        for name, entries in groups.items()
    ]
    return tuple(sorted(hazards, key=lambda hazard: SEVERITIES.index(hazard.severity)))


def own_words(
    trace: TraceBuilder, node_id: str, document: Document, quote: str | None
) -> Phrase | None:
    """The source's own words between quotation marks; None where none are kept."""
    if quote is None:
        return None
    shown = trimmed(quote)
    return say(
        "In the source's words: “{quote}”.",
        quote=text_cell(trace, node_id, document, "quote", quote, shown=shown),
    )


def _headline(name: str, entries: Iterable[Interaction]) -> str:
    members = dict.fromkeys(e.with_ for e in entries if e.with_.lower() != name.lower())
    headline = f"{name} ({', '.join(members)})" if members else name
    return headline[0].upper() + headline[1:]


def _ascending(entries: Iterable[Interaction]) -> list[Interaction]:
    """Entries without a dose first; then form by form, the one with the lowest dose first."""
    held = list(entries)
    lowest = {
        forms: min((min(e.doses) for e in held if e.doses and e.forms == forms), default=0.0)
        for forms in {entry.forms for entry in held}
    }
    return sorted(
        held,
        key=lambda entry: (
            bool(entry.doses),
            lowest[entry.forms] if entry.doses else 0.0,
            entry.forms,
            min(entry.doses, default=0.0),
        ),
    )


def _statements(
    evidence: Evidence, trace: TraceBuilder, name: str, entries: Sequence[Interaction]
) -> list[Statement]:
    advised: set[tuple[str | None, str | None]] = set()
    told = []
    for entry in reversed(entries):
        # Advice that several findings of one source lead to stands once, behind the last of them.
        repeated = (entry.source, entry.advice) in advised
        advised.add((entry.source, entry.advice))
        phrase = _finding(evidence, trace, name, entry, with_advice=not repeated)
        told.append(Statement(id=f"safety.interaction.{entry.id}", phrase=phrase))
    told.reverse()
    return (
        told
        + _doses(evidence, trace, name, entries)
        + dose_comparisons(evidence, trace, name, entries)
    )


def _finding(
    evidence: Evidence, trace: TraceBuilder, name: str, entry: Interaction, *, with_advice: bool
) -> Phrase:
    node = f"safety.interactions.{entry.id}"
    parts: list[Part] = [sentence(fact_cell(trace, node, entry))]
    named = " ".join(filter(None, (name, entry.text, entry.population)))
    seen: list[Part] = []
    if not mentions(named, [entry.with_]):
        seen.append(f"with {entry.with_}")
    if entry.population is not None:
        whom = text_cell(
            trace,
            f"{node}.population",
            entry,
            "population",
            entry.population,
            shown=trimmed(entry.population),
        )
        seen.append(say("in {whom}", whom=whom))
    if seen:
        parts.append(say("Seen {where}.", where=join(seen, ", ")))
    quote = own_words(trace, f"{node}.quote", entry, entry.quote)
    if quote is not None:
        parts.append(quote)
    if with_advice and entry.advice is not None:
        parts.append(_advice(evidence, trace, entry))
    return join(parts)


def _doses(
    evidence: Evidence, trace: TraceBuilder, name: str, entries: Sequence[Interaction]
) -> list[Statement]:
    """``An effect of brine was reported at 10 and 45 ml a day.``: every dose of a form."""
    told = []
    for form in dict.fromkeys(form for entry in entries for form in entry.forms):
        here = [entry for entry in entries if form in entry.forms and entry.doses]
        seen = _dose_list(trace, [entry for entry in here if not entry.no_effect])
        unseen = _dose_list(trace, [entry for entry in here if entry.no_effect])
        what = _form_name(evidence, form)
        if seen is not None:
            phrase = say("an effect of {what} was reported at {doses}", what=what, doses=seen)
            if unseen is not None:
                phrase = say("{head}, and none at {doses}", head=phrase, doses=unseen)
        elif unseen is not None:
            phrase = say("no effect of {what} was reported at {doses}", what=what, doses=unseen)
        else:
            continue
        told.append(Statement(id=f"safety.doses.{slug(name)}.{form}", phrase=sentence(phrase)))
    return told


def _dose_list(trace: TraceBuilder, entries: Sequence[Interaction]) -> Phrase | None:
    """Doses of one unit as a list, ascending; a unit stands once behind its doses."""
    if not entries:
        return None
    parts = []
    for unit in dict.fromkeys(entry.unit for entry in entries):
        cells: dict[float, Quantity] = {}
        for entry in entries:
            if entry.unit == unit:
                for index, dose in enumerate(entry.doses):
                    cells.setdefault(dose, dose_cell(trace, entry, index, unit=False))
        doses = listing(cells[dose] for dose in sorted(cells))
        parts.append(say("{doses}{unit} a day", doses=doses, unit=f" {unit}" if unit else ""))
    return listing(parts)


def _form_name(evidence: Evidence, form: str) -> str:
    known = {held.id: held.name for held in evidence.question.forms}
    return known.get(form, form)


def _advice(evidence: Evidence, trace: TraceBuilder, entry: Interaction) -> Phrase:
    """What the source advises, as its own advice and not ours."""
    advice = entry.advice or ""
    first = advice.split(maxsplit=1)[0].lower()
    shown = uncapitalised(trimmed(advice), frozenset({first}))
    people = {ref.id for ref in evidence.references if any(name.family for name in ref.author)}
    return say(
        "{who}: {advice}.",
        who="The authors advise" if entry.source in people else "The source advises",
        advice=text_cell(
            trace, f"safety.interactions.{entry.id}.advice", entry, "advice", advice, shown=shown
        ),
    )
