"""Names of a folder in an article's words, however they are spelled.

``MK-7``, ``MK7``, "MK 7", "K2-7", "menaquinone 7" and "vitamin K2 (MK-7)" all name one form: marks
and blanks between the parts of a name do not count, nor does a plural, nor British spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from weigh.audit.claims.vocabulary import Term, TermKind
from weigh.audit.linking.terms import folded, stems

__all__ = ["Found", "Names"]

_GAP = r"[\s\-/()\[\].,'\"]{0,3}"
_PART = re.compile(r"\d+|[a-z]+")
_UK = (("ise", "i[sz]e"), ("isation", "i[sz]ation"), ("our", "ou?r"), ("aem", "a?em"))


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text: what it names, and the words as they stand in the folded text."""

    term: Term
    start: int
    end: int
    words: str


@lru_cache(maxsize=4096)
def _same_place(held: Found, hit: Found) -> bool:
    """Whether two terms have one name, so that both stand."""
    return (held.start, held.end) == (hit.start, hit.end) and held.term is not hit.term


def _pattern(name: str) -> re.Pattern[str] | None:
    parts = _PART.findall(folded(name))
    if not parts or (len(parts) == 1 and len(parts[0]) < 2):
        return None
    spelled = [_spelling(part) for part in parts]
    plural = "(?:e?s)?" if parts[-1].isalpha() and len(parts[-1]) > 2 else ""
    return re.compile(rf"(?<![a-z0-9]){_GAP.join(spelled)}{plural}(?![a-z0-9])")


def _spelling(part: str) -> str:
    pattern = part
    for american, both in _UK:
        pattern = pattern.replace(american, both)
    return pattern


class Names:
    """The names of some terms, and how to find them."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self._patterns = [
            (pattern, term)
            for term in self.terms
            for name in term.names
            if (pattern := _pattern(name)) is not None
        ]
        self._loose = [(frozenset(stems(word)), term) for term in self.terms for word in term.loose]

    def find(self, text: str, *kinds: TermKind) -> tuple[Found, ...]:
        """The names in a text, in order; of two of one kind that overlap, the longer."""
        words = folded(text)
        hits = [
            Found(term, match.start(), match.end(), match.group())
            for pattern, term in self._patterns
            if not kinds or term.kind in kinds
            for match in pattern.finditer(words)
        ]
        hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
        kept: list[Found] = []
        taken: dict[tuple[TermKind, int], Found] = {}
        for hit in hits:
            places = [(hit.term.kind, at) for at in range(hit.start, hit.end)]
            before = {id(held): held for place in places if (held := taken.get(place))}
            if all(_same_place(held, hit) for held in before.values()):
                kept.append(hit)
                taken.update(dict.fromkeys(places, hit))
        return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end)))

    def ids(self, text: str, *kinds: TermKind) -> tuple[str, ...]:
        """Ids of what is named, each once."""
        return tuple(dict.fromkeys(hit.term.id for hit in self.find(text, *kinds)))
