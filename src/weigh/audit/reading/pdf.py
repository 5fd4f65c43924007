"""PDF: the words of each page, lines joined to paragraphs, what every page repeats set aside.

Needs ``weigh[pdf]``. A PDF knows neither paragraphs nor headings: both are guessed from how long
lines are and how they end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from weigh.audit.reading.guessing import looks_like_heading, stops
from weigh.audit.reading.pieces import Draft, Piece
from weigh.audit.reading.text import read_text
from weigh.errors import InputError, MissingExtraError
from weigh.evidence.article import BlockKind, Span

__all__ = ["paragraphs_of", "read_pdf"]

_MOST_PAGES = 2_000

# How pdfium writes a hyphen that a line's end put there.
_BROKEN = re.compile(r"(?<=\w)(?:[\u0002\ufffe\u00ad]|-(?=$))[\r\n]*$")
_MARKED = re.compile(r"(\w+)[\u0002\ufffe](?:\r?\n)?(\w+)")
_WORD = re.compile(r"(?<![\w\u0002\ufffe])\w+(?![\w\u0002\ufffe])")
_ITEM = re.compile(r"(?:[•‣◦▪●○■*–-]|\d{1,2}[.)]|\[\d{1,3}\])\s")
_NUMBERED = re.compile(r"(?:page )?\d{1,4}(?: (?:of|/) \d{1,4})?", re.IGNORECASE)

# What a hyphen follows more often than not.
_HYPHENED = frozenset({"anti", "double", "long", "non", "placebo", "pro", "self", "short", "well"})

# A line shorter than this share of the page's longest did not run to the margin.
_SHORT = 0.75
_RAGGED = 0.6

# A line at the head or foot of so many pages belongs to none of them.
_REPEATED = 3


def read_pdf(data: bytes, source: str) -> Draft:
    """Cut a PDF into pieces.

    Parameters
    ----------
    data
        The file.
    source
        Its name, for messages.

    Returns
    -------
    Draft
        Its text is the pages' words with lines joined; hyphens at line ends are undone.

    Raises
    ------
    MissingExtraError
        If ``weigh[pdf]`` is not installed.
    InputError
        If the file is broken, locked, has too many pages, or holds pictures of words only.
    """
    pages = _pages(data, source)
    if not any(letter.isalnum() for page in pages for line in page for letter in line):
        raise InputError(
            f"{source}: found {len(pages)} pages without any words; expected text. "
            "Pages that were scanned are pictures: run them through text recognition first."
        )
    repeated, kept = _without_repeated(pages)
    text = "\n\n".join(paragraphs_of(kept))
    draft = read_text(text)
    return _with_aside(draft, repeated)


def _pages(data: bytes, source: str) -> list[list[str]]:
    """The lines of each page."""
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtraError(f"{source}: reading PDF", "pdf") from None
    try:
        document: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise InputError(
            f"{source}: the PDF cannot be read ({error}); expected a whole file without a password."
        ) from None
    try:
        if len(document) > _MOST_PAGES:
            raise InputError(
                f"{source}: found {len(document):,} pages; expected an article of at most "
                f"{_MOST_PAGES:,}."
            )
        texts = [_text(document[at]) for at in range(len(document))]
    finally:
        document.close()
    known = {word for text in texts for word in _WORD.findall(text.lower())}
    return [[line.rstrip() for line in _unbroken(text, known).split("\n")] for text in texts]


def _text(page: Any) -> str:
    textpage = page.get_textpage()
    try:
        text: str = textpage.get_text_range()
    finally:
        textpage.close()
        page.close()
    return text.replace("\r\n", "\n")


def _unbroken(text: str, known: set[str]) -> str:
    """Words that a line's end broke, whole again; a hyphen of their own ("dose-response") stays.

    pdfium marks both alike. Where both halves are `known` words of the document, or the first is
    one that hyphens follow, the hyphen was their own.
    """

    def joined(match: re.Match[str]) -> str:
        head, tail = match.groups()
        words = head.lower() in known and tail.lower() in known and len(tail) > 3
        return f"{head}{'-' if words or head.lower() in _HYPHENED else ''}{tail}"

    return _MARKED.sub(joined, text)


def _without_repeated(pages: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Part what stands at the head or foot of many pages, and page numbers, from the rest."""
    edges: Counter[str] = Counter()
    for page in pages:
        full = [line.strip() for line in page if line.strip()]
        edges.update({_same(line) for line in (*full[:2], *full[-2:])})
    repeated: dict[str, None] = {}
    kept = []
    for page in pages:
        lines = []
        for line in page:
            words = line.strip()
            if words and (
                edges[_same(words)] >= _REPEATED
                or (_NUMBERED.fullmatch(words) and words in (page[0].strip(), page[-1].strip()))
            ):
                repeated[words] = None
            else:
                lines.append(line)
        kept.append(lines)
    return list(repeated), kept


def _same(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def paragraphs_of(pages: Iterable[list[str]]) -> Iterator[str]:
    """Join the lines of pages to paragraphs; a sentence goes on across the end of a page.

    Parameters
    ----------
    pages
        The lines of each, in order; an empty line parts paragraphs.
    """
    paragraph = ""
    for page in pages:
        widest = max((len(line) for line in page), default=0)
        for at, line in enumerate(page):
            words = line.strip()
            before = page[at - 1].strip() if at > 0 else ""
            if paragraph and _begins(words, before, paragraph, widest, first=at == 0):
                yield paragraph
                paragraph = ""
            paragraph = _joined(paragraph, words)
    if paragraph:
        yield paragraph


def _begins(words: str, before: str, paragraph: str, widest: int, *, first: bool) -> bool:
    """Whether a line opens a paragraph of its own."""
    if not words:
        return not first
    if _ITEM.match(words):
        return True
    if first:
        return stops(paragraph) or looks_like_heading(paragraph)
    heads = len(words) < _RAGGED * widest and looks_like_heading(words)
    if heads and stops(before):
        return True
    if before.endswith(":") and words[:1].isupper():
        return True
    ended = len(before) < _SHORT * widest and not words[:1].islower()
    return ended and (stops(before) or looks_like_heading(paragraph))


def _joined(paragraph: str, words: str) -> str:
    if not paragraph or not words:
        return paragraph + words
    if _BROKEN.search(paragraph) and words[:1].islower():
        return _BROKEN.sub("", paragraph) + words
    return f"{paragraph} {words}"


def _with_aside(draft: Draft, repeated: list[str]) -> Draft:
    """Set down what pages repeat behind the article, so that it is listed."""
    text, pieces = draft.text, list(draft.pieces)
    for words in repeated:
        text += "\n\n" + words
        span = Span(len(text) - len(words), len(text))
        pieces.append(Piece(kind=BlockKind.PARAGRAPH, span=span, why="repeated on many pages"))
    return replace(draft, text=text, pieces=pieces)
