"""Which files an evidence folder has, and their text: whatever is not plain UTF-8 is a fault.

A folder may come from a stranger. Only regular files inside it are read, none above its size
limit, and nothing in it is followed to another place on the machine.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from weigh.errors import Fault
from weigh.folder.nearest import nearest

__all__ = [
    "CSV_FILES",
    "FILES",
    "Text",
    "decode",
    "forbidden_character",
    "look_alikes",
    "name_character",
    "read_text",
]

_MIB = 1024 * 1024

#: Every file that weigh reads, in reading order, with the size above which it is refused.
FILES: dict[str, int] = {
    "question.yaml": 4 * _MIB,
    "studies.yaml": 4 * _MIB,
    "results.csv": 16 * _MIB,
    "risk_of_bias.csv": 16 * _MIB,
    "certainty.yaml": 4 * _MIB,
    "trust.csv": 16 * _MIB,
    "mechanisms.csv": 16 * _MIB,
    "forms.yaml": 4 * _MIB,
    "safety.yaml": 4 * _MIB,
    "background.yaml": 4 * _MIB,
    "references.json": 8 * _MIB,
}
CSV_FILES = tuple(name for name in FILES if name.endswith(".csv"))

_BOM = b"\xef\xbb\xbf"
# Tab and line feed are the only control characters that a text needs; carriage returns are gone
# by the time this is asked. DEL and the C1 controls (0x80 to 0x9f) can steer a terminal too.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_UTF8_HINT = (
    "Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”; in an editor: “Save with encoding”)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text of a file, with line ends as line feeds and no byte-order mark.

    `data` are the same as bytes, for the fingerprint; `text` is None where `faults` say why the
    file cannot be read as text.
    """

    data: bytes
    text: str | None
    faults: tuple[Fault, ...] = ()


def read_text(folder: Path, name: str) -> Text | None:
    """Read one file of the folder; None where there is none of this name."""
    path = folder / name
    try:
        data = _read_bytes(folder, path, FILES[name])
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        data = _fault(
            name, "a link to a file that is not there", "the file itself, inside the folder"
        )
    except OSError as error:
        if error.errno == errno.ELOOP:
            fault = _fault(
                name, "a link that leads to itself", "the file itself, inside the folder"
            )
            return Text(data=b"", text=None, faults=(fault,))
        reason = error.strerror or "an error of the system"
        data = _fault(
            name,
            f"a file that cannot be read ({reason.lower()})",
            "a file that you may open",
            hint="Check its permissions, then run the command again.",
        )
    if isinstance(data, Fault):
        return Text(data=b"", text=None, faults=(data,))
    return decode(name, data)


def _read_bytes(folder: Path, path: Path, limit: int) -> bytes | Fault:
    name = path.name
    # Not Path.resolve: before Python 3.13 it raises where links go in circles.
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(folder.resolve()):
        return _fault(
            name,
            "a link to a place outside the folder",
            "a file inside it",
            hint="Copy the file into the folder in place of the link.",
        )
    info = path.stat()
    # Asked before opening: to open a named pipe is to wait for its other end for ever.
    if stat.S_ISDIR(info.st_mode):
        return _fault(name, "a folder of this name", "a file")
    if not stat.S_ISREG(info.st_mode):
        return _fault(name, "something of this name that is no file (a pipe or device)", "a file")
    if info.st_size > limit:
        return _too_large(name, info.st_size, limit)
    with path.open("rb") as file:
        data = file.read(limit + 1)
    return data if len(data) <= limit else _too_large(name, len(data), limit)


def _too_large(name: str, size: int, limit: int) -> Fault:
    return _fault(
        name,
        f"{size / _MIB:.1f} MiB",
        f"at most {limit // _MIB} MiB",
        hint="A file of facts is far smaller. Was something else saved under this name?",
    )


