"""Networks: what must hold for every one, by hand and by Hypothesis."""

from __future__ import annotations

import json

import numpy as np
import pandas
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from synthesis.network.networks import contrasts, smoking_arms

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.network import (
    network,
    network_contrasts,
    network_from_arms,
    network_parts,
)

METHODS = ("EE", "DL", "PM", "ML", "REML")


def close(a, b, rel=1e-7, absolute=1e-9):
    return np.allclose(a, b, rtol=rel, atol=absolute)


def star(y, v, method="REML"):
    k = len(y)
    names = [f"s{i}" for i in range(k)]
    return network(names, ["B"] * k, ["A"] * k, y, v, reference="A", method=method)


@pytest.mark.parametrize("method", METHODS)
def test_two_treatments_are_one_pooled_effect(method):
    y, v = np.array([0.2, 0.5, -0.1, 1.4]), np.array([0.1, 0.2, 0.05, 0.08])

    fit, pooled = star(y, v, method), pool(y, v, method=method)

    one = fit.league()["B", "A"]
    assert close([one.estimate, one.se, one.p], [pooled.estimate, pooled.se, pooled.p])
    assert close([fit.tau2, fit.q, fit.q_p], [pooled.tau2, pooled.q, pooled.q_p])
    if method != "EE":
        assert close(
            [fit.tau2_ci_low, fit.tau2_ci_high, fit.tau2_se],
            [pooled.tau2_ci_low, pooled.tau2_ci_high, pooled.tau2_se],
        )


def test_an_indirect_comparison_is_that_of_bucher():
    fit = network(["1", "2"], ["B", "C"], ["A", "A"], [1.0, 0.4], [0.04, 0.09], reference="A")

    one = fit.league()["B", "C"]

    assert one.estimate == pytest.approx(0.6)
    assert one.se == pytest.approx(np.sqrt(0.13))
    assert fit.tau2 == 0.0
    assert fit.i2 is None
    assert "tau2 cannot be estimated" in fit.notes[0]
    assert "I²" not in fit.summary()
    assert one.pi_low is None


def test_a_trial_of_three_arms_alone_gives_back_its_contrasts():
    y, v = [0.5, 0.9, 0.4], [0.3, 0.5, 0.4]

    fit = network(["t"] * 3, ["A", "A", "B"], ["B", "C", "C"], y, v, reference="A", method="EE")

    league = fit.league()
    shown = [league[pair] for pair in (("A", "B"), ("A", "C"), ("B", "C"))]
    assert close([one.estimate for one in shown], y)
    assert close([one.se**2 for one in shown], v)


@given(contrasts())
def test_multi_arm_trials_weigh_in_the_graph_as_in_generalized_least_squares(data):
    """The Laplacian of reduced weights is the information of the regression with covariances."""
    fit = network(*data.args(), reference="T0", method="DL")

    laplacian = fit.hat().laplacian
    information = np.linalg.inv(fit.estimates().covariance[1:, 1:])

    assert close(laplacian[1:, 1:], information, rel=1e-6)


@given(contrasts())
def test_effects_are_consistent(data):
    estimate = network(*data.args(), reference="T0").league().estimate

    for middle in range(estimate.shape[0]):
        assert close(estimate[:, [middle]] + estimate[[middle], :], estimate)


