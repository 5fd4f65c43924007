"""The sections of an answer as HTML: all of them, or one comparison alone.

A page puts them in a frame: the self-contained file of `weigh.report.page`, or the web app, whose
numbers lead to pages of their own instead of an appendix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as Html

from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison
from weigh.evidence.trace import Trace
from weigh.report import references
from weigh.report.chains import chain_labels
from weigh.report.contents import contents
from weigh.report.drawings import Drawing, credit, draw
from weigh.report.figures.palette import JUDGEMENTS
from weigh.report.findings import domain_reason, findings, levels_words
from weigh.report.layers import pathway_words
from weigh.report.markup import Markup
from weigh.report.reported import reported
from weigh.report.rows import effect_words, rows_of
from weigh.report.wording import (
    CERTAINTY_MEANS,
    DESIGNS,
    GRADE_DOMAINS,
    TOOLS,
    capital,
    domain_words,
    long_date,
    studies_words,
)

__all__ = [
    "Body",
    "asset",
    "css_string",
    "environment",
    "render_body",
    "render_comparison",
    "render_findings",
]

Address = Callable[[str], str]
Controls = Callable[[Comparison], Html]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The sections as HTML, the figures in them by name, the nodes that they show.

    `shared` are the names that the templates of the frame may use.
    """

    html: str
    drawings: Mapping[str, Drawing]
    shown: tuple[str, ...]
    shared: Mapping[str, Any]


def render_body(
    answer: Answer,
    *,
    address: Address | None = None,
    controls: Controls | None = None,
    query: str = "",
    mine: str = "",
    vacant: Html | None = None,
) -> Body:
    """Every section of an answer.

    Parameters
    ----------
    answer
        What the page says; every number is a node of ``answer.trace``.
    address
        Where a node is told of; an anchor on the same page if left out.
    controls
        What a page puts at the head of a comparison's card to change it.
    query
        What stands behind the addresses of plots: ``?c=…`` under a reader's settings.
    mine
        The comparison that stands under a reader's settings.
    vacant
        What stands in place of a comparison that a reader's settings leave no study.
    """
    markup = Markup(answer, address)
    shared = {**_shared(answer, markup, controls), "plot_query": query, "mine": mine}
    shared["vacant"] = vacant
    html = environment().get_template("body.html").render(shared)
    return Body(html=html, drawings=shared["drawings"], shown=markup.shown, shared=shared)


def render_comparison(
    answer: Answer,
    comparison: Comparison,
    trace: Trace,
    *,
    address: Address | None = None,
    controls: Controls | None = None,
    query: str = "",
) -> Body:
    """The card of one comparison, which may have been made anew; `trace` holds its nodes."""
    alone = replace(
        answer,
        comparisons=(comparison,),
        trace=trace,
        stories=(),
        form_networks=(),
        doses=(),
        times=(),
        mechanisms=replace(answer.mechanisms, edges=(), paths=(), statements=()),
    )
    markup = Markup(alone, address)
    shared = {**_shared(alone, markup, controls), "plot_query": query, "comparison": comparison}
    html = environment().get_template("comparison.html").render(shared)
    return Body(html=html, drawings=shared["drawings"], shown=markup.shown, shared=shared)


def render_findings(answer: Answer, *, address: Address | None = None, mine: str = "") -> str:
    """The summary of findings alone; `mine` is the comparison that a reader set things for."""
    found, notes = findings(answer)
    return (
        environment()
        .get_template("sections/findings.html")
        .render(
            answer=answer, m=Markup(answer, address), findings=found, footnotes=notes, mine=mine
        )
    )


def _shared(answer: Answer, markup: Markup, controls: Controls | None) -> dict[str, Any]:
    """What the templates of sections need."""
    rows = {c.id: rows_of(c, answer.question.intervention.name) for c in answer.comparisons}
    reports = {c.id: reported(answer, c) for c in answer.comparisons}
    drawings = draw(answer, rows, reports)
    for drawing in drawings.values():
        markup.show(drawing.nodes)
    found, notes = findings(answer)
    return {
        **({} if controls is None else {"controls": controls}),
        "answer": answer,
        "m": markup,
        "rows": rows,
        "reports": reports,
        "drawings": drawings,
        "findings": found,
        "footnotes": notes,
        "chains": chain_labels(answer.mechanisms),
        "pathway_words": pathway_words(answer.mechanisms),
        "references": references.entries(answer),
        "sections": contents(answer),
        "searched": long_date(answer.searched),
        "credit": credit(answer),
    }


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    env = Environment(
        loader=PackageLoader("weigh.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.globals |= {
        "style_sheet": Html(asset("page.css")),
        "chains_sheet": Html(asset("chains.css")),
        "script": Html(asset("page.js")),
        "chains_script": Html(asset("chains.js")),
        "capital": capital,
        "certainty_means": CERTAINTY_MEANS,
        "css_string": css_string,
        "designs": DESIGNS,
        "domain_reason": domain_reason,
        "domain_words": domain_words,
        "effect_words": effect_words,
        "grade_domains": GRADE_DOMAINS,
        "judgements": JUDGEMENTS,
        "levels_words": levels_words,
        "studies_words": studies_words,
        "tools": TOOLS,
    }
    return env


def asset(name: str) -> str:
    """A style sheet or script of the templates, as text."""
    return files("weigh.report").joinpath("templates", name).read_text(encoding="utf-8")


def css_string(text: str) -> Html:
    """Text as a string inside a style sheet; nothing in it can end the string or the sheet."""
    out = "".join(c if c.isalnum() or c in " .,:;?!()-–" else f"\\{ord(c):06x}" for c in text)
    return Html(f'"{out}"')
