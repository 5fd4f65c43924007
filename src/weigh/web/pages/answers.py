"""Answer pages: the list, an answer, one card of it, and where a number comes from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup as Html

from weigh.errors import EvidenceError, NotFoundError
from weigh.report import provenance
from weigh.report.body import Body, render_body, render_comparison, render_findings
from weigh.report.page import answer_json
from weigh.report.wording import long_date
from weigh.web.controls import controls
from weigh.web.reading import Reading
from weigh.web.rendering import page, template
from weigh.web.shelf import Held, Shelf
from weigh.workflow.exporting import EXPORTS, export

__all__ = ["own_body", "reading_of", "router", "sentence_anchors", "shelf_of"]

router = APIRouter()


def shelf_of(request: Request) -> Shelf:
    """The folders that are served."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def reading_of(request: Request, question: str, *, comparison: str | None = None) -> Reading:
    """What the address asks for; `comparison` is the one that its path names, if it does."""
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        values.setdefault(name, []).append(value)
    if comparison is not None:
        values["c"] = [comparison]
    return Reading.of(shelf_of(request).held(question), values)


@router.get("/", include_in_schema=False)
def questions(request: Request) -> HTMLResponse:
    """The list of questions, each with its verdict and certainty."""
    entries, faults = [], []
    for name in shelf_of(request).names:
        try:
            held = shelf_of(request).held(name)
        except EvidenceError as error:
            faults.append((name, str(error)))
            continue
        entries.append((held, long_date(held.answer.searched)))
    return page("shelf.html", title="Questions", entries=entries, faults=faults)


@router.get("/q/{question}/answer.json", include_in_schema=False)
@router.get("/q/{question}.json", tags=["answers"], summary="An answer as data (answer.json)")
def answer_data(request: Request, question: str) -> Response:
    """``answer.json``, as the command line writes it."""
    held = shelf_of(request).held(question)
    return Response(_own_json(held), media_type="application/json")


@router.get("/q/{question}/", include_in_schema=False)
def answer(request: Request, question: str) -> HTMLResponse:
    """The answer page; a comparison that the address names stands under the reader's settings."""
    reading = reading_of(request, question)
    if request.query_params:
        return _page(reading)
    return HTMLResponse(_own_page(reading.held), headers={"cache-control": "private, no-cache"})


def _page(reading: Reading) -> HTMLResponse:
    body = _body(reading)
    # The question and its answer stand first, the ask box right under them.
    head, mark, rest = body.html.partition('<section id="summary"')
    return page(
        "answer.html",
        title=reading.held.answer.question.title,
        reading=reading,
        head=Html(head),
        body=Html(mark + rest),
        sections=body.shared["sections"],
        credit=body.shared["credit"],
        exports=EXPORTS,
    )


@router.get("/q/{question}/c/{comparison}/card", include_in_schema=False)
def card(request: Request, question: str, comparison: str) -> HTMLResponse:
    """One comparison's card and the summary of findings, to be put into a page that is there."""
    reading = reading_of(request, question, comparison=comparison)
    summary = render_findings(
        reading.answer, address=reading.address, mine=comparison if reading.settings else ""
    )
    return HTMLResponse(
        f"{_card(reading)}\n{summary}", headers={"cache-control": "private, no-cache"}
    )


@router.get(
    "/q/{question}/c/{comparison}.json",
    tags=["answers"],
    summary="One comparison under a reader's settings, as data",
)
def comparison_data(
    request: Request,
    question: str,
    comparison: str,
    method: str | None = None,
    test: str | None = None,
    measure: str | None = None,
    weeks: str | None = None,
    subgroup: str | None = None,
    form: str | None = None,
    without: str | None = None,
    bias: str | None = None,
    baseline: str | None = None,
    mid: str | None = None,
) -> JSONResponse:
    """The comparison with its certainty and words; settings that are left out are the folder's."""
    held = shelf_of(request).held(question)
    given = {
        "method": method,
        "test": test,
        "measure": measure,
        "weeks": weeks,
        "subgroup": subgroup,
        "form": form,
        "without": without,
        "bias": bias,
        "baseline": baseline,
        "mid": mid,
    }
    values = {name: [text] for name, text in given.items() if text is not None}
    return JSONResponse(_comparison_data(Reading.of(held, {"c": [comparison], **values})))