@given(contrasts(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_treatments_within_them_does_not_matter(data, random):
    order = list(range(len(data.yi)))
    random.shuffle(order)
    turn = [random.random() < 0.5 for _ in order]
    study, one, two, y, v = data.args()
    fit = network(*data.args(), reference="T0")

    turned = network(
        [study[i] for i in order],
        [two[i] if t else one[i] for i, t in zip(order, turn, strict=True)],
        [one[i] if t else two[i] for i, t in zip(order, turn, strict=True)],
        [-y[i] if t else y[i] for i, t in zip(order, turn, strict=True)],
        [v[i] for i in order],
        reference="T0",
    )

    assert close(turned.league().estimate, fit.league().estimate, rel=1e-6)
    assert close(turned.league().se, fit.league().se, rel=1e-6)
    assert turned.q == pytest.approx(fit.q, abs=1e-9)


@given(contrasts())
def test_other_names_change_nothing_but_names(data):
    fit = network(*data.args(), reference="T0")
    new = {name: f"Z{9 - int(name[1:])}" for name in fit.treatments}
    study, one, two, y, v = data.args()

    renamed = network(
        study, [new[t] for t in one], [new[t] for t in two], y, v, reference=new["T0"]
    )

    order = [renamed.treatments.index(new[name]) for name in fit.treatments]
    grid = np.ix_(order, order)
    assert close(renamed.league().estimate[grid], fit.league().estimate, rel=1e-6)
    assert close(renamed.ranking(draws=1).p_score[order], fit.ranking(draws=1).p_score, rel=1e-6)


@given(contrasts(), st.floats(0.1, 10.0))
def test_units_are_only_units(data, factor):
    study, one, two, y, v = data.args()
    fit = network(*data.args(), reference="T0")

    other = network(study, one, two, factor * y, factor**2 * v, reference="T0")

    assert close(other.league().estimate, factor * fit.league().estimate, rel=1e-6)
    assert other.tau2 == pytest.approx(factor**2 * fit.tau2, rel=1e-5, abs=1e-9)
    assert close(other.league().p, fit.league().p, rel=1e-5)


@given(contrasts(), st.floats(-3.0, 3.0))
def test_a_treatment_that_is_better_throughout_is_better_by_as_much(data, shift):
    study, one, two, y, v = data.args()
    moved = y + shift * (np.array(one) == "T0") - shift * (np.array(two) == "T0")
    fit = network(*data.args(), reference="T0")

    other = network(study, one, two, moved, v, reference="T0")

    change = other.league().estimate - fit.league().estimate
    assert close(change[0, 1:], shift, rel=1e-6, absolute=1e-7)
    assert other.q == pytest.approx(fit.q, rel=1e-6, abs=1e-8)


@given(contrasts())
def test_the_sum_of_squares_is_taken_apart_without_a_rest(data):
    fit = network(*data.args(), reference="T0")

    parts = fit.inconsistency()

    assert parts.within.q + parts.between.q == pytest.approx(fit.q, rel=1e-7, abs=1e-9)
    assert parts.within.df + parts.between.df == fit.q_df == parts.total.df
    assert sum(one.within.q for one in parts.designs) == pytest.approx(parts.within.q, abs=1e-9)
    for one in parts.designs:
        if one.detached is not None:
            assert one.detached.q <= parts.between.q + 1e-8


@given(contrasts())
def test_direct_and_indirect_evidence_make_up_the_network(data):
    fit = network(*data.args(), reference="T0", method="DL")

    for one in fit.split().mixed:
        whole = one.share * one.direct.estimate + (1.0 - one.share) * one.indirect.estimate
        assert whole == pytest.approx(one.network.estimate, rel=1e-6, abs=1e-8)
        precision = one.direct.se**-2 + one.indirect.se**-2
        assert precision == pytest.approx(one.network.se**-2, rel=1e-6)


@given(contrasts())
def test_contributions_add_up_to_one_in_either_way(data):
    fit = network(*data.args(), reference="T0")

    for method in ("shortest-path", "random-walk"):
        matrix = fit.contributions(method).matrix
        assert (matrix >= -1e-12).all()
        assert close(matrix.sum(axis=1), 1.0, absolute=1e-8)


@given(contrasts())
def test_evidence_goes_at_least_one_step_and_its_paths_are_at_least_one(data):
    evidence = network(*data.args(), reference="T0").evidence()

    assert (evidence.mean_path >= 1.0 - 1e-9).all()
    assert (evidence.parallelism >= 1.0 - 1e-9).all()


@given(contrasts(most=4))
def test_probabilities_of_ranks_are_probabilities_and_give_the_sucra(data):
    ranks = network(*data.args(), reference="T0").ranking(draws=4000, seed=5)

    table = ranks.rank_probabilities
    n = len(ranks.treatments)
    assert close(table.sum(axis=0), 1.0)
    assert close(table.sum(axis=1), 1.0)
    cumulative = table.cumsum(axis=1)[:, :-1].sum(axis=1) / (n - 1)
    # Four standard errors of 4,000 draws; exact for up to three treatments.
    noise = 1e-9 if ranks.draws is None else 4.0 * 0.5 / np.sqrt(4000)
    assert close(cumulative, ranks.sucra, absolute=noise)
    assert ranks.p_score.mean() == pytest.approx(0.5)


@pytest.mark.parametrize("y", [(0.4, -0.2, 0.3), (0.0, 0.0, 0.0), (0.9, 0.0, -0.9)])
def test_exact_ranks_of_three_are_those_of_many_draws(y):
    study, one, two = ["1", "2", "3"], ["A", "A", "B"], ["B", "C", "C"]
    ranks = network(study, one, two, y, [0.2, 0.1, 0.3], reference="A", method="EE").ranking()
    fit = network(study, one, two, y, [0.2, 0.1, 0.3], reference="A", method="EE").common

    effects = stats.multivariate_normal(
        fit.effects, fit.covariance, allow_singular=True, seed=1
    ).rvs(200_000)
    drawn = np.argsort(np.argsort(effects, axis=1), axis=1)

    for rank in range(3):
        share = (drawn == rank).mean(axis=0)
        assert np.abs(share - ranks.rank_probabilities[:, rank]).max() < 0.005


def test_more_of_the_better_treatment_is_never_ranked_lower():
    y = np.array([0.2, 0.5, -0.1])
    low, high = (star(y + shift, np.full(3, 0.1)).ranking(better="higher") for shift in (0.0, 0.5))

    assert high.p_score[1] > low.p_score[1]


def test_splitting_by_designs_leaves_the_trials_of_the_comparison_out():
    study, one, two = ["1", "2", "3", "4"], ["B", "C", "C", "B"], ["A", "A", "B", "A"]
    y, v = [1.0, 0.4, -0.1, 0.7], [0.04, 0.09, 0.05, 0.1]
    fit = network(study, one, two, y, v, reference="A", method="EE")

    part = fit.split("designs")["A", "B"]

    # From A to B through C: -(0.4) less -(-0.1).
    assert part.indirect.estimate == pytest.approx(-0.5)
    assert part.indirect.se**2 == pytest.approx(0.14)
    assert fit.split("designs")["B", "A"].indirect.estimate == pytest.approx(0.5)


def test_a_disconnected_network_is_refused_by_its_parts():
    with pytest.raises(StatisticsError, match=r"2 parts that no trial connects: A, B; D, E\."):
        network(["1", "2"], ["A", "D"], ["B", "E"], [0, 1], [1, 1], reference="A")

    parts = network_parts(["1", "2", "3"], ["A", "D", "F"], ["B", "E", "E"])
    assert [part.treatments for part in parts] == [("D", "E", "F"), ("A", "B")]
    assert [part.studies for part in parts] == [("2", "3"), ("1",)]


def test_parts_take_names_as_networks_do():
    parts = network_parts([1.0, 2.0], ["A ", "B"], [" B", "C"])

    assert [part.treatments for part in parts] == [("A", "B", "C")]
    with pytest.raises(InputError, match="`treat1`, row 1: there is no name"):
        network_parts(["1"], [None], ["B"])
    with pytest.raises(InputError, match="'B c' and 'b  C' differ in nothing but capitals"):
        network_parts(["1"], ["B c"], ["b  C"])


def test_space_around_a_name_is_no_part_of_it():
    clean = star([0.2, 0.5], [0.1, 0.2])

    fit = network(["s0 ", "s1"], ["B", " B"], ["A", "A "], [0.2, 0.5], [0.1, 0.2], reference=" A")

    assert fit.treatments == ("A", "B")
    assert fit.league()["B", "A"].estimate == clean.league()["B", "A"].estimate


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"treat1": ["A", "A", "A"]}, InputError, "compares A with C more than once"),
        ({"treat1": ["B", "A", "B"]}, InputError, r"Row 1 \(t\) compares 'B' with itself"),
        ({"study": ["t", "t", "u"]}, InputError, "3 arms and 2 contrasts; 3 are needed"),
        ({"study": ["t", "t"]}, InputError, "`study` has 2 entries and `yi` has 3"),
        ({"study": ["t", None, "t"]}, InputError, "`study`, row 2: there is no name"),
        ({"yi": [0.5, 0.9, 1.4]}, StatisticsError, "'t': its contrasts do not add up"),
        ({"vi": [0.01, 0.01, 0.9]}, StatisticsError, "cannot belong to one trial"),
        ({"vi": [0.3, 0.5, -1.0]}, StatisticsError, "it must be a positive number"),
        ({"reference": "Z"}, NotFoundError, "'Z'"),
        ({"method": "BLUP"}, NotFoundError, "BLUP"),
        ({"level": 95}, InputError, "0.95"),
        ({"tau2": -1.0}, InputError, "`tau2` is -1"),
        ({"tau2": "0.1"}, InputError, "`tau2` is '0.1', and must be one finite number"),
        ({"better": "up"}, NotFoundError, "up"),
        ({"reference": "placebo"}, NotFoundError, r"'placebo'\. There is A, B, C\."),
        ({"treat1": ["A", "a", "B"]}, InputError, "'A' and 'a' differ in nothing but capitals"),
        ({"treat2": ["B", pandas.NA, "C"]}, InputError, "`treat2`, row 2: there is no name"),
        ({"study": pyarrow.array(["t", None, "t"])}, InputError, "`study`, row 2: there is no"),
        ({"study": {"t"}}, InputError, "a list with one name a row"),
        ({"yi": [0.5, "high", 0.4]}, InputError, "`yi` .* not a number: 'high' in row 2"),
        ({"yi": [0.5, [0.9], 0.4]}, InputError, r"`yi` .* not a number: \[0.9\] in row 2"),
        ({"vi": [3e199, 5e199, 4e199]}, StatisticsError, "beyond what can be weighed"),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(change, error, words):
    given = {
        "study": ["t", "t", "t"],
        "treat1": ["A", "A", "B"],
        "treat2": ["B", "C", "C"],
        "yi": [0.5, 0.9, 0.4],
        "vi": [0.3, 0.5, 0.4],
        "reference": "A",
    }
    with pytest.raises(error, match=words):
        network(**given | change)


