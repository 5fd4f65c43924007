"""What a word does in its sentence, told by its form and its neighbours.

No tagger: the question is only whether a word that may be a noun or a verb (*increase*, *help*,
*benefit*) is used as the one or the other, and that the word before and after nearly always tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word

__all__ = ["is_adverb", "is_noun", "is_verb"]

_ADJECTIVE_ENDS = ("ous", "ive", "ful", "ible", "able", "ic", "al", "ant", "ent", "ary", "less")


def is_adverb(word: Word) -> bool:
    """Whether it may stand between a subject and its verb."""
    normal = word.normal
    return normal in wordlist("adverbs") or (
        normal.endswith("ly") and len(normal) > 4 and normal not in wordlist("ly-adjectives")
    )


def _is_adjective(normal: str) -> bool:
    if normal in wordlist("not-adjectives"):
        return False
    return normal in wordlist("adjectives") or (
        len(normal) > 4 and normal.endswith(_ADJECTIVE_ENDS)
    )


def _previous(words: Sequence[Word], at: int) -> str:
    """The word before, adverbs left out; empty at the start and after a mark."""
    at -= 1
    while at >= 0 and is_adverb(words[at]):
        at -= 1
    return "" if at < 0 or words[at].is_mark else words[at].normal


def is_verb(words: Sequence[Word], at: int) -> bool:
    """Whether the word is used as a verb, a participle of a verb phrase, or a gerund."""
    normal = words[at].normal
    before = _previous(words, at)
    directly_before = words[at - 1].normal if at else ""
    after = words[at + 1].normal if at + 1 < len(words) else ""
    if before in wordlist("modals") or before == "to" or before in {"help", "helps", "helped"}:
        return True
    if normal.endswith("ing") and len(normal) > 5:
        return before not in {"the", "a", "an"} or after not in {"of", ""}
    if normal.endswith(("ed", "wn", "ven", "ought", "und")) and len(normal) > 3:
        if before in wordlist("be") or before in wordlist("have") or before in wordlist("subjects"):
            return True
        # "the reduced pain", "with improved sleep" are adjectives; "zinc reduced pain" is not.
        return not (
            directly_before in wordlist("determiners")
            or directly_before in wordlist("prepositions")
            or _is_adjective(directly_before)
        )
    if after == "of":
        return False
    if before in wordlist("be", "have") and not normal.endswith("s"):
        return False  # "have lower rates", "is better"
    if before in wordlist("determiners") or before in wordlist("prepositions"):
        return (
            before in wordlist("subjects")
            and normal.endswith("s")
            and before not in {"these", "those"}
        )
    if directly_before and _is_adjective(directly_before) and not words[at - 1].is_mark:
        return False
    if not before and not normal.endswith("s"):
        # At the head of a list item or of an order: "Increase intake", "Help your nerves".
        return bool(after) and after not in wordlist("prepositions")
    return True


def is_noun(words: Sequence[Word], at: int) -> bool:
    """Whether the word is used as a noun."""
    normal = words[at].normal
    return not is_verb(words, at) and not normal.endswith(("ed", "ing"))
