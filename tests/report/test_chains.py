"""Chains as choices: each lights its own links in the picture, and names where it is weakest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

import weigh
from weigh.evidence.answer import EdgeView, MechanismPath, Mechanisms
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.statement import state
from weigh.report.chains import MOST_CHAINS, chain_labels
from weigh.report.figures.mechanisms import draw_mechanisms

SHEET = Path(weigh.__file__).parent / "report" / "templates" / "chains.css"


def view(name: str, subject: str, thing: str, level: str, relation: str = "increases") -> EdgeView:
    edge = MechanismEdge(
        id=name,
        pathway="a pathway",
        subject=subject,
        relation=relation,
        object=thing,
        level=level,
        assumed=True,
    )
    return EdgeView(edge=edge, node=f"n.{name}", statement=state(f"s.{name}", "Seen."))


def path(nodes: str, edges: str, weakest: str) -> MechanismPath:
    return MechanismPath(
        pathway="a pathway",
        nodes=tuple(nodes.split()),
        edges=tuple(edges.split()),
        sign=1,
        weakest_level=weakest,
        reaches_target=True,
        statement=state("s", "Told."),
    )


MECHANISMS = Mechanisms(
    edges=(
        view("ab", "a", "b", "human"),
        view("ab2", "a", "b", "in-vitro"),
        view("bc", "b", "c", "animal"),
        view("ad", "a", "d", "in-vitro"),
        view("xd", "x", "d", "human", "no-effect"),
    ),
    paths=(
        path("a b c", "ab ab2 bc", "animal"),
        path("a d", "ad", "in-vitro"),
        path("a b", "ab ab2", "human"),
    ),
)


def test_a_chain_names_its_weakest_link():
    labels = chain_labels(MECHANISMS)
    assert [label.words for label in labels] == ["a → b → c", "a → d", "a → b"]
    # In cells too, but what was seen in people is not weaker for that.
    assert labels[0].weakest == {"bc"}
    assert [label.weakest_words for label in labels] == [
        "weakest: b → c, seen only in animals",
        "its one link was seen only in cells",
        "its one link was seen in people",
    ]


def test_the_picture_knows_which_chains_a_link_and_a_thing_belong_to():
    svg, _ = draw_mechanisms(MECHANISMS, starts=["a"], ends=["c"], key="m", credit="Asked.")
    root = etree.fromstring(svg.encode())
    words = {
        element.get("data-node"): set(element.get("class", "").split())
        for element in root.iter("{*}text")
        if element.get("data-node")
    }
    assert words["n.ab"] == {"link", "on-1", "on-3", "weak-3"}
    assert words["n.bc"] == {"link", "on-1", "weak-1"}
    assert words["n.ad"] == {"link", "on-2", "weak-2"}
    assert words["n.xd"] == {"link"}
    things = {
        element.text: set(element.get("class", "").split())
        for element in root.iter("{*}text")
        if element.text in ("a", "b", "c", "d", "x") and "class" in element.attrib
    }
    assert things == {
        "a": {"link", "on-1", "on-2", "on-3"},
        "b": {"link", "on-1", "on-3"},
        "c": {"link", "on-1"},
        "d": {"link", "on-2"},
        "x": {"link"},
    }


def test_the_picture_says_of_each_arrow_and_box_what_it_is():
    svg, _ = draw_mechanisms(MECHANISMS, starts=["a"], ends=["c"], key="m", credit="Asked.")
    groups = etree.fromstring(svg.encode()).findall(".//{*}g[@data-about]")
    assert [group.get("data-about") for group in groups] == [
        "a → b: raises in people",
        "a → b: raises in cells",
        "b → c: raises in animals",
        "a → d: raises in cells",
        "x → d: no change seen in people",
        *"axbdc",
    ]
    assert all(group.find("{*}path") is not None for group in groups)
    assert [text.text for text in groups[0].findall("{*}text")] == ["raises", "in people"]


@pytest.mark.parametrize("number", [1, MOST_CHAINS])
def test_every_chain_has_its_rule(number):
    rules = re.findall(rf"#chain-{number}\b.*not\(\.on-{number}\b", SHEET.read_text())
    assert len(rules) == 1


def test_more_chains_than_there_are_rules_for_are_no_choices():
    many = Mechanisms(edges=MECHANISMS.edges, paths=MECHANISMS.paths[:1] * (MOST_CHAINS + 5))
    assert len(chain_labels(many)) == MOST_CHAINS
