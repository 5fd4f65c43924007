"""How the command line speaks: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

__all__ = ["Talk", "printable", "shown_path", "talk_of", "utf8_streams", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a command says, and to whom.

    Parameters
    ----------
    quiet
        Whether hints and progress are left out.
    as_json
        Whether the result is one JSON document; then nothing is said besides it.
    """

    quiet: bool = False
    as_json: bool = False

    def result(self, text: str) -> None:
        """Print a line of the result."""
        typer.echo(printable(text))

    def document(self, document: dict[str, Any]) -> None:
        """Print the result as one JSON document."""
        typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))

    def tell(self, text: str) -> None:
        """Say something that is no result: progress, a hint, what was written where."""
        if not self.quiet and not self.as_json:
            typer.echo(printable(text), err=True)

    def next_step(self, command: str, why: str) -> None:
        """Name the next sensible command."""
        self.tell(f"Next: {command}   {why}")


def talk_of(context: typer.Context, *, as_json: bool = False) -> Talk:
    """The way to speak that was asked for before the name of the command, and after it."""
    quiet = bool(context.find_root().params.get("quiet"))
    return Talk(quiet=quiet, as_json=as_json)


def printable(text: str) -> str:
    """Text without what could steer a terminal: it may come from a file of a stranger."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )


def shown_path(path: str | Path) -> str:
    """A path as it can be typed into a shell."""
    return shlex.quote(str(path))


def words(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: ``1 study``, ``4 studies``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def utf8_streams() -> None:
    """Write UTF-8 into pipes and files, and to a terminal whatever it can show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")
