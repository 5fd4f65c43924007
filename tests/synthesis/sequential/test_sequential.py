"""Errors hold over all looks, and the looks come where they should."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.sequential import boundaries, required_size, sequential
from weigh.synthesis.sequential.integration import start
from weigh.synthesis.sequential.spending import spent


def test_boundaries_of_five_looks_are_those_in_the_textbook():
    """Lan and DeMets' boundaries for 5 equal looks at two-sided 0.05, as widely tabulated."""
    found = boundaries(np.arange(1, 6) / 5)

    expected = [4.877, 3.357, 2.680, 2.290, 2.031]
    np.testing.assert_allclose(found.upper, expected, atol=6e-4)
    pocock = boundaries(np.arange(1, 6) / 5, spending="Pocock")
    np.testing.assert_allclose(pocock.upper, [2.438, 2.427, 2.410, 2.397, 2.386], atol=6e-4)


def test_one_look_is_an_ordinary_test():
    found = boundaries([1.0], alpha=0.05, beta=0.2)

    assert found.upper[0] == pytest.approx(1.959964, abs=1e-6)
    assert found.inflation == pytest.approx(1.0, abs=1e-5)
    assert found.drift == pytest.approx(1.959964 + 0.841621, abs=1e-6)


def _rectangle(shares, inflation, drift, regions):
    """Probability of a path through one interval of z at each look, by another program."""
    t = np.asarray(shares) * inflation
    mean = drift * np.sqrt(t)
    lower = np.minimum.outer(t, t)
    correlation = lower / np.sqrt(np.outer(t, t))
    low, high = (np.array(ends) for ends in zip(*regions, strict=True))
    return stats.multivariate_normal.cdf(
        high, mean, correlation, lower_limit=low, abseps=1e-9, releps=1e-9, maxpts=4_000_000
    )


def test_the_path_is_that_of_a_multivariate_normal():
    shares = [0.3, 0.35, 1.0]
    path = start(2.0)
    for share, region in zip(shares[:2], [(-1.0, 2.5), (-0.5, 2.2)], strict=True):
        path = path.kept([region], share)

    expected = _rectangle(shares, 1.0, 2.0, [(-1.0, 2.5), (-0.5, 2.2), (2.0, 20.0)])
    assert path.above(2.0, 1.0) == pytest.approx(expected, abs=1e-7)


def test_inflation_gives_the_power_exactly():
    """Through every combination of the two sides of the futility boundaries.

    RTSA has an inflation of 1.05318 here, with more power than was asked for: it leaves out the
    paths from one side to the other.
    """
    found = boundaries([0.25, 0.5, 0.75, 1.0], futility="binding")

    def power(inflation):
        total = stats.norm.sf(found.upper[0] - found.drift * math.sqrt(0.25 * inflation))
        sides = [[(-found.upper[0], found.upper[0])]]
        for i in (1, 2):
            inner, outer = found.futility_upper[i], found.upper[i]
            sides.append([(-outer, -inner), (inner, outer)])
        for last in (1, 2, 3):
            ways = [()]
            for side in sides[:last]:
                ways = [(*way, region) for way in ways for region in side]
            for way in ways:
                regions = [*way, (found.upper[last], 30.0)]
                shares = found.timing[: last + 1]
                total += _rectangle(shares, inflation, found.drift, regions)
        return total

    assert power(found.inflation) == pytest.approx(0.9, abs=2e-6)
    assert power(1.0531797) > 0.9 + 1e-4


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=4, unique=True),
    st.sampled_from([1, 2]),
    st.sampled_from(["OF", "Pocock"]),
)
def test_the_error_is_spent_to_the_last_bit(times, side, spending):
    """Crossing at any look has the probability that was given, under no effect."""
    timing = sorted({round(time, 2) for time in times})
    found = boundaries(timing, alpha=0.05, side=side, spending=spending)

    path, error = start(0.0), 0.0
    for share, high in zip(found.timing, found.upper, strict=True):
        error += path.above(high, share)
        path = path.kept([(-high if side == 2 else -math.inf, high)], share)

    assert error == pytest.approx(0.05 / side, abs=1e-9)
    assert found.inflation >= 1.0 - 1e-6
    assert (np.diff(spent(0.05, found.timing, spending)) > 0.0).all()


@settings(deadline=None, max_examples=8)
@given(st.floats(0.2, 0.8), st.sampled_from(["binding", "non-binding"]))
def test_futility_costs_information_and_eases_binding_bounds(time, futility):
    plain = boundaries([time], side=1, alpha=0.025)

    found = boundaries([time], side=1, alpha=0.025, futility=futility)

    assert found.inflation > plain.inflation
    assert found.futility_lower[-1] == pytest.approx(found.upper[-1], abs=1e-7)
    same = found.upper[-1] == pytest.approx(plain.upper[-1], abs=1e-7)
    assert same == (futility == "non-binding") or found.upper[-1] < plain.upper[-1]


