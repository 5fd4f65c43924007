"""Sums about a line, by plain numbers and by vectors, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from weigh.stats.design import Design
from weigh.stats.line import FewOnLine, ManyOnLine, line_of

PARTS = ("quad2", "trace1", "quad3", "trace2")


def exact(values: np.ndarray) -> list[Fraction]:
    return [Fraction(value) for value in values.tolist()]


def exact_parts(
    y: np.ndarray, v: np.ndarray, x: np.ndarray, t: float
) -> tuple[float, float, list[float]]:
    """Slope, y'Py and the parts of the restricted score, by the textbook and without rounding."""
    y, x = exact(y), exact(x)
    w = [1 / (one + Fraction(t)) for one in exact(v)]
    everyone = range(len(y))
    total = sum(w)
    mean = sum(w[i] * x[i] for i in everyone) / total
    r = [one - mean for one in x]
    square = sum(w[i] * r[i] ** 2 for i in everyone)
    projection = [
        [
            (w[i] if i == j else 0) - w[i] * w[j] * (1 / total + r[i] * r[j] / square)
            for j in everyone
        ]
        for i in everyone
    ]
    once = [sum(row[j] * y[j] for j in everyone) for row in projection]
    twice = [sum(row[j] * once[j] for j in everyone) for row in projection]
    return (
        float(sum(w[i] * r[i] * y[i] for i in everyone) / square),
        float(sum(y[i] * once[i] for i in everyone)),
        [
            float(sum(one * one for one in once)),
            float(sum(projection[i][i] for i in everyone)),
            float(sum(once[i] * twice[i] for i in everyone)),
            float(sum(entry * entry for row in projection for entry in row)),
        ],
    )


def made(k: int, *, spread: float = 0.8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    v = np.exp(rng.normal(-2.0, spread, size=k))
    return rng.normal(0.3, np.sqrt(v + 0.1)), v, 5.0 + 0.01 * rng.normal(size=k)


def both(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[FewOnLine, ManyOnLine]:
    best = np.argmin(v)
    y, x = y - y[best], x - x[best]
    few = FewOnLine(tuple(zip(y.tolist(), v.tolist(), x.tolist(), strict=True)))
    return few, ManyOnLine(y, v, x)


@pytest.mark.parametrize("t", [0.0, 0.07, 40.0])
@pytest.mark.parametrize("k", [3, 7, 16])
def test_the_sums_keep_their_digits_though_the_moderator_hardly_varies(k, t):
    y, v, x = made(k)
    slope, q, parts = exact_parts(y, v, x, t)

    for line in both(y, v, x):
        found = line.score(t, restricted=True)
        assert [getattr(found, name) for name in PARTS] == pytest.approx(parts, rel=1e-11)
        assert line.slope(t) == pytest.approx(slope, rel=1e-11)
        assert line.q(t) == pytest.approx((q, parts[0]), rel=1e-11)


@pytest.mark.parametrize("light", [1e-9, 1e-14])
def test_the_sums_keep_their_digits_where_two_studies_decide_the_line(light):
    y, v, x = made(8)
    v[[2, 5]] *= light
    _, _, parts = exact_parts(y, v, x, 0.0)

    for line in both(y, v, x):
        found = line.score(0.0, restricted=True)
        assert [getattr(found, name) for name in PARTS] == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("k", [6, 60])
def test_a_design_that_is_a_line_has_the_sums_of_any_design(k):
    """With two places at a time, or columns in another order, a matrix is decomposed."""
    y, v, x = made(k)
    line = Design(y, v, np.column_stack([np.ones(k), x]))
    matrix = Design(y, v, np.column_stack([x, np.ones(k)]))
    t = np.array([0.05])

    assert isinstance(line.line, FewOnLine if k == 6 else ManyOnLine)
    assert matrix.line is None
    for of_line, of_matrix in zip(line.q(t), matrix.q(t), strict=True):
        assert of_line == pytest.approx(of_matrix, rel=1e-9)
    for restricted in (True, False):
        for name in PARTS:
            one = getattr(line.score(t, restricted=restricted), name)
            assert one.shape == (1,)
            assert one == pytest.approx(
                getattr(matrix.score(t, restricted=restricted), name), rel=1e-9
            )
        assert line.alone.log_likelihood(0.05, restricted=restricted) == pytest.approx(
            matrix.log_likelihood(t, restricted=restricted)[0], rel=1e-9
        )
    for name in ("df", "v0", "v_high", "rss"):
        assert getattr(line.alone, name) == pytest.approx(getattr(matrix.alone, name), rel=1e-12)


def test_other_designs_are_no_line():
    y, v, x = made(5)

    assert line_of(y, v, np.ones((5, 1))) is None
    assert line_of(y, v, np.column_stack([np.ones(5), x, x * x])) is None
    assert line_of(y, v, np.column_stack([v, x])) is None
