"""What a formula gets and gives: options in, effects with reasons out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from weigh.effects.columns import BoolArray, Columns, FloatArray
from weigh.errors import InputError, NotFoundError

__all__ = [
    "Correction",
    "Draft",
    "Formula",
    "Increment",
    "Options",
    "To",
    "Why",
    "kinds_asked",
    "variance_by_type",
]

To = Literal["only0", "all", "if0all", "none"]
Increment = Literal["cells", "events-and-people", "opposite-arm"]
Correction = bool | Literal["exact", "approximate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How effects are to be worked out, where there is a choice.

    Parameters
    ----------
    add, to, drop00
        Zero cells: what is added, where, and whether tables without events (or with nothing but
        events) give no effect. `add` is None where the user left it to the measure.
    increment
        Which cells of a two-by-two table what is added goes to.
    add_yi, add_vi
        Whether what is added goes into the effect, and into its variance.
    vtype
        The kind of sampling variance, one for all rows or one for each.
    correct
        Bias correction: True is the exact one where there are several.
    standardizer
        Which SD a mean change is divided by, for measures that take one of the two.
    """

    add: float | None = None
    to: To = "only0"
    drop00: bool = False
    increment: Increment = "cells"
    add_yi: bool = True
    add_vi: bool = True
    vtype: str | tuple[str, ...] = "LS"
    correct: Correction = True
    standardizer: Literal["pre", "post"] = "pre"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of sampling variance that are asked for, each once."""
        asked = self.vtype
        return (asked,) if isinstance(asked, str) else tuple(dict.fromkeys(asked))

    def part(self, start: int, stop: int) -> Options:
        """The options for some of the rows."""
        if isinstance(self.vtype, str):
            return self
        return replace(self, vtype=self.vtype[start:stop])

    @property
    def corrects(self) -> bool:
        """Whether to correct for bias, for measures with one way to do so."""
        return bool(self.correct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Rows that give no effect, and the reason in words.

    Which rows is asked for only where some row has no effect. `keeps_effect` is for rows whose
    effect is known and only the variance is not.
    """

    rows: Callable[[], BoolArray]
    text: str
    keeps_effect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A caution that counts rows, so that those of several parts of the input can be added up.

    Parameters
    ----------
    kind
        Notes of one kind are added up.
    counts
        Numbers of rows; a note whose first count is zero says nothing.
    say
        Puts the counts into a sentence.
    """

    kind: str
    counts: tuple[int, ...]
    say: Callable[..., str]


def in_sentences(notes: Iterable[Note]) -> tuple[str, ...]:
    """Notes as sentences, those of one kind added up."""
    totals: dict[str, tuple[tuple[int, ...], Callable[..., str]]] = {}
    for note in notes:
        before, say = totals.get(note.kind, ((0,) * len(note.counts), note.say))
        totals[note.kind] = (
            tuple(a + b for a, b in zip(before, note.counts, strict=True)),
            say,
        )
    return tuple(say(*counts) for counts, say in totals.values() if counts[0])


def rows_have(count: int) -> str:
    """A number of rows and its verb, to begin a sentence with."""
    return "1 row has" if count == 1 else f"{count:,} rows have"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a formula found, before rows that are not finite are taken out.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances.
    ni
        People, or person-time.
    why
        Reasons for rows without an effect; the first that holds counts.
    notes
        Cautions, with the rows that they are about counted.
    conventions
        As in `EffectSizes`.
    """

    yi: FloatArray
    vi: FloatArray
    ni: FloatArray | None = None
    why: tuple[Why, ...] = ()
    notes: tuple[Note, ...] = ()
    conventions: tuple[str, ...] = ()


Formula = Callable[[Columns, Options], Draft]


def kinds_asked(columns: Columns, options: Options, known: Iterable[str]) -> tuple[str, ...]:
    """The kinds of sampling variance that are asked for: one, or one for each row."""
    asked = options.vtype
    kinds = (asked,) if isinstance(asked, str) else asked
    for kind in dict.fromkeys(kinds):
        if kind not in known:
            raise NotFoundError(
                f"kind of sampling variance for {columns.measure.name}", kind, known
            )
    if len(kinds) not in (1, columns.rows):
        raise InputError(
            f"vtype has {len(kinds):,} entries for {columns.rows:,} rows.",
            hint="Give one for all rows, or one for each.",
        )
    return kinds


def variance_by_type(
    columns: Columns, options: Options, formulas: Mapping[str, Callable[[], FloatArray]]
) -> FloatArray:
    """Sampling variance of the kind asked for, which may differ from row to row."""
    kinds = kinds_asked(columns, options, formulas)
    wanted = tuple(dict.fromkeys(kinds))
    if len(wanted) == 1:
        return formulas[wanted[0]]()
    labels = np.array(kinds)
    vi = np.full(columns.rows, np.nan)
    for kind in wanted:
        vi = np.where(labels == kind, formulas[kind](), vi)
    return vi
