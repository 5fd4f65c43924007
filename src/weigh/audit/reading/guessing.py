"""What a line looks like where no markup says: a heading, a question."""

from __future__ import annotations

import re

__all__ = ["asks", "looks_like_heading", "stops"]

_STOPPED = re.compile(r"[.!?:;,…][\"'”’)\]]*$")
_CLOSING = "\"'”’)*_ "

_LONGEST_HEADING = 100
_MOST_WORDS = 14

# "Key points:" is a heading; a longer line before a colon is a sentence that a list completes.
_LONGEST_BEFORE_COLON = 40


def stops(words: str) -> bool:
    """Whether words close with a mark, as sentences do and headings do not."""
    return _STOPPED.search(words) is not None


def looks_like_heading(words: str) -> bool:
    """Whether a line is short, opens with a capital or number and has no stop, or asks."""
    if len(words) > _LONGEST_HEADING or len(words.split()) > _MOST_WORDS:
        return False
    ends_in_colon = words.endswith(":") and len(words) < _LONGEST_BEFORE_COLON
    if stops(words) and not words.endswith("?") and not ends_in_colon:
        return False
    first = next((letter for letter in words if letter.isalnum()), "")
    return bool(first) and not first.islower()


def asks(words: str) -> bool:
    """Whether words are one question and nothing else."""
    return words.rstrip(_CLOSING).endswith("?") and not re.search(r"[.!?]\s", words)
