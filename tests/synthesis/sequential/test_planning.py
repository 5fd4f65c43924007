"""The next trial is as large as it must be, and no larger."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.pooling import pool
from weigh.synthesis.sequential import next_trial

Y, V = [0.30, 0.22, 0.35], [0.08, 0.06, 0.09]


def test_with_one_common_effect_the_power_is_a_closed_form():
    """The updated z is normal: (W est + w y) / sqrt(W + w), with y about the estimate."""
    fit = pool(Y, V, method="EE")
    found = next_trial(fit, variance=4.0, replications=20_000)

    weight, new = 1.0 / fit.se**2, found.size / 4.0
    centre = fit.estimate * math.sqrt(weight + new)
    closed = stats.norm.sf((1.959964 - centre) / math.sqrt(new / (weight + new)))

    assert found.power == pytest.approx(closed, abs=0.015)
    assert found.power == pytest.approx(0.8, abs=0.015)


def test_more_power_takes_a_larger_trial_and_a_threshold_takes_more():
    fit = pool(Y, V, method="EE")
    plain = next_trial(fit, variance=4.0)

    assert next_trial(fit, variance=4.0, power=0.95).size > plain.size
    assert next_trial(fit, variance=4.0, threshold=0.1).size > plain.size
    assert next_trial(fit, variance=8.0).size > 1.5 * plain.size


def test_direction_does_not_matter():
    turned = next_trial(pool([-y for y in Y], V, method="EE"), variance=4.0, replications=5000)
    straight = next_trial(pool(Y, V, method="EE"), variance=4.0, replications=5000)

    assert turned.size == pytest.approx(straight.size, rel=0.1)


def test_no_trial_settles_what_lies_between_studies():
    """However large, one more trial is one more draw from a wide distribution."""
    fit = pool([1.0, -1.0, 1.2, -0.9], [0.02] * 4, method="DL")

    found = next_trial(fit, variance=4.0, replications=200)

    assert found.size is None
    assert any("100000" in note for note in found.notes)
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_negligible_effect_can_be_shown():
    fit = pool([0.01, -0.02, 0.0], [0.02, 0.03, 0.02], method="EE")

    found = next_trial(fit, variance=4.0, threshold=0.15, goal="within", effect=0.0)

    assert 100 < found.size < 2000
    assert found.notes == ()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"variance": 0.0}, InputError, "above 0"),
        ({"variance": 1.0, "goal": "within"}, InputError, "threshold"),
        ({"variance": 1.0, "goal": "near"}, NotFoundError, "near"),
        ({"variance": 1.0, "largest": 1}, InputError, "largest"),
    ],
)
def test_what_cannot_be_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        next_trial(pool(Y, V), **options)


def test_a_regression_is_refused():
    fit = pool([*Y, 0.1], [*V, 0.1], mods=np.array([1.0, 2.0, 3.0, 4.0]))

    with pytest.raises(StatisticsError, match="regression"):
        next_trial(fit, variance=1.0)
