"""References as FHIR citations."""

from __future__ import annotations

from weigh.evidence.reference import Reference
from weigh.report.exports.fhir.concepts import Json, resource_id, text_only

__all__ = ["citation"]

_DOI = "https://doi.org"
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov"


def citation(reference: Reference) -> Json:
    """One source as a ``Citation`` of the article."""
    title = reference.title or reference.id
    artifact: Json = {"title": [{"text": title}]}
    known = [(_DOI, reference.doi), (_PUBMED, reference.pmid)]
    if identifiers := [{"system": system, "value": value} for system, value in known if value]:
        artifact["identifier"] = identifiers
    if authors := "; ".join(_names(reference)):
        artifact["contributorship"] = {
            "summary": [{"type": text_only("Author string"), "value": authors}]
        }
    if form := _form(reference):
        artifact["publicationForm"] = [form]
    if locations := _locations(reference):
        artifact["webLocation"] = [{"url": address} for address in locations]
    detail = reference.custom
    if detail.status not in ("none", "not-checked"):
        artifact["currentState"] = [text_only(detail.status.replace("-", " "))]
    notes = [words for words in (detail.status_note, detail.seen) if words]
    return {
        "resourceType": "Citation",
        "id": resource_id(f"citation-{reference.id}"),
        "status": "active",
        "title": title,
        **({"note": [{"text": words} for words in notes]} if notes else {}),
        "citedArtifact": artifact,
    }


def _names(reference: Reference) -> list[str]:
    return [
        name.literal or ", ".join(part for part in (name.family, name.given) if part)
        for name in reference.author
    ]


def _form(reference: Reference) -> Json:
    form: Json = {}
    if reference.container_title:
        form["publishedIn"] = {"title": reference.container_title}
    given = {
        "volume": reference.volume,
        "issue": reference.issue,
        "pageString": reference.page,
        "publicationDateText": None if reference.year is None else str(reference.year),
    }
    return form | {name: value for name, value in given.items() if value}


def _locations(reference: Reference) -> list[str]:
    addresses = [
        f"{_DOI}/{reference.doi}" if reference.doi else None,
        f"{_PUBMED}/{reference.pmid}/" if reference.pmid else None,
        reference.url,
    ]
    return [address for address in addresses if address and not any(c.isspace() for c in address)]
