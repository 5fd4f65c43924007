"""Certainty of a comparison: whole ratings, overrides, and that every number has a source."""

from __future__ import annotations

import pytest
from builders import CONTINUOUS, World
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import Certainty, CertaintyLevel
from weigh.evidence.judgement import CertaintyOverride
from weigh.evidence.trace import TraceBuilder

DOMAINS = (
    "risk_of_bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication_bias",
    "large_effect",
    "dose_response",
    "opposing_residual_confounding",
)


def levels(rating: Certainty) -> dict[str, int]:
    return {domain.domain: domain.levels for domain in rating.domains if domain.levels}


def assert_sound(rating: Certainty, trace: TraceBuilder) -> None:
    for phrase in (rating.start_reason, *(domain.reason for domain in rating.domains)):
        assert orphan_numbers(phrase, trace) == []
        assert wording_faults(phrase.text) == []


def a_pilot(**about: object) -> World:
    """One small trial by people with a stake, with some concerns, and ranges for results."""
    world = World()
    return world.trial(
        "mehta-2021",
        n=20,
        bias="some_concerns",
        estimable=False,
        tied="A Maker Ltd",
        team="one",
        **about,
    )


def a_strong_body() -> World:
    world = World()
    for number in range(4):
        world.trial(f"trial-{number}", n=500)
    return world


def test_one_tied_pilot_without_an_estimate_is_very_low() -> None:
    world = a_pilot()

    rating = world.rate()

    assert rating.start is CertaintyLevel.HIGH
    assert rating.rating is CertaintyLevel.VERY_LOW
    assert levels(rating) == {"risk_of_bias": -1, "imprecision": -2, "publication_bias": -1}
    assert_sound(rating, world.trace)


def test_a_large_unbiased_independent_consistent_body_is_high() -> None:
    world = a_strong_body()

    rating = world.rate(i2=10.0)

    assert rating.rating is CertaintyLevel.HIGH
    assert levels(rating) == {}
    assert_sound(rating, world.trace)


def test_every_domain_is_there_with_a_reason() -> None:
    rating = a_strong_body().rate()

    assert tuple(domain.domain for domain in rating.domains) == DOMAINS
    assert all(domain.reason.text for domain in rating.domains)


@pytest.mark.parametrize(
    ("design", "start"),
    [
        ("rct", "high"),
        ("crossover-rct", "high"),
        ("cohort", "low"),
        ("non-randomised", "low"),
        ("before-after", "very-low"),
        ("case-series", "very-low"),
    ],
)
def test_the_design_says_where_it_starts(design: str, start: str) -> None:
    world = World(design=design).trial("s", n=600).trial("t", n=600)

    rating = world.rate()

    assert (rating.start, rating.rating) == (start, start)
    assert_sound(rating, world.trace)


def test_it_never_falls_below_very_low() -> None:
    world = World(design="before-after")
    world.trial("s", n=10, bias="critical", tied="A Maker", directness={"levels": 2})

    rating = world.rate(ci=(-9.0, 9.0))

    assert sum(domain.levels for domain in rating.domains) < -4
    assert rating.rating is CertaintyLevel.VERY_LOW


def test_no_study_is_no_evidence() -> None:
    rating = World().rate()

    assert rating.rating is CertaintyLevel.NO_EVIDENCE
    assert rating.domains == ()


def an_override(domain: str, levels: int) -> CertaintyOverride:
    return CertaintyOverride.model_validate(
        {
            "comparison": "c",
            "domain": domain,
            "levels": levels,
            "reason": "All 4 trials were open-label, and people rated their own pain",
            "by": "R. Viewer",
        }
    )


def test_a_reviewers_rating_takes_the_place_of_the_computed_one_and_keeps_it() -> None:
    world = a_strong_body()
    world.overrides.append(an_override("risk_of_bias", -2))

    rating = world.rate()
    domain = rating.domains[0]

    assert rating.rating is CertaintyLevel.LOW
    assert (domain.levels, domain.by, domain.computed_levels) == (-2, "R. Viewer", 0)
    assert domain.computed_reason is not None
    assert "low risk of bias" in domain.computed_reason.text
    assert domain.reason.text.endswith("their own pain.")
    assert_sound(rating, world.trace)


def test_a_reviewer_may_raise_what_the_rules_leave_alone() -> None:
    world = World(design="cohort").trial("s", n=600).trial("t", n=600)
    world.overrides.append(an_override("dose_response", 1))

    assert world.rate().rating is CertaintyLevel.MODERATE


def test_an_override_of_another_comparison_changes_nothing() -> None:
    world = a_strong_body()
    other = an_override("risk_of_bias", -2).model_copy(update={"comparison": "c-uncontrolled"})
    world.overrides.append(other)

    assert world.rate().rating is CertaintyLevel.HIGH


def test_the_rating_rests_on_every_domain_and_through_them_on_sources() -> None:
    world = a_pilot()

    rating = world.rate()
    trace = world.trace.build()

    assert {f"certainty.c.{name}" for name in DOMAINS} <= set(trace[rating.node].inputs)
    assert trace[rating.node].value == "very-low"
    assert trace.sources(rating.node) == ("paper",)


def test_rating_the_same_comparison_again_gives_the_same_nodes() -> None:
    world = a_strong_body()

    assert world.rate() == world.rate()


def test_a_mid_changes_the_rating_of_the_same_numbers() -> None:
    """The same interval decides the question at one MID and not at another."""
    tight = World(outcome=CONTINUOUS).trial("s", n=900).rate(ci=(-1.9, -1.1), mid=1.0)
    wide = World(outcome=CONTINUOUS).trial("s", n=900).rate(ci=(-1.9, -1.1), mid=1.5)

    assert tight.rating is CertaintyLevel.HIGH
    assert wide.rating is CertaintyLevel.MODERATE
