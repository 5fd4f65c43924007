"""Questions that people ask of such a page, answered with the page's own graded sentences."""

from __future__ import annotations

from collections.abc import Iterable

from weigh.answer.counting import by_design, count_studies
from weigh.answer.draft import Draft
from weigh.answer.gaps import gaps
from weigh.answer.headline import mechanism_point
from weigh.evidence.answer import FaqEntry, Verdict
from weigh.evidence.cells import arm_cell, result_cell, study_cell, study_field
from weigh.evidence.phrasing import plural
from weigh.evidence.result import Result
from weigh.evidence.statement import Phrase, Statement, listing, say
from weigh.evidence.study import Arm, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["faq"]


def faq(draft: Draft, answer: Verdict, trace: TraceBuilder) -> tuple[FaqEntry, ...]:
    """The questions that the evidence has something to say on, at least by saying it is silent."""
    what = draft.question.intervention.name
    condition = draft.question.population.name
    entries: list[tuple[str, str, Iterable[Phrase]]] = [
        ("help", f"Does {what} help?", [answer.sentence.phrase]),
        ("certain", "How sure is this answer?", _why_this_certain(draft)),
        ("form", f"Which form of {what} was studied?", _forms_studied(draft, trace)),
        ("dose", "Does a higher dose do more?", _doses(draft)),
        ("people", "Which people were studied?", _people(draft, trace)),
        ("works", "How might it work?", _mechanism(draft, trace)),
        (
            "residual",
            "Does it help with symptoms that stay after the cause was treated?",
            _residual(draft),
        ),
        ("compare", _compare_question(draft), _compare(draft, trace)),
        ("risks", "What are the known risks?", _risks(draft)),
        ("food", "Can food do the same as a supplement?", _food(draft, trace)),
        ("time", "How long until an effect?", _time(draft, trace)),
        ("who", "Who did the studies?", _who(draft)),
        ("else", f"What else is done for {condition}?", [s.phrase for s in draft.alternatives]),
    ]
    return tuple(
        FaqEntry(
            id=f"faq.{key}",
            question=question,
            answer=tuple(
                Statement(id=f"faq.{key}.{number}", phrase=phrase)
                for number, phrase in enumerate(held, start=1)
            ),
        )
        for key, question, phrases in entries
        if (held := list(phrases))
    )


def _why_this_certain(draft: Draft) -> list[Phrase]:
    if not draft.decision.leading:
        return [Phrase(text="There is no evidence to rate.")]
    first = draft.decision.leading[0]
    if first.certainty is None:
        return []
    lowered = [domain.reason for domain in first.certainty.domains if domain.levels < 0]
    lead = say(
        "The certainty for {what} is {word}.",
        what=first.outcome.plain,
        word=say("{w}", w=first.certainty.rating.words, rests_on=(first.certainty.node,)),
    )
    return [lead, *lowered]


def _treated(studies: Iterable[Study]) -> list[tuple[Study, Arm]]:
    return [(s, arm) for s in studies for arm in s.arms if arm.role == "intervention"]


