"""Effects turned into another measure: worked examples, ways back, and what the result says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.effects import convert, effect_size
from weigh.errors import InputError, NotFoundError
from weigh.evidence.effect import EffectSizes


def effects(measure, yi, vi):
    return EffectSizes(yi=np.array([yi]), vi=np.array([vi]), measure=measure, reasons=(None,))


def test_the_textbook_example_of_an_odds_ratio():
    """Borenstein 2009, chapter 7: log OR 0.9069 (variance 0.0676) is d 0.5000 (0.0205)."""
    smd = convert(effects("OR", 0.9069, 0.0676), "SMD")

    assert (smd.yi[0], smd.vi[0]) == pytest.approx((0.5000, 0.0205), abs=5e-5)


def test_the_textbook_example_of_a_correlation():
    """Borenstein 2009, chapter 7: r 0.50 (variance 0.0058) is d 1.1547 (0.0550)."""
    smd = convert(effects("COR", 0.50, 0.0058), "SMD")

    assert (smd.yi[0], smd.vi[0]) == pytest.approx((1.1547, 0.0550), abs=5e-5)


def test_the_textbook_example_of_an_smd():
    """Borenstein 2009, chapter 7: d 1.1547 (0.0550) is r 0.50 (0.0058) with equal groups."""
    r = convert(effects("SMD", 1.1547, 0.0550), "COR")

    assert (r.yi[0], r.vi[0]) == pytest.approx((0.5000, 0.0058), abs=5e-5)


@given(
    yi=st.floats(-2, 2),
    vi=st.floats(1e-4, 1),
    pair=st.permutations(["OR", "SMD", "COR", "ZCOR"]).map(lambda names: names[:2]),
    sizes=st.none() | st.tuples(st.integers(5, 500), st.integers(5, 500)),
    curve=st.sampled_from(["logistic", "normal"]),
)
def test_there_and_back_changes_nothing(yi, vi, pair, sizes, curve):
    first, second = pair
    start = effects(first, 0.4 * yi if first == "COR" else yi, vi)
    n1, n2 = sizes or (None, None)

    back = convert(
        convert(start, second, curve=curve, n1=n1, n2=n2), first, curve=curve, n1=n1, n2=n2
    )

    assert back.measure == first
    assert back.yi[0] == pytest.approx(start.yi[0], rel=1e-9, abs=1e-12)
    assert back.vi[0] == pytest.approx(start.vi[0], rel=1e-9)


@given(d=st.floats(-2, 2), target=st.sampled_from(["OR", "COR", "ZCOR"]))
def test_variances_follow_the_slope(d, target):
    """The delta method against a finite difference."""
    step = 1e-6
    ends = [convert(effects("SMD", d + move, 0.1), target).yi[0] for move in (-step, step)]
    slope = (ends[1] - ends[0]) / (2 * step)

    assert convert(effects("SMD", d, 0.1), target).vi[0] == pytest.approx(0.1 * slope**2, rel=1e-6)


def test_measures_of_one_kind_are_the_same_number_renamed():
    odds = effect_size("OR2D", events1=[15], n1=[40], events2=[6], n2=[40])

    smd = convert(odds, "SMD")

    assert smd.measure == "SMD"
    assert smd.yi[0] == odds.yi[0]


def test_the_result_names_the_steps_taken():
    r = convert(effects("OR", 0.9, 0.1), "ZCOR", curve="normal")

    assert r.conventions == (
        "converted from OR: OR to SMD to COR to ZCOR (normal scores behind the cut; correlation "
        "and SMD tied by groups of equal size; Fisher's z)",
    )


def test_a_perfect_correlation_has_no_smd_and_says_why():
    smd = convert(effects("COR", 1.0, 0.1), "SMD")

    assert np.isnan(smd.yi[0])
    assert smd.reasons == ("infinite on the new scale",)


def test_measures_that_are_not_of_this_kind_are_refused():
    with pytest.raises(InputError, match="MD cannot be converted to SMD"):
        convert(effects("MD", 1.0, 1.0), "SMD")
    with pytest.raises(NotFoundError, match="measure to convert to"):
        convert(effects("SMD", 1.0, 1.0), "RR")
    with pytest.raises(InputError, match="Both n1 and n2"):
        convert(effects("SMD", 1.0, 1.0), "COR", n1=5)
    with pytest.raises(InputError, match="above zero"):
        convert(effects("SMD", 1.0, 1.0), "COR", n1=5, n2=0)
