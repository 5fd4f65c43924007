"""Parts of the population: symptoms that stay after the cause was treated, and other groups."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.answer.between_groups import group_test
from weigh.answer.counting import count_studies
from weigh.answer.reported import tell_outcome
from weigh.answer.row_words import Scene
from weigh.evidence.cells import result_cell, study_cell
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import common_words, name_of, plural, small
from weigh.evidence.question import Subgroup
from weigh.evidence.result import Result
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, join, listing, say
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["residual", "subgroup_statements"]


def residual(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[Statement, ...]:
    """Tell of symptoms that stay after the cause was treated: subgroups with that topic.

    For each: which studies give results in it, in how many people, with or without a control
    group; what they report; what any comparison makes of it; and what it cannot show.
    """
    told: list[Statement] = []
    for group in evidence.question.subgroups:
        if group.topic == "residual":
            phrases = _tell_group(evidence, comparisons, trace, group)
            told += [
                Statement(id=f"residual.{group.id}.{number}", phrase=phrase)
                for number, phrase in enumerate(phrases, start=1)
            ]
    return tuple(told)


def subgroup_statements(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[Statement, ...]:
    """Tell of the other subgroups: who was studied, and whether groups could be compared.

    Groups that share a topic are told together. They are tested against each other where at least
    two of them have an estimate of the same outcome; otherwise it says that they could not be.
    """
    groups = [group for group in evidence.question.subgroups if group.topic != "residual"]
    told: list[Statement] = []
    for topic in dict.fromkeys(group.topic for group in groups):
        held = [group for group in groups if group.topic == topic]
        phrases = _standing(evidence, trace, held)
        for group in held:
            phrases += _compared(comparisons, group)
        told += [
            Statement(id=f"subgroup.{topic}.{number}", phrase=phrase)
            for number, phrase in enumerate(phrases, start=1)
        ]
        told += _tests(evidence, comparisons, trace, held)
    return tuple(told)


def _tell_group(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder, group: Subgroup
) -> list[Phrase]:
    rows = _after_start(evidence, group)
    studies = _studies(evidence, rows)
    name = _name(trace, group)
    if not studies:
        return [say("No study in this evidence base gives results in {who}.", who=name)]
    number = count_studies(
        trace, f"residual.{group.id}.studies", f"studies in {group.name}", studies
    )
    phrases = [
        say(
            "{n} {studies} {give} results in {who}: {which}.",
            n=number,
            studies=plural(len(studies), "study", "studies"),
            give=plural(len(studies), "gives", "give"),
            who=name,
            which=listing(_introduced(evidence, trace, study, rows) for study in studies),
        )
    ]
    phrases += _reports(evidence, trace, rows, studies)
    phrases += _compared(comparisons, group)
    phrases.append(_limits(evidence, trace, studies, name))
    return phrases


def _introduced(
    evidence: Evidence, trace: TraceBuilder, study: Study, rows: Sequence[Result]
) -> Phrase:
    """``Lee 2020 (10 people, without a control group)``."""
    known = [row for row in rows if row.study == study.id and (row.n or row.total)]
    parts: list[Part] = []
    arms = {row.arm: row for row in known if row.versus is None}
    if arms:
        cells = [
            result_cell(trace, evidence, row, "n" if row.n is not None else "total")
            for row in arms.values()
        ]
        total = sum((row.n if row.n is not None else row.total) or 0 for row in arms.values())
        shown = cells[0]
        if len(cells) > 1:
            node = trace.computed(
                f"subgroup.people.{known[0].subgroup}.{study.id}",
                f"{study.label}: people in the subgroup",
                total,
                function="sum",
                inputs=[cell.node for cell in cells],
            )
            shown = Quantity(text=plain(total), node=node)
        parts.append(say("{n} {people}", n=shown, people=plural(total, "person", "people")))
    parts.append(
        {
            Allocation.RANDOMISED: "randomised",
            Allocation.NON_RANDOMISED: "not randomised",
            Allocation.UNCONTROLLED: "without a control group",
        }[study.allocation]
    )
    return say("{study} ({parts})", study=study_cell(trace, study), parts=join(parts, ", "))


def _reports(
    evidence: Evidence, trace: TraceBuilder, rows: Sequence[Result], studies: Sequence[Study]
) -> list[Phrase]:
    common = common_words(evidence)
    told: list[Phrase] = []
    for study in studies:
        for outcome in evidence.question.outcomes:
            held = [r for r in rows if r.study == study.id and r.outcome == outcome.id]
            if held:
                scene = Scene(
                    trace=trace,
                    evidence=evidence,
                    study=study,
                    outcome=outcome,
                    common=common,
                    name_groups=False,
                )
                label = study_cell(trace, study)
                told += [
                    say("{study}: {words}", study=label, words=small(words, common))
                    for words in tell_outcome(scene, held)
                ]
    return told


def _limits(
    evidence: Evidence, trace: TraceBuilder, studies: Sequence[Study], name: Part
) -> Phrase:
    """What such results can and cannot show, by the strongest design among them."""
    what = evidence.question.intervention.name
    nodes = [study_cell(trace, study).node for study in studies]
    designs = {study.allocation for study in studies}
    if Allocation.RANDOMISED in designs:
        return say(
            "People were allotted by chance in the whole trial; within {who} the groups are "
            "smaller, so chance weighs more.",
            who=name,
            rests_on=nodes,
        )
    if Allocation.NON_RANDOMISED in designs:
        return say(
            "People were not allotted by chance, so this cannot show that {what} caused a "
            "difference in {who}.",
            what=what,
            who=name,
            rests_on=nodes,
        )
    return say(
        "Without a control group this cannot show that {what} caused a change in {who}. Only a "
        "controlled trial that reports on them could, and this evidence base has none.",
        what=what,
        who=name,
        rests_on=nodes,
    )


def _standing(evidence: Evidence, trace: TraceBuilder, groups: Sequence[Subgroup]) -> list[Phrase]:
    """Which studies give anything for these groups: after treatment, only before it, or never."""
    told = []
    before: dict[tuple[str, ...], list[Subgroup]] = {}
    for group in groups:
        rows = _after_start(evidence, group)
        after = _studies(evidence, rows)
        if after:
            told.append(
                say(
                    "Results in {who} come from {which}.",
                    who=_name(trace, group),
                    which=listing(_introduced(evidence, trace, study, rows) for study in after),
                )
            )
        else:
            at_start = _studies(evidence, _rows(evidence, group))
            before.setdefault(tuple(study.id for study in at_start), []).append(group)
    for ids, held in before.items():
        names = listing(_name(trace, group) for group in held)
        if not ids:
            told.append(say("No study in this evidence base gives results in {who}.", who=names))
            continue
        told.append(
            say(
                "{which} {give} separate figures for {who} only from before treatment, so nothing "
                "can be said of an effect in {them}{nor}.",
                which=listing(study_cell(trace, evidence.study(study)) for study in ids),
                give=plural(len(ids), "gives", "give"),
                who=names,
                them="them" if len(held) == 1 else "each",
                nor="" if len(held) == 1 else ", nor whether effects differ",
            )
        )
    return told


def _compared(comparisons: Sequence[Comparison], group: Subgroup) -> list[Phrase]:
    return [
        say("{words}", words=comparison.statement)
        for comparison in comparisons
        if comparison.subgroup == group.id and comparison.statement is not None
    ]


def _tests(
    evidence: Evidence,
    comparisons: Sequence[Comparison],
    trace: TraceBuilder,
    groups: Sequence[Subgroup],
) -> list[Statement]:
    """Compare the groups of one topic with each other, or say why that cannot be done."""
    known = [group for group in groups if _after_start(evidence, group)]
    if len(groups) < 2 or not known:
        return []
    ids = {group.id for group in groups}
    topic = groups[0].topic
    estimated: dict[tuple[str, Allocation, str], list[Comparison]] = {}
    for made in comparisons:
        if made.subgroup in ids and made.pooled is not None:
            estimated.setdefault((made.outcome.id, made.design, made.measure), []).append(made)
    tested = [
        group_test(trace, f"subgroup.{topic}.test.{outcome}.{design}.{measure}", held)
        for (outcome, design, measure), held in estimated.items()
        if len({made.subgroup for made in held}) == len(held) > 1
    ]
    if tested:
        return tested
    return [
        Statement(
            id=f"subgroup.{topic}.test",
            phrase=say(
                "Whether effects differ between {names} cannot be tested: that takes an estimate "
                "in at least two of these groups.",
                names=listing(_name(trace, group) for group in groups),
                rests_on=[
                    study_cell(trace, study).node
                    for group in known
                    for study in _studies(evidence, _rows(evidence, group))
                ],
            ),
        )
    ]


def _rows(evidence: Evidence, group: Subgroup) -> list[Result]:
    return [row for row in evidence.results if row.subgroup == group.id]


def _after_start(evidence: Evidence, group: Subgroup) -> list[Result]:
    return [row for row in _rows(evidence, group) if row.weeks != 0]


def _studies(evidence: Evidence, rows: Sequence[Result]) -> list[Study]:
    named = {row.study for row in rows}
    return [study for study in evidence.studies if study.id in named and study.excluded is None]


def _name(trace: TraceBuilder, group: Subgroup) -> Part:
    return name_of(trace, f"question.subgroups.{group.id}.name", group, "name", group.name)
