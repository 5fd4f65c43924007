"""Regression over studies: by hand, with categories, and where it cannot be done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from weigh.errors import InputError, StatisticsError
from weigh.synthesis import pool

YI = [0.1, 0.5, 0.9, 0.4, 1.3]
VI = [0.05, 0.04, 0.02, 0.1, 0.2]


def test_a_regression_with_equal_variances_is_ordinary_least_squares():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    slope, intercept = np.polyfit(x, YI, 1)

    fit = pool(YI, [0.1] * 5, mods=x, method="EE")

    assert [c.estimate for c in fit.coefficients] == pytest.approx([intercept, slope])
    assert fit.coefficients[1].se == pytest.approx(np.sqrt(0.1 / np.sum((x - x.mean()) ** 2)))
    assert fit.qm == pytest.approx(fit.coefficients[1].statistic ** 2)


def test_moving_a_moderator_moves_the_intercept_alone():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])

    near, far = pool(YI, VI, mods=x), pool(YI, VI, mods=x + 1990.0)

    assert far.coefficients[1].estimate == pytest.approx(near.coefficients[1].estimate, rel=1e-9)
    assert far.tau2 == pytest.approx(near.tau2, rel=1e-9)
    assert far.qm == pytest.approx(near.qm, rel=1e-9)


def test_text_becomes_indicators_with_the_first_value_as_reference():
    fit = pool(YI, VI, mods={"form": ["MK-7", "MK-4", "MK-7", "K1", "K1"]})

    assert [c.name for c in fit.coefficients] == ["intercept", "form[MK-4]", "form[MK-7]"]
    assert fit.design[:, 1].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_categorical_column_of_a_frame_keeps_its_own_order(library):
    values, order = ["b", "a", "b", "c", "c"], ["b", "c", "a"]
    if library == "pandas":
        frame = pd.DataFrame({"form": pd.Categorical(values, order), "dose": [1, 2, 3, 4, 6]})
    else:
        frame = pl.DataFrame(
            {"form": pl.Series(values, dtype=pl.Enum(order)), "dose": [1, 2, 3, 4, 6]}
        )

    fit = pool(YI, VI, mods=frame)

    assert list(fit.names) == ["intercept", "form[c]", "form[a]", "dose"]


def test_indicators_without_an_intercept_give_each_subgroup_its_own_mean():
    first = np.array([1.0, 1.0, 0.0, 0.0, 0.0])

    fit = pool(YI, VI, mods=np.column_stack([first, 1 - first]), intercept=False, method="EE")

    assert fit.coefficients[0].estimate == pytest.approx(pool(YI[:2], VI[:2], method="EE").estimate)
    assert fit.coefficients[1].estimate == pytest.approx(pool(YI[2:], VI[2:], method="EE").estimate)
    assert fit.r2 is None


def test_a_moderator_that_repeats_another_is_left_out_and_said():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])

    fit = pool(YI, VI, mods={"dose": x, "again": 2.0 * x - 3.0})

    assert fit.names == ("intercept", "dose")
    assert any("again" in note for note in fit.notes)


def test_studies_with_a_missing_moderator_are_left_out_and_named():
    fit = pool(YI, VI, mods={"dose": [1, 2, None, 4, 5]}, slab=list("abcde"))

    assert fit.k == 4
    assert fit.slab == ("a", "b", "d", "e")
    assert any("missing moderator: c" in note for note in fit.notes)


def test_moderators_that_explain_everything_leave_no_spread():
    fit = pool([0.0, 1.0, 2.0, 3.0], [0.01] * 4, mods=[0.0, 1.0, 2.0, 3.0])

    assert fit.tau2 == 0.0
    assert fit.r2 == 100.0
    assert fit.qe == pytest.approx(0.0, abs=1e-20)


@pytest.mark.parametrize(
    ("mods", "kind", "words"),
    [
        ([1, 2, 3], InputError, "shape"),
        (["a", "b", "a", "b", "b"], InputError, "not a number"),
        ({"dose": [1, 2]}, InputError, "'dose' has 2 values"),
        ({"dose": [1, 2, 3, 4, object()]}, InputError, "neither numbers nor text"),
        (np.eye(5), StatisticsError, "cannot carry"),
    ],
)
def test_moderators_that_cannot_be_used_are_refused(mods, kind, words):
    with pytest.raises(kind, match=words):
        pool(YI, VI, mods=mods)
