"""Tests and adjustments for bias: figures by hand, figures of R, invariants, refusals."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weigh
from weigh import bias
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.bias.ranks import kendall

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "bias.json"
BCG = json.loads(REFERENCE.read_text(encoding="utf-8"))
YI, VI = np.array(BCG["yi"]), np.array(BCG["vi"])
RESULTS = {case["id"].removeprefix("RR/"): case["outputs"] for case in BCG["cases"]}


@st.composite
def study_sets(draw: Any, least: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances on coarse grids, no two variances the same."""
    k = draw(st.integers(least, 9))
    y = draw(st.lists(st.integers(-40, 40), min_size=k, max_size=k))
    v = draw(st.lists(st.integers(1, 60), min_size=k, max_size=k, unique=True))
    return np.array(y) / 10.0, np.array(v) / 50.0


def test_bias_is_a_room_of_weigh():
    assert weigh.bias is bias
    assert bias.egger(YI, VI).to_dict()["k"] == 13


@pytest.mark.parametrize("model", ["lm", "rma"])
def test_egger_is_that_of_metafor(model):
    found, wanted = bias.egger(YI, VI, model=model), RESULTS[f"regtest/{model}/sei"]

    # metafor's REML is tight to 1e-7.
    assert found.statistic == pytest.approx(wanted["zval"], rel=1e-6)
    assert found.p == pytest.approx(wanted["pval"], rel=1e-6)
    assert found.limit is not None
    assert found.limit.estimate == pytest.approx(wanted["est"], rel=1e-6)


def test_begg_is_that_of_metafor():
    found = bias.begg(YI, VI)

    assert found.tau == pytest.approx(RESULTS["ranktest"]["tau"], rel=1e-12)
    assert found.p == pytest.approx(RESULTS["ranktest"]["pval"], rel=1e-9)


@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_trim_and_fill_is_that_of_metafor(estimator):
    found = bias.trim_and_fill(YI, VI, estimator=estimator, method="DL")
    wanted = RESULTS[f"trimfill/{estimator}/DL"]

    assert (found.k0, found.side) == (wanted["k0"], wanted["side"])
    assert found.fit.estimate == pytest.approx(wanted["beta"][0], rel=1e-10)


@pytest.mark.parametrize("kind", ["Rosenthal", "Orwin", "Rosenberg"])
def test_fail_safe_n_is_that_of_metafor(kind):
    assert bias.fail_safe_n(YI, VI, kind=kind).number == RESULTS[f"fsn/{kind}"]["fsnum"]


def test_three_parameter_selection_model_is_that_of_metafor():
    found = bias.selection_model(YI, VI, steps=0.025, alternative="less")
    wanted = RESULTS["selmodel/3PSM"]

    assert found.log_likelihood >= wanted["logLik"] - 1e-6
    assert found.adjusted.estimate == pytest.approx(wanted["beta"][0], rel=1e-3)
    assert found.adjusted.se == pytest.approx(wanted["se"][0], rel=1e-3)
    assert found.lrt == pytest.approx(wanted["LRT"], abs=1e-4)


def test_the_exact_distribution_of_ranks_counts_all_orders():
    """By counting the 120 orders of five: the p value of each score."""
    x = np.arange(5.0)
    scores = [kendall(x, np.array(order)).score for order in itertools.permutations(range(5))]
    for order in [(0, 1, 2, 3, 4), (1, 0, 2, 3, 4), (4, 2, 3, 1, 0), (2, 0, 4, 1, 3)]:
        found = kendall(x, np.array(order, dtype=float))

        beyond = sum(abs(score) >= abs(found.score) for score in scores) / 120
        assert found.p_exact == pytest.approx(min(1.0, beyond), rel=1e-12)


def test_fail_safe_n_of_orwin_by_hand():
    """Ten studies of 0.3 fall to 0.1 with twenty of nothing."""
    found = bias.fail_safe_n([0.3] * 10, [0.02] * 10, kind="Orwin", target=0.1)

    assert found.number == 20


def test_the_general_number_is_the_smallest_that_is_enough():
    found = bias.fail_safe_n(YI, VI, kind="General")

    assert found.p_with is not None
    assert found.p_with >= 0.05
    assert found.number < RESULTS["fsn/Rosenberg"]["fsnum"]


def test_excess_significance_with_equal_powers_is_binomial():
    y, v = [0.5, 0.1, 0.6, 0.2], [0.04] * 4

    exact, binomial = (bias.excess_significance(y, v, test=test) for test in ("exact", "binomial"))

    assert exact.p == pytest.approx(binomial.p, rel=1e-12)
    assert exact.observed == 2


