"""What each chart draws are the numbers of its analysis, and what it cannot draw it refuses."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from report.figures.geometry import SVG, root, words
from report.plot.making import BCG, LATITUDE, NAMES, bcg, bcg_fit, some
from scipy import stats

import weigh
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import tau2_interval


def circles(svg: str) -> list[ET.Element]:
    """The points of a plot; those of its key are last."""
    return list(root(svg).iter(f"{SVG}circle"))


def places(svg: str, k: int) -> np.ndarray:
    """Where the first k points are."""
    return np.array([[float(c.get("cx", "")), float(c.get("cy", ""))] for c in circles(svg)[:k]])


class TestFunnel:
    def test_points_lie_where_their_numbers_say(self):
        fit = bcg_fit()

        at = places(weigh.plot.funnel(fit).svg(), 13)

        # Both axes are straight lines of the analysis scale, standard errors growing downwards.
        assert np.corrcoef(at[:, 0], fit.yi)[0, 1] == pytest.approx(1.0, abs=1e-6)
        assert np.corrcoef(at[:, 1], np.sqrt(fit.vi))[0, 1] == pytest.approx(1.0, abs=1e-6)

    def test_studies_outside_the_pseudo_interval_are_counted_and_named(self):
        fit = bcg_fit()
        far = np.abs(fit.yi - fit.estimate) > 1.959964 * np.sqrt(fit.vi)

        plot = weigh.plot.funnel(fit, name="outside")

        assert plot.data["outside"] == tuple(far)
        assert plot.description.startswith(f"{far.sum()} of 13 studies lie outside")
        assert NAMES[7] in words(plot.svg())
        assert NAMES[0] not in words(plot.svg())

    def test_filled_studies_are_hollow(self):
        fit = bcg_fit()
        found = weigh.bias.trim_and_fill(fit.yi, fit.vi)
        assert found.k0 == 1

        plot = weigh.plot.funnel(found, measure="RR")

        fills = [c.get("fill") for c in circles(plot.svg())[:14]]
        assert fills.count("#FFFFFF") == 1
        assert fills[-1] == "#FFFFFF"
        assert plot.data["filled"] == (False,) * 13 + (True,)
        assert "1 is filled in on the right" in plot.description

    @pytest.mark.parametrize(
        ("y", "of"), [("variance", lambda v: v), ("precision", lambda v: v**-0.5)]
    )
    def test_other_axes_carry_their_own_numbers(self, y, of):
        fit = bcg_fit()

        assert weigh.plot.funnel(fit, y=y).data[y] == pytest.approx(of(fit.vi))

    def test_people_come_with_the_effects(self):
        plot = weigh.plot.funnel(bcg_fit(), effects=bcg(), y="n")

        assert plot.data["n"] == pytest.approx([row[3] + row[5] for row in BCG])

    def test_contours_are_named_by_their_p_values(self):
        said = words(weigh.plot.funnel(bcg_fit(), contours=(0.05, 0.01)).svg())

        assert {"p >0.05", "p 0.01 to 0.05", "p <0.01"} <= set(said)

    def test_fewer_than_ten_studies_are_cautioned(self):
        assert "too few" in weigh.plot.funnel(some(9)).notes[0]
        assert "too few" not in weigh.plot.funnel(some(10)).notes[0]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"y": "weight"}, "y is 'weight'; expected one of se, variance, precision, n"),
            ({"y": "n"}, "needs the sample sizes"),
            ({"y": "n", "n": [1, 2]}, "expected one for each of 13 studies"),
            ({"contours": (5,)}, "contours are"),
            ({"name": ["Nobody"]}, "no study 'Nobody'"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, options, message):
        with pytest.raises(InputError, match=message):
            weigh.plot.funnel(bcg_fit(), **options)

    def test_it_is_of_a_fit_or_of_trim_and_fill(self):
        with pytest.raises(InputError, match="not of BaujatPoints"):
            weigh.plot.funnel(weigh.baujat(bcg_fit()))
        with pytest.raises(InputError, match="no one effect to centre"):
            weigh.plot.funnel(bcg_fit(mods={"latitude": LATITUDE}))


class TestScatter:
    def test_radial_points_lie_where_their_numbers_say(self):
        points = weigh.radial(bcg_fit(method="EE"))

        plot = weigh.plot.radial(points, measure="RR")

        assert plot.data["effect"] == pytest.approx(np.exp(bcg().yi))
        assert plot.data["outside"] == tuple(points.outside)
        inside = ~points.outside
        at = places(plot.svg(), int(inside.sum()))
        assert np.corrcoef(at[:, 0], points.x[inside])[0, 1] == pytest.approx(1.0, abs=1e-5)

    def test_baujat_names_the_study_that_adds_most(self):
        points = weigh.baujat(bcg_fit())

        plot = weigh.plot.baujat(points)

        assert plot.data["heterogeneity"] == pytest.approx(points.heterogeneity)
        assert plot.description.startswith(NAMES[int(np.argmax(points.heterogeneity))])

    def test_doi_says_that_its_index_is_no_test(self):
        fit = bcg_fit()
        found = weigh.bias.lfk_index(fit.yi, fit.vi)

        plot = weigh.plot.doi(found)

        assert plot.data["up"] == pytest.approx(np.abs(found.z))
        assert f"{found.index:.2f}".replace("-", "−") in plot.description
        assert any("no test" in note for note in plot.notes)

    @pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
    def test_labbe_draws_the_risks_that_have_the_pooled_effect(self, measure):
        effects = bcg(measure)
        fit = weigh.pool(effects.yi, effects.vi)
        arms = [[row[i] for row in BCG] for i in (2, 3, 4, 5)]

        plot = weigh.plot.labbe(*arms, fit=fit, measure=measure, slab=NAMES)

        assert plot.data["risk1"] == pytest.approx([row[2] / row[3] for row in BCG])
        assert "in 11 of 13 studies" in plot.description

    def test_labbe_has_larger_circles_for_more_people(self):
        plot = weigh.plot.labbe([1, 10], [100, 400], [2, 20], [100, 400])

        large, small = (float(c.get("r", "")) for c in circles(plot.svg())[:2])
        assert large / small == pytest.approx(2.0)

    @pytest.mark.parametrize(
        ("arms", "message"),
        [
            (([5], [4], [1], [4]), "Row 1: events lie outside"),
            (([1, 1], [4], [1], [4]), "four columns of one length"),
            (([], [], [], []), "four columns of one length"),
        ],
    )
    def test_labbe_refuses_counts_that_cannot_be(self, arms, message):
        with pytest.raises(InputError, match=message):
            weigh.plot.labbe(*arms)

    def test_labbe_needs_to_know_what_was_pooled(self):
        with pytest.raises(InputError, match="the measure given is none"):
            weigh.plot.labbe([1], [4], [1], [4], fit=bcg_fit())

    @pytest.mark.parametrize("draw", ["radial", "baujat", "doi", "influence", "gosh", "selection"])
    def test_each_takes_its_own_analysis_only(self, draw):
        with pytest.raises(InputError, match=r"Give it the result of weigh\."):
            getattr(weigh.plot, draw)(bcg_fit())


class TestBubble:
    def test_the_line_and_its_bands_are_those_of_the_regression(self):
        fit = bcg_fit(mods={"latitude": LATITUDE}, test="knha")

        data = weigh.plot.bubble(fit).data

        fitted = fit.design @ [each.estimate for each in fit.coefficients]
        error = np.sqrt(np.einsum("ip,pq,iq->i", fit.design, fit.vb, fit.design))
        t = stats.t.ppf(0.975, 11)
        assert data["fitted"] == pytest.approx(fitted)
        assert data["low"] == pytest.approx(fitted - t * error)
        assert data["prediction_high"] == pytest.approx(fitted + t * np.sqrt(error**2 + fit.tau2))

    def test_other_moderators_are_held_at_their_means(self):
        fit = bcg_fit(mods={"latitude": LATITUDE, "year": [row[1] for row in BCG]})

        plot = weigh.plot.bubble(fit, "latitude")

        slope = fit.coefficients[1].estimate
        fitted, x = (np.array(plot.data[name]) for name in ("fitted", "x"))
        assert np.diff(fitted) == pytest.approx(slope * np.diff(x))
        assert "The other moderators are held at their means." in words(plot.svg())

    def test_which_of_several_moderators_must_be_said(self):
        fit = bcg_fit(mods={"latitude": LATITUDE, "year": [row[1] for row in BCG]})

        with pytest.raises(InputError, match="2 moderators: latitude, year"):
            weigh.plot.bubble(fit)
        with pytest.raises(NotFoundError, match="Did you mean latitude"):
            weigh.plot.bubble(fit, "latitud")

    def test_a_fit_without_moderators_is_refused(self):
        with pytest.raises(InputError, match="no moderators"):
            weigh.plot.bubble(bcg_fit())


class TestDrapery:
    @pytest.mark.parametrize("test", ["z", "knha"])
    def test_the_curve_crosses_a_level_at_the_ends_of_its_interval(self, test):
        fit = bcg_fit(test=test)

        data = weigh.plot.drapery(fit).data

        p = np.interp([fit.ci_low, fit.estimate, fit.ci_high], data["effect"], data["p"])
        assert p == pytest.approx([0.05, 1.0, 0.05], abs=5e-3)

    def test_levels_are_p_values(self):
        with pytest.raises(InputError, match="levels are"):
            weigh.plot.drapery(bcg_fit(), levels=(95,))
        with pytest.raises(InputError, match="regression"):
            weigh.plot.drapery(bcg_fit(mods={"latitude": LATITUDE}))


class TestQuantiles:
    def test_the_band_is_that_of_the_order_statistics(self):
        """The smallest of k falls below x with probability 1 - (1 - Phi(x))^k."""
        residuals = weigh.rstandard(bcg_fit())

        data = weigh.plot.qq(residuals).data

        assert data["residual"] == pytest.approx(np.sort(residuals.z))
        low = stats.norm.ppf(1.0 - (1.0 - 0.025) ** (1.0 / 13.0))
        assert data["low"][0] == pytest.approx(low)
        assert data["low"][0] == pytest.approx(-data["high"][-1])

    def test_deleted_residuals_and_plain_arrays_serve_too(self):
        found = weigh.influence(bcg_fit())

        assert weigh.plot.qq(found).data["residual"] == pytest.approx(np.sort(found.rstudent))
        assert weigh.plot.qq([0.1, 5.0, -0.3], slab=["a", "b", "c"]).data["name"][-1] == "b"

    def test_a_residual_far_out_is_marked_and_named(self):
        plot = weigh.plot.qq([*np.linspace(-1.5, 1.5, 20), 6.0], slab=list("abcdefghijklmnopqrstu"))

        assert plot.data["outside"][-1] is True
        assert "u" in words(plot.svg())

    @pytest.mark.parametrize(
        ("options", "message"),
        [({"level": 95.0}, "level is 95"), ({"slab": ["a"]}, "1 names for residuals of shape")],
    )
    def test_what_does_not_fit_is_refused(self, options, message):
        with pytest.raises(InputError, match=message):
            weigh.plot.qq([0.1, 0.2, 0.3], **options)

    def test_two_residuals_are_too_few(self):
        with pytest.raises(StatisticsError, match="needs three residuals; there are 2"):
            weigh.plot.qq([0.1, 0.2])


class TestProfile:
    @pytest.mark.parametrize("method", ["ML", "REML"])
    def test_the_curve_falls_by_half_a_chi_squared_quantile_at_the_interval(self, method):
        fit = bcg_fit(method=method)

        limits = tau2_interval(fit, kind="PL").tau2[1:]

        data = weigh.plot.profile(fit).data

        drop = np.interp([*limits, fit.tau2], data["tau2"], data["log_likelihood"])
        fall = 0.5 * stats.chi2.ppf(0.95, 1)
        assert drop == pytest.approx([-fall, -fall, 0.0], abs=0.01)  # between points of the curve

    def test_it_matches_the_likelihood_worked_out_by_hand(self):
        fit = bcg_fit(method="ML")

        def height(tau2: float) -> float:
            v = fit.vi + tau2
            mean = np.sum(fit.yi / v) / np.sum(1.0 / v)
            return float(np.sum(stats.norm.logpdf(fit.yi, mean, np.sqrt(v))))

        data = weigh.plot.profile(fit).data

        at = data["tau2"][::20]
        expected = [height(t) - height(fit.tau2) for t in at]
        assert data["log_likelihood"][::20] == pytest.approx(expected, abs=1e-9)

    def test_it_goes_with_a_likelihood_only(self):
        with pytest.raises(InputError, match="this fit is DL"):
            weigh.plot.profile(bcg_fit(method="DL"))
        with pytest.raises(StatisticsError, match="no more studies than coefficients"):
            weigh.plot.profile(some(1))


class TestGosh:
    def test_every_subset_is_in_a_cell(self):
        result = weigh.gosh(some(6))

        plot = weigh.plot.gosh(result)

        assert sum(plot.data["subsets"]) == np.isfinite(result.estimate[:, 0]).sum()

    def test_a_study_parts_the_subsets(self):
        result = weigh.gosh(some(6))

        plot = weigh.plot.gosh(result, "Study 2")

        counted = dict.fromkeys(plot.data["panel"], 0)
        for panel, count in zip(plot.data["panel"], plot.data["subsets"], strict=True):
            counted[panel] += count
        within = int(result.included[:, 1].sum())
        assert counted == {
            f"with Study 2: {within} subsets": within,
            f"without Study 2: {len(result.k) - within} subsets": len(result.k) - within,
        }
        assert plot.data.to_dict() == weigh.plot.gosh(result, 1).data.to_dict()

    @pytest.mark.parametrize("y", ["tau2", "q"])
    def test_other_heterogeneity_may_be_upright(self, y):
        assert y in weigh.plot.gosh(weigh.gosh(some(5)), y=y).data.columns

    def test_what_is_not_there_is_refused(self):
        result = weigh.gosh(some(5))

        with pytest.raises(NotFoundError, match="no study 'Nobody'"):
            weigh.plot.gosh(result, "Nobody")
        with pytest.raises(InputError, match="there are 5, counted from 0"):
            weigh.plot.gosh(result, 5)
        with pytest.raises(InputError, match="y is 'h2'"):
            weigh.plot.gosh(result, y="h2")


class TestInfluence:
    def test_influential_studies_are_named(self):
        fit = weigh.pool([0.1, 0.12, 0.09, 0.11, 3.0], [0.02, 0.03, 0.02, 0.03, 0.02])
        found = weigh.influence(fit)
        assert found.influential.any()

        plot = weigh.plot.influence(found, fit=fit)

        assert plot.data["cook_d"] == pytest.approx(found.cook_d)
        assert any(said.startswith("Influential: ") for said in words(plot.svg()))

    def test_all_eight_measures_have_a_panel(self):
        said = words(weigh.plot.influence(weigh.influence(bcg_fit())).svg())

        for name in ("DFFITS", "Cook's distance", "Hat value", "Weight, percent", "Q without it"):
            assert name in said


class TestSelection:
    def test_a_model_of_effects_has_no_weights_by_p_value(self):
        fit = some(40)
        model = weigh.bias.selection_model(fit.yi, fit.vi, kind="truncation", steps=0.0)

        with pytest.raises(InputError, match="selects by effects, not by P values"):
            weigh.plot.selection(model)

    def test_a_step_function_steps_where_it_should(self):
        effects = bcg()
        model = weigh.bias.selection_model(
            effects.yi, effects.vi, steps=[0.025, 0.5], alternative="less"
        )

        plot = weigh.plot.selection(model, measure="RR")

        p, weight = (np.array(plot.data[name]) for name in ("p", "weight"))
        assert set(weight[p <= 0.025]) == {1.0}
        assert set(weight[p > 0.5]) == {model.delta[2].estimate}
        said = words(plot.svg())
        assert [f"k = {count}" in said for count in model.counts] == [True] * 3
        assert f"{np.exp(model.adjusted.estimate):.2f}" in plot.description

    @pytest.mark.parametrize(
        ("kind", "weight"),
        [
            ("halfnorm", lambda p, d: np.exp(-d[0] * p**2)),
            ("negexp", lambda p, d: np.exp(-d[0] * p)),
            ("logistic", lambda p, d: 2.0 / (1.0 + np.exp(d[0] * p))),
            ("power", lambda p, d: (1.0 - p) ** d[0]),
            ("beta", lambda p, d: p ** (d[0] - 1.0) * (1.0 - p) ** (d[1] - 1.0)),
        ],
    )
    def test_a_smooth_function_is_that_of_its_paper(self, kind, weight):
        fit = some(40)
        model = weigh.bias.selection_model(fit.yi, fit.vi, kind=kind)

        data = weigh.plot.selection(model).data

        # The model keeps P values 1e-5 away from 0 and 1, where weights may be infinite.
        p = np.clip(data["p"], 1e-5, 1.0 - 1e-5)
        expected = weight(p, [each.estimate for each in model.delta])
        assert data["weight"] == pytest.approx(expected, rel=1e-4)
        assert data["weight"][200] == pytest.approx(expected[200], rel=1e-12)
