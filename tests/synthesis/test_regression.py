"""Regression over studies: by hand, with categories, and where it cannot be done."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import mantel_haenszel, pool, predict, variance_inflation

YI = [0.1, 0.5, 0.9, 0.4, 1.3]
VI = [0.05, 0.04, 0.02, 0.1, 0.2]


def test_a_regression_with_equal_variances_is_ordinary_least_squares():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    slope, intercept = np.polyfit(x, YI, 1)

    fit = pool(YI, [0.1] * 5, mods=x, method="EE")

    assert [c.estimate for c in fit.coefficients] == pytest.approx([intercept, slope])
    assert fit.coefficients[1].se == pytest.approx(np.sqrt(0.1 / np.sum((x - x.mean()) ** 2)))
    assert fit.qm == pytest.approx(fit.coefficients[1].statistic ** 2)


def test_moving_a_moderator_moves_the_intercept_alone():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])

    near, far = pool(YI, VI, mods=x), pool(YI, VI, mods=x + 1990.0)

    assert far.coefficients[1].estimate == pytest.approx(near.coefficients[1].estimate, rel=1e-9)
    assert far.tau2 == pytest.approx(near.tau2, rel=1e-9)
    assert far.qm == pytest.approx(near.qm, rel=1e-9)


def test_text_becomes_indicators_with_the_first_value_as_reference():
    fit = pool(YI, VI, mods={"form": ["MK-7", "MK-4", "MK-7", "K1", "K1"]})

    assert [c.name for c in fit.coefficients] == ["intercept", "form[MK-4]", "form[MK-7]"]
    assert fit.design[:, 1].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_categorical_column_of_a_frame_keeps_its_own_order(library):
    values, order = ["b", "a", "b", "c", "c"], ["b", "c", "a"]
    if library == "pandas":
        frame = pd.DataFrame({"form": pd.Categorical(values, order), "dose": [1, 2, 3, 4, 6]})
    else:
        frame = pl.DataFrame(
            {"form": pl.Series(values, dtype=pl.Enum(order)), "dose": [1, 2, 3, 4, 6]}
        )

    fit = pool(YI, VI, mods=frame)

    assert list(fit.names) == ["intercept", "form[c]", "form[a]", "dose"]


def test_indicators_without_an_intercept_give_each_subgroup_its_own_mean():
    first = np.array([1.0, 1.0, 0.0, 0.0, 0.0])

    fit = pool(YI, VI, mods=np.column_stack([first, 1 - first]), intercept=False, method="EE")

    assert fit.coefficients[0].estimate == pytest.approx(pool(YI[:2], VI[:2], method="EE").estimate)
    assert fit.coefficients[1].estimate == pytest.approx(pool(YI[2:], VI[2:], method="EE").estimate)
    assert fit.r2 is None


def test_a_moderator_that_repeats_another_is_left_out_and_said():
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])

    fit = pool(YI, VI, mods={"dose": x, "again": 2.0 * x - 3.0})

    assert fit.names == ("intercept", "dose")
    assert any("again" in note for note in fit.notes)


def test_studies_with_a_missing_moderator_are_left_out_and_named():
    fit = pool(YI, VI, mods={"dose": [1, 2, None, 4, 5]}, slab=list("abcde"))

    assert fit.k == 4
    assert fit.slab == ("a", "b", "d", "e")
    assert any("missing moderator: c" in note for note in fit.notes)


def test_moderators_that_explain_everything_leave_no_spread():
    fit = pool([0.0, 1.0, 2.0, 3.0], [0.01] * 4, mods=[0.0, 1.0, 2.0, 3.0])

    assert fit.tau2 == 0.0
    assert fit.r2 == 100.0
    assert fit.qe == pytest.approx(0.0, abs=1e-20)


@pytest.mark.parametrize(
    ("mods", "kind", "words"),
    [
        ([1, 2, 3], InputError, "shape"),
        (["a", "b", "a", "b", "b"], InputError, "not a number"),
        ({"dose": [1, 2]}, InputError, "'dose' has 2 values"),
        ({"dose": [1, 2, 3, 4, object()]}, InputError, "neither numbers nor text"),
        (np.eye(5), StatisticsError, "cannot carry"),
    ],
)
def test_moderators_that_cannot_be_used_are_refused(mods, kind, words):
    with pytest.raises(kind, match=words):
        pool(YI, VI, mods=mods)


def test_predictions_follow_the_line_and_widen_for_single_effects():
    fit = pool(YI, VI, mods={"dose": [1, 2, 3, 5, 8]})
    intercept, slope = (c.estimate for c in fit.coefficients)

    found = predict(fit, [4.0])

    assert found.estimate == pytest.approx([intercept + 4.0 * slope])
    assert found.pi_high[0] > found.ci_high[0]
    assert predict(fit).estimate.size == 5
    assert predict(fit, [4.0], prediction="riley").pi_high[0] > found.pi_high[0]


def test_a_prediction_at_zero_is_the_intercept():
    fit = pool(YI, VI, mods={"dose": [1, 2, 3, 5, 8], "form": ["a", "b", "a", "b", "a"]})

    found = predict(fit, [[0.0, 0.0]])

    assert found.estimate[0] == pytest.approx(fit.coefficients[0].estimate)
    assert found.se[0] == pytest.approx(fit.coefficients[0].se)


def test_one_pooled_effect_predicts_itself():
    fit = pool(YI, VI)

    found = predict(fit)

    assert found.estimate == pytest.approx([fit.estimate] * 5)
    assert found.pi_low == pytest.approx([fit.pi_low] * 5)


def test_a_common_effect_has_no_prediction_interval():
    assert predict(pool(YI, VI, mods=[1, 2, 3, 5, 8], method="EE"), [1.0]).pi_low is None


@pytest.mark.parametrize("rows", [[[1.0, 2.0]], [[[1.0]]]])
def test_predictions_take_one_value_for_each_moderator(rows):
    with pytest.raises(InputError, match="dose"):
        predict(pool(YI, VI, mods={"dose": [1, 2, 3, 5, 8]}), rows)


def test_moderators_that_are_unrelated_inflate_nothing():
    mods = {"a": [-1.0, 1.0, -1.0, 1.0, 0.0], "b": [-1.0, -1.0, 1.0, 1.0, 0.0]}

    assert variance_inflation(pool(YI, [0.1] * 5, mods=mods)) == pytest.approx({"a": 1.0, "b": 1.0})


def test_variance_inflation_is_one_over_what_the_others_do_not_explain():
    a = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    b = np.array([1.0, 1.0, 4.0, 6.0, 6.0])
    r = np.corrcoef(a, b)[0, 1]

    found = variance_inflation(pool(YI, [0.1] * 5, mods={"a": a, "b": b}, method="EE"))

    assert found["a"] == pytest.approx(1.0 / (1.0 - r**2))


def test_variance_inflation_is_about_regressions():
    with pytest.raises(InputError, match="regression"):
        variance_inflation(pool(YI, VI))


def test_counts_predict_nothing():
    with pytest.raises(InputError, match="counts"):
        predict(mantel_haenszel([10], [100], [20], [100]))


def test_without_an_intercept_the_first_category_keeps_its_reference():
    """Else its studies would be said to have an effect of 0."""
    form = ["a", "a", "b", "b", "c"]

    fit = pool(YI, VI, mods={"dose": [1, 2, 3, 5, 8], "form": form}, intercept=False, method="EE")
    second = pool(
        YI * 2, VI * 2, mods={"form": form * 2, "arm": list("xyxyyxxyyx")}, intercept=False
    )

    assert list(fit.names) == ["dose", "form[a]", "form[b]", "form[c]"]
    assert list(second.names) == ["form[a]", "form[b]", "form[c]", "arm[y]"]


def test_a_category_with_one_value_is_left_out_by_name():
    fit = pool(YI, VI, mods={"dose": [1, 2, 3, 5, 8], "form": ["a"] * 5})

    assert fit.names == ("intercept", "dose")
    assert any("form[a]" in note for note in fit.notes)


def test_studies_that_all_miss_a_moderator_leave_nothing_to_regress():
    with pytest.raises(
        StatisticsError, match=r"No study has all of the moderators \(intercept, dose"
    ):
        pool(YI, VI, mods={"dose": [None] * 5})


def test_as_many_coefficients_as_studies_are_refused_by_name():
    with pytest.raises(
        StatisticsError, match=r"3 studies cannot carry 3 coefficients \(intercept, a"
    ):
        pool(YI[:3], VI[:3], mods={"a": [1, 2, 4], "b": [1, 5, 2]})


def test_one_spare_study_is_enough():
    fit = pool(YI[:3], VI[:3], mods=[1, 2, 4], test="knha")

    assert (fit.q_df, fit.df) == (1, 1.0)
    assert all(np.isfinite(c.p) for c in fit.coefficients)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_moderators_of_any_size_give_the_same_test(scale):
    x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])

    near, far = pool(YI, VI, mods={"x": x}), pool(YI, VI, mods={"x": 2000.0 + scale * x})
    if scale < 1e-6:
        # 2000 + 1e-8 x differs from a constant in its last digits only.
        assert any("x" in note for note in far.notes)
        return

    assert far.qm == pytest.approx(near.qm, rel=1e-8)
    assert far.tau2 == pytest.approx(near.tau2, rel=1e-8, abs=1e-12)


def test_weights_of_ones_own_keep_to_their_studies_when_some_are_left_out():
    dose = [1.0, np.nan, 3.0, 5.0, 8.0]
    weights = np.array([1.0, 50.0, 2.0, 3.0, 4.0])
    kept = [0, 2, 3, 4]

    fit = pool(YI, VI, mods={"dose": dose}, weights=weights, method="DL")
    alone = pool(
        np.array(YI)[kept],
        np.array(VI)[kept],
        mods={"dose": np.array(dose)[kept]},
        weights=weights[kept],
        method="DL",
    )

    assert fit.vb == pytest.approx(alone.vb)
    assert fit.user_weights.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert fit.r2 == pytest.approx(alone.r2)


FORMS = ["MK-7", "MK-4", "MK-7", "K1", "K1"]
DOSES = [1.0, 2.0, 3.0, 5.0, 8.0]


@pytest.mark.parametrize("frame", [dict, pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("intercept", [True, False])
def test_predictions_by_name_are_those_of_the_columns(frame, intercept):
    fit = pool(YI, VI, mods={"dose": DOSES, "form": FORMS}, intercept=intercept)

    by_name = predict(fit, frame({"form": FORMS, "dose": DOSES}))

    assert by_name.estimate == pytest.approx(predict(fit).estimate)
    assert by_name.pi_low == pytest.approx(predict(fit).pi_low)


def test_one_prediction_takes_single_values():
    fit = pool(YI, VI, mods={"dose": DOSES, "form": FORMS})
    b = {c.name: c.estimate for c in fit.coefficients}

    found = predict(fit, {"dose": 4, "form": "MK-7"})

    assert found.estimate == pytest.approx([b["intercept"] + 4 * b["dose"] + b["form[MK-7]"]])


@pytest.mark.parametrize(
    ("mods", "error", "words"),
    [
        ({"dose": 4, "form": "K2"}, NotFoundError, "category of 'form' 'K2'"),
        ({"dose": 4}, NotFoundError, "moderator 'form'"),
        ({"dose": [4, 5], "form": ["K1"]}, InputError, "dose 2, form 1"),
        ({"dose": [4, None], "form": ["K1", "K1"]}, InputError, "Row 2 of the moderators"),
        ({"dose": ["much"], "form": ["K1"]}, InputError, "neither numbers nor text"),
    ],
)
def test_moderators_that_cannot_be_predicted_for_are_told(mods, error, words):
    fit = pool(YI, VI, mods={"dose": DOSES, "form": FORMS})

    with pytest.raises(error, match=words):
        predict(fit, mods)


def test_moderators_without_names_are_predicted_by_place():
    with pytest.raises(InputError, match="have no names"):
        predict(pool(YI, VI, mods=DOSES), {"dose": [1.0]})


def test_a_fit_with_named_moderators_travels_between_processes():
    fit = pool(YI, VI, mods={"dose": DOSES, "form": FORMS})

    there = pickle.loads(pickle.dumps(fit))

    at = {"dose": 4, "form": "K1"}
    assert predict(there, at).estimate.tolist() == predict(fit, at).estimate.tolist()


@pytest.mark.parametrize("exponent", [-450, -200, 200, 450])
@pytest.mark.parametrize(
    "arguments",
    [
        {"mods": DOSES},
        {"mods": DOSES, "method": "SJ", "test": "knha"},
        {"mods": DOSES, "test": "kr"},
        {"mods": DOSES, "method": "GENQ", "weights": [5.0, 3.0, 2.0, 1.0, 0.5]},
        {"weights": [5.0, 3.0, 2.0, 1.0, 0.5]},
    ],
)
def test_effects_in_any_unit_have_the_same_fit(exponent, arguments):
    unit = 2.0**exponent
    plain = pool(YI, VI, **arguments)

    far = pool(unit * np.array(YI), unit**2 * np.array(VI), **arguments)

    assert far.tau2 / unit**2 == pytest.approx(plain.tau2, rel=1e-9)
    assert far.tau2_ci_high / unit**2 == pytest.approx(plain.tau2_ci_high, rel=1e-9)
    assert far.vb / unit**2 == pytest.approx(plain.vb, rel=1e-9)
    assert far.yi / unit == pytest.approx(np.array(YI))
    if "mods" not in arguments:
        assert far.estimate / unit == pytest.approx(plain.estimate, rel=1e-12)
        assert far.pi_low / unit == pytest.approx(plain.pi_low, rel=1e-9)
        return
    assert (far.qm, far.qm_p) == pytest.approx((plain.qm, plain.qm_p), rel=1e-9)
    for one, other in zip(far.coefficients, plain.coefficients, strict=True):
        assert one.se / unit == pytest.approx(other.se, rel=1e-9)
        assert one.ci_low / unit == pytest.approx(other.ci_low, rel=1e-9)


def test_weights_of_any_size_count_by_their_ratios():
    weights = np.array([5.0, 3.0, 2.0, 1.0, 0.5])

    near = pool(YI, VI, mods=DOSES, method="GENQ", weights=weights)
    far = pool(YI, VI, mods=DOSES, method="GENQ", weights=1e200 * weights)

    assert far.tau2 == pytest.approx(near.tau2)
    assert far.r2 == pytest.approx(near.r2)
    assert far.qm == pytest.approx(near.qm)


def test_weights_of_0_leave_studies_that_cannot_carry_the_coefficients():
    with pytest.raises(StatisticsError, match="whose weight is above 0 cannot carry 2"):
        pool(YI, VI, mods={"dose": [1.0, 2.0, 3.0, 4.0, 5.0]}, weights=[0, 0, 1, 0, 0])
