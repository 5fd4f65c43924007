"""P values combined as R's metap combines them, and what cannot be combined."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from shared import shared_path

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bias import combine_p

METHODS = {
    "sumlog": ("fisher", "chisq"),
    "sumz": ("stouffer", "z"),
    "logitp": ("logit", "t"),
    "meanp": ("mean", "z"),
    "minimump": ("tippett", None),
    "maximump": ("maximum", None),
    "wilkinsonp": ("wilkinson", None),
    "sump": ("edgington", None),
    "invchisq": ("inverse-chi2", "chisq"),
    "votep": ("vote", "pos"),
}


def number(value: Any) -> float:
    """R gives a number alone, or as a matrix of one."""
    return number(value[0]) if isinstance(value, list) else float(value)


def cancelled(p: list[float]) -> float:
    """What an alternating series loses in floating point; ours is summed in exact fractions."""
    k, total = len(p), sum(p)
    terms = (math.comb(k, j) * (total - j) ** k for j in range(math.floor(total) + 1))
    return 4.0 * k * 2.0**-53 * sum(terms) / math.factorial(k)


@pytest.mark.shared
def test_every_case_of_metap_agrees():
    data = json.loads(shared_path("oracle", "dat.metap.json").read_text(encoding="utf-8"))
    for case in (case for case in data["cases"] if case["kind"] == "metap"):
        name, wanted = case["options"]["method"], case["outputs"]
        if name == "truncated":
            # These calls give a rank and a point of truncation, which metap refuses itself.
            assert wanted == {"p": None, "stat": None}
            continue
        method, statistic = METHODS[name]

        found = combine_p(case["inputs"]["p"], method=method)

        lost = cancelled(case["inputs"]["p"]) if name == "sump" else 0.0
        assert found.p == pytest.approx(number(wanted["p"]), rel=1e-9, abs=lost), case["id"]
        if statistic:
            assert found.statistic == pytest.approx(number(wanted[statistic]), rel=1e-9)
        if "df" in wanted:
            assert found.df == wanted["df"], case["id"]
        if "critp" in wanted:
            assert found.critical == pytest.approx(wanted["critp"], rel=1e-9), case["id"]


def test_the_sum_of_two_p_values_has_a_triangular_distribution():
    assert combine_p([0.2, 0.3], method="edgington").p == pytest.approx(0.5**2 / 2)
    assert combine_p([0.9, 0.8], method="edgington").p == pytest.approx(1 - 0.3**2 / 2)


def test_equal_weights_are_no_weights():
    p = [0.01, 0.2, 0.7]

    weighted = combine_p(p, method="stouffer", weights=[3, 3, 3])

    assert weighted.p == pytest.approx(combine_p(p, method="stouffer").p, rel=1e-12)


@pytest.mark.parametrize("p", [[0.0, 0.5], [0.5, 1.0], [0.5, 1.2], [0.1], [math.nan, 0.2]])
def test_p_values_that_cannot_be_combined_are_refused(p):
    with pytest.raises(StatisticsError):
        combine_p(p)


def test_weights_have_a_place_with_stouffer_only():
    with pytest.raises(InputError, match="Stouffer"):
        combine_p([0.1, 0.2], weights=[1, 2])
