"""Serve the app until it is stopped: on this machine alone, or to others behind a password."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from weigh.errors import InputError, OutOfReachError
from weigh.web.app import create_app
from weigh.web.pages.answers import own_body
from weigh.web.passwords import Password
from weigh.web.shelf import Shelf

__all__ = ["HERE", "is_here", "serve_on"]

HERE = "127.0.0.1"
_LOOPBACK = frozenset({HERE, "localhost", "::1"})
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})
#: Connections that wait for an answer at once; what comes beyond is told to come again.
_MOST_AT_ONCE = 512


def is_here(host: str) -> bool:
    """Whether an address to listen at is this machine's own, which no other can reach."""
    return host in _LOOPBACK


def serve_on(
    folders: Sequence[Path],
    *,
    host: str = HERE,
    port: int,
    names: Sequence[str] = (),
    password: Password | None = None,
    tell: Callable[[str], None],
) -> None:
    """Serve folders.

    Parameters
    ----------
    folders
        Evidence folders; all are read before the first page is served.
    host, port
        Where to listen; port 0 takes a free one.
    names
        Addresses under which readers ask for the app, such as ``https://evidence.example.org`` or
        ``evidence.local:8350``; a request under any other name is refused.
    password
        What opens the app to other machines; None on this machine alone, where a token does.
    tell
        Is given the address to open.

    Raises
    ------
    InputError
        If another machine could ask and there is no password, or no name to be asked under.
    OutOfReachError
        If the host or port cannot be had.
    EvidenceError
        If a folder has faults.
    """
    if password is None and not is_here(host):
        raise InputError(
            f"{host}: other machines can reach this address, and there is no password.",
            hint="Set WEIGH_PASSWORD, or name a file with its hash by --password-file.",
        )
    if host in _EVERYWHERE and not names:
        raise InputError(
            f"{host or 'any'}: this is every address of the machine; found no name under which "
            "readers ask for it.",
            hint="Give it by --name, such as --name https://evidence.example.org.",
        )
    shelf = Shelf(folders)
    for name in shelf.names:
        shelf.held(name)
    own_body(shelf.held(shelf.names[0]))  # what every page needs is then loaded before the first
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    hosts = _hosts(host, port, names)
    served = create_app(
        shelf,
        hosts=hosts,
        password=password,
        secure=bool(names) and all(name.startswith("https://") for name in names),
    )
    named = [name for name in names if "://" in name]
    tell(f"Open {served.first_address(named[0] if named else f'http://{hosts[0]}')}")
    config = uvicorn.Config(
        served.app,
        log_level="warning",
        server_header=False,
        date_header=False,
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=30,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_MOST_AT_ONCE)  # whoever opens the address as soon as it is told, waits
    except OSError as error:
        listener.close()
        raise OutOfReachError(
            f"Port {port} of {host} cannot be used: {error.strerror or error}.",
            hint="Choose another with --port, or 0 for a free one.",
        ) from error
    return listener


def _hosts(host: str, port: int, names: Sequence[str]) -> tuple[str, ...]:
    """The names under which the app may be asked for, as browsers send them."""
    own = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    found = [] if host in _EVERYWHERE else [own]
    if is_here(host):
        found.append(f"localhost:{port}")
    for name in names:
        parts = urlsplit(name if "://" in name else f"//{name}")
        if not parts.hostname or parts.path.strip("/") or parts.query or "@" in parts.netloc:
            raise InputError(
                f"--name: found {name!r}; expected an address such as "
                "https://evidence.example.org or evidence.local:8350."
            )
        with_port = parts.netloc if parts.scheme or parts.port else f"{parts.netloc}:{port}"
        found.append(with_port.lower())
    return tuple(dict.fromkeys(found))
