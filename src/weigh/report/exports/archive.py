"""Zip files whose bytes depend on nothing but what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

__all__ = ["zipped"]

#: The earliest moment that a zip file can name: the same in every archive.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, str | bytes], *, sort: bool = True) -> bytes:
    """Files by name in one archive, in the order of their names unless `sort` is False."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files) if sort else files:
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # else Windows writes another byte than Linux
            archive.writestr(entry, files[name])
    return out.getvalue()
