"""Moderators in mixed models of counts, as in metafor, and intervals of tau2 by profile."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize
from scipy.stats import chi2

from weigh.errors import InputError, StatisticsError
from weigh.synthesis import fit_statistics, predict, tau2_interval, wald_test
from weigh.synthesis.glmm import glmm
from weigh.synthesis.glmm_quadrature import integrated
from weigh.synthesis.glmm_studies import BinomialArm
from weigh.synthesis.sensitivity import leave_one_out

FROM_R = json.loads(
    (Path(__file__).parents[1] / "reference" / "glmm_moderators.json").read_text(encoding="utf-8")
)
BCG = FROM_R["dat"]
A, N1, C, N2 = (np.array(BCG[name], dtype=float) for name in ("a", "n1", "c", "n2"))
ABLAT = np.array(BCG["ablat"], dtype=float)
OF_BCG = [name for name in FROM_R if name.startswith(("UM.", "CM."))]
PLO = FROM_R["PLO"]


def same_as_r(fit, wanted, *, rel):
    assert [one.estimate for one in fit.coefficients] == pytest.approx(wanted["beta"], rel=rel)
    assert [one.se for one in fit.coefficients] == pytest.approx(wanted["se"], rel=rel)
    assert fit.tau2 == pytest.approx(wanted["tau2"], rel=rel, abs=1e-9)
    assert fit.qm == pytest.approx(wanted["QM"], rel=2 * rel)
    assert fit.extra["q_lrt"] == pytest.approx(wanted["QE_LRT"], rel=1e-4)


@pytest.mark.parametrize("name", OF_BCG)
def test_moderators_act_as_in_metafor(name):
    model, method, *test = name.split()
    wanted = FROM_R[name]
    laplace = model == "UM.RS"

    fit = glmm(
        A,
        N1,
        C,
        N2,
        model=model,
        method=method,
        test=test[0] if test else "z",
        mods={"ablat": ABLAT},
        points=1 if laplace else 7,
    )

    # With random levels lme4's inner loop leaves standard errors off by 0.4 percent.
    same_as_r(fit, wanted, rel=5e-3 if laplace else 1e-4)
    assert fit.names == ("intercept", "ablat")
    assert fit.qm_p == pytest.approx(wanted["QMp"], rel=0.4 if laplace else 2e-3)
    assert fit.q_df == wanted["QE_df"]
    assert fit.qe == pytest.approx(wanted["QE_Wld"], rel=2e-2 if laplace else 1e-4)
    if method == "ML":
        assert fit.i2 == pytest.approx(wanted["I2"], rel=1e-3, abs=1e-9)


def test_rates_take_moderators_too():
    wanted = FROM_R["IRR UM.FS"]
    x1, t1, x2, t2 = (wanted[name] for name in ("x1", "t1", "x2", "t2"))

    fit = glmm(x1, t1, x2, t2, measure="IRR", mods={"year": wanted["year"]}, points=7)

    same_as_r(fit, wanted, rel=1e-6)


def test_one_group_takes_moderators_too():
    fit = glmm(PLO["x"], PLO["n"], measure="PLO", mods=PLO["n"], points=7)

    same_as_r(fit, PLO, rel=1e-4)


def test_lme4_with_a_tight_inner_loop_has_our_standard_error():
    fit = glmm(A, N1, C, N2, model="UM.RS", points=1)

    assert fit.estimate == pytest.approx(FROM_R["tight"]["beta"], rel=1e-5)
    assert fit.se == pytest.approx(FROM_R["tight"]["se"], rel=1e-5)


@pytest.mark.parametrize("model", ["UM.FS", "CM.AL"])
def test_units_of_a_moderator_do_not_matter(model):
    plain = glmm(A, N1, C, N2, model=model, mods={"x": ABLAT}, points=7)
    far = glmm(A, N1, C, N2, model=model, mods={"x": 1e4 + 1e-3 * ABLAT}, points=7)

    assert far.coefficients[1].estimate == pytest.approx(
        1e3 * plain.coefficients[1].estimate, rel=1e-5
    )
    assert far.qm == pytest.approx(plain.qm, rel=1e-4)


def test_a_formula_and_named_columns_are_the_same():
    table = {"ablat": ABLAT, "form": ["a", "b"] * 6 + ["a"]}

    formula = glmm(A, N1, C, N2, model="CM.AL", mods="ablat + form", data=table)
    columns = glmm(A, N1, C, N2, model="CM.AL", mods=table)

    assert len(formula.coefficients) == 3
    assert [one.estimate for one in formula.coefficients] == pytest.approx(
        [one.estimate for one in columns.coefficients], rel=1e-6
    )


def test_studies_without_a_moderator_are_left_out_with_a_note():
    lacking = np.where(np.arange(13) == 4, np.nan, ABLAT)
    keep = np.arange(13) != 4

    fit = glmm(A, N1, C, N2, model="CM.AL", mods=lacking)
    without = glmm(A[keep], N1[keep], C[keep], N2[keep], model="CM.AL", mods=ABLAT[keep])

    assert fit.k == 12
    assert "missing moderator: 5" in fit.notes[0]
    assert fit.qm == pytest.approx(without.qm, rel=1e-9)


def test_more_coefficients_than_studies_are_refused():
    with pytest.raises(StatisticsError, match="3 studies cannot carry 3 coefficients"):
        glmm(A[:3], N1[:3], C[:3], N2[:3], mods=np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 4.0]]))


def test_limits_of_tau2_are_where_the_profile_falls_by_half_the_quantile():
    x, n = np.array(PLO["x"], dtype=float), np.array(PLO["n"], dtype=float)
    fit = glmm(x, n, measure="PLO", points=15, level=0.9)
    arm = BinomialArm(x, n, np.zeros_like(x))

    def profile(tau2: float) -> float:
        return -optimize.minimize_scalar(
            lambda mean: -integrated(arm, mean, tau2**0.5, 15).sum(),
            bounds=(-5.0, 5.0),
            options={"xatol": 1e-9},
            method="bounded",
        ).fun

    drop = chi2.ppf(0.9, 1) / 2.0
    assert 0.0 < fit.tau2_ci_low < fit.tau2 < fit.tau2_ci_high
    for limit in (fit.tau2_ci_low, fit.tau2_ci_high):
        assert fit.extra["log_likelihood"] - profile(limit) == pytest.approx(drop, abs=1e-6)
    assert fit.tau2_interval == "PL"


def test_an_interval_of_tau2_starts_at_0_where_that_is_likely_enough():
    fit = glmm(A, N1, C, N2, model="CM.AL", mods=ABLAT)

    assert fit.tau2_ci_low == 0.0 < fit.tau2 < fit.tau2_ci_high


def test_a_common_effect_has_no_interval_of_tau2():
    fit = glmm(A, N1, C, N2, model="CM.AL", method="EE")

    assert (fit.tau2_ci_low, fit.tau2_ci_high, fit.tau2_interval) == (None, None, None)


def test_what_works_on_effects_and_variances_refuses_a_regression_of_counts():
    fit = glmm(A, N1, C, N2, model="CM.AL", mods=ABLAT)

    for analysis in (leave_one_out, fit_statistics, tau2_interval):
        with pytest.raises(InputError, match="pools counts"):
            analysis(fit)


def test_coefficients_of_a_regression_of_counts_predict_and_are_tested():
    fit = glmm(A, N1, C, N2, model="CM.AL", mods={"ablat": ABLAT})
    slope = fit.coefficients[1]

    at = predict(fit, {"ablat": [10.0, 11.0]})

    assert at.estimate[1] - at.estimate[0] == pytest.approx(slope.estimate, rel=1e-9)
    assert wald_test(fit, [1]).statistic == pytest.approx(fit.qm, rel=1e-9)
