"""The list of references: authors, title, journal, links, and what we saw of each.

Not CSL: citeproc takes longer to load a style than the whole page to build, and a numbered list
needs none of what a style decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from weigh.evidence.reference import Name, Reference
from weigh.report.markup import Traced

__all__ = ["Entry", "Link", "entries"]

#: Authors named before the rest become "and others".
NAMED = 6

STATUS = {
    "retracted": "Retracted",
    "expression-of-concern": "Expression of concern",
    "corrected": "Corrected",
    "none": "No notice found when it was checked",
    "not-checked": "Not checked for retraction or correction notices",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to the report, with the text it is shown by."""

    kind: str
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One reference as it is printed.

    `status` is in words, `alarming` where the report was withdrawn or questioned.
    """

    number: int
    id: str
    authors: str
    title: str
    published: str
    links: tuple[Link, ...]
    seen: str | None
    secondary: bool
    status: str
    note: str | None
    alarming: bool
    struck: bool


def entries(page: Traced) -> list[Entry]:
    """The references of a page, numbered as its sentences cite them."""
    return [_entry(number, ref) for number, ref in enumerate(page.references, start=1)]


def _entry(number: int, reference: Reference) -> Entry:
    detail = reference.custom
    return Entry(
        number=number,
        id=reference.id,
        authors=_authors(reference.author),
        title=(reference.title or "No title known").rstrip("."),
        published=_published(reference),
        links=_links(reference),
        seen=detail.seen,
        secondary=detail.secondary,
        status=STATUS[detail.status],
        note=detail.status_note,
        alarming=detail.status in ("retracted", "expression-of-concern"),
        struck=detail.status == "retracted",
    )


def _authors(names: tuple[Name, ...]) -> str:
    """``Okafor AN, Lindqvist P, and others``: family name and initials."""
    told = [_name(name) for name in names]
    told = [name for name in told if name]
    if len(told) > NAMED:
        told = [*told[: NAMED - 1], "and others"]
    return ", ".join(told)


def _name(name: Name) -> str:
    if name.literal or not name.family:
        return name.literal or name.given or ""
    given = (name.given or "").replace(".", " ").replace("-", " ").split()
    # Initials already (``AN``, ``MC``) stay together; a first name gives its first letter.
    initials = "".join(part if part.isupper() and len(part) < 4 else part[0] for part in given)
    return f"{name.family} {initials}".strip()


def _published(reference: Reference) -> str:
    """``Journal of Sleep 2014;12(3):101-109``."""
    text = reference.container_title or reference.publisher or ""
    year = str(reference.year) if reference.year is not None else ""
    if not year and reference.issued is not None:
        year = reference.issued.literal or ""
    text = f"{text} {year}".strip()
    if reference.volume:
        text += f";{reference.volume}"
        if reference.issue:
            text += f"({reference.issue})"
    if reference.page:
        text += f":{reference.page.replace('-', '–')}"
    return text


def _links(reference: Reference) -> tuple[Link, ...]:
    links = []
    if reference.doi:
        address = "https://doi.org/" + quote(reference.doi, safe="/:;()._-")
        links.append(Link(kind="DOI", text=reference.doi, address=address))
    if reference.pmid:
        address = f"https://pubmed.ncbi.nlm.nih.gov/{quote(reference.pmid, safe='')}/"
        links.append(Link(kind="PMID", text=reference.pmid, address=address))
    # Only web addresses become links: a folder may hold any text here.
    if reference.url and reference.url.startswith(("https://", "http://")):
        text = reference.url.split("://", 1)[1].rstrip("/")
        links.append(Link(kind="Seen at", text=text, address=reference.url))
    return tuple(links)
