"""A folder to start from: every file, every field explained, and an example without a fault."""

from __future__ import annotations

import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from weigh.errors import InputError
from weigh.folder.writing import new_file_mask, unwritable

__all__ = ["new"]


def new(folder: str | Path) -> tuple[Path, ...]:
    """Write an evidence folder to start from.

    It holds a made-up question with a few made-up rows, each marked as an example, and a
    ``FIELDS.md`` that explains every field.

    Parameters
    ----------
    folder
        Where: a path that is not there yet, or an empty folder.

    Returns
    -------
    tuple of Path
        The files written. They appear together, when all of them are written.

    Raises
    ------
    InputError
        If something is there already; it stays as it is.
    OutOfReachError
        If the folder cannot be written; nothing is left behind.
    """
    target = Path(folder)
    _refuse_occupied(target)
    try:
        # An empty folder is filled from within: it may be the one that the reader stands in.
        inside = target.is_dir()
        home = target if inside else target.absolute().parent
        home.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=home, prefix=".weigh-new-"))
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        names = _write_template(draft)
        if inside:
            for name in names:
                (draft / name).replace(target / name)
            draft.rmdir()
        else:
            draft.chmod(0o777 & ~new_file_mask())
            draft.replace(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise unwritable(target, error) from error
    return tuple(target / name for name in names)


def _refuse_occupied(target: Path) -> None:
    if target.is_dir():
        try:
            there = sorted(entry.name for entry in target.iterdir())
        except OSError as error:
            raise unwritable(target, error) from error
        if there:
            raise InputError(
                f"{target} is not empty: it holds {there[0]}"
                + (f" and {len(there) - 1} more." if len(there) > 1 else "."),
                hint="Name a folder that is not there yet; nothing was written.",
            )
    elif target.exists() or target.is_symlink():
        raise InputError(
            f"{target} is a file.",
            hint="Name a folder that is not there yet; nothing was written.",
        )


def _write_template(draft: Path) -> list[str]:
    names = []
    for item in sorted(files("weigh.folder").joinpath("template").iterdir(), key=lambda i: i.name):
        if item.is_file():
            (draft / item.name).write_bytes(item.read_bytes())
            names.append(item.name)
    return names
