"""The audit desk: an article goes in, each claim comes out with verdict and fairer wording."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup as Html
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from weigh.audit.reading import read_article
from weigh.errors import InputError, NotFoundError
from weigh.evidence.article import Article
from weigh.evidence.audit import Audit, Link, LinkKind
from weigh.report import letter, render_audit, rewrite
from weigh.report.audits.page import AuditPlace, audit_body
from weigh.report.markup import anchor_of
from weigh.web.access import LARGEST_BODY
from weigh.web.pages.answers import sentence_anchors, shelf_of
from weigh.web.pages.versions import filed
from weigh.web.rendering import page
from weigh.web.shelf import Held, Shelf
from weigh.workflow.auditing import Auditor

__all__ = ["Kept", "router"]

router = APIRouter()

#: What a field of a form may hold.
_Field: TypeAlias = UploadFile | str | None

#: What an audit can be taken away as: the media type, and how it is made.
_FORMS: Mapping[str, tuple[str, Callable[[Audit], str]]] = {
    "page.html": ("text/html", render_audit),
    "audit.json": ("application/json", lambda a: json.dumps(a.to_dict(), ensure_ascii=False)),
    "letter.md": ("text/markdown", letter),
    "rewritten.md": ("text/markdown", lambda a: rewrite(a)[0]),
    "rewritten.diff": ("text/x-diff", lambda a: rewrite(a)[1]),
}


class Kept:
    """The last audits, by id; they live as long as the process, and the oldest make room."""

    def __init__(self, most: int = 100) -> None:
        self._most = most
        self._audits: OrderedDict[str, tuple[str, Audit]] = OrderedDict()

    def add(self, question: str, audit: Audit) -> str:
        """Keep an audit; the same article and folder have the same id."""
        name = f"{audit.article.sha256[:16]}-{(audit.fingerprint or 'alone')[:8]}"
        self._audits[name] = (question, audit)
        self._audits.move_to_end(name)
        while len(self._audits) > self._most:
            self._audits.popitem(last=False)
        return name

    def get(self, name: str) -> tuple[str, Audit]:
        """The question's id (empty without one) and the audit."""
        if name not in self._audits:
            raise NotFoundError("audit", name, ())
        return self._audits[name]


class AuditRequest(BaseModel):
    """What ``/api/audit`` takes."""

    text: str = Field(description="The article: text, Markdown or HTML.", max_length=20 * 2**20)
    question: str = Field(default="", description="Id of the folder; empty to read it alone.")
    format: str | None = Field(default=None, description="text, markdown or html.")


@router.get("/audit", include_in_schema=False)
def desk(request: Request) -> HTMLResponse:
    """The form: paste an article, or choose a file."""
    shelf = shelf_of(request)
    return page("audit_desk.html", title="Audit an article", questions=_questions(shelf))


@router.post("/audit", include_in_schema=False)
async def audit_form(request: Request) -> Response:
    """Audit what was pasted or uploaded, and lead to its page."""
    # What is pasted may be as long as a file; by itself a field of a form ends after 1 MB.
    async with request.form(max_part_size=LARGEST_BODY) as form:
        question, text, file = (form.get(name) for name in ("question", "text", "file"))
        return await _audited(request, question, text, file)


async def _audited(request: Request, question: _Field, text: _Field, file: _Field) -> Response:
    question, text = ("" if not isinstance(f, str) else f for f in (question, text))
    if isinstance(file, UploadFile) and file.filename:
        name = file.filename.replace("\\", "/").rsplit("/", 1)[-1][:120]
        article = await run_in_threadpool(read_article, await file.read(), source=name)
    elif text.strip():
        article = await run_in_threadpool(read_article, text, source="Pasted text")
    else:
        raise InputError("Found no article; expected words in the box, or a file.")
    name, _ = await run_in_threadpool(_audit, request, article, question)
    return RedirectResponse(f"/audits/{quote(name)}", status_code=303)


