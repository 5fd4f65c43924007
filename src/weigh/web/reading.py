"""An answer as a reader looks at it: the folder's own, or one comparison under their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote

from weigh.errors import InputError
from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison
from weigh.evidence.reader import ReaderSettings
from weigh.evidence.trace import Trace
from weigh.web.addresses import query_of, read_settings
from weigh.web.shelf import Held
from weigh.workflow.reader import Reread, reread

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an address asks for.

    `again` is the comparison made anew; None where the address sets nothing. `query` is the end of
    the address that brings this reading back; empty for the folder's own.
    """

    held: Held
    comparison_id: str | None = None
    settings: ReaderSettings = field(default_factory=ReaderSettings)
    again: Reread | None = None
    query: str = ""

    @classmethod
    def of(cls, held: Held, values: Mapping[str, Sequence[str]]) -> Reading:
        """Read an address: ``c`` names the comparison, the rest are settings.

        Raises
        ------
        InputError, NotFoundError
            If a setting cannot be, or has no comparison.
        """
        settings = read_settings(values)
        named = [text for text in values.get("c", ()) if text]
        if not named:
            if settings:
                raise InputError(
                    f"{', '.join(settings.named)}: found settings without a comparison; expected "
                    "c=… to name it."
                )
            return cls(held=held)
        if not settings:
            return cls(held=held, comparison_id=named[0])
        return _again(held, named[0], settings)

    def address(self, node: str) -> str:
        """Where the app tells of a node of this reading."""
        own = self.again is not None and node in self.again.trace
        query = f"?{self.query}" if own and self.query else ""
        return f"/q/{_quoted(self.held.id)}/nodes/{_quoted(node)}{query}"

    @property
    def trace(self) -> Trace:
        """Nodes of the reader's comparison, and behind them those of the answer."""
        own = self.held.answer.trace
        return own if self.again is None else Trace({**own.nodes, **self.again.trace.nodes})

    @property
    def answer(self) -> Answer:
        """The answer with the reader's comparison in its place; the rest is the folder's."""
        if self.again is None:
            return self.held.answer
        comparisons = tuple(
            self.again.comparison if c.id == self.comparison_id else c
            for c in self.held.answer.comparisons
        )
        return replace(
            self.held.answer,
            comparisons=tuple(c for c in comparisons if c is not None),
            trace=self.trace,
        )

    @property
    def comparison(self) -> Comparison | None:
        """The comparison that the address names; None where the settings leave it no study."""
        if self.again is not None:
            return self.again.comparison
        found = (c for c in self.held.answer.comparisons if c.id == self.comparison_id)
        return next(found, None)


@lru_cache(maxsize=8192)
def _quoted(name: str) -> str:
    return quote(name, safe="")


@lru_cache(maxsize=64)
def _again(held: Held, comparison_id: str, settings: ReaderSettings) -> Reading:
    """The comparison made anew, once: its card, its plots and its numbers all ask for it."""
    return Reading(
        held=held,
        comparison_id=comparison_id,
        settings=settings,
        again=reread(held.evidence, comparison_id, settings, held.answer.comparisons),
        query=f"c={quote(comparison_id, safe='')}&{query_of(settings)}",
    )
