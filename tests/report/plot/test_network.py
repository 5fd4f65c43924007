"""Plots of networks draw the numbers of their analyses."""

from __future__ import annotations

import re

import numpy as np
import pytest
from report.figures.geometry import words
from synthesis.network.networks import smoking_arms

import weigh
from weigh.errors import InputError


def smoking(**options):
    return weigh.network_from_arms(
        **{**smoking_arms(), "measure": "OR", "reference": "A", "better": "higher", **options}
    )


def test_lines_are_as_wide_as_there_are_trials():
    fit = smoking()

    plot = weigh.plot.network(fit)

    trials = dict(zip(zip(*(plot.data[n] for n in ("treat1", "treat2")), strict=True),
                      plot.data["trials"], strict=True))  # fmt: skip
    assert trials["A", "C"] == 15
    assert sum(trials.values()) == fit.trials.edges.y.size
    widths = [float(w) for w in re.findall(r'stroke="#8a97a5"[^>]*stroke-width="([\d.]+)"',
                                           plot.svg())]  # fmt: skip
    assert len(widths) >= len(trials)
    assert plot.description.startswith("4 treatments, 6 of 6 pairs compared directly")


def test_areas_follow_people_where_they_are_known_and_trials_where_not():
    fit = smoking()
    edges = fit.trials.edges
    names = fit.treatments
    bare = weigh.network(
        [fit.trials.trials[i].name for i in edges.trial],
        [names[i] for i in edges.first],
        [names[j] for j in edges.second],
        edges.y,
        edges.v,
        reference="A",
    )

    assert any(
        "area is its people (555 to" in line for line in words(weigh.plot.network(fit).svg())
    )
    assert any("area is its trials" in line for line in words(weigh.plot.network(bare).svg()))


def test_two_trials_of_three_arms_are_told():
    assert any(
        "2 trials compare more than two treatments" in line
        for line in words(weigh.plot.network(smoking()).svg())
    )


def test_the_forest_shows_ratios_against_the_reference_best_first():
    fit = smoking()

    plot = weigh.plot.network_forest(fit)

    league = fit.league()
    assert plot.data["treatment"] == ("D", "C", "B")
    for name, ratio, low in zip(*(plot.data[n] for n in ("treatment", "estimate", "low")),
                                strict=True):  # fmt: skip
        assert ratio == pytest.approx(np.exp(league[name, "A"].estimate))
        assert low == pytest.approx(np.exp(league[name, "A"].ci_low))
    assert "By P-score D ranks first" in plot.description
    with pytest.raises(InputError, match="sort is 'size'"):
        weigh.plot.network_forest(fit, sort="size")
    assert weigh.plot.network_forest(fit, sort="effect").data["treatment"] == ("B", "C", "D")


def test_the_rankogram_has_a_panel_for_each_treatment():
    ranking = smoking().ranking(draws=500, seed=3)

    plot = weigh.plot.rankogram(ranking)

    told = words(plot.svg())
    assert [line for line in told if line in ranking.treatments] == list(ranking.order)
    assert sum(line.startswith("SUCRA") and "%" in line for line in told) >= 4
    assert sum(plot.data["probability"]) == pytest.approx(4.0)


def test_the_heat_prints_the_sign_of_what_it_colours():
    heat = smoking(method="DL").heat("common")

    plot = weigh.plot.net_heat(heat)

    told = words(plot.svg())
    strongest = float(heat.change.max())
    assert f"+{strongest:.1f}" in told
    assert len(plot.data) == len(heat.designs) ** 2


def test_the_split_shows_each_comparison_with_both_kinds_of_evidence():
    split = smoking().split()

    plot = weigh.plot.network_split(split, measure="OR")

    assert plot.data["evidence"][:3] == ("direct", "indirect", "all")
    assert len(plot.data) == 3 * len(split.mixed)
    chain = weigh.network(["1", "2"], ["A", "B"], ["B", "C"], [0, 1], [1, 1], reference="A")
    with pytest.raises(InputError, match="both direct and indirect"):
        weigh.plot.network_split(chain.split())


def test_the_funnel_tells_its_test():
    funnel = smoking().funnel(["A", "B", "C", "D"])

    plot = weigh.plot.network_funnel(funnel)

    assert len(plot.data) == 28
    assert "Egger's test of asymmetry: p" in plot.description
