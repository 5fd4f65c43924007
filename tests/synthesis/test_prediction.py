"""Prediction intervals by name: those of R's meta, and of a regression."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.errors import InputError
from weigh.synthesis import pool, pool_many, predict

# Anker 2025, six trials of intravenous iron; metagen(yi, sqrt(vi), method.tau = "REML",
# prediction = TRUE) of R's meta 8.3-0 with the method.predict named, its iterations tightened.
YI = np.array([-0.7761, -0.666, -0.2784, -0.1985, -0.0458, -0.227])
VI = np.array([0.4867, 0.3146, 0.1188, 0.1111, 0.0785, 0.1312]) ** 2
META = {
    "V": ("z", "t", -0.47401562117332285, 0.07548350614847624),
    "HTS": ("z", "riley", -0.4960187500765588, 0.0974866350517122),
    "HK": ("knha", "t", -0.47949550925997575, 0.08096339423512913),
    "KR": ("z", "kr", -0.6179577424655838, 0.21942562744073715),
    "KR with its test": ("kr", "t", -0.6179577424655838, 0.21942562744073715),
    "S": ("z", "normal", -0.408751412959261, 0.010219297934414423),
}
DOSE = np.array([1.0, 2.0, 2.5, 3.0, 5.0, 4.0])


@pytest.mark.parametrize("name", META)
def test_the_intervals_of_meta_have_names_here(name):
    test, prediction, low, high = META[name]

    fit = pool(YI, VI, test=test, prediction=prediction)

    # README of the reference: rel 1e-7 for what follows from tau2 by REML.
    assert (fit.pi_low, fit.pi_high) == pytest.approx((low, high), rel=2e-7)
    assert fit.prediction == prediction


def test_one_degree_less_by_kenward_and_roger():
    """Mean differences of dat.normand1999; method.predict = "KR" and "KR-PR"."""
    yi = [-20.0, -2.0, -55.0, -71.0, -4.0, 1.0, 11.0, -10.0, 7.0]
    vi = [
        40.50802315963606, 2.0806451612903225, 15.698403755868545, 150.22222222222223,
        17.307692307692307, 1.1673414304993253, 94.5891265597148, 6.3108792846497765,
        19.842307692307692,
    ]  # fmt: skip

    whole = pool(yi, vi, prediction="kr")
    less = pool(yi, vi, prediction="kr-riley")

    assert (whole.pi_low, whole.pi_high) == pytest.approx(
        (-78.97320595121805, 48.76115100426145), rel=1e-7
    )
    assert (less.pi_low, less.pi_high) == pytest.approx(
        (-80.62874360436548, 50.416688657408876), rel=1e-7
    )


@pytest.mark.parametrize("prediction", ["normal", "t", "riley", "simple", "kr", "kr-riley"])
@pytest.mark.parametrize("test", ["z", "knha", "kr"])
def test_a_batch_and_a_prediction_give_the_interval_of_the_fit(prediction, test):
    fit = pool(YI, VI, test=test, prediction=prediction)

    batch = pool_many(YI, VI, ["a"] * 6, test=test, prediction=prediction)
    again = predict(fit)

    assert (batch.pi_low[0], batch.pi_high[0]) == (fit.pi_low, fit.pi_high)
    assert again.pi_low[0] == pytest.approx(fit.pi_low, rel=1e-12)


@pytest.mark.parametrize("prediction", ["kr", "kr-riley"])
def test_a_regression_predicts_by_kenward_and_roger_under_any_test(prediction):
    by_z = predict(pool(YI, VI, mods=DOSE), [2.0], prediction=prediction)
    by_kr = predict(pool(YI, VI, mods=DOSE, test="kr"), [2.0], prediction=prediction)

    assert by_z.pi_low[0] == pytest.approx(by_kr.pi_low[0], rel=1e-12)
    assert by_z.ci_low[0] > by_kr.ci_low[0]


def test_nagashimas_interval_is_drawn_with_the_seed_and_said_so():
    fit = pool(YI, VI, prediction="nagashima", seed=3)
    other = pool(YI, VI, prediction="nagashima", seed=4)

    assert fit.pi_low < fit.estimate < fit.pi_high
    assert fit.pi_low != other.pi_low
    assert fit.estimate == pool(YI, VI).estimate
    assert "25,000 times with seed 3" in fit.notes[-1]
    assert predict(fit, seed=3).pi_low.tolist() == [fit.pi_low] * 6


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pool(YI, VI, method="DL", prediction="kr"), "goes with tau2 by REML"),
        (lambda: pool(YI, VI, weights=VI, prediction="kr-riley"), "goes with tau2 by REML"),
        (lambda: pool(YI, VI, tau2=0.1, prediction="kr"), "goes with tau2 by REML"),
        (lambda: pool(YI, VI, mods=DOSE, prediction="nagashima"), "without moderators"),
        (lambda: pool(YI, VI, method="EE", prediction="nagashima"), "one pooled random effect"),
        (lambda: predict(pool(YI, VI, mods=DOSE), prediction="nagashima"), "without moderators"),
        (lambda: pool_many(YI, VI, ["a"] * 6, prediction="nagashima"), "one set at a time"),
    ],
)
def test_intervals_that_a_model_has_not_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
