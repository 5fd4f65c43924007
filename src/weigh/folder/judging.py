"""Change a judgement of a folder: propose it, look at what follows, save it or let it be.

A proposal holds the file as it would be, checked like any folder. Saving replaces the one file in
one step, and only if the folder is still what the proposal was made from; what was changed, by whom
and why goes into ``history.yaml`` beside it.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from weigh.errors import ChangedError, InputError
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias
from weigh.folder.files import FILES
from weigh.folder.fingerprint import fingerprint
from weigh.folder.reading import load
from weigh.folder.versions import keep
from weigh.folder.writing import write_text_atomically

__all__ = ["HISTORY", "BiasEdit", "CertaintyEdit", "Proposal", "history", "propose", "save"]

HISTORY = "history.yaml"

_COLUMNS = (
    "study",
    "outcome",
    "tool",
    "version",
    "domain",
    "judgement",
    "support",
    "source",
    "locator",
    "quote",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasEdit:
    """A domain's risk of bias in one study, for an outcome or (``*``) for all; why, and by whom.

    `source` is the reference that the reason rests on.
    """

    study: str
    domain: str
    judgement: str
    reason: str
    by: str
    source: str
    outcome: str = "*"
    tool: str = "rob2"
    version: str = "2019"

    file = "risk_of_bias.csv"

    @property
    def what(self) -> str:
        """What is changed, in words."""
        return f"{self.study}, {self.outcome}, {self.tool} {self.version}, {self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertaintyEdit:
    """Levels of a GRADE domain of a comparison, in place of the computed ones; why, and by whom."""

    comparison: str
    domain: str
    levels: int
    reason: str
    by: str

    file = "certainty.yaml"

    @property
    def what(self) -> str:
        """What is changed, in words."""
        return f"{self.comparison}, {self.domain}"


Edit = BiasEdit | CertaintyEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A folder as it would be.

    `base` is the fingerprint of the folder that it was made from; `old` is None where the file was
    not there; `before` and `after` are the judgement's own values.
    """

    folder: Path
    edit: Edit
    base: str
    old: str | None
    new: str
    before: str | None
    after: str
    evidence: Evidence


def propose(folder: Path, edit: Edit, *, today: date) -> Proposal:
    """Work out what a folder would be with a judgement changed; nothing is written.

    Parameters
    ----------
    folder
        An evidence folder.
    edit
        The judgement.
    today
        Goes beside it.

    Raises
    ------
    InputError
        If the reason or the name is missing.
    EvidenceError
        If the folder has faults, or would have with the change: an unknown study, domain, source.
    """
    for name, text in (("reason", edit.reason), ("name", edit.by)):
        if not text.strip():
            raise InputError(f"A judgement needs a {name}; found none.")
    evidence = load(folder)
    path = folder / edit.file
    old = path.read_text(encoding="utf-8-sig") if path.exists() else None
    if isinstance(edit, BiasEdit):
        new, before = _with_bias(old, edit, evidence, today)
        after = edit.judgement
    else:
        new, before = _with_certainty(old, edit, evidence, today)
        after = f"{edit.levels:+d}" if edit.levels else "0"
    return Proposal(
        folder=folder,
        edit=edit,
        base=evidence.fingerprint,
        old=old,
        new=new,
        before=before,
        after=after,
        evidence=_as_it_would_be(folder, edit.file, new),
    )


def save(proposal: Proposal, *, today: date) -> None:
    """Write a proposal: the history first, then the one file, each in one step.

    What the folder was before is kept as a version of it. Killed between the two, the folder
    holds the old judgement, and the history a line that `history` knows was never carried out.

    Raises
    ------
    ChangedError
        If the folder was changed since the proposal was made; nothing is written.
    OutOfReachError
        If it cannot be written.
    """
    with _alone(proposal.folder):
        if fingerprint(proposal.folder) != proposal.base:
            raise ChangedError(
                f"{proposal.folder.name} was changed on disk since you looked at it; nothing was "
                "saved.",
                hint="Look at it again and repeat the change if it is still right.",
            )
        entry = {
            "date": today.isoformat(),
            "by": proposal.edit.by,
            "file": proposal.edit.file,
            "what": proposal.edit.what,
            "from": proposal.before,
            "to": proposal.after,
            "reason": proposal.edit.reason,
            "before": None if proposal.old is None else _hash(proposal.old),
            "after": _hash(proposal.new),
        }
        keep(
            proposal.folder,
            why=f"Before a judgement was changed: {proposal.edit.what}",
            by=proposal.edit.by,
            now=datetime.now(UTC),
        )
        log = proposal.folder / HISTORY
        text = log.read_text(encoding="utf-8") if log.exists() else _HEAD
        added = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=100)
        write_text_atomically(log, text + added)
        write_text_atomically(proposal.folder / proposal.edit.file, proposal.new)