def test_pet_counts_where_its_intercept_is_near_nothing():
    sei = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    y = 1.5 * sei + np.array([0.01, -0.01, 0.01, 0.01, -0.01, -0.01])

    found = bias.pet_peese(y, sei**2)

    assert found.used == "PET"
    assert found.adjusted == found.pet.limit


def test_steps_with_all_weights_one_select_nothing():
    found = bias.selection_model(YI, VI, steps=[0.025, 0.5], delta=[1, 1, 1], alternative="less")
    plain = weigh.pool(YI, VI, method="ML")

    assert found.adjusted.estimate == pytest.approx(plain.estimate, rel=1e-5)
    assert found.tau2 == pytest.approx(plain.tau2, rel=1e-4)
    assert found.lrt == pytest.approx(0.0, abs=1e-8)


@given(study_sets(), st.floats(-3, 3))
@settings(max_examples=40, deadline=None)
def test_a_common_shift_moves_the_limit_and_not_the_slope(studies, shift):
    y, v = studies

    before, after = bias.egger(y, v), bias.egger(y + shift, v)

    assert after.estimate == pytest.approx(before.estimate, abs=1e-8)
    assert before.limit is not None
    assert after.limit is not None
    assert after.limit.estimate - shift == pytest.approx(before.limit.estimate, abs=1e-8)


@given(study_sets(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_studies_changes_nothing(studies, random):
    y, v = studies
    order = list(range(y.size))
    random.shuffle(order)

    for test in (bias.egger, bias.begg):
        there, here = test(y[order], v[order]), test(y, v)
        assert there.estimate == pytest.approx(here.estimate, rel=1e-8, abs=1e-8)


@given(study_sets())
@settings(max_examples=40, deadline=None)
def test_turning_the_effects_turns_the_tests(studies):
    y, v = studies

    assert bias.egger(-y, v).estimate == pytest.approx(-bias.egger(y, v).estimate, abs=1e-9)
    # Effects at the mean itself may fall on either side of it by rounding.
    assert bias.henmi_copas(-y, v).ci_high == pytest.approx(-bias.henmi_copas(y, v).ci_low)
    here = bias.trim_and_fill(y, v, side="left", estimator="R0", method="EE")
    there = bias.trim_and_fill(-y, v, side="right", estimator="R0", method="EE")
    assert here.k0 == there.k0
    assert here.fit.estimate == pytest.approx(-there.fit.estimate, abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: bias.egger([0.1, 0.2], [0.1, 0.2]),
        lambda: bias.begg([0.1, 0.2, 0.3], [0.1, 0.1, 0.1]),
        lambda: bias.egger([0.1, 0.2, 0.3], [0.1, 0.1, 0.1]),
        lambda: bias.limit_meta_analysis([0.1, 0.2], [0.1, 0.2]),
        lambda: bias.fail_safe_n([0.1], [0.1]),
        lambda: bias.trim_and_fill([0.1], [0.1]),
        lambda: bias.selection_model([0.1, 0.2], [0.1, 0.2], steps=[0.025, 0.5]),
        lambda: bias.harbord([0, 0, 0], [9, 9, 9], [0, 0, 0], [9, 9, 9]),
        lambda: bias.peters([0.1] * 3, [0.1] * 3, [1, 2, 30], [9, 9, 9], [1, 1, 1], [9, 9, 9]),
    ],
)
def test_what_cannot_be_done_is_refused(call):
    with pytest.raises(StatisticsError):
        call()


def test_an_unknown_predictor_is_refused_by_name():
    with pytest.raises(NotFoundError, match="Did you mean"):
        bias.egger(YI, VI, predictor="se")


def test_predictors_of_sample_size_ask_for_it():
    with pytest.raises(InputError, match="Give ni="):
        bias.egger(YI, VI, predictor="ninv")


def test_results_are_plain_for_json():
    results = [
        bias.egger(YI, VI),
        bias.begg(YI, VI),
        bias.trim_and_fill(YI, VI),
        bias.fail_safe_n(YI, VI),
        bias.pet_peese(YI, VI),
        bias.excess_significance(YI, VI),
        bias.henmi_copas(YI, VI),
        bias.limit_meta_analysis(YI, VI),
        bias.lfk_index(YI, VI),
        bias.selection_model(YI, VI, alternative="less"),
    ]

    for result in results:
        assert math.nan not in json.loads(json.dumps(result.to_dict(), allow_nan=False)).values()


def test_a_doi_plot_has_no_place_for_one_study_that_outweighs_all():
    with pytest.raises(StatisticsError, match="outweighs the others"):
        bias.lfk_index([0.1, 0.2, 0.3, 0.4, 0.5], [1e-20, 1e-6, 1.0, 1e6, 1e12])


def test_steps_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="`steps` holds something"):
        bias.selection_model([0.1, 0.2, 0.3], [0.1, 0.1, 0.2], steps="often")
