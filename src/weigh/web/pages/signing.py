"""Signing in and out, where the app is open to other machines."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from weigh.errors import NotFoundError
from weigh.web.access import Sessions, enter, leave, session_of
from weigh.web.passwords import Password, Waits
from weigh.web.rendering import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def sign_in_page(request: Request, to: str = "/") -> HTMLResponse:
    """The form for the password."""
    _password(request)
    return _form(to)


@router.post("/sign-in")
def sign_in(
    request: Request, password: Annotated[str, Form()] = "", to: Annotated[str, Form()] = "/"
) -> Response:
    """Open the app with the password; a wrong one makes its sender wait."""
    held = _password(request)
    waits: Waits = request.app.state.waits
    address = request.client.host if request.client else ""
    left = waits.begin(address)
    if left > 0.0:
        seconds = ceil(left)
        reply = _form(to, f"Too many attempts. Try again in {seconds} s.", status=429)
        reply.headers["retry-after"] = str(seconds)
        return reply
    if not held.opens(password):
        return _form(to, "That is not the password.", status=401)
    waits.forget(address)
    sessions: Sessions = request.app.state.sessions
    sessions.end(session_of(request.scope["headers"]))
    response = RedirectResponse(_local(to), status_code=303)
    enter(response, sessions.begin(), secure=request.app.state.secure)
    return response


@router.get("/sign-out")
def sign_out_page() -> HTMLResponse:
    """The button that ends a session."""
    return page("signing_out.html", title="Sign out")


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session; its key opens nothing any more."""
    sessions: Sessions = request.app.state.sessions
    sessions.end(session_of(request.scope["headers"]))
    where = "/" if request.app.state.password is None else "/sign-in"
    response = RedirectResponse(where, status_code=303)
    leave(response)
    return response


def _form(to: str, fault: str = "", *, status: int = 200) -> HTMLResponse:
    return page("signing_in.html", title="Sign in", status=status, to=_local(to), fault=fault)


def _local(to: str) -> str:
    """An address of this app; anything else leads to its start."""
    plain = to.startswith("/") and not to.startswith("//") and to.isprintable()
    return to if plain and "\\" not in to else "/"


def _password(request: Request) -> Password:
    password: Password | None = request.app.state.password
    if password is None:
        raise NotFoundError("page", "sign-in", ())
    return password
