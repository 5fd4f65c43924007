"""An answer as a tagged PDF (PDF/UA-1) on A4: the page as it is printed, with nothing folded away.

The document is laid out from the answer page itself. Nothing is loaded from anywhere but the fonts
that come with matplotlib, so that the same answer gives the same bytes whatever a machine has.
"""

from __future__ import annotations

import logging
from collections.abc import Container
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib

from weigh.errors import MissingExtraError, OutOfReachError
from weigh.evidence.answer import Answer
from weigh.report.body import asset
from weigh.report.page import render

__all__ = ["pdf"]

_SVG = "{http://www.w3.org/2000/svg}"
_FONTS = frozenset(f"DejaVuSans{style}.ttf" for style in ("", "-Bold", "-Oblique", "-BoldOblique"))


def pdf(answer: Answer) -> bytes:
    """The answer as a PDF document with its structure, its language and words for its figures.

    Raises
    ------
    MissingExtraError
        Without ``weigh[print]``.
    OutOfReachError
        Where the system's library Pango is missing.
    """
    library = _library()
    paper = library.HTML(string=render(answer).html, url_fetcher=_fetcher(), media_type="print")
    _settle(paper.etree_element)
    made = paper.render()
    made.metadata.title = answer.question.title
    made.metadata.authors = ["weigh"]
    made.metadata.description = answer.verdict.sentence.text
    made.metadata.generator = f"weigh {answer.version}, evidence folder {answer.fingerprint}"
    document: bytes = made.write_pdf(pdf_variant="pdf/ua-1")
    return document


def _settle(page: ET.Element) -> None:
    """Make the page one for paper: figures say all of their words, and no link leads nowhere.

    The list of where each number comes from is as long as the rest together, and stays behind.
    """
    style = next(element for element in page.iter() if element.tag == "style")
    style.text = f"{style.text}\n{asset('paper.css')}"
    for section in page.iter("section"):
        for listed in section.findall("ul[@class='nodes']"):
            section.remove(listed)
    there = {element.get("id") for element in page.iter()}
    for element in page.iter():
        if element.tag == f"{_SVG}svg":
            title, finding = element.find(f"{_SVG}title"), element.find(f"{_SVG}desc")
            if title is not None and finding is not None:
                title.text = f"{(title.text or '').rstrip('.')}. {finding.text}"
        elif element.tag == "a" and not _leads(element.get("href", ""), there):
            element.tag = "span"
            element.attrib.pop("href", None)
        elif element.tag == "a" and _spelled(element):
            element.set("class", "spelled")


def _leads(href: str, there: Container[str | None]) -> bool:
    """Whether a link can be followed from paper."""
    if href.startswith("#"):
        return href[1:] in there
    return href.startswith(("https://", "http://"))


def _spelled(link: ET.Element) -> bool:
    """Whether a link's words are its address already."""
    words = "".join("".join(link.itertext()).split())
    return bool(words) and link.get("href", "").partition("://")[2].rstrip("/") == words.rstrip("/")


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        import weasyprint
    except ImportError as error:
        raise MissingExtraError("Writing PDF documents", "print") from error
    except OSError as error:
        raise OutOfReachError(
            "Writing PDF documents needs the library Pango, which this system does not have.",
            hint="On Debian: apt-get install libpangoft2-1.0-0",
        ) from error
    for name in ("weasyprint", "weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return weasyprint


def _fetcher() -> Any:
    """A fetcher that knows the four fonts and refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fonts(URLFetcher):  # type: ignore[misc]  # untyped base
        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme != "font" or name not in _FONTS:
                raise ValueError(f"Nothing is loaded from elsewhere: {url}")
            path = Path(matplotlib.get_data_path(), "fonts", "ttf", name)
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})

    return Fonts()
