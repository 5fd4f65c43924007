"""What a forest plot shows, row by row, before it is laid out.

Which rows there are, and what they say, is decided in `forest` and `stepwise`; `strip_drawing`
draws them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weigh.report.plot.showing import View

__all__ = ["Column", "Mark", "Row", "Strip", "shares", "span_of_strip"]

Kind = Literal["study", "heading", "summary", "overall", "prediction", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An estimate with its interval, on the analysis scale."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its name, what stands in its columns, and what is drawn.

    Parameters
    ----------
    kind
        A `study` has a square, a `summary` and the `overall` one a diamond, a `prediction` a bar;
        a `heading` and a `missing` row have none.
    note
        Smaller words under the name, or in place of the mark of a missing row.
    share
        Weight as a share of the heaviest study's, 0 to 1; None where it means nothing.
    """

    name: str
    kind: Kind
    cells: tuple[str, ...] = ()
    mark: Mark | None = None
    note: str = ""
    share: float | None = None
    indent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of text left of the axis; numbers stand to the right, words to the left.

    A `whole` one is as wide as its longest entry; in others long entries are cut.
    """

    head: str
    right: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Everything that a forest plot shows, in order from top to bottom.

    Parameters
    ----------
    line
        An estimate that is drawn as a dotted line through all rows.
    span
        Ends of the axis on the analysis scale; None: chosen from the rows.
    sides
        What lies to the left and to the right of no effect.
    foot
        Sentences under the plot.
    narrow
        Whether figures stand over their marks rather than beside them, for a small screen.
    """

    title: str
    first: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    view: View
    line: float | None = None
    span: tuple[float, float] | None = None
    sides: tuple[str, str] | None = None
    foot: tuple[str, ...] = ()
    narrow: bool = False


def shares(weights: Sequence[float]) -> list[float | None]:
    """Weights as shares of the heaviest; negative ones count as nothing."""
    heaviest = max([w for w in weights if math.isfinite(w)], default=0.0)
    if heaviest <= 0.0:
        return [None for _ in weights]
    return [max(w, 0.0) / heaviest if math.isfinite(w) else None for w in weights]


def span_of_strip(strip: Strip) -> tuple[float, float]:
    """Every summary, nearly every estimate, and the intervals that are not far wider than most."""
    studies = [row.mark for row in strip.rows if row.kind == "study" and row.mark is not None]
    groups = [row.mark for row in strip.rows if row.kind == "summary" and row.mark]
    pooled = [row.mark for row in strip.rows if row.kind == "overall" and row.mark] or groups
    spread = [row.mark for row in strip.rows if row.kind == "prediction" and row.mark]
    middle = strip.line
    if middle is None:
        middle = float(np.median([m.estimate for m in studies or pooled] or [0.0]))
    reach = sorted(max(abs(m.low - middle), abs(m.high - middle)) for m in studies)
    kept = [end for m in pooled for end in (m.estimate, m.low, m.high)] or [middle]
    if reach:
        usual = reach[(len(reach) - 1) // 2]
        together = max(abs(end - middle) for end in kept)
        if together > 0.0:
            # Most studies may be all but without information: then the summary sets the measure.
            usual = min(max(usual, together), 20.0 * together)
        for mark in studies:
            if abs(mark.estimate - middle) <= 4.0 * usual:
                kept.append(mark.estimate)
            kept += [end for end in (mark.low, mark.high) if abs(end - middle) <= 2.0 * usual]
        for mark in groups:
            kept += [
                e for e in (mark.estimate, mark.low, mark.high) if abs(e - middle) <= 3 * usual
            ]
    low, high = min(kept), max(kept)
    wide = high - low
    for mark in spread:
        if mark.high - mark.low <= 3.0 * wide:
            low, high = min(low, mark.low), max(high, mark.high)
    null = strip.view.null
    if null is not None and min(abs(null - low), abs(null - high)) <= 0.6 * (high - low):
        low, high = min(low, null), max(high, null)
    if not high > low:
        room = 0.5 * abs(high) or 1.0
        return low - room, high + room
    return low - 0.04 * (high - low), high + 0.04 * (high - low)
