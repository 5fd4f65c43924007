"""GRADE, what raises certainty: only where nothing lowers it, and only without randomising."""

from __future__ import annotations

import pytest
from builders import DICHOTOMOUS, World
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import CertaintyLevel


def cohorts(design: str = "cohort", bias: str = "moderate") -> World:
    world = World(outcome=DICHOTOMOUS, design=design)
    for number in range(2):
        world.trial(f"s{number}", n=3000, events=(300, 300), bias=bias)
    return world


@pytest.mark.parametrize(
    ("estimate", "ci", "levels"),
    [
        (2.0, (1.9, 2.1), 0),
        (2.01, (1.9, 2.1), 1),
        (0.5, (0.45, 0.55), 0),
        (0.49, (0.45, 0.55), 1),
        (5.0, (4.0, 6.0), 1),
        (5.1, (4.0, 6.0), 2),
        (0.2, (0.1, 0.3), 1),
        (0.19, (0.1, 0.3), 2),
    ],
)
def test_a_large_relative_risk_raises(
    estimate: float, ci: tuple[float, float], levels: int
) -> None:
    world = cohorts()

    rating = world.rate(estimate=estimate, ci=ci)
    domain = rating.domains[5]

    assert (domain.domain, domain.levels) == ("large_effect", levels)
    assert rating.rating is CertaintyLevel.of_rank(2 + levels)
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []


def test_an_odds_ratio_is_read_as_a_relative_risk_first() -> None:
    """At a risk of 50 % odds of 2.5 are a relative risk of 1.43; at 1 % they are 2.46."""
    common = cohorts().domain(
        "large_effect", measure="OR", estimate=2.5, ci=(2.2, 2.9), absolute={"comparator": 500.0}
    )
    rare = cohorts().domain(
        "large_effect", measure="OR", estimate=2.5, ci=(2.2, 2.9), absolute={"comparator": 10.0}
    )

    assert (common.levels, rare.levels) == (0, 1)
    assert "1.43" in common.reason.text
    assert "2.46" in rare.reason.text


def test_nothing_raises_what_another_domain_lowers() -> None:
    domain = cohorts(bias="serious").domain("large_effect", estimate=3.0, ci=(2.5, 3.5))

    assert domain.levels == 0
    assert "another domain lowers" in domain.reason.text


@pytest.mark.parametrize("design", ["rct", "before-after"])
def test_only_controlled_studies_without_randomising_can_be_raised(design: str) -> None:
    domain = cohorts(design, bias="low").domain("large_effect", estimate=6.0, ci=(5.5, 6.5))

    assert domain.levels == 0


def test_a_difference_in_means_is_never_large_by_this_rule() -> None:
    world = World(design="cohort").trial("s", n=900).trial("t", n=900)

    assert world.domain("large_effect").levels == 0
