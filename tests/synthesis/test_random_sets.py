"""REML on sets of every kind: the optimum is found, and every figure of a fit is a number."""

from __future__ import annotations

import numpy as np
import pytest
from synthesis.random_sets import Judge, RandomSets, random_sets

from weigh.synthesis import PooledBatch, pool_many

SETS = 5000


@pytest.fixture(scope="module")
def sets() -> RandomSets:
    return random_sets(20_260, SETS)


@pytest.fixture(scope="module")
def judge(sets) -> Judge:
    return Judge(sets)


@pytest.fixture(scope="module")
def batch(sets) -> PooledBatch:
    return pool_many(sets.yi, sets.vi, sets.group, test="knha")


def test_the_sets_are_of_every_kind(sets, batch):
    """Else what follows would say little: sizes, spreads, and estimates at 0 and above it."""
    assert set(sets.k.tolist()) == set(range(2, 41))
    assert sets.vi.min() < 2e-3
    assert sets.vi.max() > 5e2
    assert 0.1 < np.mean(batch.tau2 == 0.0) < 0.8
    assert np.any(batch.tau2 > 10.0)
    assert np.any(batch.maxima > 1)


def test_no_estimate_is_negative_and_none_is_missing(batch):
    figures = (
        "estimate",
        "se",
        "p",
        "ci_low",
        "ci_high",
        "pi_low",
        "pi_high",
        "i2",
        "h2",
        "q",
        "q_p",
    )
    for name in figures:
        assert np.all(np.isfinite(getattr(batch, name))), name
    for name in ("tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high"):
        values = getattr(batch, name)
        assert np.all(np.isfinite(values)), name
        assert np.all(values >= 0.0), name
    assert batch.certified.all()


def test_the_score_is_zero_at_an_inner_estimate_and_falls_at_an_estimate_of_zero(batch, judge):
    found, expected = judge.score(batch.tau2)

    inner = batch.tau2 > 0.0
    # Doubles hold tau2 to 2e-16 of itself; the score's sides are sums of forty terms.
    assert np.all(np.abs(found / expected - 1.0)[inner] < 1e-12)
    assert np.all(found[~inner] <= expected[~inner])


def test_no_other_tau2_is_more_likely_at_either_end_or_between(batch, judge):
    """Held at 0, where the likelihood is proved to fall for good, and on a ladder between."""
    top = judge.height(batch.tau2)

    for share in np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 40)]):
        assert np.all(judge.height(share * judge.far) <= top + 1e-12), share
