"""Covariances that models start from, and what correlation matrices give, by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.multilevel import (
    aggregate_effects,
    correlation_effects,
    matrix_regression,
    sampling_covariance,
)

approx = pytest.approx


def test_outcomes_of_one_type_and_of_others_have_their_own_correlations():
    v = sampling_covariance(
        [0.04, 0.09, 0.16, 0.25],
        cluster=["a", "a", "a", "b"],
        type=["pain", "pain", "mood", "pain"],
        obs=[1, 2, 1, 1],
        rho=[0.6, 0.3],
    )

    assert v == approx(
        np.array(
            [
                [0.04, 0.6 * 0.06, 0.3 * 0.08, 0.0],
                [0.6 * 0.06, 0.09, 0.3 * 0.12, 0.0],
                [0.3 * 0.08, 0.3 * 0.12, 0.16, 0.0],
                [0.0, 0.0, 0.0, 0.25],
            ]
        )
    )


def test_correlations_of_types_may_come_as_a_table():
    rho = pd.DataFrame([[1.0, 0.2], [0.2, 1.0]], columns=["mood", "pain"])

    v = sampling_covariance([1.0, 1.0], cluster=["a", "a"], type=["pain", "mood"], rho=rho)

    assert v[0, 1] == approx(0.2)
    with pytest.raises(NotFoundError, match="sleep"):
        sampling_covariance([1.0, 1.0], cluster=["a", "a"], type=["pain", "sleep"], rho=rho)


def test_measurements_further_apart_in_time_are_less_alike():
    v = sampling_covariance([1.0, 4.0, 1.0], cluster=["a"] * 3, time1=[0.0, 1.0, 4.0], phi=0.8)

    assert v[0] == approx([1.0, 2.0 * 0.8, 0.8**4])


def test_effects_that_share_a_group_depend_on_each_other():
    """Two treatments against one control: the covariance is the control's variance."""
    n1, n2, n0 = 20.0, 30.0, 25.0
    vi = [1 / n1 + 1 / n0, 1 / n2 + 1 / n0]

    v = sampling_covariance(
        vi, cluster=["t", "t"], grp1=["A", "B"], grp2=["C", "C"], w1=[n1, n2], w2=[n0, n0]
    )

    assert v[0, 1] == approx(1 / n0)
    turned = sampling_covariance(
        vi, cluster=["t", "t"], grp1=["A", "C"], grp2=["C", "B"], w1=[n1, n0], w2=[n0, n2]
    )
    assert turned[0, 1] == approx(-1 / n0)


