"""Earlier states of a folder: kept beside it or in git, read and checked like any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from weigh.errors import EvidenceError, NotFoundError
from weigh.folder import check, example_folders, fingerprint
from weigh.folder.judging import CertaintyEdit, propose, save
from weigh.folder.versions import KEPT, keep, load_version, versions

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ZINC = next(p for p in example_folders() if p.name == "zinc-common-cold")


@pytest.fixture
def folder(tmp_path):
    """A folder that lies in no repository."""
    return Path(shutil.copytree(ZINC, tmp_path / "zinc", ignore=shutil.ignore_patterns(".*")))


@pytest.fixture
def git(folder):
    """Run git in the folder, as a person with a name and no settings of their own."""
    if shutil.which("git") is None:
        pytest.skip("no git on the PATH")

    def run(*words):
        own = {
            **{n: v for n, v in os.environ.items() if not n.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_COMMITTER_DATE": "2026-11-20T08:00:00+00:00",
        }
        subprocess.run(["git", *words], cwd=folder, env=own, check=True, capture_output=True)

    run("init", "--quiet")
    return run


def ask_otherwise(folder):
    question = folder / "question.yaml"
    question.write_text(question.read_text().replace("Does zinc", "Can zinc"))


def test_a_kept_version_reads_as_the_folder_did(folder):
    before = fingerprint(folder)
    kept = keep(folder, why="Before the title", by="Ada", now=NOON)
    ask_otherwise(folder)
    assert versions(folder) == (kept,)
    assert (kept.at, kept.why, kept.by) == ("2026-11-25T12:00:00+00:00", "Before the title", "Ada")
    assert load_version(folder, kept.id).fingerprint == before != fingerprint(folder)
    assert check(folder) == ()


def test_the_same_state_is_kept_once(folder):
    first = keep(folder, why="One", by="Ada", now=NOON)
    assert keep(folder, why="Two", by="Ben", now=NOON + timedelta(hours=1)) == first
    ask_otherwise(folder)
    later = keep(folder, why="Three", by="Ben", now=NOON + timedelta(hours=2))
    assert versions(folder) == (later, first)


def test_saving_a_judgement_keeps_what_was_before(folder):
    before = fingerprint(folder)
    edit = CertaintyEdit(
        comparison="prevention", domain="imprecision", levels=0, reason="Wide enough.", by="Ada"
    )
    today = date(2026, 11, 25)
    save(propose(folder, edit, today=today), today=today)
    (kept,) = versions(folder)
    assert kept.why == "Before a judgement was changed: prevention, imprecision"
    assert load_version(folder, kept.id).fingerprint == before


def test_commits_are_versions_too(folder, git):
    git("add", ".")
    git("commit", "--quiet", "-m", "Begin | with a bar")
    before = fingerprint(folder)
    ask_otherwise(folder)
    git("commit", "--quiet", "-a", "-m", "Ask otherwise")
    (folder / "notes.txt").write_text("Nothing that weigh reads.")
    git("add", ".")
    git("commit", "--quiet", "-m", "Take notes")
    assert sorted(v.why for v in versions(folder)) == ["Ask otherwise", "Begin | with a bar"]
    first = next(v for v in versions(folder) if v.why.startswith("Begin"))
    assert first.by == "Ada"
    assert load_version(folder, first.id).fingerprint == before


def test_what_a_repository_would_have_git_start_is_not_started(folder, git, tmp_path):
    git("add", ".")
    git("commit", "--quiet", "-m", "Begin")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "core.editor", "core.sshCommand"):
        git("config", name, str(trap))
    git("config", "log.showSignature", "true")
    load_version(folder, versions(folder)[0].id)
    assert not (tmp_path / "sprung").exists()


def test_what_is_no_version_is_told(folder):
    with pytest.raises(NotFoundError, match="There is no version"):
        load_version(folder, "../../etc")


def test_files_of_others_are_no_versions_and_nothing_is_unpacked_from_them(folder):
    kept = keep(folder, why="One", by="Ada", now=NOON)
    home = folder / KEPT
    (home / "20261125T120000Z-0123456789ab.zip").write_bytes(b"no zip")
    (home / "notes.zip").write_bytes(b"no zip")
    assert versions(folder) == (kept,)
    with zipfile.ZipFile(home / f"{kept.id}.zip", "a") as archive:
        archive.writestr("../../stray.txt", "out of here")
    load_version(folder, kept.id)
    assert not list(folder.parent.rglob("stray.txt"))


def test_a_broken_zip_is_a_fault(folder):
    kept = keep(folder, why="One", by="Ada", now=NOON)
    path = folder / KEPT / f"{kept.id}.zip"
    data = bytearray(path.read_bytes())
    data[60:200] = bytes(140)
    path.write_bytes(data)
    with pytest.raises(EvidenceError, match=r"expected one|fault"):
        load_version(folder, kept.id)
