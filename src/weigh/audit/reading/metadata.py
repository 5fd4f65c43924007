"""What an HTML page says about itself: title, author, reviewer, dates; meta tags and JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from weigh.audit.reading.byline import date_in, joined
from weigh.evidence.article import Byline

__all__ = ["byline_of", "title_of"]

# Longer scripts are programs or data, not a description of the page.
_LONGEST = 200_000
_DEEPEST = 8

_AUTHOR = ("author", "article:author", "citation_author", "dc.creator", "parsely-author", "byl")
_PUBLISHED = (
    "article:published_time", "datepublished", "date", "dc.date", "citation_publication_date",
    "dcterms.created", "publish-date", "pubdate", "parsely-pub-date", "citation_date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified",
    "lastmod", "revised",
)  # fmt: skip
_PUBLISHER = ("og:site_name", "publisher", "dc.publisher", "citation_publisher", "application-name")


def title_of(root: Any) -> str:
    """The page's title from its head; the site's own name behind a bar is cut off."""
    meta = _meta(root)
    title = meta.get("og:title") or next(iter(root.xpath("//title/text()")), "")
    for bar in (" | ", " – ", " — ", " · "):
        head, _, tail = str(title).rpartition(bar)
        if head and len(tail.split()) <= 4:
            title = head
    return " ".join(str(title).split())


def byline_of(root: Any) -> Byline:
    """What the head and its linked data say of author, reviewer, dates and publisher."""
    meta = _meta(root)
    author = next((meta[name] for name in _AUTHOR if name in meta), "")
    told = Byline(
        authors=() if author.startswith("http") or not author else (author,),
        published=_date(meta, _PUBLISHED),
        updated=_date(meta, _UPDATED),
        publisher=next((meta[name] for name in _PUBLISHER if name in meta), None),
    )
    for item in _items(root):
        told = joined(told, _of_item(item))
    return joined(told, _times(root))


def _meta(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        content = " ".join((tag.get("content") or "").split())
        if name and content and len(content) < 300:
            found.setdefault(name.strip().lower(), content)
    return found


def _date(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((date for n in names if n in meta and (date := date_in(meta[n]))), None)


def _items(root: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD that describe a page or an article."""
    for script in root.iter("script"):
        kind = (script.get("type") or "").lower()
        text = script.text or ""
        if "ld+json" not in kind or len(text) > _LONGEST:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from _walk(document, 0)


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(str(n).endswith(("Article", "Page", "Posting", "Report")) for n in names):
            yield value
        yield from _walk(value.get("@graph"), depth + 1)
        yield from _walk(value.get("mainEntity"), depth + 1)


def _of_item(item: dict[str, Any]) -> Byline:
    publisher = _people(item.get("publisher"))
    return Byline(
        authors=_people(item.get("author")),
        reviewers=_people(item.get("reviewedBy")) or _people(item.get("medicalReviewer")),
        published=date_in(str(item.get("datePublished") or "")),
        updated=date_in(str(item.get("dateModified") or item.get("lastReviewed") or "")),
        publisher=publisher[0] if publisher else None,
    )


def _people(value: Any) -> tuple[str, ...]:
    """Names, with the letters behind them where they are given."""
    if isinstance(value, list):
        return tuple(name for one in value[:20] for name in _people(one))
    if isinstance(value, dict):
        name, letters = value.get("name"), value.get("honorificSuffix")
        if not isinstance(name, str):
            return ()
        return (f"{name.strip()}, {letters}" if isinstance(letters, str) else name.strip(),)
    named = isinstance(value, str) and value.strip() and not value.startswith("http")
    return (str(value).strip(),) if named else ()


def _times(root: Any) -> Byline:
    """Visible dates that say what they are: ``<time itemprop="dateModified" datetime=…>``."""
    told = Byline()
    for tag in root.iter("time"):
        date = date_in(tag.get("datetime") or "") or date_in("".join(tag.itertext()))
        marks = " ".join([tag.get("itemprop") or "", tag.get("class") or "", _before(tag)]).lower()
        updated = any(word in marks for word in ("modified", "updated", "revised", "reviewed"))
        if date is not None:
            told = joined(told, Byline(updated=date) if updated else Byline(published=date))
    return told


def _before(tag: Any) -> str:
    """The few words that stand before an element."""
    previous, parent = tag.getprevious(), tag.getparent()
    words = (previous.tail if previous is not None else None) or ""
    if previous is None and parent is not None and isinstance(parent, etree._Element):
        words = parent.text or ""
    return words[-40:]
