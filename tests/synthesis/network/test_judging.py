"""Heat, funnel and confidence of networks, and published examples."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from synthesis.network.networks import contrasts, smoking_arms
from synthesis.oracle_cases import HERE, load, numbers

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.bias import egger
from weigh.synthesis.network import Network, network, network_from_arms
from weigh.synthesis.network.confidence import study_contributions
from weigh.synthesis.network.contributions import _streams, _walks


def senn(method: str = "REML") -> Network:
    found = load(HERE / "dat.senn2013.json").by_id["pairwise"]["outputs"]
    yi, sei = (numbers(found[name]) for name in ("TE", "seTE"))
    names = [found[name] for name in ("studlab", "treat1", "treat2")]
    return network(*names, yi, sei**2, reference="placebo", method=method)


def test_the_diabetes_network_is_taken_apart_as_published():
    """Krahn 2013, from effects rounded to four decimals: Q of designs, and without some."""
    parts = senn().inconsistency()

    assert parts.total.q == pytest.approx(96.99, abs=0.02)
    assert parts.within.q == pytest.approx(74.46, abs=0.02)
    assert parts.between.q == pytest.approx(22.53, abs=0.01)
    assert (parts.total.df, parts.within.df, parts.between.df) == (18, 11, 7)
    assert parts.between.p == pytest.approx(0.0021, abs=5e-5)
    designs = {frozenset(one.treatments): one for one in parts.designs}
    for names, q in (
        (("placebo", "metformin"), 42.16),
        (("placebo", "rosiglitazone"), 21.27),
        (("placebo", "benfluorex"), 4.38),
        (("placebo", "miglitol"), 6.45),
        (("metformin", "rosiglitazone"), 0.19),
    ):
        assert designs[frozenset(names)].within.q == pytest.approx(q, abs=0.01)
    for names, q, p in (
        (("rosiglitazone", "sulfonylurea"), 6.77, 0.3425),
        (("metformin", "sulfonylurea"), 7.51, 0.2760),
        (("placebo", "rosiglitazone"), 16.29, 0.0123),
    ):
        detached = designs[frozenset(names)].detached
        assert detached.q == pytest.approx(q, abs=0.015)
        assert detached.p == pytest.approx(p, abs=1e-3)
        assert detached.df == 6


# Direct and indirect log odds ratios by node splitting with their posterior standard deviations,
# and their difference: Dias 2010, table 3.
DIAS = {
    ("B", "A"): (0.342, 0.550, 0.706, 0.635, -0.365, 0.840),
    ("C", "A"): (0.845, 0.254, 0.673, 0.679, 0.171, 0.716),
    ("D", "A"): (1.360, 0.829, 1.108, 0.539, 0.253, 0.983),
    ("C", "B"): (-0.052, 0.702, 0.519, 0.503, -0.571, 0.853),
    ("D", "B"): (0.676, 0.698, 0.511, 0.684, 0.165, 0.966),
    ("D", "C"): (-0.085, 0.479, 1.708, 0.893, -1.793, 1.009),
}


@pytest.mark.parametrize("method", ["back-calculation", "designs"])
def test_the_smoking_network_splits_as_published(method):
    """Theirs is Bayesian, on the counts, with a larger tau, so ours lie within their spread.

    Trials without quitters pull most: theirs add nothing to empty cells (D against A).
    """
    split = network_from_arms(**smoking_arms(), measure="OR", reference="A").split(method)

    for pair, (direct, direct_sd, indirect, indirect_sd, apart, apart_sd) in DIAS.items():
        ours = split[pair]
        assert abs(ours.direct.estimate - direct) < 0.7 * direct_sd
        assert abs(ours.indirect.estimate - indirect) < 1.0 * indirect_sd
        assert abs(ours.difference.estimate - apart) < 0.9 * apart_sd
        assert ours.difference.p > 0.05  # as in the paper, no comparison disagrees for certain
    most = max(split.mixed, key=lambda one: abs(one.difference.statistic))
    assert {most.treat1, most.treat2} == {"C", "D"}


def test_streams_are_taken_as_published():
    """The worked example of Papakonstantinou 2018: three streams of 0.635, 0.251 and 0.114."""
    x, y, u, v = range(4)
    sources = [(x, y), (x, v), (y, v), (u, v), (y, u)]
    flow = np.array([0.635, 0.365, -0.251, -0.114, -0.114])

    shares = _streams(flow, sources, x, y)

    assert dict(zip(sources, shares, strict=True)) == pytest.approx(
        {(x, y): 0.635, (y, v): 0.126, (x, v): 0.164, (u, v): 0.038, (y, u): 0.038}, abs=6e-4
    )
    # No edge is shared by a walker's paths in another way here.
    assert _walks(flow, sources, x, y) == pytest.approx(shares)


def test_a_comparison_that_is_not_there_is_refused_by_name():
    fit = senn()

    with pytest.raises(NotFoundError, match="aspirin"):
        fit.split()["aspirin", "placebo"]
    with pytest.raises(NotFoundError, match="aspirin"):
        fit.confidence(important=0.3)["aspirin", "placebo"]


def test_the_heat_sums_to_the_inconsistency_and_cools_where_the_culprit_leaves():
    heat = senn().heat("common")

    assert heat.q == pytest.approx(senn().inconsistency().between.q)
    assert heat.inconsistency.sum() == pytest.approx(heat.q)
    assert np.allclose(heat.change.diagonal(), heat.inconsistency)
    culprit = heat.designs.index(("rosiglitazone", "sulfonylurea"))
    other = heat.designs.index(("metformin", "sulfonylurea"))
    assert heat.change[other, culprit] > 5.0
    json.dumps(heat.to_dict(), allow_nan=False)
    assert len(heat.to_frame()) == len(heat.designs) ** 2


@given(contrasts())
def test_detaching_a_design_takes_away_what_the_decomposition_says(data):
    fit = network(*data.args(), reference="T0", method="DL")
    try:
        heat = fit.heat("common")
    except StatisticsError:
        return
    detached = {one.treatments: one.detached for one in fit.inconsistency().designs}

    for column, design in enumerate(heat.designs):
        # What is left between designs is the whole less all that falls.
        left = heat.q - heat.change[:, column].sum()
        assert left == pytest.approx(detached[design].q, rel=1e-6, abs=1e-7)


def test_a_network_without_loops_has_no_heat():
    fit = network(["1", "2"], ["A", "B"], ["B", "C"], [0.1, 0.2], [1, 1], reference="A")

    with pytest.raises(StatisticsError, match="no loop"):
        fit.heat()


def test_the_funnel_takes_the_effect_of_its_comparison_off():
    fit = senn("DL")

    funnel = fit.funnel("placebo", model="common")

    assert set(funnel.treat2) == {"placebo"}
    for name in set(funnel.treat1):
        same = np.array([one == name for one in funnel.treat1])
        weighted = np.sum(funnel.adjusted[same] / funnel.sei[same] ** 2)
        assert weighted == pytest.approx(0.0, abs=1e-6)
    again = egger(funnel.adjusted, funnel.sei**2)
    assert funnel.test.p == pytest.approx(again.p)
    json.dumps(funnel.to_dict(), allow_nan=False)
    assert len(funnel.to_frame()) == funnel.yi.size


def test_the_order_of_treatments_says_which_way_contrasts_point():
    fit = senn("DL")
    order = fit.treatments

    one, other = fit.funnel(order), fit.funnel(order[::-1])

    assert one.yi == pytest.approx(-other.yi)
    assert one.adjusted.size == fit.trials.edges.y.size
    with pytest.raises(NotFoundError, match="aspirin"):
        fit.funnel("aspirin")
    with pytest.raises(InputError, match="once each"):
        fit.funnel(["placebo", "placebo"])


@given(contrasts())
def test_trials_contribute_all_there_is(data):
    fit = network(*data.args(), reference="T0")
    shares = study_contributions(fit.trials, fit.estimates(), fit.contributions())

    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares >= -1e-12).all()


def _judged(**change):
    given = {
        "study": ["1", "2", "3", "4"],
        "treat1": ["B", "B", "B", "B"],
        "treat2": ["A"] * 4,
        "yi": [1.0, 1.1, 0.9, 1.0],
        "vi": [0.01] * 4,
    }
    return network(**given | change, reference="A", method="DL")


@pytest.mark.parametrize(
    ("levels", "concern"),
    [
        (["low"] * 4, 0),
        (["low", "low", "some-concerns", "high"], 1),
        (["high", "high", "high", "some-concerns"], 2),
    ],
)
def test_risk_of_bias_weighs_what_trials_contribute(levels, concern):
    names = ("1", "2", "3", "4")
    found = _judged().confidence(
        important=0.2, risk_of_bias=dict(zip(names, levels, strict=True)), indirectness=None
    )

    one = found["A", "B"]
    assert one.within_study_bias == concern
    assert sum(one.bias_shares) == pytest.approx(1.0)
    assert one.indirectness is None


@pytest.mark.parametrize(
    ("yi", "vi", "imprecision"),
    [
        ([1.0] * 4, [0.01] * 4, 0),
        ([0.0] * 4, [0.001] * 4, 0),
        ([0.3] * 4, [0.2] * 4, 1),
        ([0.3] * 4, [4.0] * 4, 2),
    ],
)
def test_imprecision_is_what_the_interval_reaches(yi, vi, imprecision):
    found = _judged(yi=yi, vi=vi).confidence(important=0.2)

    assert found["B", "A"].imprecision == imprecision


def test_heterogeneity_is_what_only_the_prediction_interval_reaches():
    calm = _judged().confidence(important=0.2)["A", "B"]
    wild = _judged(yi=[0.2, 2.0, 0.4, 1.6]).confidence(important=0.2)["A", "B"]

    assert calm.heterogeneity == 0
    assert wild.heterogeneity == 2
    # No loop tests coherence here, which is some concern.
    assert calm.incoherence == 1
    assert calm.rating == "moderate"


def test_confidence_can_be_read_and_written():
    fit = network_from_arms(**smoking_arms(), measure="OR", reference="A")
    names = [trial.name for trial in fit.trials.trials]

    found = fit.confidence(
        important=np.log(1.25),
        risk_of_bias=dict.fromkeys(names, "low"),
        indirectness=dict.fromkeys(names, "some-concerns"),
        reporting_bias={("A", "C"): "major"},
    )

    one = found["C", "A"]
    assert (one.reporting_bias, one.indirectness) == (2, 1)
    assert one.rating == "very-low"
    json.dumps(found.to_dict(), allow_nan=False)
    assert len(found.to_frame()) == 6
    assert "rating" in found.summary()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"important": 0.0}, InputError, "`important` is 0"),
        ({"risk_of_bias": {"1": "low"}}, InputError, "no judgement of 2, 3, 4"),
        ({"risk_of_bias": dict.fromkeys("1234", "good")}, NotFoundError, "good"),
        ({"reporting_bias": {("A", "B"): "none"}}, NotFoundError, "none"),
    ],
)
def test_judgements_that_cannot_be_are_refused(change, error, words):
    with pytest.raises(error, match=words):
        _judged().confidence(**{"important": 0.2, **change})
