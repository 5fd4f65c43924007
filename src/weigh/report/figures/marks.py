"""Marks that several figures share: the coin of a judgement, its key, the line of credit."""

from __future__ import annotations

from collections.abc import Collection

from weigh.evidence.comparison import Judgement
from weigh.report.figures.lettering import text_width, wrap
from weigh.report.figures.palette import JUDGEMENTS, MUTED
from weigh.report.figures.sheet import Sheet

__all__ = ["credit_line", "judgement_mark", "legend"]


def judgement_mark(
    sheet: Sheet, x: float, y: float, judgement: Judgement, *, radius: float = 9.0
) -> None:
    """Draw a judgement as a coin: colour, symbol and dark outline."""
    look = JUDGEMENTS[judgement]
    sheet.circle(x, y, radius, fill=look.fill)
    size = radius * 1.6
    sheet.text(
        x,
        y + size * 0.36,
        look.symbol,
        size=size,
        anchor="middle",
        bold=True,
        colour=look.symbol_colour,
        kind="name",
    )


def legend(
    sheet: Sheet, x: float, y: float, judgements: Collection[Judgement], width: float
) -> float:
    """Name the coins that are shown, best first; return where the next line goes."""
    place = x
    for judgement, look in JUDGEMENTS.items():
        if judgement not in judgements:
            continue
        needed = 18.0 + text_width(look.words, 11.0) + 16.0
        if place > x and place + needed > x + width:
            place = x
            y += 21.0
        judgement_mark(sheet, place + 7.0, y - 4.0, judgement, radius=7.0)
        sheet.text(place + 18.0, y, look.words, size=11.0, kind="name")
        place += needed
    return y + 21.0


def credit_line(sheet: Sheet, credit: str, x: float, y: float, width: float) -> float:
    """Print what the picture is of and when it was made; return where the drawing ends."""
    for line in wrap(credit, width, 10.0):
        sheet.text(x, y, line, size=10.0, colour=MUTED, kind="credit")
        y += 13.0
    return y
