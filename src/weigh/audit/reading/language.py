"""Whether an article is in English, and else in which language."""

from __future__ import annotations

import re

from weigh.audit.reading.wordlists import wordlist

__all__ = ["UNKNOWN", "language_of"]

UNKNOWN = "und"

_WORD = re.compile(r"[^\W\d_]+")

# Enough to tell: longer pages are of one language or of none that is worth a second look.
_LOOKED_AT = 20_000

# Fewer words say nothing about their language that can be relied on.
_FEWEST = 12
_FEWEST_ENGLISH = 5
_ENGLISH = 0.2
_NOT_ENGLISH = 0.1


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of some words; ``und`` where they are too few to tell.

    English is told by its function words, which is quick and needs no model; only what has few of
    them is given to a classifier that knows 97 languages :cite:p:`lui2012`.
    """
    words = [word.lower() for word in _WORD.findall(text[:_LOOKED_AT])]
    share = sum(word in wordlist("english") for word in words) / max(1, len(words))
    if share >= _ENGLISH and len(words) >= _FEWEST_ENGLISH:
        return "en"
    if len(words) < _FEWEST and not _in_another_script(words):
        return UNKNOWN
    from py3langid import classify  # it takes a second to load its model: only where it is asked

    code = str(classify(" ".join(words))[0])
    if code == "en" or share >= _NOT_ENGLISH:
        return "en" if code == "en" else UNKNOWN
    return code


def _in_another_script(words: list[str]) -> bool:
    """Whether most letters are none of the Latin or Greek alphabet, which English pages use."""
    letters = "".join(words)
    foreign = sum(letter > "\u03ff" and not "\u1e00" <= letter <= "\u1fff" for letter in letters)
    return len(letters) > 0 and foreign > len(letters) / 2
