"""Which words of an HTML page are its main part: trafilatura decides, shingles carry it over.

Its output has lost tables' heads, lists of questions and much of what is set aside, so it is not
taken as the article; it only says which words count, and `html` walks the page itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from lxml import etree

__all__ = ["MainPart"]

_LENGTH = 4

# Pages above this are read whole, by their marks alone: the extractor takes several passes.
_LARGEST = 3_000_000

# With fewer words than this an extractor has too little to go by.
_FEWEST = 25


class MainPart:
    """The words that an extractor takes for the main part of a page."""

    def __init__(self, text: str) -> None:
        lines = [_words(line) for line in text.splitlines()]
        self._lines = {" ".join(line) for line in lines}
        self._shingles = {shingle for line in lines for shingle in _shingles(line)}

    @classmethod
    def of(cls, page: str) -> MainPart | None:
        """Find the main part of a page's source; None where there is too little to go by."""
        if len(page) > _LARGEST:
            return None
        text = _extracted(page)
        return cls(text) if text is not None and len(text.split()) >= _FEWEST else None

    def holds(self, words: str) -> bool:
        """Whether most of the words stand in the main part, in this order."""
        split = _words(words)
        if len(split) < _LENGTH:
            return " ".join(split) in self._lines
        found = [shingle in self._shingles for shingle in _shingles(split)]
        return sum(found) >= 0.6 * len(found)


def _extracted(page: str) -> str | None:
    import trafilatura  # half a second, and only where a page is HTML

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found: Any = trafilatura.extract(
            page,
            output_format="txt",
            favor_recall=True,
            include_comments=False,
            include_tables=True,
            deduplicate=False,
        )
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, etree.LxmlError):
        return None  # a page too broken for it: its marks must do
    return found if isinstance(found, str) else None


def _words(line: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in line.lower()).split()


def _shingles(words: list[str]) -> Iterator[int]:
    for at in range(len(words) - _LENGTH + 1):
        yield hash(tuple(words[at : at + _LENGTH]))
