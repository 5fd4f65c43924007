"""Addresses in plain words: links written out, Markdown links, DOIs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weigh.evidence.article import Span

__all__ = ["links_in"]

_LINKS = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,300})\]\((?P<target><?https?://[^\s()<>]+(?:\([^\s()]*\))?)"
    r"|(?P<plain>https?://[^\s<>\"“”\])]+)"
    r"|(?:doi:?\s*|\bdoi\.org/)?(?P<doi>\b10\.\d{4,9}/[^\s<>\"“”\]]+)",
    re.IGNORECASE,
)
_TAIL = ".,;:!?'’)*_"


def links_in(text: str, start: int = 0) -> Iterator[tuple[Span, str]]:
    """Yield where each address stands (for a Markdown link, its words) and where it points.

    A bare DOI points to its address at doi.org.
    """
    for match in _LINKS.finditer(text):
        target, plain, doi = match.group("target"), match.group("plain"), match.group("doi")
        if target is not None:
            begin, end = match.span("words")
            yield Span(start + begin, start + end), target.lstrip("<")
        elif plain is not None:
            kept = plain.rstrip(_TAIL)
            yield Span(start + match.start(), start + match.start() + len(kept)), kept
        else:
            kept = doi.rstrip(_TAIL)
            begin = match.start("doi")
            yield Span(start + begin, start + begin + len(kept)), f"https://doi.org/{kept}"
