"""The app behind a password, on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from serving import Site

from weigh.web.app import create_app
from weigh.web.passwords import Password
from weigh.web.shelf import Shelf

WORDS = "correct horse battery"


def serve_behind(words: str, folders: list[Path]) -> Iterator[Site]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    served = create_app(
        Shelf(folders), hosts=(f"127.0.0.1:{port}",), password=Password.chosen(words)
    )
    server = uvicorn.Server(uvicorn.Config(served.app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(port=port, served=served)
    server.should_exit = True
    thread.join(10)
