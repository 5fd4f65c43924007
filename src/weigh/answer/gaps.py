"""What is not known: outcomes nobody measured, comparisons nobody made, facts nobody reported."""

from __future__ import annotations

from weigh.answer.counting import count_studies
from weigh.answer.draft import Draft
from weigh.answer.planning import tell_plan
from weigh.evidence.answer import NotMeasured
from weigh.evidence.cells import study_cell, study_field
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Phrase, Statement, listing, say, state
from weigh.evidence.study import Allocation
from weigh.evidence.trace import TraceBuilder

__all__ = ["gaps", "not_measured"]


def not_measured(
    evidence: Evidence, comparisons: tuple[Comparison, ...]
) -> tuple[NotMeasured, ...]:
    """Outcomes of the question that no direct study brings a result for."""
    measured = {c.outcome.id for c in comparisons if c.direct and c.all_studies}
    indirect = {c.outcome.id for c in comparisons if not c.direct}
    return tuple(
        NotMeasured(
            outcome=outcome,
            statement=state(
                f"gap.outcome.{outcome.id}",
                "No study that fits the question measured {what}.",
                what=outcome.plain,
            ),
        )
        for outcome in evidence.question.outcomes
        if outcome.id not in measured
        and not (outcome.id in indirect or outcome.surrogate)
        and outcome.importance != "limited"
    )


def gaps(draft: Draft, trace: TraceBuilder) -> tuple[Statement, ...]:
    """Everything that would have to be found out, most important first."""
    found: list[Statement] = [gap.statement for gap in draft.not_measured]
    randomised = [c for c in draft.direct if c.design is Allocation.RANDOMISED]
    if draft.direct and not randomised:
        found.append(
            state(
                "gap.randomised",
                "No randomised trial fits the question, so nothing here can show cause and effect.",
            )
        )
    found += [
        _not_pooled(comparison, trace)
        for comparison in draft.direct
        if comparison.not_estimable and comparison.design is not Allocation.UNCONTROLLED
    ]
    found += [statement for plan in draft.plans for statement in tell_plan(plan)]
    found += _longest(draft, trace)
    found += _head_to_head(draft, trace)
    found += [
        Statement(id=f"gap.mechanism.{view.edge.id}", phrase=view.statement.phrase)
        for view in draft.mechanisms.edges
        if view.edge.relation in ("not-tested", "result-not-seen")
    ]
    unregistered = [
        study
        for study in draft.direct_studies
        if study.registration is None and study.allocation is Allocation.RANDOMISED
    ]
    if unregistered and len(unregistered) <= 5:
        found.append(
            state(
                "gap.registration",
                "No registration was seen for {studies}, so planned and reported outcomes cannot "
                "be compared.",
                studies=listing([study_cell(trace, study) for study in unregistered]),
            )
        )
    elif unregistered:
        found.append(
            state(
                "gap.registration",
                "No registration was seen for {n} randomised trials, so planned and reported "
                "outcomes cannot be compared.",
                n=count_studies(
                    trace, "gap.registration.count", "trials without registration", unregistered
                ),
            )
        )
    return tuple(found)


def _not_pooled(comparison: Comparison, trace: TraceBuilder) -> Statement:
    reasons: list[Phrase] = [
        say("{study}: {why}", study=study_cell(trace, row.study), why=row.reason)
        for row in comparison.not_estimable
    ]
    lead = (
        "Nothing could be pooled" if not comparison.studies else "Not every study could be pooled"
    )
    return state(
        f"gap.pool.{comparison.id}",
        "{lead} for {what} ({reasons}).",
        lead=lead,
        what=comparison.outcome.plain,
        reasons=_semicolons(reasons),
    )


def _semicolons(phrases: list[Phrase]) -> Phrase:
    joined = phrases[0]
    for phrase in phrases[1:]:
        joined = say("{head}; {tail}", head=joined, tail=phrase)
    return joined


def _longest(draft: Draft, trace: TraceBuilder) -> list[Statement]:
    followed = [study for study in draft.direct_studies if study.follow_up_weeks is not None]
    if not followed:
        return []
    longest = max(followed, key=lambda study: study.follow_up_weeks or 0.0)
    return [
        state(
            "gap.follow-up",
            "The longest follow-up on record is {weeks} {unit} ({study}); what happens later is "
            "not known.",
            weeks=study_field(trace, longest, "follow_up_weeks"),
            unit=plural(int(longest.follow_up_weeks or 0), "week"),
            study=study_cell(trace, longest),
        )
    ]


def _head_to_head(draft: Draft, trace: TraceBuilder) -> list[Statement]:
    if len(draft.question.forms) < 2:
        return []
    forms = {form.id for form in draft.question.forms}
    for study in draft.direct_studies:
        arms = {arm.form for arm in study.arms if arm.role == "intervention" and arm.form in forms}
        if len(arms) > 1:
            return []
    return [
        state(
            "gap.forms",
            "No study compared one form of {what} with another.",
            what=draft.question.intervention.name,
            rests_on=[study_cell(trace, study).node for study in draft.direct_studies],
        )
    ]
