"""Whether a study can be believed at all: looked at before its risk of bias.

The checks follow Cochrane's policy on potentially problematic studies (2021; Handbook 4.4.5):
registration, funding and interests, numbers that can be, reports that agree, notices of retraction.
What the data show is computed; what a reviewer found stands in ``trust.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from weigh.appraisal.agreement import disagreements
from weigh.appraisal.contrast_fit import misfits
from weigh.appraisal.plausibility import impossible
from weigh.evidence.cells import fact_cell, study_cell, study_field
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import TrustCheck
from weigh.evidence.phrasing import mentions, sentence, text_cell
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Design, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["Check", "Finding", "Level", "trust"]

Check = Literal["registration", "funding", "plausible-numbers", "reports-agree", "notices"]
Level = Literal["no-concern", "concern", "serious", "unknown"]

_GRAVEST_FIRST: tuple[Level, ...] = ("serious", "concern", "unknown", "no-concern")

# Studies that nobody registers, or that a registration would say little about.
_OBSERVED = (Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL, Design.CASE_SERIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found in one study.

    Parameters
    ----------
    study
        Id of the study.
    level
        ``unknown`` where the check could not be made: neither good nor bad.
    computed
        True where the program found it in the data, False where a reviewer wrote it down.
    """

    study: str
    check: Check
    level: Level
    statement: Statement
    computed: bool


@dataclass(frozen=True, slots=True)
class _Found:
    check: Check
    level: Level
    phrase: Phrase
    computed: bool = True


def trust(evidence: Evidence, trace: TraceBuilder) -> tuple[Finding, ...]:
    """Check every study, and gather what reviewers found.

    Registration, funding and notices are computed only where the folder has no row for them;
    numbers and reports are always checked.

    Returns
    -------
    tuple of Finding
        The gravest first; of one level, what was computed first, then in the folder's order.
    """
    found = [(study, item) for study in evidence.studies for item in _check(evidence, study, trace)]
    order = sorted(
        found, key=lambda pair: (_GRAVEST_FIRST.index(pair[1].level), not pair[1].computed)
    )
    numbers: dict[str, int] = {}
    findings = []
    for study, item in order:
        base = f"trust.{study.id}.{item.check}"
        numbers[base] = numbers.get(base, 0) + 1
        findings.append(
            Finding(
                study=study.id,
                check=item.check,
                level=item.level,
                statement=Statement(id=f"{base}.{numbers[base]}", phrase=item.phrase),
                computed=item.computed,
            )
        )
    return tuple(findings)


def _check(evidence: Evidence, study: Study, trace: TraceBuilder) -> Iterator[_Found]:
    rows = [row for row in evidence.trust if row.study == study.id]
    given = {row.check for row in rows}
    for phrase in impossible(evidence, study, trace):
        yield _Found("plausible-numbers", "serious", phrase)
    for phrase in misfits(evidence, study, trace):
        yield _Found("plausible-numbers", "concern", phrase)
    for phrase in disagreements(evidence, study, trace):
        yield _Found("reports-agree", "concern", phrase)
    if "registration" not in given:
        yield from _registration(study, trace)
    if "funding" not in given:
        yield _funding(study, trace)
    if "notices" not in given:
        yield from _notices(evidence, study, trace)
    yield from _reviewed(study, rows, trace)


def _registration(study: Study, trace: TraceBuilder) -> Iterator[_Found]:
    cell = study_cell(trace, study)
    if study.registration is not None:
        number = study_field(trace, study, "registration")
        words = say("{study} was registered ({number}).", study=cell, number=number)
        yield _Found("registration", "no-concern", words)
    elif study.design not in _OBSERVED:
        words = say("No registration of {study} was seen.", study=cell)
        yield _Found("registration", "unknown", words)


def _funding(study: Study, trace: TraceBuilder) -> _Found:
    cell = study_cell(trace, study)
    nodes = []
    kind = "not-reported"
    if study.funding is not None:
        kind = study.funding.kind
        nodes.append(
            trace.datum(
                f"studies.{study.id}.funding",
                f"{study.label}: funding",
                kind,
                of=study.funding,
                column="funding.kind",
                source=study.source,
            )
        )
    if study.interests:
        words = say(
            "{study} was done by people tied to {parties}{money}.",
            study=cell,
            parties=_parties(study, trace),
            money=_MONEY_TOO.get(kind, ""),
            rests_on=nodes,
        )
        return _Found("funding", "concern", words)
    level: Level = "no-concern"
    if kind in ("industry", "mixed"):
        level = "concern"
    elif kind == "not-reported":
        level = "unknown"
    return _Found("funding", level, say(_MONEY[kind], study=cell, rests_on=nodes))


_MONEY = {
    "industry": "Industry paid for {study}.",
    "mixed": "Industry paid for part of {study}.",
    "public": "Public money paid for {study}.",
    "none": "{study} had no outside funding.",
    "not-reported": "Who paid for {study} was not seen.",
}

_MONEY_TOO = {
    "industry": ", and industry paid for it",
    "mixed": ", and industry paid for part of it",
    "not-reported": ", and who paid for it was not seen",
}


def _parties(study: Study, trace: TraceBuilder) -> Phrase:
    named: dict[str, Quantity] = {}
    for index, interest in enumerate(study.interests):
        node = fact_cell(trace, f"studies.{study.id}.interests.{index}", interest).node
        named.setdefault(interest.party, Quantity(text=interest.party, node=node))
    return listing(named.values())


def _notices(evidence: Evidence, study: Study, trace: TraceBuilder) -> Iterator[_Found]:
    """Retractions and the like, as ``references.json`` has them for the study's reports."""
    reports = dict.fromkeys((study.source, *study.reports))
    held = [item for item in evidence.references if item.id in reports]
    cell = study_cell(trace, study)
    for item in held:
        status = item.custom.status
        if status not in _NOTICES:
            continue
        level, template = _NOTICES[status]
        node = trace.datum(
            f"references.{item.id}.status",
            f"notice about {item.title or item.id}",
            status,
            of=item,
            column="custom.status",
            source=item.id,
        )
        phrase = say(template, study=cell, rests_on=[node])
        if item.custom.status_note is not None:
            note = text_cell(
                trace,
                f"references.{item.id}.status_note",
                item,
                "custom.status_note",
                item.custom.status_note,
                source=item.id,
            )
            phrase = say("{head} {note}", head=phrase, note=sentence(note))
        yield _Found("notices", level, phrase)
    if held and all(item.custom.status == "not-checked" for item in held):
        words = say("Nobody looked for a retraction of {study}.", study=cell)
        yield _Found("notices", "unknown", words)


_NOTICES: dict[str, tuple[Level, str]] = {
    "retracted": ("serious", "A report of {study} was retracted."),
    "expression-of-concern": ("serious", "Its publisher has voiced concern about {study}."),
    "corrected": ("no-concern", "A report of {study} was corrected."),
}


def _reviewed(study: Study, rows: Iterable[TrustCheck], trace: TraceBuilder) -> Iterator[_Found]:
    """The folder's own rows; the study is named where the text does not."""
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row.check] = numbers.get(row.check, 0) + 1
        again = "" if numbers[row.check] == 1 else f".{numbers[row.check]}"
        node_id = f"trust.{row.study}.{row.check}.text{again}"
        text = text_cell(trace, node_id, row, "text", row.text)
        phrase = sentence(text)
        if not mentions(row.text, [study.label]):
            phrase = say("{study}: {text}", study=study_cell(trace, study), text=phrase)
        yield _Found(row.check, row.finding, phrase, False)
