"""Every form that an answer can be had in, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from weigh.evidence.answer import Answer
from weigh.report.exports.citations import bibtex, csl_json, ris
from weigh.report.exports.fhir import fhir
from weigh.report.exports.linked import json_ld
from weigh.report.exports.printed import pdf
from weigh.report.exports.tables import bundle
from weigh.report.exports.word import docx
from weigh.report.page import answer_json, render

__all__ = ["EXPORTS", "Export"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A form: what it is, the end of its file's name, its media type, and how it is made."""

    title: str
    suffix: str
    media: str
    make: Callable[[Answer], str | bytes]


EXPORTS: Mapping[str, Export] = {
    "html": Export(
        title="the answer page, self-contained",
        suffix=".html",
        media="text/html; charset=utf-8",
        make=lambda answer: render(answer).html,
    ),
    "json": Export(title="answer.json", suffix=".json", media="application/json", make=answer_json),
    "csv": Export(
        title="tables with a README, zipped", suffix=".zip", media="application/zip", make=bundle
    ),
    "pdf": Export(
        title="a PDF document to print, or to read aloud",
        suffix=".pdf",
        media="application/pdf",
        make=pdf,
    ),
    "docx": Export(
        title="a Word document",
        suffix=".docx",
        media="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        make=docx,
    ),
    "fhir": Export(
        title="HL7 FHIR R5, a bundle of evidence resources",
        suffix=".fhir.json",
        media="application/fhir+json",
        make=fhir,
    ),
    "jsonld": Export(
        title="schema.org JSON-LD", suffix=".jsonld", media="application/ld+json", make=json_ld
    ),
    "csl": Export(
        title="the references as CSL-JSON",
        suffix=".references.json",
        media="application/vnd.citationstyles.csl+json",
        make=lambda answer: csl_json(answer.references),
    ),
    "ris": Export(
        title="the references as RIS",
        suffix=".ris",
        media="application/x-research-info-systems; charset=utf-8",
        make=lambda answer: ris(answer.references),
    ),
    "bibtex": Export(
        title="the references as BibTeX",
        suffix=".bib",
        media="application/x-bibtex; charset=utf-8",
        make=lambda answer: bibtex(answer.references),
    ),
}
