"""Earlier versions of an answer: each can be read, and set beside the answer of today."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup as Html
from starlette.concurrency import run_in_threadpool

from weigh.errors import InputError, NotFoundError
from weigh.evidence.answer_file import AnswerFile, parse_answer
from weigh.evidence.differences import Differences, compare
from weigh.folder.versions import Version, keep, load_version, versions
from weigh.report import provenance
from weigh.report.body import render_body
from weigh.report.page import answer_json
from weigh.report.wording import long_date
from weigh.web.pages.answers import shelf_of
from weigh.web.rendering import page
from weigh.web.shelf import Held
from weigh.workflow.answering import answer_question

__all__ = ["filed", "router"]

router = APIRouter()

Text = Annotated[str, Form()]


@router.get("/q/{question}/versions", include_in_schema=False)
def listed(request: Request, question: str, saved: str = "") -> HTMLResponse:
    """Every version that can be read, the newest first, and a way to keep the one of now."""
    held = shelf_of(request).held(question)
    return page(
        "versions.html",
        title=f"Versions: {held.answer.question.title}",
        held=held,
        saved=saved[:40],
        versions=[(version, _told(version)) for version in versions(held.path)],
    )


@router.get("/q/{question}/versions.json", tags=["versions"], summary="Versions of an answer")
def listed_data(request: Request, question: str) -> JSONResponse:
    """Every version that can be read, the newest first."""
    held = shelf_of(request).held(question)
    return JSONResponse(
        {
            "question": held.id,
            "fingerprint": held.answer.fingerprint,
            "versions": [
                {"id": v.id, "at": v.at, "why": v.why, "by": v.by} for v in versions(held.path)
            ],
        }
    )


@router.post("/q/{question}/versions", include_in_schema=False)
def keep_now(request: Request, question: str, why: Text = "", by: Text = "") -> Response:
    """Keep the folder as it is now."""
    held = shelf_of(request).held(question)
    for name, text in (("reason", why), ("name", by)):
        if not text.strip():
            raise InputError(f"A version needs a {name}; found none.")
    now = datetime.now(UTC)
    version = keep(held.path, why=why.strip(), by=by.strip(), now=now)
    at = datetime.fromisoformat(version.at).astimezone()
    return RedirectResponse(
        f"/q/{quote(held.id, safe='')}/versions?saved={quote(f'{at:%H:%M:%S}')}", status_code=303
    )


@router.get("/q/{question}/versions/{version}/", include_in_schema=False)
def read(request: Request, question: str, version: str) -> HTMLResponse:
    """An answer as it was: the page without controls, its numbers leading to a list below."""
    held, old, found = _version(request, question, version)
    body = render_body(old.answer)
    return page(
        "version.html",
        title=f"{old.answer.question.title} ({_told(found)})",
        held=held,
        version=found,
        told=_told(found),
        body=Html(body.html),
        sections=body.shared["sections"],
        entries=provenance.entries(old.answer, body.shown),
    )


@router.get(
    "/q/{question}/versions/{version}/answer.json",
    tags=["versions"],
    summary="An earlier answer as data",
)
def read_data(request: Request, question: str, version: str) -> Response:
    """``answer.json`` of a version, made by the program of today."""
    _, old, _ = _version(request, question, version)
    return Response(answer_json(old.answer), media_type="application/json")


@router.get("/q/{question}/versions/{version}/plots/{name}.svg", include_in_schema=False)
def plot(request: Request, question: str, version: str, name: str) -> Response:
    """A figure of an earlier answer."""
    _, old, _ = _version(request, question, version)
    drawings = render_body(old.answer).drawings
    if name not in drawings:
        raise NotFoundError("plot", name, drawings)
    return Response(drawings[name].svg, media_type="image/svg+xml")


@router.get("/q/{question}/versions/{version}/diff", include_in_schema=False)
def diff(request: Request, question: str, version: str) -> HTMLResponse:
    """What changed between a version and the answer of now."""
    held, old, found = _version(request, question, version)
    return _differences_page(held, filed(old), f"the version of {_told(found)}")


@router.get(
    "/q/{question}/versions/{version}/diff.json",
    tags=["versions"],
    summary="What changed since a version",
)
def diff_data(request: Request, question: str, version: str) -> JSONResponse:
    """The same as data, as ``weigh diff --json`` prints it."""
    held, old, _ = _version(request, question, version)
    return JSONResponse(compare(filed(old), filed(held)).to_dict())


@router.post("/q/{question}/compare", include_in_schema=False)
async def compare_file(
    request: Request, question: str, file: Annotated[UploadFile | None, File()] = None
) -> HTMLResponse:
    """What changed between an ``answer.json`` from elsewhere and the answer of now."""
    if file is None or not file.filename:
        raise InputError("Found no file; expected the answer.json of an earlier answer.")
    data = await file.read()
    name = file.filename.replace("\\", "/").rsplit("/", 1)[-1][:120]

    def compared() -> HTMLResponse:
        held = shelf_of(request).held(question)
        return _differences_page(held, parse_answer(data, name), name)

    return await run_in_threadpool(compared)


def _differences_page(held: Held, old: AnswerFile, name: str) -> HTMLResponse:
    found: Differences = compare(old, filed(held))
    return page(
        "differences.html",
        title=f"What changed: {held.answer.question.title}",
        held=held,
        since=name,
        found=found,
        most=200,
    )


def _version(request: Request, question: str, version: str) -> tuple[Held, Held, Version]:
    """The answer of now, that of a version, and the version."""
    held = shelf_of(request).held(question)
    known = {one.id: one for one in versions(held.path)}
    if version not in known:
        raise NotFoundError("version", version, known)
    return held, _old(held, version), known[version]


@lru_cache(maxsize=16)
def _old(held: Held, version: str) -> Held:
    evidence = load_version(held.path, version)
    return Held(id=held.id, path=held.path, evidence=evidence, answer=answer_question(evidence))


@lru_cache(maxsize=16)
def filed(held: Held) -> AnswerFile:
    """An answer as it would stand in its file."""
    return parse_answer(answer_json(held.answer).encode(), "answer.json")


def _told(version: Version) -> str:
    """``24 November 2026, 01:29``."""
    at = datetime.fromisoformat(version.at).astimezone()
    return f"{long_date(at.date().isoformat())}, {at:%H:%M}"
