"""The data beside the pages: what each page shows as JSON, and its tables as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from weigh.errors import EvidenceError, InputError, NotFoundError
from weigh.evidence.audit import Audit
from weigh.evidence.comparison import Comparison
from weigh.folder.judging import history
from weigh.folder.versions import versions
from weigh.report.exports.tables import comparison_rows, csv_text, study_rows
from weigh.report.page import finite_json
from weigh.web import documents
from weigh.web.pages.answers import reading_of, shelf_of
from weigh.web.pages.asking import LONGEST, asker
from weigh.web.reading import Reading
from weigh.web.shelf import Held
from weigh.workflow.picturing import picture_all

__all__ = ["router"]

router = APIRouter()

Row = Sequence[Any]


@router.get("/questions.json", tags=["answers"], summary="Every question")
def questions(request: Request) -> JSONResponse:
    """Each question with its verdict and certainty, and the folders that cannot be shown."""
    entries, faults = _questions(request)
    return _json({"questions": entries, "faults": faults})


@router.get("/questions.csv", tags=["answers"], summary="Every question, as a table")
def questions_table(request: Request) -> Response:
    """The same as CSV; folders that cannot be shown are left out."""
    entries, _ = _questions(request)
    return _csv(documents.QuestionEntry, entries)


@router.get("/q/{question}.csv", tags=["answers"], summary="An answer's comparisons, as a table")
def answer_table(request: Request, question: str) -> Response:
    """One row a comparison: its estimate, its model, its certainty, its sentence."""
    return _table(comparison_rows(shelf_of(request).held(question).answer.comparisons))


@router.get(
    "/q/{question}/c/{comparison}.csv",
    tags=["answers"],
    summary="One comparison's studies under a reader's settings, as a table",
)
def comparison_table(
    request: Request,
    question: str,
    comparison: str,
    method: str | None = None,
    test: str | None = None,
    measure: str | None = None,
    weeks: str | None = None,
    subgroup: str | None = None,
    form: str | None = None,
    without: str | None = None,
    bias: str | None = None,
    baseline: str | None = None,
    mid: str | None = None,
) -> Response:
    """One row a study; settings that are left out are the folder's."""
    found = _comparison(request, question, comparison)
    return _table(study_rows([] if found is None else [found]))


@router.get(
    "/q/{question}/nodes/{node}.json", tags=["answers"], summary="Where a number comes from"
)
def number(request: Request, question: str, node: str) -> JSONResponse:
    """The number, and everything below it down to the cells of the folder, depth first."""
    trace = reading_of(request, question).trace
    if node not in trace:
        raise NotFoundError("number", node, ())
    nodes = [
        {"id": below.id, "depth": depth, **below.to_dict()} for depth, below in trace.walk(node)
    ]
    return _json({"id": node, "nodes": nodes})


@router.get("/q/{question}/studies.json", tags=["studies"], summary="Every study of a folder")
def studies(request: Request, question: str) -> JSONResponse:
    """Each study in one line; its cells are at its own address."""
    held = shelf_of(request).held(question)
    return _json({"question": held.id, "studies": _studies(held)})


@router.get("/q/{question}/studies.csv", tags=["studies"], summary="Every study, as a table")
def studies_table(request: Request, question: str) -> Response:
    """The same as CSV."""
    return _csv(documents.StudyEntry, _studies(shelf_of(request).held(question)))


@router.get(
    "/q/{question}/c/{comparison}/plots.json",
    tags=["plots"],
    summary="Which plots a comparison's studies allow",
)
def plots(request: Request, question: str, comparison: str) -> JSONResponse:
    """Plots that can be drawn, each with what it shows, and why the others cannot."""
    found = _comparison(request, question, comparison)
    if found is None:
        raise InputError("These settings leave no study.")
    pictured = picture_all(found)
    shown = [
        {"id": name, "title": title, "description": plot.description}
        for name, title, plot in pictured.shown
    ]
    refused = [{"title": title, "reason": reason} for title, reason in pictured.refused]
    return _json({"comparison": found.id, "shown": shown, "refused": refused})


@router.get("/q/{question}/ask.csv", tags=["answers"], summary="Ask an answer, as a table")
def ask_table(request: Request, question: str, q: str = "") -> Response:
    """Sentences of the answer that reply, with their ids; no row if none does."""
    asked = asker(shelf_of(request).held(question)).ask(q[:LONGEST])
    rows: list[Row] = [("id", "text", "score")]
    rows += [(r.statement.id, r.statement.text, round(r.score, 4)) for r in asked.replies]
    return _table(rows)