def test_missing_rows_are_left_out_by_name():
    fit = network(
        ["1", "2", "3"], ["A", "A", "A"], ["B", "B", "B"], [1, np.nan, 2], [1, 1, 1], reference="A"
    )

    assert fit.k == 2
    assert "2" in fit.notes[0]


def test_contrasts_that_differ_by_rounding_are_taken_together():
    y = [0.505, 0.9, 0.4]

    fit = network(
        ["t"] * 3, ["A", "A", "B"], ["B", "C", "C"], y, [0.3, 0.5, 0.4], reference="A", method="EE"
    )

    assert fit.league()["A", "B"].estimate == pytest.approx(0.5025, abs=2e-3)


def test_a_tau2_of_ones_own_is_taken():
    fit = network(["1", "2"], ["A", "A"], ["B", "B"], [0, 1], [1, 1], reference="A", tau2=0.5)

    assert fit.tau2 == 0.5
    assert fit.league()["A", "B"].se == pytest.approx(np.sqrt(0.75))


def test_a_common_effect_network_has_no_random_effects():
    fit = star([0.1, 0.2], [1.0, 1.0], "EE")

    assert fit.league().pi_low is None
    with pytest.raises(InputError, match="without random effects"):
        fit.league("random")


def test_results_are_ready_for_json_and_for_frames():
    fit = network_from_arms(**smoking_arms(), measure="OR", reference="A", better="higher")

    results = (fit, fit.league(), fit.ranking(draws=10), fit.inconsistency(), fit.split())
    for result in (*results, fit.evidence(), fit.contributions()):
        json.dumps(result.to_dict(), allow_nan=False)
        assert len(result.to_frame()) > 0
        assert len(result.to_frame("polars")) > 0
    for result in results:
        assert result.summary()
    table = fit.league().table(order=fit.ranking(draws=10).order, scale=np.exp)
    assert [table[i][i] for i in range(4)] == ["D", "C", "B", "A"]
    assert fit.league().to_html().count("<tr>") == 4