def test_subgroups_have_nobody_in_common():
    v = sampling_covariance(
        [1.0, 1.0, 1.0],
        cluster=["a"] * 3,
        subgroup=["men", "men", "women"],
        obs=[1, 2, 1],
        rho=0.5,
    )

    assert v.tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_a_sparse_matrix_is_the_same_matrix():
    given = {"cluster": list("aabb"), "obs": [1, 2, 1, 2], "rho": 0.4}
    vi = [0.1, 0.2, 0.3, 0.4]

    sparse = sampling_covariance(vi, **given, sparse=True)

    assert sparse.nnz == 8
    assert sparse.toarray() == approx(sampling_covariance(vi, **given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"obs": [1, 2, 3]}, "`rho` is missing"),
        ({"time1": [1, 2, 3]}, "`phi` is missing"),
        ({"obs": [1, 2, 3], "rho": -0.9}, "not those of any covariance"),
        ({"obs": [1, 2, 3], "rho": 1.2}, "outside -1 to 1"),
        ({"grp2": ["A", "B", "C"]}, "`grp1` is not"),
        ({"type": [1, 2, 3], "obs": [1, 2, 3], "rho": 0.5}, "is a pair"),
        ({"rvars": [[1.0, 0.5, 0.2]]}, "1 columns"),
        ({"vi": [1.0, -1.0, 1.0]}, "`vi`, row 2: the sampling variance is -1"),
        ({"vi": [], "cluster": []}, "`vi` is empty"),
        ({"obs": [1, 2, 3], "rho": "high"}, "`rho` is 'high'"),
        ({"obs": [1, 2, 3], "rho": {"1": {"1": 1.0}}}, "`rho` has no correlation for obs '2'"),
        ({"cluster": ["a", "", "a"]}, "`cluster`, row 2: there is no value"),
        ({"cluster": {"a": 1}}, "`cluster` is dict"),
    ],
)
def test_what_gives_no_covariance_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        sampling_covariance(**{"vi": [1.0, 1.0, 1.0], "cluster": ["a"] * 3} | given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"vi": [0.1, -0.1]}, "`vi`, row 2: the sampling variance is -0.1"),
        ({"yi": [0.1, np.inf]}, "`yi`, row 2: the effect is inf"),
        ({"rho": "high"}, "`rho` holds something that is not a number"),
        ({"struct": "CAR", "phi": 0.5, "time": [1, None]}, "`time`, row 2"),
        ({"yi": [], "vi": [], "cluster": []}, "`yi` is empty"),
    ],
)
def test_what_cannot_be_combined_is_refused(given, words):
    plain = {"yi": [0.1, 0.2], "vi": [0.1, 0.1], "cluster": ["a", "a"], "rho": 0.5}
    with pytest.raises(InputError, match=words):
        aggregate_effects(**plain | given)


def test_what_is_made_is_ready_for_json():
    one = aggregate_effects([0.2, 0.4], [0.1, 0.1], cluster=["a", "a"], rho=0.5)
    pairs = correlation_effects([0.5, 0.3], ["x", "x"], ["m", "y"], [50, None])
    slopes = matrix_regression([[1, 0.5], [0.5, 1]], 0, n=100)

    made = [
        json.loads(json.dumps(each.to_dict(), allow_nan=False)) for each in (one, pairs, slopes)
    ]

    assert made[0]["k"] == [2]
    assert made[1]["pair"] == ["m.x", "x.y"]
    assert made[2]["coefficients"][0]["estimate"] == 0.5


def test_correlations_that_account_for_more_than_all_are_refused():
    with pytest.raises(StatisticsError, match="percent of the outcome"):
        matrix_regression([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], 0, n=100)


def test_effects_of_a_cluster_are_combined_by_their_covariance():
    v = np.array([[0.04, 0.01], [0.01, 0.09]])
    w = np.linalg.inv(v)
    found = aggregate_effects([0.2, 0.5, 0.7], V=[v, [[0.05]]], cluster=["a", "a", "b"])

    assert found.yi == approx([(w @ [0.2, 0.5]).sum() / w.sum(), 0.7])
    assert found.vi == approx([1.0 / w.sum(), 0.05])
    assert found.k.tolist() == [2, 1]
    assert found.to_frame()["cluster"].tolist() == ["a", "b"]


def test_unweighted_effects_are_their_mean():
    found = aggregate_effects([0.2, 0.6], [0.1, 0.1], cluster=["a", "a"], rho=1.0, weighted=False)

    assert (found.yi[0], found.vi[0]) == (approx(0.4), approx(0.1))


@pytest.mark.parametrize(
    ("struct", "off"),
    [("CS+CAR", 0.5 + 0.5 * 0.8**2), ("CAR", 0.8**2), ("CS*CAR", 0.5 * 0.8**2), ("ID", 0.0)],
)
def test_correlations_within_a_cluster_follow_the_structure(struct, off):
    given = {"rho": 0.5, "phi": 0.8, "time": [1.0, 3.0], "obs": ["x", "y"]}
    found = aggregate_effects([0.0, 1.0], [1.0, 1.0], cluster=["a", "a"], struct=struct, **given)

    assert found.vi[0] == approx((1.0 + off) / 2.0)


