"""Who may read: a token in the first address on this machine, a password anywhere else.

The gate stands before every page. It refuses a foreign host (DNS rebinding), a change asked for by
another site (cross-site request forgery), a guess, and a body that is too large; and it sets the
headers that keep a page from loading, framing or running anything that is not the app's own.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "CONTENT_POLICY",
    "LARGEST_BODY",
    "Gate",
    "Sessions",
    "enter",
    "leave",
    "session_of",
    "wants_data",
]

#: Nothing is loaded from elsewhere and no script stands in a page; figures carry style attributes.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

#: Of what a request may bring: an article fits many times over.
LARGEST_BODY = 20 * 2**20

COOKIE = "weigh-session"
#: What is shown to anybody: how a page looks, and the way in.
_OPEN = ("/static/",)
_WAY_IN = "/sign-in"
#: Ends of addresses that give no page.
_DATA = (".json", ".csv", ".svg", ".png")
_HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


@dataclass(slots=True)
class Sessions:
    """Keys that open the gate, each until it expires; they live as long as the process."""

    lasting: float = 12 * 3600.0
    _keys: dict[str, float] = field(default_factory=dict)

    def begin(self) -> str:
        """A new key."""
        now = time.monotonic()
        self._keys = {key: end for key, end in self._keys.items() if end > now}
        key = secrets.token_urlsafe(32)
        self._keys[key] = now + self.lasting
        return key

    def knows(self, key: str) -> bool:
        """Whether a key opens; the time that it takes tells nothing about the keys."""
        now = time.monotonic()
        found = False
        for known, end in self._keys.items():
            found |= hmac.compare_digest(known.encode(), key.encode()) and end > now
        return found

    def end(self, key: str) -> None:
        """Forget a key."""
        self._keys.pop(key, None)


class Gate:
    """The ASGI application around the app.

    Parameters
    ----------
    app
        What is guarded.
    hosts
        Names (with port) under which the app may be asked for.
    sessions
        Keys in cookies.
    token
        What opens the gate in the first address; None where a password does.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], sessions: Sessions, token: str | None
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.sessions = sessions
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_headers(message.get("headers", ()))}
            await send(message)

        headers = {name.lower(): value for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        await self.app(scope, _limited(receive), guarded)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> Response | None:
        """The answer to a request that may not pass; None where it may."""
        wants_json = wants_data(scope["path"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self.hosts:
            return _refuse(421, f"This server is not called {host!r}.", as_json=wants_json)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not self._same_site(headers):
            return _refuse(
                403, "A change was asked for by another site, and was refused.", as_json=wants_json
            )
        length = headers.get(b"content-length", b"0").decode("latin-1")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return _refuse(
                413, f"More than {LARGEST_BODY // 2**20} MB were sent.", as_json=wants_json
            )
        if scope["path"].startswith(_OPEN) or scope["path"] == _WAY_IN:
            return None
        if self._is_known(headers):
            return None
        return self._first_address(scope) or self._closed(scope, as_json=wants_json)

    def _same_site(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a change comes from a page of ours, or from a script that bears the token."""
        origin = headers.get(b"origin")
        if origin is not None:
            return urlsplit(origin.decode("latin-1")).netloc.lower() in self.hosts
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site == b"same-origin"
        return self._bears_token(headers)

    def _is_known(self, headers: dict[bytes, bytes]) -> bool:
        return self._bears_token(headers) or self.sessions.knows(session_of(headers.items()))

    def _bears_token(self, headers: dict[bytes, bytes]) -> bool:
        scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        return scheme.lower() == "bearer" and self._is_token(given)

    def _is_token(self, given: str) -> bool:
        return self.token is not None and hmac.compare_digest(
            self.token.encode(), given.strip().encode()
        )

    def _first_address(self, scope: Scope) -> Response | None:
        """Trade the token of the first address for a cookie, and leave it out of the address."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if len(given) != 1 or not self._is_token(given[0]) or scope["method"] != "GET":
            return None
        rest = urlencode([pair for pair in query if pair[0] != "token"])
        path = "/" + scope["path"].lstrip("/")
        response = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        enter(response, self.sessions.begin())
        return response

    def _closed(self, scope: Scope, *, as_json: bool) -> Response:
        if self.token is not None:
            return _refuse(
                401,
                "Open the address that `weigh serve` printed: it holds the key to these pages.",
                as_json=as_json,
            )
        if as_json or scope["method"] != "GET":
            return _refuse(401, "Sign in first.", as_json=as_json)
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{_WAY_IN}?" + urlencode({"to": wanted}), status_code=303)


def wants_data(path: str) -> bool:
    """Whether an address asks for data: then its errors are data too."""
    taken_away = "/export/" in path or (path.startswith("/audits/") and path.count("/") > 2)
    return taken_away or path.endswith(_DATA) or path.startswith("/api/")


def session_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key in the cookie, empty where there is none."""
    given = b"; ".join(value for name, value in headers if name.lower() == b"cookie")
    try:
        cookie = SimpleCookie(given.decode("latin-1"))
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""


def enter(response: Response, key: str, *, secure: bool = False) -> None:
    """Put a session's key into a cookie that no script and no other site can read.

    `secure` keeps it from travelling without encryption.
    """
    response.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/", secure=secure)


def leave(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")


def _with_headers(headers: Any) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return given + [(name, value) for name, value in _HEADERS if name not in names]


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that grows beyond the limit without having said so."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > LARGEST_BODY:
                return {"type": "http.disconnect"}
        return message

    return read


def _refuse(status: int, message: str, *, as_json: bool) -> Response:
    if as_json:
        return JSONResponse(
            {"kind": "refused", "message": message, "hint": None}, status_code=status
        )
    from markupsafe import escape

    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>weigh</title>'
        f"<main><h1>Not here</h1><p>{escape(message)}</p></main></html>",
        status_code=status,
    )
