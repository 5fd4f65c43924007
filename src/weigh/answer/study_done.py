"""What was done in one study: its design, who took part, what each group was given."""

from __future__ import annotations

import re

from weigh.answer.designs import design_words
from weigh.evidence.cells import (
    arm_cell,
    fact_cell,
    participants_cell,
    people,
    study_cell,
    study_field,
)
from weigh.evidence.phrasing import mentions, plural, sentence, trimmed, uncapitalised
from weigh.evidence.statement import Part, Phrase, Quantity, join, say
from weigh.evidence.study import Arm, Design, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["study_done"]

# Countries that English puts an article before.
_THE = re.compile(r"(?<!the )\b(USA?|UK|UAE|United|Netherlands|Philippines|Czech)\b")

_COUNTED_AS = ("randomised", "enrolled", "analysed", "completed", "screened")


def study_done(trace: TraceBuilder, study: Study, common: frozenset[str]) -> tuple[Phrase, ...]:
    """Tell how a study went about it, in whole sentences."""
    told = [_design(trace, study), *_participants(trace, study, common), *_arms(trace, study)]
    if study.follow_up_weeks is not None:
        told.append(
            say(
                "People were followed for {n} {weeks}.",
                n=study_field(trace, study, "follow_up_weeks"),
                weeks=plural(study.follow_up_weeks, "week"),
            )
        )
    if study.registration is not None:
        told.append(
            say("Registered as {number}.", number=study_field(trace, study, "registration"))
        )
    told += [
        sentence(fact_cell(trace, f"studies.{study.id}.notes.{index}", note))
        for index, note in enumerate(study.notes)
    ]
    return tuple(told)


def _design(trace: TraceBuilder, study: Study) -> Phrase:
    where: Part = ""
    if study.country is not None:
        country = study_field(trace, study, "country", _THE.sub(r"the \1", study.country))
        where = say(", in {country},", country=country)
    first = say(
        "{study}{where} was {design}.",
        study=study_cell(trace, study),
        design=design_words(study),
        where=where,
        rests_on=[study_field(trace, study, "design").node],
    )
    notes = [
        sentence(study_field(trace, study, field))
        for field in ("design_note", "blinding_note")
        if getattr(study, field) is not None
    ]
    return join([first, *notes])


def _participants(trace: TraceBuilder, study: Study, common: frozenset[str]) -> list[Phrase]:
    """Tell who took part: ``40 people were randomised (60 screened). Who took part: adults.``."""
    population = uncapitalised(trimmed(study.population), common)
    who = study_field(trace, study, "population", population)
    main = people(trace, study)
    if main is None:
        return [say("Who took part: {who}.", who=who)]
    used = next(
        entry
        for entry in study.participants
        if participants_cell(trace, study, entry).node == main.node
    )
    others = [
        say("{n} {kind}", n=participants_cell(trace, study, entry), kind=entry.kind)
        for kind in _COUNTED_AS
        for entry in study.participants
        if entry.kind == kind and entry.kind != used.kind
    ]
    return [
        say(
            "{n} {people} {kind}{others}. Who took part: {who}.",
            n=main,
            people=plural(used.count, "person was", "people were")
            if used.kind != "completed"
            else plural(used.count, "person"),
            kind=used.kind if used.kind != "completed" else "completed the study",
            others=say(" ({others})", others=join(others, ", ")) if others else "",
            who=who,
        )
    ]


def _arms(trace: TraceBuilder, study: Study) -> list[Phrase]:
    if not study.arms:
        return []
    told = [_arm(trace, study, arm) for arm in study.arms]
    observed = study.design in (Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL)
    if study.design is Design.CROSSOVER_RCT:
        order = say("Everyone was given, in random order: {arms}.", arms=join(told, "; "))
        return [order]
    if len(told) == 1:
        verb = "It looked at" if observed else "Everyone was given"
        return [say("{verb} {arm}.", verb=verb, arm=told[0])]
    if observed:
        return [say("It compared: {arms}.", arms=join(told, "; "))]
    if len(told) == 2:
        first, second = told
        return [say("One group was given {a}; the other, {b}.", a=first, b=second)]
    return [say("The groups were given: {arms}.", arms=join(told, "; "))]


def _arm(trace: TraceBuilder, study: Study, arm: Arm) -> Phrase:
    """What one arm got: ``brine tablets (200 mg a day, by mouth, for 8 weeks; 20 people)``."""
    how: list[Part] = []
    if arm.dose:
        how.append(say("{dose} a day", dose=arm_cell(trace, study, arm, "dose")))
    if arm.schedule is not None:
        how.append(arm_cell(trace, study, arm, "schedule"))
    if arm.duration_weeks is not None and not _tells_weeks(arm.schedule or "", arm.duration_weeks):
        weeks = arm_cell(trace, study, arm, "duration_weeks")
        how.append(say("for {n} {weeks}", n=weeks, weeks=plural(arm.duration_weeks, "week")))
    parts: list[Part] = [join(how, ", ")] if how else []
    if arm.n is not None:
        number = arm_cell(trace, study, arm, "n")
        parts.append(say("{n} {people}", n=number, people=plural(arm.n, "person", "people")))
    what = arm_cell(trace, study, arm, "intervention")
    shown = trimmed(what.text)
    if not parts:
        return say("{what}", what=Quantity(text=shown, node=what.node))
    # Parentheses that the words end in take the rest in, so that no two stand side by side.
    opened = shown.endswith(")") and "(" in shown
    return say(
        "{what}{open}{parts})",
        what=Quantity(text=shown[:-1] if opened else shown, node=what.node),
        open="; " if opened else " (",
        parts=join(parts, "; "),
    )


def _tells_weeks(schedule: str, weeks: float) -> bool:
    return mentions(schedule, [f"{weeks:g} week", f"{weeks:g} weeks", f"{weeks:g}-week"])
