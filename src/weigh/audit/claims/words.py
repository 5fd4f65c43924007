"""Words of a text with their places, and the forms that an English word takes.

A hyphen parts two words, so that "well-tolerated" and "well tolerated" are the same to a lexicon.
The forms are made from the lexicon's own lemmas (`inflect`), not guessed from the text: a word that
no lexicon knows needs no lemma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Form", "Word", "inflect", "plain", "words_in"]

_WORD = re.compile(
    r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’](?:t|s|re|ve|ll|d|m)\b)?\d*|[^\W_]+|[^\w\s]", re.UNICODE
)
_SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-‐‑"

#: Which form of its lemma a word is: base, third person or plural, past, past participle, -ing.
Form = str

_IRREGULAR: dict[str, dict[str, tuple[str, ...]]] = {
    "be": {"s": ("is", "are", "am"), "ed": ("was", "were"), "en": ("been",), "ing": ("being",)},
    "have": {"s": ("has",), "ed": ("had",), "en": ("had",), "ing": ("having",)},
    "do": {"s": ("does",), "ed": ("did",), "en": ("done",), "ing": ("doing",)},
    "show": {"ed": ("showed",), "en": ("shown",)},
    "find": {"ed": ("found",), "en": ("found",)},
    "lead": {"ed": ("led",), "en": ("led",)},
    "rise": {"ed": ("rose",), "en": ("risen",), "ing": ("rising",)},
    "fall": {"ed": ("fell",), "en": ("fallen",)},
    "cut": {"ed": ("cut",), "en": ("cut",), "ing": ("cutting",)},
    "bring": {"ed": ("brought",), "en": ("brought",)},
    "give": {"ed": ("gave",), "en": ("given",), "ing": ("giving",)},
    "make": {"ed": ("made",), "en": ("made",), "ing": ("making",)},
    "take": {"ed": ("took",), "en": ("taken",), "ing": ("taking",)},
    "fight": {"ed": ("fought",), "en": ("fought",)},
    "keep": {"ed": ("kept",), "en": ("kept",)},
    "get": {"ed": ("got",), "en": ("got", "gotten"), "ing": ("getting",)},
    "think": {"ed": ("thought",), "en": ("thought",)},
    "say": {"ed": ("said",), "en": ("said",)},
    "tell": {"ed": ("told",), "en": ("told",)},
    "feel": {"ed": ("felt",), "en": ("felt",)},
    "build": {"ed": ("built",), "en": ("built",)},
    "prove": {"en": ("proved", "proven"), "ed": ("proved",)},
    "draw": {"ed": ("drew",), "en": ("drawn",)},
    "see": {"ed": ("saw",), "en": ("seen",)},
    "come": {"ed": ("came",), "en": ("come",), "ing": ("coming",)},
    "go": {"s": ("goes",), "ed": ("went",), "en": ("gone",)},
    "undergo": {"s": ("undergoes",), "ed": ("underwent",), "en": ("undergone",)},
    "know": {"ed": ("knew",), "en": ("known",)},
    "speed": {"ed": ("sped", "speeded"), "en": ("sped",)},
    "beat": {"ed": ("beat",), "en": ("beaten",)},
    "shut": {"ed": ("shut",), "en": ("shut",), "ing": ("shutting",)},
    "hold": {"ed": ("held",), "en": ("held",)},
    "lose": {"ed": ("lost",), "en": ("lost",)},
    "hit": {"ed": ("hit",), "en": ("hit",)},
    "shed": {"ed": ("shed",), "en": ("shed",)},
    "set": {"ed": ("set",), "en": ("set",)},
    "rid": {"ed": ("rid",), "en": ("rid",)},
    "put": {"ed": ("put",), "en": ("put",)},
    "let": {"ed": ("let",), "en": ("let",)},
    "feed": {"ed": ("fed",), "en": ("fed",)},
    "burn": {"ed": ("burned", "burnt"), "en": ("burned", "burnt")},
    "send": {"ed": ("sent",), "en": ("sent",)},
    "shrink": {"ed": ("shrank",), "en": ("shrunk",)},
    "grow": {"ed": ("grew",), "en": ("grown",)},
    "hurt": {"ed": ("hurt",), "en": ("hurt",)},
    "drive": {"ed": ("drove",), "en": ("driven",)},
    "throw": {"ed": ("threw",), "en": ("thrown",)},
    "wear": {"ed": ("wore",), "en": ("worn",)},
    "break": {"ed": ("broke",), "en": ("broken",)},
    "overcome": {"ed": ("overcame",), "en": ("overcome",)},
    "tie": {"ing": ("tying",)},
    "swear": {"ed": ("swore",), "en": ("sworn",)},
    "become": {"ed": ("became",), "en": ("become",), "ing": ("becoming",)},
    "begin": {"ed": ("began",), "en": ("begun",), "ing": ("beginning",)},
    "study": {"s": ("studies",), "ed": ("studied",), "en": ("studied",), "ing": ("studying",)},
    "analysis": {"s": ("analyses",)},
    "woman": {"s": ("women",)},
    "man": {"s": ("men",)},
    "child": {"s": ("children",)},
    "mouse": {"s": ("mice",)},
    "die": {"ing": ("dying",)},
    "stop": {"ed": ("stopped",), "en": ("stopped",), "ing": ("stopping",)},
}
# The last consonant is doubled before -ed and -ing: behind the one short vowel of a monosyllable,
# and where the last syllable is stressed.
_SHORT = re.compile(r"[^aeiouy]*[aeiou][^aeiouwxy]")
_DOUBLED = frozenset(
    {"admit", "commit", "compel", "control", "defer", "dispel", "expel", "forget", "incur", "occur"}
    | {"permit", "prefer", "propel", "refer", "regret", "submit", "transfer"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark: its normal form, where it stands, whether a hyphen joins it to the last."""

    normal: str
    text: str
    start: int
    end: int
    joined: bool = False

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.normal[0].isalnum()


