"""The clauses of a sentence: within one, a hedge or a denial governs what follows."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word

__all__ = ["clause_numbers"]

_MARKS = frozenset(";:—–()[]")


def clause_numbers(words: Sequence[Word]) -> tuple[int, ...]:
    """Number the clause of each word, from 0.

    A clause ends at a semicolon, colon, dash or bracket, before a word that opens a subordinate or
    opposed one, at ``, and`` or ``and`` before a new subject, and at a comma before a new subject
    with its verb, or at the first comma behind a clause that "while", "if" or the like opened.
    """
    numbers: list[int] = []
    now = 0
    subordinate = False
    for at, word in enumerate(words):
        previous = words[at - 1].normal if at else ""
        if at and (
            previous in _MARKS
            or word.normal in _MARKS
            or (
                word.normal in wordlist("breaks") and not (word.normal == "so" and previous == "or")
            )
            or (previous in {",", "and", "that"} and _opens(words, at))
            or (previous == "," and (subordinate or _gives_reason(words, at)))
            or (word.normal == "that" and _finite_next(words, at))
        ):
            now += 1
            subordinate = False
        if not numbers or numbers[-1] != now:
            subordinate = word.normal in wordlist("subordinators")
        numbers.append(now)
    return tuple(numbers)


def _gives_reason(words: Sequence[Word], at: int) -> bool:
    """Whether ", as it …" tells why."""
    return (
        words[at].normal == "as"
        and at + 1 < len(words)
        and (words[at + 1].normal in wordlist("clauses-subjects"))
    )


def _finite_next(words: Sequence[Word], at: int) -> bool:
    """Whether "that" is the subject of a clause: "factors that might …"."""
    return at + 1 < len(words) and words[at + 1].normal in wordlist("be", "have", "modals")


def _new_predicate(words: Sequence[Word], at: int) -> bool:
    """Whether "and" is followed, at once or behind a short subject, by a modal of its own."""
    for word in words[at : at + 4]:
        if word.is_mark or word.normal in {"to", "that", "and", "or"}:
            return False
        if word.normal in wordlist("modals") and word.normal != "can":
            return True
    return False


def _opens(words: Sequence[Word], at: int) -> bool:
    """Whether a new subject with its verb begins here, or a new predicate with its own modal."""
    word = words[at].normal
    if words[at - 1].normal == "and" and _new_predicate(words, at):
        return True
    if word not in wordlist("clauses-subjects"):
        return False
    ahead = [w.normal for w in words[at + 1 : at + 4]]
    return bool(set(ahead) & wordlist("be", "have", "modals")) or word in {
        "it",
        "they",
        "we",
        "this",
    }
