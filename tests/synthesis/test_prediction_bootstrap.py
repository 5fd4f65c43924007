"""Nagashima's prediction interval: its authors' figures, exact draws, and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from weigh.effects import effect_size
from weigh.errors import InputError, StatisticsError
from weigh.stats.design import Design
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.prediction_bootstrap import draw_tau2, prediction_bootstrap

# Thirteen trials of cisapride against placebo, Hartung and Knapp 2001, Table I.
EVENTS1 = [15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21]
N1 = [16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38]
EVENTS2 = [9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19]
N2 = [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38]
ODDS = effect_size("OR", events1=EVENTS1, n1=N1, events2=EVENTS2, n2=N2, to="all")


def statistic_of(y, v):
    return GeneralizedQ(Design(y, v, np.ones((y.size, 1))), 1.0 / v)


def test_the_interval_of_cisapride_is_that_of_its_authors_program():
    """By pimeta 1.1.4 with 25,000 draws: 4.141, CI 2.224 to 7.820, PI 0.533 to 33.692.

    Both are draws: the 2.5 % point of 25,000 has a standard error of about 0.02 on the log scale
    for the prediction interval and 0.005 for the confidence interval, so that two of them differ
    by up to three times the root of two of that.
    """
    found = prediction_bootstrap(ODDS.yi, ODDS.vi)

    assert np.exp(found.estimate) == pytest.approx(4.141, abs=5e-4)
    assert found.tau2 == pytest.approx(0.718, abs=5e-4)
    assert found.pi_low == pytest.approx(np.log(0.533), abs=0.08)
    assert found.pi_high == pytest.approx(np.log(33.692), abs=0.08)
    assert found.ci_low == pytest.approx(np.log(2.224), abs=0.02)
    assert found.ci_high == pytest.approx(np.log(7.820), abs=0.02)


def test_draws_of_tau2_are_those_of_the_exact_distribution():
    """Interpolated draws against the equation solved for each of them."""
    form = statistic_of(ODDS.yi, ODDS.vi)
    uniform = np.random.default_rng(3).random(2000)

    drawn = draw_tau2(form, ODDS.vi, uniform)

    for index in [*range(40), int(uniform.argmin()), int(uniform.argmax())]:
        exact = form.solve(1.0 - uniform[index])
        assert drawn[index] == pytest.approx(exact, rel=1e-6, abs=1e-6 * np.median(ODDS.vi))


@given(seed=st.integers(0, 200), k=st.integers(2, 12))
@settings(max_examples=20)
def test_draws_rise_with_their_probability(seed, k):
    rng = np.random.default_rng(seed)
    y, v = rng.normal(size=k), rng.uniform(0.05, 1.0, k)
    uniform = np.sort(rng.random(500))

    drawn = draw_tau2(statistic_of(y, v), v, uniform)

    assert np.all(np.diff(drawn) >= 0.0)
    assert drawn.min() >= 0.0


def test_with_equal_variances_tau2_has_a_distribution_in_closed_form():
    """Q is then chi-squared times (v + tau2) / v."""
    y, v = np.array([0.3, 1.1, -0.4, 2.0, 0.9]), np.full(5, 0.2)
    form = statistic_of(y, v)
    uniform = np.array([0.2, 0.5, 0.8, 0.99])

    drawn = draw_tau2(form, v, uniform)

    exact = 0.2 * (form.q / stats.chi2.ppf(1.0 - uniform, 4) - 1.0)
    assert drawn == pytest.approx(np.maximum(exact, 0.0), rel=1e-6)


@given(shift=st.integers(-100, 100), exponent=st.integers(-8, 8))
@settings(max_examples=15)
def test_a_shift_and_a_change_of_unit_are_followed(shift, exponent):
    y = np.array([0.25, 1.0, -0.5, 2.0, 0.75])
    v = np.array([0.25, 0.125, 0.5, 0.25, 1.0])
    unit = 2.0**exponent

    plain = prediction_bootstrap(y, v, iterations=1000)
    moved = prediction_bootstrap(unit * (y + shift), unit**2 * v, iterations=1000)

    for name in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high"):
        wanted = unit * (getattr(plain, name) + shift)
        assert getattr(moved, name) == pytest.approx(wanted, rel=1e-9, abs=1e-6 * unit)


def test_it_is_wider_than_the_interval_that_takes_the_estimate_for_the_truth():
    """Effects that agree by chance say little about tau2, which DL puts at 0."""
    y, v = np.array([0.31, 0.30, 0.36, 0.29]), np.full(4, 0.04)

    found = prediction_bootstrap(y, v)

    assert found.tau2 == 0.0
    assert found.pi_low < found.ci_low < found.estimate < found.ci_high < found.pi_high


def test_the_seed_decides_the_draws():
    first, again, other = (prediction_bootstrap(ODDS.yi, ODDS.vi, seed=s) for s in (4, 4, 5))

    assert first == again
    assert first.pi_low != other.pi_low


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"yi": [1.0], "vi": [0.1]}, StatisticsError, "needs two studies"),
        ({"yi": [1.0, 2.0], "vi": [0.1, 0.1], "iterations": 50}, InputError, "too few"),
        ({"yi": [1.0, 2.0], "vi": [0.1, 0.1], "seed": -1}, InputError, "seed is -1"),
        ({"yi": [1.0, 2.0], "vi": [0.1, 0.1], "level": 95}, InputError, "level"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        prediction_bootstrap(**arguments)
