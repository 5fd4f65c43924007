"""Serve the app on this machine until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from weigh.errors import OutOfReachError
from weigh.web.app import create_app
from weigh.web.shelf import Shelf

__all__ = ["serve_here"]

HERE = "127.0.0.1"


def serve_here(folders: Sequence[Path], *, port: int, tell: Callable[[str], None]) -> None:
    """Serve folders on this machine alone.

    Parameters
    ----------
    folders
        Evidence folders; all are read before the first page is served.
    port
        0 takes a free one.
    tell
        Is given the address to open.

    Raises
    ------
    OutOfReachError
        If the port is taken.
    EvidenceError
        If a folder has faults.
    """
    shelf = Shelf(folders)
    for name in shelf.names:
        shelf.held(name)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HERE, port))
    except OSError as error:
        raise OutOfReachError(
            f"Port {port} of this machine cannot be used: {error.strerror}.",
            hint="Choose another with --port, or 0 for a free one.",
        ) from error
    port = listener.getsockname()[1]
    served = create_app(shelf, hosts=(f"{HERE}:{port}", f"localhost:{port}"))
    tell(f"Open {served.first_address(f'http://{HERE}:{port}')}")
    config = uvicorn.Config(
        served.app, log_level="warning", server_header=False, date_header=False, access_log=False
    )
    uvicorn.Server(config).run(sockets=[listener])
