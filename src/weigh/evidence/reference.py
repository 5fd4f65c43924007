"""A report, as one item of CSL-JSON with what we saw of it."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from weigh.evidence.document import Document, Id, Text

__all__ = ["Date", "Name", "Reference", "ReferenceDetail"]


class Name(Document):
    """A person or a body in CSL-JSON; fields that we do not use, such as a suffix, are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    family: Text | None = None
    given: Text | None = None
    literal: Text | None = None


class Date(Document):
    """A date in CSL-JSON: ``{"date-parts": [[2024, 11, 5]]}``; a season and the like are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    date_parts: tuple[tuple[int, ...], ...] = Field(default=(), alias="date-parts")
    literal: Text | None = None


class ReferenceDetail(Document):
    """What CSL has no field for.

    Parameters
    ----------
    seen
        Which part of the report was read: full text, abstract, a table.
    secondary
        True where the report tells of a study that others did (press, summaries).
    status
        Whether a notice about it is known; ``not-checked`` says that nobody looked.
    """

    seen: Text | None = None
    secondary: bool = False
    status: Literal["retracted", "expression-of-concern", "corrected", "none", "not-checked"] = (
        "not-checked"
    )
    status_note: Text | None = None


class Reference(Document):
    """One item of ``references.json`` in CSL-JSON; fields that we do not use are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Id
    type: Text
    title: Text | None = None
    author: tuple[Name, ...] = ()
    issued: Date | None = None
    container_title: Text | None = Field(default=None, alias="container-title")
    volume: Text | None = None
    issue: Text | None = None
    page: Text | None = None
    publisher: Text | None = None
    doi: Text | None = Field(default=None, alias="DOI")
    pmid: Text | None = Field(default=None, alias="PMID")
    url: Text | None = Field(default=None, alias="URL")
    note: Text | None = None
    custom: ReferenceDetail = ReferenceDetail()

    @property
    def year(self) -> int | None:
        """Year of publication, where known."""
        if self.issued is None or not self.issued.date_parts or not self.issued.date_parts[0]:
            return None
        return self.issued.date_parts[0][0]
