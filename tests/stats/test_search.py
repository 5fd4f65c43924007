"""The searches find the root and the highest maximum, and know when there are several."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from stats.making import as_columns, columns

from weigh.stats.design import Design
from weigh.stats.search import level_crossing, maximize


@pytest.mark.parametrize("spread", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("k", [2, 3, 10, 60])
def test_the_equation_of_paule_and_mandel_is_solved_to_rounding(k, spread):
    made = as_columns(*columns(k, sets=200, k=k, spread=spread))

    t = level_crossing(made, made.df)

    q, _ = made.q(t)
    assert np.all((t > 0.0) | (q <= made.df))
    assert q[t > 0.0] == pytest.approx(made.df[t > 0.0], rel=1e-13)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("spread", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("k", [2, 3, 10, 60])
def test_no_point_of_a_fine_grid_is_more_likely_than_the_maximum(k, spread, restricted):
    made = as_columns(*columns(100 + k, sets=200, k=k, spread=spread))

    found = maximize(made, restricted=restricted)

    assert found.certified.all()
    top = made.log_likelihood(found.t, restricted=restricted)
    ladder = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 400)])
    for share in ladder:
        at = made.log_likelihood(share * made.rss, restricted=restricted)
        assert np.all(at <= top + 1e-9)


def test_the_score_vanishes_at_an_inner_maximum():
    made = as_columns(*columns(7, sets=500, k=12))

    found = maximize(made, restricted=True)

    inner = found.t > 0.0
    score = made.score(found.t, restricted=True)
    assert score.quad2[inner] == pytest.approx(score.trace1[inner], rel=1e-13)
    assert np.all(score.quad2[~inner] <= score.trace1[~inner])


def test_of_two_maxima_the_higher_one_is_taken_and_both_are_counted():
    """Two precise studies that agree and two that do not: small and large tau2 are both likely."""
    y = np.array([[0.0], [0.01], [-6.0], [6.0], [0.5]])
    v = np.array([[1e-4], [1e-4], [4.0], [4.0], [30.0]])
    found = maximize(as_columns(y, v), restricted=False)

    def minus(log_t):
        return -as_columns(y, v).log_likelihood(np.array([np.exp(log_t)]), restricted=False)[0]

    edges = np.linspace(-18.0, 6.0, 49)
    best = min(
        minimize_scalar(minus, bounds=pair, method="bounded", options={"xatol": 1e-12}).fun
        for pair in pairwise(edges)
    )
    at_zero = as_columns(y, v).log_likelihood(np.zeros(1), restricted=False)[0]
    top = as_columns(y, v).log_likelihood(found.t, restricted=False)[0]
    assert found.count[0] == 2
    assert found.certified[0]
    assert top == pytest.approx(max(-best, at_zero), abs=1e-9)


def test_sets_do_not_see_each_other():
    y, v = columns(11, sets=60, k=9)
    together = maximize(as_columns(y, v), restricted=True).t
    levels = np.full(60, 4.0)
    crossings = level_crossing(as_columns(y, v), levels)

    order = np.random.default_rng(0).permutation(60)
    shuffled = maximize(as_columns(y[:, order], v[:, order]), restricted=True).t

    assert shuffled.tolist() == together[order].tolist()
    some = level_crossing(as_columns(y[:, 20:30], v[:, 20:30]), levels[20:30])
    assert some.tolist() == crossings[20:30].tolist()


def test_a_design_of_ones_has_the_maximum_of_its_column():
    y, v = columns(13, sets=20, k=8)
    together = maximize(as_columns(y, v), restricted=True).t

    for j in range(20):
        one = maximize(Design(y[:, j], v[:, j], np.ones((8, 1))), restricted=True).t[0]
        assert one == pytest.approx(together[j], rel=1e-9, abs=1e-15)


def test_identical_effects_have_no_spread():
    y, v = np.full((5, 2), 3.0), np.array([[0.1, 2.0]] * 5)

    assert maximize(as_columns(y, v), restricted=True).t.tolist() == [0.0, 0.0]
    assert level_crossing(as_columns(y, v), np.full(2, 4.0)).tolist() == [0.0, 0.0]
