"""What to beware of in one study: its design, plan, money and counts, and what was not seen."""

from __future__ import annotations

import re

from weigh.answer.reported import publication, secondary
from weigh.evidence.cells import fact_cell, participants_cell, study_cell, study_field
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import mentions, sentence, text_cell, trimmed, uncapitalised
from weigh.evidence.statement import Part, Phrase, Quantity, join, listing, say
from weigh.evidence.study import Allocation, Design, Participants, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["cautions"]

_OBSERVED = (Design.COHORT, Design.CASE_CONTROL)


def cautions(
    trace: TraceBuilder, evidence: Evidence, study: Study, common: frozenset[str]
) -> tuple[Phrase, ...]:
    """Everything that a reader should know before leaning on a study, gravest first."""
    told = [
        *_exclusion(trace, study, common),
        *_directness(trace, evidence, study, common),
        *_design(trace, evidence, study),
        *_counts(trace, evidence, study),
        *_trust(trace, evidence, study),
        *_plan(trace, study),
        *_money(trace, study),
        *_second_hand(trace, evidence, study),
        *_unseen(trace, evidence, study),
    ]
    return tuple(sentence(phrase) for phrase in told)


def _exclusion(trace: TraceBuilder, study: Study, common: frozenset[str]) -> list[Phrase]:
    if study.excluded is None:
        return []
    shown = uncapitalised(trimmed(study.excluded), common)
    return [
        say(
            "it enters no comparison: {why}",
            why=study_field(trace, study, "excluded", shown),
        )
    ]


def _directness(
    trace: TraceBuilder, evidence: Evidence, study: Study, common: frozenset[str]
) -> list[Phrase]:
    held = study.directness
    if held.level == "direct":
        return []
    if held.level == "mechanistic":
        head = say(
            "it bears only on how {what} might work, and enters no comparison of what people feel",
            what=evidence.question.intervention.name,
        )
    elif held.differs_in:
        head = say(
            "indirect: it differs from the question in {what}", what=listing(held.differs_in)
        )
    else:
        head = Phrase(text="indirect: it does not quite fit the question")
    node = study_cell(trace, study).node
    if held.reason is None:
        return [say("{head}", head=head, rests_on=[node])]
    why = text_cell(
        trace,
        f"studies.{study.id}.directness.reason",
        held,
        "directness.reason",
        held.reason,
        source=study.source,
        shown=uncapitalised(trimmed(held.reason), common),
    )
    return [say("{head} ({why})", head=head, why=_inner(why), rests_on=[node])]


def _design(trace: TraceBuilder, evidence: Evidence, study: Study) -> list[Phrase]:
    what = evidence.question.intervention.name
    design = [study_field(trace, study, "design").node]
    told = []
    if study.allocation is Allocation.UNCONTROLLED:
        told.append(
            say(
                "without a control group it cannot show that {what} caused a change: people also "
                "change on their own, with other care, and because they expect to",
                what=what,
                rests_on=design,
            )
        )
    elif study.design is Design.CROSS_SECTIONAL:
        told.append(
            say(
                "everything was measured at one time, so it cannot tell cause from effect",
                rests_on=design,
            )
        )
    elif study.design in _OBSERVED or study.design is Design.NON_RANDOMISED:
        told.append(
            say(
                "people were not allotted by chance, so the groups may have differed in other ways "
                "as well",
                rests_on=design,
            )
        )
    elif study.blinding in ("open-label", "single-blind"):
        told.append(
            say(
                "it was {blinding}, and knowing what is given can sway what is reported",
                blinding=study.blinding,
                rests_on=[study_field(trace, study, "blinding").node],
            )
        )
    if study.pilot:
        told.append(
            say(
                "it is called a pilot, made to prepare a larger trial rather than to settle the "
                "question",
                rests_on=[study_field(trace, study, "pilot").node],
            )
        )
    return told


def _counts(trace: TraceBuilder, evidence: Evidence, study: Study) -> list[Phrase]:
    """Two reports of the study that count a different number of the same people."""
    told = []
    kinds = dict.fromkeys(entry.kind for entry in study.participants)
    for kind in kinds:
        entries = [entry for entry in study.participants if entry.kind == kind]
        if len({entry.count for entry in entries}) < 2:
            continue
        counted = [
            say(
                "{n} in {where}",
                n=participants_cell(trace, study, entry),
                where=_source_name(trace, evidence, entry.source),
            )
            for entry in entries
        ]
        phrase = say(
            "reports disagree on how many people were {kind}: {counts}",
            kind=kind,
            counts=listing(counted),
        )
        used = [entry for entry in entries if entry.used]
        if used:
            phrase = say(
                "{head}. The answer goes by {n}{why}",
                head=phrase,
                n=participants_cell(trace, study, used[0]),
                why=_reason(trace, study, used[0]),
            )
        told.append(phrase)
    return told


