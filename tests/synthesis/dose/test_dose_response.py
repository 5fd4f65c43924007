"""Curves of dose: published examples, closed forms, and what may not change them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from synthesis.oracle_cases import HERE, load

import weigh
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.dose import (
    DoseResponse,
    dose_response,
    effective_counts,
    mean_differences,
    percentile_knots,
)
from weigh.synthesis.dose.shapes import Shape

CVD = load(HERE / "dosresmeta.alcohol_cvd.json")


def cvd(**options) -> DoseResponse:
    """Alcohol and cardiovascular disease in six studies."""
    return dose_response(
        CVD.column("dose"),
        CVD.column("logrr"),
        CVD.column("se") ** 2,
        **{
            "study": CVD.columns["author"],
            "cases": CVD.column("cases"),
            "n": CVD.column("n"),
            "design": CVD.columns["type"],
        }
        | options,
    )


def rohan(**options) -> DoseResponse:
    """Alcohol and breast cancer in one case-control study (Rohan and McMichael 1988)."""
    ratio = np.array([1.0, 0.80, 1.16, 1.57])
    low, high = np.array([1.0, 0.51, 0.73, 0.99]), np.array([1.0, 1.27, 1.85, 2.51])
    se = np.log(high / low) / (2 * 1.959963984540054)
    return dose_response(
        [0, 2, 6, 11],
        np.log(ratio),
        se**2,
        **{
            "cases": [165, 74, 90, 122],
            "n": [337, 167, 186, 212],
            "design": "case-control",
            "method": "EE",
            "stages": 1,
        }
        | options,
    )


class TestPublished:
    def test_the_trend_of_the_first_example_of_the_method(self):
        """Greenland and Longnecker 1992 on Rohan and McMichael 1988; printed by dosresmeta 2.1.1.

        0.0454 (SE 0.0207), X² 4.8333, log-likelihood 0.7835; for one gram a day 1.046477 (1.004941
        to 1.089729).
        """
        fit = rohan()

        (slope,) = fit.coefficients
        assert slope.estimate == pytest.approx(0.0454, abs=5e-5)
        assert slope.se == pytest.approx(0.0207, abs=5e-5)
        assert fit.association().statistic == pytest.approx(4.8333, abs=5e-5)
        assert fit.log_likelihood == pytest.approx(0.7835, abs=5e-5)
        one = fit.curve([1.0], reference=0.0).ratios()
        found = [one.estimate[0], one.ci_low[0], one.ci_high[0]]
        assert found == pytest.approx([1.046477, 1.004941, 1.089729], abs=5e-7)

    def test_a_line_of_alcohol_and_cardiovascular_disease(self):
        """The second example of Crippa and Orsini's dosresmeta: two stages, REML."""
        fit = cvd()

        (slope,) = fit.coefficients
        assert [slope.estimate, slope.se] == pytest.approx([-0.0044, 0.0059], abs=5e-5)
        assert [slope.statistic, slope.p] == pytest.approx([-0.7413, 0.4585], abs=5e-5)
        assert [fit.q.statistic, fit.q.p] == pytest.approx([14.1464, 0.0147], abs=5e-5)
        assert fit.i2 == pytest.approx(64.7, abs=0.05)
        assert fit.log_likelihood == pytest.approx(14.0341, abs=5e-5)
        one = fit.curve([1.0], reference=0.0).ratios()
        found = [one.estimate[0], one.ci_low[0], one.ci_high[0]]
        assert found == pytest.approx([0.9956441, 0.9842178, 1.007203], abs=5e-7)

    def test_a_parabola_of_alcohol_and_cardiovascular_disease(self):
        """The same with a quadratic term: X² 6.3694, Q 35.1177 on 10, I² 71.5 percent."""
        fit = cvd(shape="quadratic")

        assert [each.statistic for each in fit.coefficients] == pytest.approx(
            [-2.2943, 1.5383], abs=5e-5
        )
        together = fit.association()
        assert [together.statistic, together.p] == pytest.approx([6.3694, 0.0414], abs=5e-5)
        assert [fit.q.statistic, fit.q.df] == pytest.approx([35.1177, 10], abs=5e-5)
        assert fit.i2 == pytest.approx(71.5, abs=0.05)
        sd = np.sqrt(np.diagonal(fit.psi))
        assert fit.psi[0, 1] / sd.prod() == pytest.approx(-0.9063, abs=5e-5)
        assert fit.log_likelihood == pytest.approx(34.6967, abs=5e-5)

    def test_means_of_a_trial_of_three_doses(self):
        """Cutler 2006, aripiprazole in 2, 5 and 10 mg; printed by dosresmeta's `covar.smd`.

        Its people are 85, 92, 89 and 94; of the standard deviations only that of placebo and the
        one over all arms enter, so the others are taken to be alike.
        """
        n = np.array([85.0, 92.0, 89.0, 94.0])
        first = 3.944189 * 85.0
        rest = (7.592563 / (1 / 92 + 1 / 85) * (n - 1).sum() - 84.0 * first) / (n[1:] - 1).sum()
        sd = np.sqrt([first, rest, rest, rest])
        means = 5.3 + np.array([0.0, 2.93, 5.30, 6.00])

        plain = mean_differences(means, sd, n)
        standard = mean_differences(means, sd, n, measure="SMD")

        assert plain.yi == pytest.approx([2.93, 5.30, 6.00])
        assert np.diagonal(plain.covariance) == pytest.approx(
            [7.592563, 7.715466, 7.514985], abs=1e-5
        )
        assert plain.covariance[0, 1] == pytest.approx(3.944189, abs=5e-7)
        assert standard.yi == pytest.approx([0.1599767, 0.2893776, 0.3275973], abs=5e-7)
        assert standard.covariance == pytest.approx(
            np.array(
                [
                    [0.02266982, 0.01182900, 0.01183749],
                    [0.01182900, 0.02311697, 0.01189637],
                    [0.01183749, 0.01189637, 0.02255206],
                ]
            ),
            abs=5e-8,
        )


