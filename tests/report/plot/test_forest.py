"""A forest plot shows the fit's own numbers, every study, and what cannot be shown says why."""

from __future__ import annotations

import numpy as np
import pytest
from report.figures.geometry import words
from report.plot.making import ALLOCATION, BCG, LATITUDE, NAMES, YEARS, bcg, bcg_fit, some

import weigh
from weigh.errors import InputError, StatisticsError
from weigh.evidence.measure import to_natural


def test_the_numbers_in_the_picture_are_those_of_the_fit():
    fit, effects = bcg_fit(), bcg()

    said = words(weigh.plot.forest(fit, effects=effects).svg())

    low, high = effects.ci()
    for name, yi, a, b, weight in zip(NAMES, effects.yi, low, high, fit.weights, strict=True):
        assert name in said
        natural = [np.exp(v) for v in (yi, a, b)]
        assert "{:.2f} [{:.2f} to {:.2f}]".format(*natural) in said
        assert f"{weight:.1f}%" in said
    pooled = [np.exp(v) for v in (fit.estimate, fit.ci_low, fit.ci_high)]
    assert "{:.2f} [{:.2f} to {:.2f}]".format(*pooled) in said
    assert f"[{np.exp(fit.pi_low):.2f} to {np.exp(fit.pi_high):.2f}]" in said
    assert "tau² = 0.31, I² = 92%, Q(12) = 152.23, p <0.001" in said


def test_the_table_has_a_row_for_each_row_drawn_on_the_printed_scale():
    fit = bcg_fit()

    data = weigh.plot.forest(fit, measure="RR").data

    assert data["row"] == ("study",) * 13 + ("overall", "prediction")
    assert data["estimate"][:13] == pytest.approx(np.exp(fit.yi))
    assert data["low"][13] == pytest.approx(np.exp(fit.ci_low))
    assert data["high"][14] == pytest.approx(np.exp(fit.pi_high))
    assert max(share for share in data["share"] if share is not None) == 1.0
    assert next(iter(data.to_frame()["name"])) == NAMES[0]


def test_without_a_measure_numbers_stay_on_the_analysis_scale():
    fit = bcg_fit()

    plot = weigh.plot.forest(fit)

    assert plot.data["estimate"][:13] == pytest.approx(fit.yi)
    assert "−0.71 [−1.07 to −0.36]" in words(plot.svg())


def test_one_study_has_no_diamond_and_two_have_no_prediction_interval():
    one, two = words(weigh.plot.forest(some(1)).svg()), words(weigh.plot.forest(some(2)).svg())

    assert not any(said.startswith("All studies") for said in one)
    assert "One study: there is nothing to pool it with." in one
    assert any(said.startswith("All studies") for said in two)
    assert "Prediction interval" not in two
    assert "Too few studies for a prediction interval." in two


def test_effects_alone_are_not_pooled():
    plot = weigh.plot.forest(bcg())

    assert set(plot.data["row"]) == {"study"}
    assert plot.description.endswith("nothing is pooled.")


def test_a_study_without_an_effect_keeps_its_row_with_the_reason():
    effects = weigh.effect_size(
        "RR",
        events1=[1, 3, 0],
        n1=[10, 20, 12],
        events2=[2, 6, 0],
        n2=[10, 21, 11],
        slab=["a", "b", "empty"],
        drop00=True,
    )
    fit = weigh.pool(effects.yi, effects.vi, slab=effects.slab)

    plot = weigh.plot.forest(fit, effects=effects)

    assert plot.data["row"][2] == "missing"
    assert plot.data["name"][2] == "empty"
    assert any(said.startswith("Not estimable: ") for said in words(plot.svg()))


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("effect", "Vandiviere et al, 1973"),
        ("name", "Aronson, 1948"),
        ("precision", "Comstock & Webster, 1969"),
        ("weight", "Comstock & Webster, 1969"),
        (LATITUDE, "Frimodt-Moller et al, 1973"),
    ],
)
def test_sorting_moves_everything_of_a_row_together(sort, first):
    fit = bcg_fit()

    data = weigh.plot.forest(fit, measure="RR", sort=sort, columns={"Year": YEARS}).data

    assert data["name"][0] == first
    at = NAMES.index(first)
    assert data["estimate"][0] == pytest.approx(np.exp(fit.yi[at]))
    assert data["Year"][0] == str(YEARS[at])


def test_descending_is_the_other_way_round():
    up = weigh.plot.forest(bcg_fit(), sort="effect").data["name"][:13]
    down = weigh.plot.forest(bcg_fit(), sort="effect", descending=True).data["name"][:13]

    assert down == up[::-1]


