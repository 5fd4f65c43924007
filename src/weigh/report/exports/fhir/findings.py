"""Comparisons as FHIR evidence: what was compared, what was found, and how certain it is."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.evidence.certainty import Certainty, CertaintyLevel
from weigh.evidence.comparison import Comparison, Natural, StudyEffect
from weigh.evidence.question import Concept, Outcome
from weigh.report.exports.fhir.concepts import (
    Addresses,
    Json,
    concept,
    finite,
    quantity,
    resource_id,
    span,
    text_only,
)
from weigh.report.wording import MEASURES, model_words

__all__ = ["outcome_variable", "pooled_evidence", "study_evidence", "variable"]

_MEASURES = {
    "RR": "C93152",
    "OR": "C16932",
    "RD": "0000424",
    "MD": "0000457",
    "SMD": "0000100",
    "PR": "C44256",
}
_DOMAINS = {
    "risk_of_bias": "RiskOfBias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "PublicationBias",
    "large_effect": "LargeEffect",
    "dose_response": "DoseResponseGradient",
    "opposing_residual_confounding": "PlausibleConfounding",
}


def variable(role: str, given: Concept) -> Json:
    """People, an intervention or a comparator as an ``EvidenceVariable``."""
    return {
        "resourceType": "EvidenceVariable",
        "id": resource_id(role),
        "status": "active",
        "title": given.name,
        **({"description": given.description} if given.description else {}),
        "characteristic": [{"definitionCodeableConcept": text_only(given.name)}],
    }


def outcome_variable(outcome: Outcome) -> Json:
    """An outcome as an ``EvidenceVariable``."""
    notes = [
        f"{outcome.better} is better",
        *([f"measured by {outcome.instrument}"] if outcome.instrument else []),
        *([f"in {outcome.unit}"] if outcome.unit else []),
        *(["a marker that people cannot feel"] if outcome.surrogate else []),
    ]
    return {
        "resourceType": "EvidenceVariable",
        "id": resource_id(f"outcome-{outcome.id}"),
        "status": "active",
        "title": outcome.name,
        "note": [{"text": f"{'; '.join(notes)}."}],
        "characteristic": [{"definitionCodeableConcept": text_only(outcome.name)}],
        "handling": outcome.kind,
    }


def pooled_evidence(comparison: Comparison, at: Addresses) -> Json:
    """What the studies give together, with its certainty, as ``Evidence``."""
    resource = _evidence(comparison, comparison.id, comparison.label, at)
    if comparison.statement is not None:
        resource["assertion"] = comparison.statement.text
    resource["synthesisType"] = concept("synthesis-type", "std-MA")
    if comparison.footnotes:
        resource["note"] = [{"text": footnote.text} for footnote in comparison.footnotes]
    if comparison.studies:
        resource["relatedArtifact"] = [
            {
                "type": "derived-from",
                "label": row.study.label,
                "resourceReference": at.to("Evidence", _name(comparison, row)),
            }
            for row in comparison.studies
        ]
    if comparison.natural is not None and finite(comparison.natural.estimate):
        resource["statistic"] = [_pooled_statistic(comparison, comparison.natural)]
    if comparison.certainty is not None:
        resource["certainty"] = [_certainty(comparison.certainty)]
    return resource


def study_evidence(comparison: Comparison, row: StudyEffect, at: Addresses) -> Json:
    """What one study gives, as ``Evidence`` that rests on its reports."""
    title = f"{row.study.label}: {comparison.label}"
    resource = _evidence(comparison, _name(comparison, row), title, at)
    resource["synthesisType"] = concept("synthesis-type", "NotApplicable")
    reports = dict.fromkeys([row.study.source, *row.study.reports])
    resource["relatedArtifact"] = [
        {"type": "citation", "resourceReference": at.to("Citation", name)} for name in reports
    ]
    sample = {"numberOfStudies": 1, "numberOfParticipants": row.n}
    statistic = _statistic(comparison, row.natural, sample)
    statistic["attributeEstimate"].append(
        {
            "description": "Sampling variance on the analysis scale (log for ratios)",
            "type": concept("attribute-estimate-type", "C48918"),
            "quantity": quantity(row.vi),
        }
    )
    resource["statistic"] = [statistic]
    return resource


def _name(comparison: Comparison, row: StudyEffect) -> str:
    return f"{comparison.id}.{row.study.id}"


def _evidence(comparison: Comparison, name: str, title: str, at: Addresses) -> Json:
    roles = [
        ("population", "population"),
        ("exposure", "intervention"),
        *(
            []
            if comparison.design.value == "uncontrolled"
            else [("referenceExposure", "comparator")]
        ),
        ("measuredVariable", f"outcome-{comparison.outcome.id}"),
    ]
    return {
        "resourceType": "Evidence",
        "id": resource_id(name),
        "title": title,
        "status": "active",
        "variableDefinition": [
            {
                "variableRole": concept("variable-role", role),
                "observed": at.to("EvidenceVariable", what),
                "directnessMatch": concept("directness", "exact" if comparison.direct else "low"),
            }
            for role, what in roles
        ],
        "studyDesign": [text_only(comparison.design.value.replace("-", " "))],
    }


def _statistic(comparison: Comparison, natural: Natural, sample: Json) -> Json:
    measure, level = comparison.measure, 0.95
    if comparison.pooled is not None:
        level = comparison.pooled.level
    known = measure in _MEASURES
    estimates: list[Json] = []
    if finite(natural.ci_low) and finite(natural.ci_high):
        estimates.append(
            {
                "type": concept("attribute-estimate-type", "C53324"),
                "level": level,
                "range": span(natural.ci_low, natural.ci_high),
            }
        )
    unit = comparison.outcome.unit if measure in ("MD", "MC") else None
    return {
        "statisticType": concept("statistic-type", _MEASURES[measure])
        if known
        else text_only(MEASURES.get(measure, measure)),
        "quantity": quantity(natural.estimate, unit),
        "sampleSize": sample,
        "attributeEstimate": estimates,
    }


def _pooled_statistic(comparison: Comparison, natural: Natural) -> Json:
    sample = {"numberOfStudies": comparison.k, "numberOfParticipants": comparison.n}
    statistic = _statistic(comparison, natural, sample)
    statistic["attributeEstimate"] += list(_spread(comparison, natural))
    pooled = comparison.pooled
    if pooled is not None and comparison.k > 1:
        words = model_words(pooled.method, pooled.test)
        statistic["modelCharacteristic"] = [{"code": text_only(words)}]
    if not statistic["attributeEstimate"]:
        del statistic["attributeEstimate"]
    return statistic


def _spread(comparison: Comparison, natural: Natural) -> Iterator[Json]:
    pooled = comparison.pooled
    if natural.pi_low is not None and natural.pi_high is not None:
        yield {
            "type": text_only("Prediction interval"),
            "range": span(natural.pi_low, natural.pi_high),
        }
    if pooled is None:
        return
    given = {"C44185": pooled.p, "0000421": pooled.tau2, "0000420": pooled.i2, "0000419": pooled.q}
    for code, value in given.items():
        if value is not None and finite(value):
            unit = "%" if code == "0000420" else None
            yield {
                "type": concept("attribute-estimate-type", code),
                "quantity": quantity(float(value), unit),
            }


def _certainty(certainty: Certainty) -> Json:
    rating: Json = {"type": concept("certainty-type", "Overall")}
    if certainty.rating is not CertaintyLevel.NO_EVIDENCE:
        rating["rating"] = concept("certainty-rating", certainty.rating.value)
    return {
        "description": f"GRADE. {certainty.start_reason.text}",
        **rating,
        "subcomponent": [
            {
                "description": domain.reason.text,
                "type": concept("certainty-type", _DOMAINS[domain.domain]),
                "rating": concept("certainty-rating", _moved(domain.levels)),
                **({"rater": domain.by} if domain.by else {}),
            }
            for domain in certainty.domains
        ],
    }


def _moved(levels: int) -> str:
    if levels == 0:
        return "no-change"
    return f"downcode{min(-levels, 3)}" if levels < 0 else f"upcode{min(levels, 2)}"
