"""Pooling by hand, at the edges, and under changes that should change nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool

approx = pytest.approx

RANDOM = ("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
EVERY = ("EE", "FE", *RANDOM)


@st.composite
def study_sets(draw, min_size=2, max_size=12):
    """Effects of ordinary size with variances within a factor of ten thousand."""
    k = draw(st.integers(min_size, max_size))
    yi = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    log_vi = draw(st.lists(st.floats(-4, 0), min_size=k, max_size=k))
    return np.array(yi), 10.0 ** np.array(log_vi)


def test_two_equally_precise_studies_by_hand():
    """Effects 0 and 1 with variance 0.1: Q = 5, so DL, PM, HE and REML all give tau2 = 0.4."""
    for method in ("DL", "PM", "HE", "REML", "EB"):
        fit = pool([0.0, 1.0], [0.1, 0.1], method=method)

        assert fit.q == approx(5.0)
        assert fit.tau2 == approx(0.4)
        assert fit.estimate == approx(0.5)
        assert fit.se == approx(0.5)
        assert fit.i2 == approx(80.0)
        assert fit.h2 == approx(5.0)
        assert fit.weights == approx([50.0, 50.0])


def test_maximum_likelihood_of_equally_precise_studies_divides_by_k():
    fit = pool([0.0, 1.0, 5.0], [0.1] * 3, method="ML")

    assert fit.tau2 == approx(np.var([0.0, 1.0, 5.0]) - 0.1)


def test_common_effect_by_hand():
    fit = pool([1.0, 4.0], [0.5, 1.0], method="EE")

    assert fit.estimate == approx(2.0)
    assert fit.se == approx(math.sqrt(1 / 3))
    assert fit.q == approx(6.0)
    assert fit.i2 == approx(100 * 5 / 6)
    assert (fit.tau2, fit.pi_low, fit.tau2_ci_low) == (0.0, None, None)
    assert any("no prediction interval" in note for note in fit.notes)


def test_knapp_and_hartung_scale_the_standard_error_by_the_spread_of_the_effects():
    yi, vi = np.array([0.1, 0.5, 0.9, 0.4]), np.array([0.05, 0.05, 0.05, 0.05])
    fit = pool(yi, vi, method="REML", test="knha")

    assert fit.se == approx(np.std(yi, ddof=1) / 2.0)
    assert fit.df == 3.0
    assert fit.ci_high - fit.estimate == approx(3.182446305284263 * fit.se)


def test_the_ad_hoc_rule_never_narrows_the_interval():
    yi, vi = [0.5, 0.5, 0.51], [0.05, 0.04, 0.05]

    narrow, wide, plain = (pool(yi, vi, test=test) for test in ("knha", "adhoc", "t"))

    assert narrow.se < wide.se
    assert wide.se == plain.se


def test_prediction_intervals_differ_by_their_named_convention():
    yi, vi = [0.1, 0.9, 1.7, 0.4], [0.05, 0.04, 0.05, 0.1]
    spread = {
        name: pool(yi, vi, prediction=name).pi_high for name in ("normal", "t", "riley", "simple")
    }
    fit = pool(yi, vi)

    assert (
        fit.pi_high
        == spread["normal"]
        == approx(fit.estimate + 1.959963984540054 * math.hypot(fit.se, math.sqrt(fit.tau2)))
    )
    assert spread["simple"] < spread["normal"] < spread["t"] < spread["riley"]
    assert pool(yi, vi, test="knha").prediction == "t"


def test_one_study_is_its_own_result():
    fit = pool([0.4], [0.04], test="knha")

    assert (fit.k, fit.estimate, fit.se, fit.tau2, fit.i2, fit.q_df) == (1, 0.4, 0.2, 0.0, 0.0, 0)
    assert fit.test == "z"
    assert fit.tau2_ci_low is None
    assert fit.weights.tolist() == [100.0]
    assert "One study" in fit.notes[-1]


def test_two_studies_carry_a_caution():
    assert any("Two studies" in note for note in pool([0.1, 0.4], [0.04, 0.1]).notes)


def test_effects_that_are_all_alike_have_no_knapp_hartung_test():
    fit = pool([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], test="knha")

    assert fit.se == 0.0
    assert fit.to_dict()["statistic"] is None
    assert any("all alike" in note for note in fit.notes)


def test_missing_rows_are_left_out_and_named():
    fit = pool([0.1, None, 0.4, 0.2], [0.1, 0.1, float("nan"), 0.3], slab=list("abcd"))

    assert fit.k == 2
    assert fit.slab == ("a", "d")
    assert fit.rows.tolist() == [0, 3]
    assert "b, c" in fit.notes[0]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.0]}, StatisticsError, "row 2"),
        ({"yi": [0.1, 0.2], "vi": [0.1, -1.0]}, StatisticsError, "-1"),
        ({"yi": [0.1, np.inf], "vi": [0.1, 1.0]}, StatisticsError, "row 2"),
        ({"yi": [0.1, 0.2], "vi": [0.1, np.inf]}, StatisticsError, "row 2"),
        (
            {"yi": [0.1, 0.2], "vi": [0.1, 0.0], "slab": ["Okafor 2019", "Mehta 2021"]},
            StatisticsError,
            "Mehta 2021",
        ),
        ({"yi": [], "vi": []}, StatisticsError, "nothing to pool"),
        ({"yi": [np.nan], "vi": [0.1]}, StatisticsError, "nothing to pool"),
        ({"yi": [0.1, 0.2], "vi": [0.1]}, InputError, "2 entries"),
        ({"yi": ["a", "b"], "vi": [0.1, 0.2]}, InputError, "not a number"),
        ({"yi": [[0.1, 0.2]], "vi": [0.1, 0.2]}, InputError, "dimensions"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "slab": ["a"]}, InputError, "1 names"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "level": 95}, InputError, "0.95"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "level": 0}, InputError, "between 0 and 1"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "method": "REMLL"}, NotFoundError, "REML"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "test": "hksj"}, NotFoundError, "hksj"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "prediction": "hts"}, NotFoundError, "hts"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "method": "GENQ"}, InputError, "weights"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "weights": [1.0]}, InputError, "1 entries"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "weights": [1, -1]}, InputError, "row 2"),
        ({"yi": [0.1, 0.2], "vi": [0.1, 0.2], "weights": [0, 0]}, InputError, "all zero"),
        ({"yi": [0.1], "vi": [0.1], "weights": [1]}, StatisticsError, "One study"),
    ],
)
def test_what_cannot_be_pooled_is_refused_in_words(arguments, kind, words):
    with pytest.raises(kind, match=words):
        pool(**arguments)


def test_weights_of_ones_own_carry_the_variances_into_the_standard_error():
    yi, vi = np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.2, 0.3])

    fit = pool(yi, vi, method="EE", weights=[1, 1, 1])

    assert fit.estimate == approx(1.0)
    assert fit.se == approx(math.sqrt(0.6) / 3.0)


def test_inverse_variance_weights_of_ones_own_change_nothing():
    yi, vi = np.array([0.0, 1.0, 2.0, 0.7]), np.array([0.1, 0.2, 0.3, 0.1])

    own, plain = pool(yi, vi, method="GENQ", weights=1 / vi), pool(yi, vi, method="DL")

    assert own.tau2 == approx(plain.tau2, rel=1e-12)
    assert own.tau2_se == approx(plain.tau2_se, rel=1e-12)
    assert own.q == approx(plain.q, rel=1e-12)


@pytest.mark.parametrize("method", RANDOM)
@pytest.mark.parametrize("scale", [1e-8, 1e8, 1e60, 1e-60, 1e100])
def test_a_change_of_unit_changes_the_unit_only(method, scale):
    """Other programs stop at absolute tolerances and fail at 1e8; here nothing is absolute."""
    yi, vi = np.array([0.1, 0.5, 0.9, 2.4, 0.3]), np.array([0.05, 0.04, 0.02, 0.1, 0.2])

    fit, scaled = pool(yi, vi, method=method), pool(yi * scale, vi * scale**2, method=method)

    first = {"estimate": 1, "se": 1, "ci_low": 1, "pi_high": 1, "p": 0, "i2": 0, "q": 0}
    second = {"tau2": 2, "tau2_se": 2, "tau2_ci_high": 2}
    for name, power in (first | second).items():
        expected = getattr(fit, name) * scale**power
        assert getattr(scaled, name) == approx(expected, rel=1e-12)


@pytest.mark.parametrize("method", EVERY)
@given(study_set=study_sets(), shift=st.floats(-100, 100))
def test_moving_every_effect_together_moves_the_estimate_alone(method, study_set, shift):
    yi, vi = study_set
    fit, moved = pool(yi, vi, method=method), pool(yi + shift, vi, method=method)

    # Adding the shift rounds the effects at 1e-14, which is what Q and tau2 then see.
    slack = 1e-9 * (fit.q + 1.0)
    assert moved.estimate - shift == approx(fit.estimate, abs=1e-9)
    assert moved.q == approx(fit.q, abs=slack)
    assert moved.tau2 == approx(fit.tau2, abs=1e-7)


@pytest.mark.parametrize("method", EVERY)
@given(study_set=study_sets(), seed=st.integers(0, 1000))
def test_the_order_of_studies_does_not_matter(method, study_set, seed):
    yi, vi = study_set
    order = np.random.default_rng(seed).permutation(yi.size)
    fit, shuffled = pool(yi, vi, method=method), pool(yi[order], vi[order], method=method)

    assert shuffled.estimate == approx(fit.estimate, abs=1e-9)
    assert shuffled.tau2 == approx(fit.tau2, abs=1e-9)
    assert shuffled.weights == approx(fit.weights[order], abs=1e-6)


@given(study_set=study_sets(min_size=3), level=st.floats(0.5, 0.99))
def test_intervals_hold_their_estimate_and_widen_with_the_level(study_set, level):
    yi, vi = study_set
    fit, wider = pool(yi, vi, level=level), pool(yi, vi, level=level + 0.005)

    assert fit.ci_low < fit.estimate < fit.ci_high
    assert fit.pi_low <= fit.ci_low
    assert fit.pi_high >= fit.ci_high
    assert wider.tau2_ci_low <= fit.tau2_ci_low <= fit.tau2_ci_high <= wider.tau2_ci_high


@pytest.mark.parametrize("method", EVERY)
@given(study_set=study_sets(min_size=1))
def test_every_number_is_finite_and_no_spread_is_negative(method, study_set):
    fit = pool(*study_set, method=method)

    assert fit.tau2 >= 0.0
    assert 0.0 <= fit.i2 <= 100.0
    assert 0.0 <= fit.q_p <= 1.0
    assert fit.weights.sum() == approx(100.0)
    for name in ("estimate", "se", "statistic", "p", "ci_low", "ci_high", "h2", "q"):
        assert math.isfinite(getattr(fit, name))


def test_repeating_every_study_makes_the_estimate_of_a_common_effect_more_precise():
    yi, vi = [0.1, 0.4, 0.3], [0.1, 0.2, 0.1]
    once, twice = pool(yi, vi, method="EE"), pool(yi * 2, vi * 2, method="EE")

    assert twice.estimate == approx(once.estimate)
    assert twice.se == approx(once.se / math.sqrt(2.0))
    assert twice.q == approx(2.0 * once.q)


def test_several_maxima_of_the_likelihood_are_said():
    fit = pool([0.0, 0.01, -6.0, 6.0, 0.5], [1e-4, 1e-4, 4.0, 4.0, 30.0], method="ML")

    assert any("separate maxima" in note for note in fit.notes)
