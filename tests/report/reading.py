"""Read a page as a stranger's program would: which numbers stand on it, and where each leads.

A number must stand inside an element that names its trace node. What is no number of the evidence
is let be, and only that: the list below says which and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as parser
from orphans import figures

#: Elements that hold a line or a paragraph of text.
BLOCKS = frozenset(
    ("p", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "h4", "caption", "figcaption", "text")
)

#: What is no number of the evidence, by the element that holds it.
LEFT_ALONE: Mapping[str, str] = {
    "cites": "the number of a reference in the list",
    "references": "bibliography: years, volumes, pages, identifiers",
    "facts": "date, version and fingerprint of the page itself",
    "sources": "the appendix: it is what the numbers lead to",
    "swipe": "a hint",
}

#: Names (of outcomes, forms, tools), scales and credits say so themselves.
SAID = ("data-name", "data-scale", "data-credit")


def tree(page: str) -> Any:
    """The page as a tree."""
    return parser.document_fromstring(page)


def orphans(page: str, nodes: Mapping[str, Any]) -> list[str]:
    """Every number on the page that does not lead to data with a source.

    Parameters
    ----------
    nodes
        ``trace.nodes`` of ``answer.json``.
    """
    main = tree(page).find(".//main")
    faults = []
    for block in main.iter():
        if block.tag not in BLOCKS or _left_alone(block):
            continue
        runs = list(_runs(block, None))
        text = "".join(words for words, _ in runs)
        covered: list[str | None] = [node for words, node in runs for _ in words]
        for start, end in figures(text):
            held = set(covered[start:end])
            if None in held:
                faults.append(f"{text[start:end]!r} leads nowhere in <{block.tag}> {text[:160]!r}")
    for element in main.iter():
        node = element.get("data-node")
        if node is not None:
            faults += [f"{node!r}: {fault}" for fault in dead_end(node, nodes)]
    return sorted(set(faults))


def dead_end(node: str, nodes: Mapping[str, Any]) -> list[str]:
    """Why a node does not lead to data with a source; empty where it does."""
    if node not in nodes:
        return ["not in the trace"]
    seen: set[str] = set()
    stack, data = [node], []
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        held = nodes[name]
        if held["kind"] == "datum":
            data.append((name, held))
        else:
            stack += held["inputs"]
    if not data:
        return ["rests on no datum"]
    return [
        f"{name} has no source and is not marked assumed"
        for name, held in data
        if held["source"] is None and not held["assumed"] and not name.startswith("question.")
    ]


def broken_links(page: str) -> list[str]:
    """Links inside the page that lead nowhere, and ids that stand twice."""
    root = tree(page)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    faults = [f"id {name!r} stands twice" for name in set(ids) if ids.count(name) > 1]
    known = set(ids)
    for link in root.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and unquote(target[1:]) not in known:
            faults.append(f"{target} leads nowhere")
    return faults


def loaded(page: str) -> list[str]:
    """What the page would fetch from anywhere else."""
    root = tree(page)
    found = [e.tag for e in root.iter("link", "img", "iframe", "object", "embed", "video", "audio")]
    found += [etree.tostring(e)[:60] for e in root.iter() if e.get("src") or e.get("srcset")]
    styles = " ".join(e.text or "" for e in root.iter("style"))
    found += [word for word in ("@import", "url(", "@font-face") if word in styles]
    return found


def headings(page: str) -> list[int]:
    """The levels of the headings, in order."""
    levels = {f"h{n}": n for n in range(1, 7)}
    return [levels[e.tag] for e in tree(page).find(".//main").iter() if e.tag in levels]


def _left_alone(element: Any) -> bool:
    for held in (element, *element.iterancestors()):
        marks = {held.get("id"), *(held.get("class") or "").split()}
        if marks & LEFT_ALONE.keys() or any(name in held.attrib for name in SAID):
            return True
    return False


def _runs(element: Any, node: str | None) -> Iterator[tuple[str, str | None]]:
    """The text of a block in pieces, each with the node that it shows."""
    node = element.get("data-node", node)
    if (element.get("class") or "") in LEFT_ALONE or "data-name" in element.attrib:
        yield " ", node
        return
    yield element.text or "", node
    for child in element:
        if isinstance(child.tag, str) and child.tag not in BLOCKS and child.tag != "svg":
            yield from _runs(child, node)
        yield child.tail or "", node
