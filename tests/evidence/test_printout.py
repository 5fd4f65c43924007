"""A printout holds every statistic of a fit, and nothing that the fit does not have."""

from __future__ import annotations

import re

import pytest

import weigh
from weigh.evidence.figures import MINUS
from weigh.evidence.printout import columns_of_text, model_title

YI = [0.10, 0.90, -0.40, 0.50, 0.30]
VI = [0.02, 0.05, 0.03, 0.20, 0.04]


def test_the_printout_of_a_random_effects_model_shows_each_statistic():
    fit = weigh.pool(YI, VI)

    text = fit.summary()

    assert text.startswith("Random-effects model; tau² by REML (k = 5)")
    for value in (
        fit.tau2,
        fit.tau2_se,
        fit.tau2_ci_high,
        fit.q,
        fit.estimate,
        fit.se,
        fit.pi_high,
    ):
        assert f"{value:.4f}" in text
    assert f"{fit.i2:.2f}%" in text
    assert "95% PI (normal)" in text


def test_the_statistic_is_called_by_its_distribution():
    assert "t(4)" in weigh.pool(YI, VI, test="knha").summary()
    assert re.search(r"\bz\b", weigh.pool(YI, VI).summary())


def test_a_common_effect_has_neither_tau2_nor_a_prediction_interval():
    text = weigh.pool(YI, VI, method="EE").summary()

    assert "tau²" not in text
    assert "PI" not in text
    assert "I² (from Q)" in text


def test_a_regression_lists_its_coefficients_and_tests_them_together():
    fit = weigh.pool(YI, VI, mods={"dose": [1.0, 2.0, 3.0, 4.0, 6.0]}, test="knha")

    lines = fit.summary().splitlines()

    assert lines[0].startswith("Mixed-effects regression")
    assert any(line.startswith("Test of moderators: F(1, 3)") for line in lines)
    assert [line.split()[0] for line in lines if line.startswith(("intercept", "dose"))] == [
        "intercept",
        "dose",
    ]
    assert "nan" not in fit.summary().lower()


def test_one_study_has_no_heterogeneity_to_print():
    text = weigh.pool([0.3], [0.04]).summary()

    assert "Q(" not in text
    assert "Note: One study" in text


@pytest.mark.parametrize(
    ("method", "title"),
    [
        ("EE", "Common-effect model"),
        ("FE", "Fixed-effects model"),
        ("DL", "Random-effects model; tau² by DL"),
    ],
)
def test_the_title_names_the_model(method, title):
    assert model_title(weigh.pool(YI, VI, method=method)) == title


def test_pooled_counts_are_called_by_their_method():
    events = ([3, 10], [50, 90], [8, 15], [52, 88])

    assert "Mantel-Haenszel" in weigh.mantel_haenszel(*events).summary()
    assert "Peto" in weigh.peto(*events).summary()


def test_decimals_are_for_the_reader_to_choose_and_minus_signs_are_true():
    text = weigh.pool([-0.5, -0.7, -0.2], VI[:3]).summary(digits=2)

    assert re.search(MINUS + r"0\.\d\d\b", text)
    assert "-0." not in text


def test_numbers_stand_under_their_heading():
    head, row = columns_of_text([("estimate", "p"), ("0.1", "<0.001")])

    assert len(head) == len(row)
    assert head.index("estimate") + len("estimate") == row.index("0.1") + len("0.1")
