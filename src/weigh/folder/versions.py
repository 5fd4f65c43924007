"""Earlier states of a folder: those that git holds, and those kept beside it.

A kept version is a zip of the folder's files under ``.weigh/versions``, written before a judgement
is changed or when somebody asks for it. Both kinds are read as a folder is, and checked alike.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from weigh.errors import EvidenceError, Fault, NotFoundError
from weigh.evidence.folder import Evidence
from weigh.folder.files import FILES, read_text
from weigh.folder.fingerprint import fingerprint_of
from weigh.folder.git_history import commits, files_at
from weigh.folder.reading import load
from weigh.folder.writing import write_bytes_atomically

__all__ = ["Version", "keep", "load_version", "versions"]

KEPT = Path(".weigh") / "versions"

_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")
_GIT = "git-"
#: Zip knows no time before this; every entry has it, so that the same files give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A state of a folder that can still be read: when it was, why it was kept, by whom.

    `at` is an ISO date and time.
    """

    id: str
    at: str
    why: str
    by: str


def keep(folder: Path, *, why: str, by: str, now: datetime) -> Version:
    """Keep the folder's files as they are; one that is kept already is not kept twice.

    Parameters
    ----------
    folder
        An evidence folder.
    why, by
        What a reader is told of it.
    now
        When; with a time zone.

    Raises
    ------
    OutOfReachError
        If it cannot be written.
    """
    files = _files(folder)
    mark = fingerprint_of(files)[:12]
    there = [known for known in (folder / KEPT).glob(f"*-{mark}.zip") if _ID.fullmatch(known.stem)]
    if there:
        return next(version for version in _kept(folder) if version.id == there[0].stem)
    at = now.astimezone(UTC).replace(microsecond=0)
    version = Version(id=f"{at:%Y%m%dT%H%M%SZ}-{mark}", at=at.isoformat(), why=why, by=by)
    write_bytes_atomically(folder / KEPT / f"{version.id}.zip", _zipped(files, why, by))
    return version


def versions(folder: Path) -> tuple[Version, ...]:
    """Every version of a folder that can be read, the newest first."""
    found = _kept(folder) + [
        Version(id=_GIT + one.id, at=one.at, why=one.subject, by=one.by) for one in commits(folder)
    ]
    return tuple(
        sorted(found, key=lambda version: datetime.fromisoformat(version.at), reverse=True)
    )


def load_version(folder: Path, version_id: str) -> Evidence:
    """Read a version as a folder is read.

    Raises
    ------
    NotFoundError
        If there is no such version.
    EvidenceError
        If it has faults, by the rules of today.
    """
    if version_id not in {version.id for version in versions(folder)}:
        raise NotFoundError("version", version_id, ())
    if version_id.startswith(_GIT):
        files: Mapping[str, bytes] = files_at(folder, version_id.removeprefix(_GIT))
    else:
        files = _unzipped(folder / KEPT / f"{version_id}.zip")
    with tempfile.TemporaryDirectory() as home:
        copy = Path(home) / folder.resolve().name
        copy.mkdir()
        for name, data in files.items():
            (copy / name).write_bytes(data)
        return load(copy)


def _files(folder: Path) -> dict[str, bytes]:
    texts = {name: read_text(folder, name) for name in FILES}
    return {name: text.data for name, text in texts.items() if text is not None}


def _zipped(files: Mapping[str, bytes], why: str, by: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        told = json.dumps({"why": why[:500], "by": by[:200]}, ensure_ascii=True)
        archive.comment = told.encode()
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _kept(folder: Path) -> list[Version]:
    found = []
    for path in sorted((folder / KEPT).glob("*.zip")):
        if not _ID.fullmatch(path.stem) or path.is_symlink():
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                told = json.loads(archive.comment)
                why, by = str(told["why"]), str(told["by"])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            continue  # somebody else's file
        at = datetime.strptime(path.stem[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        found.append(Version(id=path.stem, at=at.isoformat(), why=why, by=by))
    return found


def _unzipped(path: Path) -> dict[str, bytes]:
    """The files of a kept version: those that weigh reads, and no larger than it reads them."""
    files = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename in FILES and info.file_size <= FILES[info.filename]:
                    files[info.filename] = archive.read(info)
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        fault = Fault(file=path.name, found="a file that is no whole zip", expected="one")
        raise EvidenceError(str(path), [fault]) from error
    return files
