"""What an HTML element says about the words in it: block or not, hidden, part of a menu."""

from __future__ import annotations

import re
from typing import Any

from weigh.evidence.article import BlockKind

__all__ = ["BREAKS", "KINDS", "UNREAD", "beside_of", "hidden_of", "is_block"]

#: Elements whose content is no text of the page.
UNREAD = frozenset(
    {
        "script", "style", "head", "svg", "math", "canvas", "iframe", "frame", "frameset", "object",
        "embed", "applet", "audio", "video", "map", "select", "input", "textarea", "datalist",
        "meter", "progress", "picture", "img", "area", "base", "link", "meta", "param", "source",
        "track", "basefont",
    }
)  # fmt: skip

#: Elements that end a line within a block.
BREAKS = frozenset({"br", "wbr", "hr"})

#: What the words of an element are.
KINDS = {
    "h1": BlockKind.HEADING, "h2": BlockKind.HEADING, "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING, "h5": BlockKind.HEADING, "h6": BlockKind.HEADING,
    "li": BlockKind.LIST_ITEM, "dt": BlockKind.LIST_ITEM, "dd": BlockKind.LIST_ITEM,
    "td": BlockKind.TABLE_CELL, "th": BlockKind.TABLE_CELL,
    "blockquote": BlockKind.QUOTATION, "q": BlockKind.PARAGRAPH,
    "figcaption": BlockKind.CAPTION, "caption": BlockKind.CAPTION,
}  # fmt: skip

_BLOCKS = frozenset(KINDS) - {"q"} | frozenset(
    {
        "address", "article", "aside", "body", "button", "center", "details", "dialog", "dir",
        "div", "dl", "fieldset", "figure", "footer", "form", "header", "hgroup", "html", "legend",
        "main", "menu", "nav", "noscript", "ol", "option", "p", "pre", "search", "section",
        "summary", "table", "tbody", "template", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d])"
    r"|opacity\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|screen-reader(?:-text)?|visually-?hidden|visuallyhidden|is-hidden"
    r"|d-none|hidden)(?:$|\s)",
    re.IGNORECASE,
)

_BESIDE_TAGS = {
    "nav": "navigation", "aside": "beside the article", "footer": "foot of the page",
    "form": "a form", "menu": "navigation", "dialog": "a dialog", "search": "navigation",
}  # fmt: skip
_BESIDE_ROLES = {
    "navigation": "navigation", "banner": "head of the page", "contentinfo": "foot of the page",
    "complementary": "beside the article", "search": "navigation", "dialog": "a dialog",
    "alertdialog": "a dialog", "menu": "navigation", "menubar": "navigation",
}  # fmt: skip
_BESIDE_CLASSES = (
    ("cookie notice", r"cookies?|consent|gdpr|ccpa"),
    ("sharing", r"share|sharing|social|addtoany|sharedaddy"),
    (
        "related pages",
        r"related|recirc|recommended|read-?next|more-?from|trending|popular|teasers?",
    ),
    ("subscription", r"newsletter|subscribe|signup|sign-up|mailing"),
    ("advertisement", r"ad|ads|advert|advertisement|adsense|sponsored|promo|banner-?ad|dfp|gpt"),
    ("navigation", r"nav|navbar|navigation|menu|breadcrumbs?|toc|pagination|pager|skip-?link"),
    ("comments of readers", r"comments?|disqus|respond"),
    ("beside the article", r"sidebar|widget|aside"),
    ("foot of the page", r"footer|colophon|copyright"),
)
_BESIDE = tuple(
    (why, re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])", re.IGNORECASE))
    for why, words in _BESIDE_CLASSES
)


def is_block(tag: str) -> bool:
    """Whether an element begins a line of its own."""
    return tag in _BLOCKS


def hidden_of(element: Any) -> str | None:
    """Why a reader does not see an element; colours are not looked at."""
    if element.get("hidden", "no") not in ("no", "until-found"):
        return "hidden text (hidden)"
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return "hidden text (aria-hidden)"
    style = element.get("style")
    if style and _HIDING.search(style):
        return "hidden text (style)"
    if element.tag == "template":
        return "hidden text (template)"
    if element.tag == "noscript":
        return "shown only where scripts are off"
    classes = element.get("class")
    if classes and _HIDDEN_CLASS.search(classes):
        return "hidden text (for screen readers only)"
    return None


def beside_of(element: Any) -> str | None:
    """Why an element is probably no part of the article, by its tag, role or class."""
    tag = element.tag
    if tag in _BESIDE_TAGS:
        return _BESIDE_TAGS[tag]
    role = (element.get("role") or "").strip().lower()
    if role in _BESIDE_ROLES:
        return _BESIDE_ROLES[role]
    if tag in ("html", "body", "main", "article"):
        return None
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) > 1:
        return next((why for why, pattern in _BESIDE if pattern.search(names)), None)
    return None
