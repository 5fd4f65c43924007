"""Means and SDs from medians: as metafor has them, and refused where they would mislead."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.effects import mean_sd_from_quantiles
from weigh.errors import InputError, NotFoundError, StatisticsError

REFERENCE = json.loads(
    (Path(__file__).resolve().parents[1] / "reference" / "conversions.json").read_text(
        encoding="utf-8"
    )
)
CASES = [case for case in REFERENCE["cases"] if case["kind"] == "conv.fivenum"]
NAMES = {
    "min_med_max": ("min", "median", "max"),
    "q1_med_q3": ("q1", "median", "q3"),
    "all5": ("min", "q1", "median", "q3", "max"),
}
METHODS = {"default": "recommended", "Luo_Wan_Shi": "recommended"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_means_and_sds_are_those_of_metafor(case):
    """R leaves skewed rows out where `test` is on, and those that a method is not made for."""
    names = NAMES[case["options"]["available"]]
    method = METHODS.get(case["options"]["method"], case["options"]["method"])
    for row, mean, sd in zip(
        REFERENCE["rows"], case["outputs"]["mean"], case["outputs"]["sd"], strict=True
    ):
        values = dict(zip(REFERENCE["columns"], row, strict=True))
        known = {name: values[name] for name in (*names, "n")}
        if mean is None and all(value is None for value in case["outputs"]["mean"]):
            with pytest.raises(StatisticsError, match=r"is for a median|needs the lowest"):
                mean_sd_from_quantiles(**known, method=method)
            continue

        group = mean_sd_from_quantiles(**known, method=method)

        assert group.skewed or mean is not None
        if case["options"]["test"]:
            assert group.skewed == (mean is None)
        if mean is not None:
            # README of the oracle: rel 1e-9 for conversions.
            assert group.mean == pytest.approx(mean, rel=1e-9)
            assert group.sd == pytest.approx(sd, rel=1e-9)


def test_the_method_follows_from_what_is_known():
    everything = mean_sd_from_quantiles(n=50, median=5, q1=4, q3=7, min=1, max=11)
    quartiles = mean_sd_from_quantiles(n=50, median=5, q1=4, q3=7)
    ends = mean_sd_from_quantiles(n=50, median=5, min=1, max=11)

    assert everything.name == "mean and SD from median, quartiles and range (Luo 2018, Shi 2020)"
    assert quartiles.name == "mean and SD from median and quartiles (Luo 2018, Wan 2014)"
    assert ends.name == "mean and SD from median and range (Luo 2018, Wan 2014)"
    assert ends.inputs == {"median": 5, "n": 50, "min": 1, "max": 11}


def test_a_quartile_alone_is_not_used():
    """One end of a pair tells no width; what remains decides."""
    group = mean_sd_from_quantiles(n=50, median=5, q1=4, min=1, max=11)

    assert group.name == "mean and SD from median and range (Luo 2018, Wan 2014)"
    assert "q1" not in group.inputs


def test_skewed_numbers_are_converted_but_say_so():
    group = mean_sd_from_quantiles(n=100, median=2.0, q1=1.0, q3=9.0)

    assert group.skewed
    assert "against a symmetric distribution" in group.notes[0]


@given(
    scores=st.lists(st.integers(-1000, 1000), min_size=5, max_size=5, unique=True).map(sorted),
    n=st.integers(5, 5000),
    shift=st.integers(-1000, 1000),
    scale=st.floats(0.01, 100),
)
def test_mean_and_sd_follow_a_shift_and_a_change_of_unit(scores, n, shift, scale):
    names = ("min", "q1", "median", "q3", "max")
    before = mean_sd_from_quantiles(n=n, **dict(zip(names, scores, strict=True)))

    after = mean_sd_from_quantiles(
        n=n, **dict(zip(names, ((score + shift) * scale for score in scores), strict=True))
    )

    assert after.mean == pytest.approx((before.mean + shift) * scale, rel=1e-9, abs=1e-6)
    assert after.sd == pytest.approx(before.sd * scale, rel=1e-9)
    assert scores[0] <= before.mean <= scores[4]


@pytest.mark.parametrize(
    ("numbers", "error", "words"),
    [
        ({"median": 5.0, "n": 20}, InputError, "A median alone"),
        ({"median": 5.0, "q1": 6.0, "q3": 7.0, "n": 20}, InputError, "q1 is 6 and median is 5"),
        ({"median": 5.0, "q1": 3.0, "q3": 7.0, "n": 4}, StatisticsError, "at least 5 people"),
        ({"median": 5.0, "q1": 5.0, "q3": 5.0, "n": 20}, StatisticsError, "SD would be zero"),
        ({"median": math.inf, "q1": 5.0, "q3": 5.0, "n": 20}, InputError, "median is inf"),
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers, error, words):
    with pytest.raises(error, match=words):
        mean_sd_from_quantiles(**numbers)


def test_an_unknown_method_is_refused_with_the_nearest():
    with pytest.raises(NotFoundError, match="Did you mean wan2014"):
        mean_sd_from_quantiles(n=20, median=5, q1=4, q3=6, method="wan2041")
