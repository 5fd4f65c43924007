"""Changes by the API: what the forms of the pages do, asked for and told as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from weigh.errors import ChangedError, InputError
from weigh.evidence.answer_file import parse_answer
from weigh.evidence.differences import compare
from weigh.folder.judging import BiasEdit, CertaintyEdit, Edit, propose, save
from weigh.folder.versions import keep
from weigh.report.page import answer_json, finite_json
from weigh.web.documents import BiasJudgement, CertaintyJudgement, KeepVersion, NewQuestion
from weigh.web.pages.answers import shelf_of
from weigh.web.pages.judging import consequences
from weigh.workflow.answering import answer_question

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.post("/questions", tags=["answers"], summary="Start a question")
def start(request: Request, wanted: NewQuestion) -> JSONResponse:
    """Write a folder with a made-up example, to be filled file by file, and serve it."""
    folder = shelf_of(request).start(wanted.name.strip())
    return JSONResponse({"id": folder.name, "folder": str(folder)})


@router.post("/q/{question}/judge/certainty", tags=["judgements"], summary="Rate a GRADE domain")
def judge_certainty(request: Request, question: str, wanted: CertaintyJudgement) -> JSONResponse:
    """Tell what a rating would change, or (with the fingerprint that was looked at) save it."""
    edit = CertaintyEdit(**wanted.model_dump(exclude={"base"}))
    return _judged(request, question, edit, wanted.base)


@router.post(
    "/q/{question}/judge/bias", tags=["judgements"], summary="Judge a study's risk of bias"
)
def judge_bias(request: Request, question: str, wanted: BiasJudgement) -> JSONResponse:
    """Tell what a judgement would change, or (with the fingerprint that was looked at) save it."""
    edit = BiasEdit(**wanted.model_dump(exclude={"base"}))
    return _judged(request, question, edit, wanted.base)


@router.post("/q/{question}/versions", tags=["versions"], summary="Keep the folder as it is now")
def keep_now(request: Request, question: str, wanted: KeepVersion) -> JSONResponse:
    """Keep a version that can be read and compared later."""
    held = shelf_of(request).held(question)
    for name, text in (("reason", wanted.why), ("name", wanted.by)):
        if not text.strip():
            raise InputError(f"A version needs a {name}; found none.")
    kept = keep(held.path, why=wanted.why.strip(), by=wanted.by.strip(), now=datetime.now(UTC))
    return JSONResponse({"question": held.id, "version": asdict(kept)})


@router.post(
    "/q/{question}/compare", tags=["versions"], summary="What changed since an earlier answer.json"
)
def compare_with(request: Request, question: str, wanted: dict[str, Any]) -> JSONResponse:
    """Set an ``answer.json`` from elsewhere beside the answer of now."""
    held = shelf_of(request).held(question)
    given = parse_answer(json.dumps(wanted).encode(), "the document that was sent")
    now = parse_answer(answer_json(held.answer).encode(), "answer.json")
    return JSONResponse(finite_json(compare(given, now).to_dict()))


def _judged(request: Request, question: str, edit: Edit, base: str) -> JSONResponse:
    held = shelf_of(request).held(question)
    today = date.today()  # the judge's own day
    proposal = propose(held.path, edit, today=today)
    if base and proposal.base != base:
        raise ChangedError(
            f"{held.id} was changed on disk since you looked at it; nothing was saved.",
            hint="Look at it again and repeat the change if it is still right.",
        )
    after = answer_question(proposal.evidence)
    if base:
        save(proposal, today=today)
    return JSONResponse(
        {
            "saved": bool(base),
            "base": proposal.base,
            "fingerprint": after.fingerprint,
            "before": proposal.before,
            "after": proposal.after,
            "consequences": [
                {"label": c.label, "before": c.before, "after": c.after, "changed": c.changed}
                for c in consequences(held.answer, after)
            ],
        }
    )
