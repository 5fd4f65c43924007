"""Batches spread over processes give the bits that they give in one."""

from __future__ import annotations

import sys
from dataclasses import fields

import numpy as np
import pytest

from weigh.errors import InputError, MissingExtraError
from weigh.synthesis import pool_many, regress_many
from weigh.synthesis.bias import begg_many, egger_many, trim_and_fill_many
from weigh.synthesis.sensitivity import leave_one_out_many
from weigh.workflow.spreading import spread


def many(groups=40):
    rng = np.random.default_rng(1)
    group = rng.permutation(np.repeat(np.arange(groups), rng.integers(1, 12, size=groups)))
    vi = np.exp(rng.normal(-2.0, 1.0, size=group.size))
    return rng.normal(0.3, np.sqrt(vi + 0.1)), vi, np.array([f"group {label}" for label in group])


def assert_same_bits(ours, whole):
    for field in fields(whole):
        mine, theirs = getattr(ours, field.name), getattr(whole, field.name)
        if isinstance(theirs, np.ndarray):
            assert np.array_equal(mine, theirs, equal_nan=theirs.dtype.kind == "f"), field.name
        elif field.name in ("fit", "unadjusted"):
            assert_same_bits(mine, theirs)


@pytest.mark.parametrize("rows", [1, 30, 10_000])
@pytest.mark.parametrize("function", [pool_many, begg_many, trim_and_fill_many])
def test_chunks_in_this_process_are_joined_to_the_same_bits(function, rows):
    yi, vi, group = many()

    assert_same_bits(spread(function, yi, vi, group, workers=1, rows=rows), function(yi, vi, group))


def test_chunks_of_regressions_are_joined_to_the_same_numbers():
    yi, vi, group = many()

    found = spread(egger_many, yi, vi, group, workers=1, rows=30)

    whole = egger_many(yi, vi, group)
    assert found.group.tolist() == whole.group.tolist()
    assert found.p == pytest.approx(whole.p, rel=1e-11, nan_ok=True)


def test_two_processes_give_the_same_bits():
    yi, vi, group = many()

    found = spread(pool_many, yi, vi, group, workers=2, rows=60, method="DL", test="knha")

    assert_same_bits(found, pool_many(yi, vi, group, method="DL", test="knha"))


def test_a_cluster_gives_the_same_bits():
    distributed = pytest.importorskip("distributed")
    yi, vi, group = many()

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = spread(pool_many, yi, vi, group, cluster=cluster.scheduler_address, rows=60)

    assert_same_bits(found, pool_many(yi, vi, group))


def test_a_cluster_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    yi, vi, group = many()

    with pytest.raises(MissingExtraError, match="cluster"):
        spread(pool_many, yi, vi, group, cluster="tcp://127.0.0.1:1", rows=30)


def test_what_cannot_be_spread_is_refused():
    yi, vi, group = many()

    with pytest.raises(InputError, match="one entry a group"):
        spread(leave_one_out_many, yi, vi, group, workers=1, rows=60)
    with pytest.raises(InputError, match="at least 1"):
        spread(pool_many, yi, vi, group, workers=0)
    with pytest.raises(InputError, match="shapes"):
        spread(pool_many, yi[:3], vi, group)
    with pytest.raises(TypeError, match="mods"):
        spread(regress_many, yi, vi, group, workers=1)
