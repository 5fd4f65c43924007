"""Subsets of studies: all of them, or a seeded sample."""

from __future__ import annotations

import numpy as np
import pytest
from synthesis.sensitivity.making import VI, YI

from weigh.errors import InputError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import gosh


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "SJ"])
def test_every_subset_is_pooled_as_alone(method):
    found = gosh(pool(YI, VI, method=method))

    assert found.k.tolist() == sorted(found.k.tolist())
    assert len({tuple(row) for row in found.included.tolist()}) == 63
    for row, estimate, tau2, i2, h2, q in zip(
        found.included, found.estimate, found.tau2, found.i2, found.h2, found.q, strict=True
    ):
        alone = pool(YI[row], VI[row], method=method)
        assert estimate[0] == pytest.approx(alone.estimate, rel=1e-10)
        assert tau2 == pytest.approx(alone.tau2, rel=1e-9, abs=1e-15)
        assert (i2, h2, q) == pytest.approx((alone.i2, alone.h2, alone.q), rel=1e-9, abs=1e-12)


def test_a_regression_is_fitted_where_the_subset_can_carry_it():
    found = gosh(pool(YI, VI, mods=[0, 0, 0, 1, 1, 1], method="DL"))

    one_sided = np.array(
        [set(row[:3]) == {False} or set(row[3:]) == {False} for row in found.included.tolist()]
    )
    assert np.isnan(found.estimate).any(axis=1).tolist() == one_sided.tolist()
    assert found.k.min() == 2
    assert "cannot carry" in found.notes[0]


def test_too_many_subsets_are_sampled_with_a_seed():
    fit = pool(np.tile(YI, 4), np.tile(VI, 4), method="EE")

    found, again = gosh(fit, subsets=2_000, seed=5), gosh(fit, subsets=2_000, seed=5)

    assert (found.exact, found.seed) == (False, 5)
    assert np.array_equal(found.estimate, again.estimate)
    # Half of 24 studies on average; four standard errors of the mean of 2,000.
    assert found.k.mean() == pytest.approx(12.0, abs=4 * np.sqrt(6.0 / 2_000))
    assert found.k.min() >= 1


def test_no_subsets_are_no_analysis():
    with pytest.raises(InputError, match="at least one"):
        gosh(pool(YI, VI), subsets=0)
