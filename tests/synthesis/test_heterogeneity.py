"""I2 and H from Q, and the mean share of variance between studies."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import InputError
from weigh.synthesis import between_share, heterogeneity_from_q, mantel_haenszel, pool

approx = pytest.approx


def test_higgins_and_thompson_by_hand():
    """Q = 20 with 10 degrees of freedom: H2 is 2, ln H has a standard error of 0.17722."""
    found = heterogeneity_from_q(20.0, 10)
    se = 0.5 * (math.log(20.0) - math.log(10.0)) / (math.sqrt(40.0) - math.sqrt(19.0))

    assert found.h2[0] == 2.0
    assert found.h[1:] == approx(
        (math.sqrt(2.0) * math.exp(-1.959964 * se), math.sqrt(2.0) * math.exp(1.959964 * se)),
        rel=1e-6,
    )
    assert found.i2[0] == 50.0


@given(st.floats(0, 200), st.integers(2, 60), st.floats(0.5, 0.98))
def test_limits_hold_the_estimate_and_widen_with_the_level(q, df, level):
    narrow, wide = heterogeneity_from_q(q, df, level=level), heterogeneity_from_q(q, df, level=0.99)

    assert wide.i2[1] <= narrow.i2[1] <= narrow.i2[0] <= narrow.i2[2] <= wide.i2[2] < 100.0
    assert narrow.h2[1] >= 1.0


def test_two_studies_have_no_limits_and_one_has_no_spread():
    two, one = heterogeneity_from_q(3.0, 1), heterogeneity_from_q(0.0, 0)

    assert two.i2 == (approx(200.0 / 3.0), None, None)
    assert two.h == (approx(math.sqrt(3.0)), None, None)
    assert two.notes
    assert one.i2[0] == 0.0


def test_a_q_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="0 or above"):
        heterogeneity_from_q(-1.0, 3)


def test_the_share_between_studies_is_a_mean_over_them():
    """With tau2 = 1 and variances 1 and 3 the shares are a half and a quarter."""
    fit = pool([0.0, 1.0], [1.0, 3.0], tau2=1.0)

    assert between_share(fit) == approx(37.5)
    assert between_share(pool([0.0, 1.0], [1.0, 3.0], method="EE")) == 0.0


def test_a_share_needs_a_pooled_effect():
    fit = mantel_haenszel([3, 10], [50, 90], [8, 15], [52, 88])
    with pytest.raises(InputError, match="R_b"):
        between_share(fit)
