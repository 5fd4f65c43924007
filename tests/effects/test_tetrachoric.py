"""The tetrachoric correlation and the bivariate normal distribution under it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from weigh.effects.tetrachoric import bivariate_normal_cdf, tetrachoric_correlation

CELLS = st.integers(1, 10_000)


def correlation(*cells):
    rho, variance = tetrachoric_correlation(*(np.array([float(cell)]) for cell in cells))
    return float(rho[0]), float(variance[0])


@given(h=st.floats(-5, 5), k=st.floats(-5, 5), rho=st.floats(-0.999, 0.999))
def test_the_distribution_is_that_of_scipy(h, k, rho):
    """There an integral is taken; Owen's T gives a few digits more, hence the tolerance."""
    wanted = stats.multivariate_normal.cdf(
        [h, k], cov=[[1, rho], [rho, 1]], abseps=1e-12, releps=1e-12, maxpts=10**6
    )

    ours = bivariate_normal_cdf(np.array(h), np.array(k), np.array(rho))

    assert float(ours) == pytest.approx(wanted, abs=1e-8)


@given(rho=st.floats(-0.9999, 0.9999))
def test_a_quadrant_is_known_in_closed_form(rho):
    """Sheppard 1899: 1/4 + arcsin(rho) / (2 pi)."""
    ours = bivariate_normal_cdf(np.array(0.0), np.array(0.0), np.array(rho))

    assert float(ours) == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=1e-14)


@given(a=CELLS, b=CELLS)
def test_equal_margins_have_a_closed_form(a, b):
    """Cut at both medians: rho = sin(pi/2 (a - b) / (a + b)) ."""
    assert correlation(a, b, b, a)[0] == pytest.approx(
        math.sin(0.5 * math.pi * (a - b) / (a + b)), abs=1e-12
    )


@given(a=CELLS, b=CELLS, c=CELLS, d=CELLS)
def test_the_estimate_gives_the_table_back(a, b, c, d):
    n = a + b + c + d
    rho, variance = correlation(a, b, c, d)
    h, k = special.ndtri((a + b) / n), special.ndtri((a + c) / n)

    share = float(bivariate_normal_cdf(np.array(h), np.array(k), np.array(rho)))

    assert -1 < rho < 1
    assert share == pytest.approx(a / n, abs=1e-12)
    assert variance > 0


@given(a=CELLS, b=CELLS, c=CELLS, d=CELLS)
def test_turning_the_table_over_turns_the_sign(a, b, c, d):
    forth, back = correlation(a, b, c, d), correlation(c, d, a, b)

    assert back[0] == pytest.approx(-forth[0], abs=1e-9)
    assert back[1] == pytest.approx(forth[1], rel=1e-5)


@pytest.mark.parametrize(
    ("cells", "rho", "variance"),
    [
        ((0, 0, 5, 5), 0.0, math.inf),
        ((0, 5, 0, 5), 0.0, math.inf),
        ((5, 0, 0, 5), 1.0, 0.0),
        ((0, 5, 5, 0), -1.0, 0.0),
        ((5, 0, 3, 5), 1.0, math.nan),
        ((0, 5, 3, 5), -1.0, math.nan),
        ((math.nan, 5, 3, 5), math.nan, math.nan),
    ],
)
def test_empty_cells_put_it_at_a_bound(cells, rho, variance):
    ours = correlation(*cells)

    assert np.array_equal(ours, (rho, variance), equal_nan=True)
