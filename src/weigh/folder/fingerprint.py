"""A folder's fingerprint: the same facts give the same one, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from weigh.errors import EvidenceError
from weigh.folder.files import FILES, read_text

__all__ = ["fingerprint", "fingerprint_of"]


def fingerprint(folder: str | Path) -> str:
    """Hash what weigh reads of an evidence folder.

    SHA-256 over, for each of its files in the order of their names, the name, the length and the
    bytes, with every line end as a line feed and without a byte-order mark: a checkout on Windows
    has the fingerprint of one on Linux. Files that weigh does not read, the folder's name and its
    place play no part. The files are not checked.

    Parameters
    ----------
    folder
        Path of the folder.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    EvidenceError
        If a file is there but cannot be read.
    """
    held: dict[str, bytes] = {}
    for name in FILES:
        text = read_text(Path(folder), name)
        if text is None:
            continue
        if not text.data and text.faults:
            raise EvidenceError(str(folder), text.faults)
        held[name] = text.data
    return fingerprint_of(held)


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """Hash the bytes of files by name, line ends and byte-order marks already settled."""
    digest = sha256()
    for name in sorted(files):
        # The length keeps the end of one file and the name of the next apart.
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()
