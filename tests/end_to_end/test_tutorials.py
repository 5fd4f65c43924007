"""The tutorials do what they say: each command is run, each line shown under it is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).parents[2] / "docs" / "tutorials"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def steps(page: Path) -> list[tuple[str, list[str]]]:
    """Return the commands of a page, each with the lines that are shown under it."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("name", ["your-own-question"])
def test_a_tutorial_can_be_walked(name, tmp_path):
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONUTF8": "1",
    }

    for command, shown in steps(TUTORIALS / f"{name}.md"):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

        said = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == (2 if "exits with 2" in command else 0), f"$ {command}\n{said}"
        for line in shown:
            assert " ".join(line.split()) in said, f"$ {command}"
