"""The answer page: one self-contained HTML file, the data behind it and its plots, as strings.

Nothing is computed here and nothing is written to disk; the same answer gives the same bytes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup as Html

from weigh.evidence.answer import Answer
from weigh.report import provenance
from weigh.report.body import environment, render_body

__all__ = ["Rendered", "answer_json", "finite_json", "render"]

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
    body = render_body(answer)
    page = (
        environment()
        .get_template("page.html")
        .render(
            body.shared,
            body=Html(body.html),
            reading=_reading(body.html),
            entries=provenance.entries(answer, body.shown),
        )
    )
    return Rendered(
        html=page,
        json=answer_json(answer),
        plots={name: drawing.svg for name, drawing in body.drawings.items()},
    )


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


def answer_json(answer: Answer) -> str:
    """``answer.json``; JSON has no NaN and no infinity, so what is not finite is null."""
    document = finite_json(answer.to_dict())
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def finite_json(value: Any) -> Any:
    """The same document with null where a number is not finite, which JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite_json(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite_json(held) for held in value]
    return value
