"""How wide words are, and where lines of them break.

Text is measured in DejaVu Sans, one of the widest faces, so that in any other it takes no more room
than was kept for it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from weigh.evidence.statement import Phrase

__all__ = ["LINE", "SIZE", "SMALL", "cut", "text_width", "wrap"]

#: Sizes of the type in pixels, and how far lines stand apart.
SIZE = 12.0
SMALL = 11.0
LINE = 15.0

_DPI = 72  # a point is then a pixel
_FACES = {
    bold: findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"))
    for bold in (False, True)
}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = 12.0, *, bold: bool = False) -> float:
    """Width of a line of text in pixels, in DejaVu Sans without kerning (which only narrows)."""
    return size * sum(_advance(character, bold) for character in text)


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    """How far a character moves on, in units of the type's size."""
    face = get_font(_FACES[bold])
    if face.get_char_index(ord(character)) == 0:
        return 1.0  # a script that DejaVu lacks: no letter of any is wider than the type is high
    face.set_size(100.0, _DPI)
    glyph = face.load_char(ord(character), LoadFlags.NO_HINTING)
    advance: float = glyph.linearHoriAdvance / 65536.0 / 100.0
    return advance


def wrap(
    words: str | Phrase, width: float, size: float = 12.0, *, bold: bool = False
) -> list[Phrase]:
    """Break words into lines no wider than `width`; a word wider than that is broken inside."""
    phrase = words if isinstance(words, Phrase) else Phrase(text=words)
    lines: list[tuple[int, int]] = []
    start = end = None
    for match in re.finditer(r"\S+", phrase.text):
        pieces = _fitting(match.start(), match.group(), width, size, bold)
        for begin, finish in pieces:
            if start is None or end is None:
                start = begin
            elif text_width(phrase.text[start:finish], size, bold=bold) > width:
                lines.append((start, end))
                start = begin
            end = finish
    if start is not None and end is not None:
        lines.append((start, end))
    return [cut(phrase, *line) for line in lines]


def _fitting(start: int, word: str, width: float, size: float, bold: bool) -> list[tuple[int, int]]:
    """A word as spans that each fit the width."""
    pieces = []
    begin = 0
    for index in range(1, len(word) + 1):
        if index - begin > 1 and text_width(word[begin:index], size, bold=bold) > width:
            pieces.append((start + begin, start + index - 1))
            begin = index - 1
    pieces.append((start + begin, start + len(word)))
    return pieces


def cut(phrase: Phrase, start: int, end: int) -> Phrase:
    """The characters `start` to `end` of a phrase, with the marks that fall inside."""
    marks = tuple(
        type(mark)(
            start=max(mark.start, start) - start, end=min(mark.end, end) - start, node=mark.node
        )
        for mark in phrase.marks
        if mark.start < end and mark.end > start
    )
    return Phrase(text=phrase.text[start:end], marks=marks, rests_on=phrase.rests_on)
