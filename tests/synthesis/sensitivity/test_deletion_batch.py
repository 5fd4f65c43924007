"""Influence in many groups is that in each group alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.synthesis import pool
from weigh.synthesis.sensitivity import influence, influence_many, runs

NUMBERS = (
    *("rstudent", "dffits", "cook_d", "cov_ratio", "tau2_deleted", "q_deleted", "hat", "weight"),
    "dfbetas",
)


def many(seed=2):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(12), rng.integers(2, 12, size=12))
    vi = np.exp(rng.normal(-2.0, 1.0, size=group.size))
    return rng.normal(0.3, np.sqrt(vi + 0.1)), vi, group


@pytest.mark.parametrize("method", ["REML", "DL", "EE"])
@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
@pytest.mark.parametrize("held", [4_000_000, 9])
def test_each_group_is_as_alone(method, test, held, monkeypatch):
    monkeypatch.setattr(runs, "_HELD", held)
    yi, vi, group = many()

    found = influence_many(yi, vi, group, method=method, test=test)

    for label in range(12):
        mine = group == label
        alone = influence(pool(yi[mine], vi[mine], method=method, test=test))
        for name in NUMBERS:
            expected = getattr(alone, name).reshape(-1)
            assert getattr(found, name)[mine] == pytest.approx(
                expected, rel=1e-12, abs=1e-13, nan_ok=True
            ), name
        assert found.influential[mine].tolist() == alone.influential.tolist()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 11))
def test_splitting_or_reordering_a_batch_changes_nothing_but_rounding(seed, cut):
    yi, vi, group = many(seed)
    rows = np.argsort(np.random.default_rng(seed).permutation(12)[group], kind="stable")

    whole = influence_many(yi, vi, group)
    other = influence_many(yi[rows], vi[rows], group[rows])
    parts = [influence_many(yi[m], vi[m], group[m]) for m in (group < cut, group >= cut)]

    moved = np.argsort(rows[other.row])
    for name in NUMBERS:
        expected = pytest.approx(getattr(whole, name), rel=1e-12, abs=1e-14, nan_ok=True)
        assert getattr(other, name)[moved] == expected
        assert np.concatenate([getattr(part, name) for part in parts]) == expected


def test_missing_rows_and_lone_studies_are_left_out_and_counted():
    found = influence_many([np.nan, 0.1, 0.3, 0.4], [0.1] * 4, ["c", "b", "a", "a"])

    assert found.row.tolist() == [2, 3]
    assert found.notes == (
        "Left out 1 row without an effect or a variance.",
        "Left out 1 group of one study: there is nothing to compare with.",
    )
    assert json.loads(json.dumps(found.to_dict()))["group"] == ["a", "a"]
    assert len(influence_many([], [], [])) == 0
