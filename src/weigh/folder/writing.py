"""Files written whole or not at all: a reader never sees half of one, nor does a power cut."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from weigh.errors import OutOfReachError

__all__ = ["new_file_mask", "unwritable", "write_bytes_atomically", "write_text_atomically"]


def write_text_atomically(path: str | Path, text: str) -> None:
    """Write a UTF-8 text with line feeds, replacing what was there in one step.

    See `write_bytes_atomically`.
    """
    write_bytes_atomically(path, text.encode())


def write_bytes_atomically(path: str | Path, data: bytes) -> None:
    """Write a file, replacing what was there in one step.

    It goes to a temporary file beside the target, is flushed to the disk, and takes the
    target's name; whatever goes wrong before that leaves the old file as it was. Folders above it
    are made where they are missing.

    Raises
    ------
    OutOfReachError
        If it cannot be written, with the system's reason.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; what replaces a target has the permissions of a new file.
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise unwritable(target, error) from error
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, else those of a new one."""
    with contextlib.suppress(OSError):
        return target.stat().st_mode & 0o777
    return 0o666 & ~new_file_mask()


def new_file_mask() -> int:
    """The permissions that this process takes from new files; asking means setting them."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def unwritable(target: Path, error: OSError) -> OutOfReachError:
    """The error for a file or folder that the system did not let be written."""
    reason = (error.strerror or "an error of the system").lower()
    return OutOfReachError(
        f"{target} cannot be written: {reason}.",
        hint="Choose another place, or make room and permissions, and run the command again.",
    )
