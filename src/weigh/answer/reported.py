"""What the reports of one study give for one outcome: each arm over time, each report apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from weigh.answer.row_words import (
    Scene,
    arm_name,
    contrast_words,
    note_sentences,
    time_words,
    value_words,
)
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import name_of, sentence, text_cell
from weigh.evidence.question import Outcome
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, join, listing, say
from weigh.evidence.trace import TraceBuilder

__all__ = ["outcome_name", "publication", "secondary", "tell_outcome"]


def tell_outcome(scene: Scene, rows: Sequence[Result]) -> tuple[Phrase, ...]:
    """Tell the rows of one outcome in one study.

    Parameters
    ----------
    scene
        The study and the outcome.
    rows
        Its rows.

    Returns
    -------
    tuple of Phrase
        Whole sentences: one for each report and arm, in order of time (one for both arms where a
        report gives two arms at the same times), then one for each contrast between arms. The
        first says how the outcome was measured.
    """
    told: list[Phrase] = []
    for held in _together([row for row in rows if row.versus is None]):
        inside = replace(scene, shared=_shared_notes(held))
        told.append(_over_time(inside, _name(inside, first=not told), held))
    for row in rows:
        if row.versus is not None:
            told.append(_contrast(scene, _name(scene, first=not told), row))
    return tuple(told)


def _together(rows: Sequence[Result]) -> list[list[Result]]:
    """Rows that stand in one sentence, each group in order of time."""
    groups: list[list[Result]] = []
    for source in dict.fromkeys(row.source for row in rows):
        here = sorted(
            (row for row in rows if row.source == source),
            key=lambda row: (row.weeks is None, row.weeks or 0.0),
        )
        arms = [
            [row for row in here if row.arm == arm] for arm in dict.fromkeys(r.arm for r in here)
        ]
        times = [[(row.timepoint, row.subgroup) for row in held] for held in arms]
        side_by_side = (
            len(arms) == 2
            and times[0] == times[1]
            and len(set(times[0])) == len(times[0])
            and all(row.subgroup is None for row in here)
        )
        groups += [here] if side_by_side else arms
    return groups


def _name(scene: Scene, *, first: bool) -> Part:
    name = outcome_name(scene.trace, scene.outcome)
    if not first:
        return name
    return say("{name}{instrument}", name=name, instrument=_instrument(scene))


def outcome_name(trace: TraceBuilder, outcome: Outcome) -> Part:
    """The outcome's full name."""
    return name_of(trace, f"question.outcomes.{outcome.id}.name", outcome, "name", outcome.name)


def secondary(evidence: Evidence, rows: Iterable[Result]) -> tuple[Reference, ...]:
    """Return sources of these rows that tell of a study which others did, each once."""
    known = {reference.id: reference for reference in evidence.references}
    used = dict.fromkeys(row.source for row in rows if row.source is not None)
    return tuple(known[name] for name in used if name in known and known[name].custom.secondary)


def publication(trace: TraceBuilder, reference: Reference, *, inner: bool = False) -> Part:
    """Where something was published: the journal or site, else who wrote it, else its title.

    With `inner` it is to stand in parentheses, and its own become square brackets.
    """
    literals = [name.literal for name in reference.author if name.literal is not None]
    found = (reference.container_title, *literals, reference.publisher, reference.title)
    name = next((text for text in found if text is not None), reference.id)
    node = f"references.{reference.id}.publication"
    shown = name.replace("(", "[").replace(")", "]") if inner else name
    return name_of(
        trace, node, reference, "container-title", name, source=reference.id, shown=shown
    )


def _instrument(scene: Scene) -> Part:
    """How it was measured, and from which score to which, as far as the question says."""
    outcome = scene.outcome
    parts: list[Part] = []
    instrument = outcome.instrument or ""
    shown = instrument.replace("(", "[").replace(")", "]")
    if instrument.lower().startswith(outcome.name.lower()):
        # "Cold Feet Score" measured by "Cold Feet Score (CFS)" needs the abbreviation alone.
        shown = instrument[len(outcome.name) :].strip(" ()")
    if shown:
        node = f"question.outcomes.{outcome.id}.instrument"
        parts.append(name_of(scene.trace, node, outcome, "instrument", instrument, shown=shown))
    if outcome.scale is not None:
        text = f"{plain(outcome.scale[0])} to {plain(outcome.scale[1])}"
        node = f"question.outcomes.{outcome.id}.scale"
        parts.append(text_cell(scene.trace, node, outcome, "scale", text))
    return say(" ({parts})", parts=join(parts, ", ")) if parts else ""


def _over_time(scene: Scene, name: Part, rows: Sequence[Result]) -> Phrase:
    """``Pain with brine: at baseline, about 9 points; at week 12, about 2 points``.

    Two arms stand side by side at each time: ``at week 12, 2 points with brine and 4 with water``.
    """
    arms = dict.fromkeys(row.arm for row in rows)
    times = []
    for timepoint in dict.fromkeys(row.timepoint for row in rows):
        here = [row for row in rows if row.timepoint == timepoint]
        values = listing(value_words(scene, row, with_arm=len(arms) > 1) for row in here)
        times.append(say("{when}, {values}", when=time_words(scene, here[0]), values=values))
    arm = say(" with {arm}", arm=arm_name(scene, rows[0].arm)) if len(arms) == 1 else ""
    head = say(
        "{name}{arm}{by}: {times}",
        name=name,
        arm=arm,
        by=_by(scene, rows),
        times=join(times, "; "),
    )
    return _with_shared_notes(scene, head, rows[0])


def _contrast(scene: Scene, name: Part, row: Result) -> Phrase:
    """Two arms: ``Pain, brine against water, at week 8: mean difference −1.2 points``."""
    head = say(
        "{name}, {arm} against {other}{by}, {when}: {found}",
        name=name,
        arm=arm_name(scene, row.arm),
        other=arm_name(scene, row.versus or row.arm),
        by=_by(scene, [row]),
        when=time_words(scene, row),
        found=contrast_words(scene, row),
    )
    return _with_shared_notes(scene, head, row)


def _by(scene: Scene, rows: Sequence[Result]) -> Part:
    sources = secondary(scene.evidence, rows)
    if not sources:
        return ""
    names = listing(publication(scene.trace, reference, inner=True) for reference in sources)
    return say(", by a secondary source ({names})", names=names)


def _shared_notes(rows: Sequence[Result]) -> tuple[str, ...]:
    if len(rows) < 2:
        return ()
    others = [note_sentences(row) for row in rows[1:]]
    return tuple(
        note
        for note in note_sentences(rows[0])
        # A word or two, such as the name of a scale, is no sentence to stand alone.
        if len(note.split()) > 2 and all(note in held for held in others)
    )


def _with_shared_notes(scene: Scene, head: Phrase, row: Result) -> Phrase:
    notes = [sentence(scene.cell(row, "note", note)) for note in scene.shared]
    return join([sentence(head), *notes])
