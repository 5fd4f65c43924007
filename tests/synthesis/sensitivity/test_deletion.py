"""Influence and residuals: by hand, by refitting, and at the edges."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from synthesis.sensitivity.making import DOSE, VI, YI, study_sets

from weigh.errors import StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import baujat, blup, influence, ranef, rstandard


def test_an_equal_effects_model_of_equal_variances_by_hand():
    """The others' mean is (sum - y) / (k - 1), with variance v / (k - 1)."""
    yi, v = np.array([0.0, 1.0, 5.0]), 0.5
    others = (yi.sum() - yi) / 2

    found = influence(pool(yi, [v] * 3, method="EE"))

    assert found.rstudent == pytest.approx((yi - others) / np.sqrt(v + v / 2))
    assert found.hat == pytest.approx([1 / 3] * 3)
    assert found.cook_d == pytest.approx((2.0 - others) ** 2 / (v / 3))
    assert found.cov_ratio == pytest.approx([1.5] * 3)
    assert found.dffits == pytest.approx((2.0 - others) / np.sqrt(v / 3))
    assert found.dfbetas[:, 0] == pytest.approx(found.dffits)


@pytest.mark.parametrize("method", ["EE", "DL", "HE", "HS", "SJ", "PM", "ML", "REML", "EB", "PMM"])
@pytest.mark.parametrize("test", ["z", "knha", "adhoc"])
def test_a_regression_without_a_study_is_that_of_the_others(method, test):
    found = influence(pool(YI, VI, mods=DOSE, method=method, test=test))

    for index in range(6):
        rest = np.delete(np.arange(6), index)
        alone = pool(YI[rest], VI[rest], mods=DOSE[rest], method=method, test=test)
        assert found.tau2_deleted[index] == pytest.approx(alone.tau2, rel=1e-9, abs=1e-12)
        assert found.q_deleted[index] == pytest.approx(alone.qe, rel=1e-9)
        x = np.array([1.0, DOSE[index]])
        beta = np.array([c.estimate for c in alone.coefficients])
        se = np.sqrt(VI[index] + alone.tau2 + x @ alone.vb @ x)
        assert found.rstudent[index] == pytest.approx((YI[index] - x @ beta) / se, rel=1e-8)


@pytest.mark.parametrize("method", ["DL", "GENQ", "GENQM"])
def test_weights_of_ones_own_are_kept_in_a_regression(method):
    weights = np.array([3.0, 1.0, 2.0, 2.0, 1.0, 5.0])

    found = influence(pool(YI, VI, mods=DOSE, method=method, weights=weights))

    alone = pool(YI[1:], VI[1:], mods=DOSE[1:], method=method, weights=weights[1:])
    assert found.tau2_deleted[0] == pytest.approx(alone.tau2, rel=1e-9)
    assert np.isfinite(found.dfbetas).all()


def test_equal_weights_of_ones_own_give_the_same_as_equal_variances():
    plain = influence(pool(YI, [0.1] * 6, mods=DOSE, method="DL"))
    own = influence(pool(YI, [0.1] * 6, mods=DOSE, method="DL", weights=[2.0] * 6))

    for name in ("rstudent", "dffits", "cook_d", "cov_ratio", "hat", "dfbetas"):
        assert getattr(own, name) == pytest.approx(getattr(plain, name), rel=1e-9)


def test_a_study_that_carries_a_coefficient_alone_is_said_to():
    found = influence(pool(YI, VI, mods=[0, 0, 0, 0, 0, 1], slab=list("abcdef")))

    assert np.isnan(found.rstudent).tolist() == [False] * 5 + [True]
    assert found.hat[5] == pytest.approx(1.0)
    assert not found.influential[5]
    assert "Without one study a coefficient cannot be estimated" in found.notes[0]
    assert json.loads(json.dumps(found.to_dict()))["dfbetas"][5] == [None, None]


def test_a_study_far_from_all_others_is_flagged():
    found = influence(pool([0.1, 0.2, 0.15, 0.12, 1.9], [0.02, 0.03, 0.02, 0.02, 0.02]))

    assert found.influential.tolist() == [False] * 4 + [True]
    assert found.cov_ratio[4] < 0.1


@given(study_set=study_sets())
def test_a_change_of_unit_changes_nothing_that_has_no_unit(study_set):
    yi, vi = study_set
    near, far = influence(pool(yi, vi)), influence(pool(yi * 1e60, vi * 1e120))

    for name in ("rstudent", "dffits", "cook_d", "cov_ratio", "hat", "dfbetas"):
        assert getattr(far, name) == pytest.approx(getattr(near, name), rel=1e-6, abs=1e-9)


@given(study_set=study_sets())
def test_hat_values_add_up_to_the_number_of_coefficients(study_set):
    assert influence(pool(*study_set)).hat.sum() == pytest.approx(1.0)


@given(study_set=study_sets())
def test_predictions_lie_between_the_study_and_the_mean(study_set):
    yi, vi = study_set
    fit = pool(yi, vi)

    found, deviations = blup(fit), ranef(fit)

    low, high = np.minimum(yi, fit.estimate), np.maximum(yi, fit.estimate)
    assert (found.estimate >= low - 1e-12).all()
    assert (found.estimate <= high + 1e-12).all()
    assert deviations.estimate == pytest.approx(found.estimate - fit.estimate, abs=1e-12)


def test_without_spread_every_study_is_the_mean():
    found = blup(pool(YI, VI, method="EE"), level=0.5)

    assert found.estimate == pytest.approx(pool(YI, VI, method="EE").estimate)
    assert found.shrinkage.tolist() == [1.0] * 6
    assert found.level == 0.5


def test_standardized_residuals_of_one_mean_by_hand():
    fit = pool(YI, VI, method="DL")
    total = np.sum(1.0 / (VI + fit.tau2))

    found = rstandard(fit)

    assert found.se == pytest.approx(np.sqrt(VI + fit.tau2 - 1.0 / total))
    assert found.z == pytest.approx((YI - fit.estimate) / found.se)


def test_contributions_to_heterogeneity_add_up_to_q():
    fit = pool(YI, VI, method="EE")

    found = baujat(fit)

    assert found.heterogeneity.sum() == pytest.approx(fit.q)
    rest = pool(YI[1:], VI[1:], method="EE")
    assert found.influence[0] == pytest.approx((fit.estimate - rest.estimate) ** 2 / rest.se**2)


def test_one_study_has_no_others():
    for analysis in (influence, baujat):
        with pytest.raises(StatisticsError, match="one study"):
            analysis(pool([0.1], [0.1]))


def test_effects_that_are_all_alike_have_no_distances_by_knapp_and_hartung():
    found = influence(pool([0.3, 0.3, 0.3], [0.1, 0.2, 0.3], test="knha"))

    assert np.isnan(found.cook_d).all()
    assert found.to_dict()["cov_ratio"] == [None] * 3
    assert not found.influential.any()


def test_a_year_beside_an_intercept_gives_what_years_since_give():
    """Cook's distance does not depend on where a moderator is counted from."""
    near, far = (influence(pool(YI, VI, mods=DOSE + shift)) for shift in (0.0, 2000.0))

    assert far.cook_d == pytest.approx(near.cook_d, rel=1e-5)
    assert far.cov_ratio == pytest.approx(near.cov_ratio, rel=1e-5)
