"""Leaving studies out and adding them one by one is pooling the others, or those so far."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from synthesis.sensitivity.making import DOSE, VI, YI, study_sets

from weigh.errors import InputError, StatisticsError
from weigh.synthesis import mantel_haenszel, pool
from weigh.synthesis.sensitivity import cumulative, leave_one_out

SHARED = ("estimate", "se", "p", "ci_low", "pi_high", "tau2", "tau2_ci_high", "i2", "q", "q_p")


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "PM", "SJ"])
@pytest.mark.parametrize("test", ["z", "knha"])
@given(study_set=study_sets())
def test_each_entry_is_the_pool_of_the_other_studies(method, test, study_set):
    yi, vi = study_set

    found = leave_one_out(pool(yi, vi, method=method, test=test))

    for index in range(yi.size):
        alone = pool(np.delete(yi, index), np.delete(vi, index), method=method, test=test)
        for name in SHARED:
            value = getattr(alone, name)
            expected = np.nan if value is None else value
            assert getattr(found, name)[index] == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_each_step_is_the_pool_of_the_studies_so_far():
    years = [2001, 1990, 1990, 2010, 2003, 1985]
    fit = pool(YI, VI, slab=list("abcdef"))

    found = cumulative(fit, years)

    assert found.added == ("f", "b", "c", "a", "e", "d")
    for count in range(1, 7):
        alone = pool(YI[found.order[:count]], VI[found.order[:count]])
        for name in SHARED:
            value = getattr(alone, name)
            expected = np.nan if value is None else value
            assert getattr(found, name)[count - 1] == pytest.approx(expected, nan_ok=True)
    assert found.estimate[-1] == pytest.approx(fit.estimate, rel=1e-12)


def test_without_an_order_studies_come_as_given():
    assert cumulative(pool(YI, VI)).order.tolist() == list(range(6))


def test_an_order_may_have_a_value_for_every_row_that_was_given():
    yi = [*YI[:2], None, *YI[2:]]
    vi = [*VI[:2], 0.1, *VI[2:]]

    found = cumulative(pool(yi, vi), [7, 6, 5, 4, 3, 2, 1])

    assert found.added == ("7", "6", "5", "4", "2", "1")


def test_text_can_be_sorted_by():
    assert cumulative(pool(YI, VI), list("fedcba")).order.tolist() == [5, 4, 3, 2, 1, 0]


def test_a_study_without_a_year_is_left_out_and_named():
    found = cumulative(pool(YI, VI, slab=list("abcdef")), [3, None, 2, 1, float("nan"), 9])

    assert found.added == ("d", "c", "a", "f")
    assert found.notes[0] == "Left out, having no value to sort by: b, e."


def test_two_studies_leave_each_other_alone_and_say_how_that_is_tested():
    found = leave_one_out(pool([0.1, 0.4], [0.04, 0.1], test="knha"))

    assert found.estimate.tolist() == [0.4, 0.1]
    assert found.se.tolist() == pytest.approx([np.sqrt(0.1), 0.2])
    assert found.to_dict()["tau2_ci_low"] == [None, None]
    assert "normal test" in found.notes[0]


@pytest.mark.parametrize("method", ["DL", "GENQ", "GENQM"])
def test_weights_of_ones_own_are_kept(method):
    weights = np.array([3.0, 1.0, 2.0, 2.0, 1.0, 5.0])
    fit = pool(YI, VI, method=method, weights=weights)

    found, grown = leave_one_out(fit), cumulative(fit)

    rest = pool(YI[1:], VI[1:], method=method, weights=weights[1:])
    assert found.estimate[0] == pytest.approx(rest.estimate, rel=1e-12)
    assert found.tau2[0] == pytest.approx(rest.tau2, rel=1e-12)
    assert grown.estimate[0] == YI[0]
    assert grown.estimate[-1] == pytest.approx(fit.estimate, rel=1e-12)


def test_results_are_ready_for_json():
    fit = pool(YI, VI, method="EE")

    assert json.loads(json.dumps(leave_one_out(fit).to_dict()))["pi_low"] == [None] * 6
    assert json.loads(json.dumps(cumulative(fit).to_dict()))["k"] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("fit", "kind", "words"),
    [
        (pool([0.1], [0.1]), StatisticsError, "nothing is left"),
        (pool(YI, VI, mods=DOSE), InputError, "influence"),
        (mantel_haenszel([1, 2], [9, 9], [3, 4], [9, 9]), InputError, "pools counts"),
    ],
)
def test_what_has_nothing_to_leave_out_is_refused(fit, kind, words):
    with pytest.raises(kind, match=words):
        leave_one_out(fit)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([1, 2], "shape"),
        ([[1, 2, 3, 4, 5, 6]], "shape"),
        ([None] * 6, "no value for any"),
        ([1, "a", 2, 3, 4, object()], "cannot be sorted|no value"),
    ],
)
def test_an_order_that_does_not_fit_is_refused(order, words):
    with pytest.raises(InputError, match=words):
        cumulative(pool(YI, VI), order)
