"""Formulas make the same model matrices as columns by name, and cannot run code."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from weigh.errors import InputError, MissingExtraError
from weigh.synthesis import pool, predict, wald_test

pytest.importorskip("formulaic")

YI = [0.1, 0.5, 0.9, 0.4, 1.3, 0.2]
VI = [0.05, 0.04, 0.02, 0.1, 0.2, 0.1]
TABLE = {
    "dose": [1.0, 2.0, 3.0, 5.0, 8.0, 2.0],
    "form": ["MK-7", "MK-4", "MK-7", "K1", "K1", "MK-4"],
    "follow up": [4, 8, 12, 4, 8, 24],
}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, dict])
def test_a_formula_is_the_same_model_as_columns_by_name(frame):
    by_formula = pool(YI, VI, mods="~ dose + C(form)", data=frame(TABLE))
    by_name = pool(YI, VI, mods={name: TABLE[name] for name in ("dose", "form")})

    order = [by_formula.names.index(name) for name in ("intercept", "dose")]
    assert order[0] == 0
    assert by_formula.qm == pytest.approx(by_name.qm)
    assert by_formula.tau2 == pytest.approx(by_name.tau2)
    assert by_formula.coefficients[order[1]].estimate == pytest.approx(
        by_name.coefficients[1].estimate
    )


def test_interactions_functions_and_quoted_names_are_understood():
    fit = pool(YI, VI, mods="~ log(dose) + dose:`follow up`", data=TABLE, method="EE")

    assert len(fit.names) == 3
    assert fit.design[:, 1] == pytest.approx(np.log(TABLE["dose"]))


def test_minus_one_leaves_out_the_intercept():
    fit = pool(YI, VI, mods="~ C(form) - 1", data=TABLE, method="EE")

    assert "intercept" not in fit.names
    assert len(fit.coefficients) == 3


def test_rows_with_a_missing_moderator_are_left_out():
    table = TABLE | {"dose": [1.0, None, 3.0, 5.0, 8.0, 2.0]}

    fit = pool(YI, VI, mods="~ dose", data=pd.DataFrame(table))

    assert fit.k == 5
    assert any("missing moderator: 2" in note for note in fit.notes)


@pytest.mark.parametrize(
    "formula",
    [
        "~ __import__('os').system('true')",
        "~ dose.__class__",
        "~ open(dose)",
        "~ {dose}",
        "~ dose[0]",
        "~ lambda x: x",
        "~ 'dose'",
    ],
)
def test_a_formula_cannot_run_code(formula):
    with pytest.raises(InputError):
        pool(YI, VI, mods=formula, data=TABLE)


@pytest.mark.parametrize(
    ("formula", "data", "words"),
    [
        ("~ dose", None, "no table"),
        ("~ weight", TABLE, "The table has dose, form, follow up"),
        ("~ dose + (", TABLE, "cannot be used"),
        ("~ dose", {"dose": [1.0, 2.0]}, "2 rows for 6 studies"),
    ],
)
def test_a_formula_that_cannot_be_used_is_refused_in_words(formula, data, words):
    with pytest.raises(InputError, match=words):
        pool(YI, VI, mods=formula, data=data)


def test_without_the_optional_part_the_install_line_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "formulaic", None)

    with pytest.raises(MissingExtraError, match=r"weigh\[formula\]"):
        pool(YI, VI, mods="~ dose", data=TABLE)


def test_an_argument_leaves_out_the_intercept_too():
    by_formula = pool(YI, VI, mods="~ C(form)", data=TABLE, intercept=False, method="EE")
    by_name = pool(YI, VI, mods={"form": TABLE["form"]}, intercept=False, method="EE")

    for fit in (by_formula, by_name):
        assert len(fit.coefficients) == 3
        k1 = pool([0.4, 1.3], [0.1, 0.2], method="EE")
        assert fit.coefficients[0].estimate == pytest.approx(k1.estimate)


DOSES = {"dose": [1.0, 2.0, 3.0, 5.0, 8.0, 2.5, 6.0, 4.0, 1.5]}
Y9 = [0.1, 0.5, 0.9, 0.4, 1.3, 0.2, 0.8, 0.6, 0.3]
V9 = [0.05, 0.04, 0.02, 0.1, 0.2, 0.1, 0.03, 0.05, 0.06]


@pytest.mark.parametrize(
    "formula", ["~ poly(dose, 2)", "~ dose + I(dose**2)", "~ I(dose*dose) + dose"]
)
def test_a_polynomial_is_the_same_curve_however_it_is_written(formula):
    dose = np.array(DOSES["dose"])
    plain = pool(Y9, V9, mods=np.column_stack([dose, dose**2]))

    fit = pool(Y9, V9, mods=formula, data=DOSES)

    assert fit.qm == pytest.approx(plain.qm, rel=1e-8)
    assert predict(fit).estimate == pytest.approx(predict(plain).estimate, rel=1e-8)


def test_splines_with_as_many_columns_as_a_polynomial_contain_the_line():
    """A cubic B-spline without inner knots is a cubic."""
    cubic = pool(Y9, V9, mods="~ poly(dose, 3)", data=DOSES)
    spline = pool(Y9, V9, mods="~ bs(dose, df=3)", data=DOSES)
    knots = pool(Y9, V9, mods="~ bs(dose, knots=[3, 5.5])", data=DOSES)

    assert predict(spline).estimate == pytest.approx(predict(cubic).estimate, rel=1e-7)
    assert len(knots.names) == 6
    assert wald_test(spline, "bs(dose, df=3)").p == pytest.approx(spline.qm_p)


def test_a_natural_spline_leaves_out_the_column_that_the_intercept_makes_redundant():
    fit = pool(Y9, V9, mods="~ cr(dose, df=3)", data=DOSES)

    assert len(fit.names) == 3
    assert any("cr(dose, df=3)[3]" in note for note in fit.notes)


def test_a_moderator_that_becomes_infinite_leaves_its_study_out():
    fit = pool(YI, VI, mods="~ log(dose)", data=TABLE | {"dose": [1.0, 0.0, 3.0, 5.0, 8.0, 2.0]})

    assert fit.k == 5
    assert any("missing or infinite moderator: 2" in note for note in fit.notes)


@pytest.mark.parametrize(
    "formula",
    [
        "~ poly(dose, 100000)",
        "~ bs(dose, df=1000)",
        "~ (dose + form)**99",
        "~ dose^9^9",
        "~ I(9**9**9)",
        "~ dose**(9)",
    ],
)
def test_formulas_that_would_take_a_computer_down_are_refused(formula):
    with pytest.raises(InputError, match="beyond all studies"):
        pool(YI, VI, mods=formula, data=TABLE)


@pytest.mark.parametrize("formula", ["~ I((dose + 1)**2)", "~ I(log(dose))", "~ I(9**(9))"])
def test_inside_i_stand_powers_and_products_of_columns_only(formula):
    with pytest.raises(InputError):
        pool(YI, VI, mods=formula, data=TABLE)


def test_a_spline_without_enough_columns_is_told():
    with pytest.raises(InputError, match="cannot be used"):
        pool(YI, VI, mods="~ bs(dose, df=1)", data=TABLE)


@pytest.mark.parametrize(
    "formula", ["~ dose + C(form)", "~ poly(dose, 2)", "~ bs(dose, df=3)", "~ cr(dose, df=3)"]
)
def test_new_values_are_predicted_for_with_the_levels_and_knots_of_the_fit(formula):
    table = DOSES | {"form": list("abcabcabc")}
    fit = pool(Y9, V9, mods=formula, data=table)

    again = predict(pickle.loads(pickle.dumps(fit)), table)
    two = predict(fit, {"dose": [8.0, 2.0], "form": ["b", "c"]})

    assert again.estimate == pytest.approx(predict(fit).estimate)
    line = predict(fit, {"dose": [2.0], "form": ["c"]})
    assert two.estimate[1] == pytest.approx(line.estimate[0])


@pytest.mark.parametrize(
    ("formula", "mods"),
    [
        ("~ bs(dose, df=3)", {"dose": 80.0}),
        ("~ C(form)", {"form": "z"}),
        ("~ dose", {"dosis": 2.0}),
    ],
)
def test_values_that_a_formula_was_not_made_for_are_refused(formula, mods):
    fit = pool(Y9, V9, mods=formula, data=DOSES | {"form": list("abcabcabc")})

    with pytest.raises(InputError, match="cannot be predicted for"):
        predict(fit, mods)
