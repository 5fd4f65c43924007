"""The references of an answer, for reference managers: CSL-JSON, RIS, BibTeX."""

from __future__ import annotations

import json
import re
from typing import Any

from weigh.errors import MissingExtraError
from weigh.evidence.reference import Name, Reference

__all__ = ["bibtex", "csl_json", "ris"]

_RIS_TYPES = {
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "chapter": "CHAP",
    "report": "RPRT",
    "thesis": "THES",
    "webpage": "ELEC",
    "dataset": "DATA",
}
_BIBTEX_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "report": "techreport",
    "thesis": "phdthesis",
}


def csl_json(references: tuple[Reference, ...]) -> str:
    """The references as the folder holds them, in CSL-JSON."""
    items = [
        reference.model_dump(mode="json", by_alias=True, exclude_none=True)
        for reference in references
    ]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def ris(references: tuple[Reference, ...]) -> str:
    """The references in RIS.

    Raises
    ------
    MissingExtraError
        Without ``weigh[export]``.
    """
    try:
        import rispy
    except ImportError as error:
        raise MissingExtraError("Writing RIS", "export") from error

    text: str = rispy.dumps([_on_one_line(_ris(one)) for one in references])
    # Its number before each record is no part of the format.
    return re.sub(r"^\d+\.\n", "", text, flags=re.MULTILINE).strip() + "\n"


def _on_one_line(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without line breaks, behind which another field would begin."""

    def line(value: Any) -> Any:
        if isinstance(value, list):
            return [line(part) for part in value]
        return " ".join(value.split())

    return {name: line(value) for name, value in fields.items()}


def _ris(reference: Reference) -> dict[str, Any]:
    first, _, last = (reference.page or "").replace("–", "-").partition("-")
    fields: dict[str, Any] = {
        "type_of_reference": _RIS_TYPES.get(reference.type, "GEN"),
        "id": reference.id,
        "authors": [_name(name) for name in reference.author],
        "title": reference.title,
        "secondary_title": reference.container_title,
        "year": None if reference.year is None else str(reference.year),
        "volume": reference.volume,
        "number": reference.issue,
        "start_page": first or None,
        "end_page": last or None,
        "publisher": reference.publisher,
        "doi": reference.doi,
        "accession_number": reference.pmid,
        "urls": [reference.url] if reference.url else None,
        "notes": [_status(reference)] if _status(reference) else None,
    }
    return {name: value for name, value in fields.items() if value}


def bibtex(references: tuple[Reference, ...]) -> str:
    """The references in BibTeX, letters beyond ASCII in LaTeX's spelling.

    Raises
    ------
    MissingExtraError
        Without ``weigh[export]``.
    """
    try:
        from bibtexparser.entrypoint import write_string
        from bibtexparser.library import Library
        from bibtexparser.middlewares import LatexEncodingMiddleware
        from bibtexparser.model import Entry, Field
    except ImportError as error:
        raise MissingExtraError("Writing BibTeX", "export") from error
    library = Library(
        [
            Entry(
                _BIBTEX_TYPES.get(reference.type, "misc"),
                reference.id,
                [Field(name, value) for name, value in _on_one_line(_bibtex(reference)).items()],
            )
            for reference in references
        ]
    )
    text: str = write_string(library, prepend_middleware=[LatexEncodingMiddleware()])
    return text.strip() + "\n"


def _bibtex(reference: Reference) -> dict[str, str]:
    fields = {
        "author": " and ".join(_name(name) for name in reference.author),
        "title": reference.title,
        "journal": reference.container_title,
        "year": None if reference.year is None else str(reference.year),
        "volume": reference.volume,
        "number": reference.issue,
        "pages": (reference.page or "").replace("–", "-").replace("-", "--") or None,
        "publisher": reference.publisher,
        "doi": reference.doi,
        "pmid": reference.pmid,
        "url": reference.url,
        "note": _status(reference),
    }
    return {name: value for name, value in fields.items() if value}


def _name(name: Name) -> str:
    if name.literal or not name.family:
        return name.literal or name.given or ""
    return f"{name.family}, {name.given}" if name.given else name.family


def _status(reference: Reference) -> str | None:
    """A withdrawn report says so wherever it goes."""
    status = reference.custom.status
    if status in ("retracted", "expression-of-concern", "corrected"):
        return status.replace("-", " ").capitalize() + "."
    return None
