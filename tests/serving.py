"""The app on a real socket, asked by plain HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import uvicorn

from weigh.web.app import Served, create_app
from weigh.web.shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The content as words."""
        return self.content.decode()


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served app: where it is and what opens it."""

    port: int
    served: Served

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def first_address(self) -> str:
        return self.served.first_address(self.origin)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        known: bool = True,
    ) -> Reply:
        """One request, with the token unless `known` is False."""
        given = {"Authorization": f"Bearer {self.served.token}"} if known else {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body=body, headers={**given, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return Reply(status=answer.status, headers=found, content=content)


def serve(folders: list[Path], *, home: Path | None = None) -> Iterator[Site]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    served = create_app(Shelf(folders, home=home), hosts=(f"127.0.0.1:{port}",))
    server = uvicorn.Server(uvicorn.Config(served.app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(port=port, served=served)
    server.should_exit = True
    thread.join(10)
