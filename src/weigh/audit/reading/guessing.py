"""What a line looks like where no markup says: a heading, a question."""

from __future__ import annotations

import re

__all__ = ["asks", "heads_questions", "heads_references", "looks_like_heading", "stops"]

_STOPPED = re.compile(r"[.!?:;,…][\"'”’)\]]*$")
_CLOSING = "\"'”’)*_ "

_LONGEST_HEADING = 100
_MOST_WORDS = 14

_QUESTIONS = re.compile(
    r"(?:.{0,40}\b)?(?:faqs?|frequently asked(?: questions?)?|common(?:ly asked)? questions?|"
    r"people also ask|questions? (?:and|&) answers?|q ?& ?a|your questions.{0,20})\b.{0,60}",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:\W|\d)*(?:(?:article |scientific |selected |key )?(?:references?|sources?|bibliography|"
    r"citations?|works cited|literature(?: cited)?|footnotes|endnotes|notes and references))"
    r"(?: (?:and|&) (?:references?|sources?|notes|further reading|links))?"
    r"(?: cited| used|\W*\d*)?\W*",
    re.IGNORECASE,
)

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


def heads_questions(words: str) -> bool:
    """Whether a heading announces questions and answers."""
    return _QUESTIONS.fullmatch(words) is not None and not words.rstrip().endswith(".")


def heads_references(words: str) -> bool:
    """Whether a heading announces a list of references."""
    return _REFERENCES.fullmatch(words) is not None
