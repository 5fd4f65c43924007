"""`read_article`: limits first, then the reader of the format, then one article."""

from __future__ import annotations

import hashlib
import re

from weigh.audit.reading.assembling import assemble
from weigh.audit.reading.decoding import decoded
from weigh.audit.reading.pieces import Draft
from weigh.audit.reading.text import read_text
from weigh.errors import InputError
from weigh.evidence.article import Article

__all__ = ["FORMATS", "LARGEST", "read_article"]

FORMATS = ("text", "markdown", "html", "pdf")

#: More is refused before anything is parsed: pages of health advice are a thousandth of it.
LARGEST = 20 * 2**20

_TAGS = re.compile(
    r"<(?:!doctype html|html|head|body|div|article|main|section|h[1-6]|p|ul|ol|table)\b", re.I
)
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^\[[^\]]+\]: \S+|\]\(https?://|^\|.*\|\s*$\n^\|[ :|-]+\|\s*$|\*\*\S[^*\n]*\*\*",
    re.MULTILINE,
)


def read_article(data: str | bytes, *, source: str = "text", format: str | None = None) -> Article:
    """Read an article.

    Parameters
    ----------
    data
        Its words, or the bytes of a file.
    source
        A file's name, for messages and for `Article.source`.
    format
        ``text``, ``markdown``, ``html`` or ``pdf``; told from the bytes where not given.

    Returns
    -------
    Article
        Every offset counts in `Article.text`: the source itself for text and Markdown, the visible
        words for HTML and PDF. Nothing of a page runs and nothing is fetched.

    Raises
    ------
    InputError
        If it is larger than 20 MB, holds no words, is no text, or is in no known format.
    MissingExtraError
        If it is a PDF and ``weigh[pdf]`` is not installed.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > LARGEST:
        raise InputError(
            f"{source}: found {len(raw) / 2**20:,.0f} MB; expected an article of at most "
            f"{LARGEST // 2**20} MB."
        )
    if format is not None and format not in FORMATS:
        raise InputError(
            f"{source}: found the format {format!r}; expected one of {', '.join(FORMATS)}."
        )
    kind, draft = _read(data, raw, source, format)
    if not any(letter.isalnum() for letter in draft.text):
        raise InputError(f"{source}: found no words; expected an article.")
    return assemble(draft, source=source, format=kind, sha256=hashlib.sha256(raw).hexdigest())


def _read(data: str | bytes, raw: bytes, source: str, format: str | None) -> tuple[str, Draft]:
    if format == "pdf" or (format is None and raw[:1024].lstrip().startswith(b"%PDF-")):
        from weigh.audit.reading.pdf import read_pdf

        return "pdf", read_pdf(raw, source)
    text = data if isinstance(data, str) else decoded(data, source, format)
    kind = format or _format_of(text)
    if kind == "html":
        from weigh.audit.reading.html import read_html

        return kind, read_html(text)
    if kind == "markdown":
        from weigh.audit.reading.markdown import read_markdown

        return kind, read_markdown(text)
    return kind, read_text(text)


def _format_of(text: str) -> str:
    head = text[:20_000]
    if len(_TAGS.findall(head)) >= 2 or _TAGS.match(head.lstrip("\ufeff \t\r\n")):
        return "html"
    return "markdown" if _MARKDOWN.search(head) else "text"