def test_arms_give_the_same_network_as_their_contrasts():
    found = network_contrasts(**smoking_arms(), measure="OR")
    columns = found.to_dict()

    by_arms = network_from_arms(**smoking_arms(), measure="OR", reference="A")
    by_contrasts = network(**columns, reference="A")

    assert close(by_arms.league().estimate, by_contrasts.league().estimate)
    assert close(by_arms.league().se, by_contrasts.league().se)
    assert by_arms.sizes.sum() == sum(smoking_arms()["n"])


def test_arms_with_one_treatment_are_put_together():
    joined = network_contrasts(["1"] * 3, ["A", "B", "B"], measure="MD", n=[20, 10, 10],
                               mean=[0.0, 1.0, 3.0], sd=[1.0, 1.0, 1.0])  # fmt: skip
    # Ten people around 1 and ten around 3: the standard deviation of all is by hand.
    sd = np.sqrt((9.0 + 9.0 + 20.0) / 19.0)

    assert joined.yi == pytest.approx([-2.0])
    assert joined.vi == pytest.approx([1.0 / 20 + sd**2 / 20])


@pytest.mark.parametrize(
    ("measure", "y", "v"),
    [
        ("OR", np.log(4 / 6) - np.log(2 / 8), 1 / 4 + 1 / 6 + 1 / 2 + 1 / 8),
        ("RR", np.log(0.4 / 0.2), 1 / 4 - 1 / 10 + 1 / 2 - 1 / 10),
        ("RD", 0.2, 0.24 / 10 + 0.16 / 10),
        ("AS", np.arcsin(np.sqrt(0.4)) - np.arcsin(np.sqrt(0.2)), 0.05),
        ("MD", 1.0, 4 / 10 + 9 / 10),
        ("ROM", np.log(3 / 2), 4 / (10 * 9) + 9 / (10 * 4)),
        ("SMD", (1 - 3 / 71) / np.sqrt(6.5), 0.2 + ((1 - 3 / 71) / np.sqrt(6.5)) ** 2 / 40),
        ("IRR", np.log((4 / 50) / (2 / 40)), 1 / 4 + 1 / 2),
        ("IRD", 4 / 50 - 2 / 40, 4 / 2500 + 2 / 1600),
    ],
)
def test_measures_of_two_arms_by_hand(measure, y, v):
    found = network_contrasts(
        ["1", "1"], ["A", "B"], measure=measure, events=[4, 2], n=[10, 10], mean=[3.0, 2.0],
        sd=[2.0, 3.0], time=[50.0, 40.0],
    )  # fmt: skip

    assert found.yi == pytest.approx([y])
    assert found.vi == pytest.approx([v])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"events": None}, InputError, "`events` is missing: OR is made from events, n"),
        ({"n": [10]}, InputError, "`study` has 2 entries and `n` has 1"),
        ({"events": [12, 1]}, StatisticsError, "12 events among 10 people"),
        ({"n": [0, 10]}, StatisticsError, "`n`, row 1"),
        ({"measure": "HR"}, NotFoundError, "HR"),
        ({"add": -1}, InputError, "`add` is -1"),
        ({"events": [0, 1], "add": 0}, StatisticsError, "`add` is 0"),
        ({"events": [0, 0]}, StatisticsError, "No trial has two arms"),
        ({"treatment": ["A", "a"]}, InputError, "'A' and 'a' differ in nothing but capitals"),
        ({"measure": "MD", "mean": [1, np.inf], "sd": [1, 1]}, StatisticsError, "must be finite"),
        ({"measure": "SMD", "mean": [1, 2], "sd": [1, 1e300]}, StatisticsError, "1: its numbers"),
    ],
)
def test_wrong_arms_are_refused_in_one_sentence(change, error, words):
    given = {"study": ["1", "1"], "treatment": ["A", "B"], "events": [4, 2], "n": [10, 10]}
    with pytest.raises(error, match=words):
        network_contrasts(**{"measure": "OR", **given, **change})
