"""Start a question: a folder with a made-up example, to be filled file by file."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from weigh.web.pages.answers import shelf_of
from weigh.web.rendering import page

__all__ = ["router"]

router = APIRouter()


@router.get("/new", include_in_schema=False)
def start_form(request: Request) -> HTMLResponse:
    """The form: a name, and where the folder will be."""
    return page("start.html", title="Start a question", home=shelf_of(request).home)


@router.post("/new", include_in_schema=False)
async def start(request: Request, name: Annotated[str, Form()] = "") -> Response:
    """Write the folder, and lead to what to do next."""
    await run_in_threadpool(shelf_of(request).start, name.strip())
    return RedirectResponse(f"/q/{quote(name.strip(), safe='')}/begin", status_code=303)


@router.get("/q/{question}/begin", include_in_schema=False)
def begin(request: Request, question: str) -> HTMLResponse:
    """What to do with a folder that was just started."""
    held = shelf_of(request).held(question)
    return page("begin.html", title=f"Begin: {held.id}", held=held)
