"""What every value that crosses a file has in common: frozen, strict, and knows where it stood."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Count", "Document", "Flag", "Id", "Number", "Place", "Sourced", "Text"]

# Strict, so that a quoted number, a `yes` or a 1.5 in a count is a fault and not a guess.
Text = Annotated[str, Field(strict=True, min_length=1, pattern=r"\S")]
Id = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0)]
Flag = Annotated[bool, Field(strict=True)]


class Place(BaseModel):
    """Where in an evidence folder a value stood: file name and line, counted from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int | None = None


class Document(BaseModel):
    """A value read from a file: frozen, unknown keys refused, its place remembered.

    The reader of the folder fills `place`; it takes no part in what the document says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    place: Place | None = Field(default=None, alias="__place__", exclude=True, repr=False)


class Sourced(Document):
    """A document that must say where it comes from, or that it is assumed.

    Parameters
    ----------
    source
        Id of an entry in ``references.json``.
    locator
        Where in the source: a table, a page.
    quote
        The words of the source, short.
    assumed
        True for a value that no source gives; the page then shows it as an assumption.
    note
        A caution that belongs to the value.
    """

    source: Id | None = None
    locator: Text | None = None
    quote: Text | None = None
    assumed: Flag = False
    note: Text | None = None

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.source is None and not self.assumed:
            raise ValueError(
                "no source; name an entry of references.json, or write `assumed: true`"
            )
        return self