_OUR = ("colour", "favour", "behaviour", "tumour", "honour", "flavour")
_OUR_END = re.compile(r"our(s|ed|ing|able|ite)?$")
_ISE = re.compile(r"is(e|ed|es|ing|ation|ations)$")
# Words that are spelled with an s on both sides of the ocean.
_KEPT = re.compile(
    r"^disease|(?:rais|exercis|advis|promis|precis|surpris|vis|otherwis|likewis|compris|disguis|"
    r"premis|expertis|nois|prais|concis|bruis|increas|decreas|wis|ris|pois|analys|cis)"
    r"(?:e|ed|es|ing|ation|ations)$"
)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Lower case, British spelling folded into American, curly apostrophes straight."""
    text = text.lower().replace("’", "'").replace(_SOFT_HYPHEN, "")
    if len(text) < 6:
        return text
    if _ISE.search(text) and not _KEPT.search(text):
        text = _ISE.sub(r"iz\1", text)
    if text.startswith(_OUR):
        text = _OUR_END.sub(r"or\1", text)
    return text.replace("oedema", "edema").replace("haem", "hem").replace("diarrhoea", "diarrhea")


def words_in(text: str, offset: int = 0) -> tuple[Word, ...]:
    """Split a text into words and marks; hyphens between letters vanish."""
    found = []
    for match in _WORD.finditer(text):
        token = match.group()
        if token in _HYPHENS and match.start() > 0 and match.end() < len(text):
            before, after = text[match.start() - 1], text[match.end()]
            if before.isalnum() and after.isalnum():
                continue
        if token == _SOFT_HYPHEN:
            continue
        start, end = match.span()
        joined = start > 1 and text[start - 1] in _HYPHENS and text[start - 2].isalnum()
        found.append(Word(plain(token), token, offset + start, offset + end, joined))
    return tuple(found)


def inflect(lemma: str) -> dict[str, set[Form]]:
    """Every form of a lemma with what it may be: ``{"reduces": {"s"}, …}``."""
    forms: dict[str, set[Form]] = {lemma: {"base"}}

    def add(form: Form, *spellings: str) -> None:
        for spelling in spellings:
            forms.setdefault(spelling, set()).add(form)

    irregular = _IRREGULAR.get(lemma, {})
    add("s", *irregular.get("s", (_third_person(lemma),)))
    regular_past = _past(lemma)
    add("ed", *irregular.get("ed", (regular_past,)))
    add("en", *irregular.get("en", irregular.get("ed", (regular_past,))))
    add("ing", *irregular.get("ing", (_gerund(lemma),)))
    return forms


def _doubles(lemma: str) -> bool:
    return lemma in _DOUBLED or _SHORT.fullmatch(lemma) is not None


def _third_person(lemma: str) -> str:
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + "s"


def _past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma[:-1] + "ied"
    if _doubles(lemma):
        return lemma + lemma[-1] + "ed"
    return lemma + "ed"


def _gerund(lemma: str) -> str:
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return lemma[:-1] + "ing"
    if _doubles(lemma):
        return lemma + lemma[-1] + "ing"
    return lemma + "ing"
