"""Study pages: every cell that was extracted from a study's reports, with its words and source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel

from weigh.errors import NotFoundError
from weigh.evidence.document import Document, Sourced
from weigh.evidence.figures import plain
from weigh.evidence.study import Design, Study
from weigh.report import references
from weigh.report.exports.tables import disarmed
from weigh.report.markup import Markup
from weigh.report.wording import DESIGNS
from weigh.web.pages.answers import shelf_of
from weigh.web.reading import Reading
from weigh.web.rendering import page
from weigh.web.shelf import Held

__all__ = ["router"]

router = APIRouter()

_PLACE = frozenset({"place", "source", "locator", "quote", "note", "assumed"})
_HIDDEN = frozenset({"id", "study", "arm", "outcome", "p_relation", "label"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One extracted value: where it stands, what it says, and where it was read."""

    group: str
    name: str
    value: str
    source: str | None
    locator: str | None
    quote: str | None
    note: str | None
    file: str
    line: int | None

    def to_dict(self) -> dict[str, Any]:
        """The cell as data."""
        return {name: getattr(self, name) for name in self.__slots__}


@router.get("/q/{question}/studies/{study}.json", tags=["studies"], summary="A study's cells")
def study_data(request: Request, question: str, study: str) -> JSONResponse:
    """Every extracted cell of a study, with source, locator and quote."""
    held, found = _found(request, question, study)
    return JSONResponse({"study": found.id, "cells": [c.to_dict() for c in cells(held, found)]})


@router.get("/q/{question}/studies/{study}.csv", tags=["studies"], summary="A study's cells")
def study_table(request: Request, question: str, study: str) -> Response:
    """The same as CSV; text that a spreadsheet would take for a formula is disarmed."""
    held, found = _found(request, question, study)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Cell.__slots__)
    for cell in cells(held, found):
        writer.writerow([disarmed(value) for value in cell.to_dict().values()])
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8")


@router.get("/q/{question}/studies/{study}", include_in_schema=False)
def study_page(request: Request, question: str, study: str) -> HTMLResponse:
    """A study: what was done, what was found, what to be careful of, and every cell."""
    held, found = _found(request, question, study)
    reading = Reading(held=held)
    groups: dict[str, list[Cell]] = {}
    for cell in cells(held, found):
        groups.setdefault(cell.group, []).append(cell)
    numbers = {entry.id: entry for entry in references.entries(held.answer)}
    return page(
        "study.html",
        title=found.label,
        held=held,
        study=found,
        story=next((s for s in held.answer.stories if s.study.id == found.id), None),
        m=Markup(held.answer, reading.address),
        groups=groups,
        numbers=numbers,
    )


def cells(held: Held, study: Study) -> Iterator[Cell]:
    """Every value that the folder holds of a study, in the order of its files."""
    yield from _of_study(study)
    names = {outcome.id: outcome.name for outcome in held.evidence.question.outcomes}
    arms = {arm.id: arm.label for arm in study.arms}
    for row in held.evidence.results:
        if row.study == study.id:
            arm = arms.get(row.arm, row.arm)
            group = f"{names.get(row.outcome, row.outcome)}, {arm}, {row.timepoint}"
            yield from _cells(group, row, row)
    for bias in held.evidence.risk_of_bias:
        if bias.study == study.id:
            yield from _cells(f"Risk of bias: {bias.domain.replace('_', ' ')}", bias, bias)
    for trust in held.evidence.trust:
        if trust.study == study.id:
            yield from _cells(f"Trust: {trust.check}", trust, trust)


def _of_study(study: Study) -> Iterator[Cell]:
    """The fields of ``studies.yaml``: those of parts of the study under the part's own name."""
    for name, value in _values(study):
        if isinstance(value, Document):
            yield from _cells(_words(name), value, value, study.source)
        elif isinstance(value, tuple) and any(isinstance(part, Document) for part in value):
            for number, part in enumerate(value, start=1):
                label = getattr(part, "label", None) or str(number)
                yield from _cells(f"{_words(name)}: {label}", part, part, study.source)
        else:
            yield _cell("The study", name, value, study, study.source)


def _cells(
    group: str, document: Document, place: Document, source: str | None = None
) -> Iterator[Cell]:
    for name, value in _values(document):
        yield _cell(group, name, value, place, source)


def _values(document: BaseModel) -> Iterator[tuple[str, Any]]:
    for name in type(document).model_fields:
        value = getattr(document, name)
        if name in _PLACE | _HIDDEN or value is None or value == () or value is False:
            continue
        yield name, value


def _cell(group: str, name: str, value: Any, document: Document, source: str | None) -> Cell:
    place = document.place
    sourced = document if isinstance(document, Sourced) else None
    return Cell(
        group=group,
        name=_words(name),
        value=_value(value),
        source=getattr(document, "source", None) or source,
        locator=getattr(document, "locator", None),
        quote=getattr(document, "quote", None),
        note=None if sourced is None else sourced.note,
        file="in memory" if place is None else place.file,
        line=None if place is None else place.line,
    )


def _value(value: Any) -> str:
    if isinstance(value, Design):
        return DESIGNS[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_value(part) for part in value)
    return str(value).replace("_", " ") if not isinstance(value, Mapping) else str(dict(value))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _found(request: Request, question: str, study: str) -> tuple[Held, Study]:
    held = shelf_of(request).held(question)
    known = {s.id: s for s in held.evidence.studies}
    if study not in known:
        raise NotFoundError("study", study, known)
    return held, known[study]
