"""Which way an answer points follows from size, interval and certainty."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import comparison, outcome

from weigh.answer.size import Size, find
from weigh.answer.verdict import decide, direction_of, leading
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.study import Design


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [(-2.0, Size.LARGE), (-1.0, Size.IMPORTANT), (-0.99, Size.TRIVIAL), (-1.99, Size.IMPORTANT)],
)
def test_size_is_held_against_the_smallest_difference_that_matters(estimate, expected):
    assert find(comparison([estimate], [0.01])).size is expected


@pytest.mark.parametrize(("estimate", "expected"), [(-0.5, Size.SOME), (-0.1, Size.UNCLEAR)])
def test_without_a_known_mid_only_the_interval_speaks(estimate, expected):
    assert find(comparison([estimate], [0.01], measured=outcome(mid=None))).size is expected


def test_a_risk_is_held_against_its_mid_in_absolute_terms():
    measured = outcome(kind="dichotomous", mid=0.05)
    small = comparison([-0.3], [0.001], measured=measured, per_thousand=(-30.0, -40.0, -20.0))
    large = comparison([-0.3], [0.001], measured=measured, per_thousand=(-60.0, -80.0, -40.0))

    assert find(small).size is Size.TRIVIAL
    assert find(small).within_mid
    assert find(large).size is Size.IMPORTANT


@pytest.mark.parametrize(
    ("estimate", "better", "expected"),
    [
        (-2.0, "lower", "benefit"),
        (-2.0, "higher", "harm"),
        (2.0, "lower", "harm"),
        (2.0, "higher", "benefit"),
        (-0.1, "lower", "no-difference"),
    ],
)
def test_direction_follows_from_the_good_direction_of_the_outcome(estimate, better, expected):
    assert direction_of(comparison([estimate], [0.01], measured=outcome(better=better))) == expected


def test_an_interval_that_includes_no_effect_points_nowhere():
    assert direction_of(comparison([-1.5], [1.0])) == "unclear"


@pytest.mark.parametrize("rating", [CertaintyLevel.VERY_LOW, None])
def test_very_low_or_missing_certainty_points_nowhere(rating):
    assert direction_of(comparison([-2.0], [0.01], rating=rating)) == "unclear"


def test_uncontrolled_studies_point_nowhere_however_large_the_change():
    assert direction_of(comparison([-5.0], [0.01], design=Design.BEFORE_AFTER)) == "unclear"


def test_randomised_trials_lead_where_there_are_any():
    trials = comparison([-0.1], [0.01])
    observed = replace(comparison([-3.0], [0.01], design=Design.COHORT), id="pain-other")

    assert leading([observed, trials]) == (trials,)
    assert decide([observed, trials]).direction == "no-difference"


def test_harms_indirect_studies_and_subgroups_never_lead():
    harm = comparison([-2.0], [0.01], measured=outcome(role="harm"))
    indirect = comparison(
        [-2.0], [0.01], plan=ComparisonPlan(id="p", outcome="pain", directness="indirect")
    )
    subgroup = comparison(
        [-2.0], [0.01], plan=ComparisonPlan(id="p", outcome="pain", subgroup="old")
    )

    assert leading([harm, indirect, subgroup]) == ()
    assert decide([harm, indirect, subgroup]).certainty is CertaintyLevel.NO_EVIDENCE


def test_the_certainty_is_the_lowest_among_outcomes_that_point_the_same_way():
    low = comparison([-2.0], [0.01], rating=CertaintyLevel.LOW)
    high = replace(comparison([-2.0], [0.01]), id="other")
    very_low = replace(comparison([-2.0], [0.01], rating=CertaintyLevel.VERY_LOW), id="third")

    decision = decide([high, low, very_low])

    assert (decision.direction, decision.certainty) == ("benefit", CertaintyLevel.LOW)


def test_benefit_and_harm_side_by_side_are_unclear():
    good = comparison([-2.0], [0.01])
    bad = replace(comparison([2.0], [0.01], rating=CertaintyLevel.MODERATE), id="other")

    decision = decide([good, bad])

    assert (decision.direction, decision.certainty) == ("unclear", CertaintyLevel.MODERATE)
