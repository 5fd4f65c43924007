"""Adverse effects as reported, and the gaps: who counted them, in how many people, for how long."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.cells import (
    fact_cell,
    people,
    result_cell,
    study_cell,
    study_field,
)
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import per_cent, plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import (
    common_words,
    plural,
    sentence,
    tally,
    trimmed,
    uncapitalised,
)
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["adverse_effects", "harm_gaps", "upper_bound_of_zero"]

_LEVEL = 0.95
_NAMED = 4


def upper_bound_of_zero(people_watched: int, level: float = _LEVEL) -> float:
    """The highest rate that seeing no event in so many people leaves open.

    The rate at which no event at all would be seen with probability ``1 - level``; for more than
    about 30 people and a level of 0.95 it is close to 3 / n, the rule of three (Hanley and
    Lippman-Hand 1983, JAMA 249:1743; Eypasch et al. 1995, BMJ 311:619).

    Parameters
    ----------
    people_watched
        How many people were watched for the event, above zero.
    level
        One-sided confidence level.

    Examples
    --------
    >>> round(upper_bound_of_zero(100), 3)
    0.03
    """
    return float(1.0 - (1.0 - level) ** (1.0 / people_watched))


def adverse_effects(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[Statement, ...]:
    """Tell what was reported: comparisons of harms first, then study by study.

    A study's own line on adverse events is told where ``safety.yaml`` has none for it; a report of
    no event in so many people comes with the rate that it leaves open.
    """
    told = [
        Statement(
            id=f"safety.adverse.comparison.{comparison.id}",
            phrase=say("{statement}", statement=comparison.statement),
        )
        for comparison in comparisons
        if comparison.outcome.role == "harm" and comparison.statement is not None
    ]
    common = common_words(evidence)
    covered = set()
    for entry in evidence.safety.adverse_effects:
        cell = fact_cell(trace, f"safety.adverse_effects.{entry.id}", entry)
        known = [study for study in evidence.studies if study.id == entry.study]
        phrase = sentence(cell)
        if known:
            covered.add(known[0].id)
            phrase = _in_study(trace, known[0], cell, common)
        told.append(Statement(id=f"safety.adverse.{entry.id}", phrase=phrase))
    for study in evidence.studies:
        if study.adverse_events is not None and study.id not in covered:
            cell = fact_cell(trace, f"studies.{study.id}.adverse_events", study.adverse_events)
            told.append(
                Statement(
                    id=f"safety.adverse.study.{study.id}",
                    phrase=_in_study(trace, study, cell, common),
                )
            )
    return (*told, *_zero_events(evidence, trace))


def _in_study(trace: TraceBuilder, study: Study, cell: Quantity, common: frozenset[str]) -> Phrase:
    text = Quantity(text=uncapitalised(trimmed(cell.text), common), node=cell.node)
    return say("Adverse effects in {study}: {text}.", study=study_cell(trace, study), text=text)


def _zero_events(evidence: Evidence, trace: TraceBuilder) -> list[Statement]:
    """What a count of no events leaves open, for each harm that was counted at none."""
    harms = {o.id: o for o in evidence.question.outcomes if o.role == "harm"}
    studies = {study.id: study for study in evidence.studies}
    told = []
    for row in evidence.results:
        watched = row.total if row.total is not None else row.n
        study = studies.get(row.study)
        if row.outcome not in harms or row.events != 0 or not watched or study is None:
            continue
        arm = study.arm(row.arm)
        if arm.role != "intervention" or row.versus is not None:
            continue
        outcome = harms[row.outcome]
        total = result_cell(trace, evidence, row, "total" if row.total is not None else "n")
        bound = upper_bound_of_zero(watched)
        node = trace.computed(
            f"safety.bound.{_row_key(trace, evidence, row)}",
            f"{study.label}: highest rate of {outcome.name} that no event leaves open",
            bound,
            function="weigh.safety.upper_bound_of_zero",
            inputs=[total.node, result_cell(trace, evidence, row, "events").node],
            parameters={"level": _LEVEL},
            method="rule of three (Hanley and Lippman-Hand 1983)",
        )
        told.append(
            Statement(
                id=f"safety.zero.{_row_key(trace, evidence, row)}",
                phrase=sentence(
                    say(
                        "{outcome} in {study}: {none} of {total} people with {arm}. That leaves "
                        "open a true rate of up to {bound} (upper end of a one-sided {level} "
                        "interval)",
                        outcome=outcome.name,
                        study=study_cell(trace, study),
                        none=result_cell(trace, evidence, row, "events"),
                        total=total,
                        arm=arm.label,
                        bound=Quantity(text=per_cent(100 * bound), node=node),
                        level=Quantity(text=per_cent(100 * _LEVEL), node=node),
                    )
                ),
            )
        )
    return told


def _row_key(trace: TraceBuilder, evidence: Evidence, row: Result) -> str:
    """The row's own name in the trace, without file and column."""
    node = result_cell(trace, evidence, row, "events").node
    return node.removeprefix("results.").removesuffix(".events")


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
        function="weigh.safety.upper_bound_of_zero",
        inputs=[node],
        parameters={"level": _LEVEL},
        method="rule of three (Hanley and Lippman-Hand 1983)",
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
