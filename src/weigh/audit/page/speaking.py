"""Sentences about a page: counts as nodes, words of the article as nodes where they hold digits."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.article import Article, Sentence, Span
from weigh.evidence.audit import PageFinding, PageStatus
from weigh.evidence.cells import study_cell
from weigh.evidence.figures import plain
from weigh.evidence.phrasing import sentence
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Study
from weigh.evidence.trace import Datum, TraceBuilder

__all__ = ["Voice"]

_LONGEST_QUOTE = 160
_NAMED = 4
_SHOWN = 12


class Voice:
    """Speaks of one article, with a trace."""

    def __init__(self, article: Article, trace: TraceBuilder) -> None:
        self.article = article
        self.trace = trace

    def said(self, span: Span) -> Part:
        """Words of the article in quotation marks; with a digit they stand on a node."""
        words = " ".join(self.article.words_of(span).split())
        if len(words) > _LONGEST_QUOTE:
            words = words[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
        return say("“{words}”", words=self.words(words, span))

    def words(self, words: str, span: Span) -> Part:
        """Words of the article; with a digit they stand on a node."""
        if not any(letter.isdigit() for letter in words):
            return words
        node = self.trace.add(
            Datum(
                id=f"article.words.{span.start}-{span.end}",
                label="words of the article",
                value=words,
                file=self.article.source,
                line=None,
                column=f"characters {span.start} to {span.end}",
                source=None,
            )
        )
        return Quantity(text=words, node=node)

    def byline(self, what: str, words: str) -> Part:
        """A name or date of the byline; with a digit it stands on a node."""
        if not any(letter.isdigit() for letter in words):
            return words
        node = self.trace.add(
            Datum(
                id=f"article.byline.{what}",
                label=f"{what}, as the article says",
                value=words,
                file=self.article.source,
                line=None,
                column="byline",
                source=None,
            )
        )
        return Quantity(text=words, node=node)

    def count(self, name: str, label: str, number: int, inputs: Sequence[str] = ()) -> Quantity:
        """A number of things counted, as a node."""
        node = self.trace.computed(
            f"audit.page.{name}", label, number, function="count", inputs=tuple(inputs)
        )
        return Quantity(text=plain(number), node=node)

    def studies(self, name: str, studies: Sequence[Study]) -> Phrase:
        """Studies by their labels; of many, the first and how many more."""
        cells = [study_cell(self.trace, study) for study in studies]
        if len(cells) <= _NAMED:
            return listing(cells)
        more = self.count(
            f"{name}.more", "further studies", len(cells) - _NAMED, [c.node for c in cells[_NAMED:]]
        )
        return listing([*cells[:_NAMED], say("{n} more", n=more)])

    def state(self, name: str, template: str, /, **parts: Part) -> Statement:
        """A statement of the audit: a capital, a full stop."""
        return Statement(id=f"audit.{name}", phrase=sentence(say(template, rests_on=(), **parts)))

    def find(
        self,
        criterion: str,
        title: str,
        status: PageStatus,
        spans: Sequence[Span | Sentence],
        template: str,
        /,
        **parts: Part,
    ) -> PageFinding:
        """A criterion with its status, the words that show it, and why."""
        shown = [one.span if isinstance(one, Sentence) else one for one in spans]
        return PageFinding(
            id=criterion,
            title=title,
            status=status,
            spans=tuple(sorted(set(shown))[:_SHOWN]),
            reason=self.state(f"page.{criterion.lower()}", template, **parts),
        )
