"""Hedges' correction, exactly."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.effects import hedges_correction
from weigh.errors import NotFoundError

CASES = json.loads(
    (Path(__file__).resolve().parents[1] / "reference" / "conversions.json").read_text(
        encoding="utf-8"
    )
)["cases"]


def exact(df: int) -> float:
    """By the recurrence J(m) J(m + 1) = (m - 1) / m sqrt((m + 1) ... ), in whole numbers.

    Gamma(m/2) / Gamma((m-1)/2) is a fraction times sqrt(pi) or its inverse.
    """

    def gamma_of_half(m: int) -> Fraction:
        """Gamma(m/2), without the root of pi for odd m."""
        value = Fraction(1)
        m -= 2
        while m > 0:
            value *= Fraction(m, 2)
            m -= 2
        return value

    ratio = gamma_of_half(df) / gamma_of_half(df - 1)
    root_of_pi = math.sqrt(math.pi)
    power = 1.0 / root_of_pi if df % 2 == 0 else root_of_pi
    return float(ratio) * power / math.sqrt(df / 2)


@given(df=st.integers(2, 300))
def test_it_is_exact_for_whole_degrees_of_freedom(df):
    """Across 40, where the series takes over from the gamma function."""
    # Both sides round a few times: 8e-15 is 36 units in the last place.
    assert hedges_correction(df) == pytest.approx(exact(df), rel=8e-15)


def test_it_is_that_of_metafor():
    """R loses digits as df grows: at 100,000 it is off by 5e-11, within its tolerance."""
    outputs = next(case for case in CASES if case["kind"] == "hedges.J")["outputs"]

    ours = hedges_correction(np.array(outputs["m"], dtype=float))

    assert np.isnan(ours[0])
    assert np.allclose(ours[1:], outputs["J"][1:], rtol=1e-10)


@given(df=st.floats(1.01, 1e6))
def test_it_shrinks_towards_zero_and_less_so_with_more_people(df):
    assert 0 < hedges_correction(df) < hedges_correction(df * 1.01 + 1e-9) <= 1


@given(df=st.floats(2, 1e5))
def test_the_short_formula_is_near(df):
    """Hedges 1981: the error is below 0.0007 from 10 degrees of freedom on, 0.036 at 2."""
    error = abs(hedges_correction(df, method="approximate") - hedges_correction(df))

    assert error < (0.0007 if df >= 10 else 0.036)


def test_no_correction_is_one():
    assert hedges_correction(0.5, method=False) == 1.0


def test_unknown_corrections_are_refused():
    with pytest.raises(NotFoundError, match="bias correction"):
        hedges_correction(10.0, method="hedge")
