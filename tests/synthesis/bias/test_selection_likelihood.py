"""Likelihoods of selection models: gradients against differences, chances against sums."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtri
from scipy.stats import norm

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.bias import selection_model
from weigh.synthesis.bias.selection_likelihood import (
    SmoothLikelihood,
    StepLikelihood,
    TruncatedLikelihood,
    p_values,
)
from weigh.synthesis.bias.selection_weights import CURVES

Y = np.array([0.9, 0.2, -0.4, 1.6, 0.5])
V = np.array([0.09, 0.3, 0.1, 0.5, 0.05])
X = np.ones((5, 1))
DELTA = {"beta": [0.7, 1.8], "negexppow": [2.0, 0.6]}
DIRECTIONS = ["greater", "less", "two-sided"]


def stepped(alternative: str) -> StepLikelihood:
    cuts = np.array([0.05, 0.3])
    sides = 2.0 if alternative == "two-sided" else 1.0
    group = np.searchsorted([0.05, 0.3, 1.0], p_values(Y / np.sqrt(V), alternative).p)
    sign = {"greater": 1, "less": -1, "two-sided": 0}[alternative]
    return StepLikelihood(Y, V, X, group, -ndtri(cuts / sides), sign)


def smooth(kind: str, alternative: str, start: float = 0.0) -> SmoothLikelihood:
    return SmoothLikelihood(
        Y,
        V,
        X,
        curve=CURVES[kind],
        alternative=alternative,
        precision=np.sqrt(V),
        start=start,
    )


def check_gradient(likelihood, delta):
    at = np.concatenate([[0.3, 0.2], delta])

    def value(point):
        return likelihood(point[:1], float(point[1]), point[2:])[0]

    step = 1e-5
    differences = [
        (value(at + step * unit) - value(at - step * unit)) / (2 * step) for unit in np.eye(at.size)
    ]
    gradient = likelihood(at[:1], float(at[1]), at[2:])[1]
    # Central differences of step 1e-5 are good to about 1e-9.
    assert gradient == pytest.approx(np.array(differences), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("alternative", DIRECTIONS)
def test_the_gradient_of_a_step_function_is_right(alternative):
    check_gradient(stepped(alternative), [1.0, 0.6, 0.2])


@pytest.mark.parametrize("alternative", DIRECTIONS)
@pytest.mark.parametrize("kind", list(CURVES))
def test_the_gradient_of_a_smooth_weight_is_right(kind, alternative):
    check_gradient(smooth(kind, alternative), DELTA.get(kind, [1.3]))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_gradient_of_truncation_is_right(sign):
    check_gradient(TruncatedLikelihood(Y, V, X, 0.25, sign), [0.4])


@pytest.mark.parametrize("alternative", DIRECTIONS)
def test_a_step_function_divides_by_the_chance_of_being_seen(alternative):
    """The likelihood of each study integrates to 1 over what it could have shown."""
    delta, weights = np.array([1.0, 0.6, 0.2]), []
    for v in V:
        root = np.sqrt(v)

        def weighted(y, root=root, v=v):
            p = float(p_values(np.array([y / root]), alternative).p[0])
            weight = delta[int(np.searchsorted([0.05, 0.3, 1.0], p))]
            return weight * norm.pdf(y, 0.3, np.sqrt(v + 0.2))

        cuts = [0.05, 0.3] if alternative != "two-sided" else [0.025, 0.15]
        breaks = sorted(sign * root * ndtri(cut) for cut in cuts for sign in (1, -1))
        weights.append(quad(weighted, -8, 8, points=breaks, limit=300)[0])
    own = stepped(alternative)
    by_hand = np.sum(
        np.log(delta[own.group]) + norm.logpdf(Y, 0.3, np.sqrt(V + 0.2)) - np.log(weights)
    )

    assert own(np.array([0.3]), 0.2, delta)[0] == pytest.approx(by_hand, rel=1e-8)


def test_a_smooth_weight_divides_by_the_chance_of_being_seen():
    weights = []
    for v in V:

        def weighted(y, v=v):
            p = norm.sf(y / np.sqrt(v))
            return np.exp(-1.3 * np.sqrt(v) * p) * norm.pdf(y, 0.3, np.sqrt(v + 0.2))

        weights.append(quad(weighted, -8, 8, epsabs=1e-13, limit=300)[0])
    p = norm.sf(Y / np.sqrt(V))
    by_hand = np.sum(
        -1.3 * np.sqrt(V) * p + norm.logpdf(Y, 0.3, np.sqrt(V + 0.2)) - np.log(weights)
    )

    found = smooth("negexp", "greater")(np.array([0.3]), 0.2, np.array([1.3]))[0]

    assert found == pytest.approx(by_hand, rel=1e-10)


def test_turning_the_effects_and_the_alternative_changes_nothing_else():
    here = selection_model(Y, V, alternative="greater")
    there = selection_model(-Y, V, alternative="less")

    assert there.log_likelihood == pytest.approx(here.log_likelihood, abs=1e-8)
    assert there.adjusted.estimate == pytest.approx(-here.adjusted.estimate, abs=1e-4)


def test_another_unit_changes_the_effect_by_as_much():
    here, there = selection_model(Y, V), selection_model(1000 * Y, 1e6 * V)

    assert there.adjusted.estimate == pytest.approx(1000 * here.adjusted.estimate, rel=1e-5)
    assert there.tau2 == pytest.approx(1e6 * here.tau2, rel=1e-4, abs=1.0)


def test_more_parameters_than_studies_are_refused():
    with pytest.raises(StatisticsError, match="cannot carry"):
        selection_model(Y, V, steps=[0.01, 0.05, 0.3, 0.6])


def test_truncation_on_both_sides_is_refused():
    with pytest.raises(InputError, match="has a direction"):
        selection_model(Y, V, kind="truncation", alternative="two-sided")
