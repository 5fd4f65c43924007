"""The answer page: one self-contained HTML file, the data behind it and its plots, as strings.

Nothing is computed here and nothing is written to disk; the same answer gives the same bytes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as Html

from weigh.evidence.answer import Answer
from weigh.report import provenance, references
from weigh.report.contents import contents
from weigh.report.drawings import credit, draw
from weigh.report.figures.palette import JUDGEMENTS
from weigh.report.findings import domain_reason, findings, levels_words
from weigh.report.layers import pathway_words
from weigh.report.markup import Markup
from weigh.report.reported import reported
from weigh.report.rows import rows_of
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

__all__ = ["Rendered", "environment", "render"]

#: Words a minute, of an adult who reads to understand.
PACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The files of an answer: the page, ``answer.json``, and each plot by name as SVG."""

    html: str
    json: str
    plots: Mapping[str, str]


def render(answer: Answer) -> Rendered:
    """Make the page of an answer.

    Parameters
    ----------
    answer
        What the page says; every number on it is a node of ``answer.trace``.

    Returns
    -------
    Rendered
        The page holds its style, script and figures and loads nothing. Its links to
        ``answer.json`` and ``plots/`` work where those lie beside it.
    """
    markup = Markup(answer)
    rows = {c.id: rows_of(c, answer.question.intervention.name) for c in answer.comparisons}
    reports = {c.id: reported(answer, c) for c in answer.comparisons}
    drawings = draw(answer, rows, reports)
    for drawing in drawings.values():
        markup.show(drawing.nodes)
    found, notes = findings(answer)
    shared = {
        "answer": answer,
        "m": markup,
        "rows": rows,
        "reports": reports,
        "drawings": drawings,
        "findings": found,
        "footnotes": notes,
        "pathway_words": pathway_words(answer.mechanisms),
        "references": references.entries(answer),
        "sections": contents(answer),
        "searched": long_date(answer.searched),
        "credit": credit(answer),
    }
    env = environment()
    body = env.get_template("body.html").render(shared)
    trace = provenance.entries(answer, markup.shown)
    page = env.get_template("page.html").render(
        shared, body=Html(body), reading=_reading(body), entries=trace
    )
    return Rendered(
        html=page,
        json=_json(answer),
        plots={name: drawing.svg for name, drawing in drawings.items()},
    )


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
        "style_sheet": Html(_asset("page.css")),
        "script": Html(_asset("page.js")),
        "capital": capital,
        "certainty_means": CERTAINTY_MEANS,
        "css_string": css_string,
        "designs": DESIGNS,
        "domain_reason": domain_reason,
        "domain_words": domain_words,
        "grade_domains": GRADE_DOMAINS,
        "judgements": JUDGEMENTS,
        "levels_words": levels_words,
        "studies_words": studies_words,
        "tools": TOOLS,
    }
    return env


def _asset(name: str) -> str:
    return files("weigh.report").joinpath("templates", name).read_text(encoding="utf-8")


def css_string(text: str) -> Html:
    """Text as a string inside a style sheet; nothing in it can end the string or the sheet."""
    out = "".join(c if c.isalnum() or c in " .,:;?!()-–" else f"\\{ord(c):06x}" for c in text)
    return Html(f'"{out}"')


def _reading(body: str) -> tuple[int, int]:
    """Minutes to read what stands before the studies, and to read all that is not folded away."""
    start = body.find('<section id="trials"')
    return _minutes(body[:start]), _minutes(body)


def _minutes(part: str) -> int:
    """Minutes for the running text of a part, without figures, tables and references."""
    text = re.sub(r"<(svg|table|details)\b.*?</\1>", " ", part, flags=re.DOTALL)
    text = re.sub(r'<ol class="references">.*?</ol>', " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text)
    return max(1, round(len(text.split()) / PACE))


def _json(answer: Answer) -> str:
    """``answer.json``; JSON has no NaN and no infinity, so what is not finite is null."""
    document = _finite(answer.to_dict())
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(held) for held in value]
    return value
