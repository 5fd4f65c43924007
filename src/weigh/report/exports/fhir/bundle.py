"""The whole answer as one FHIR bundle: a report, its evidence, its variables, its citations."""

from __future__ import annotations

import json
from collections.abc import Iterator

from weigh.errors import MissingExtraError
from weigh.evidence.answer import Answer
from weigh.report.exports.fhir.concepts import (
    Addresses,
    Json,
    narrative,
    resource_id,
    text_only,
)
from weigh.report.exports.fhir.findings import (
    outcome_variable,
    pooled_evidence,
    study_evidence,
    variable,
)
from weigh.report.exports.fhir.sources import citation

__all__ = ["fhir"]


def fhir(answer: Answer) -> str:
    """The answer as a FHIR R5 ``Bundle`` of type collection, checked against FHIR's own model.

    It has an ``EvidenceReport``, an ``Evidence`` for each comparison with its certainty and one for
    each study in it, an ``EvidenceVariable`` for people, intervention, comparator and outcomes, and
    a ``Citation`` for each source.

    Raises
    ------
    MissingExtraError
        Without ``weigh[fhir]``.
    """
    try:
        from fhir.resources.bundle import Bundle
    except ImportError as error:
        raise MissingExtraError("Writing FHIR", "fhir") from error
    document: Json = {
        "resourceType": "Bundle",
        "id": resource_id(answer.question.id),
        "meta": {"tag": [{"display": f"weigh {answer.version}"}, {"display": answer.fingerprint}]},
        "type": "collection",
        "entry": [
            {"fullUrl": address, "resource": resource} for address, resource in _resources(answer)
        ],
    }
    Bundle.model_validate(document)
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _resources(answer: Answer) -> Iterator[tuple[str, Json]]:
    question = answer.question
    at = Addresses(answer.fingerprint)
    yield at("EvidenceReport", question.id), _report(answer, at)
    for role in ("population", "intervention", "comparator"):
        yield at("EvidenceVariable", role), variable(role, getattr(question, role))
    for outcome in question.outcomes:
        yield at("EvidenceVariable", f"outcome-{outcome.id}"), outcome_variable(outcome)
    for comparison in answer.comparisons:
        yield at("Evidence", comparison.id), pooled_evidence(comparison, at)
        for row in comparison.studies:
            name = f"{comparison.id}.{row.study.id}"
            yield at("Evidence", name), study_evidence(comparison, row, at)
    for reference in answer.references:
        yield at("Citation", reference.id), citation(reference)


def _report(answer: Answer, at: Addresses) -> Json:
    question = answer.question
    cited = (
        f"{question.title} weigh {answer.version}, evidence folder {answer.fingerprint}, "
        f"evidence searched {answer.searched}."
    )
    return {
        "resourceType": "EvidenceReport",
        "id": resource_id(question.id),
        "text": narrative([question.title, *(s.text for s in answer.summary), answer.disclaimer]),
        "status": "active",
        "citeAsMarkdown": cited,
        "note": [{"text": answer.disclaimer}],
        "subject": {
            "characteristic": [
                {
                    "code": text_only(role),
                    "valueReference": at.to("EvidenceVariable", role),
                }
                for role in ("population", "intervention", "comparator")
            ],
            "note": [{"text": question.title}],
        },
        "relatedArtifact": [
            {"type": "citation", "resourceReference": at.to("Citation", source.id)}
            for source in answer.references
        ],
        "section": list(_sections(answer, at)),
    }


def _sections(answer: Answer, at: Addresses) -> Iterator[Json]:
    yield {
        "title": "The answer",
        "text": narrative([answer.verdict.sentence.text, *(s.text for s in answer.key_points)]),
    }
    for comparison in answer.comparisons:
        statement = comparison.statement
        yield {
            "title": comparison.label,
            "focusReference": at.to("EvidenceVariable", f"outcome-{comparison.outcome.id}"),
            "text": narrative([comparison.label if statement is None else statement.text]),
            "entryReference": [at.to("Evidence", comparison.id)],
        }
    for gap in answer.not_measured:
        yield {
            "title": gap.outcome.name,
            "focusReference": at.to("EvidenceVariable", f"outcome-{gap.outcome.id}"),
            "text": narrative([gap.statement.text]),
        }
