"""Plots of a comparison's studies: each as a picture, with the numbers drawn beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from weigh.errors import InputError, NotFoundError
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.report.exports.tables import csv_text
from weigh.report.plot import Plot
from weigh.web.pages.answers import reading_of
from weigh.web.reading import Reading
from weigh.web.rendering import page
from weigh.workflow.picturing import KINDS, picture_all

__all__ = ["router"]

router = APIRouter()


@router.get("/q/{question}/c/{comparison}/plots", include_in_schema=False)
def all_plots(request: Request, question: str, comparison: str) -> HTMLResponse:
    """Every plot that the comparison's studies allow, and why the others are not there."""
    reading, found = _found(request, question, comparison)
    pictured = picture_all(found)
    return page(
        "plots.html",
        title=f"Plots: {found.label}",
        reading=reading,
        comparison=found,
        rows=_rows,
        shown=pictured.shown,
        refused=pictured.refused,
    )


@router.get(
    "/q/{question}/c/{comparison}/plots/{kind}.{format}",
    tags=["plots"],
    summary="A plot of a comparison's studies, or the numbers that it draws",
)
def one_plot(
    request: Request,
    question: str,
    comparison: str,
    kind: str,
    format: Literal["svg", "png", "json", "csv"],
) -> Response:
    """The plot as SVG or PNG; its numbers as JSON or CSV."""
    _, found = _found(request, question, comparison)
    if kind not in KINDS:
        raise NotFoundError("plot", kind, KINDS)
    made = KINDS[kind][1](found)
    if format == "svg":
        return Response(made.svg(), media_type="image/svg+xml")
    if format == "png":
        return Response(made.png(), media_type="image/png")
    if format == "json":
        return JSONResponse(
            {"title": made.title, "description": made.description, "data": made.data.to_dict()}
        )
    columns = made.data.columns
    rows = zip(*(made.data[name] for name in columns), strict=True)
    return Response(csv_text([columns, *rows]), media_type="text/csv; charset=utf-8")


def _rows(plot: Plot) -> Iterator[list[str]]:
    """The numbers drawn, row by row, as a reader reads them."""
    for row in zip(*(plot.data[name] for name in plot.data.columns), strict=True):
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return plain(float(f"{value:.4g}")) if np.isfinite(value) else "–"
    return plain(int(value)) if isinstance(value, np.integer) else str(value)


def _found(request: Request, question: str, comparison: str) -> tuple[Reading, Comparison]:
    reading = reading_of(request, question, comparison=comparison)
    found = reading.comparison
    if found is None:
        known = [c.id for c in reading.held.answer.comparisons]
        if comparison not in known:
            raise NotFoundError("comparison", comparison, known)
        raise InputError("These settings leave no study.")
    return reading, found