class TestCurve:
    def test_the_reference_has_no_effect_and_no_width(self):
        curve = cvd(shape="spline").curve([0.0, 12.0, 40.0], reference=12.0)

        assert [curve.estimate[1], curve.se[1], curve.ci_low[1]] == [0.0, 0.0, 0.0]
        assert curve.reference == 12.0

    def test_effects_between_two_doses_do_not_hang_on_the_reference(self):
        fit = cvd(shape="quadratic")

        from_zero = fit.curve([20.0, 30.0], reference=0.0).estimate
        from_twenty = fit.curve([30.0], reference=20.0).estimate

        assert np.diff(from_zero) == pytest.approx(from_twenty)

    def test_by_default_the_reference_is_that_of_most_studies(self):
        assert cvd().reference == 0.0
        assert cvd().curve().dose[[0, -1]] == pytest.approx(fit_range(CVD.column("dose")))

    def test_further_studies_spread_wider_and_only_where_studies_differ(self):
        wide, common = cvd().curve([30.0]), cvd(method="EE").curve([30.0])

        assert wide.pi_low[0] < wide.ci_low[0]
        assert common.pi_low is None
        assert common.ratios().pi_high is None

    def test_a_spline_is_a_line_beyond_its_outer_knots(self):
        shape = Shape(name="spline", knots=(5.0, 10.0, 20.0, 40.0))

        below, above = (shape.columns(np.array(at)) for at in ([1, 2, 3], [50, 60, 70]))

        assert np.diff(below, n=2, axis=0) == pytest.approx(0.0)
        assert np.diff(above, n=2, axis=0) == pytest.approx(0.0, abs=1e-12)
        assert shape.names == ("dose", "spline 1", "spline 2")

    def test_a_step_takes_up_what_every_dose_has_alike(self):
        arms = {"sd": [2.0] * 4, "n": [50] * 4, "covariance": "MD", "method": "EE", "stages": 1}

        fit = dose_response([0, 1, 2, 4], [5.0, 3.0, 3.0, 3.0], shape="stepped", **arms)

        assert fit.beta == pytest.approx([0.0, -2.0], abs=1e-12)
        assert fit.curve([4.0], reference=1.0).estimate == pytest.approx(0.0, abs=1e-12)
        assert fit.shape.names == ("dose", "any dose")

    def test_a_spline_is_smooth_at_its_knots(self):
        shape = Shape(name="spline", knots=(5.0, 10.0, 20.0))
        h = 1e-3
        for knot in shape.knots:
            x = shape.columns(knot + h * np.arange(-2, 3))
            left, right = x[0] - 2 * x[1] + x[2], x[2] - 2 * x[3] + x[4]
            assert left / h**2 == pytest.approx(right / h**2, abs=0.01)