def decode(name: str, data: bytes) -> Text:
    """Read bytes as UTF-8 text; `name` is the file's, for faults."""
    data = data.removeprefix(_BOM)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # With its mark, or without it: then every other byte of plain letters is NUL.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(data) > 1 and 0 in data[:2]):
        fault = _fault(name, "text in UTF-16", "text in UTF-8", line=1, hint=_UTF8_HINT)
        return Text(data=data, text=None, faults=(fault,))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Text(data=data, text=None, faults=(_not_utf8(name, data, error.start),))
    faults = tuple(_control_characters(name, text))
    return Text(data=data, text=None if faults else text, faults=faults)


def _not_utf8(name: str, data: bytes, offset: int) -> Fault:
    line = data.count(b"\n", 0, offset) + 1
    start = data.rfind(b"\n", 0, offset) + 1
    # What most programs that do not write UTF-8 write instead; a guess, offered as one.
    around = data[max(start, offset - 15) : offset + 15].split(b"\n")[0]
    text = around.decode("cp1252", errors="replace")
    guess = "".join(c if c.isprintable() else "?" for c in text).strip()
    return _fault(
        name,
        f"byte {offset:,} (0x{data[offset]:02X}) that is not UTF-8, in what may be “{guess}”",
        "text in UTF-8",
        line=line,
        hint=_UTF8_HINT,
    )


def _control_characters(name: str, text: str) -> Iterator[Fault]:
    """One fault for the first character of each line that no text needs, ten at most."""
    last = 0
    found = 0
    for match in _FORBIDDEN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if line == last:
            continue
        last = line
        found += 1
        yield _fault(
            name,
            f"the invisible character {name_character(match.group())}",
            "text without control characters",
            line=line,
            hint="Delete it, or save the file again as plain text.",
        )
        if found == 10:
            return


def forbidden_character(text: str) -> str | None:
    """The first character in a text that would not be text in a file, such as an escaped NUL."""
    match = _FORBIDDEN.search(text)
    return match.group() if match else None


def name_character(character: str) -> str:
    """A character by its number and, where it has one, its name: ``U+0000 (NUL)``."""
    code = ord(character)
    name = {0: "NUL", 7: "BELL", 8: "BACKSPACE", 12: "FORM FEED", 27: "ESCAPE", 127: "DELETE"}.get(
        code, unicodedata.name(character, "")
    )
    return f"U+{code:04X} ({name})" if name else f"U+{code:04X}"


# --- names that are nearly right -----------------------------------------------------------------

_DATA_SUFFIXES = frozenset(
    {".csv", ".tsv", ".txt", ".json", ".yml", ".yaml", ".xlsx", ".xls", ".ods", ".numbers"}
)
_SPREADSHEETS = frozenset({".xlsx", ".xls", ".ods", ".numbers"})


def look_alikes(folder: Path) -> Iterator[Fault]:
    """Files that are not read but are probably meant to be: ``results.xlsx``, ``studies.yml``."""
    names = sorted(entry.name for entry in folder.iterdir())
    for name in names:
        if name in FILES or name.startswith((".", "~")):
            continue
        path = Path(name)
        if path.suffix.lower() not in _DATA_SUFFIXES:
            continue
        meant = _meant(path)
        if meant is None:
            continue
        kept_beside = path.suffix.lower() in _SPREADSHEETS and meant in names
        if kept_beside:
            continue
        hint = (
            f"Save it as “CSV UTF-8 (comma delimited)” under the name {meant}."
            if path.suffix.lower() in _SPREADSHEETS
            else "If it is something else, give it a name that is less alike."
        )
        yield _fault(name, "a file that weigh does not read", f"the name {meant}", hint=hint)


def _meant(path: Path) -> str | None:
    """The file that a name probably stands for."""
    stem = re.sub(r"[\s-]+", "_", path.stem.lower())
    by_stem = {Path(name).stem: name for name in FILES}
    near = nearest(stem, by_stem, cutoff=0.85)
    return by_stem[near] if near else None


def _fault(
    name: str, found: str, expected: str, *, line: int | None = None, hint: str | None = None
) -> Fault:
    return Fault(file=name, line=line, found=found, expected=expected, hint=hint)
