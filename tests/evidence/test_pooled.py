"""A pooled result says what it holds in the keys of the public contract."""

from __future__ import annotations

import json

import pytest

from weigh.synthesis import pool

KEYS = [
    *("k", "estimate", "se", "statistic", "p", "ci_low", "ci_high", "pi_low", "pi_high"),
    *("tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high", "i2", "h2", "q", "q_df", "q_p"),
    *("method", "test", "level"),
]
OF_A_REGRESSION = ["coefficients", "qm", "qm_p", "r2", "qe", "qe_p"]


def test_one_effect_has_exactly_the_keys_of_the_contract():
    fit = pool([0.1, 0.5, 0.9], [0.02, 0.03, 0.05])

    assert list(fit.to_dict()) == KEYS
    assert not fit.is_regression


def test_a_regression_has_its_own_keys_besides():
    fit = pool([0.1, 0.5, 0.9, 0.4], [0.02, 0.03, 0.05, 0.1], mods=[1, 2, 3, 5])

    assert list(fit.to_dict()) == KEYS + OF_A_REGRESSION
    assert fit.is_regression
    assert [c["name"] for c in fit.to_dict()["coefficients"]] == ["intercept", "mod"]
    assert list(fit.to_dict()["coefficients"][0]) == [
        "name", "estimate", "se", "statistic", "p", "ci_low", "ci_high",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        {"yi": [0.4], "vi": [0.1]},
        {"yi": [0.4, 0.4], "vi": [0.1, 0.1], "test": "knha"},
        {"yi": [0.4, 0.1, 0.3], "vi": [0.1, 0.2, 0.1], "method": "EE"},
        {"yi": [0.4, 0.1, 0.3, 1.0], "vi": [0.1, 0.2, 0.1, 0.1], "mods": [1, 2, 3, 4]},
    ],
)
def test_what_is_undefined_is_null_in_json_and_has_a_note(arguments):
    fit = pool(**arguments)

    text = json.dumps(fit.to_dict(), allow_nan=False)

    assert "null" in text
    assert fit.notes
