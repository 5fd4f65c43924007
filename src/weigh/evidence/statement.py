"""Sentences whose every number carries its node.

`say` fills a template: plain words stay plain, a `Quantity` brings its node with it, and a phrase
inside a phrase keeps its marks. What comes out knows, character by character, what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any, TypeAlias

__all__ = ["Mark", "Part", "Phrase", "Quantity", "Statement", "join", "listing", "say", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something shown, as text, with the node that it stands for."""

    text: str
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Characters `start` to `end` (end not included) show the node."""

    start: int
    end: int
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words with marks; `rests_on` are nodes that they rest on without showing them."""

    text: str
    marks: tuple[Mark, ...] = ()
    rests_on: tuple[str, ...] = ()

    @property
    def because(self) -> tuple[str, ...]:
        """Every node that the words rest on, each once: shown ones first."""
        return tuple(dict.fromkeys([mark.node for mark in self.marks] + list(self.rests_on)))

    def capitalised(self) -> Phrase:
        """The same with a capital first letter."""
        if not self.text:
            return self
        # Only where it keeps the length, so that the marks stay true.
        first = self.text[0].upper() if len(self.text[0].upper()) == 1 else self.text[0]
        return Phrase(text=first + self.text[1:], marks=self.marks, rests_on=self.rests_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A phrase that stands on the page under an id of its own."""

    id: str
    phrase: Phrase

    @property
    def text(self) -> str:
        """The words."""
        return self.phrase.text

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Which characters show which node."""
        return self.phrase.marks

    @property
    def because(self) -> tuple[str, ...]:
        """Ids of the nodes that the statement rests on."""
        return self.phrase.because

    def to_dict(self) -> dict[str, Any]:
        """Return {id, text, because, marks}; a mark is [start, end, node]."""
        return {
            "id": self.id,
            "text": self.text,
            "because": list(self.because),
            "marks": [[mark.start, mark.end, mark.node] for mark in self.marks],
        }


Part: TypeAlias = str | Quantity | Phrase | Statement


def say(template: str, /, *, rests_on: Iterable[str] = (), **parts: Part) -> Phrase:
    """Fill ``{name}`` places of a template, keeping track of what each shows.

    Parameters
    ----------
    template
        Words with ``{name}`` where a part goes.
    rests_on
        Nodes that the words rest on although they do not show them.
    parts
        Plain text, quantities, phrases or statements.

    Returns
    -------
    Phrase
    """
    text = ""
    marks: list[Mark] = []
    below: list[str] = list(rests_on)
    for literal, name, _, _ in Formatter().parse(template):
        text += literal
        if name is None:
            continue
        part = parts[name]
        if isinstance(part, str):
            text += part
            continue
        if isinstance(part, Quantity):
            marks.append(Mark(start=len(text), end=len(text) + len(part.text), node=part.node))
            text += part.text
            continue
        phrase = part.phrase if isinstance(part, Statement) else part
        marks += [
            Mark(start=mark.start + len(text), end=mark.end + len(text), node=mark.node)
            for mark in phrase.marks
        ]
        below += phrase.rests_on
        text += phrase.text
    return Phrase(text=text, marks=tuple(marks), rests_on=tuple(dict.fromkeys(below)))


def state(
    statement_id: str, template: str, /, *, rests_on: Iterable[str] = (), **parts: Part
) -> Statement:
    """`say`, under an id."""
    return Statement(id=statement_id, phrase=say(template, rests_on=rests_on, **parts))


def join(parts: Iterable[Part], separator: str = " ") -> Phrase:
    """One phrase out of several."""
    joined = Phrase(text="")
    for index, part in enumerate(parts):
        joined = say("{head}{gap}{tail}", head=joined, gap=separator if index else "", tail=part)
    return joined


def listing(parts: Iterable[Part], last: str = "and") -> Phrase:
    """``a``, ``a and b``, ``a, b and c``."""
    held = list(parts)
    if len(held) < 2:
        return join(held)
    return say("{head} {last} {tail}", head=join(held[:-1], ", "), last=last, tail=held[-1])