def _forms_studied(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    names = {form.id: form.name for form in draft.question.forms}
    if not names:
        return []
    treated = _treated(draft.direct_studies)
    used = list(dict.fromkeys(arm.form for _, arm in treated if arm.form in names))
    told = []
    for form in used:
        studies = list({s.id: s for s, arm in treated if arm.form == form}.values())
        number = count_studies(trace, f"faq.form.{form}", f"direct studies of {form}", studies)
        told.append(
            say(
                "{n} gave {form}",
                n=number,
                form=names[form],
            )
        )
    phrases = [say("Of the studies that fit the question, {told}.", told=listing(told))]
    if not told:
        phrases = []
    covered = set(used) | {
        form.part_of for form in draft.question.forms if form.id in used and form.part_of
    }
    never = [name for form, name in names.items() if form not in covered]
    if never:
        phrases.append(say("Not studied for this question: {forms}.", forms=listing(never)))
    return phrases


def _doses(draft: Draft) -> list[Phrase]:
    return [view.statement.phrase for view in draft.doses if view.statement is not None]


def _people(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    told = [
        say(
            "{study}: {who}.",
            study=study_cell(trace, study),
            who=study_field(trace, study, "population", study.population.rstrip(".")),
        )
        for study in draft.direct_studies[:5]
    ]
    if len(draft.direct_studies) > 5:
        designs = by_design(trace, "faq.people", draft.direct_studies)
        told = [
            say(
                "{studies}, in {who}.",
                studies=listing(designs),
                who=draft.question.population.name,
            )
        ]
    return told + [statement.phrase for statement in draft.subgroups[:2]]


def _mechanism(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    point = mechanism_point(draft, trace)
    found = [point] if point is not None else []
    return found + [statement.phrase for statement in draft.mechanisms.statements[:2]]


def _residual(draft: Draft) -> list[Phrase]:
    return [statement.phrase for statement in draft.residual]


def _compare_question(draft: Draft) -> str:
    """Which forms a reader would set against each other: those that are part of no other."""
    whole = [form.name for form in draft.question.forms if form.part_of is None]
    if 2 <= len(whole) <= 3:
        return f"How do {listing(whole).text} compare?"
    return "How do the forms compare?"


def _compare(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    if len(draft.question.forms) < 2:
        return []
    found = [gap.phrase for gap in gaps(draft, trace) if gap.id == "gap.forms"]
    for row in draft.forms.rows[:2]:
        for cell in row.cells:
            found += [statement.phrase for statement in cell.statements[:1]]
    return found[:4]


def _risks(draft: Draft) -> list[Phrase]:
    found = [
        say("{headline}: {what}", headline=hazard.headline, what=hazard.statements[0])
        for hazard in (*draft.safety.interactions, *draft.safety.contraindications)
        if hazard.statements
    ]
    found += [statement.phrase for statement in draft.safety.adverse_effects[:3]]
    found += [statement.phrase for statement in draft.safety.statements[:2]]
    return found or [Phrase(text="This evidence base holds nothing on harms; that is a gap.")]


def _food(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    treated = _treated(draft.direct_studies)
    known = [(s, arm) for s, arm in treated if arm.given_as is not None]
    if not known or len(known) < len(treated):
        return []
    food = [s for s, arm in known if arm.given_as == "food"]
    nodes = [arm_cell(trace, s, arm, "given_as").node for s, arm in known]
    if food:
        return []
    ways = list(dict.fromkeys(arm.given_as or "" for _, arm in known))
    told = [
        say(
            "No study that fits the question tested {what} from food; every one gave it as {ways}.",
            what=draft.question.intervention.name,
            ways=listing([f"an {w}" if w[0] in "aeiou" else f"a {w}" for w in ways], "or"),
            rests_on=nodes,
        )
    ]
    dosed = [(s, arm) for s, arm in treated if arm.dose is not None]
    if dosed:
        shown = list(
            {
                (cell := arm_cell(trace, s, arm, "dose")).text: say("{dose}", dose=cell)
                for s, arm in dosed
            }.values()
        )
        if len(shown) <= 4:
            told.append(
                say(
                    "The daily {doses} studied {were} {shown}.",
                    doses=plural(len(shown), "dose"),
                    were=plural(len(shown), "was", "were"),
                    shown=listing(shown),
                )
            )
    return (
        told
        + [
            statement.phrase
            for row in draft.forms.rows
            if "intake" in row.label.lower()
            for cell in row.cells
            for statement in cell.statements[:1]
        ][:1]
    )


def _time(draft: Draft, trace: TraceBuilder) -> list[Phrase]:
    direct = {study.id: study for study in draft.direct_studies}
    outcomes = {
        outcome.id: outcome
        for outcome in draft.question.outcomes
        if outcome.role == "benefit" and outcome.importance == "critical"
    }
    rows = [
        row
        for row in draft.evidence.results
        if row.study in direct and row.outcome in outcomes and row.weeks
    ]
    if not rows:
        return []
    first = min(rows, key=lambda row: row.weeks or 0.0)
    last = max(rows, key=lambda row: row.weeks or 0.0)
    told = [
        say(
            "The earliest time after the start for which this evidence base has a result is {time} "
            "({study}); nothing shows how soon before that scores changed, or whether the "
            "treatment changed them.",
            time=_weeks(draft, first, trace),
            study=study_cell(trace, direct[first.study]),
        )
    ]
    if last.weeks != first.weeks:
        told.append(
            say(
                "The latest is {time} ({study}).",
                time=_weeks(draft, last, trace),
                study=study_cell(trace, direct[last.study]),
            )
        )
    return told


def _weeks(draft: Draft, row: Result, trace: TraceBuilder) -> Phrase:
    return say("week {n}", n=result_cell(trace, draft.evidence, row, "weeks"))


def _who(draft: Draft) -> list[Phrase]:
    if draft.independence is None:
        return []
    return [draft.independence.statement.phrase, *(s.phrase for s in draft.discrepancies[:1])]
