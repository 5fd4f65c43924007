"""Leave-one-out of many groups is that of each group alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.errors import InputError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import (
    cumulative,
    cumulative_many,
    leave_one_out,
    leave_one_out_many,
    runs,
)


def many() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    group = rng.integers(0, 12, size=70)
    vi = np.exp(rng.normal(-2.0, 1.0, size=70))
    return rng.normal(0.3, np.sqrt(vi + 0.1)), vi, group


@pytest.mark.parametrize(("method", "test"), [("REML", "z"), ("DL", "knha"), ("EE", "z")])
@pytest.mark.parametrize("held", [4_000_000, 9])
def test_each_group_is_as_alone(method, test, held, monkeypatch):
    monkeypatch.setattr(runs, "_HELD", held)
    yi, vi, group = many()

    found = leave_one_out_many(yi, vi, group, method=method, test=test)

    assert sorted(found.omitted.tolist()) == list(range(70))
    for label in np.unique(group):
        rows = np.flatnonzero(group == label)
        alone = leave_one_out(pool(yi[rows], vi[rows], method=method, test=test))
        mine = found.group == label
        assert found.omitted[mine].tolist() == rows.tolist()
        for name in ("estimate", "se", "p", "tau2", "q", "i2"):
            assert found.statistic(name)[mine].tolist() == getattr(alone, name).tolist()


def test_missing_rows_and_lone_studies_are_left_out_and_counted():
    found = leave_one_out_many(
        [0.1, np.nan, 0.3, 0.4, 0.2], [0.1, 0.1, 0.2, 0.1, 0.3], ["a", "a", "a", "b", "c"]
    )

    assert found.omitted.tolist() == [0, 2]
    assert found.statistic("estimate").tolist() == [0.3, 0.1]
    assert len(found) == 2
    assert found.notes[0] == "Left out 1 row without an effect or a variance."
    assert found.notes[1].startswith("Left out 2 groups of one study")
    assert json.loads(json.dumps(found.to_dict()))["estimate"] == [0.3, 0.1]


def test_nothing_gives_nothing():
    assert leave_one_out_many([], [], []).statistic("estimate").size == 0


def test_what_cannot_be_pooled_is_refused():
    with pytest.raises(InputError, match="2 entries"):
        leave_one_out_many([0.1, 0.2], [0.1], ["a", "a"])
    with pytest.raises(StatisticsError, match=r"Row 3 \(group b\)"):
        leave_one_out_many([0.1, 0.2, 0.3], [0.1, 0.1, 0.0], ["a", "a", "b"])


@pytest.mark.parametrize(("method", "test"), [("REML", "z"), ("DL", "knha"), ("EE", "z")])
@pytest.mark.parametrize("held", [4_000_000, 9])
def test_each_cumulative_analysis_is_as_alone(method, test, held, monkeypatch):
    monkeypatch.setattr(runs, "_HELD", held)
    yi, vi, group = many()
    year = np.random.default_rng(4).integers(1990, 2000, size=70)

    found = cumulative_many(yi, vi, group, year, method=method, test=test)

    assert sorted(found.added.tolist()) == list(range(70))
    for label in np.unique(group):
        rows = np.flatnonzero(group == label)
        alone = cumulative(pool(yi[rows], vi[rows], method=method, test=test), year[rows])
        mine = found.group == label
        assert found.added[mine].tolist() == rows[alone.order].tolist()
        for name in ("k", "estimate", "se", "p", "tau2", "q", "i2"):
            assert found.statistic(name)[mine].tolist() == getattr(alone, name).tolist()


def test_a_study_without_a_turn_is_left_out_and_counted():
    found = cumulative_many(
        [0.1, 0.2, np.nan, 0.4], [0.1] * 4, ["a", "b", "a", "a"], [2.0, np.nan, 1.0, 1.0]
    )

    assert found.added.tolist() == [3, 0]
    assert found.group.tolist() == ["a", "a"]
    assert found.notes == (
        "Left out 1 row without an effect or a variance.",
        "Left out 1 row without a value to sort by.",
    )
    with pytest.raises(InputError, match="1 entries for 2"):
        cumulative_many([0.1, 0.2], [0.1, 0.1], [1, 1], [1.0])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(0, 12))
def test_splitting_or_reordering_groups_moves_entries_and_no_bit(seed, cut):
    yi, vi, group = many()
    turn = np.random.default_rng(seed).permutation(12)
    # Groups in another order, the studies of each in theirs.
    rows = np.argsort(turn[group], kind="stable")

    for analysis, place in ((leave_one_out_many, "omitted"), (cumulative_many, "added")):
        whole = analysis(yi, vi, group)
        other = analysis(yi[rows], vi[rows], group[rows])
        parts = [analysis(yi[m], vi[m], group[m]) for m in (group < cut, group >= cut)]

        where = np.argsort(getattr(whole, place))
        moved = np.argsort(rows[getattr(other, place)])
        for name in ("estimate", "tau2", "p"):
            values = whole.statistic(name)[where]
            assert np.array_equal(other.statistic(name)[moved], values)
            both = np.concatenate([part.statistic(name) for part in parts])
            assert np.array_equal(np.sort(both), np.sort(values))
