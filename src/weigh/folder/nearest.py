"""The name that was probably meant, without hours of looking in a folder full of slips."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["nearest"]

#: Longer than any name of ours, and among more names than a person could have meant.
LONGEST = 100
MOST_NAMES = 2000


def nearest(name: str, known: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that is most like `name`; None where none is like it.

    Case is passed over. A table with one slip in a hundred thousand rows asks for it as often, so
    answers are kept.
    """
    if len(name) > LONGEST or len(known) > MOST_NAMES:
        return None
    return _nearest(name.lower(), tuple(known), cutoff)


@lru_cache(maxsize=1024)
def _nearest(name: str, known: tuple[str, ...], cutoff: float) -> str | None:
    return next(iter(get_close_matches(name, known, n=1, cutoff=cutoff)), None)
