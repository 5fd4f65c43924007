"""Where sentences begin and end: a stop, unless it belongs to an abbreviation, number or name."""

from __future__ import annotations

import re

from weigh.audit.reading.wordlists import wordlist
from weigh.evidence.article import Span

__all__ = ["sentence_spans"]

# A stop, what may close behind it, a gap, and what may open before the next word.
_STOP = re.compile(r"[.!?…。！？]+[\"'”’»)\]*_]*(?=\s|$)")
_OPENING = "\"'“‘«([*_•–—-"

_WORD_BEFORE = re.compile(r"(\S+)$")
_WORD_BEHIND = re.compile(r"[\w’']+")


def sentence_spans(text: str, start: int = 0) -> tuple[Span, ...]:
    """Cut words into sentences.

    Parameters
    ----------
    text
        One block of an article: a paragraph, an item, a cell.
    start
        Where the block begins, so that spans count in the whole article.

    Returns
    -------
    tuple of Span
        In order, without the blanks between them; together they hold every other character.
    """
    spans = []
    begin = 0
    for match in _STOP.finditer(text):
        if match.start() < begin or not _ends(text, begin, match):
            continue
        spans.append(_stripped(text, begin, match.end(), start))
        begin = match.end()
    spans.append(_stripped(text, begin, len(text), start))
    return tuple(span for span in spans if span is not None)


def _stripped(text: str, begin: int, end: int, start: int) -> Span | None:
    words = text[begin:end]
    lead = len(words) - len(words.lstrip())
    kept = words.strip()
    return Span(start + begin + lead, start + begin + lead + len(kept)) if kept else None


def _ends(text: str, begin: int, stop: re.Match[str]) -> bool:
    behind = text[stop.end() : stop.end() + 80].lstrip()
    if not behind:
        return True
    first = behind.lstrip(_OPENING)[:1]
    marks = stop.group()
    if marks.startswith(("...", "…")):
        return first.isupper() or first.isdigit()
    if first.islower():
        # "… in 2018! and" goes on; a sentence that opens in lower case ("iPhone", "mRNA") does not.
        return bool(re.match(r"[a-z]{1,2}[A-Z]", behind.lstrip(_OPENING)))
    if marks[0] != "." or (len(marks) > 1 and marks[1] in "!?"):
        return True
    if _is_inside_parentheses(text[begin : stop.end()], marks):
        return False
    return not _is_abbreviation(text[begin : stop.start()], first, behind)


def _is_inside_parentheses(words: str, marks: str) -> bool:
    """Whether a parenthesis that opened in the sentence stays open across its stop."""
    return words.count("(") > words.count(")") and ")" not in marks


def _is_abbreviation(before: str, first: str, behind: str) -> bool:
    """Whether the stop belongs to the word before it."""
    match = _WORD_BEFORE.search(before)
    if match is None:
        return False
    word = match.group(1).lstrip("([{\"'“‘*_").rstrip("*_")
    lower = word.lower()
    if lower in wordlist("leaning"):
        return first.isdigit() or lower not in wordlist("before_numbers")
    next_word = _WORD_BEHIND.match(behind.lstrip(_OPENING))
    opens = next_word is not None and next_word.group().lower() in wordlist("openers")
    if lower in wordlist("either"):
        names = lower in wordlist("before_names")
        return first.isdigit() or not (opens or (first.isupper() and not names))
    if re.fullmatch(r"\d{1,3}", word) and before.strip() == word:
        return True  # "1. First point": the number of an item
    # Initials: "J. Smith", "J.A. Smith"; but "vitamin K. The", "hepatitis B. It" end.
    is_initial = re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word) is not None
    return is_initial and not opens and _is_person(before, word, behind)


def _is_person(before: str, word: str, behind: str) -> bool:
    """Whether initials stand before a name rather than close "vitamin K"."""
    head = before[: len(before) - len(word)].split()
    if "." in word or not head:
        return True
    last = head[-1]
    # After a word in lower case ("vitamin K. Natto") it names a thing, unless a title leads.
    return last[:1].isupper() or last.lower().rstrip(".") in {"by", "and", "dr", "prof"}
