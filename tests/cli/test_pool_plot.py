"""``weigh pool --plot`` writes the picture of what it prints."""

from __future__ import annotations

import pytest

TABLE = """\
study,yi,vi,dose
Arrow 2001,-0.4,0.05,10
Birch 2003,-0.1,0.02,20
Cedar 2005,-0.9,0.2,15
Dogwood 2009,0.2,0.1,15
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text(TABLE)
    return path


def test_a_pooled_effect_is_a_forest_plot_in_ratios_if_the_measure_is_one(weigh, table):
    out = table.with_name("forest.svg")

    said = weigh("pool", table, "--slab", "study", "--plot", out, "--measure", "RR")

    assert said.code == 0
    assert f"Written: {out}" in said.err
    drawn = out.read_text(encoding="utf-8")
    assert "Forest plot: risk ratio in 4 studies" in drawn
    assert "Cedar 2005" in drawn
    assert "0.67 [0.43 to 1.04]" in drawn


def test_a_moderator_makes_it_a_bubble_plot(weigh, table):
    out = table.with_name("bubble.png")

    assert weigh("pool", table, "--mods", "dose", "--plot", out).code == 0
    assert out.read_bytes().startswith(b"\x89PNG")


def test_with_json_there_is_the_document_and_nothing_else(weigh, table):
    out = table.with_name("forest.svg")

    said = weigh("pool", table, "--plot", out, "--json")

    assert said.document["k"] == 4
    assert said.err == ""
    assert out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--plot", "plot.jpeg"], "End the name in .svg or .png"),
        (["--plot", "plot.svg", "--measure", "RRR"], "There is no measure 'RRR'"),
    ],
)
def test_what_cannot_be_drawn_ends_with_2_and_says_why(weigh, table, options, message, monkeypatch):
    monkeypatch.chdir(table.parent)

    said = weigh("pool", table, *options)

    assert said.code == 2
    assert message in said.err
    assert not list(table.parent.glob("plot.*"))
