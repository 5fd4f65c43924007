"""One set by itself gives the same bits as in a batch, by plain numbers and by vectors."""

from __future__ import annotations

import numpy as np
import pytest
from stats.making import as_columns, columns

from weigh.stats.alone import Few, Many
from weigh.stats.search import level_crossing, maximize


@pytest.mark.parametrize("k", [2, 3, 10, 28, 29, 70])
def test_searches_end_on_the_same_bits_as_in_a_batch(k):
    y, v = columns(k, sets=25, k=k, spread=1.5)
    batch = as_columns(y, v)
    crossings = level_crossing(batch, batch.df)

    for restricted in (True, False):
        maxima = maximize(batch, restricted=restricted)
        for j in range(25):
            one = as_columns(y[:, [j]], v[:, [j]])
            assert maximize(one, restricted=restricted).t[0] == maxima.t[j]
            assert level_crossing(one, one.df)[0] == crossings[j]


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
            score, whole = (
                one.score(0.07, restricted=restricted),
                batch.score(t, restricted=restricted),
            )
            for name in ("quad2", "trace1", "quad3", "trace2"):
                assert getattr(score, name) == getattr(whole, name)[0]
