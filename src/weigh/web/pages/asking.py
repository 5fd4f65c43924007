"""The ask box: sentences of the answer reply, each with its id and a way to where it stands."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from weigh.evidence.statement import Statement
from weigh.report.markup import Markup, anchor_of
from weigh.web.pages.answers import sentence_anchors, shelf_of
from weigh.web.reading import Reading
from weigh.web.rendering import page
from weigh.web.shelf import Held
from weigh.workflow.asking import Asker

__all__ = ["LONGEST", "asker", "router"]

router = APIRouter()

#: Of a question; what is longer is cut.
LONGEST = 500


@router.get("/q/{question}/ask.json", tags=["answers"], summary="Ask an answer")
def ask_data(request: Request, question: str, q: str = "") -> JSONResponse:
    """Sentences of the answer that reply, word for word, with their ids; none if none does."""
    held = shelf_of(request).held(question)
    asked = asker(held).ask(q[:LONGEST])
    return JSONResponse(
        {
            "asked": asked.question,
            "replies": [
                {**reply.statement.to_dict(), "score": round(reply.score, 4)}
                for reply in asked.replies
            ],
        }
    )


@router.get("/q/{question}/ask", include_in_schema=False)
def ask_page(request: Request, question: str, q: str = "") -> HTMLResponse:
    """The same as a page."""
    held = shelf_of(request).held(question)
    return page(
        "ask.html",
        title=f"Ask: {held.answer.question.title}",
        held=held,
        m=Markup(held.answer, Reading(held=held).address),
        place=lambda statement: _place(held, statement),
        asked=asker(held).ask(q[:LONGEST]),
    )


def _place(held: Held, statement: Statement) -> str:
    """The end of the address where a sentence stands; nothing where it stands in a table."""
    anchor = anchor_of(statement.id)
    return f"#{anchor}" if anchor in sentence_anchors(held) else ""


@lru_cache(maxsize=64)
def asker(held: Held) -> Asker:
    """What finds the sentences of an answer that reply; made once."""
    return Asker(held.answer)
