"""The app: its pages, its errors, its gate."""

from __future__ import annotations

import gc
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

import weigh
from weigh.errors import ChangedError, NotFoundError, OutOfReachError, WeighError
from weigh.web.access import Gate, Sessions, wants_data
from weigh.web.openapi import describe, operation_id
from weigh.web.pages import (
    answers,
    asking,
    audits,
    changing,
    data,
    judging,
    plots,
    reference,
    signing,
    starting,
    studies,
    versions,
)
from weigh.web.passwords import Password, Waits
from weigh.web.rendering import ASSETS, asset, page
from weigh.web.shelf import Shelf

__all__ = ["Served", "create_app"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The app behind its gate, and the token that opens it; None where a password does."""

    app: ASGIApp
    token: str | None

    def first_address(self, origin: str) -> str:
        """The address to open first."""
        return f"{origin}/" if self.token is None else f"{origin}/?token={self.token}"


def create_app(
    shelf: Shelf,
    *,
    hosts: tuple[str, ...],
    token: str | None = None,
    password: Password | None = None,
    secure: bool = False,
) -> Served:
    """Put the app together.

    Parameters
    ----------
    shelf
        The folders to serve.
    hosts
        Names, with port, under which the app may be asked for: ``127.0.0.1:8000``.
    token
        What opens the first address; a new one that cannot be guessed if left out.
    password
        What opens the app instead of a token, where other machines may ask for it.
    secure
        Whether it is only asked for by HTTPS, so that its cookie travels by nothing else.
    """
    api = FastAPI(
        title="weigh",
        version=weigh.__version__,
        summary="Answers made from the trials, every number traced to its source.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_running,
        generate_unique_id_function=operation_id,
    )
    api.state.shelf = shelf
    api.state.audits = audits.Kept()
    # Data first: elsewhere a name that ends in .json would be taken for the whole name.
    api.include_router(data.router)
    api.include_router(changing.router)
    api.include_router(reference.router)
    api.include_router(answers.router)
    api.include_router(judging.router)
    api.include_router(studies.router)
    api.include_router(plots.router)
    api.include_router(asking.router)
    api.include_router(audits.router)
    api.include_router(versions.router)
    api.include_router(signing.router)
    api.include_router(starting.router)
    api.add_exception_handler(WeighError, _told)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _unread)
    # FastAPI's own way to a document of one's own is to put another method in its place.
    api.openapi = partial(describe, api)  # type: ignore[method-assign]
    api.get("/static/{name}", include_in_schema=False)(_static)
    sessions = Sessions()
    api.state.sessions, api.state.password = sessions, password
    api.state.waits, api.state.secure = Waits(), secure
    key = None if password is not None else token or secrets.token_urlsafe(24)
    return Served(app=Gate(api, hosts=hosts, sessions=sessions, token=key), token=key)


@asynccontextmanager
async def _running(_: FastAPI) -> AsyncIterator[None]:
    """While the app runs the collector passes over what was read before.

    Looking through some hundred thousand nodes of traces took a fifth of a second, in the middle of
    a page.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def _static(name: str) -> Response:
    if name not in ASSETS:
        raise HTTPException(404)
    content, kind = asset(name)
    return Response(content, media_type=kind, headers={"cache-control": "private, no-cache"})


def _told(request: Request, error: Exception) -> Response:
    """An error of ours, in the form that was asked for."""
    assert isinstance(error, WeighError)
    status = 422
    if isinstance(error, NotFoundError):
        status = 404
    elif isinstance(error, ChangedError):
        status = 409
    elif isinstance(error, OutOfReachError):
        status = 503
    path = request.scope["path"]
    if wants_data(path):
        body = {"kind": error.kind, "message": error.message, "hint": error.hint}
        return JSONResponse(body, status_code=status)
    if path.endswith("/card") or "part" in request.query_params:
        return PlainTextResponse(str(error), status_code=status)
    return page(
        "problem.html",
        title="Not found" if status == 404 else "That cannot be shown",
        status=status,
        message=error.message,
        hint=error.hint,
        way_back=_way_back(request),
    )


def _way_back(request: Request) -> tuple[str, str] | None:
    """From what went wrong to where it was asked for: the question's answer, the audit desk."""
    place, _, rest = request.scope["path"].removeprefix("/").partition("/")
    name = rest.partition("/")[0]
    shelf: Shelf = request.app.state.shelf
    if place == "q" and name in shelf.names:
        return f"/q/{quote(name, safe='')}/", "Back to the answer"
    if place in ("audit", "audits"):
        return "/audit", "Audit an article"
    return None


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if wants_data(request.scope["path"]):
        return JSONResponse(
            {"kind": "http", "message": str(error.detail), "hint": None},
            status_code=error.status_code,
            headers=error.headers,
        )
    return page(
        "problem.html",
        title="Not found" if error.status_code == 404 else "That cannot be done",
        status=error.status_code,
        message="There is no page at this address." if error.status_code == 404 else error.detail,
        hint=None,
        way_back=_way_back(request),
    )


def _unread(request: Request, error: Exception) -> Response:
    """A form or an address whose fields are not there or not what they should be."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    message = f"{field}: {first['msg']}."
    if wants_data(request.scope["path"]):
        body = {"kind": "input", "message": message, "hint": None}
        return JSONResponse(body, status_code=422)
    return page(
        "problem.html",
        title="That cannot be done",
        status=422,
        message=message,
        hint=None,
        way_back=_way_back(request),
    )
