"""Kenward and Roger's tests of a regression, against their general formulas by another route."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from weigh.errors import InputError
from weigh.stats.design import Design
from weigh.synthesis import pool, predict
from weigh.synthesis.kenward_roger import adjust
from weigh.synthesis.sensitivity import blup

YI = np.array([0.1, 0.5, 0.9, 0.4, 1.3, -0.2, 0.7, 0.3])
VI = np.array([0.05, 0.04, 0.02, 0.1, 0.2, 0.03, 0.06, 0.15])
DOSE = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 1.0, 4.0, 6.0])
FORM = ["a", "b", "a", "c", "c", "b", "a", "b"]


def general(y, v, x, tau2, rows):
    """Kenward and Roger 1997, section 2, from dense matrices and numerical derivatives.

    Nothing is shared with the code under test: the covariance is differentiated by steps, the
    information comes from the projection, and the test is written out as in the paper.
    """
    k = y.size
    step = 1e-4 * (tau2 + v.mean())

    def precision(t):
        return x.T @ np.linalg.solve(np.diag(v) + t * np.eye(k), x)

    phi = np.linalg.inv(precision(tau2))
    high, low = precision(tau2 + step), precision(tau2 - step)
    p = (high - low) / (2.0 * step)
    q = (high - 2.0 * precision(tau2) + low) / (2.0 * step**2)
    inverse = np.diag(1.0 / (v + tau2))
    projection = inverse - inverse @ x @ phi @ x.T @ inverse
    w = 2.0 / np.trace(projection @ projection)
    adjusted = phi + 2.0 * phi @ (w * (q - p @ phi @ p)) @ phi
    l = rows.T  # noqa: E741 the paper's letter
    m = l.shape[1]
    theta = l @ np.linalg.inv(l.T @ phi @ l) @ l.T
    inner = theta @ phi @ p @ phi
    a1, a2 = w * np.trace(inner) ** 2, w * np.trace(inner @ inner)
    b = (a1 + 6 * a2) / (2 * m)
    g = ((m + 1) * a1 - (m + 4) * a2) / ((m + 2) * a2)
    bottom = 3 * m + 2 * (1 - g)
    c1, c2, c3 = g / bottom, (m - g) / bottom, (m + 2 - g) / bottom
    mean = 1 / (1 - a2 / m)
    variance = 2 / m * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    rho = variance / (2 * mean**2)
    df = 4 + (m + 2) / (m * rho - 1)
    scale = df / (mean * (df - 2))
    beta = phi @ x.T @ inverse @ y
    wald = beta @ l @ np.linalg.inv(l.T @ adjusted @ l) @ l.T @ beta / m
    return beta, adjusted, scale * wald, df


@pytest.mark.parametrize("mods", [DOSE, {"form": FORM}, {"dose": DOSE, "form": FORM}])
def test_a_regression_is_tested_as_the_general_formulas_say(mods):
    fit = pool(YI, VI, mods=mods, test="kr")
    eye = np.eye(len(fit.names))

    beta, adjusted, f, df = general(YI, VI, fit.design, fit.tau2, eye[1:])

    # Second differences with a step of 1e-4 are good to some 1e-7 of what they are taken of.
    assert [c.estimate for c in fit.coefficients] == pytest.approx(beta, rel=1e-9)
    assert fit.vb == pytest.approx(adjusted, rel=1e-6, abs=1e-8)
    assert fit.qm == pytest.approx(f, rel=1e-5)
    assert fit.qm_df == pytest.approx((len(beta) - 1, df), rel=1e-5)
    assert fit.qm_p == pytest.approx(stats.f.sf(f, len(beta) - 1, df), rel=1e-5)
    for index, coefficient in enumerate(fit.coefficients):
        _, _, square, own = general(YI, VI, fit.design, fit.tau2, eye[[index]])
        assert coefficient.statistic**2 == pytest.approx(square, rel=1e-5)
        assert coefficient.df == pytest.approx(own, rel=1e-5)
        assert coefficient.p == pytest.approx(2 * stats.t.sf(np.sqrt(square), own), rel=1e-5)
        half = stats.t.ppf(0.975, own) * np.sqrt(adjusted[index, index])
        assert coefficient.ci_high - coefficient.estimate == pytest.approx(half, rel=1e-5)


@given(
    spare=st.integers(1, 12),
    variance=st.floats(0.01, 10),
    tau2=st.floats(0, 10),
    m=st.integers(1, 3),
)
def test_with_equally_precise_studies_it_is_the_exact_f_test(spare, variance, tau2, m):
    """Nothing to adjust, and k - p degrees of freedom, down to one."""
    k = m + 1 + spare
    x = np.column_stack([np.ones(k), np.random.default_rng(k).normal(size=(k, m))])
    beta = np.arange(1.0, m + 1.0)
    design = Design(np.zeros(k), np.full(k, variance), x)

    adjusted = adjust(design, tau2)
    joint = adjusted.joint(beta, np.eye(m + 1)[1:])

    assert adjusted.vb == pytest.approx(adjusted.plain, rel=1e-9)
    assert adjusted.df(np.eye(m + 1)) == pytest.approx(np.full(m + 1, spare), rel=1e-8)
    assert joint.df == pytest.approx(spare, rel=1e-6)
    wald = beta @ np.linalg.solve(adjusted.plain[1:, 1:], beta) / m
    assert joint.f == pytest.approx(wald, rel=1e-6)
    assert joint.p == pytest.approx(stats.f.sf(wald, m, spare), rel=1e-5)


@given(
    v=st.lists(st.floats(0.01, 1.0), min_size=6, max_size=12),
    tau2=st.floats(0, 2),
    seed=st.integers(0, 99),
)
def test_the_adjustment_never_narrows_and_one_row_is_its_own_t_test(v, tau2, seed):
    k = len(v)
    x = np.column_stack([np.ones(k), np.random.default_rng(seed).normal(size=(k, 2))])
    adjusted = adjust(Design(np.zeros(k), np.array(v), x), tau2)
    row = np.array([[0.0, 1.0, -1.0]])

    joint = adjusted.joint(np.array([2.0]), row)

    assert np.linalg.eigvalsh(adjusted.vb - adjusted.plain).min() > -1e-12
    assert joint.df == pytest.approx(adjusted.df(row)[0], rel=1e-9)
    assert joint.f == pytest.approx(4.0 / (row @ adjusted.vb @ row.T)[0, 0], rel=1e-9)


def test_a_prediction_has_the_degrees_of_freedom_of_its_own_moderators():
    fit = pool(YI, VI, mods=DOSE, test="kr")

    at_zero = predict(fit, [0.0])

    intercept = fit.coefficients[0]
    assert at_zero.ci_low[0] == pytest.approx(intercept.ci_low)
    assert at_zero.ci_high[0] == pytest.approx(intercept.ci_high)
    half = stats.t.ppf(0.975, intercept.df) * np.sqrt(fit.tau2 + intercept.se**2)
    assert at_zero.pi_high[0] == pytest.approx(intercept.estimate + half)


def test_one_pooled_effect_keeps_its_degrees_of_freedom_in_a_prediction():
    fit = pool(YI, VI, test="kr")

    assert predict(fit).pi_low[0] == pytest.approx(fit.pi_low)


def test_the_printout_shows_degrees_of_freedom_of_each_coefficient():
    fit = pool(YI, VI, mods=DOSE, test="kr")

    assert " df " in fit.summary()
    assert f"{fit.coefficients[1].df:.2f}" in fit.summary()
    assert f"{fit.coefficients[1].df:.2f} degrees of freedom" in fit.report()
    assert fit.to_dict()["coefficients"][1]["df"] == fit.coefficients[1].df


@pytest.mark.parametrize("options", [{"method": "DL"}, {"weights": np.ones(8)}])
def test_it_goes_with_reml_and_the_weights_of_the_model(options):
    with pytest.raises(InputError, match="goes with REML"):
        pool(YI, VI, mods=DOSE, test="kr", **options)


def test_predicted_study_effects_have_the_degrees_of_freedom_of_their_moderators():
    fit = pool(YI, VI, mods=DOSE, test="kr")
    plain = pool(YI, VI, mods=DOSE)

    found, by_z = blup(fit), blup(plain)

    own = adjust(Design(YI, VI, fit.design), fit.tau2).df(fit.design)
    assert found.pi_high - found.estimate == pytest.approx(stats.t.ppf(0.975, own) * found.se)
    assert np.all(found.pi_high - found.pi_low > by_z.pi_high - by_z.pi_low)
