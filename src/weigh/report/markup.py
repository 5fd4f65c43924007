"""From statements to HTML: every number becomes a link to the place that tells where it is from.

A `Markup` belongs to one page. It remembers which nodes the page shows, so that the appendix lists
exactly those and what lies below them, and which ids it has given out, so that none comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Protocol

from markupsafe import Markup as Html
from markupsafe import escape

from weigh.evidence.reference import Reference
from weigh.evidence.statement import Phrase, Quantity, Statement
from weigh.evidence.trace import Trace

__all__ = ["Markup", "Traced", "anchor", "anchor_of"]

#: References named after a sentence; more than that are one link further on.
CITED = 4
#: From so many characters on a link is a sentence of a source, and is marked more lightly.
LONG = 32


def anchor(node_id: str) -> str:
    """The id under which the appendix has a node; an id in HTML may hold no blank."""
    return "node-" + "_".join(node_id.split())


def anchor_of(statement_id: str) -> str:
    """The id under which a page has a sentence; links from elsewhere may rely on it."""
    return "s-" + "_".join(statement_id.split())


class Traced(Protocol):
    """What a page is made of: an answer, or an audit."""

    @property
    def trace(self) -> Trace:
        """Every number of the page, back to its source."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """The sources that the trace names, in the order of their numbers."""


class Markup:
    """Makes the words of one page into HTML."""

    def __init__(self, page: Traced, address: Callable[[str], str] | None = None) -> None:
        """Begin a page; `address` says where a node is told of, if not in the page's appendix."""
        self._page = page
        self._address = address
        self._shown: dict[str, None] = {}
        self._ids: set[str] = set()
        self._sources: dict[str, tuple[str, ...]] = {}

    @property
    def shown(self) -> tuple[str, ...]:
        """The nodes shown so far, in the order they first were."""
        return tuple(self._shown)

    def show(self, nodes: Iterable[str]) -> None:
        """Remember nodes that something else on the page shows, such as a figure."""
        self._shown.update(dict.fromkeys(nodes))

    def address(self, node: str) -> str:
        """Where the page tells of a node."""
        return f"#{anchor(node)}" if self._address is None else self._address(node)

    def words(self, words: str | Quantity | Phrase | Statement) -> Html:
        """Words with each mark as a link."""
        if isinstance(words, str):
            return escape(words)
        if isinstance(words, Quantity):
            return self.link(words.text, words.node)
        self.show(words.because)
        text = words.text
        out: list[Html] = []
        cursor = 0
        for mark in sorted(words.marks, key=lambda mark: mark.start):
            if mark.start < cursor:
                continue
            out.append(escape(text[cursor : mark.start]))
            out.append(self.link(text[mark.start : mark.end], mark.node))
            cursor = mark.end
        out.append(escape(text[cursor:]))
        return Html("").join(out)

    def link(self, text: str, node: str) -> Html:
        """Text that leads to a node."""
        self._shown[node] = None
        look = "n" if len(text) < LONG else "n long"
        # Made hundreds of times a page; Markup.format takes five times as long.
        return Html(
            f'<a class="{look}" href="{escape(self.address(node))}" data-node="{escape(node)}">'
            f"{escape(text)}</a>"
        )

    def statement(self, statement: Statement, tag: str = "p") -> Html:
        """A statement with its references, under its id where that is not on the page yet."""
        return Html('<{tag}{id} class="statement">{words}{cites}</{tag}>').format(
            tag=Html(tag),
            id=self.new_id(statement.id),
            words=self.words(statement),
            cites=self.cites(statement),
        )

    def new_id(self, wanted: str) -> Html:
        """An id attribute; nothing where the page has that id already."""
        name = anchor_of(wanted)
        if name in self._ids:
            return Html("")
        self._ids.add(name)
        return Html(' id="{}"').format(name)

    def cites(self, words: Phrase | Statement) -> Html:
        """Numbers of the references that the words rest on, as links into the list."""
        numbers = self.cited(words)
        if not numbers:
            return Html("")
        links = [
            Html('<a href="#ref-{0}" aria-label="reference {0}">{0}</a>').format(number)
            for number in numbers[:CITED]
        ]
        if len(numbers) > CITED:
            links.append(
                Html('<a href="{}" aria-label="all sources of this sentence">…</a>').format(
                    self.address(words.because[0])
                )
            )
        return Html('<span class="cites">{}</span>').format(Html("").join(links))

    def cited(self, words: Phrase | Statement) -> list[int]:
        """Numbers of the references that the words rest on."""
        sources = {source for node in words.because for source in self._sources_of(node)}
        return sorted(self._numbers[source] for source in sources if source in self._numbers)

    def reference(self, reference_id: str | None) -> Html:
        """One reference's number as a link; nothing where the list has no such reference."""
        number = self._numbers.get(reference_id or "")
        if number is None:
            return Html("")
        return Html(
            '<span class="cites"><a href="#ref-{0}" aria-label="reference {0}">{0}</a></span>'
        ).format(number)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {ref.id: index for index, ref in enumerate(self._page.references, start=1)}

    def _sources_of(self, node: str) -> tuple[str, ...]:
        if node not in self._sources:
            known = node in self._page.trace
            self._sources[node] = self._page.trace.sources(node) if known else ()
        return self._sources[node]
