"""From bytes to characters: what is no text is refused with a message."""

from __future__ import annotations

import codecs
import re

from weigh.errors import InputError

__all__ = ["decoded"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)

# Control characters that no text holds; more than a few in ten thousand is no text.
_CONTROLS = frozenset(range(0x20)) - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B}
_MOST_CONTROLS = 1e-3


def decoded(data: bytes, source: str, format: str | None) -> str:
    """Turn bytes into characters: by their mark, UTF-8, the page's own word, else Windows-1252.

    Parameters
    ----------
    data
        As they stood in the file; a byte order mark is kept, as U+FEFF, so that offsets of
        characters are those of the file.
    source, format
        For messages, and whether a page's ``<meta charset>`` is looked for.

    Raises
    ------
    InputError
        If the bytes are no text.
    """
    text = _by_mark(data, source)
    if text is None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = _legacy(data, source, format)
    controls = sum(ord(letter) in _CONTROLS for letter in text[:100_000])
    if controls > _MOST_CONTROLS * min(len(text), 100_000):
        raise _no_text(source)
    return text


def _by_mark(data: bytes, source: str) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return "\ufeff" + data.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError:
                raise _no_text(source) from None
    return None


def _legacy(data: bytes, source: str, format: str | None) -> str:
    declared = _CHARSET.search(data[:4096]) if format in (None, "html") else None
    for encoding in (declared.group(1).decode("ascii") if declared else None, "cp1252"):
        try:
            if encoding is not None:
                return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") > 0.01 * len(text):
        raise _no_text(source)
    return text


def _no_text(source: str) -> InputError:
    return InputError(
        f"{source}: found bytes that are no text; expected HTML, Markdown, plain text or PDF."
    )