def fit_range(dose: np.ndarray) -> list[float]:
    return [float(dose.min()), float(dose.max())]


class TestModels:
    def test_one_line_is_generalized_least_squares(self):
        fit = rohan()
        (study,) = fit.studies
        w = np.linalg.inv(study.covariance)

        slope = study.dose @ w @ study.yi / (study.dose @ w @ study.dose)

        assert fit.beta[0] == pytest.approx(slope, rel=1e-12)
        residual = study.yi - slope * study.dose
        fits = fit.goodness()
        assert fits.deviance.statistic == pytest.approx(residual @ w @ residual, rel=1e-9)
        assert fits.deviance.df == 2
        assert fits.r2 == pytest.approx(1 - (residual @ w @ residual) / (study.yi @ w @ study.yi))

    @pytest.mark.parametrize("method", ["EE", "ML", "REML"])
    @pytest.mark.parametrize("shape", ["linear", "quadratic", "spline"])
    def test_one_stage_and_two_agree_where_every_study_has_enough_doses(self, method, shape):
        one, two = (cvd(shape=shape, method=method, stages=stages) for stages in (1, 2))

        assert one.beta == pytest.approx(two.beta, rel=1e-9)
        assert one.vb == pytest.approx(two.vb, rel=1e-9)

    def test_a_line_with_tau_is_the_pooled_slope(self):
        """Two stages of a line are `weigh.pool` of the studies' slopes."""
        fit = cvd(method="REML")
        slopes, variances = [], []
        for study in fit.studies:
            x = study.dose - study.reference
            w = np.linalg.inv(study.covariance)
            variances.append(1.0 / (x @ w @ x))
            slopes.append(x @ w @ study.yi * variances[-1])

        pooled = weigh.pool(slopes, variances, method="REML")

        assert fit.beta[0] == pytest.approx(pooled.estimate, rel=1e-7)
        assert fit.psi[0, 0] == pytest.approx(pooled.tau2, rel=1e-6)
        assert fit.q.statistic == pytest.approx(pooled.q)
        assert cvd(method="MM").psi[0, 0] == pytest.approx(
            weigh.pool(slopes, variances, method="DL").tau2
        )

    def test_one_stage_takes_studies_with_a_single_dose(self):
        kept = [i for i, name in enumerate(CVD.columns["author"]) if name != "Bianchi"][:-2]
        columns = {
            name: [CVD.columns[name][i] for i in kept]
            for name in ("dose", "logrr", "se", "author", "type", "cases", "n")
        }
        options = {
            "study": columns["author"],
            "cases": columns["cases"],
            "n": columns["n"],
            "design": columns["type"],
            "shape": "quadratic",
        }
        vi = np.array([0.0 if se is None else se**2 for se in columns["se"]])

        fit = dose_response(columns["dose"], columns["logrr"], vi, stages=1, **options)

        assert fit.certified is True
        assert fit.q.df == 2 * 4 + 1 - 2
        with pytest.raises(StatisticsError, match="Vliegenthart-beer: too few doses"):
            dose_response(columns["dose"], columns["logrr"], vi, stages=2, **options)

    @pytest.mark.parametrize("unit", [1e-4, 0.37, 1e4])
    def test_the_unit_of_dose_changes_only_units(self, unit):
        """Grams or milligrams: the same curve, the same tests, even with moments."""
        for method in ("REML", "MM"):
            here = cvd(shape="quadratic", method=method)
            there = dose_response(
                CVD.column("dose") * unit,
                CVD.column("logrr"),
                CVD.column("se") ** 2,
                study=CVD.columns["author"],
                cases=CVD.column("cases"),
                n=CVD.column("n"),
                design=CVD.columns["type"],
                shape="quadratic",
                method=method,
            )
            assert there.association().statistic == pytest.approx(
                here.association().statistic, rel=1e-5
            )
            assert there.curve([10 * unit]).estimate == pytest.approx(
                here.curve([10]).estimate, rel=1e-5
            )

    def test_rows_may_come_in_any_order(self):
        order = np.random.default_rng(4).permutation(len(CVD.columns["dose"]))

        fit = dose_response(
            CVD.column("dose")[order],
            CVD.column("logrr")[order],
            CVD.column("se")[order] ** 2,
            study=np.array(CVD.columns["author"])[order],
            cases=CVD.column("cases")[order],
            n=CVD.column("n")[order],
            design=np.array(CVD.columns["type"])[order],
            shape="spline",
        )

        assert fit.beta == pytest.approx(cvd(shape="spline").beta, rel=1e-8)

    def test_means_are_the_same_whichever_arm_they_are_compared_with(self):
        """With one standard deviation for all, contrasts with any arm say the same."""
        arms = {"sd": [2.0] * 4, "n": [50] * 4, "covariance": "MD", "method": "EE", "stages": 1}
        up = dose_response([0, 1, 2, 4], [5.0, 4.6, 4.1, 3.0], **arms)
        down = dose_response([0, -1, -2, -4], [5.0, 4.6, 4.1, 3.0], **arms)

        assert up.beta == pytest.approx(-down.beta, rel=1e-12)
        assert up.vb == pytest.approx(down.vb, rel=1e-12)

    def test_a_covariance_of_ones_own_comes_by_name_or_in_order(self):
        own = {study.name: study.covariance for study in cvd().studies}

        by_name = cvd(covariance=own, cases=None, n=None, design=None)
        in_order = cvd(covariance=list(own.values()))

        assert by_name.beta == pytest.approx(cvd().beta)
        assert in_order.beta == pytest.approx(cvd().beta)
        assert by_name.covariance == "given"


