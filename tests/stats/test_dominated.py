"""Restricted scores where some studies weigh far more than others, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from weigh.stats.dominated import dominated_score
from weigh.synthesis import pool, regress_many

X = [1, 2, 3, 5, 4]
Y = [1, 2, 3, 4, 9]


def exact_parts(v: list[Fraction]) -> list[float]:
    """quad2, trace1, quad3, trace2 of a straight line, by the textbook and without rounding."""
    k, w = len(v), [1 / one for one in v]
    s0 = sum(w)
    s1 = sum(a * x for a, x in zip(w, X, strict=True))
    s2 = sum(a * x * x for a, x in zip(w, X, strict=True))
    det = s0 * s2 - s1 * s1

    def entry(i: int, j: int) -> Fraction:
        hat = (s2 - s1 * (X[i] + X[j]) + s0 * X[i] * X[j]) / det
        return (w[i] if i == j else Fraction(0)) - w[i] * hat * w[j]

    projection = [[entry(i, j) for j in range(k)] for i in range(k)]

    def times(values: list) -> list:
        return [sum(a * b for a, b in zip(row, values, strict=True)) for row in projection]

    once = times(Y)
    return [
        float(sum(a * a for a in once)),
        float(sum(projection[i][i] for i in range(k))),
        float(sum(a * b for a, b in zip(once, times(once), strict=True))),
        float(sum(a * a for row in projection for a in row)),
    ]


SPANS = [
    [Fraction(1, 10**12), Fraction(1, 10**6), Fraction(1), Fraction(1000), Fraction(10**20)],
    [Fraction(1, 10**16), Fraction(1, 10), Fraction(1, 5), Fraction(3, 10), Fraction(1, 5)],
    [Fraction(1, 10**9), Fraction(1, 10**9), Fraction(1, 5), Fraction(3, 10), Fraction(1, 5)],
    [Fraction(1), Fraction(2), Fraction(1), Fraction(3), Fraction(1)],
]


@pytest.mark.parametrize("v", SPANS)
def test_the_parts_of_the_score_keep_their_digits(v):
    x = np.column_stack([np.ones(5), X])

    found = dominated_score(x, np.array(Y, dtype=float), np.array([float(1 / one) for one in v]))

    parts = [found.quad2, found.trace1, found.quad3, found.trace2]
    assert parts == pytest.approx(exact_parts(v), rel=1e-12)


@pytest.mark.parametrize("v", SPANS[:3])
def test_the_standard_error_of_tau2_is_right_beside_a_study_of_overwhelming_weight(v):
    """The difference of leverages from 1 left it NaN, or wrong by a factor of 1,000."""
    vi = [float(one) for one in v]
    # Effects on a line: tau2 is 0, and its standard error is that of the weights alone.
    fit = pool(X, vi, mods={"x": X}, method="REML")
    many = regress_many(X, vi, [1] * 5, {"x": X}, method="REML")

    assert fit.tau2 == 0.0
    assert fit.tau2_se == pytest.approx((2.0 / exact_parts(v)[3]) ** 0.5, rel=1e-9)
    assert many.tau2_se[0] == pytest.approx(fit.tau2_se, rel=1e-12)
