"""The balance: weights on a beam that rests where the pooled effect is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weigh
from weigh.errors import InputError
from weigh.report.plot import balance

EFFECTS = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 2)), min_size=2, max_size=40)


@given(EFFECTS)
@settings(max_examples=25, deadline=None)
def test_the_beam_rests_at_the_centre_of_gravity_of_what_is_drawn(studies):
    yi, vi = zip(*studies, strict=True)
    fit = weigh.pool(yi, vi, method="DL")
    data = balance(fit).data
    weights = np.array(data["weight_percent"])
    assert weights.sum() == pytest.approx(100)
    centre = weights @ np.array(data["effect"]) / 100
    assert centre == pytest.approx(fit.estimate, abs=1e-9)


def test_the_same_fit_gives_the_same_bytes_and_words_for_those_who_do_not_see_it():
    fit = weigh.pool([-0.7, -0.2, 0.1], [0.04, 0.09, 0.2], slab=["Ash", "Elm", "Oak"])
    plot = balance(fit, measure="RR")
    assert plot.svg() == balance(fit, measure="RR").svg()
    assert "The heaviest of 3 weights is Ash" in plot.description
    assert plot.description in plot.svg().replace("&amp;", "&")
    for name in ("Ash", "Elm", "Oak", "no effect"):
        assert name in plot.svg()


def test_a_row_without_an_effect_has_no_weight_on_the_beam():
    fit = weigh.pool([float("nan"), -0.2, 0.1], [0.04, 0.09, 0.2], slab=["Ash", "Elm", "Oak"])

    data = balance(fit).data

    assert data["name"] == ("Elm", "Oak")
    assert data["effect"] == (-0.2, 0.1)


def test_a_regression_and_a_single_study_have_no_balance():
    with pytest.raises(InputError, match="one pooled effect of at least two studies"):
        balance(weigh.pool([0.1], [0.2], method="EE"))
    with pytest.raises(InputError, match="one pooled effect of at least two studies"):
        balance(weigh.pool([0.1, 0.2, 0.5, 0.4], [0.2] * 4, mods={"x": [1.0, 2.0, 3.0, 5.0]}))
