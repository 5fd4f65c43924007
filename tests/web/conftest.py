"""The worked examples, served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import Site, serve

from weigh.folder import example_folders


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The worked examples, served."""
    yield from serve(list(example_folders()))


@pytest.fixture
def serving() -> Iterator[Callable[[Path], Site]]:
    """Serve a folder of one test's own."""
    running: list[Iterator[Site]] = []

    def begin(folder: Path) -> Site:
        running.append(serve([folder]))
        return next(running[-1])

    yield begin
    for one in running:
        for _ in one:
            pass
