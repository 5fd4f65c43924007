"""Subgroups of studies: pooled apart, compared, and written up."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

import weigh
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import interaction_test, pool, subgroups

approx = pytest.approx

YI = np.array([0.1, 0.9, 1.7, 0.4, -0.8, 0.3, 0.2])
VI = np.array([0.05, 0.04, 0.05, 0.1, 0.02, 0.08, 0.06])
GROUP = ["b", "a", "a", "b", "b", "a", "b"]
IN_A = np.array([False, True, True, False, False, True, False])


@st.composite
def groups_of_studies(draw):
    k = draw(st.integers(4, 14))
    yi = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    log_vi = draw(st.lists(st.floats(-3, 0), min_size=k, max_size=k))
    more = draw(st.lists(st.sampled_from("abc"), min_size=k - 4, max_size=k - 4))
    return np.array(yi), 10.0 ** np.array(log_vi), ["a", "b", "a", "b", *more]


@pytest.mark.parametrize("test", ["z", "knha", "adhoc-ci", "kr"])
def test_with_a_tau2_of_its_own_each_subgroup_is_pooled_as_if_alone(test):
    found = weigh.subgroups(YI, VI, GROUP, test=test)
    alone = pool(YI[IN_A], VI[IN_A], test=test)

    assert found.labels == ("b", "a")
    assert found["a"].to_dict() == alone.to_dict()
    assert found.overall.to_dict() == pool(YI, VI, test=test).to_dict()
    assert found["a"].slab == ("2", "3", "6")


def test_q_between_by_hand():
    found = subgroups([0.0, 0.0, 1.0, 1.0], [0.2] * 4, ["x", "x", "y", "y"], method="EE")

    # Each mean has a variance of 0.1, and their difference of 1 one of 0.2.
    assert found.interaction.statistic == approx(5.0)
    assert found.interaction.p == approx(chi2.sf(5.0, 1))
    assert found.interaction_common == found.interaction
    assert (found.q_within, found.q_within_df) == (approx(0.0, abs=1e-12), 2)


@given(groups_of_studies())
def test_q_of_all_studies_parts_into_within_and_between(drawn):
    yi, vi, group = drawn
    found = subgroups(yi, vi, group, method="EE")

    whole = found.q_within + found.interaction_common.statistic
    assert whole == approx(pool(yi, vi, method="EE").q, rel=1e-8, abs=1e-8)


@settings(max_examples=40)
@given(groups_of_studies(), st.sampled_from(["DL", "REML", "PM"]))
def test_a_common_tau2_is_that_of_the_regression_on_the_subgroup(drawn, method):
    """And so is the test: Q between subgroups, as their estimates are then all that it sees."""
    yi, vi, group = drawn
    found = subgroups(yi, vi, group, method=method, common_tau2=True)
    regression = pool(yi, vi, mods={"group": group}, method=method)

    for fit in found.fits:
        assert fit.tau2 == approx(regression.tau2)
    apart = interaction_test(found.fits)
    assert found.interaction.statistic == approx(regression.qm, rel=1e-7, abs=1e-9)
    assert found.interaction.statistic == approx(apart.statistic, rel=1e-7, abs=1e-9)
    assert found.interaction.df_residual is None


def test_by_knapp_and_hartung_a_common_tau2_gives_an_f_test():
    found = subgroups(YI, VI, GROUP, test="knha", common_tau2=True)
    regression = pool(YI, VI, mods={"group": GROUP}, test="knha")

    assert found.interaction.statistic == approx(regression.qm)
    assert (found.interaction.df, found.interaction.df_residual) == (1.0, 5.0)
    assert found.interaction.p == approx(regression.qm_p)
    assert found.to_dict()["interaction"]["df_residual"] == 5.0
    assert "F(df = 1, 5)" in found.summary()
    assert "on 1 and 5 degrees of freedom" in found.report()


@pytest.mark.parametrize("common_tau2", [False, True])
def test_the_order_of_studies_and_the_names_of_groups_change_nothing(common_tau2):
    order = np.array([3, 0, 6, 2, 5, 1, 4])
    first = subgroups(YI, VI, GROUP, common_tau2=common_tau2)
    names = {"a": 1, "b": 2}
    second = subgroups(
        YI[order], VI[order], [names[GROUP[i]] for i in order], common_tau2=common_tau2
    )

    assert second.interaction.statistic == approx(first.interaction.statistic, rel=1e-9)
    assert second["1"].estimate == approx(first["a"].estimate, rel=1e-12)


def test_a_study_without_a_subgroup_counts_in_the_overall_result_alone():
    group = ["b", "a", "a", "b", None, float("nan"), ""]
    found = subgroups(YI, VI, group)

    assert (found["a"].k, found["b"].k, found.overall.k) == (2, 2, 7)
    assert any("3 of 7 studies have no subgroup" in note for note in found.notes)


def test_a_study_without_an_effect_is_left_out_with_its_group():
    yi = YI.copy()
    yi[1] = np.nan
    found = subgroups(yi, VI, GROUP)

    assert found["a"].k == 2
    assert any("Left out row 2" in note for note in found.notes)


def test_a_subgroup_of_one_study_takes_the_common_tau2():
    group = ["a", "a", "a", "a", "a", "a", "lone"]
    shared, own = (subgroups(YI, VI, group, common_tau2=common) for common in (True, False))

    assert shared["lone"].se == approx(np.sqrt(VI[-1] + shared["a"].tau2))
    assert own["lone"].se == approx(np.sqrt(VI[-1]))
    assert any("one study" in note for note in own.notes)


def test_a_standard_error_of_zero_leaves_the_test_out_and_says_so():
    found = subgroups([0.1, 0.1, 0.5, 0.9], [0.1] * 4, ["a", "a", "b", "b"], test="knha")

    assert found.interaction is None
    assert found.interaction_common.p < 1.0
    assert any("all alike" in note for note in found.notes)
    assert "could not be compared" in found.report()
    assert found.to_dict()["interaction"] is None


def test_it_travels_as_json_and_as_a_frame():
    found = subgroups(YI, VI, GROUP)

    told = json.loads(json.dumps(found.to_dict()))
    assert [part["group"] for part in told["groups"]] == ["b", "a"]
    assert told["overall"]["k"] == 7
    frame = found.to_frame()
    assert frame["group"].tolist() == ["b", "a", "all"]
    assert frame["estimate"].tolist() == [fit.estimate for fit in (*found.fits, found.overall)]


def test_the_printout_has_both_tests_and_the_write_up_ratios():
    found = subgroups(YI, VI, GROUP)

    assert "subgroup differences (common effect): Q(df = 1)" in found.summary()
    assert "subgroup differences (random effects): Q(df = 1)" in found.summary()
    assert f"{np.exp(found['a'].estimate):.2f} (95% CI" in found.report(measure="RR")
    assert "a between-study variance of its own for each, estimated by REML" in found.report()
    assert "one between-study variance" in subgroups(YI, VI, GROUP, common_tau2=True).report()


def test_it_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        subgroups(YI, VI, GROUP).common_tau2 = True


@pytest.mark.parametrize(
    ("group", "arguments", "error", "words"),
    [
        (GROUP[:-1], {}, InputError, "6 entries for 7"),
        (["a"] * 7, {}, StatisticsError, "at least two groups"),
        ([None] * 7, {}, StatisticsError, "there is none"),
        (GROUP, {"method": "GENQ"}, InputError, "weights of your own"),
        (GROUP, {"test": "kr", "common_tau2": True}, InputError, "Kenward"),
    ],
)
def test_what_makes_no_subgroups_is_refused(group, arguments, error, words):
    with pytest.raises(error, match=words):
        subgroups(YI, VI, group, **arguments)


def test_an_unknown_subgroup_is_refused_with_those_that_there_are():
    with pytest.raises(NotFoundError, match="c"):
        subgroups(YI, VI, GROUP)["c"]


def test_one_fit_alone_is_compared_with_nothing():
    with pytest.raises(StatisticsError, match="at least two"):
        interaction_test([pool(YI, VI)])


def test_groups_are_labels_as_tables_hold_them():
    group = ["b", "a", "a", "b", pandas.NA, None, "a"]

    found = subgroups(YI, VI, pandas.Series(group, dtype="string", index=[5] * 7))

    assert (found["a"].k, found["b"].k) == (3, 2)
    with pytest.raises(InputError, match="`group` is int; it must be a list of labels"):
        subgroups(YI, VI, 3)
