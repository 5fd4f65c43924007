"""Round numbers on every axis, apart from each other, and ratios where ratios belong."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.report.figures.lettering import SMALL, text_width
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.showing import View, number_text, ratio_text, tick_text, view_of

RR = view_of("RR")


def labels(view: View, low: float, high: float, width: float = 260.0) -> list[str]:
    axis = effect_axis(view, *view.analysed(np.array([low, high])), 0.0, width)
    return [tick.label for tick in axis.ticks]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.09, 11.0, ["0.1", "0.2", "0.5", "1", "2", "5", "10"]),
        (0.4, 1.2, ["0.5", "0.7", "1"]),
        (0.009, 110.0, ["0.01", "0.1", "1", "10", "100"]),
        (0.0009, 1100.0, ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
        (0.96, 1.05, ["0.96", "0.98", "1", "1.02", "1.04"]),
    ],
)
def test_ratios_have_round_ratios(low, high, expected):
    assert labels(RR, low, high) == expected


def test_a_proportion_has_round_proportions_at_their_logits():
    axis = effect_axis(view_of("PLO"), *view_of("PLO").analysed([0.05, 0.9]), 0.0, 260.0)

    for tick in axis.ticks:
        assert 1.0 / (1.0 + math.exp(-tick.value)) == pytest.approx(float(tick.label))


@given(
    low=st.floats(-300.0, 300.0),
    width=st.floats(1e-9, 600.0),
    pixels=st.floats(80.0, 500.0),
    measure=st.sampled_from([None, "RR", "PLO", "ZCOR", "PAS"]),
)
def test_labels_never_come_close_and_never_leave_the_margin(low, width, pixels, measure):
    view = view_of(measure)
    axis = effect_axis(view, low, low + width, 0.0, pixels)

    places = [(axis.at(t.value), text_width(t.label, SMALL) / 2) for t in axis.ticks]

    for (x, half), (other, its) in pairwise(places):
        assert x + half < other - its
    assert all(x + half <= pixels + 14.0 for x, half in places)
    assert all(axis.holds(tick.value) for tick in axis.ticks)


@given(low=st.floats(-1e9, 1e9), width=st.floats(1e-3, 1e9))
def test_an_upright_axis_has_labels_that_fit_beside_it(low, width):
    axis = number_axis(low, low + width, 330.0, 0.0, upright=True)

    assert all(text_width(tick.label, SMALL) < 62.0 for tick in axis.ticks)


@given(values=st.lists(st.floats(-1e12, 1e12), min_size=1))
def test_a_span_holds_its_values_and_is_never_empty(values):
    low, high = span_of(values)

    assert low < high
    assert low <= min(values)
    assert max(values) <= high


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.494, "0.49"),
        (12.34, "12.3"),
        (0.0037, "0.0037"),
        (6.1e-6, "6e−6"),
        (3.2e8, "3.2e8"),
        (math.inf, "∞"),
        (0.0, "0.00"),
    ],
)
def test_ratios_keep_two_figures_and_stay_short(value, text):
    assert ratio_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.494, "−0.49"), (2.75e11, "2.75e11"), (-3e-9, "−3.00e−9"), (-math.inf, "−∞")],
)
def test_differences_have_true_minus_signs(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-2.5, "−2.5"), (1e8, "1e8"), (2.5e-7, "2.5e−7"), (100_000.0, "100,000")],
)
def test_ticks_are_printed_short(value, text):
    assert tick_text(value) == text


def test_widths_decide_decimals_on_a_plain_scale_only():
    wide, narrow = np.array([4000.0, 9000.0]), np.array([0.004, 0.009])

    assert View().digits(wide) == 0
    assert View().digits(narrow) == 4
    assert RR.digits(narrow) == 2
