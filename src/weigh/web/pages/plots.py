"""Plots of a comparison's studies: each as a picture, with the numbers drawn beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from weigh.errors import InputError, NotFoundError
from weigh.evidence.comparison import Comparison
from weigh.evidence.pooled import Pooled
from weigh.report import plot as plots
from weigh.report.plot import Plot
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import baujat, cumulative, influence, leave_one_out, radial
from weigh.web.pages.answers import reading_of
from weigh.web.reading import Reading
from weigh.web.rendering import page

__all__ = ["router"]

router = APIRouter()

#: Below this, a funnel shows nothing that chance would not (Cochrane Handbook 13.3.5.4).
FEWEST_IN_FUNNEL = 10


def _fit(comparison: Comparison) -> Pooled:
    """The comparison's studies pooled with their names; counts are pooled by inverse variance."""
    pooled = comparison.pooled
    if pooled is None or comparison.k < 2:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies with an estimate; a plot of "
            "several studies expects two or more."
        )
    method = "EE" if pooled.method in ("MH", "PETO") else pooled.method
    return pool(
        [row.yi for row in comparison.studies],
        [row.vi for row in comparison.studies],
        method=method,
        test=pooled.test,
        slab=[row.study.label for row in comparison.studies],
    )


def _funnel(comparison: Comparison) -> Plot:
    if comparison.k < FEWEST_IN_FUNNEL:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies; a funnel plot expects at least "
            f"{FEWEST_IN_FUNNEL}, since fewer show nothing that chance would not."
        )
    return plots.funnel(_fit(comparison), measure=comparison.measure)


def _cumulative(comparison: Comparison) -> Plot:
    fit = _fit(comparison)
    years = [row.study.year for row in comparison.studies]
    return plots.cumulative(cumulative(fit, years), fit=fit, measure=comparison.measure)


def _leave_one_out(comparison: Comparison) -> Plot:
    fit = _fit(comparison)
    return plots.leave_one_out(leave_one_out(fit), fit=fit, measure=comparison.measure)


def _bubble(comparison: Comparison) -> Plot:
    years = np.array([row.study.year for row in comparison.studies], dtype=float)
    fit = _fit(comparison)
    if comparison.k < FEWEST_IN_FUNNEL or np.ptp(years) == 0.0:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies; a regression on the year expects "
            f"at least {FEWEST_IN_FUNNEL}, of several years (Cochrane Handbook 10.11.5.1)."
        )
    regression = pool(
        fit.yi, fit.vi, method=fit.method, test=fit.test, mods={"year": years}, slab=fit.slab
    )
    return plots.bubble(regression, measure=comparison.measure)


KINDS: Mapping[str, tuple[str, Callable[[Comparison], Plot]]] = {
    "balance": ("Balance", lambda c: plots.balance(_fit(c), measure=c.measure)),
    "funnel": ("Funnel", _funnel),
    "cumulative": ("Cumulative, by year", _cumulative),
    "leave-one-out": ("Leave one out", _leave_one_out),
    "bubble": ("Regression on the year", _bubble),
    "baujat": ("Baujat", lambda c: plots.baujat(baujat(_fit(c)))),
    "radial": ("Radial", lambda c: plots.radial(radial(_fit(c)), measure=c.measure)),
    "drapery": ("P-value functions", lambda c: plots.drapery(_fit(c), measure=c.measure)),
    "influence": ("Influence", lambda c: plots.influence(influence(_fit(c)))),
}


@router.get("/q/{question}/c/{comparison}/plots", include_in_schema=False)
def all_plots(request: Request, question: str, comparison: str) -> HTMLResponse:
    """Every plot that the comparison's studies allow, and why the others are not there."""
    reading, found = _found(request, question, comparison)
    shown, refused = [], []
    for name, (title, make) in KINDS.items():
        try:
            shown.append((name, title, make(found)))
        except InputError as error:
            refused.append((title, str(error)))
    return page(
        "plots.html",
        title=f"Plots: {found.label}",
        reading=reading,
        comparison=found,
        shown=shown,
        refused=refused,
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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(made.data.columns)
    writer.writerows(zip(*(made.data[name] for name in made.data.columns), strict=True))
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8")


def _found(request: Request, question: str, comparison: str) -> tuple[Reading, Comparison]:
    reading = reading_of(request, question, comparison=comparison)
    found = reading.comparison
    if found is None:
        known = [c.id for c in reading.held.answer.comparisons]
        if comparison not in known:
            raise NotFoundError("comparison", comparison, known)
        raise InputError("These settings leave no study.")
    return reading, found