def test_columns_may_have_an_entry_for_each_row_of_the_input():
    yi = [0.1, None, 0.3]
    effects = np.array([np.nan if y is None else y for y in yi])
    fit = weigh.pool(effects, [0.1, 0.1, 0.1], slab=["a", "b", "c"])

    data = weigh.plot.forest(fit, columns={"Dose": [5, 10, 20]}).data

    assert data["Dose"][:2] == ("5", "20")


def test_a_wide_interval_ends_in_an_arrow_and_keeps_its_figures():
    fit = weigh.pool([0.1, 0.2, 0.15, 0.3], [0.01, 0.02, 0.015, 9.0])

    said = words(weigh.plot.forest(fit).svg())

    assert "0.30 [−5.58 to 6.18]" in said
    assert "Arrow: goes on beyond the axis; the figures are in the row." in said


def test_limits_are_on_the_printed_scale():
    plot = weigh.plot.forest(bcg_fit(), measure="RR", limits=(0.5, 2.0))

    assert "Arrow: goes on beyond the axis; the figures are in the row." in words(plot.svg())


def test_ratios_stand_on_a_logarithmic_axis_with_ratios_under_it():
    said = words(weigh.plot.forest(bcg_fit(), measure="RR").svg())

    assert {"0.1", "0.2", "0.5", "1"} <= set(said)
    assert "Risk ratio, log scale" in said


def test_a_proportion_is_brought_back_by_the_size_of_its_own_study():
    effects = weigh.effect_size("PFT", events=[1, 4, 0, 10], n=[10, 30, 12, 40])
    fit = weigh.pool(effects.yi, effects.vi)

    said = words(weigh.plot.forest(fit, effects=effects).svg())

    assert any(line.startswith("0.10 [") for line in said)
    assert any(line.startswith("0.25 [") for line in said)
    pooled = to_natural(fit.estimate, "PFT", n=effects.ni)
    assert any(line.startswith(f"{pooled:.2f} [") for line in said)


def test_other_models_of_the_same_studies_have_diamonds_of_their_own():
    common, wider = bcg_fit(method="EE"), bcg_fit(test="knha")

    plot = weigh.plot.forest(
        bcg_fit(), measure="RR", also={"Common effect": common, "Knapp–Hartung": wider}
    )

    assert plot.data["name"][-2:] == ("Common effect", "Knapp–Hartung")
    assert plot.data["low"][-2:] == pytest.approx([np.exp(f.ci_low) for f in (common, wider)])
    with pytest.raises(InputError, match="'Other' is of 3 studies; the plot is of 13"):
        weigh.plot.forest(bcg_fit(), also={"Other": some(3)})


@pytest.mark.parametrize("name", ["mantel_haenszel", "peto", "glmm"])
def test_fits_of_counts_are_drawn_like_any_other(name):
    arms = {
        key: [row[i] for row in BCG]
        for key, i in (("events1", 2), ("n1", 3), ("events2", 4), ("n2", 5))
    }
    options = {} if name == "peto" else {"measure": "OR"}
    fit = getattr(weigh, name)(**arms, **options)

    plot = weigh.plot.forest(fit, measure="OR")

    assert plot.data["estimate"][13] == pytest.approx(np.exp(fit.estimate))


