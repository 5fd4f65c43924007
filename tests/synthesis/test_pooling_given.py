"""Pooling with a tau2 that is known, or with Q about another centre."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from synthesis.test_pooling import study_sets

from weigh.errors import InputError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import cumulative, influence, leave_one_out

approx = pytest.approx

YI = [0.1, 0.9, 1.7, 0.4, -0.8]
VI = [0.05, 0.04, 0.05, 0.1, 0.02]


@given(study_sets())
def test_telling_the_estimate_gives_the_same_fit_without_an_interval_of_tau2(drawn):
    yi, vi = drawn
    found = pool(yi, vi, method="DL", test="knha")

    told = pool(yi, vi, method="DL", test="knha", tau2=found.tau2)

    for name in ("estimate", "se", "p", "ci_low", "pi_high", "tau2", "i2", "h2", "q"):
        assert getattr(told, name) == approx(getattr(found, name), rel=1e-12, nan_ok=True), name
    assert (told.tau2_se, told.tau2_ci_low, told.tau2_interval) == (None, None, None)
    assert any("was given" in note for note in told.notes)


def test_a_known_tau2_of_zero_is_the_common_effect():
    told, common = pool(YI, VI, tau2=0.0), pool(YI, VI, method="EE")

    assert (told.estimate, told.se) == (common.estimate, common.se)
    assert told.pi_low == approx(told.ci_low)


def test_one_study_with_a_known_tau2_by_hand():
    fit = pool([1.0], [0.5], tau2=1.5)

    assert fit.se == approx(math.sqrt(2.0))
    assert (fit.tau2, fit.i2, fit.h2) == (1.5, 75.0, 4.0)


@given(study_sets())
def test_q_about_its_own_mean_is_the_smallest(drawn):
    yi, vi = drawn
    own = pool(yi, vi, method="DL")
    beside = pool(yi, vi, method="DL", center=own.estimate + 1.0)

    assert pool(yi, vi, method="DL", center=float(np.average(yi, weights=1.0 / vi))).q == approx(
        own.q, rel=1e-9, abs=1e-9
    )
    assert beside.q >= own.q
    assert beside.tau2 >= own.tau2


def test_q_about_another_centre_by_hand():
    """Effects 0 and 1 with variance 0.1 about 0: Q = 10, so DL gives (10 - 1) / 10 = 0.9."""
    fit = pool([0.0, 1.0], [0.1, 0.1], method="DL", center=0.0)
    common = pool([0.0, 1.0], [0.1, 0.1], method="EE", center=0.0)

    assert (fit.q, fit.tau2) == (approx(10.0), approx(0.9))
    assert (common.q, common.i2) == (approx(10.0), approx(90.0))
    assert any("around 0" in note for note in fit.notes)


def test_tiny_variances_are_told_on_their_own_scale():
    scale = 1e-60
    told = pool(np.array(YI) * scale, np.array(VI) * scale**2, tau2=0.3 * scale**2)

    assert told.estimate == approx(pool(YI, VI, tau2=0.3).estimate * scale, rel=1e-12)
    assert told.tau2 == approx(0.3 * scale**2, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"tau2": -0.1}, "0 or above"),
        ({"tau2": 0.1, "method": "EE"}, "no between-study variance"),
        ({"tau2": 0.1, "test": "kr"}, "being estimated"),
        ({"tau2": 0.1, "mods": [1, 2, 3, 4, 5]}, "without moderators"),
        ({"center": 0.0}, "for DL, EE and FE"),
        ({"center": float("nan"), "method": "DL"}, "for DL, EE and FE"),
    ],
)
def test_what_a_model_cannot_be_told_is_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        pool(YI, VI, **arguments)


@pytest.mark.parametrize("analysis", [influence, leave_one_out, cumulative])
def test_analyses_that_refit_the_model_refuse_what_it_was_told(analysis):
    for told in (pool(YI, VI, tau2=0.3), pool(YI, VI, method="DL", center=0.0)):
        with pytest.raises(InputError, match="would estimate anew"):
            analysis(told)
