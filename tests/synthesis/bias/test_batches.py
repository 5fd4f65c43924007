"""Tests of asymmetry, and trim and fill, of many groups are those of each group alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.errors import WeighError
from weigh.synthesis import bias


def many(seed, groups=12, smallest=3, largest=15, ties=False):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(smallest, largest + 1, size=groups))
    vi = np.exp(rng.normal(-2.0, 0.8, size=group.size))
    yi = rng.normal(0.3 + np.sqrt(vi), np.sqrt(vi + 0.05))
    if ties:
        vi = np.round(vi, 1) + 0.1
    return yi, vi, group


def same(ours, theirs, **tolerance):
    expected = np.nan if theirs is None else theirs
    return ours == pytest.approx(expected, nan_ok=True, **({"rel": 1e-12} | tolerance))


@pytest.mark.parametrize(
    "options",
    [{}, {"model": "rma"}, {"model": "rma", "method": "DL", "test": "t"}, {"predictor": "vi"}],
)
def test_eggers_regression_is_as_alone(options):
    yi, vi, group = many(1)

    found = bias.egger_many(yi, vi, group, **options)

    for index, label in enumerate(found.group):
        alone = bias.egger(yi[group == label], vi[group == label], **options)
        assert found.convention == alone.convention
        for name in ("k", "estimate", "se", "statistic", "df", "p", "tau2"):
            assert same(getattr(found, name)[index], getattr(alone, name), abs=1e-13), name
        assert same(found.limit[index], alone.limit.estimate)
        assert same(found.limit_ci_low[index], alone.limit.ci_low)


def test_predictors_made_of_sample_sizes_take_them_by_row():
    yi, vi, group = many(2)
    ni = np.random.default_rng(2).integers(20, 400, size=yi.size)

    found = bias.egger_many(yi, vi, group, ni=ni, predictor="sqrtninv")

    for index, label in enumerate(found.group):
        mine = group == label
        alone = bias.egger(yi[mine], vi[mine], ni=ni[mine], predictor="sqrtninv")
        assert same(found.p[index], alone.p)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("options", [{}, {"exact": False}, {"exact": False, "correct": True}])
def test_beggs_ranks_are_as_alone(ties, options):
    yi, vi, group = many(3, ties=ties)

    found = bias.begg_many(yi, vi, group, **options)

    for index, label in enumerate(found.group):
        alone = bias.begg(yi[group == label], vi[group == label], **options)
        for name in ("k", "estimate", "se", "statistic", "p", "tau"):
            assert same(getattr(found, name)[index], getattr(alone, name)), name


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
@pytest.mark.parametrize("side", [None, "left", "right"])
@pytest.mark.parametrize("method", ["REML", "EE"])
def test_trim_and_fill_is_as_alone(estimator, side, method):
    yi, vi, group = many(4)
    options = {"estimator": estimator, "side": side, "method": method}

    found = bias.trim_and_fill_many(yi, vi, group, **options)

    for index, label in enumerate(found.group):
        try:
            alone = bias.trim_and_fill(yi[group == label], vi[group == label], **options)
        except WeighError:
            assert np.isnan(found.k0[index])
            assert found.side[index] == ""
            continue
        assert found.k0[index] == alone.k0
        assert found.side[index] == alone.side
        assert same(found.k0_se[index], alone.k0_se)
        assert same(found.k0_p[index], alone.k0_p)
        for name in ("k", "estimate", "se", "p", "tau2", "q"):
            assert same(getattr(found.fit, name)[index], getattr(alone.fit, name), abs=1e-13)
            assert getattr(found.unadjusted, name)[index] == getattr(alone.unadjusted, name)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 11))
def test_splitting_or_reordering_a_batch_changes_nothing_but_rounding(seed, cut):
    yi, vi, group = many(seed)
    rows = np.argsort(np.random.default_rng(seed).permutation(12)[group], kind="stable")
    for analysis, names in (
        (bias.egger_many, ("estimate", "p", "limit")),
        (bias.begg_many, ("estimate", "p", "tau")),
        (bias.trim_and_fill_many, ("k0", "k0_se")),
    ):
        whole = analysis(yi, vi, group)
        other = analysis(yi[rows], vi[rows], group[rows])
        parts = [analysis(yi[m], vi[m], group[m]) for m in (group < cut, group >= cut)]
        place = np.argsort(other.group)
        for name in names:
            expected = pytest.approx(getattr(whole, name), rel=1e-12, abs=1e-13, nan_ok=True)
            assert getattr(other, name)[place] == expected
            assert np.concatenate([getattr(part, name) for part in parts]) == expected


def test_groups_that_have_no_test_are_absent_and_counted():
    yi, vi = [0.1, 0.3, 0.2, 0.4, 0.3, np.nan], [0.1, 0.2, 0.1, 0.1, 0.1, 0.2]
    group = ["few", "few", "alike", "alike", "alike", "none"]

    for analysis in (bias.egger_many, bias.begg_many, bias.trim_and_fill_many):
        found = analysis(yi, vi, group)
        assert found.group.tolist() == ["few", "alike", "none"]
        assert found.notes[-1].startswith("3 groups have no")
        assert found.notes[0].startswith("Left out 1 row")
        record = json.loads(json.dumps(found.to_dict()))
        assert record["p" if hasattr(found, "p") else "k0"] == [None] * 3
