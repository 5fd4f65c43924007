"""``weigh pool --subgroup`` gives what `weigh.subgroups` gives."""

from __future__ import annotations

import pytest

import weigh as package

TABLE = """\
study,yi,vi,dose
Arrow 2001,0.1,0.02,10
Birch 2003,0.4,0.03,20
Cedar 2005,0.3,0.02,10
Dogwood 2009,0.9,0.04,20
Elm 2011,0.7,0.03,
"""
YI, VI = [0.1, 0.4, 0.3, 0.9, 0.7], [0.02, 0.03, 0.02, 0.04, 0.03]
DOSE = ["10", "20", "10", "20", None]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize("common", [False, True])
def test_the_document_is_that_of_the_function(weigh, table, common):
    found = package.subgroups(YI, VI, DOSE, method="DL", test="knha", common_tau2=common)
    more = ["--common-tau2"] if common else []

    said = weigh(
        "pool", table, "--subgroup", "dose", "--method", "DL", "--test", "knha", *more, "--json"
    )

    assert said.code == 0
    assert said.document == {**found.to_dict(), "schema": 1}


def test_it_prints_the_subgroups_and_draws_them(weigh, table, tmp_path):
    plot = tmp_path / "forest.svg"

    said = weigh("pool", table, "--subgroup", "dose", "--slab", "study", "--plot", plot)

    assert said.code == 0
    assert "Test for subgroup differences (random effects): Q(df = 1)" in said.out
    assert "1 of 5 studies have no subgroup" in said.out
    assert plot.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("arguments", [["--subgroup", "dose", "--mods", "dose"], ["--common-tau2"]])
def test_subgroups_go_without_moderators(weigh, table, arguments):
    said = weigh("pool", table, *arguments)

    assert said.code == 2
    assert "without moderators" in said.err


def test_an_unknown_column_is_refused(weigh, table):
    said = weigh("pool", table, "--subgroup", "doze")

    assert said.code == 2
    assert "dose" in said.err
