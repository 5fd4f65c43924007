"""The page's own verdict on its question: "the answer is a cautious yes"."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.claims.wordlists import phrase, wordlist
from weigh.audit.claims.words import Word
from weigh.evidence.claim import CausalClass, ClaimDirection, Level

__all__ = ["answer_of", "is_answer"]


def is_answer(text: str) -> bool:
    """Whether words sum the page's question up: "the short answer is no"."""
    return phrase("answer").search(text) is not None


def answer_of(words: Sequence[Word]) -> tuple[CausalClass, Level, ClaimDirection] | None:
    """What a verdict of one word asserts: strength, rung and direction; None without such a word.

    ``Yes`` is a direct claim of benefit, a ``cautious`` or ``qualified`` yes a conditional one,
    ``no`` a direct claim of no effect, and ``maybe`` or ``nobody knows`` leaves it open.
    """
    normal = [word.normal for word in words]
    said = [word for word in normal if word in wordlist("yes-no")]
    if not said:
        return None
    hedged = bool(set(normal) & wordlist("cautious"))
    if said[-1] == "maybe":
        return CausalClass.CONDITIONAL, Level.CONDITIONAL, ClaimDirection.UNKNOWN
    strength = CausalClass.CONDITIONAL if hedged else CausalClass.DIRECT
    level = Level.CONDITIONAL if hedged else Level.DIRECT
    yes = said[-1] == "yes"
    return strength, level, ClaimDirection.BENEFIT if yes else ClaimDirection.NO_EFFECT
