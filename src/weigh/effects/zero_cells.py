"""What is done about cells without events (or without anything but events).

A logarithm of zero is no number, so a constant is added to the cells: by default one half, to all
cells of those tables that have an empty one. The choice matters with rare events, and programs
differ; `weigh.synthesis` has methods that need no such constant (Mantel-Haenszel, Peto, GLMM).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.effects.columns import BoolArray, FloatArray
from weigh.effects.draft import Note, Options, Why
from weigh.errors import InputError, NotFoundError

__all__ = ["Cells", "fill_zero_cells"]

IndexArray = npt.NDArray[np.intp]

_RULES = ("only0", "all", "if0all", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells after the rule was applied, and what it did.

    Parameters
    ----------
    counts
        The cells, in the order given; NaN in tables that the rule drops.
    for_yi, for_vi
        The cells that effect and variance are to be made from: these, or those without what was
        added.
    why
        The tables dropped, and why.
    notes, conventions
        What was added and where, in words; the rule.
    """

    counts: tuple[FloatArray, ...]
    for_yi: tuple[FloatArray, ...]
    for_vi: tuple[FloatArray, ...]
    why: tuple[Why, ...]
    notes: tuple[Note, ...]
    conventions: tuple[str, ...]


def fill_zero_cells(
    counts: tuple[FloatArray, ...],
    options: Options,
    *,
    default: float = 0.5,
    empty: Callable[[], BoolArray] | None = None,
    groups: int = 0,
) -> Cells:
    """Apply the rule for zero cells.

    Parameters
    ----------
    counts
        The cells of each table: four of two groups, or two, or one.
    options
        Takes `add` (None: `default`), `to`, `drop00` and `increment`.
    default
        What the measure adds if the user did not say; 0 for transformations that bear a zero.
    empty
        Tables that ``drop00`` drops: no events, or nothing but events, in all groups.
    groups
        Number of groups, if the cells are people with and without the event in each of them.
    """
    if options.increment not in _INCREMENTS:
        raise NotFoundError("place of an increment", options.increment, _INCREMENTS)
    if groups < _INCREMENTS[options.increment].groups:
        raise InputError(
            f"increment={options.increment!r} is not for the counts that this measure is made of.",
            hint="Take increment='cells'.",
        )
    if options.to not in _RULES:
        raise NotFoundError("rule for zero cells", options.to, _RULES)
    add = default if options.add is None else float(options.add)
    if not (np.isfinite(add) and add >= 0.0):
        raise InputError(f"add is {add:g}: what is added to cells cannot be negative.")
    why: tuple[Why, ...] = ()
    if options.drop00 and empty is not None:
        dropped = empty()
        counts = tuple(np.where(dropped, np.nan, cell) for cell in counts)
        text = "no events, or nothing but events, in any group (drop00)"
        why = (Why(rows=lambda: dropped, text=text),)
    if options.to == "none" or add == 0.0 or not (options.add_yi or options.add_vi):
        return Cells(
            counts=counts,
            for_yi=counts,
            for_vi=counts,
            why=why,
            notes=(),
            conventions=("nothing added to zero cells",),
        )
    zero = counts[0] == 0.0
    for cell in counts[1:]:
        zero |= cell == 0.0
    if options.to == "all" or (options.to == "if0all" and zero.any()):
        where = np.ones_like(zero)
    elif options.to == "only0":
        where = zero
    else:
        where = np.zeros_like(zero)
    filled = counts
    rows = np.flatnonzero(where)
    if rows.size:
        amounts = _amounts(counts, add, options.increment)
        filled = tuple(
            _added(cell, amount, rows) for cell, amount in zip(counts, amounts, strict=True)
        )
    only = {(True, False): ", for the effect only", (False, True): ", for the variance only"}
    goes_into = only.get((options.add_yi, options.add_vi), "")
    words = _INCREMENTS[options.increment]
    return Cells(
        counts=filled,
        for_yi=filled if options.add_yi else counts,
        for_vi=filled if options.add_vi else counts,
        why=why,
        notes=(_note(words.fact.format(f"{add:g}"), where, zero, goes_into),),
        conventions=(words.rule.format(f"{add:g}") + _CONVENTIONS[options.to] + goes_into,),
    )


_CONVENTIONS = {
    "only0": "tables with a zero cell",
    "all": "every table",
    "if0all": "every table if any has a zero cell",
}


@dataclass(frozen=True, slots=True)
class _Increment:
    """What is added where, as a rule of many tables and as a fact about some.

    `groups` is the number of groups, each of people with and without the event, that it needs.
    """

    rule: str
    fact: str
    groups: int


_INCREMENTS = {
    "cells": _Increment("{} added to every cell of ", "{} was added to each cell of ", 0),
    "events-and-people": _Increment(
        "{} added to the events and to the people of each group of ",
        "{} was added to the events and to the people of each group of ",
        1,
    ),
    "opposite-arm": _Increment(
        "{} added on average to every cell, in proportion to one over the size of the opposite "
        "group, of ",
        "{} was added on average, in proportion to one over the size of the opposite group, to "
        "each cell of ",
        2,
    ),
}


def _amounts(
    counts: tuple[FloatArray, ...], add: float, increment: str
) -> tuple[FloatArray | float, ...]:
    """What is added to each cell."""
    if increment == "cells":
        return (add,) * len(counts)
    if increment == "events-and-people":
        return (add, 0.0) * (len(counts) // 2)
    a, b, c, d = counts
    # Both groups together get as much as with the same constant in each.
    share = (a + b) / (a + b + c + d)
    first, second = 2.0 * add * share, 2.0 * add * (1.0 - share)
    return (first, first, second, second)


def _note(what: str, where: BoolArray, zero: BoolArray, goes_into: str) -> Note:
    def say(touched: int, zeros: int) -> str:
        rows = "1 row" if touched == 1 else f"{touched:,} rows"
        if zeros == touched:
            having = "which has a zero cell" if touched == 1 else "which have a zero cell"
        else:
            having = f"of which {zeros:,} {'has' if zeros == 1 else 'have'} a zero cell"
        return f"{what}{rows}, {having}{goes_into}."

    counts = (int(np.count_nonzero(where)), int(np.count_nonzero(zero)))
    return Note(kind="zero cells", counts=counts, say=say)


def _added(cell: FloatArray, amount: FloatArray | float, rows: IndexArray) -> FloatArray:
    filled = cell.copy()
    filled[rows] += amount if isinstance(amount, float) else amount[rows]
    return filled
