"""One set by itself gives the same bits as in a batch, by plain numbers and by vectors."""

from __future__ import annotations

import numpy as np
import pytest
from stats.making import as_columns, columns

from weigh.stats.alone import Few, Many
from weigh.stats.search import level_crossing, maximize
from weigh.stats.sums import Columns


@pytest.mark.parametrize("spread", [1.5, 3.0])
@pytest.mark.parametrize("k", [2, 3, 10, 28, 29, 70])
def test_searches_end_on_the_same_bits_as_in_a_batch(k, spread):
    y, v = columns(k, sets=80, k=k, spread=spread)
    batch = as_columns(y, v)
    assert not batch.one_by_one()
    crossings = level_crossing(batch, batch.df)

    for restricted in (True, False):
        maxima = maximize(batch, restricted=restricted)
        for j in range(80):
            one = as_columns(y[:, [j]], v[:, [j]])
            found = maximize(one, restricted=restricted)
            assert (found.t[0], found.count[0]) == (maxima.t[j], maxima.count[j])
            assert found.certified[0]
            assert level_crossing(one, one.df)[0] == crossings[j]


@pytest.mark.parametrize("vague", [1, 30])
def test_the_same_of_several_maxima_is_taken_as_in_a_batch(vague):
    """Two precise studies that agree, two that do not, and some that say little."""
    apart = np.geomspace(1.0, 20.0, 80)
    y = np.stack([0.0 * apart, 0.01 + 0.0 * apart, -apart, apart, *[0.5 + 0.0 * apart] * vague])
    v = np.repeat([1e-4, 1e-4, 4.0, 4.0, *[30.0] * vague], 80).reshape(-1, 80)
    maxima = maximize(as_columns(y, v), restricted=False)

    assert set(maxima.count.tolist()) == {1, 2}
    for j in range(80):
        found = maximize(as_columns(y[:, [j]], v[:, [j]]), restricted=False)
        assert (found.t[0], found.count[0]) == (maxima.t[j], maxima.count[j])


def test_a_few_short_sets_are_searched_one_by_one_on_the_same_bits_as_many():
    """Sets of 2 to 9 studies, the shorter ones padded."""
    y, v = columns(5, sets=80, k=9, spread=2.0)
    k = np.arange(80) % 8 + 2.0
    absent = np.arange(9)[:, None] >= k
    y[absent], v[absent] = 0.0, np.inf
    many = maximize(Columns.from_arrays(y, v, k), restricted=True)

    few = Columns.from_arrays(y[:, :20], v[:, :20], k[:20])
    assert [one.k for one in few.one_by_one()] == k[:20].tolist()
    found = maximize(few, restricted=True)
    assert found.t.tolist() == many.t[:20].tolist()
    assert found.count.tolist() == many.count[:20].tolist()


@pytest.mark.parametrize("k", [2, 5, 40])
def test_sums_of_plain_numbers_and_of_vectors_are_the_same_bits(k):
    y, v = columns(k, sets=2, k=k)
    batch = as_columns(y, v)
    few = Few(
        batch.v[0, 0], tuple(zip(batch.y[1:, 0].tolist(), batch.v[1:, 0].tolist(), strict=True))
    )
    many = Many(batch.v[0, 0], batch.y[1:, 0], batch.v[1:, 0])
    t = np.full(2, 0.07)

    for one in (few, many):
        assert one.k == k
        assert one.rss == batch.rss[0]
        assert one.v_high == batch.v_high[0]
        assert one.mean(0.07) == tuple(part[0] for part in batch.mean(t))
        assert one.q(0.07) == tuple(part[0] for part in batch.q(t))
        for restricted in (True, False):
            assert one.log_likelihood(0.07, restricted=restricted) == pytest.approx(
                batch.log_likelihood(t, restricted=restricted)[0], rel=1e-14, abs=1e-14
            )
            score, whole = (
                one.score(0.07, restricted=restricted),
                batch.score(t, restricted=restricted),
            )
            for name in ("quad2", "trace1", "quad3", "trace2"):
                assert getattr(score, name) == getattr(whole, name)[0]
