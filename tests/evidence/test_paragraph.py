"""The write-up of a fit says how it was made and what came out, in words that do not oversell."""

from __future__ import annotations

import re

import numpy as np
import pytest

import weigh

YI = [-0.89, -1.59, -1.35, -1.44, -0.22]
VI = [0.33, 0.19, 0.42, 0.02, 0.05]


def test_ratios_are_given_as_ratios_once_the_measure_is_named():
    fit = weigh.pool(YI, VI)

    text = fit.report(measure="RR")

    low, high = np.exp([fit.ci_low, fit.ci_high])
    assert f"The pooled risk ratio was {np.exp(fit.estimate):.2f}" in text
    assert f"95% CI {low:.2f} to {high:.2f}" in text


def test_without_a_measure_numbers_stay_as_they_were_pooled():
    fit = weigh.pool(YI, VI)

    assert f"The pooled effect was −{abs(fit.estimate):.2f}" in fit.report()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "restricted maximum likelihood"),
        ({"method": "DL"}, "DerSimonian and Laird"),
        ({"test": "knha"}, "Knapp and Hartung and a t distribution with 4 degrees of freedom"),
        ({"prediction": "t"}, "by a t distribution with 4 degrees of freedom"),
        ({"prediction": "riley"}, "by a t distribution with 3 degrees of freedom"),
        ({"prediction": "simple"}, "from the between-study variance"),
        ({"weights": [1.0] * 5}, "weights set by the analyst"),
        ({"level": 0.9}, "90% CI"),
        ({"method": "EE"}, "without variation between studies"),
    ],
)
def test_each_choice_is_named(arguments, words):
    assert words in weigh.pool(YI, VI, **arguments).report(measure="OR")


def test_the_numbers_of_a_regression_and_what_it_leaves_are_told():
    fit = weigh.pool(YI, VI, mods={"latitude": [44.0, 55.0, 42.0, 52.0, 13.0]})

    text = fit.report(measure="RR")

    assert "regressed on latitude" in text
    assert "Coefficients on the log scale: intercept" in text
    assert "on 1 degree of freedom" in text
    assert "that the moderators leave" in text


def test_counts_pooled_directly_name_their_method():
    text = weigh.mantel_haenszel([3, 10], [50, 90], [8, 15], [52, 88]).report(measure="RR")

    assert "Mantel and Haenszel's method" in text
    assert "prediction interval," not in text


def test_one_study_is_not_called_pooled():
    text = weigh.pool([0.3], [0.04]).report(measure="SMD")

    assert "One study had a result" in text
    assert "pooled standardized" not in text


def test_cautions_of_the_fit_are_in_its_report():
    fit = weigh.pool(YI[:2], VI[:2])

    assert fit.notes
    assert all(note in fit.report() for note in fit.notes)


def test_no_p_value_is_zero_and_no_effect_is_called_significant():
    text = weigh.pool([2.0, 2.1, 2.2], [0.001, 0.001, 0.001]).report(measure="MD")

    assert "p <0.001" in text
    assert not re.search(r"p = 0\.0+\b|significant|proven", text)
