"""Sampling variances of standardized mean differences that R's meta has and metafor has not."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.effects import effect_size, hedges_correction

ARMS = {"mean1": [5.0], "sd1": [2.0], "n1": [12], "mean2": [3.5], "sd2": [3.0], "n2": [9]}


def test_the_variance_over_degrees_of_freedom_by_hand():
    """Glass's delta is half an SD of the comparator's 9 people: 8 degrees of freedom."""
    effects = effect_size("SMD1", **ARMS, correct=False, vtype="DF")

    assert effects.yi[0] == pytest.approx(0.5)
    assert effects.vi[0] == pytest.approx(1 / 12 + 1 / 9 + 0.25 / 16)


def test_the_unbiased_variance_does_not_depend_on_the_correction_of_the_effect():
    corrected = effect_size("SMD", **ARMS, vtype="UB")
    cohen = effect_size("SMD", **ARMS, correct=False, vtype="UB2")

    assert cohen.vi == pytest.approx(corrected.vi, rel=1e-12)
    assert cohen.yi * hedges_correction(19.0) == pytest.approx(corrected.yi)
    spread = hedges_correction(19.0) ** 2 - 17.0 / 19.0
    assert cohen.vi == pytest.approx(1 / 12 + 1 / 9 + spread * np.square(cohen.yi))
