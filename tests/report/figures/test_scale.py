"""The axis holds what matters, and reads the same from either end."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from weigh.report.figures.scale import Reach, scale_for


def reach(estimate: float, spread: float) -> Reach:
    return Reach(estimate=estimate, low=estimate - spread, high=estimate + spread)


differences = st.builds(reach, st.floats(-50, 50), st.floats(0.01, 20))


@given(st.lists(differences, min_size=1, max_size=20))
def test_every_estimate_of_a_difference_is_on_the_axis_and_no_effect_in_its_middle(studies):
    scale = scale_for(studies, [], logarithmic=False, left=0, right=200)

    assert all(scale.holds(study.estimate) for study in studies)
    assert abs(scale.at(0.0) - 100) < 1e-6
    assert [-tick for tick in reversed(scale.ticks)] == list(scale.ticks)


@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(0.01, 1)), min_size=1, max_size=20))
def test_every_ratio_up_to_fifty_fold_is_on_the_axis_with_one_in_its_middle(values):
    studies = [
        Reach(estimate=math.exp(y), low=math.exp(y - s), high=math.exp(y + s)) for y, s in values
    ]

    scale = scale_for(studies, [], logarithmic=True, left=0, right=200)

    assert all(scale.holds(study.estimate) for study in studies)
    assert abs(scale.at(1.0) - 100) < 1e-6


def test_one_wide_interval_does_not_squeeze_the_others():
    narrow = [reach(-0.2, 0.3)] * 6

    scale = scale_for([*narrow, reach(0.0, 40.0)], [], logarithmic=False, left=0, right=200)

    assert scale.high < 2


def test_the_whole_pooled_interval_is_on_the_axis_however_wide():
    scale = scale_for([reach(0, 1)] * 4, [reach(0.5, 9)], logarithmic=False, left=0, right=200)

    assert scale.holds(-8.5)
    assert scale.holds(9.5)


def test_a_value_beyond_the_axis_is_held_at_its_end():
    scale = scale_for([reach(0, 1)], [], logarithmic=False, left=10, right=90)

    assert scale.at(1000.0) == 90
    assert scale.at(-1000.0) == 10


def test_an_effect_of_exactly_nothing_still_gets_an_axis():
    scale = scale_for(
        [Reach(estimate=0.0, low=0.0, high=0.0)], [], logarithmic=False, left=0, right=100
    )

    assert scale.low < 0 < scale.high
