"""The drawing of how it might work: every finding has its words, and none cover others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.figures.geometry import outside, overlaps, texts, words

from weigh.evidence.answer import EdgeView, Mechanisms
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.statement import state
from weigh.report.figures.layers import layers_of
from weigh.report.figures.mechanisms import draw_mechanisms


def view(index: int, subject: str, thing: str, relation: str = "increases") -> EdgeView:
    edge = MechanismEdge(
        id=f"e{index}",
        pathway="a pathway",
        subject=subject,
        relation=relation,
        object=thing,
        level="animal",
        assumed=True,
    )
    return EdgeView(edge=edge, node=f"n{index}", statement=state(f"s{index}", "Seen."))


def draw(views: list[EdgeView]) -> str:
    mechanisms = Mechanisms(edges=tuple(views))
    return draw_mechanisms(mechanisms, starts=["a"], ends=["d"], key="m", credit="Asked.")[0]


names = st.sampled_from(["a", "b", "c", "d", "e", "a thing with a long name that takes two lines"])
relations = st.sampled_from(["increases", "decreases", "no-effect", "not-tested", "converts"])
graphs = st.lists(st.tuples(names, names, relations), min_size=1, max_size=12)


@given(graphs)
def test_no_words_touch_whatever_the_findings(listed):
    views = [view(i, *finding) for i, finding in enumerate(listed)]

    svg = draw(views)

    assert overlaps(svg) == []
    assert outside(svg) == []


@given(graphs)
def test_each_finding_between_two_things_is_drawn_with_its_node(listed):
    views = [view(i, *finding) for i, finding in enumerate(listed)]

    nodes = {e.get("data-node") for e in texts(draw(views))} - {None}

    assert nodes == {v.node for v in views if v.edge.subject != v.edge.object}


@given(graphs)
def test_a_thing_stands_beyond_whatever_acts_on_it(listed):
    laid = layers_of([view(i, *finding) for i, finding in enumerate(listed)])

    for arrow in laid.arrows:
        layers = [spot.layer for spot in arrow.spots]
        assert layers == list(range(layers[0], layers[0] + len(layers)))
        edge = arrow.view.edge
        ends = (arrow.spots[0].name, arrow.spots[-1].name)
        if edge.subject != edge.object:
            assert ends == (
                (edge.object, edge.subject) if arrow.backwards else (edge.subject, edge.object)
            )


def test_a_circle_is_drawn_with_one_arrow_turned_back():
    laid = layers_of([view(0, "a", "b"), view(1, "b", "c"), view(2, "c", "a")])

    assert [arrow.backwards for arrow in laid.arrows] == [False, False, True]


def test_a_step_that_nobody_tested_says_so_and_claims_no_setting():
    said = words(draw([view(0, "a", "b", "not-tested")]))

    assert "not tested" in said
    assert "in animals" not in said


@pytest.mark.parametrize("level", ["human", "animal", "in-vitro"])
def test_each_arrow_says_in_what_it_was_seen(level):
    held = view(0, "a", "b")
    held = replace(held, edge=held.edge.model_copy(update={"level": level}))

    said = words(draw([held]))

    assert {"human": "in people", "animal": "in animals", "in-vitro": "in cells"}[level] in said