def _reason(trace: TraceBuilder, study: Study, entry: Participants) -> Part:
    if entry.reason is None:
        return ""
    index = study.participants.index(entry)
    reason = text_cell(
        trace,
        f"studies.{study.id}.participants.{index}.reason",
        entry,
        f"participants[{index}].reason",
        entry.reason,
        source=study.source,
    )
    return say(". {why}", why=sentence(reason))


def _source_name(trace: TraceBuilder, evidence: Evidence, source: str | None) -> Part:
    known = {reference.id: reference for reference in evidence.references}
    return publication(trace, known[source]) if source in known else "one report"


def _trust(trace: TraceBuilder, evidence: Evidence, study: Study) -> list[Phrase]:
    """Concerns of the trust checks that no other caution here covers."""
    covered = {"registration", "funding"}
    if any(
        len({e.count for e in study.participants if e.kind == entry.kind}) > 1
        for entry in study.participants
    ):
        covered.add("reports-agree")
    return [
        say(
            "{text}",
            text=text_cell(
                trace, f"trust.{study.id}.{check.check}.text", check, "text", check.text
            ),
        )
        for check in evidence.trust
        if check.study == study.id
        and check.finding in ("concern", "serious")
        and check.check not in covered
    ]


def _plan(trace: TraceBuilder, study: Study) -> list[Phrase]:
    if study.registration is not None or study.design is Design.CROSS_SECTIONAL:
        return []
    return [
        say(
            "no registration was seen, so a change of plan along the way would not show",
            rests_on=[study_field(trace, study, "registration", "").node],
        )
    ]


def _money(trace: TraceBuilder, study: Study) -> list[Phrase]:
    told: list[Phrase] = []
    funding = study.funding
    if funding is None:
        told.append(
            say("nothing was seen on who paid for it", rests_on=[study_cell(trace, study).node])
        )
    elif funding.kind in ("not-reported", "industry", "mixed"):
        head = {
            "not-reported": "who paid for it was not reported",
            "industry": "industry paid for it",
            "mixed": "industry paid for part of it",
        }[funding.kind]
        if funding.text is None:
            told.append(say("{head}", head=head, rests_on=[study_cell(trace, study).node]))
        else:
            text = text_cell(
                trace,
                f"studies.{study.id}.funding.text",
                funding,
                "funding.text",
                funding.text,
                source=study.source,
            )
            told.append(say("{text}", text=text))
    for index, interest in enumerate(study.interests):
        fact = fact_cell(trace, f"studies.{study.id}.interests.{index}", interest)
        party = "" if mentions(interest.text, [interest.party]) else f" ({interest.party})"
        told.append(
            say(
                "{text}{party}",
                text=Quantity(text=trimmed(fact.text), node=fact.node),
                party=party,
            )
        )
    return told


def _second_hand(trace: TraceBuilder, evidence: Evidence, study: Study) -> list[Phrase]:
    rows = [row for row in evidence.results if row.study == study.id]
    sources = secondary(evidence, rows)
    if not sources:
        return []
    ids = {reference.id for reference in sources}
    whole = all(row.source in ids for row in rows)
    names = listing(publication(trace, reference) for reference in sources)
    return [
        say(
            "{some} figures come second-hand, from {names}",
            some="all its" if whole else "some of its",
            names=names,
            rests_on=[study_cell(trace, study).node],
        )
    ]


def _unseen(trace: TraceBuilder, evidence: Evidence, study: Study) -> list[Phrase]:
    """What the reports do not say, save what other cautions have said already."""
    harms = {outcome.id for outcome in evidence.question.outcomes if outcome.role == "harm"}
    silent = (
        study.adverse_events is None
        and study.design is not Design.CROSS_SECTIONAL
        and not any(row.study == study.id and row.outcome in harms for row in evidence.results)
    )
    told: list[Phrase] = []
    if silent and not any(re.search(r"adverse|harm", item) for item in study.missing):
        told.append(
            say("nothing was seen on adverse events", rests_on=[study_cell(trace, study).node])
        )
    said = "registration" if study.registration is None else "(?!)"
    said += "|^who paid$|funding" if study.funding is None else ""
    items = [
        text_cell(
            trace,
            f"studies.{study.id}.missing.{index}",
            study,
            f"missing[{index}]",
            item,
            shown=trimmed(item),
        )
        for index, item in enumerate(study.missing)
        if re.search(said, item) is None
    ]
    if items:
        told.append(say("not found in what could be read: {items}", items=join(items, "; ")))
    return told


def _inner(cell: Quantity) -> Quantity:
    """The same to stand in parentheses: its own become square brackets."""
    return Quantity(text=cell.text.replace("(", "[").replace(")", "]"), node=cell.node)