class TestCounts:
    @pytest.mark.parametrize("design", ["cc", "ci", "ir"])
    @pytest.mark.parametrize("method", ["GL", "Hamling"])
    def test_crude_ratios_give_the_published_counts_back(self, design, method):
        """Where nothing was adjusted for, the effective counts are the counts."""
        cases, n = np.array([40.0, 30.0, 60.0]), np.array([400.0, 250.0, 310.0])
        others = n - cases if design == "cc" or (method == "GL" and design == "ci") else n
        each = {
            "cc": 1 / cases + 1 / (n - cases),
            "ci": 1 / cases - 1 / n,
            "ir": 1 / cases,
        }[design]
        y = np.log(cases / others / (cases[0] / others[0]))
        v = np.append(0.0, each[1:] + each[0])

        found = effective_counts(y, v, cases, n, design=design, method=method, tolerance=1e-20)

        assert np.append(found.reference_cases, found.cases) == pytest.approx(cases, rel=1e-6)
        assert np.append(found.reference_n, found.n) == pytest.approx(n, rel=1e-6)
        assert found.covariance()[0, 1] == pytest.approx(each[0], rel=1e-6)

    def test_full_steps_that_leave_the_table_are_not_the_end(self):
        """A strong ratio in a small group: plain Newton steps go below 0 cases."""
        found = effective_counts(
            [0.0, 4.0, -5.0], [0.0, 0.3, 0.4], [400, 2, 300], [1000, 500, 1200], design="cc"
        )

        assert found.residual < 1e-9
        assert found.reference_cases + found.cases.sum() == pytest.approx(702)

    def test_variances_below_what_the_counts_can_give_are_refused(self):
        with pytest.raises(StatisticsError, match="No effective counts by Hamling"):
            effective_counts([0, 1], [0, -1.0], [10, 10], [50, 50], design="cc", method="Hamling")


