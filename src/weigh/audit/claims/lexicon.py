"""The lexicons: words that carry strength, certainty and type, and how they are matched.

A lexicon is a YAML file of this package's ``lexicons`` folder. Each entry is a group of words that
say the same, with a causal class, a rung of the ladder or a sense where they have one, an example
that must match and a counter-example that must not.

A word pattern is a row of items: ``reduce`` matches every form of the lemma; ``reduce/v`` only
where it is used as a verb, ``benefit/n`` as a noun; ``=more`` only that very form; ``a|b`` either;
``?the`` may be missing; ``*`` stands for up to four words with no mark between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from weigh.audit.claims.grammar import is_noun, is_verb
from weigh.audit.claims.words import Word, inflect, words_in
from weigh.evidence.claim import CausalClass, CueKind, Level

__all__ = ["Entry", "Hit", "Lexicon", "lexicon"]

_GAP = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A group of words that say the same."""

    kind: CueKind
    words: tuple[str, ...]
    example: str
    counter: str
    class_: CausalClass | None = None
    level: Level | None = None
    sense: str | None = None
    role: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Words `first` to `last` (not included) of a text that match an entry's pattern."""

    entry: Entry
    pattern: str
    first: int
    last: int

    @property
    def kind(self) -> CueKind:
        """The entry's kind."""
        return self.entry.kind


@dataclass(frozen=True, slots=True)
class _Item:
    spellings: frozenset[str]
    use: str  # "v", "n" or ""
    optional: bool
    gap: bool


@dataclass(frozen=True, slots=True)
class _Pattern:
    entry: Entry
    text: str
    items: tuple[_Item, ...]


class Lexicon:
    """All entries, indexed by the first word of each pattern."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._index: dict[str, list[_Pattern]] = defaultdict(list)
        for entry in self.entries:
            for text in entry.words:
                pattern = _Pattern(entry, text, tuple(_item(part) for part in text.split()))
                for spelling in pattern.items[0].spellings:
                    self._index[spelling].append(pattern)

    def hits(self, words: Sequence[Word]) -> tuple[Hit, ...]:
        """Every match; of two of the same kind that overlap, the longer one."""
        found: list[Hit] = []
        for first, word in enumerate(words):
            for pattern in self._index.get(word.normal, ()):
                last = _match(pattern.items, words, first, 0)
                if last is not None:
                    found.append(Hit(pattern.entry, pattern.text, first, last))
        found.sort(key=lambda hit: (hit.first - hit.last, hit.first))
        kept: list[Hit] = []
        taken: dict[CueKind, set[int]] = defaultdict(set)
        for hit in found:
            places = set(range(hit.first, hit.last))
            if not places & taken[hit.kind]:
                taken[hit.kind] |= places
                kept.append(hit)
        return tuple(sorted(kept, key=lambda hit: (hit.first, hit.last)))


def _item(part: str) -> _Item:
    if part == "*":
        return _Item(frozenset(), "", True, True)
    optional = part.startswith("?")
    part = part.removeprefix("?")
    exact = part.startswith("=")
    part = part.removeprefix("=")
    part, _, use = part.partition("/")
    spellings: set[str] = set()
    for word in part.split("|"):
        spellings |= {word} if exact else set(inflect(word))
    return _Item(frozenset(spellings), use, optional, False)


def _match(items: tuple[_Item, ...], words: Sequence[Word], at: int, item: int) -> int | None:
    """Where the match that starts here ends, or None."""
    if item == len(items):
        return at
    now = items[item]
    if now.gap:
        for skip in range(_GAP + 1):
            if skip and (at + skip > len(words) or words[at + skip - 1].is_mark):
                return None
            end = _match(items, words, at + skip, item + 1)
            if end is not None:
                return end
        return None
    if at < len(words) and words[at].normal in now.spellings:
        fits = (
            not now.use
            or (now.use == "v" and is_verb(words, at))
            or (now.use == "n" and is_noun(words, at))
        )
        if fits:
            end = _match(items, words, at + 1, item + 1)
            if end is not None:
                return end
    return _match(items, words, at, item + 1) if now.optional else None


@cache
def lexicon() -> Lexicon:
    """The package's lexicons, read once."""
    entries: list[Entry] = []
    folder = resources.files("weigh.audit.claims") / "lexicons"
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        if file.name.endswith(".yaml"):
            document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            entries += [_entry(file.name, document["kind"], row) for row in document["entries"]]
    return Lexicon(entries)


def _entry(name: str, kind: str, row: dict[str, object]) -> Entry:
    unknown = set(row) - {"words", "class", "level", "sense", "role", "note", "example", "counter"}
    if unknown:
        raise ValueError(f"{name}: an entry has the unknown keys {sorted(unknown)}")
    words = row["words"]
    if not isinstance(words, list):
        raise ValueError(f"{name}: `words` is {words!r}; expected a list of patterns")
    return Entry(
        kind=CueKind(kind),
        words=tuple(str(word) for word in words),
        example=str(row["example"]),
        counter=str(row["counter"]),
        class_=CausalClass(str(row["class"])) if "class" in row else None,
        level=Level(int(str(row["level"]))) if "level" in row else None,
        sense=str(row["sense"]) if "sense" in row else None,
        role=str(row["role"]) if "role" in row else None,
        note=str(row["note"]) if "note" in row else None,
    )


def matches(text: str) -> tuple[Hit, ...]:
    """The hits of a text alone, for a look at what a lexicon sees."""
    return lexicon().hits(words_in(text))
