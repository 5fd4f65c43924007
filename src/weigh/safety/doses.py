"""The daily dose that the studies gave, against the lowest dose at which an effect was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.evidence.cells import arm_cell, study_cell
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import plural, sentence, slug, tally
from weigh.evidence.safety import Interaction
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Arm, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["dose_cell", "dose_comparisons", "doses_given"]

# More labels than this in one sentence are a list, and the reader has the table of studies.
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A daily dose of one form, and the arms that got it."""

    dose: float
    unit: str
    arms: tuple[tuple[Study, Arm], ...]


def dose_cell(
    trace: TraceBuilder, entry: Interaction, index: int, *, unit: bool = True
) -> Quantity:
    """One dose of an interaction, with its unit where asked."""
    dose = entry.doses[index]
    node = trace.datum(
        f"safety.interactions.{entry.id}.doses.{index}",
        f"{entry.with_}: daily dose in {entry.unit or 'its unit'}",
        dose,
        of=entry,
        column=f"doses[{index}]",
    )
    shown = f"{plain(dose)} {entry.unit}" if unit and entry.unit else plain(dose)
    return Quantity(text=shown, node=node)


def doses_given(evidence: Evidence, form: str | None) -> tuple[_Given, ...]:
    """Return daily doses in studies that fit the question, lowest first.

    Of one form only, where `form` is given: a dose of one form says nothing of another. An arm
    with a range of doses counts by its highest.
    """
    given: dict[tuple[float, str], list[tuple[Study, Arm]]] = {}
    for study in evidence.studies:
        if study.directness.level != "direct" or study.excluded is not None:
            continue
        for arm in study.arms:
            if arm.role != "intervention" or (form is not None and arm.form != form):
                continue
            if arm.dose and arm.unit:
                dose = arm.dose_max if arm.dose_max is not None else arm.dose
                given.setdefault((dose, _daily(arm.unit)), []).append((study, arm))
    return tuple(
        _Given(dose=dose, unit=unit, arms=tuple(arms))
        for (dose, unit), arms in sorted(given.items())
    )


def dose_comparisons(
    evidence: Evidence, trace: TraceBuilder, name: str, entries: Sequence[Interaction]
) -> list[Statement]:
    """Say for each form how the studies' dose compares with the lowest dose with an effect.

    Where the studies gave several doses, the lowest and the highest are set against it.
    """
    told = []
    seen = [entry for entry in entries if entry.doses and not entry.no_effect]
    forms: list[str | None] = list(dict.fromkeys(form for entry in seen for form in entry.forms))
    if any(not entry.forms for entry in seen):
        forms.append(None)
    for form in forms:
        here = [
            entry for entry in seen if form in entry.forms or (form is None and not entry.forms)
        ]
        given = doses_given(evidence, form)
        for one in dict.fromkeys((given[0], given[-1]) if given else ()):
            comparable = [entry for entry in here if _daily(entry.unit or "") == one.unit]
            if comparable:
                told.append(_compare(evidence, trace, name, form, one, comparable))
    return told


def _compare(
    evidence: Evidence,
    trace: TraceBuilder,
    name: str,
    form: str | None,
    given: _Given,
    entries: Sequence[Interaction],
) -> Statement:
    lowest = min(entries, key=lambda entry: min(entry.doses))
    threshold = dose_cell(trace, lowest, lowest.doses.index(min(lowest.doses)))
    cells = [
        arm_cell(trace, study, arm, "dose_max" if arm.dose_max is not None else "dose")
        for study, arm in given.arms
    ]
    ratio = given.dose / min(lowest.doses)
    key = f"{slug(name)}.{form or 'any'}.{plain(given.dose)}"
    node = trace.computed(
        f"safety.ratio.{key}",
        f"daily dose in the studies over the lowest dose with an effect ({lowest.with_})",
        ratio,
        function="ratio",
        inputs=[*(cell.node for cell in cells), threshold.node],
    )
    times = Quantity(text=plain(round(ratio, 1 if ratio < 10 else 0)), node=node)
    if ratio == 1:
        against = say("is the lowest dose at which an effect was reported", rests_on=[node])
    elif ratio > 1:
        against = say("is {n} times the lowest dose at which an effect was reported", n=times)
    else:
        against = say(
            "is {n} times, and so below, the lowest dose at which an effect was reported", n=times
        )
    drug = "" if lowest.with_.lower() == name.lower() else f", with {lowest.with_}"
    below = "; no study says that a lower dose has no effect" if ratio < 1 else ""
    phrase = say(
        "the daily dose of {what} in {studies}, {dose}, {against} ({threshold} a day{drug}){below}",
        what=_what(evidence, form),
        studies=_studies(evidence, trace, key, given),
        dose=Quantity(text=f"{plain(given.dose)} {given.unit}", node=cells[0].node),
        against=against,
        threshold=threshold,
        drug=drug,
        below=below,
    )
    return Statement(id=f"safety.dose.{key}", phrase=sentence(phrase))


def _what(evidence: Evidence, form: str | None) -> str:
    names = {held.id: held.name for held in evidence.question.forms}
    return evidence.question.intervention.name if form is None else names.get(form, form)


def _studies(evidence: Evidence, trace: TraceBuilder, key: str, given: _Given) -> Phrase:
    """``3 studies of people with cold feet (Lee 2018, May 2019 and Orr 2020)``."""
    studies = list({study.id: study for study, _ in given.arms}.values())
    labels = [study_cell(trace, study) for study in studies]
    number = tally(
        trace,
        f"safety.studies.{key}",
        f"studies with a daily dose of {plain(given.dose)} {given.unit}",
        [label.node for label in labels],
    )
    named = say(" ({labels})", labels=listing(labels)) if len(labels) <= _NAMED else ""
    return say(
        "{n} {studies} of {population}{named}",
        n=number,
        studies=plural(len(studies), "study", "studies"),
        population=evidence.question.population.name,
        named=named,
    )


def _daily(unit: str) -> str:
    """The unit of a daily dose without the words that say it is daily."""
    text = unit.strip()
    for ending in ("/day", "/d", " a day", " per day", " daily"):
        text = text.removesuffix(ending)
    return text
