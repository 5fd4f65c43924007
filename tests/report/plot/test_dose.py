"""The dose-response plot draws the numbers of its fit, and marks the doses that were studied."""

from __future__ import annotations

import numpy as np
import pytest
from report.figures.geometry import words
from report.plot.test_charts import places

import weigh
from weigh.errors import InputError

DOSE = [0, 5, 10, 20, 0, 8, 30, 5, 15, 25]
EFFECT = [0, -0.1, -0.25, -0.2, 0, -0.3, 0.1, 0, -0.1, 0.2]
VARIANCE = [0, 0.02, 0.03, 0.04, 0, 0.02, 0.05, 0, 0.02, 0.03]
STUDY = ["Ahn"] * 4 + ["Berg"] * 3 + ["Cole"] * 3


def fit(**options):
    return weigh.dose_response(
        DOSE,
        EFFECT,
        VARIANCE,
        **{"study": STUDY, "covariance": "independent", "shape": "quadratic"} | options,
    )


def test_doses_lie_where_their_numbers_say():
    found = fit()

    at = places(weigh.plot.dose_response(found).svg(), 7)

    doses = np.concatenate([study.dose for study in found.studies])
    effects = np.concatenate([study.yi for study in found.studies])
    assert np.corrcoef(at[:, 0], doses)[0, 1] == pytest.approx(1.0, abs=1e-6)
    # Two studies are compared with a dose of 0, as the plot is.
    assert np.corrcoef(at[:5, 1], effects[:5])[0, 1] == pytest.approx(-1.0, abs=1e-6)


def test_a_study_with_another_reference_starts_from_the_curve():
    found = fit()

    plot = weigh.plot.dose_response(found)

    drawn = places(plot.svg(), 7)[:, 1]
    scale = (drawn[1] - drawn[0]) / (found.studies[0].yi[1] - found.studies[0].yi[0])
    start = found.curve([5.0], reference=0.0).estimate[0]
    expected = drawn[0] + scale * (found.studies[2].yi[0] + start - found.studies[0].yi[0])
    assert drawn[5] == pytest.approx(expected, abs=1e-2)
    assert any("another reference" in line for line in words(plot.svg()))


def test_its_table_has_each_dose_with_the_curve_there_as_ratios():
    found = fit()

    data = weigh.plot.dose_response(found, measure="RR", reference=10).data

    curve = found.curve([20.0], reference=10.0).ratios()
    assert data["dose"][2] == 20
    assert data["effect"][2] == pytest.approx(np.exp(-0.2))
    assert [data["fitted"][2], data["low"][2], data["high"][2]] == pytest.approx(
        [curve.estimate[0], curve.ci_low[0], curve.ci_high[0]]
    )


def test_the_words_tell_shape_reference_and_test():
    told = " ".join(words(weigh.plot.dose_response(fit(), words="Zinc, mg a day").svg()))

    assert "A parabola, REML, 3 studies, 7 effects" in told
    assert "compared with a dose of 0" in told
    assert "Test of a straight line: p" in told
    assert "Zinc, mg a day" in told


def test_a_prediction_band_is_drawn_only_where_studies_differ():
    with_band = weigh.plot.dose_response(fit(), prediction=True)
    without = weigh.plot.dose_response(fit(method="EE"), prediction=True)

    assert "95% prediction band" in words(with_band.svg())
    assert "95% prediction band" not in words(without.svg())


def test_another_analysis_is_refused():
    with pytest.raises(InputError, match=r"weigh\.dose_response"):
        weigh.plot.dose_response(weigh.pool([0.1, 0.2], [0.1, 0.1]))
