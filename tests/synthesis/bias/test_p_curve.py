"""P-curve: what is known of its parts by hand and in the long run."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from weigh.errors import StatisticsError
from weigh.synthesis.bias import p_curve


def from_p(*p: float) -> tuple[np.ndarray, np.ndarray]:
    """Effects with a variance of 1 that have these two-sided p values."""
    return -ndtri(np.array(p) / 2.0), np.ones(len(p))


def test_skew_is_stouffers_z_of_p_over_005():
    found = p_curve(*from_p(0.01, 0.02, 0.2))

    by_hand = (ndtri(0.2) + ndtri(0.4)) / np.sqrt(2.0)
    assert (found.k, found.k_significant, found.k_half) == (3, 2, 2)
    assert found.skew_z == pytest.approx(by_hand, rel=1e-9)
    assert found.skew_half_z == pytest.approx((ndtri(0.4) + ndtri(0.8)) / np.sqrt(2.0), rel=1e-9)
    assert found.shares == (0.5, 0.5, 0.0, 0.0, 0.0)


def test_p_values_just_below_005_are_no_evidence():
    found = p_curve(*from_p(0.041, 0.043, 0.045, 0.047, 0.049))

    assert not found.evidential
    assert found.inadequate
    assert found.power == pytest.approx(0.051)
    assert found.skew_half_p is None


def test_tiny_p_values_are_evidence_of_high_power():
    found = p_curve(*from_p(1e-8, 1e-7, 1e-9, 1e-6))

    assert found.evidential
    assert not found.inadequate
    assert found.power > 0.95


def test_the_interval_of_power_holds_its_estimate():
    found = p_curve(*from_p(0.001, 0.01, 0.02, 0.03, 0.0005))

    assert found.power_low < found.power < found.power_high


def test_power_is_found_again_from_significant_results():
    """With a true z of 2.5, power 0.7054; 20,000 results leave an error of about 0.004."""
    rng = np.random.default_rng(8)
    z = rng.normal(2.5, 1.0, 20_000)

    found = p_curve(z, np.ones(z.size))

    assert found.power == pytest.approx(0.7054, abs=0.015)


def test_without_a_significant_study_there_is_no_curve():
    with pytest.raises(StatisticsError, match="No study is significant"):
        p_curve([0.1, 0.2], [1.0, 1.0])
