"""The weight function of a fitted selection model: how likely a P value is to be seen."""

from __future__ import annotations

import numpy as np
import pytest

import weigh
from weigh.errors import InputError

RNG = np.random.default_rng(3)
VI = np.exp(RNG.normal(-2.0, 1.0, 40))
YI = 0.2 + RNG.normal(size=40) * np.sqrt(VI + 0.02)


def test_a_step_function_has_the_weight_of_its_interval_cut_offs_included():
    model = weigh.bias.selection_model(YI, VI, kind="step", steps=[0.025, 0.5])

    weight = model.weight([0.0, 0.025, 0.026, 0.5, 0.51, 1.0])

    first, second, third = (each.estimate for each in model.delta)
    assert list(weight) == [first, first, second, second, third, third]
    assert first == 1.0


@pytest.mark.parametrize("kind", ["halfnorm", "negexp", "logistic", "power"])
def test_a_smooth_function_is_1_up_to_where_it_starts_and_never_rises_after(kind):
    model = weigh.bias.selection_model(YI, VI, kind=kind, steps=0.05)

    weight = model.weight(np.linspace(0.0, 1.0, 201))

    assert set(weight[:11]) == {1.0}
    assert weight[11] == pytest.approx(1.0, abs=0.1)
    assert np.all(np.diff(weight) <= 0.0)
    assert np.all(weight >= 0.0)


def test_a_truncation_selects_by_effects():
    model = weigh.bias.selection_model(YI, VI, kind="truncation", steps=0.0)

    with pytest.raises(InputError, match="selects by effects, not by P values"):
        model.weight(0.5)