@router.post("/api/audit", tags=["audit"], summary="Audit an article")
def audit_data(request: Request, wanted: AuditRequest) -> JSONResponse:
    """The whole audit, as ``weigh audit --json`` prints it."""
    if not wanted.text.strip():
        raise InputError("Found no article; expected words in `text`.")
    _, audit = _audit(request, read_article(wanted.text, format=wanted.format), wanted.question)
    return JSONResponse(audit.to_dict())


@router.get("/audits/{name}.json", tags=["audit"], summary="An audit as data")
def kept_data(request: Request, name: str) -> JSONResponse:
    """An audit made before, while the app runs."""
    return JSONResponse(_kept(request).get(name)[1].to_dict())


@router.get("/audits/{name}/{form}", tags=["audit"], summary="An audit in another form")
def exported(request: Request, name: str, form: str) -> Response:
    """The audit to take away: its page, a letter to the editor, the article in bearable words."""
    _, audit = _kept(request).get(name)
    if form not in _FORMS:
        raise NotFoundError("export", form, _FORMS)
    media, make = _FORMS[form]
    return Response(
        make(audit),
        media_type=f"{media}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{form}"'},
    )


@router.get("/audits/{name}", include_in_schema=False)
def audit_page(request: Request, name: str) -> HTMLResponse:
    """The article with each claim marked, its verdict beside it, and where it was held against."""
    question, audit = _kept(request).get(name)
    held = shelf_of(request).held(question) if question else None
    body = audit_body(audit, place=lambda link: _place(held, link))
    return page(
        "audited.html",
        title=f"Audit: {audit.article.title or audit.article.source}",
        body=Html(body.html),
        entries=body.shared["entries"],
        kept=name,
    )


def _audit(request: Request, article: Article, question: str) -> tuple[str, Audit]:
    auditor = _alone() if not question else _auditor(shelf_of(request).held(question))
    audit = auditor.audit(article)
    return _kept(request).add(question, audit), audit


@lru_cache(maxsize=32)
def _auditor(held: Held) -> Auditor:
    return Auditor(held.evidence)


@lru_cache(maxsize=1)
def _alone() -> Auditor:
    return Auditor()


def _kept(request: Request) -> Kept:
    kept: Kept = request.app.state.audits
    return kept


def _questions(shelf: Shelf) -> list[tuple[str, str]]:
    return [(name, shelf.held(name).answer.question.title) for name in shelf.names]


def _place(held: Held | None, link: Link) -> AuditPlace | None:
    """Where the answer tells of what a claim was held against."""
    if held is None:
        return None
    base = f"/q/{quote(held.id, safe='')}/"
    if link.kind is LinkKind.COMPARISON:
        found = next((c for c in held.answer.comparisons if c.id == link.id), None)
        statement = None if found is None else found.statement
        return AuditPlace(
            address=f"{base}#outcome-{quote(link.id, safe='')}",
            words=None if statement is None else statement.text,
        )
    if link.kind is LinkKind.STUDY:
        return AuditPlace(address=f"{base}#study-{quote(link.id, safe='')}")
    statement_id, words = _sentences(held).get(link.node or "", (None, None))
    if statement_id is not None:
        return AuditPlace(address=f"{base}#{quote(statement_id, safe='')}", words=words)
    return AuditPlace(address=f"{base}#{_SECTIONS[link.kind]}")


_SECTIONS = {
    LinkKind.MECHANISM: "mechanisms",
    LinkKind.SAFETY: "risks",
    LinkKind.FORM: "forms",
    LinkKind.BACKGROUND: "background",
    LinkKind.REVIEW: "other-views",
}


@lru_cache(maxsize=32)
def _sentences(held: Held) -> dict[str, tuple[str, str]]:
    """For each node the sentence of the page that says the most about it: its anchor, its words."""
    shown = sentence_anchors(held)
    found: dict[str, tuple[str, str]] = {}
    # What rests on few nodes says more about each of them than what rests on many.
    for statement in sorted(filed(held).statements.values(), key=lambda s: len(s.because)):
        name = anchor_of(statement.id)
        if name in shown:
            for node in statement.because:
                found.setdefault(node, (name, statement.text))
    return found
