"""What the score at the ends of a cell proves holds all over the cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stats.making import as_columns, columns

from weigh.stats.score import settled, settled_beyond


def changes(values: np.ndarray) -> np.ndarray:
    """How often the sign changes down each column."""
    return np.count_nonzero(np.diff(np.sign(values), axis=0), axis=0)


@given(
    seed=st.integers(0, 10_000),
    k=st.integers(2, 12),
    spread=st.sampled_from([0.0, 0.5, 1.5, 3.0]),
    low=st.floats(-6.0, 2.0),
    width=st.floats(-3.0, 6.0),
    restricted=st.booleans(),
)
def test_a_settled_cell_holds_one_zero_of_the_score_at_most(
    seed, k, spread, low, width, restricted
):
    made = as_columns(*columns(seed, sets=30, k=k, spread=spread))
    a = np.full(30, 10.0**low)
    h = np.full(30, 10.0**width)
    ends = made.score(np.stack([a, a + h]), restricted=restricted)
    at_a, at_b = (
        type(ends)(*(getattr(ends, name)[end] for name in ("quad2", "trace1", "quad3", "trace2")))
        for end in (0, 1)
    )

    proved = settled(h, at_a, at_b)

    grid = a + h * np.linspace(0.0, 1.0, 200)[:, None] ** 2
    inside = made.score(grid, restricted=restricted)
    assert (changes(inside.quad2 - inside.trace1)[proved] <= 1).all()


@given(seed=st.integers(0, 10_000), k=st.integers(2, 12), spread=st.sampled_from([0.5, 1.5, 3.0]))
def test_the_likelihood_falls_wherever_nothing_is_left_beyond(seed, k, spread):
    made = as_columns(*columns(seed, sets=30, k=k, spread=spread))
    t = np.geomspace(1e-4, 1e3, 30)

    proved = settled_beyond(t, made.v_high, made.score(t, restricted=True))

    beyond = made.score(t * np.geomspace(1.0, 1e6, 200)[:, None], restricted=True)
    assert not beyond.rises()[:, proved].any()


@pytest.mark.parametrize("k", [3, 10])
def test_alike_variances_are_settled_in_one_cell(k):
    """Then the ratio that passes 1 at the maximum is a straight line."""
    y, _ = columns(k, sets=50, k=k)
    made = as_columns(y, np.full_like(y, 0.2))
    ends = made.score(np.stack([np.zeros(50), np.full(50, 1e4)]), restricted=True)
    at_a, at_b = (
        type(ends)(*(getattr(ends, name)[end] for name in ("quad2", "trace1", "quad3", "trace2")))
        for end in (0, 1)
    )

    assert settled(np.full(50, 1e4), at_a, at_b).all()
