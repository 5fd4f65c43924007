"""Peers to time against, and a place to write times to."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def best_of(function: Callable[[], Any], *, repeats: int = 7, loops: int = 1) -> float:
    """Median of the processor time of one call, in seconds: what else runs does not count."""
    function()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        for _ in range(loops):
            function()
        times.append((time.process_time() - begin) / loops)
    return statistics.median(times)


LINES: list[str] = []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One table of all that was timed, at the end."""
    terminalreporter.section("weigh and its peers")
    for line in LINES:
        terminalreporter.write_line(line)


def _readable(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


@pytest.fixture
def best() -> Callable[..., float]:
    return best_of


@pytest.fixture
def report() -> Callable[..., None]:
    """Keep a line: what, our time, a peer's time, their ratio, and the ratio that is the goal."""

    def write(
        what: str,
        ours: float,
        peer: str = "",
        theirs: float | None = None,
        *,
        goal: float | None = None,
    ) -> None:
        line = f"{what:<58} {_readable(ours):>9}"
        if theirs is not None:
            line += f"   {peer} {_readable(theirs):>9}   {theirs / ours:,.1f} times"
            if goal is not None:
                line += f" (goal {goal:,g}: {'reached' if theirs >= goal * ours else 'missed'})"
        LINES.append(line)

    return write


@pytest.fixture(scope="session")
def run_r() -> Callable[[str, Path], Any]:
    """Run R code that reads files of a folder and prints JSON; skip where there is no metafor."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed")
    found = subprocess.run([program, "-e", "library(metafor)"], capture_output=True, check=False)
    if found.returncode != 0:
        pytest.skip("R has no metafor")

    def run(code: str, folder: Path) -> Any:
        head = "suppressMessages(library(metafor)); "
        done = subprocess.run(
            [program, "-e", head + code], cwd=folder, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def run_python() -> Callable[[str, str, Path], Any]:
    """Run code with a peer package, here or in the environment of WEIGH_PEERS; skip without."""

    def run(package: str, code: str, folder: Path) -> Any:
        for program in (sys.executable, os.environ.get("WEIGH_PEERS", "")):
            if not program:
                continue
            found = subprocess.run(
                [program, "-c", f"import {package}"], capture_output=True, check=False
            )
            if found.returncode == 0:
                done = subprocess.run(
                    [program, "-W", "ignore", "-c", code],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                return json.loads(done.stdout.splitlines()[-1])
        pytest.skip(f"{package} is not installed; name a Python that has it in WEIGH_PEERS")

    return run
