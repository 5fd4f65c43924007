"""From words to terms that can be compared: stems, numbers as digits, Greek letters by name.

``TNF-α`` and "TNF alpha" give the same terms, as do ``MK-7``, ``MK7`` and "MK 7", "twelve" and 12,
"randomised" and "randomized". What is said in several ways ("side effects", "adverse events") also
gives the name of its family, from ``families.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

import Stemmer
import yaml

from weigh.audit.claims.words import plain

__all__ = ["DRUGS", "families_in", "folded", "stems", "terms"]

#: Families of drugs, and of those who must take care: a claim and a danger that share one are about
#: the same thing.
DRUGS = frozenset(
    {"anticoagulant", "antibiotic", "antidepressant", "diabetes drug", "diuretic", "pregnancy"}
    | {"contraceptive", "statin", "immunosuppressant", "thyroid drug", "heart drug", "sedative"}
    | {"blood pressure drug", "anticonvulsant", "anti-inflammatory drug", "bone drug", "antiviral"}
    | {"chemotherapy", "lithium", "antacid"}
)

_GREEK = {
    "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "κ": " kappa ", "ω": " omega ",
    "μ": "u", "µ": "u",
}  # fmt: skip
_GREEK_TABLE = str.maketrans(_GREEK)
_HIDDEN = re.compile("[\u00ad\u200b\u200c\u200d\ufeff]")
_DASHES = re.compile(r"[‐‑‒–—−]")
#: Words whose stem is that of another word with another meaning.
_UNSTEMMED = frozenset({"several", "severally", "general", "generally"})
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:'[a-z]+)?")
_NUMBERS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "sixty": "60", "hundred": "100",
}  # fmt: skip

#: Words too common to tell one text from another.
_STOP = frozenset(
    re.findall(
        r"[a-z]+",
        "a an the of in on for with by from to and or as at is are was were be been being it its "
        "this that these those which who whom whose what when where why how not no nor but if than "
        "then so such also more most less least very much many some any all each other another "
        "into over under about after before between during through per via can may might could "
        "will would shall should must does did do has have had having there their they them we our "
        "us you your he she his her i my me both only own same too just up down out off again once "
        "here because while although though however whether either neither several",
    )
)


def folded(text: str) -> str:
    """Lower case, Greek letters as words, plain dashes and apostrophes, no hidden characters."""
    text = unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).lower()
    return _DASHES.sub("-", text.translate(_GREEK_TABLE)).replace("’", "'")


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 50_000)


@cache
def _families() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """The families of words that say the same, each with its members as rows of stems."""
    file = resources.files("weigh.audit.linking") / "families.yaml"
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(
        (name, tuple(stems(member) for member in members)) for name, members in document.items()
    )


@cache
def _families_by_head() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, members in _families():
        for member in members:
            heads.setdefault(member[0], []).append((member, name))
    return heads


@lru_cache(maxsize=50_000)
def stems(text: str) -> tuple[str, ...]:
    """The text as stems, in order, stop words included; letters and digits stand apart."""
    tokens = _TOKEN.findall(folded(text))
    return tuple(
        token.replace(",", "")
        if token[0].isdigit()
        else token
        if token in _UNSTEMMED
        else _NUMBERS.get(token) or _stemmer().stemWord(plain(token.removesuffix("'s")))
        for token in tokens
    )


@cache
def _stop() -> frozenset[str]:
    return _STOP | frozenset(_stemmer().stemWords(sorted(_STOP)))


@lru_cache(maxsize=20_000)
def terms(text: str) -> tuple[str, ...]:
    """The stems that carry meaning, in order; a word may come more than once."""
    return tuple(stem for stem in stems(text) if stem not in _stop())


@lru_cache(maxsize=20_000)
def families_in(text: str) -> tuple[str, ...]:
    """Names of the families whose members stand in the text, each once."""
    row = stems(text)
    heads = _families_by_head()
    found = dict.fromkeys(
        name
        for at, stem in enumerate(row)
        for member, name in heads.get(stem, ())
        if row[at : at + len(member)] == member
    )
    return tuple(found)
