"""Radial coordinates by hand."""

from __future__ import annotations

import numpy as np
import pytest
from synthesis.sensitivity.making import DOSE, VI, YI

from weigh.errors import InputError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import galbraith, radial


def test_the_line_through_the_origin_that_fits_best_has_the_pooled_effect_as_slope():
    fit = pool(YI, VI)

    points = radial(fit)

    assert np.sum(points.x * points.z) / np.sum(points.x**2) == pytest.approx(fit.estimate)
    assert points.slope == fit.estimate
    assert points.z / points.x == pytest.approx(YI)


def test_centred_points_scatter_about_a_flat_line():
    points = radial(pool(YI, VI, method="EE"), centred=True, level=0.9)

    assert points.slope == 0.0
    assert points.band == pytest.approx(1.6448536269514722)
    assert points.outside.tolist() == (np.abs(points.z) > points.band).tolist()
    assert points.outside.any()


def test_a_regression_has_no_one_line():
    with pytest.raises(InputError, match="several"):
        galbraith(pool(YI, VI, mods=DOSE))