def history(folder: Path) -> list[dict[str, Any]]:
    """Changes of judgements, oldest first; those that were never carried out are left out."""
    log = folder / HISTORY
    if not log.exists():
        return []
    entries: list[dict[str, Any]] = yaml.safe_load(log.read_text(encoding="utf-8")) or []
    carried_out = []
    for index, entry in enumerate(entries):
        following = (e["before"] for e in entries[index + 1 :] if e["file"] == entry["file"])
        path = folder / str(entry["file"])
        now = _hash(path.read_text(encoding="utf-8-sig")) if path.exists() else None
        # What was seen next is still what it was before: the change was never carried out.
        if next(following, now) != entry["before"]:
            carried_out.append(entry)
    return carried_out


_HEAD = (
    "# Judgements that were changed, by whom and why, oldest first. `before` and `after` are\n"
    "# hashes of the file; nothing of this is evidence, and no answer rests on it.\n"
)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other savers of this machine out, as far as the system can."""
    try:
        import fcntl
    except ImportError:  # not on this system: the fingerprint alone guards
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _as_it_would_be(folder: Path, name: str, text: str) -> Evidence:
    """The evidence with one file replaced, read and checked like any folder."""
    with tempfile.TemporaryDirectory() as home:
        copy = Path(home) / folder.resolve().name
        copy.mkdir()
        for known in FILES:
            source = folder / known
            if known != name and source.is_file():
                (copy / known).write_bytes(source.read_bytes())
        (copy / name).write_text(text, encoding="utf-8", newline="\n")
        return load(copy)


def _with_bias(
    old: str | None, edit: BiasEdit, evidence: Evidence, today: date
) -> tuple[str, str | None]:
    text = old if old is not None else ",".join(_COLUMNS) + "\n"
    if not text.endswith("\n"):
        text += "\n"
    found = next((row for row in evidence.risk_of_bias if _is_row(row, edit)), None)
    header = next(csv.reader(io.StringIO(text)))
    cells = {
        "study": edit.study,
        "outcome": edit.outcome,
        "tool": edit.tool,
        "version": edit.version,
        "domain": edit.domain,
        "judgement": edit.judgement,
        "support": edit.reason,
        "source": edit.source,
        "note": f"Judged by {edit.by}, {today.isoformat()}.",
    }
    missing = [name for name, cell in cells.items() if cell and name not in header]
    if missing:
        raise InputError(
            f"{edit.file}: found no column {missing[0]!r}; expected the columns "
            f"{', '.join(_COLUMNS)}."
        )
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([cells.get(name, "") for name in header])
    if found is None or found.place is None or found.place.line is None:
        return text + line.getvalue(), None
    lines = text.splitlines(keepends=True)
    start, end = _extent(text, found.place.line)
    return "".join([*lines[:start], line.getvalue(), *lines[end:]]), found.judgement


def _is_row(row: RiskOfBias, edit: BiasEdit) -> bool:
    return (row.study, row.outcome, row.tool, row.version, row.domain) == (
        edit.study,
        edit.outcome,
        edit.tool,
        edit.version,
        edit.domain,
    )


def _extent(text: str, line: int) -> tuple[int, int]:
    """First and last (not included) index of the lines of the row that begins on a line."""
    reader = csv.reader(io.StringIO(text))
    begins = 1
    for _ in reader:
        ends = reader.line_num
        if begins <= line <= ends:
            return begins - 1, ends
        begins = ends + 1
    raise ValueError(f"line {line} holds no row")


def _with_certainty(
    old: str | None, edit: CertaintyEdit, evidence: Evidence, today: date
) -> tuple[str, str | None]:
    text = old or ""
    if text and not text.endswith("\n"):
        text += "\n"
    entry = {
        "comparison": edit.comparison,
        "domain": edit.domain,
        "levels": edit.levels,
        "reason": edit.reason,
        "by": edit.by,
        "date": today.isoformat(),
    }
    added = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=100)
    found = next((o for o in evidence.overrides if _is_override(o, edit)), None)
    if found is None:
        return text + added, None
    start, end = _item(text, edit)
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:start], added, *lines[end:]]), f"{found.levels:+d}"


def _is_override(override: CertaintyOverride, edit: CertaintyEdit) -> bool:
    return (override.comparison, override.domain) == (edit.comparison, edit.domain)


def _item(text: str, edit: CertaintyEdit) -> tuple[int, int]:
    """First and last (not included) index of the lines of an override."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for item in root.value if root is not None else ():
        values = {key.value: value.value for key, value in item.value}
        if (values.get("comparison"), values.get("domain")) == (edit.comparison, edit.domain):
            last = item.value[-1][1].end_mark
            return item.start_mark.line, last.line + (last.column > 0)
    raise ValueError(f"no override of {edit.what}")