def test_sizes_are_those_of_one_trial():
    """80 % power for 30 % against 20 %: 4 (1.96 + 0.84)² p (1 - p) / 0.1² with p = 0.25."""
    assert required_size("RD", -0.1, risk=0.3, beta=0.2) == 589
    assert required_size("RR", 2.0 / 3.0, risk=0.3, beta=0.2) == 589
    assert required_size("MD", 2.0, sd=6.0, beta=0.2, diversity=0.5) == 2 * 283


def test_a_large_effect_crosses_and_none_goes_on():
    found = sequential([0.3, 0.5, 0.4], [0.04, 0.03, 0.02], effect=0.4)
    assert found.conclusion == "upper"
    assert found.ci_low[-1] > 0.0
    turned = sequential([-0.3, -0.5, -0.4], [0.04, 0.03, 0.02], effect=0.4)
    assert turned.conclusion == "lower"
    np.testing.assert_allclose(turned.ci_high, -found.ci_low, equal_nan=True)

    early = sequential([0.1, -0.1], [0.2, 0.2], effect=0.4)
    assert early.conclusion == "continue"
    assert early.required == pytest.approx((1.959964 + 1.281552) ** 2 / 0.16, rel=1e-6)


def test_enough_without_a_finding_is_complete_or_futile():
    y, v = [0.02, -0.02, 0.01, 0.0], [0.03, 0.03, 0.03, 0.03]

    assert sequential(y, v, effect=0.4).conclusion == "complete"
    found = sequential(y, v, effect=0.4, futility="non-binding")
    assert found.conclusion == "futility"


def test_diversity_lets_the_required_information_grow():
    """D² is the share that the random-effects variance has beyond the common-effect one."""
    y, v = [0.0, 0.8, 0.1, 0.9], [0.02, 0.02, 0.02, 0.02]

    found = sequential(y, v, effect=0.4)

    common = 0.02 / 4
    assert found.diversity == pytest.approx(1.0 - common / found.se[-1] ** 2)
    plain = sequential(y, v, effect=0.4, method="EE")
    assert found.required == pytest.approx(plain.required / (1.0 - found.diversity))


def test_small_steps_are_no_looks():
    y, v, n = [0.1, 0.1, 0.2], [0.1, 2.0, 0.1], [100, 5, 120]

    found = sequential(y, v, n=n, required=1000, slab=["a", "b", "c"])

    assert found.looked.tolist() == [True, False, True]
    assert np.isnan(found.upper[1])
    assert any("2 of 3 studies" in note for note in found.notes)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["upper"][1] is None
    assert record["bounds"]["inflation"] == found.bounds.inflation
    assert list(found.to_frame()["study"]) == ["a", "b", "c"]
    assert "225 of 1000" in found.summary()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, InputError, "both `n` and"),
        ({"effect": 0.2, "required": 100}, InputError, "either"),
        ({"n": [10, 0], "required": 100}, InputError, "above 0"),
        ({"n": [10, np.inf], "required": 100}, InputError, "above 0"),
        ({"n": [10], "required": 100}, InputError, "`n` has 1 entries for 2 effects"),
        ({"effect": "0.2"}, InputError, "`effect` is '0.2', and must be one finite number"),
        ({"effect": 0.2, "beta": None}, InputError, "`beta` is None"),
        ({"effect": 0.2, "alpha": 0.7}, InputError, "between 0 and 0.5"),
        ({"effect": 0.2, "spending": "late"}, NotFoundError, "late"),
    ],
)
def test_what_cannot_be_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        sequential([0.1, 0.2], [0.1, 0.1], **options)


def test_differences_between_studies_that_dwarf_chance_leave_a_size():
    """D2 rounds to 1 there, and the required information is finite all the same."""
    found = sequential([-3e8, 4e8, 1e8], [0.1, 0.1, 0.1], effect=0.3)

    assert 1e15 < found.required < np.inf
    assert found.diversity == 1.0


def test_sizes_and_looks_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="`timing` holds something that is not a number: 'late'"):
        boundaries([0.5, "late"])
    with pytest.raises(InputError, match="risk"):
        required_size("RR", 0.8)
    with pytest.raises(InputError, match="another risk"):
        required_size("RR", 5.0, risk=0.3)
    with pytest.raises(InputError, match="diversity"):
        required_size("MD", 1.0, sd=1.0, diversity=1.0)
    with pytest.raises(InputError, match="rise"):
        boundaries([0.5, 0.4])
    with pytest.raises(InputError, match="the last look is at 1"):
        boundaries([0.5, 1.4])
    assert issubclass(StatisticsError, InputError)
