"""One study by itself."""

from __future__ import annotations

import math

import pytest

from weigh.synthesis import pool

approx = pytest.approx


@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc", "adhoc-ci", "iqwig", "kr"])
def test_it_is_its_own_result_by_a_normal_test_whatever_was_asked_for(test):
    fit = pool([0.6], [0.09], test=test)

    assert (fit.estimate, fit.se, fit.test, fit.df) == (0.6, approx(0.3), "z", None)
    assert fit.ci_high == approx(0.6 + 1.959964 * 0.3, rel=1e-6)
    assert (fit.tau2, fit.tau2_se, fit.tau2_interval) == (0.0, None, None)
    assert (fit.i2, fit.h2, fit.q, fit.q_p) == (0.0, 1.0, 0.0, 1.0)
    assert any("Nothing can be said about how studies differ" in note for note in fit.notes)


def test_a_known_tau2_widens_it():
    fit = pool([0.6], [0.09], tau2=0.16)

    assert fit.se == approx(0.5)
    assert fit.i2 == approx(64.0)
    assert fit.pi_high == approx(0.6 + 1.959964 * math.sqrt(0.16 + 0.25), rel=1e-6)
    assert not any("tau2 is set to 0" in note for note in fit.notes)


def test_a_common_effect_has_no_prediction_interval():
    fit = pool([0.6], [0.09], method="EE")

    assert (fit.pi_low, fit.pi_high, fit.prediction) == (None, None, None)
