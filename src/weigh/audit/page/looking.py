"""Find words of a kind in an article: what shows that a criterion is met, and where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, cached_property
from importlib import resources

import yaml

from weigh.audit.reading import normalise
from weigh.evidence.article import Article, BlockKind, Sentence, Span

__all__ = ["Look", "kinds"]

_QUOTED = re.compile(r'"[^"\n]{1,60}"')


class Look:
    """An article under a reader's eye."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._normal = normalise(article.text)
        # Criteria are about what the page says: not its references, and not what it only asks.
        self.sentences = tuple(
            s
            for s in article.sentences
            if article.blocks[s.block].kind not in (BlockKind.REFERENCE, BlockKind.QUESTION)
        )
        self._starts = [s.span.start for s in self.sentences]
        self._found: dict[str, tuple[Span, ...]] = {}

    def find(self, *names: str) -> tuple[Span, ...]:
        """Where words of some kinds stand in the article's sentences, in order."""
        found = {span for name in names for span in self._of(name)}
        return tuple(sorted(found, key=lambda span: (span.start, span.end)))

    def _of(self, name: str) -> tuple[Span, ...]:
        if name not in self._found:
            hits = (self._normal.span(*m.span()) for m in _pattern(name).finditer(self.plain))
            self._found[name] = tuple(span for span in hits if self.sentence_at(span) is not None)
        return self._found[name]

    @property
    def plain(self) -> str:
        """The article's words with plain quotes, dashes and blanks."""
        return self._normal.text

    def says(self, *names: str) -> bool:
        """Whether words of some kinds stand anywhere in the article."""
        return any(self._of(name) for name in names)

    def sentence_at(self, span: Span) -> Sentence | None:
        """The sentence that holds a span; None where it is set aside or a reference."""
        at = bisect_right(self._starts, span.start) - 1
        return self.sentences[at] if at >= 0 and span in self.sentences[at].span else None

    def sentences_with(self, *names: str) -> tuple[Sentence, ...]:
        """The sentences with words of any of some kinds, in order."""
        found = {s for span in self.find(*names) if (s := self.sentence_at(span)) is not None}
        return tuple(sorted(found, key=lambda one: (one.span.start, one.span.end)))

    def sentences_with_all(self, *names: str) -> tuple[Sentence, ...]:
        """The sentences with words of all of some kinds."""
        first, *rest = (set(self.sentences_with(name)) for name in names)
        return tuple(
            sorted(first.intersection(*rest), key=lambda one: (one.span.start, one.span.end))
        )

    def aside(self, *names: str) -> tuple[Span, ...]:
        """Where words of some kinds stand in what is set aside: a disclosure, an advertisement."""
        found = []
        for one in self.article.set_aside:
            if one.why.startswith("hidden"):
                continue
            words = normalise(self.article.words_of(one.span)).text
            if any(_pattern(name).search(words) for name in names):
                found.append(one.span)
        return tuple(found)

    def names_of(self, words: str) -> bool:
        """Whether some words stand in the article, whole, in any case."""
        needle = normalise(words).text
        pattern = rf"(?<!\w){re.escape(needle)}(?!\w)"
        return re.search(pattern, self._said, re.IGNORECASE) is not None

    @cached_property
    def _said(self) -> str:
        """All sentences, one a line, plain."""
        text = self.article.text
        return normalise("\n".join(text[s.span.start : s.span.end] for s in self.sentences)).text

    def is_quoted(self, span: Span) -> bool:
        """Whether words stand in quotation marks, as another's: "miracle"."""
        sentence = self.sentence_at(span)
        if sentence is None:
            return False
        words = normalise(self.article.words_of(sentence.span))
        return any(
            span in words.span(*match.span(), offset=sentence.span.start)
            for match in _QUOTED.finditer(words.text)
        )


@cache
def kinds() -> dict[str, list[str]]:
    """The kinds of words, each with its patterns."""
    file = resources.files("weigh.audit.page") / "page.yaml"
    document: dict[str, list[str]] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document


@cache
def _pattern(name: str) -> re.Pattern[str]:
    # A boundary stands only where a pattern begins or ends with a letter or digit.
    parts = "|".join(f"(?:{part})" for part in kinds()[name])
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)", re.IGNORECASE)
