"""Effect sizes of several calls put below each other, or kept apart."""

from __future__ import annotations

import numpy as np
import pytest

import weigh
from weigh.effects import stack_effects
from weigh.errors import InputError, NotFoundError
from weigh.evidence.measure import MEASURES

MEANS = {
    "mean1": [3.0, 4.0],
    "sd1": [1, 1],
    "n1": [20, 9],
    "mean2": [4, 4],
    "sd2": [1, 2],
    "n2": [20, 8],
}
COUNTS = {"events1": [3], "n1": [20], "events2": [6], "n2": [20]}
CHANGE = {"change_mean": [-2.0], "change_sd": [3.0], "n": [24]}


def test_rows_come_in_order_with_what_belongs_to_them():
    first = weigh.effect_size("SMD", **MEANS, slab=["a", "b"])
    later = weigh.effect_size("SMD", mean1=[1.0], sd1=[None], n1=[9], mean2=[2], sd2=[2], n2=[9])

    found = stack_effects(first, later)

    np.testing.assert_array_equal(found.yi, np.concatenate([first.yi, later.yi]))
    np.testing.assert_array_equal(found.ni, [40, 17, 18])
    assert found.slab == ("a", "b", "3")
    assert found.reasons == first.reasons + later.reasons
    assert found.measure == "SMD"
    assert found.k == 2


def test_different_measures_of_one_thing_need_its_name():
    means = weigh.effect_size("SMD", **MEANS)
    counts = weigh.effect_size("OR2DL", **COUNTS)
    with pytest.raises(InputError, match="by different measures: SMD, OR2DL"):
        stack_effects(means, counts)

    assert stack_effects(means, counts, measure="SMD").measure == "SMD"


def test_effects_and_single_arms_are_never_put_together():
    """The mean difference and the mean change have the same unit and say different things."""
    means = weigh.effect_size("MD", **MEANS)
    change = weigh.effect_size("MC", **CHANGE)
    reported = weigh.effect_size("GEN", yi=[-1.0], vi=[0.1])
    for measure in (None, "MD", "MC", "GEN"):
        with pytest.raises(InputError, match="MD compares a treatment with a comparator and MC"):
            stack_effects(means, change, measure=measure)
    with pytest.raises(InputError, match="MC is of single arms, and GEN would hide that"):
        stack_effects(change, reported, measure="GEN")

    assert stack_effects(change, reported, measure="MC").controlled is False
    assert stack_effects(means, reported, measure="MD").controlled is True


def test_scales_must_be_one():
    with pytest.raises(InputError, match="OR has its effects on the log scale and SMD"):
        stack_effects(
            weigh.effect_size("SMD", **MEANS), weigh.effect_size("OR", **COUNTS), measure="SMD"
        )
    with pytest.raises(NotFoundError):
        stack_effects(weigh.effect_size("SMD", **MEANS), measure="XX")
    with pytest.raises(InputError, match="no effect sizes"):
        stack_effects()


def test_every_family_that_speaks_of_groups_says_which():
    said = {one.family: one.controlled for one in MEASURES.values()}

    assert all(said[family] is True for family in said if family.startswith("two groups"))
    assert all(said[family] is False for family in said if family.startswith("one group"))
    assert said["matched pairs, counts"] is said["as given"] is None
