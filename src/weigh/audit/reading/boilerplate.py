"""Words that are no part of an article's case, and why: menus, cookie lines, disclaimers.

The patterns stand in ``boilerplate.yaml``. Nothing is dropped: what matches is listed as set aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from weigh.audit.reading.normal import normalise

__all__ = ["why_block", "why_section", "why_sentence"]

_LONGEST_OPENING = 15

# Longer blocks are prose: no pattern is tried on them, which keeps every page linear.
_LONGEST_SENTENCE = 700


@dataclass(frozen=True, slots=True)
class _Kind:
    why: str
    whole: re.Pattern[str] | None
    opens: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    section: re.Pattern[str] | None
    words: int


def why_block(words: str) -> str | None:
    """Why a whole block is set aside; None where it is part of the article."""
    plain = _plain(words)
    if plain is None:
        return None
    length = plain.count(" ") + 1
    for kind in _kinds():
        if kind.whole and kind.whole.fullmatch(plain):
            return kind.why
        if kind.opens and length <= kind.words and kind.opens.match(plain):
            return kind.why
    return None


def why_sentence(sentence: str) -> str | None:
    """Why one sentence is set aside although its block is not."""
    plain = _plain(sentence)
    if plain is None:
        return None
    return next(
        (k.why for k in _kinds() if k.sentence is not None and k.sentence.fullmatch(plain)), None
    )


def why_section(heading: str) -> str | None:
    """Why all that stands below a heading is set aside, up to the next of its level."""
    plain = _plain(heading)
    if plain is None:
        return None
    plain = plain.rstrip(" :.>")
    return next(
        (k.why for k in _kinds() if k.section is not None and k.section.fullmatch(plain)), None
    )


def _plain(words: str) -> str | None:
    if len(words) > _LONGEST_SENTENCE:
        return None
    return " ".join(normalise(words).text.split())


@cache
def _kinds() -> tuple[_Kind, ...]:
    file = resources.files("weigh.audit.reading") / "boilerplate.yaml"
    document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(
        _Kind(
            why=why,
            whole=_any(entry.get("whole")),
            opens=_any(entry.get("opens")),
            sentence=_any(entry.get("sentence")),
            section=_any(entry.get("section")),
            words=entry.get("words", _LONGEST_OPENING),
        )
        for why, entry in document.items()
    )


def _any(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE) if patterns else None