class TestInput:
    def test_a_study_needs_one_reference(self):
        with pytest.raises(StatisticsError, match="2 of its 3 doses have a variance of 0"):
            dose_response([0, 1, 2], [0, 0, 0.3], [0, 0, 0.1], covariance="independent")

    def test_counts_that_are_missing_are_asked_for(self):
        with pytest.raises(InputError, match="needs `cases`"):
            dose_response([0, 1, 2], [0, 0.2, 0.3], [0, 0.1, 0.1], design="cc")
        with pytest.raises(InputError, match="needs the `design`"):
            dose_response([0, 1, 2], [0, 0.2, 0.3], [0, 0.1, 0.1], cases=[1, 1, 1], n=[9, 9, 9])
        with pytest.raises(StatisticsError, match="`n` counts both cases and others"):
            rohan(n=[100, 167, 186, 212])

    def test_names_that_are_close_are_offered(self):
        with pytest.raises(NotFoundError, match="spline"):
            cvd(shape="splines")
        with pytest.raises(NotFoundError, match="case-control"):
            cvd(design="case control")

    def test_moments_and_one_stage_do_not_go_together(self):
        with pytest.raises(InputError, match="Moments"):
            cvd(method="MM", stages=1)

    def test_doses_that_leave_the_curve_open_are_refused(self):
        with pytest.raises(StatisticsError, match="do not tell the 2 coefficients"):
            dose_response(
                [0, 1, 0, 1],
                [0, 0.2, 0, 0.3],
                [0, 0.1, 0, 0.1],
                study=["a", "a", "b", "b"],
                covariance="independent",
                shape="quadratic",
                stages=1,
            )

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            ({"yi": None}, InputError, "There is no `yi`"),
            ({"yi": [0, 1e300, 0, 0.3]}, StatisticsError, "`yi`, row 2: 1e"),
            ({"study": ["a", "a", np.nan, "b"]}, InputError, "`study`, row 3: there is no name"),
            ({"study": 3}, InputError, "`study` is int"),
            ({"dose": [], "yi": [], "vi": [], "study": []}, StatisticsError, "no study"),
        ],
    )
    def test_rows_that_say_nothing_are_refused_by_name(self, change, error, words):
        rows = {"dose": [0, 1, 0, 1], "yi": [0, 0.2, 0, 0.3], "vi": [0, 0.1, 0, 0.1]}
        with pytest.raises(error, match=words):
            dose_response(
                **rows | {"study": ["a", "a", "b", "b"], "covariance": "independent"} | change
            )

    def test_knots_rise_and_belong_to_a_spline(self):
        with pytest.raises(InputError, match="three doses that rise"):
            cvd(shape="spline", knots=[10.0, 5.0, 20.0])
        with pytest.raises(InputError, match="belong to shape='spline'"):
            cvd(knots=3)
        with pytest.raises(StatisticsError, match="two are the same"):
            percentile_knots([0, 0, 0, 0, 1, 2])

    def test_one_study_knows_nothing_of_differences(self):
        fit = rohan(method="REML")

        assert fit.method == "EE"
        assert "With one study" in fit.notes[0]
        assert fit.q.p is None
        assert fit.i2 is None
        assert fit.nonlinearity().p is None

    def test_rows_without_an_effect_are_left_out_by_name(self):
        yi = CVD.column("logrr").copy()
        yi[1] = np.nan

        assert (
            cvd().effects - 1
            == dose_response(
                CVD.column("dose"),
                yi,
                CVD.column("se") ** 2,
                study=CVD.columns["author"],
                covariance="independent",
            ).effects
        )


class TestRecords:
    def test_the_fit_is_json_and_a_frame(self):
        fit = cvd(shape="quadratic")

        told = json.loads(json.dumps(fit.to_dict()))

        assert told["nonlinearity"]["df"] == 1
        assert len(fit.to_frame()) == fit.effects == 19
        assert list(fit.curve([0, 10]).to_frame().columns)[:2] == ["dose", "estimate"]
        assert "straight line" in fit.summary()
        assert json.dumps(fit.curve().to_dict())

    def test_the_room_has_a_name_of_its_own(self):
        assert weigh.dose.dose_response is weigh.dose_response
