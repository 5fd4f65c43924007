"""Doses on a curve and several times together, as a browser shows them."""

from __future__ import annotations

import pytest
from making import evidence, outcome
from workflow.test_doses import LEVEL, RISING, scores, study

import weigh
from weigh.evidence.result import Result
from weigh.report import Rendered, render


def rendered() -> Rendered:
    """Three trials of three doses; two of them at two times."""
    early = [
        row.model_copy(update={"weeks": 4.0, "timepoint": "week 4"})
        for number in (1, 2)
        for row in scores(number, RISING)
    ]
    rows: list[Result] = [
        *early,
        *scores(1, RISING),
        *scores(2, LEVEL),
        *scores(3, RISING),
    ]
    studies = [study(number, RISING) for number in (1, 2, 3)]
    return render(weigh.answer_question(evidence(studies, rows, outcome())))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_both_sections_are_there_and_axe_finds_nothing(width, scheme, tmp_path, open_page, axe):
    path = tmp_path / "index.html"
    path.write_text(rendered().html, encoding="utf-8")

    page = open_page(path, width=width, scheme=scheme)

    assert page.locator("#doses table tbody tr").count() == 3
    assert page.locator("#times table tbody tr").count() == 5 + 3
    assert page.locator("#doses svg title").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(
        "document.querySelectorAll('.nodes > li:nth-child(n+40)').forEach(e => e.remove())"
    )
    assert axe(page) == []
