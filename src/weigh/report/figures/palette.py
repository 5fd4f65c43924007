"""Colours and symbols of the figures: a colour never carries a meaning alone.

The fills are told apart in greyscale and with the common kinds of colour blindness; each also has
a symbol and a word, and every filled mark a dark outline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weigh.evidence.comparison import Judgement

__all__ = [
    "INK",
    "JUDGEMENTS",
    "LIMIT",
    "MUTED",
    "PAPER",
    "RANGE",
    "RULE",
    "SQUARE",
    "WASH",
    "JudgementLook",
]

INK = "#1F1F1F"
PAPER = "#FFFFFF"
#: Text of lesser weight: 4.5:1 and more on white.
MUTED = "#555555"
#: Hair lines between rows, and the wash behind the rows that pool.
RULE = "#D5D5D5"
WASH = "#F3F5F7"
#: The squares of a forest plot and what it pools; the prediction interval; the line of the smallest
#: difference that matters.
SQUARE = "#0072B2"
RANGE = "#E69F00"
LIMIT = "#8B1A1A"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementLook:
    """How one judgement of a risk-of-bias tool is drawn and called."""

    fill: str
    symbol: str
    symbol_colour: str
    words: str


#: From the best to the worst, what is not known last.
JUDGEMENTS: Mapping[Judgement, JudgementLook] = {
    "low": JudgementLook(fill="#0072B2", symbol="+", symbol_colour=PAPER, words="low risk"),
    "some_concerns": JudgementLook(
        fill="#E69F00", symbol="!", symbol_colour=INK, words="some concerns"
    ),
    "moderate": JudgementLook(fill="#E69F00", symbol="!", symbol_colour=INK, words="moderate risk"),
    "high": JudgementLook(fill="#8B1A1A", symbol="×", symbol_colour=PAPER, words="high risk"),
    "serious": JudgementLook(fill="#8B1A1A", symbol="×", symbol_colour=PAPER, words="serious risk"),
    "critical": JudgementLook(
        fill="#000000", symbol="‼", symbol_colour=PAPER, words="critical risk"
    ),
    "no_information": JudgementLook(
        fill="#767676", symbol="?", symbol_colour=PAPER, words="no information"
    ),
}
