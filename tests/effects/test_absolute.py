"""What an effect comes to in people."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.effects import (
    absolute_effect,
    odds_ratio_from_risk_ratio,
    risk_ratio_from_odds_ratio,
)
from weigh.errors import InputError, NotFoundError

RISKS = st.floats(0.001, 0.9)


def test_a_risk_ratio_in_people():
    """RR 0.80 (0.66 to 0.97) at a risk of 0.15: 30 fewer in 1,000, from 51 to about 5 fewer."""
    effect = absolute_effect(
        "RR", math.log(0.80), math.log(0.66), math.log(0.97), baseline_risk=0.15
    )

    assert effect.comparator == 150.0
    assert effect.intervention == pytest.approx(120.0)
    assert effect.difference == pytest.approx(-30.0)
    assert (effect.difference_low, effect.difference_high) == pytest.approx((-51.0, -4.5))
    assert effect.needed.value == pytest.approx(1 / 0.03)
    assert effect.needed.direction == "fewer"
    assert not effect.needed.through_infinity
    assert effect.reference == "Cochrane Handbook 15.4.4"


def test_the_handbook_example_of_an_odds_ratio():
    """Handbook 15.4.4.3: OR 0.73 at an assumed risk of 0.3 is 62 fewer in 1,000, so NNT 17."""
    effect = absolute_effect("OR", math.log(0.73), math.log(0.5), math.log(1.0), baseline_risk=0.3)

    assert effect.difference == pytest.approx(-62, abs=1)
    assert math.ceil(effect.needed.value) == 17


def test_an_interval_that_holds_no_difference_runs_through_infinity():
    """Altman 1998: NNTB 10 to infinity to NNTH 20 is one interval, not two."""
    effect = absolute_effect("RD", -0.025, -0.10, 0.05, baseline_risk=0.3)

    assert effect.needed.value == pytest.approx(40)
    assert effect.needed.ends == (
        (pytest.approx(10), "fewer"),
        (pytest.approx(20), "more"),
    )
    assert effect.needed.through_infinity


def test_no_effect_needs_infinitely_many_people():
    effect = absolute_effect("RR", 0.0, -0.1, 0.1, baseline_risk=0.3)

    assert effect.needed.value == math.inf
    assert effect.difference == 0.0


@given(risk=RISKS, log_ratio=st.floats(-2, 2), per=st.sampled_from([1, 100, 1000]))
def test_a_hazard_ratio_raises_the_share_without_the_event_to_its_power(risk, log_ratio, per):
    effect = absolute_effect("HR", log_ratio, log_ratio, log_ratio, baseline_risk=risk, per=per)

    assert effect.intervention / per == pytest.approx(1 - (1 - risk) ** math.exp(log_ratio))


@given(
    measure=st.sampled_from(["RR", "OR", "PETO", "HR", "RD"]),
    risk=RISKS,
    middle=st.floats(-1, 1),
    half=st.floats(0, 1),
)
def test_risks_stay_between_nobody_and_everybody_and_in_order(measure, risk, middle, half):
    effect = absolute_effect(measure, middle, middle - half, middle + half, baseline_risk=risk)

    assert 0 <= effect.intervention_low <= effect.intervention <= effect.intervention_high <= 1000
    assert effect.intervention - effect.comparator == pytest.approx(effect.difference, abs=1e-9)


def test_more_than_everybody_is_stopped_and_said():
    effect = absolute_effect("RR", math.log(3), math.log(2), math.log(4), baseline_risk=0.4)

    assert effect.intervention == 1000.0
    assert "stopped there" in effect.notes[0]


def test_rates_may_exceed_one():
    effect = absolute_effect("IRR", math.log(2), 0.0, math.log(3), baseline_risk=1.5, per=100)

    assert effect.intervention == pytest.approx(300)
    assert effect.notes == ()


@given(odds_ratio=st.floats(0.05, 20), risk=RISKS)
def test_an_odds_ratio_comes_back_from_its_risk_ratio(odds_ratio, risk):
    ratio = risk_ratio_from_odds_ratio(odds_ratio, risk).value

    assert odds_ratio_from_risk_ratio(ratio, risk).value == pytest.approx(odds_ratio, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: absolute_effect("RR", 0, 1, 2, baseline_risk=0.1), "does not hold"),
        (lambda: absolute_effect("RR", 0, 0, 0, baseline_risk=12), "Write 12 % as 0.12"),
        (lambda: absolute_effect("IRR", 0, 0, 0, baseline_risk=0), "above 0"),
        (lambda: absolute_effect("RR", 0, 0, 0, baseline_risk=0.1, per=0), "per is 0"),
        (lambda: risk_ratio_from_odds_ratio(-1, 0.1), "a ratio is above zero"),
        (lambda: risk_ratio_from_odds_ratio(1, 1.1), "between 0 and 1"),
        (lambda: odds_ratio_from_risk_ratio(3, 0.5), "it has no odds"),
    ],
)
def test_numbers_that_cannot_be_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_a_measure_without_absolute_effect_is_refused():
    with pytest.raises(NotFoundError, match="measure with an absolute effect"):
        absolute_effect("SMD", 0, 0, 0, baseline_risk=0.1)
