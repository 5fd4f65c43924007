"""One row of results in words: the figure as printed, in whom, with its spread and its note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from weigh.answer.results import MEASURE_WORDS
from weigh.evidence.cells import arm_cell, result_cell
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import name_of, plural, trimmed, true_minus, uncapitalised
from weigh.evidence.question import Outcome
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, Quantity, join, listing, say
from weigh.evidence.study import Design, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["Scene", "arm_name", "contrast_words", "note_sentences", "time_words", "value_words"]

# Designs without a start to compare with: "lower" is against people who got less.
_NO_BASELINE = (Design.CROSS_SECTIONAL, Design.CASE_CONTROL, Design.COHORT)

_FIGURES = ("mean", "median", "min", "max", "change_mean", "events", "effect")

# What a time point begins with where "at" goes before it.
_COUNTED = re.compile(r"baseline|\d+|(day|hour|month|week|year)s?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What every row of one outcome in one study is told with.

    `common` are words that are no names; `shared` are sentences of the rows' notes that all of
    them have, and that stand elsewhere. With `name_groups` each row names its subgroup, if any.
    """

    trace: TraceBuilder
    evidence: Evidence
    study: Study
    outcome: Outcome
    common: frozenset[str]
    shared: tuple[str, ...] = ()
    name_groups: bool = True

    def cell(self, row: Result, column: str, text: str | None = None) -> Quantity:
        """One cell of a row."""
        return result_cell(self.trace, self.evidence, row, column, text)


def arm_name(scene: Scene, arm_id: str) -> Part:
    """The arm's label; under its node where it holds a digit."""
    arm = scene.study.arm(arm_id)
    if any(c.isdigit() for c in arm.label):
        return arm_cell(scene.trace, scene.study, arm, "label")
    return arm.label


def time_words(scene: Scene, row: Result) -> Part:
    """When it was measured: ``at week 8``, ``at the end of treatment``, ``throughout``."""
    text = row.timepoint
    first = re.split(r"\W", text.lower(), maxsplit=1)[0]
    shown = text
    if first == "end":
        # "end of study" as tables have it is "the end of the study" in a sentence.
        shown = "the " + re.sub(r"(?i)\bof (?=(study|trial|comparison)\b)", "of the ", text)
    digits = any(c.isdigit() for c in text)
    cell: Part = scene.cell(row, "timepoint", shown) if digits else shown
    at = _COUNTED.fullmatch(first) is not None or first == "end"
    return say("at {time}", time=cell) if at else cell


def value_words(scene: Scene, row: Result, *, with_arm: bool = False) -> Phrase:
    """What one row of one arm gives: ``1 to 2 points in older people (SD 0.8; 10 people)``.

    With `with_arm` it names the arm too, for a sentence that tells several.
    """
    arm: Part = say(" with {arm}", arm=arm_name(scene, row.arm)) if with_arm else ""
    where: Part = ""
    groups = {group.id: group for group in scene.evidence.question.subgroups}
    if row.subgroup in groups and scene.name_groups:
        group = groups[row.subgroup]
        node = f"question.subgroups.{group.id}.name"
        where = say(" in {who}", who=name_of(scene.trace, node, group, "name", group.name))
    return say(
        "{figure}{arm}{where}{details}",
        figure=_figure(scene, row),
        arm=arm,
        where=where,
        details=_details(scene, row),
    )


def contrast_words(scene: Scene, row: Result) -> Phrase:
    """What a row between two arms gives: ``mean difference −1.2 points (p = 0.03), as printed``."""
    if row.effect is not None:
        in_units = row.measure in (None, "MD", "MC")
        return say(
            "{what} {effect}{unit} as printed{details}",
            what=MEASURE_WORDS.get(row.measure or "", row.measure or "difference"),
            effect=scene.cell(row, "effect"),
            unit=_unit(scene, row) if in_units else "",
            details=_details(scene, row),
        )
    if row.direction is None:
        found = Phrase(text="compared, but the result could not be read")
    elif row.direction == "unchanged":
        found = say("no difference", rests_on=[scene.cell(row, "direction").node])
    else:
        found = say(
            "{way} with {arm}",
            way=row.direction,
            arm=arm_name(scene, row.arm),
            rests_on=[scene.cell(row, "direction").node],
        )
    return say("{found}{details}", found=found, details=_details(scene, row))


