"""The lines that an interval is held against."""

from __future__ import annotations

import math

import pytest
from builders import CONTINUOUS, DICHOTOMOUS, World

from weigh.appraisal.body import gather
from weigh.appraisal.lines import Lines, decision_lines, pooled_sd
from weigh.evidence.question import MinimalImportantDifference

MID = MinimalImportantDifference(value=0.05, source="mid-paper")


def lines(world: World, **options: object) -> Lines:
    return decision_lines(gather(world.comparison(**options), world.evidence(), world.trace))


def at_risk(**options: object) -> Lines:
    world = World(outcome=DICHOTOMOUS.model_copy(update={"mid": MID})).trial("s", events=(9, 10))
    return lines(world, estimate=0.9, ci=(0.7, 1.2), **options)


def test_a_mid_in_risk_is_a_relative_risk_at_that_risk() -> None:
    """At a risk of 20 %, 5 percentage points are a quarter of it."""
    found = at_risk(absolute={"comparator": 200.0})

    assert found.natural_important == pytest.approx((0.75, 1.25))
    assert found.important == (-0.05, 0.05)
    assert found.known


def test_a_mid_in_risk_is_an_odds_ratio_at_that_risk() -> None:
    """From 20 % to 15 % and 25 %: odds of 0.25 to 0.1765 and to 0.3333."""
    found = at_risk(absolute={"comparator": 200.0}, measure="OR")

    assert found.natural_important == pytest.approx((0.15 / 0.85 / 0.25, 0.25 / 0.75 / 0.25))


def test_a_mid_in_risk_is_itself_for_a_risk_difference() -> None:
    found = at_risk(absolute={"comparator": 200.0}, measure="RD")

    assert found.natural_important == (-0.05, 0.05)
    assert found.natural_lines == (0.0, -0.05, 0.05)


def test_a_risk_with_no_room_for_the_mid_leaves_the_null_alone() -> None:
    assert at_risk(absolute={"comparator": 40.0}).natural_lines == (1.0,)


def test_without_a_risk_the_stand_ins_for_ratios_are_used() -> None:
    found = at_risk()

    assert (found.important, found.known) == ((0.75, 1.25), False)


def test_a_standardised_difference_matters_from_half_an_sd() -> None:
    found = lines(World().trial("s"), measure="SMD")

    assert (found.important, found.large, found.known) == ((-0.5, 0.5), (-1.0, 1.0), False)


def test_the_pooled_sd_counts_each_arm_by_its_degrees_of_freedom() -> None:
    """Arms of 11 and of 31 people each: (2 · 10 · 1 + 2 · 30 · 9) / 80 is 7."""
    world = World(outcome=CONTINUOUS).trial("s", n=22, sd=1.0).trial("t", n=62, sd=3.0)

    found = pooled_sd(world.comparison())

    assert found is not None
    assert found[0] == pytest.approx(math.sqrt(7.0))
    assert len(found[1]) == 8


def test_arms_without_sds_have_no_pooled_one() -> None:
    assert pooled_sd(World().trial("s", sd=None).comparison()) is None
