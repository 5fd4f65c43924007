"""Printed differences against the arms that they come from."""

from __future__ import annotations

import math

import pytest
from builders import World, a_result, a_study
from orphans import orphan_numbers, wording_faults

from weigh.appraisal.contrast_fit import misfits
from weigh.evidence.result import Result


def told(*rows: Result, design: str = "rct") -> list[str]:
    world = World(others=[a_study("s", design=design)], results=list(rows))
    phrases = list(misfits(world.evidence(), world.others[0], world.trace))
    for phrase in phrases:
        assert orphan_numbers(phrase, world.trace) == []
        assert wording_faults(phrase.text) == []
    return [phrase.text for phrase in phrases]


def arms(**about: object) -> list[Result]:
    values = {"n": 50, "sd": 2.0} | about
    return [a_result("s", arm, "pain", mean=mean, **values) for arm, mean in (("a", 3), ("b", 4))]


def contrast(**about: object) -> Result:
    values = {"measure": "MD", "effect": -1.0} | about
    return a_result("s", "a", "pain", versus="b", **values)


def within(half: float) -> Result:
    return contrast(ci_low=-1.0 - half, ci_high=-1.0 + half)


# 50 people and an SD of 2 in each arm: SE 0.4, and t with 98 degrees of freedom 1.984.
HALF = 0.4 * 1.9845


@pytest.mark.parametrize(("times", "found"), [(0.66, 1), (0.67, 0), (1.0, 0), (1.49, 0), (1.51, 1)])
def test_an_interval_too_narrow_or_too_wide_for_the_arms(times: float, found: int) -> None:
    assert len(told(*arms(), within(times * HALF))) == found


def test_the_cramp_trial_that_prints_a_third_of_the_width() -> None:
    """Means 0.96 (SD 1.41, n 103) and 3.63 (2.20, 96), printed as -2.67 (-2.86 to -2.49)."""
    rows = [
        a_result("s", "a", "pain", mean=0.96, sd=1.41, n=103),
        a_result("s", "b", "pain", mean=3.63, sd=2.20, n=96),
        contrast(effect=-2.67, ci_low=-2.86, ci_high=-2.49, p=0.001, p_relation="<"),
    ]

    (text,) = told(*rows)

    assert "The printed interval (−2.86 to −2.49) is 0.36 times as wide".lower() in text.lower()
    assert "(−3.19 to −2.15)" in text
    assert text.endswith("but seldom by so much.")


def test_a_standard_error_is_held_against_the_arms_as_well() -> None:
    assert told(*arms(), contrast(se=0.4)) == []
    (text,) = told(*arms(), contrast(se=0.2))
    assert "standard error (0.2) is 0.50 times as large" in text
    assert "(0.40)" in text


def test_a_fit_to_the_sds_of_change_will_do() -> None:
    """The change varies less than the scores, and its interval is what was printed."""
    printed = within(0.5 * HALF)

    assert len(told(*arms(), printed)) == 1
    assert told(*arms(change_sd=1.0), printed) == []


def test_a_ratio_is_held_against_the_counts() -> None:
    """20 of 100 against 40 of 100: SE of the log RR 0.2345, so 0.32 to 0.79."""
    rows = [
        a_result("s", arm, "pain", events=events, total=100)
        for arm, events in (("a", 20), ("b", 40))
    ]
    se = math.sqrt(1 / 20 - 1 / 100 + 1 / 40 - 1 / 100)

    def ratio(times: float) -> Result:
        half = times * 1.96 * se
        return contrast(
            measure="RR", effect=0.5, ci_low=0.5 * math.exp(-half), ci_high=0.5 * math.exp(half)
        )

    assert told(*rows, ratio(1.0)) == []
    (text,) = told(*rows, ratio(0.5))
    assert "counts of the groups imply (0.32 to 0.79)" in text


@pytest.mark.parametrize("design", ["crossover-rct", "cluster-rct"])
def test_people_who_are_not_independent_are_left_alone(design: str) -> None:
    assert told(*arms(), within(0.3 * HALF), design=design) == []


def test_arms_of_another_time_or_without_spread_say_nothing() -> None:
    later = [row.model_copy(update={"weeks": 12.0}) for row in arms()]

    assert told(*later, within(0.3 * HALF)) == []
    assert told(*arms(sd=None), within(0.3 * HALF)) == []
    assert told(arms()[0], within(0.3 * HALF)) == []


@pytest.mark.parametrize(
    ("p", "relation", "interval", "found"),
    [
        (0.04, "=", (-2.0, 0.1), 1),
        (0.05, "=", (-2.0, 0.1), 0),
        (0.2, "=", (-2.0, 0.1), 0),
        (0.06, "=", (-2.0, -0.1), 1),
        (0.05, "=", (-2.0, -0.1), 0),
        (0.001, "<", (-2.0, 0.1), 1),
        (0.05, "<", (-2.0, 0.1), 0),
        (0.1, ">", (-2.0, -0.1), 1),
        (0.01, ">", (-2.0, 0.1), 0),
    ],
)
def test_a_p_value_on_the_other_side_than_its_interval(
    p: float, relation: str, interval: tuple[float, float], found: int
) -> None:
    row = contrast(p=p, p_relation=relation, ci_low=interval[0], ci_high=interval[1])

    assert len(told(row)) == found


def test_no_effect_of_a_ratio_is_one() -> None:
    row = contrast(measure="RR", effect=0.8, ci_low=0.7, ci_high=0.9, p=0.5)

    assert "which leaves out no effect" in told(row)[0]
