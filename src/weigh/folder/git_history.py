"""Earlier states of a folder that lies in a git repository.

Only objects are listed and read, by git's plumbing: what a repository's own settings could make
git start (a pager, a signature check, a fetch) is not asked for or is forbidden.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from weigh.folder.files import FILES

__all__ = ["Commit", "commits", "files_at"]

#: Older ones are found with git itself.
MOST = 50
#: Seconds; a history of evidence is short.
PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit that changed the folder: its hash, when, its first line, its author."""

    id: str
    at: str
    subject: str
    by: str


def commits(folder: Path) -> list[Commit]:
    """Commits that changed what weigh reads, the newest first; none where there is no git."""
    said = _git(
        folder,
        "rev-list",
        f"--max-count={MOST}",
        "--format=%H%x00%cI%x00%an%x00%s",
        "HEAD",
        "--",
        *FILES,
    )
    found = []
    for line in (said or b"").decode("utf-8", errors="replace").splitlines():
        parts = line.split("\0")
        if len(parts) == 4:
            name, at, by, subject = parts
            found.append(Commit(id=name[:12], at=at, subject=subject, by=by))
    return found


def files_at(folder: Path, commit: str) -> dict[str, bytes]:
    """The files that weigh reads, as a commit holds them; too large ones are left out."""
    prefix = (_git(folder, "rev-parse", "--show-prefix") or b"").decode().strip("\n")
    files = {}
    for name, limit in FILES.items():
        place = f"{commit}:{prefix}{name}"
        size = _git(folder, "cat-file", "-s", place)
        if size is None or int(size) > limit:
            continue
        data = _git(folder, "cat-file", "blob", place)
        if data is not None:
            files[name] = data
    return files


def _git(folder: Path, *words: str) -> bytes | None:
    """What git says; None where there is none, no repository, or it says no."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {
        **kept,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", "--no-pager", "-c", "core.fsmonitor=false", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