@router.get("/q/{question}/plots/{name}.{format}", tags=["answers"], summary="A figure as a file")
def plot(request: Request, question: str, name: str, format: Literal["svg", "png"]) -> Response:
    """A figure of the answer page; one of a comparison may stand under a reader's settings."""
    drawings = _body(reading_of(request, question)).drawings
    if name not in drawings:
        raise NotFoundError("plot", name, drawings)
    if format == "png":
        return Response(drawings[name].png(), media_type="image/png")
    return Response(drawings[name].svg, media_type="image/svg+xml")


@router.get("/q/{question}/export/{form}", tags=["answers"], summary="An answer in another form")
def exported(request: Request, question: str, form: str) -> Response:
    """The answer as one of the forms that `weigh export` writes."""
    held = shelf_of(request).held(question)
    data = _taken_away(held, form)
    name = f"{held.id}{EXPORTS[form].suffix}"
    return Response(
        data,
        media_type=EXPORTS[form].media,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


@router.get("/q/{question}/nodes/{node}", include_in_schema=False)
def node(request: Request, question: str, node: str) -> HTMLResponse:
    """Where a number comes from; with ``part`` only the entry itself, for the panel."""
    reading = reading_of(request, question)
    if node not in reading.trace:
        raise NotFoundError("number", node, ())
    view = _Traced(reading)
    entries = provenance.entries(view, [node])
    if "part" in request.query_params:
        return HTMLResponse(template("node_entry.html", reading=reading, entry=entries[0]))
    return page("node.html", title=entries[0].label, reading=reading, entries=entries)


class _Traced:
    """A reading as something with a trace and references."""

    def __init__(self, reading: Reading) -> None:
        self.trace = reading.trace
        self.references = reading.held.answer.references


def _body(reading: Reading) -> Body:
    if not reading.query:
        return own_body(reading.held)
    return render_body(
        reading.answer,
        address=reading.address,
        controls=controls(reading),
        query=f"?{reading.query}",
        mine=reading.comparison_id or "",
        vacant=Html(_card(reading)) if reading.comparison is None else None,
    )


@lru_cache(maxsize=64)
def _own_page(held: Held) -> bytes:
    return bytes(_page(Reading(held=held)).body)


@lru_cache(maxsize=64)
def _own_json(held: Held) -> bytes:
    return answer_json(held.answer).encode()


@lru_cache(maxsize=64)
def _taken_away(held: Held, form: str) -> bytes:
    """An export; a document to print takes seconds to make."""
    return export(held.answer, form)


@lru_cache(maxsize=64)
def own_body(held: Held) -> Body:
    """The folder's own answer, made once; a folder that is read anew is another `Held`."""
    reading = Reading(held=held)
    return render_body(held.answer, address=reading.address, controls=controls(reading))


@lru_cache(maxsize=64)
def sentence_anchors(held: Held) -> frozenset[str]:
    """The ids under which the answer page has sentences."""
    return frozenset(re.findall(r' id="(s-[^"]+)"', own_body(held).html))


def _card(reading: Reading) -> str:
    comparison = reading.comparison
    if comparison is None:
        own = next(
            (c for c in reading.held.answer.comparisons if c.id == reading.comparison_id), None
        )
        if own is None:
            known = [c.id for c in reading.held.answer.comparisons]
            raise NotFoundError("comparison", reading.comparison_id or "", known)
        return template("empty_card.html", comparison=own, form=controls(reading)(own))
    return render_comparison(
        reading.held.answer,
        comparison,
        reading.trace,
        address=reading.address,
        controls=controls(reading),
        query=f"?{reading.query}" if reading.query else "",
    ).html.strip()


def _comparison_data(reading: Reading) -> dict[str, Any]:
    comparison = reading.comparison
    known = [c.id for c in reading.held.answer.comparisons]
    if reading.comparison_id not in known:
        raise NotFoundError("comparison", reading.comparison_id or "", known)
    again = reading.again
    return {
        "question": reading.held.id,
        "settings": {name: getattr(reading.settings, name) for name in reading.settings.named},
        "comparison": None if comparison is None else comparison.to_dict(),
        "left_out": [] if again is None else list(again.left_out),
        "verdict": None
        if again is None
        else {
            "direction": again.decision.direction,
            "certainty": again.decision.certainty.value,
        },
    }
