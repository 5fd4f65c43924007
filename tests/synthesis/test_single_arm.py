"""What single arms show is pooled by itself, and cannot be taken for an effect."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

import weigh
from weigh.errors import InputError, NotControlledError
from weigh.evidence.measure import MEASURES
from weigh.evidence.pooled import Pooled
from weigh.synthesis import compare_models, pool, pool_single_arm, predict, wald_test

CHANGE = {"change_mean": [-2.0, -1.4, -2.9], "change_sd": [3.0, 2.5, 3.1], "n": [24, 40, 18]}
TRIALS = {
    "mean1": [8.0, 7.1, 9.0],
    "sd1": [3.0, 2.5, 3.1],
    "n1": [24, 40, 18],
    "mean2": [9.0, 8.8, 9.9],
    "sd2": [3.2, 2.4, 3.0],
    "n2": [25, 41, 20],
}


def test_numbers_are_those_of_the_same_pooling():
    change = weigh.effect_size("MC", **CHANGE, slab=["a", "b", "c"])
    fit = pool(change.yi, change.vi, method="DL", test="knha", slab=change.slab)

    found = pool_single_arm(change, method="DL", test="knha")
    plain = pool_single_arm(change.yi, change.vi, measure="MC", method="DL", test="knha")

    assert (found.k, found.estimate, found.se) == (3, fit.estimate, fit.se)
    assert found.ci == (fit.ci_low, fit.ci_high)
    assert found.pi == (fit.pi_low, fit.pi_high)
    assert found.pooled.slab == ("a", "b", "c")
    assert plain.to_dict() == found.to_dict()


def test_effect_sizes_are_pooled_whole():
    es = weigh.effect_size("MD", **TRIALS, slab=["a", "b", "c"])

    fit = pool(es)

    assert fit.to_dict() == pool(es.yi, es.vi).to_dict()
    assert fit.slab == ("a", "b", "c")


@pytest.mark.parametrize(
    "measure", [name for name in MEASURES if MEASURES[name].controlled is False]
)
def test_no_measure_of_single_arms_is_pooled_as_an_effect(measure):
    single = pool_single_arm([0.1, 0.3], [0.02, 0.03], measure=measure)

    assert not isinstance(single, Pooled)
    assert single.controlled is False
    assert single.to_dict()["design"] == "single-arm"


def test_single_arms_are_refused_where_effects_are_pooled():
    change = weigh.effect_size("MC", **CHANGE)
    with pytest.raises(NotControlledError, match=r"MC is of single arms.*pool_single_arm"):
        pool(change)


def test_effects_are_refused_where_single_arms_are_pooled():
    es = weigh.effect_size("MD", **TRIALS)
    with pytest.raises(InputError, match=r"MD \(mean difference\) compares two groups"):
        pool_single_arm(es)
    with pytest.raises(InputError, match="is not of single arms by its definition"):
        pool_single_arm([0.1, 0.2], [0.1, 0.1], measure="GEN")
    with pytest.raises(InputError, match="There is no `measure`"):
        pool_single_arm([0.1, 0.2], [0.1, 0.1])
    with pytest.raises(InputError, match="are MC and not SMCC"):
        pool_single_arm(weigh.effect_size("MC", **CHANGE), measure="SMCC")


def test_variances_are_neither_missing_nor_given_twice():
    es, change = weigh.effect_size("MD", **TRIALS), weigh.effect_size("MC", **CHANGE)
    with pytest.raises(InputError, match="There is no `vi`"):
        pool([0.1, 0.2])
    with pytest.raises(InputError, match="have their own variances"):
        pool(es, es.vi)
    with pytest.raises(InputError, match="have their own variances"):
        pool_single_arm(change, change.vi)


@pytest.mark.parametrize(
    "use",
    [
        wald_test,
        predict,
        weigh.leave_one_out,
        weigh.influence,
        weigh.blup,
        weigh.baujat,
        weigh.permutation_test,
        lambda fit: weigh.robust(fit, [1, 2, 3]),
        lambda fit: weigh.cumulative(fit, [1, 2, 3]),
        lambda fit: compare_models(pool(weigh.effect_size("MD", **TRIALS)), fit),
    ],
)
def test_what_takes_a_pooled_effect_refuses_it_by_name(use):
    single = pool_single_arm(weigh.effect_size("MC", **CHANGE))

    with pytest.raises(NotControlledError, match="mean change of single arms"):
        use(single)


def test_no_part_of_a_fit_is_handed_out_under_its_name_but_the_estimate():
    """Names that a `Pooled` has are errors of ours, and any other is an ordinary one."""
    single = pool_single_arm(weigh.effect_size("MC", **CHANGE))
    given = {"k", "estimate", "se", "notes"}

    refused = [
        field.name
        for field in fields(Pooled)
        if field.name not in given
        if hasattr(single, field.name)
    ]

    assert refused == []
    with pytest.raises(NotControlledError):
        _ = single.tau2
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = single.nothing


def test_analyses_among_themselves_take_the_fit():
    single = pool_single_arm(weigh.effect_size("PLO", events=[3, 5, 9], n=[20, 30, 40]))

    assert len(weigh.leave_one_out(single.pooled).estimate) == 3
    assert "with nothing to compare them with" in single.notes[0]


def test_the_caution_comes_first_wherever_it_is_shown():
    single = pool_single_arm(weigh.effect_size("MC", **CHANGE))

    assert "it is no effect of the treatment" in single.notes[0]
    assert single.summary().startswith("Single arms, no comparison: mean change\n")
    assert single.notes[0] in single.summary()
    assert single.to_dict()["notes"][0] == single.notes[0]
    assert np.isfinite(single.to_dict()["estimate"])
