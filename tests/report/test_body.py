"""The sections of an answer, in a frame of their own."""

from __future__ import annotations

import re

import pytest
from report.sample import sample_answer

from weigh.report.body import render_body, render_comparison


@pytest.fixture(scope="module")
def answer():
    return sample_answer()


def test_a_frame_may_say_where_a_node_is_told_of(answer):
    body = render_body(answer, address=lambda node: f"/nodes/{node}").html
    assert "#node-" not in body
    assert re.search(r'<a class="n" href="/nodes/[^"]+" data-node="[^"]+">', body)


def test_a_comparison_alone_is_the_card_of_the_whole_page(answer):
    whole = render_body(answer).html
    for comparison in answer.comparisons:
        card = render_comparison(answer, comparison, answer.trace).html
        title = f'id="outcome-{comparison.id}-title"'
        assert title in card
        figure = re.search(r"<svg.*?</svg>", card, flags=re.DOTALL)
        assert figure is not None
        assert figure.group() in whole
