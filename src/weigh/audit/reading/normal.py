"""A plainer view of an article's words for matching, with a way back to where each stood.

Pages carry soft hyphens, blanks that do not break, curly quotes, ligatures and accents written as
two characters. Steps that look words up want them plain; what they report must point into
`Article.text` as it is. `Normalised` is the plain view and the map back.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass

from weigh.evidence.article import Span

__all__ = ["Normalised", "normalise"]

_QUOTES = dict.fromkeys("‘’‚‛′ʼ＇`´", "'") | dict.fromkeys("“”„‟″＂«»", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
# Soft hyphens, blanks of no width, and marks that turn the direction of writing.
_GONE = (
    "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0f\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII = {ord("`"): "'"} | dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x1f"), " ")
_PLAIN = _QUOTES | _DASHES | dict.fromkeys(_GONE, "") | {"…": "..."}


@dataclass(frozen=True, slots=True)
class Normalised:
    """Plain words; `to_raw[i]` is where character `i` of `text` began in the raw words.

    `to_raw` is one longer than `text`: its last entry is the end of the raw words.
    """

    text: str
    to_raw: array[int]

    def span(self, start: int, end: int, offset: int = 0) -> Span:
        """Return the raw characters behind ``text[start:end]``, moved by `offset`."""
        if start >= end:
            return Span(offset + self.to_raw[start], offset + self.to_raw[start])
        return Span(offset + self.to_raw[start], offset + self.to_raw[end])


def normalise(raw: str) -> Normalised:
    r"""Plain words: one kind of quote, dash and blank, no soft hyphen, letters composed.

    Parameters
    ----------
    raw
        Words of an article.

    Returns
    -------
    Normalised
        Soft hyphens and marks of direction are gone; quotes and dashes are ``'``, ``"`` and ``-``;
        any blank is a space (a line's end stays); ligatures and full-width letters are plain, and
        an accent is one character with its letter. Superscripts, fractions and number words stay.

    Examples
    --------
    >>> plain = normalise("vita\u00admin\u00a0K")
    >>> plain.text
    'vitamin K'
    >>> plain.span(8, 9)
    Span(start=9, end=10)
    """
    if raw.isascii():
        return Normalised(raw, array("l", range(len(raw) + 1)))
    pieces: list[str] = []
    places = array("l")
    at = 0
    for run in _BEYOND_ASCII.finditer(raw):
        # A letter of ASCII belongs to the accent behind it.
        start = max(at, run.start() - bool(unicodedata.combining(raw[run.start()])))
        pieces.append(raw[at:start].translate(_ASCII))
        places.extend(range(at, start))
        at = start
        while at < run.end():
            end = at + 1
            while end < len(raw) and unicodedata.combining(raw[end]):
                end += 1
            plain = _plain(raw[at:end])
            pieces.append(plain)
            places.extend([at] * len(plain))
            at = end
    pieces.append(raw[at:].translate(_ASCII))
    places.extend(range(at, len(raw) + 1))
    return Normalised("".join(pieces), places)


def _plain(cluster: str) -> str:
    """One letter with its accents, made plain."""
    if len(cluster) == 1:
        if cluster in _PLAIN:
            return _PLAIN[cluster]
        if cluster.isspace():
            return cluster if cluster in "\n\r\t" else " "
        if _is_ligature(cluster):
            return unicodedata.normalize("NFKC", cluster)
        return cluster
    return unicodedata.normalize("NFC", _PLAIN.get(cluster[0], cluster[0]) + cluster[1:])


def _is_ligature(letter: str) -> bool:
    """Whether NFKC keeps the meaning: ligatures and full-width forms, not ``²`` or ``½``."""
    return "\ufb00" <= letter <= "\ufb06" or "\uff01" <= letter <= "\uff5e"