def note_sentences(row: Result) -> tuple[str, ...]:
    """The row's note, sentence by sentence, so that what several rows share is told once."""
    return tuple(re.split(r"(?<=\.) (?=[A-Z])", row.note)) if row.note else ()


def _figure(scene: Scene, row: Result) -> Phrase:
    about = "about " if row.qualifier == "about" else ""
    unit = _unit(scene, row)
    parts = [
        say("{lead}{about}{n}{unit}", lead=lead, about=about, n=scene.cell(row, column), unit=unit)
        for column, lead in (
            ("mean", "an average of "),
            ("median", "a median of "),
            ("change_mean", "an average change of "),
        )
        if getattr(row, column) is not None
    ]
    if row.min is not None and row.max is not None:
        parts.append(
            say(
                "{averages}{about}{low} to {high}{unit}",
                averages="averages of " if row.qualifier == "range-of-means" else "",
                about=about,
                low=scene.cell(row, "min"),
                high=scene.cell(row, "max"),
                unit=unit,
            )
        )
    if row.events is not None:
        parts.append(_events(scene, row))
    if row.effect is not None:
        what = MEASURE_WORDS.get(row.measure or "", row.measure or "effect")
        parts.append(say("{what} {n}", what=what, n=scene.cell(row, "effect")))
    if parts:
        said = listing(parts)
        return say("{said}, unchanged", said=said) if row.direction == "unchanged" else said
    if row.direction is None:
        return Phrase(text="measured, but the result could not be read")
    words: str = row.direction
    if row.direction != "unchanged" and scene.study.design not in _NO_BASELINE:
        words = f"{words} than at the start"
    node = scene.cell(row, "direction").node
    return say("{words}", words=words, rests_on=[node])


def _events(scene: Scene, row: Result) -> Phrase:
    total = "total" if row.total is not None else "n" if row.n is not None else None
    if total is None:
        people = plural(row.events or 0, "person", "people")
        return say("{events} {people}", events=scene.cell(row, "events"), people=people)
    return say(
        "{events} of {total} people",
        events=scene.cell(row, "events"),
        total=scene.cell(row, total),
    )


def _details(scene: Scene, row: Result) -> Part:
    """Spread, interval, people, p value and what the row's own note says, in parentheses."""
    parts: list[Part] = []
    if row.direction is not None and not any(getattr(row, name) is not None for name in _FIGURES):
        parts.append("no figure seen")
    for column, words in (("sd", "SD"), ("change_sd", "SD"), ("se", "SE")):
        if getattr(row, column) is not None:
            parts.append(say("{words} {n}", words=words, n=scene.cell(row, column)))
    if row.q1 is not None and row.q3 is not None:
        quartiles = (scene.cell(row, "q1"), scene.cell(row, "q3"))
        parts.append(say("quartiles {low} and {high}", low=quartiles[0], high=quartiles[1]))
    if row.ci_low is not None and row.ci_high is not None:
        low = scene.cell(row, "ci_low", f"95% CI {plain(row.ci_low)}")
        parts.append(say("{low} to {high}", low=low, high=scene.cell(row, "ci_high")))
    if row.n is not None and row.events is None:
        people = plural(row.n, "person", "people")
        parts.append(say("{n} {people}", n=scene.cell(row, "n"), people=people))
    if row.p is not None:
        gap = " " if row.p_relation == "=" else ""
        # Not 1e-05: as a paper prints it.
        parts.append(scene.cell(row, "p", f"p {row.p_relation}{gap}{Decimal(repr(row.p)):f}"))
    parts += [
        scene.cell(row, "note", _inner(uncapitalised(trimmed(note), scene.common)))
        for note in note_sentences(row)
        if note not in scene.shared
    ]
    return say(" ({parts})", parts=join(parts, "; ")) if parts else ""


def _inner(text: str) -> str:
    """A note to stand in parentheses: its own become square brackets, hyphens minus signs."""
    return true_minus(text).replace("(", "[").replace(")", "]")


def _unit(scene: Scene, row: Result) -> str:
    unit = row.unit or scene.outcome.unit
    if unit is None:
        return ""
    return unit if unit.startswith("%") else f" {unit}"
