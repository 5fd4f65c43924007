"""Who wrote an article and when, from a visible line: "By Jane Doe, RD", "Updated 3 May 2024"."""

from __future__ import annotations

import re

from weigh.audit.reading.normal import normalise
from weigh.evidence.article import Byline

__all__ = ["byline_in", "date_in", "joined"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
    re.compile(
        rf"\b(?P<month>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})", re.I
    ),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})\.?,? (?P<y>\d{{4}})", re.I
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\.?,? (?P<y>\d{{4}})", re.I),
)
_NUMERIC = re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")

# "By Jane Doe, MD | Medically reviewed by …": each mark begins a part of its own.
_PARTS = re.compile(
    r"\s*[|·•\n]\s*|\s+[-]\s+|(?<=[\w.)])\s+(?=(?:medically |clinically |fact )?(?:reviewed|checked"
    r"|edited|updated|published|last updated|last reviewed) )",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:by|written by|authored by|author|words by|posted by|reporting by):? (?P<names>.+)", re.I
)
_REVIEWER = re.compile(
    r"(?:(?:medically|clinically|scientifically|fact[- ]?)? ?(?:reviewed|checked|approved|verified)"
    r"(?: for accuracy)? by|(?:medical(?:ly)? |clinical |scientific )?reviewers?):? (?P<names>.+)",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"\b(?:updated?|modified|revised|reviewed)\b", re.I)
_DATE_TAIL = re.compile(
    rf"(?:,? (?:on |updated |published |reviewed |last |[-|] )*(?:{_MONTH})\.? \d.*"
    rf"|,? (?:on )?\d{{1,2}} (?:{_MONTH}).*|,? (?:on )?\d{{4}}-\d\d-\d\d.*)$",
    re.I,
)
# Letters behind a name belong to it: "Jane Doe, MD, PhD".
_LETTERS = re.compile(r"(?:[A-Z][\w.]{0,5}(?:-[A-Z]+)?|Pharm\.?D\.?|Ph\.?D\.?|Dr\.?P\.?H\.?)")


def byline_in(words: str) -> Byline:
    """Read one visible line; empty fields where it does not say."""
    plain = " ".join(normalise(words).text.split())
    found = Byline()
    for part in _PARTS.split(plain):
        reviewer, author = _REVIEWER.match(part), _AUTHOR.match(part)
        if reviewer:
            found = joined(found, Byline(reviewers=_names(reviewer.group("names"))))
        elif author:
            found = joined(found, Byline(authors=_names(author.group("names"))))
        date = date_in(part)
        if date is not None:
            is_update = _UPDATED.search(part) is not None and not re.match("publ", part, re.I)
            found = joined(found, Byline(updated=date) if is_update else Byline(published=date))
    return found


def joined(first: Byline, second: Byline) -> Byline:
    """Both together; where both say something of one kind, the first counts."""
    return Byline(
        authors=first.authors or second.authors,
        reviewers=first.reviewers or second.reviewers,
        published=first.published or second.published,
        updated=first.updated or second.updated,
        publisher=first.publisher or second.publisher,
    )


def date_in(words: str) -> str | None:
    """The first date of some words: ISO where the day or month is plain, else as written."""
    for pattern in _DATES:
        match = pattern.search(words)
        if match is None:
            continue
        parts = match.groupdict()
        month = int(parts["m"]) if parts.get("m") else _MONTHS[parts["month"].lower()]
        if parts.get("d") is None:
            return f"{parts['y']}-{month:02d}"
        if 1 <= month <= 12 and 1 <= int(parts["d"]) <= 31:
            return f"{parts['y']}-{month:02d}-{int(parts['d']):02d}"
    numeric = _NUMERIC.search(words)  # 03/04/2024 is a day in March or in April: as written
    return None if numeric is None else numeric.group()


def _names(words: str) -> tuple[str, ...]:
    """Cut "Jane Doe, MD, and John Roe" into names with their letters."""
    words = _DATE_TAIL.sub("", words).strip(" .,;|-")
    names: list[str] = []
    for piece in re.split(r",\s+(?:and\s+|&\s+)?|\s+(?:and|&)\s+|;\s*", words):
        piece = piece.strip(" .,")
        if not piece:
            continue
        if names and _LETTERS.fullmatch(piece):
            names[-1] += f", {piece}"
        elif len(piece) <= 80:
            names.append(piece)
    return tuple(names)