@router.get("/q/{question}/judge.json", tags=["judgements"], summary="Judgements and their history")
def judgements(request: Request, question: str) -> JSONResponse:
    """Every judgement as it stands, and those that were changed, oldest first."""
    held = shelf_of(request).held(question)
    return _json(
        {
            "question": held.id,
            "fingerprint": held.answer.fingerprint,
            "judgements": list(_judgements(held)),
            "history": [
                {
                    "date": str(entry["date"]),
                    "by": str(entry["by"]),
                    "what": str(entry["what"]),
                    "before": _text(entry["from"]),
                    "after": _text(entry["to"]),
                    "reason": str(entry["reason"]),
                }
                for entry in history(held.path)
            ],
        }
    )


@router.get("/q/{question}/judge.csv", tags=["judgements"], summary="Judgements, as a table")
def judgements_table(request: Request, question: str) -> Response:
    """Every judgement as it stands."""
    return _csv(documents.JudgementEntry, _judgements(shelf_of(request).held(question)))


@router.get("/q/{question}/versions.csv", tags=["versions"], summary="Versions, as a table")
def versions_table(request: Request, question: str) -> Response:
    """Every version that can be read, the newest first."""
    found = versions(shelf_of(request).held(question).path)
    return _table([("id", "at", "why", "by"), *((v.id, v.at, v.why, v.by) for v in found)])


@router.get("/audits/{name}.csv", tags=["audit"], summary="An audit's claims, as a table")
def audit_table(request: Request, name: str) -> Response:
    """One row a claim: its words, its verdict, why, and a wording that the evidence would bear."""
    audit: Audit = request.app.state.audits.get(name)[1]
    rows: list[Row] = [("claim", "verdict", "severity", "reason", "suggestion")]
    for judged in audit.claims:
        suggestion = None if judged.suggestion is None else judged.suggestion.text
        words = judged.claim.to_dict()["text"]
        rows.append((words, judged.verdict.value, judged.severity, judged.reason.text, suggestion))
    return _table(rows)


def _questions(request: Request) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    entries, faults = [], []
    for name in shelf_of(request).names:
        try:
            answer = shelf_of(request).held(name).answer
        except EvidenceError as error:
            faults.append({"id": name, "message": str(error)})
            continue
        verdict = answer.verdict
        entries.append(
            {
                "id": name,
                "title": answer.question.title,
                "sentence": verdict.sentence.text,
                "direction": verdict.direction,
                "certainty": verdict.certainty.value,
                "searched": answer.searched,
                "fingerprint": answer.fingerprint,
            }
        )
    return entries, faults


def _comparison(request: Request, question: str, comparison: str) -> Comparison | None:
    """The comparison that an address names; None where its settings leave it no study."""
    reading: Reading = reading_of(request, question, comparison=comparison)
    known = [c.id for c in reading.held.answer.comparisons]
    if comparison not in known:
        raise NotFoundError("comparison", comparison, known)
    return reading.comparison


def _studies(held: Held) -> list[dict[str, Any]]:
    bias = {s.study.id: s.bias.overall for s in held.answer.stories if s.bias is not None}
    return [
        {
            "id": study.id,
            "label": study.label,
            "year": study.year,
            "design": study.design.value,
            "risk_of_bias": bias.get(study.id),
            "excluded": study.excluded,
        }
        for study in held.evidence.studies
    ]


def _judgements(held: Held) -> Iterable[dict[str, Any]]:
    for story in held.answer.stories:
        if story.bias is not None:
            for domain, judgement in story.bias.domains.items():
                yield {
                    "kind": "bias",
                    "about": story.study.id,
                    "domain": domain,
                    "judgement": judgement,
                    "reason": story.bias.supports.get(domain, ""),
                    "by": None,
                }
    for comparison in held.answer.comparisons:
        if comparison.certainty is not None:
            for rated in comparison.certainty.domains:
                yield {
                    "kind": "certainty",
                    "about": comparison.id,
                    "domain": rated.domain,
                    "judgement": str(rated.levels),
                    "reason": rated.reason.text,
                    "by": rated.by,
                }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _json(document: dict[str, Any]) -> JSONResponse:
    return JSONResponse(finite_json(document))


def _csv(model: type[BaseModel], entries: Iterable[dict[str, Any]]) -> Response:
    """Entries as CSV, with the columns of their model."""
    columns = tuple(model.model_fields)
    return _table([columns, *([entry[name] for name in columns] for entry in entries)])


def _table(rows: Iterable[Row]) -> Response:
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8")
