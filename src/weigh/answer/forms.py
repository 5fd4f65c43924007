"""Forms of the intervention side by side: what each is, and what was studied in each.

Evidence for one form never stands in the column of another. A group of forms (one that others are
part of) has a column of its own, for what is known of the group as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from weigh.answer.designs import design_words
from weigh.answer.form_networks import network_cell
from weigh.evidence.answer import FormCell, FormRow, FormTable
from weigh.evidence.background import FormFact
from weigh.evidence.cells import arm_cell, fact_cell, people, study_cell, study_field
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.form_network import FormNetwork
from weigh.evidence.phrasing import plural, sentence
from weigh.evidence.question import Form
from weigh.evidence.statement import Part, Phrase, Statement, join, listing, say
from weigh.evidence.study import Arm, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["compare_forms", "members"]

# Headings of facts, in the order of the table.
_ATTRIBUTES = (
    ("sources", "Where it is found"),
    ("half-life", "How long it stays in the body"),
    ("conversion", "Conversion in the body"),
    ("tissue", "Where it is in the body"),
    ("intake", "Intake"),
    ("dose", "Doses"),
    ("other", "Also known"),
)

_NOTHING = "Nothing found"
_NOTHING_ON_GROUP = "Nothing found on the group as a whole"
_NOT_STUDIED = "Not studied in this form"


def compare_forms(
    evidence: Evidence,
    comparisons: Sequence[Comparison],
    trace: TraceBuilder,
    networks: Sequence[FormNetwork] = (),
) -> FormTable:
    """Set the forms of the question side by side.

    Parameters
    ----------
    evidence
        The folder; its ``forms`` are the facts.
    comparisons
        All comparisons; one lends its statement to a form where every treated arm had that form.
    trace
        Collects the node of every fact that is shown.
    networks
        Forms that trials connect, each network a row.

    Returns
    -------
    FormTable
        A column for each form in the question's order. Headings that no form has a fact for are
        left out; an empty cell says whether nothing was found or nothing was studied. Empty where
        the question names fewer than two forms.
    """
    forms = evidence.question.forms
    if len(forms) < 2:
        return FormTable()
    rows = [
        FormRow(label=label, cells=tuple(_facts(evidence, trace, form, name) for form in forms))
        for name, label in _ATTRIBUTES
        if any(fact.attribute == name for fact in evidence.forms)
    ]
    rows += [
        FormRow(
            label="Studied for this question",
            cells=tuple(_studied(evidence, trace, form) for form in forms),
        ),
        FormRow(
            label="What the studies show",
            cells=tuple(_shown(evidence, comparisons, form) for form in forms),
        ),
    ]
    rows += [
        FormRow(
            label=f"Form against form: {network.comparison.label}",
            cells=tuple(network_cell(network, form, evidence.question) for form in forms),
        )
        for network in networks
    ]
    if any(entry.forms for entry in evidence.safety.interactions):
        rows.append(
            FormRow(
                label="Known interactions",
                cells=tuple(_interactions(evidence, trace, form) for form in forms),
            )
        )
    return FormTable(forms=tuple(_heading(form, forms) for form in forms), rows=tuple(rows))


def _heading(form: Form, forms: Sequence[Form]) -> str:
    name = form.name[0].upper() + form.name[1:]
    return f"{name} as a group" if members(form, forms) else name


def members(form: Form, forms: Sequence[Form]) -> list[Form]:
    """The forms that are part of this one, at any depth."""
    inside = [other for other in forms if other.part_of == form.id and other.id != form.id]
    return inside + [deeper for other in inside for deeper in members(other, forms)]


def _facts(evidence: Evidence, trace: TraceBuilder, form: Form, attribute: str) -> FormCell:
    held = [
        (index, fact)
        for index, fact in enumerate(evidence.forms)
        if fact.form == form.id and fact.attribute == attribute
    ]
    if not held:
        group = members(form, evidence.question.forms)
        return FormCell(empty=_NOTHING_ON_GROUP if group else _NOTHING)
    return FormCell(
        statements=tuple(
            Statement(
                id=f"form.{form.id}.{attribute}.{number}",
                phrase=sentence(_fact(trace, index, fact)),
            )
            for number, (index, fact) in enumerate(held, start=1)
        )
    )


def _fact(trace: TraceBuilder, index: int, fact: FormFact) -> Part:
    return fact_cell(trace, f"forms.{index}", fact)


def _treated(evidence: Evidence, form: Form) -> list[tuple[Study, list[Arm]]]:
    """Studies that fit the question and gave the form, with the arms that got it."""
    found = []
    for study in evidence.studies:
        if study.directness.level == "direct" and study.excluded is None:
            arms = [a for a in study.arms if a.role == "intervention" and a.form == form.id]
            if arms:
                found.append((study, arms))
    return sorted(found, key=lambda item: (item[0].year, item[0].label))


def _not_studied(evidence: Evidence, form: Form) -> str:
    """What stands in an empty cell: not studied, or only as one of the group's members."""
    inside = members(form, evidence.question.forms)
    studied = [member.name for member in inside if _treated(evidence, member)]
    return f"Studied only as {listing(studied).text}" if studied else _NOT_STUDIED


