"""Intervals for tau2 solve the equations that define them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import chi2
from synthesis.test_pooling import study_sets

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.fit_statistics import fit_statistics
from weigh.synthesis.tau2_intervals import tau2_interval

YI = np.array([0.1, 0.9, 1.7, 0.4, -0.8])
VI = np.array([0.05, 0.04, 0.05, 0.1, 0.02])


def q_at(tau2):
    w = 1.0 / (VI + tau2)
    mean = np.sum(w * YI) / np.sum(w)
    return np.sum(w * (YI - mean) ** 2)


def test_at_the_limits_of_the_q_profile_q_is_just_surprising():
    found = tau2_interval(pool(YI, VI), "QP")

    assert q_at(found.tau2[1]) == pytest.approx(chi2.ppf(0.975, 4), rel=1e-12)
    assert q_at(found.tau2[2]) == pytest.approx(chi2.ppf(0.025, 4), rel=1e-12)
    fit = pool(YI, VI)
    assert (fit.tau2_ci_low, fit.tau2_ci_high) == found.tau2[1:]


def test_with_equal_variances_all_exact_intervals_are_that_of_a_variance():
    """K - 1 times the variance of the effects over (v + tau2) is then chi-squared."""
    vi = np.full(5, 0.05)
    squares = np.sum((YI - YI.mean()) ** 2)
    expected = [squares / chi2.ppf(0.975, 4) - 0.05, squares / chi2.ppf(0.025, 4) - 0.05]

    profile = tau2_interval(pool(YI, vi), "QP")
    general = tau2_interval(pool(YI, vi, method="GENQ", weights=np.ones(5)), "GENQ")

    assert profile.tau2[1:] == pytest.approx(expected, rel=1e-10)
    assert general.tau2[1:] == pytest.approx(expected, rel=1e-8)
    for kind in ("J", "BJ"):
        found = tau2_interval(pool(YI, vi), kind)
        assert found.tau2[1:] == pytest.approx(expected, rel=1e-8)


def test_the_fixed_weights_of_jackson_and_of_biggerstaff_are_those_they_name():
    fit = pool(YI, VI)
    for kind, weights in (("J", VI**-0.5), ("BJ", 1.0 / VI)):
        general = tau2_interval(pool(YI, VI, method="GENQ", weights=weights), "GENQ")
        assert tau2_interval(fit, kind).tau2[1:] == pytest.approx(general.tau2[1:], rel=1e-12)


# The estimate that each interval is about, and so holds.
ESTIMATES = {"J": "GENQ", "BJ": "DL", "QP": "PM", "PL": "REML", "HT": "DL"}


@settings(max_examples=25, deadline=None)
@given(study_sets(min_size=3, max_size=8))
@pytest.mark.parametrize("kind", ESTIMATES)
def test_a_higher_level_widens_the_interval_and_it_holds_its_estimate(kind, drawn):
    yi, vi = drawn
    weights = vi**-0.5 if kind == "J" else None
    fit = pool(yi, vi, method=ESTIMATES[kind], weights=weights)

    narrow, wide = (tau2_interval(fit, kind, level=level).tau2 for level in (0.8, 0.95))

    room = 1e-8 * (wide[2] + vi.min())
    assert wide[1] - room <= narrow[1] <= fit.tau2 + room
    assert fit.tau2 - room <= narrow[2] <= wide[2] + room


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_at_the_limits_of_the_profile_likelihood_it_has_fallen_by_half_a_quantile(method):
    fit = pool(YI, VI, method=method)
    found = tau2_interval(fit, "PL")
    top = fit_statistics(fit, restricted=method == "REML").log_likelihood

    for limit in found.tau2[1:]:
        w = 1.0 / (VI + limit)
        mean = np.sum(w * YI) / np.sum(w)
        at = -0.5 * np.sum(np.log(2 * np.pi / w)) - 0.5 * np.sum(w * (YI - mean) ** 2)
        if method == "REML":
            at += 0.5 * np.log(2 * np.pi) - 0.5 * np.log(np.sum(w)) + 0.5 * np.log(5)
        assert top - at == pytest.approx(chi2.ppf(0.95, 1) / 2, rel=1e-9)


def test_other_scales_follow_from_tau2():
    found = tau2_interval(pool(YI, VI), "QP", level=0.9)

    assert found.level == 0.9
    assert found.tau == pytest.approx(np.sqrt(found.tau2))
    assert found.i2 == pytest.approx(100.0 * (1.0 - 1.0 / np.array(found.h2)))


def test_effects_closer_than_chance_leave_both_limits_at_zero_and_say_so():
    found = tau2_interval(pool([0.1, 0.1, 0.1, 0.1001], [1.0] * 4))

    assert found.tau2 == (0.0, 0.0, 0.0)
    assert found.notes


def test_the_test_based_interval_holds_for_little_heterogeneity_too():
    found = tau2_interval(pool([0.1, 0.2, 0.3], [0.1] * 3, method="DL"), "HT")

    assert found.h2[0] == found.h2[1] == 1.0
    assert found.h2[2] > 1.0


@pytest.mark.parametrize(
    ("arguments", "kind", "error", "words"),
    [
        ({"method": "EE"}, "QP", InputError, "no between-study variance"),
        ({"method": "DL"}, "PL", InputError, "ML or REML"),
        ({"method": "DL"}, "GENQ", InputError, "weights of your own"),
        ({"method": "DL"}, "BT", NotFoundError, "BT"),
        ({"mods": [1, 2, 3, 4, 6]}, "HT", InputError, "without moderators"),
    ],
)
def test_intervals_that_do_not_go_with_a_fit_are_refused(arguments, kind, error, words):
    with pytest.raises(error, match=words):
        tau2_interval(pool(YI, VI, **arguments), kind)


def test_one_study_has_no_interval():
    with pytest.raises(StatisticsError, match="One study"):
        tau2_interval(pool([0.1], [0.1]))
