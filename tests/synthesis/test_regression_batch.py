"""Regressions of many groups at once give what each gives alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.errors import InputError
from weigh.synthesis import pool, regress_many

NUMBERS = ("k", "tau2", "i2", "h2", "q", "q_df", "q_p", "qm", "qm_p", "r2")
LIMITS = ("tau2_se", "tau2_ci_low", "tau2_ci_high")
COEFFICIENTS = ("estimate", "se", "statistic", "p", "ci_low", "ci_high")


def ragged(seed, groups=12, largest=14, moderators=2):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(moderators + 2, largest + 1, size=groups))
    vi = np.exp(rng.normal(-2.0, 0.8, size=group.size))
    tau2 = rng.choice([0.0, 0.1, 1.0], size=groups)[group]
    x = rng.normal(size=(group.size, moderators))
    return rng.normal(size=group.size) * np.sqrt(vi + tau2) + 0.3 * x[:, 0], vi, group, x


def equal(ours, theirs, rel=1e-12, slack=1e-13):
    expected = np.nan if theirs is None else theirs
    return ours == pytest.approx(expected, rel=rel, abs=slack, nan_ok=True)


@pytest.mark.parametrize("method", ["REML", "DL", "EE", "ML", "PM", "HE", "SJ", "HS"])
@pytest.mark.parametrize("test", ["z", "knha", "t", "adhoc"])
def test_a_group_has_the_numbers_that_it_has_alone(method, test):
    yi, vi, group, x = ragged(1)

    batch = regress_many(yi, vi, group, x, method=method, test=test)

    assert len(batch) == 12
    for index, label in enumerate(batch.group):
        mine = group == label
        fit = pool(yi[mine], vi[mine], mods=x[mine], method=method, test=test)
        for name in (*NUMBERS, *LIMITS):
            # Limits and shares next to 0 are differences, so that rounding is not relative there.
            assert equal(getattr(batch, name)[index], getattr(fit, name)), (label, name)
        assert batch.names == fit.names
        for position, one in enumerate(fit.coefficients):
            for name in COEFFICIENTS:
                assert equal(getattr(batch, name)[index, position], getattr(one, name))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 11))
def test_splitting_or_reordering_a_batch_changes_nothing_but_rounding(seed, cut):
    yi, vi, group, x = ragged(seed)
    whole = regress_many(yi, vi, group, x)
    order = np.random.default_rng(seed).permutation(yi.size)

    parts = [regress_many(yi[m], vi[m], group[m], x[m]) for m in (group < cut, group >= cut)]
    shuffled = regress_many(yi[order], vi[order], group[order], x[order])

    place = np.argsort(shuffled.group)
    for name in ("estimate", "se", "tau2", "qm", "q"):
        expected = getattr(whole, name)
        both = np.concatenate([getattr(part, name) for part in parts])
        assert both == pytest.approx(expected, rel=1e-11, abs=1e-13)
        assert getattr(shuffled, name)[place] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_groups_that_carry_no_regression_are_absent_and_counted():
    yi = [0.1, 0.2, 0.3, 0.4, 0.1, 0.5, 0.9, 0.2, 0.3]
    group = ["few", "few", *["flat"] * 3, *["fine"] * 4]
    mods = {"dose": [1.0, 2.0, 3.0, 3.0, 3.0, 1.0, 2.0, 4.0, np.nan]}

    found = regress_many(yi, [0.1] * 9, group, mods)

    assert np.isnan(found.estimate).all(axis=1).tolist() == [True, True, False]
    assert found.notes[0] == "Left out 1 row without a moderator."
    assert found.notes[1].startswith("2 groups have no regression")
    assert json.loads(json.dumps(found.to_dict()))["estimate"][0] == [None, None]


def test_formulas_and_categories_are_those_of_single_regressions():
    yi, vi, group, x = ragged(3, groups=3, largest=12)
    form = np.where(np.arange(yi.size) % 2, "oral", "nasal")
    data = {"dose": x[:, 0], "form": form}

    found = regress_many(yi, vi, group, data)

    for index, label in enumerate(found.group):
        mine = group == label
        fit = pool(yi[mine], vi[mine], mods={"dose": x[mine, 0], "form": form[mine].tolist()})
        assert found.names == fit.names
        assert found.estimate[index] == pytest.approx([c.estimate for c in fit.coefficients])


def test_what_is_for_single_regressions_is_refused_with_the_way_out():
    with pytest.raises(InputError, match="one by one"):
        regress_many([0.1], [0.1], [1], [1.0], test="kr")
    with pytest.raises(InputError, match="weights of your own"):
        regress_many([0.1], [0.1], [1], [1.0], method="GENQ")
