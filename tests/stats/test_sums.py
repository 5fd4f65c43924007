"""The sums of the estimating equations, against matrices written out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from stats.making import as_columns, columns

from weigh.stats.design import Design
from weigh.stats.sums import Columns, column_totals


def by_matrices(y, v, x, t, *, restricted):
    """What `Score` and `q` hold, from P itself."""
    w = np.diag(1.0 / (v + t))
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    py = p @ y
    trace = p if restricted else w
    return {
        "q": y @ py,
        "quad2": py @ py,
        "quad3": py @ p @ py,
        "trace1": np.trace(trace),
        "trace2": np.trace(trace @ trace),
    }


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("t", [0.0, 0.3])
def test_columns_hold_what_the_matrices_give(restricted, t):
    y, v = columns(1, sets=3, k=7)
    made = as_columns(y + 5.0, v)

    score = made.score(np.full(3, t), restricted=restricted)
    q, fall = made.q(np.full(3, t))

    for j in range(3):
        expected = by_matrices(y[:, j], v[:, j], np.ones((7, 1)), t, restricted=restricted)
        assert q[j] == pytest.approx(expected["q"], rel=1e-12)
        assert fall[j] == pytest.approx(expected["quad2"], rel=1e-12)
        for name in ("quad2", "quad3", "trace1", "trace2"):
            assert getattr(score, name)[j] == pytest.approx(expected[name], rel=1e-11)


@pytest.mark.parametrize("restricted", [True, False])
def test_a_design_holds_what_the_matrices_give(restricted):
    y, v = (values[:, 0] for values in columns(2, sets=1, k=9))
    x = np.column_stack([np.ones(9), np.arange(9.0), np.sin(np.arange(9.0))])
    design = Design(y, v, x)
    t = np.array([0.0, 0.2, 4.0])

    score = design.score(t, restricted=restricted)
    q, _ = design.q(t)

    for index, at in enumerate(t):
        expected = by_matrices(y, v, x, at, restricted=restricted)
        assert q[index] == pytest.approx(expected["q"], rel=1e-11)
        for name in ("quad2", "quad3", "trace1", "trace2"):
            assert getattr(score, name)[index] == pytest.approx(expected[name], rel=1e-10)


def test_a_design_of_ones_is_a_column():
    y, v = columns(3, sets=1, k=6)
    t = np.array([0.05])
    column, design = as_columns(y, v), Design(y[:, 0], v[:, 0], np.ones((6, 1)))

    for restricted in (True, False):
        assert column.log_likelihood(t, restricted=restricted) == pytest.approx(
            design.log_likelihood(t, restricted=restricted), rel=1e-12
        )
    assert column.rss == pytest.approx(design.rss)
    assert column.unweighted_traces() == tuple(
        pytest.approx(trace) for trace in design.unweighted_traces()
    )


def test_one_study_a_million_million_times_as_precise_loses_no_digits():
    """Textbook formulas subtract numbers that agree in twelve digits here; fractions do not."""
    v = [Fraction(1, 10**12), Fraction(1), Fraction(2)]
    y = [Fraction(1, 3), Fraction(2), Fraction(-1)]
    w = [1 / each for each in v]
    total = sum(w)
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / total
    quad2 = sum((a * (b - mean)) ** 2 for a, b in zip(w, y, strict=True))
    trace1 = total - sum(a * a for a in w) / total

    made = as_columns(np.array([[float(b)] for b in y]), np.array([[float(a)] for a in v]))
    score = made.score(np.zeros(1), restricted=True)

    assert score.quad2[0] == pytest.approx(float(quad2), rel=1e-12)
    assert score.trace1[0] == pytest.approx(float(trace1), rel=1e-12)


def test_columns_are_added_up_in_the_same_order_alone_and_in_company():
    values = np.random.default_rng(4).normal(size=(300, 5))

    alone = [column_totals(np.ascontiguousarray(values[:, [j]]))[0] for j in range(5)]

    assert column_totals(values).tolist() == alone


def test_padding_changes_no_bit():
    y, v = columns(5, sets=4, k=6)
    padded = Columns.from_arrays(
        np.vstack([y, np.zeros((3, 4))]), np.vstack([v, np.full((3, 4), np.inf)]), np.full(4, 6.0)
    )
    plain = as_columns(y, v)
    t = np.full(4, 0.1)

    assert padded.q(t)[0].tolist() == plain.q(t)[0].tolist()
    assert padded.rss.tolist() == plain.rss.tolist()
    assert padded.score(t, restricted=True).trace2.tolist() == (
        plain.score(t, restricted=True).trace2.tolist()
    )
