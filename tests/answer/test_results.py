"""The sentence of one comparison."""

from __future__ import annotations

from making import comparison, evidence, outcome

from weigh.answer.results import interval_words, tell_comparison
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.statement import Quantity

QUESTION = evidence([], []).question


def test_a_difference_is_told_in_points_with_its_interval_and_certainty():
    told = tell_comparison(comparison([-1.5], [0.04], rating=CertaintyLevel.LOW), QUESTION)

    assert told.text == (
        "Drug X may lower pain: 1.50 points lower than with placebo on average (95% CI 1.11 to "
        "1.89 lower); 1 randomised trial, 200 people; certainty: low."
    )


def test_a_risk_is_told_in_people_first():
    held = comparison(
        [-0.5],
        [0.01],
        measured=outcome(kind="dichotomous", mid=0.01),
        per_thousand=(-39.0, -50.0, -26.0),
    )

    assert tell_comparison(held, QUESTION).text.startswith(
        "Drug X greatly lowers the risk of a bad event: 39 fewer in 1,000 people (26 to 50 fewer) "
        "than the 100 in 1,000 with placebo; risk ratio"
    )


def test_very_low_certainty_makes_no_claim_but_keeps_its_numbers():
    told = tell_comparison(comparison([-1.5], [0.04], rating=CertaintyLevel.VERY_LOW), QUESTION)

    assert told.text.startswith("We cannot tell whether Drug X changes pain: 1.50 points lower")


def test_bounds_on_both_sides_of_no_effect_name_both_ways():
    low, high = Quantity(text="0.83", node="l"), Quantity(text="0.51", node="h")

    assert interval_words(low, high, -0.83, 0.51, ("lower", "higher")).text == (
        "0.83 lower to 0.51 higher"
    )
    assert interval_words(low, high, -0.83, -0.51, ("lower", "higher")).text == (
        "0.51 to 0.83 lower"
    )
    assert interval_words(low, high, 0.83, 0.51, ("lower", "higher")).text == (
        "0.83 to 0.51 higher"
    )
