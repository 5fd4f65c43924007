"""Peers to time against, turn by turn with weigh, and a table to write times to."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Call = Callable[[], Any]


def once(function: Call, loops: int = 1) -> float:
    """Processor time of one call, in seconds, so that what else runs on the machine counts less."""
    begin = time.process_time()
    for _ in range(loops):
        function()
    return (time.process_time() - begin) / loops


def median_of(function: Call, *, repeats: int = 5, loops: int = 1) -> float:
    """Median of that over some repeats, after a call that is not timed."""
    function()
    return statistics.median(once(function, loops) for _ in range(repeats))


class R:
    """One R that stays open, with metafor loaded: a line of code in, a line of JSON out."""

    LOOP = (
        "suppressMessages(library(metafor)); options(warn=-1); con <- file('stdin', 'r'); "
        "while (length(code <- readLines(con, 1))) "
        "cat(tryCatch(eval(parse(text=code), globalenv()), "
        "error=function(e) toupper(conditionMessage(e))), '\\n')"
    )

    def __init__(self, program: str) -> None:
        self.process = subprocess.Popen(
            [program, "--vanilla", "-e", self.LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, code: str) -> Any:
        """Value of code whose last expression is text in JSON, or one number."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("{" + " ".join(code.split()) + "}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        try:
            return json.loads(answer)
        except json.JSONDecodeError:
            raise AssertionError(f"R answered {answer.strip()!r} to: {code}") from None

    def once(self, code: str, loops: int = 1) -> float:
        """Processor time of one run of the code, in seconds."""
        timed = f"for (turn in 1:{loops}) {{{code}}}"
        return float(self.ask(f"sprintf('%.9g', sum(system.time({timed})[1:2]))")) / loops

    def read(self, path: Path) -> None:
        """Read a table without a header as `d`."""
        self.ask(f"d <- read.csv('{path.as_posix()}', header=FALSE); 0")

    def close(self) -> None:
        """Let R come to its end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


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


def write(
    what: str,
    ours: float,
    peer: str = "",
    theirs: float | None = None,
    *,
    goal: float | None = None,
) -> None:
    """Keep a line: what, our time, a peer's time, their ratio, and the ratio that is the goal."""
    line = f"{what:<50} {_readable(ours):>8}"
    if theirs is not None:
        line += f"   {peer:<24} {_readable(theirs):>8}   {theirs / ours:>8,.1f} times"
        if goal is not None:
            line += f" (goal {goal:,g}: {'reached' if theirs >= goal * ours else 'missed'})"
    LINES.append(line)


@pytest.fixture
def best() -> Callable[..., float]:
    return median_of


@pytest.fixture
def report() -> Callable[..., None]:
    return write


@pytest.fixture
def remark() -> Callable[[str], None]:
    """Keep a line that is no time."""
    return LINES.append


@dataclass(frozen=True)
class Race:
    """Weigh and R by turns."""

    r: R

    def __call__(
        self,
        what: str,
        ours: Call,
        theirs: str,
        *,
        peer: str,
        goal: float | None = None,
        loops: int = 1,
        loops_in_r: int = 1,
        repeats: int = 5,
        share: float = 1.0,
    ) -> None:
        """Time both by turns and keep a line with the medians.

        `share` is the part of the work that R is given, for work in which each piece costs R the
        same; its time is divided by it.
        """
        ours()
        self.r.ask(f"invisible({{{theirs}}}); 0")
        turns = [(once(ours, loops), self.r.once(theirs, loops_in_r)) for _ in range(repeats)]
        mine, its = (statistics.median(times) for times in zip(*turns, strict=True))
        if share != 1.0:
            peer += f", {share:.2g} of it"
        write(what, mine, peer, its / share, goal=goal)


@pytest.fixture(scope="session")
def r() -> Iterator[R]:
    """R with metafor; skip where there is none."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed")
    found = subprocess.run([program, "-e", "library(metafor)"], capture_output=True, check=False)
    if found.returncode != 0:
        pytest.skip("R has no metafor")
    session = R(program)
    yield session
    session.close()


@pytest.fixture(scope="session")
def race(r) -> Race:
    return Race(r)


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
