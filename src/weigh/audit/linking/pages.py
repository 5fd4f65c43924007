"""What is asked of a page again and again, found once: its sentences by block, and their rungs."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from weigh.audit.claims import level_of
from weigh.evidence.article import Article, Sentence, Span
from weigh.evidence.claim import Level

__all__ = ["Page", "page_of"]


class Page:
    """An article with its sentences by block."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.by_block: dict[int, list[Sentence]] = defaultdict(list)
        for sentence in article.sentences:
            self.by_block[sentence.block].append(sentence)
        self._doubted: dict[int, bool] = {}

    def doubts(self, block: int) -> bool:
        """Whether a sentence of a block says that something is not known."""
        if block not in self._doubted:
            self._doubted[block] = any(
                level_of(self.article.words_of(sentence.span)) is Level.UNCERTAIN
                for sentence in self.by_block[block]
            )
        return self._doubted[block]

    @cached_property
    def levels(self) -> tuple[tuple[Sentence, Level], ...]:
        """Every sentence that asserts something, with its rung."""
        found = (
            (sentence, level_of(self.article.words_of(sentence.span)))
            for sentence in self.article.sentences
        )
        return tuple(pair for pair in found if pair[1] > Level.NO_RELATION)

    @cached_property
    def unsure(self) -> tuple[tuple[Sentence, Level], ...]:
        """The sentences that say that something is not known."""
        return tuple(pair for pair in self.levels if pair[1] is Level.UNCERTAIN)

    def before(self, sentence: Span, block: int) -> list[Sentence]:
        """The sentences of a block before one."""
        return [s for s in self.by_block[block] if s.span.end <= sentence.start]


_last: Page | None = None


def page_of(article: Article) -> Page:
    """The page of an article; that of the article asked for last is kept.

    Claims come page by page, so that one is enough; it is told by identity, since to compare two
    articles is to compare all their words.
    """
    global _last
    kept = _last
    if kept is None or kept.article is not article:
        kept = _last = Page(article)
    return kept
