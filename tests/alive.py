"""What in a page could run or load something that is not ours."""

from __future__ import annotations

import re
from hashlib import sha256

from lxml import etree, html

__all__ = ["alive", "alive_xml", "links_of"]

_OURS = re.compile(r"/static/[a-z]+\.(js|css)")
_NEVER = {
    "iframe", "frame", "frameset", "object", "embed", "applet", "base", "portal", "marquee",
    "noscript", "xmp", "plaintext", "audio", "video", "source", "track", "math", "animate", "set",
    "foreignobject", "use", "image", "dialog",
}  # fmt: skip
_LINKS = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "background",
          "srcset", "ping", "cite", "{http://www.w3.org/1999/xlink}href")  # fmt: skip
_SAFE = re.compile(r"(https?://|/(?!/)|#|\?|\.?/|[A-Za-z0-9_-]+(\.[a-z]+)?([/?#]|$)|plots/)")


def alive(page: str, *, scripts: frozenset[str] = frozenset()) -> list[str]:
    """Every element and attribute of a page of HTML that could run or fetch something.

    `scripts` are hashes of inline scripts that are ours.
    """
    found = []
    for element in html.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        found += _alive(element, element.tag.lower(), scripts)
    return found


def alive_xml(document: str | bytes) -> list[str]:
    """The same of a document of XML, such as SVG."""
    data = document.encode() if isinstance(document, str) else document
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            found.append(f"{type(element).__name__}")
            continue
        found += _alive(element, etree.QName(element).localname.lower(), frozenset())
    return found


def links_of(page: str) -> set[str]:
    """Addresses on the same site that a page leads to, without their fragments."""
    tree = html.document_fromstring(page)
    found = {link.split("#")[0] for link in tree.xpath("//a/@href | //img/@src")}
    return {link for link in found if link.startswith("/") and not link.startswith("//")}


def _alive(element, tag: str, scripts: frozenset[str]) -> list[str]:
    found = []
    if tag in _NEVER:
        found.append(f"<{tag}>")
    if tag == "script":
        source = element.get("src")
        own = source is not None and _OURS.fullmatch(source)
        inline = source is None and hash_of(element) in scripts
        if not own and not inline:
            found.append(f"<script>{(element.text or '')[:60]}")
    sheet = re.sub(r'"[^"\n]*"', "", element.text or "")
    if tag == "style" and re.search(r"@import|url\(|expression\(|xss", sheet):
        found.append("<style> that loads")
    address = element.get("href", "")
    if tag == "link" and address != "data:," and not _OURS.fullmatch(address):
        found.append(f"<link {address}>")
    if tag == "meta" and element.get("http-equiv"):
        found.append("<meta http-equiv>")
    for name, value in element.attrib.items():
        if name.lower().startswith("on"):
            found.append(f"{tag} {name}={value[:40]}")
        if name.lower() in _LINKS and value != "data:," and not _SAFE.match(value):
            found.append(f"{tag} {name}={value[:60]}")
        if name.lower() in ("style", "srcdoc") and re.search(r"xss|url\(|expression", value):
            found.append(f"{tag} {name}={value[:60]}")
    return found


def hash_of(element) -> str:
    return sha256((element.text or "").encode()).hexdigest()
