"""What nobody watched for: studies without counts of harms, people watched, longest follow-up."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.cells import people, study_cell, study_field
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import plural, sentence, tally
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder
from weigh.safety.bounds import LEVEL, RULE, upper_bound_of_zero

__all__ = ["harm_gaps"]

# More labels than this in one sentence are a list, and the reader has the table of studies.
_NAMED = 4


def harm_gaps(evidence: Evidence, trace: TraceBuilder) -> tuple[Statement, ...]:
    """Say what is not known of harms: studies without counts, people watched, longest follow-up.

    Only studies that fit the question are asked; silence in them is a gap, and never a sign that
    nothing happened.
    """
    studies = [
        study
        for study in evidence.studies
        if study.directness.level == "direct" and study.excluded is None and study.arms
    ]
    if not studies:
        population = evidence.question.population.name
        return (
            Statement(
                id="safety.gap.no-studies",
                phrase=say(
                    "No study of {population} is in this evidence base, so nothing is known "
                    "here of harms in them.",
                    population=population,
                ),
            ),
        )
    found = (
        _uncounted(evidence, trace, studies),
        _watched(evidence, trace, studies),
        _follow_up(evidence, trace, studies),
    )
    return tuple(statement for statement in found if statement is not None)


def _uncounted(
    evidence: Evidence, trace: TraceBuilder, studies: Sequence[Study]
) -> Statement | None:
    harms = {outcome.id for outcome in evidence.question.outcomes if outcome.role == "harm"}
    counted = {
        row.study
        for row in evidence.results
        if row.outcome in harms and (row.events is not None or row.effect is not None)
    }
    silent = [study for study in studies if study.id not in counted]
    if not silent:
        return None
    population = evidence.question.population.name
    total = tally(
        trace,
        "safety.gap.studies",
        "studies that fit the question",
        [study_cell(trace, study).node for study in studies],
    )
    head: Phrase
    if len(studies) == 1:
        head = say("the {n} study of {population} gives no counts", n=total, population=population)
    elif len(silent) == len(studies):
        head = say(
            "none of the {n} studies of {population}{named} gives counts",
            n=total,
            population=population,
            named=_labels(trace, silent),
        )
    else:
        number = tally(
            trace,
            "safety.gap.silent",
            "studies without counts of adverse effects",
            [study_cell(trace, study).node for study in silent],
        )
        head = say(
            "{silent} of the {n} studies of {population}{named} {give} no counts",
            silent=number,
            n=total,
            population=population,
            named=_labels(trace, silent),
            give=plural(len(silent), "gives", "give"),
        )
    return Statement(
        id="safety.gap.counts",
        phrase=sentence(
            say(
                "{head} of people with adverse effects; that is a gap in what is known, and no "
                "sign that there were none",
                head=head,
            )
        ),
    )


def _watched(evidence: Evidence, trace: TraceBuilder, studies: Sequence[Study]) -> Statement | None:
    cells = {study.id: cell for study in studies if (cell := people(trace, study)) is not None}
    total = sum(int(str(trace[cell.node].value)) for cell in cells.values())
    if total == 0:
        return None
    inputs = [cell.node for cell in cells.values()]
    node = trace.computed(
        "safety.gap.people", "people in those studies", total, function="sum", inputs=inputs
    )
    bound = trace.computed(
        "safety.gap.bound",
        "highest rate of a harm that no case among these people leaves open",
        upper_bound_of_zero(total),
        function="weigh.safety.bounds.upper_bound_of_zero",
        inputs=[node],
        parameters={"level": LEVEL},
        method=RULE,
    )
    one_in = _round_down(1.0 / upper_bound_of_zero(total))
    compared = any(arm.role == "comparator" for study in studies for arm in study.arms)
    return Statement(
        id="safety.gap.people",
        phrase=sentence(
            say(
                "{n} people took part in these studies{not_all}; a harm that strikes fewer than "
                "about {one_in} people could have been missed even if every case had been "
                "counted",
                n=Quantity(text=plain(total), node=node),
                not_all=f", and not all of them took {evidence.question.intervention.name}"
                if compared
                else "",
                one_in=Quantity(text=f"1 in {plain(one_in)}", node=bound),
            )
        ),
    )


def _round_down(value: float) -> int:
    """To two leading digits, towards zero: no more precise than such a bound is."""
    step = int(10 ** max(len(str(int(value))) - 2, 0))
    return int(value) // step * step


def _follow_up(
    evidence: Evidence, trace: TraceBuilder, studies: Sequence[Study]
) -> Statement | None:
    known = [study for study in studies if study.follow_up_weeks is not None]
    if not known:
        return None
    longest = max(study.follow_up_weeks or 0.0 for study in known)
    node = trace.computed(
        "safety.gap.follow-up",
        "longest follow-up in weeks",
        longest,
        function="max",
        inputs=[study_field(trace, study, "follow_up_weeks").node for study in known],
    )
    held = [study for study in known if study.follow_up_weeks == longest]
    return Statement(
        id="safety.gap.follow-up",
        phrase=sentence(
            say(
                "the longest follow-up was {n} {weeks}{named}; what happens with longer use was "
                "not studied",
                n=Quantity(text=plain(longest), node=node),
                weeks=plural(longest, "week"),
                named=_labels(trace, held),
            )
        ),
    )


def _labels(trace: TraceBuilder, studies: Sequence[Study]) -> Part:
    if len(studies) > _NAMED:
        return ""
    return say(" ({labels})", labels=listing(study_cell(trace, study) for study in studies))