def test_effects_without_a_variance_are_left_out_by_count():
    found = aggregate_effects(
        [0.1, None, 0.3], [0.1, 0.1, np.nan], cluster=["a", "a", "b"], struct="ID"
    )

    assert found.cluster == ("a",)
    assert found.notes == ("Left out 2 effects without a value or a variance.",)


def test_what_cannot_be_weighted_is_named():
    with pytest.raises(StatisticsError, match="'a' has no inverse"):
        aggregate_effects([0.1, 0.2], [1.0, 1.0], cluster=["a", "a"], rho=1.0)


def test_one_correlation_has_the_variance_of_textbooks():
    r, n = 0.4, 60
    plain = correlation_effects([r], ["x"], ["y"], [n])
    z = correlation_effects([r], ["x"], ["y"], [n], to_z=True)

    assert plain.vi == approx([(1 - r**2) ** 2 / (n - 1)])
    assert z.yi == approx([np.arctanh(r)])
    assert z.vi == approx([1.0 / (n - 3)])


def test_covariances_of_correlations_are_seen_in_samples():
    """Olkin and Finn's large-sample covariance against simulated samples."""
    r = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.2], [0.3, 0.2, 1.0]])
    n, draws = 200, 4000
    x = np.random.default_rng(8).multivariate_normal(np.zeros(3), r, size=(draws, n))
    x -= x.mean(axis=1, keepdims=True)
    products = np.swapaxes(x, 1, 2) @ x
    sd = np.sqrt(np.einsum("kii->ki", products))
    seen = products / sd[:, :, None] / sd[:, None, :]
    pairs = ([0, 0, 1], [1, 2, 2])

    found = correlation_effects(r[pairs], ["a", "a", "b"], ["b", "c", "c"], [n] * 3)

    assert found.V * (n - 1) == approx(np.cov(seen[:, *pairs].T) * n, abs=0.06)


@pytest.mark.parametrize(
    ("ri", "var2", "words"),
    [
        ([1.2, 0.1], ["y", "z"], "no correlation"),
        ([0.2, 0.1], ["x", "z"], "with itself"),
        ([0.2, 0.1], ["y", "y"], "twice"),
    ],
)
def test_what_is_no_set_of_correlations_is_refused(ri, var2, words):
    with pytest.raises(InputError, match=words):
        correlation_effects(ri, ["x", "x"], var2, [50, 50])


def test_regression_from_correlations_is_that_of_standardized_data():
    rng = np.random.default_rng(3)
    data = rng.normal(size=(80, 3)) @ np.array([[1, 0.4, 0.3], [0, 1, 0.2], [0, 0, 1]])
    z = (data - data.mean(axis=0)) / data.std(axis=0)
    b, rss, *_ = np.linalg.lstsq(z[:, 1:], z[:, 0], rcond=None)
    vb = np.linalg.inv(z[:, 1:].T @ z[:, 1:]) * rss[0] / (80 - 2)

    found = matrix_regression(np.corrcoef(data.T), 0, n=80, names=["y", "a", "b"])

    assert [one.estimate for one in found.coefficients] == approx(b)
    assert found.vb == approx(vb)
    assert found.r2 == approx(100.0 * (1.0 - rss[0] / 80))
    assert found.q_df == (2, 78.0)


def test_one_predictor_has_the_variance_of_its_correlation():
    found = matrix_regression([0.4], "x1", V=[[0.01]])

    assert found.coefficients[0].estimate == approx(0.4)
    assert found.coefficients[0].se == approx(0.1)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, InputError),
        ({"n": 50, "V": np.eye(3)}, InputError),
        ({"V": np.eye(2)}, InputError),
        ({"n": 1}, StatisticsError),
        ({"n": 50, "predictors": ["x1"]}, InputError),
        ({"n": 50, "predictors": ["x9"]}, NotFoundError),
    ],
)
def test_what_a_regression_needs_is_said(given, error):
    with pytest.raises(error):
        matrix_regression([0.5, 0.3, 0.2], "x1", **given)
