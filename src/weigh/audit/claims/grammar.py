"""What a word does in its sentence, told by its form and its neighbours.

No tagger: the question is only whether a word that may be a noun, an adjective or a verb
(*increase*, *reduced*, *benefit*) is used as a verb, and its neighbours nearly always tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word

__all__ = ["before", "is_adverb", "is_noun", "is_verb"]

_ADJECTIVE_ENDS = (
    "ous", "ive", "ful", "ible", "able", "ic", "al", "ant", "ent", "ary", "less", "iac",
)  # fmt: skip
_SEGMENT_MARKS = frozenset(",;:()—–.?!")


def is_adverb(word: Word) -> bool:
    """Whether it may stand between a subject and its verb."""
    normal = word.normal
    return normal in wordlist("adverbs") or (
        normal.endswith("ly") and len(normal) > 4 and normal not in wordlist("ly-adjectives")
    )


def before(words: Sequence[Word], at: int) -> int:
    """Index of the word before, adverbs left out; -1 where there is none."""
    at -= 1
    while at >= 0 and is_adverb(words[at]):
        at -= 1
    return at


def is_verb(words: Sequence[Word], at: int) -> bool:
    """Whether the word is used as a verb, a participle of a verb phrase, or a gerund."""
    normal = words[at].normal
    back = before(words, at)
    previous = "" if back < 0 or words[back].is_mark else _grammatical(words, back)
    after = words[at + 1].normal if at + 1 < len(words) else ""
    if previous in wordlist("modals", "verb-heads"):
        return True
    if normal in wordlist("prefixes") and at + 1 < len(words) and words[at + 1].joined:
        return is_verb(words, at + 1)  # "down-regulates"
    prefixed = words[at].joined and at > 0 and words[at - 1].normal in wordlist("prefixes")
    if (words[at].joined and not prefixed) or (at + 1 < len(words) and words[at + 1].joined):
        return normal.endswith("ing") and after == ""  # "contrast-enhanced", "cut-off"
    if normal.endswith("ing") and len(normal) > 5:
        return previous not in {"the", "a", "an"} or after not in {"of", ""}
    if normal in wordlist("irregular-pasts") or (normal.endswith("ed") and len(normal) > 3):
        return _past_is_verb(words, at, previous)
    return _present_is_verb(words, at, previous, after)


def _past_is_verb(words: Sequence[Word], at: int, previous: str) -> bool:
    """For -ed forms: "zinc reduced pain", not "the reduced pain", "elevated levels are linked"."""
    if previous in wordlist("be", "have", "subjects"):
        return True
    directly_before = _grammatical(words, at - 1) if at else ""
    if (
        (
            directly_before in wordlist("determiners", "prepositions")
            and not _stands_alone(words, at)
        )
        or _is_adjective(directly_before)
        or not words[at - 1 : at]
    ):
        return False
    first, last = _segment(words, at)
    finite = [i for i in range(first, last) if i != at and _is_finite(words, i)]
    back = before(words, at)
    if back >= 0 and words[back].normal in wordlist("reporting"):
        return False  # "indicates increased risk"; but "found that zinc reduced pain"
    if finite:
        # One finite verb to a clause: another one makes this an adjective or a reduced clause.
        return False
    if at and words[at - 1].normal == ")":
        return True  # "zinc (50 mg) reduced pain"
    if not previous and "," in [w.normal for w in words[max(0, at - 8) : at - 1]]:
        return True  # "melatonin, taken at bedtime, decreased jet lag"
    if previous == "" or previous in wordlist("joining"):
        # "eased pain and reduced swelling" repeats its verb; "low zinc and raised risk" has none.
        return any(_is_active_past(words, earlier) for earlier in range(at))
    return True


def _grammatical(words: Sequence[Word], at: int) -> str:
    """The word for grammar: the letter of a name ("vitamin A") is no article."""
    word = words[at]
    named = word.text == "A" and at > 0 and words[at - 1].text[-1:].islower()
    return "" if named else word.normal


def _stands_alone(words: Sequence[Word], at: int) -> bool:
    """Whether the word before is a subject by itself: "…, and both lowered pain"."""
    alone = words[at - 1].normal in {"both", "all", "most", "many", "some", "each", "either"}
    return alone and (at < 2 or words[at - 2].normal in {",", "and", "but", ";"})


def _is_active_past(words: Sequence[Word], at: int) -> bool:
    """Whether an earlier word is the past of a verb: "eased", not "is associated"."""
    if not words[at].normal.endswith("ed"):
        return False
    back = before(words, at)
    return back >= 0 and words[back].normal not in wordlist(
        "be", "have", "determiners", "prepositions"
    )


def _present_is_verb(words: Sequence[Word], at: int, previous: str, after: str) -> bool:
    """For base forms and forms in -s: "statins increase the risk", not "the increase was small"."""
    normal = words[at].normal
    directly_before = _grammatical(words, at - 1) if at else ""
    plain_form = not normal.endswith("s")
    if after == "of" or after in wordlist("be", "have") or after in wordlist("modals"):
        return False
    if normal in wordlist("comparatives"):
        # "have lower rates" compares; "statins lower cholesterol" is a verb behind a plural.
        return previous.endswith("s") and previous not in wordlist("be", "have") and after != "than"
    if directly_before in wordlist("gerund-heads") and plain_form:
        return False  # "regarding change"
    if previous in wordlist("be", "have") and plain_form:
        return False
    if previous in wordlist("determiners", "prepositions"):
        return not plain_form and previous in wordlist("singular-subjects")
    if directly_before and _is_adjective(directly_before) and not words[at - 1].is_mark:
        return False
    if plain_form and not previous:
        # At the head of a list item or of an order: "Increase intake", "Help your nerves".
        return bool(after) and after not in wordlist("prepositions")
    if plain_form and not previous.endswith("s") and previous not in wordlist("plurals", "joining"):
        # "cardiac arrest", "disease control": a base form agrees with a plural, if with anything.
        first, _ = _segment(words, at)
        joined = any(w.normal == "and" for w in words[max(0, at - 5) : at])
        plural = any(_is_plural(word.normal) for word in words[first:at])
        return (
            (joined or plural)
            and bool(after)
            and after.isalnum()
            and after not in wordlist("prepositions")
        )
    return True


def _is_plural(normal: str) -> bool:
    return len(normal) > 3 and normal.endswith("s") and not normal.endswith(("ss", "us", "is"))


def _segment(words: Sequence[Word], at: int) -> tuple[int, int]:
    """The words around, up to a mark or a joining word."""
    first, last = at, at + 1
    while first > 0 and not _parts(words[first - 1]):
        first -= 1
    while last < len(words) and not _parts(words[last]):
        last += 1
    return first, last


def _parts(word: Word) -> bool:
    return word.normal in _SEGMENT_MARKS or word.normal in wordlist("joining", "heads-of-clauses")


def _is_finite(words: Sequence[Word], at: int) -> bool:
    return words[at].normal in wordlist("be", "have", "modals", "common-finites")


def _is_adjective(normal: str) -> bool:
    if normal in wordlist("not-adjectives"):
        return False
    return normal in wordlist("adjectives") or (
        len(normal) > 4 and normal.endswith(_ADJECTIVE_ENDS)
    )


def is_noun(words: Sequence[Word], at: int) -> bool:
    """Whether the word is used as a noun."""
    normal = words[at].normal
    return not is_verb(words, at) and not normal.endswith(("ed", "ing"))
