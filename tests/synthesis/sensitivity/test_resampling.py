"""Bootstrap intervals, where theory says what they should be."""

from __future__ import annotations

import json

import numpy as np
import pytest
from synthesis.sensitivity.making import DOSE, VI, YI

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import bootstrap


def test_the_parametric_interval_of_an_equal_effects_model_is_the_normal_one():
    """Its replicates are normal about the estimate with its standard error, exactly."""
    fit = pool(YI, VI, method="EE")

    for kind in ("percentile", "basic", "bca", "studentized"):
        found = bootstrap(fit, 20_000, 4, kind=kind)

        # Five standard errors of a 2.5 % quantile of 20,000 normal draws, 0.019 se each.
        slack = 0.1 * fit.se if kind != "bca" else 0.4 * fit.se
        assert found.ci_low[0] == pytest.approx(fit.ci_low, abs=slack)
        assert found.ci_high[0] == pytest.approx(fit.ci_high, abs=slack)
        assert found.se[0] == pytest.approx(fit.se, rel=0.03)
        assert np.isnan(found.tau2_ci_low)


def test_drawing_studies_of_equal_variance_gives_the_spread_of_their_mean():
    yi = np.linspace(-1.0, 1.0, 25)
    found = bootstrap(pool(yi, [1e-6] * 25, method="HE"), 20_000, 1, scheme="studies")

    assert found.se[0] == pytest.approx(np.std(yi) / 5.0, rel=0.03)
    assert found.notes == ()


@pytest.mark.parametrize("kind", ["percentile", "basic", "bca", "studentized"])
@pytest.mark.parametrize("scheme", ["parametric", "studies"])
def test_a_regression_has_intervals_that_hold_its_coefficients(kind, scheme):
    yi, vi, dose = np.tile(YI, 3), np.tile(VI, 3), np.tile(DOSE, 3)
    fit = pool(yi + np.linspace(0, 1, 18), vi, mods=dose)

    found = bootstrap(fit, 400, 2, scheme=scheme, kind=kind)

    assert found.names == ("intercept", "mod")
    assert (found.ci_low < found.estimate).all()
    assert (found.ci_high > found.estimate).all()
    assert 0.0 <= found.tau2_ci_low <= found.tau2_ci_high
    assert json.loads(json.dumps(found.to_dict()))["kind"] == kind


def test_intervals_widen_with_the_level_and_repeat_with_the_seed():
    fit = pool(YI, VI)
    narrow, wide = bootstrap(fit, 500, 1, level=0.8), bootstrap(fit, 500, 1, level=0.99)

    assert wide.ci_low[0] < narrow.ci_low[0] < narrow.ci_high[0] < wide.ci_high[0]
    assert np.array_equal(narrow.replicates, wide.replicates)


def test_samples_without_what_a_coefficient_needs_are_left_out_and_counted():
    found = bootstrap(pool(YI, VI, mods=[0, 0, 0, 0, 0, 1]), 300, 1, scheme="studies")

    assert found.replicates.shape[0] < 300
    assert "too narrow" in found.notes[0]
    assert f"{300 - found.replicates.shape[0]} samples" in found.notes[1]


def test_what_cannot_be_resampled_is_refused():
    with pytest.raises(StatisticsError, match="Two studies"):
        bootstrap(pool(YI[:2], VI[:2]))
    with pytest.raises(InputError, match="hundreds"):
        bootstrap(pool(YI, VI), 1)
    with pytest.raises(NotFoundError, match="studies"):
        bootstrap(pool(YI, VI), scheme="study")