class TestSubgroups:
    def test_labels_give_headings_over_their_studies(self):
        data = weigh.plot.forest(bcg_fit(), subgroups=ALLOCATION).data

        assert [n for r, n in zip(data["row"], data["name"], strict=True) if r == "heading"] == [
            "random",
            "alternate",
            "systematic",
        ]
        at = data["name"].index("systematic")
        assert data["name"][at + 1] == "Rosenthal et al, 1961"

    def test_fits_give_each_group_its_diamond(self):
        effects = bcg()
        groups = {
            name: weigh.pool(
                effects.yi[np.array(ALLOCATION) == name], effects.vi[np.array(ALLOCATION) == name]
            )
            for name in ("random", "alternate", "systematic")
        }

        data = weigh.plot.forest(bcg_fit(), subgroups=groups).data

        drawn = [e for r, e in zip(data["row"], data["estimate"], strict=True) if r == "summary"]
        assert drawn == pytest.approx([fit.estimate for fit in groups.values()])

    @pytest.mark.parametrize(
        ("options", "test"),
        [
            ({}, "Q(2) = {:.2f}, p = {:.2f} (each with a tau² of its own)"),
            (
                {"common_tau2": True, "test": "knha"},
                "F(2, 10) = {:.2f}, p = {:.2f} (one tau² for all subgroups)",
            ),
            ({"method": "EE"}, "Q(2) = {:.2f}, p <0.001"),
        ],
    )
    def test_an_analysis_of_subgroups_brings_its_test(self, options, test):
        effects = bcg()
        found = weigh.subgroups(effects.yi, effects.vi, ALLOCATION, slab=effects.slab, **options)

        plot = weigh.plot.forest(found, effects=effects)

        expected = test.format(found.interaction.statistic, found.interaction.p)
        assert f"Test of differences between subgroups: {expected}." in words(plot.svg())
        drawn = zip(plot.data["row"], plot.data["low"], strict=True)
        assert [low for row, low in drawn if row == "summary"] == pytest.approx(
            [np.exp(fit.ci_low) for fit in found.fits]
        )
        same = weigh.plot.forest(found.overall, effects=effects, subgroups=found)
        assert same.svg() == plot.svg()

    def test_a_study_without_a_subgroup_stands_by_itself(self):
        effects = bcg()
        groups = [None, *ALLOCATION[1:]]

        data = weigh.plot.forest(weigh.subgroups(effects.yi, effects.vi, groups)).data

        at = data["name"].index("In no subgroup")
        assert data["row"][at : at + 3] == ("heading", "study", "overall")

    def test_something_else_is_refused_by_its_name(self):
        with pytest.raises(InputError, match="cannot be drawn of LeaveOneOut"):
            weigh.plot.forest(weigh.leave_one_out(bcg_fit()))

    def test_a_group_with_a_study_that_the_whole_lacks_is_refused(self):
        with pytest.raises(InputError, match="Subgroup 'odd': study '1' is not in the whole fit"):
            weigh.plot.forest(bcg_fit(), subgroups={"odd": weigh.pool([1.0, 2.0], [1.0, 1.0])})

    def test_a_study_in_no_group_is_refused(self):
        effects = bcg()
        some_of_them = weigh.pool(effects.yi[:5], effects.vi[:5])

        with pytest.raises(InputError, match="No subgroup holds 8 of the studies: Stein"):
            weigh.plot.forest(bcg_fit(), subgroups={"first": some_of_them})

    def test_labels_of_another_length_are_refused(self):
        with pytest.raises(InputError, match="subgroups has 2 labels for 13 studies"):
            weigh.plot.forest(bcg_fit(), subgroups=["a", "b"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": "colour"}, "cannot be sorted by 'colour'"),
        ({"sort": [1, 2]}, "`sort` has 2 entries for 13 studies"),
        ({"columns": {"Dose": [1]}}, "Column 'Dose' has 1 entries for 13 studies"),
        ({"measure": "RR", "limits": (0.0, 2.0)}, "limits are"),
        ({"subgroups": "random"}, "expected a label for each study"),
        ({"measure": "RRR"}, "There is no measure 'RRR'"),
        ({"measure": "PFT"}, "without the sample sizes"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_expected(options, message):
    from weigh.errors import WeighError

    with pytest.raises(WeighError, match=message):
        weigh.plot.forest(bcg_fit(), **options)


def test_a_regression_is_sent_to_the_bubble_plot():
    with pytest.raises(InputError, match=r"weigh\.plot\.bubble"):
        weigh.plot.forest(bcg_fit(mods={"latitude": LATITUDE}))


def test_no_effect_at_all_is_refused():
    effects = weigh.effect_size("RR", events1=[0], n1=[10], events2=[0], n2=[10], drop00=True)

    with pytest.raises(StatisticsError, match="nothing to draw"):
        weigh.plot.forest(effects)


class TestStepByStep:
    def test_each_row_of_leave_one_out_is_a_fit_without_that_study(self):
        fit = bcg_fit()
        left = weigh.leave_one_out(fit)

        plot = weigh.plot.leave_one_out(left, fit=fit, measure="RR")

        assert plot.data["estimate"] == pytest.approx(np.exp(left.estimate))
        said = words(plot.svg())
        assert "without Aronson, 1948" in said
        assert f"{np.exp(left.estimate[3]):.2f} [" in " ".join(said)

    def test_cumulative_rows_follow_the_order(self):
        fit = bcg_fit()
        result = weigh.cumulative(fit, YEARS)

        plot = weigh.plot.cumulative(result, measure="RR")

        assert plot.data["name"][0] == "Aronson, 1948"
        assert plot.data["high"] == pytest.approx(np.exp(result.ci_high))
        assert plot.data["k"] == tuple(range(1, 14))

    def test_each_takes_its_own_analysis_only(self):
        with pytest.raises(InputError, match=r"weigh\.cumulative"):
            weigh.plot.cumulative(weigh.leave_one_out(bcg_fit()))
        with pytest.raises(InputError, match=r"weigh\.leave_one_out"):
            weigh.plot.leave_one_out(bcg_fit())
