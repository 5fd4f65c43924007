"""An ``answer.json`` from the disk."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from weigh.errors import InputError, OutOfReachError
from weigh.evidence.answer_file import LARGEST, AnswerFile, parse_answer

__all__ = ["read_answer"]


def read_answer(path: Path) -> AnswerFile:
    """Read an ``answer.json``, or the one in a directory.

    Raises
    ------
    InputError
        If there is none, or the file is not an answer.
    OutOfReachError
        If the system does not let it be read.
    """
    if path.is_dir():
        path /= "answer.json"
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than any answer.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", hint=_nearest(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutOfReachError(f"{path} cannot be read: {reason.lower()}.") from error
    return parse_answer(data, str(path))


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        names = []
    near = get_close_matches(path.name, names, n=1)
    if near:
        return f"Did you mean {path.parent / near[0]}?"
    return "`weigh answer FOLDER` writes answer.json."
