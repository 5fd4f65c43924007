"""An answer as linked data: schema.org JSON-LD for search engines and libraries."""

from __future__ import annotations

import json
from typing import Any

from weigh.evidence.answer import Answer
from weigh.evidence.reference import Reference

__all__ = ["json_ld"]


def json_ld(answer: Answer) -> str:
    """The answer as a schema.org ``MedicalWebPage`` with its questions and its citations.

    No property says that anything works: the certainty goes with each sentence.
    """
    question = answer.question
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": question.title,
        "abstract": answer.verdict.sentence.text,
        "version": f"weigh {answer.version}, evidence folder {answer.fingerprint}",
        "dateModified": answer.searched,
        "about": [
            {"@type": "MedicalCondition", "name": question.population.name},
            {"@type": "Thing", "name": question.intervention.name},
        ],
        "mainEntity": {
            "@type": "FAQPage",
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": entry.question,
                    "acceptedAnswer": {
                        "@type": "Answer",
                        "text": " ".join(statement.text for statement in entry.answer),
                    },
                }
                for entry in answer.faq
            ],
        },
        "citation": [_citation(reference) for reference in answer.references],
        "disambiguatingDescription": answer.disclaimer,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _citation(reference: Reference) -> dict[str, Any]:
    authors = [
        {"@type": "Organization", "name": name.literal}
        if name.literal
        else {
            "@type": "Person",
            "name": " ".join(part for part in (name.given, name.family) if part),
        }
        for name in reference.author
    ]
    same = [f"https://doi.org/{reference.doi}"] if reference.doi else []
    if reference.pmid:
        same.append(f"https://pubmed.ncbi.nlm.nih.gov/{reference.pmid}/")
    found: dict[str, Any] = {
        "@type": "ScholarlyArticle" if reference.type == "article-journal" else "CreativeWork",
        "name": reference.title or reference.id,
        "author": authors,
        "datePublished": None if reference.year is None else str(reference.year),
        "isPartOf": reference.container_title,
        "sameAs": same,
        "url": reference.url,
    }
    return {name: value for name, value in found.items() if value}
