"""Every error that weigh raises on purpose.

::

    WeighError                  exit code 2 unless said otherwise
    ├── InputError              one wrong input: a value, an option, a column
    │   ├── StatisticsError     numbers that no estimate can be made from
    │   └── NotControlledError  single arms taken for evidence of an effect
    ├── EvidenceError           an evidence folder with faults: all of them, each with its place
    ├── NotFoundError           a name that is not there, with the nearest that is
    ├── ChangedError            a folder that somebody else changed meanwhile
    ├── MissingExtraError       an optional dependency is not installed
    └── OutOfReachError         a file or service that cannot be reached (exit code 3)

A message says what was found, where, why it cannot be right and what to do next; the class keeps
the parts as attributes, so that the command line can print a line and ``--json`` an object.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

__all__ = [
    "ChangedError",
    "EvidenceError",
    "Fault",
    "InputError",
    "MissingExtraError",
    "NotControlledError",
    "NotFoundError",
    "OutOfReachError",
    "StatisticsError",
    "WeighError",
]


# So many names at the most are listed where none is near.
_READABLE = 20


class WeighError(Exception):
    """The root: catch this to catch everything that weigh raises on purpose."""

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class InputError(WeighError):
    """One input is wrong: a value, an option, a column."""

    kind = "input"


class StatisticsError(InputError):
    """Numbers that no estimate can be made from: too few studies, a variance of zero."""

    kind = "statistics"


class NotControlledError(InputError, AttributeError):
    """What single arms show was taken for an effect, which takes a comparison group.

    It is an `AttributeError` too, as it is raised where the parts of a pooled effect are asked for.
    """

    kind = "not-controlled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in an evidence folder.

    Parameters
    ----------
    file
        Name of the file, relative to the folder.
    line
        Line in the file, counted from 1; None where the fault is the file itself.
    field
        Column or YAML path, such as ``arms[0].dose``.
    found, expected
        What stands there, and what should.
    hint
        What to do next, where that is not plain from `expected`.
    where
        Row or item in the reader's own words, such as ``okafor-2019, pain, week 8``.
    """

    file: str
    line: int | None = None
    field: str | None = None
    found: str
    expected: str
    hint: str | None = None
    where: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        if self.where:
            place += f" ({self.where})"
        subject = f"{self.field}: " if self.field else ""
        tail = f" {self.hint}" if self.hint else ""
        return f"{place}: {subject}found {self.found}; expected {self.expected}.{tail}"

    def to_dict(self) -> dict[str, str | int | None]:
        """The parts, for ``--json``."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "where": self.where,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
        }


class EvidenceError(WeighError):
    """An evidence folder cannot be used; `faults` lists every reason, in reading order."""

    kind = "evidence"

    def __init__(self, folder: str, faults: Sequence[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(f"{folder}: {count}.\n" + "\n".join(f"  {fault}" for fault in self.faults))


class NotFoundError(WeighError):
    """A name that is not there; the message offers the nearest that is."""

    kind = "not-found"

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        near = get_close_matches(str(name), self.known, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else None
        super().__init__(f"There is no {what} {name!r}.", hint=hint)

    def __str__(self) -> str:
        if self.hint or not 0 < len(self.known) <= _READABLE:
            return super().__str__()
        return f"{self.message} There is {', '.join(map(str, self.known))}."


class ChangedError(WeighError):
    """What was to be replaced is no longer what it was; nothing was written."""

    kind = "changed"


class MissingExtraError(WeighError):
    """An optional dependency is not installed."""

    kind = "missing-extra"

    def __init__(self, purpose: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{purpose} needs an optional part of weigh that is not installed.",
            hint=f"Install it with: pip install 'weigh[{extra}]'",
        )


class OutOfReachError(WeighError):
    """A file or service that cannot be reached; running again later is safe."""

    kind = "out-of-reach"
    exit_code = 3