def _studied(evidence: Evidence, trace: TraceBuilder, form: Form) -> FormCell:
    treated = _treated(evidence, form)
    if not treated:
        return FormCell(empty=_not_studied(evidence, form))
    return FormCell(
        statements=tuple(
            Statement(id=f"form.{form.id}.studied.{number}", phrase=_study_line(trace, study, arms))
            for number, (study, arms) in enumerate(treated, start=1)
        )
    )


def _study_line(trace: TraceBuilder, study: Study, arms: Sequence[Arm]) -> Phrase:
    """``Lee 2020: a randomised trial, 200 mg a day for 8 weeks, 40 people.``."""
    doses = {
        (arm.dose, arm.dose_max, arm.unit): arm_cell(trace, study, arm, "dose")
        for arm in arms
        if arm.dose
    }
    parts: list[Part] = [design_words(study)]
    if doses:
        shown = listing(doses.values(), last="or")
        weeks = {arm.duration_weeks for arm in arms}
        duration: Part = ""
        if len(weeks) == 1 and arms[0].duration_weeks is not None:
            duration = say(
                " for {n} {weeks}",
                n=arm_cell(trace, study, arms[0], "duration_weeks"),
                weeks=plural(arms[0].duration_weeks, "week"),
            )
        parts.append(say("{doses} a day{duration}", doses=shown, duration=duration))
    number = people(trace, study)
    if number is not None:
        noun = "person" if number.text == "1" else "people"
        parts.append(say("{n} {people} in all", n=number, people=noun))
    return say(
        "{study}: {parts}.",
        study=study_cell(trace, study),
        parts=join(parts, ", "),
        rests_on=[study_field(trace, study, "design").node],
    )


def _shown(evidence: Evidence, comparisons: Sequence[Comparison], form: Form) -> FormCell:
    about = [
        comparison
        for comparison in comparisons
        if comparison.direct
        and comparison.subgroup is None
        and comparison.statement is not None
        and comparison.all_studies
        and _given(comparison) == {form.id}
    ]
    if about:
        return FormCell(
            statements=tuple(
                Statement(
                    id=f"form.{form.id}.shown.{comparison.id}",
                    phrase=say("{words}", words=comparison.statement or ""),
                )
                for comparison in about
            )
        )
    if _treated(evidence, form):
        return FormCell(empty="No comparison of this form alone")
    return FormCell(empty=_not_studied(evidence, form))


def _given(comparison: Comparison) -> set[str | None]:
    """The forms that the treated arms of a comparison had; the plan's own where it names them."""
    wanted = set(comparison.plan.forms)
    return {
        arm.form
        for study in comparison.all_studies
        for arm in study.arms
        if arm.role == "intervention" and (not wanted or arm.form in wanted)
    }


def _interactions(evidence: Evidence, trace: TraceBuilder, form: Form) -> FormCell:
    held = [entry for entry in evidence.safety.interactions if form.id in entry.forms]
    if not held:
        return FormCell(empty="Nothing found for this form alone")
    held.sort(key=lambda entry: (bool(entry.doses), min(entry.doses, default=0.0)))
    return FormCell(
        statements=tuple(
            Statement(
                id=f"form.{form.id}.interaction.{entry.id}",
                phrase=sentence(fact_cell(trace, f"safety.interactions.{entry.id}", entry)),
            )
            for entry in held
        )
    )
