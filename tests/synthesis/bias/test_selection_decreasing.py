"""Step functions that may not rise: metafor's figures, brute force over ties, and gradients."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import ndtri

from weigh.errors import InputError
from weigh.synthesis.bias import selection_model
from weigh.synthesis.bias.selection_decreasing import DecreasingLikelihood
from weigh.synthesis.bias.selection_likelihood import StepLikelihood, p_values
from weigh.synthesis.bias.selection_search import Top

# Passive smoking and lung cancer (Hackshaw 1998, in R's metadat), log odds ratios, four decimals.
# fmt: off
Y = np.array([
    0.1655, 0.3716, 0.7031, 0.1823, -0.2877, 0.7275, 0.7561, -0.2231, -0.2357, 0.6981, 0.207,
    0.1823, 0.4187, 0.0296, 0.4383, 0.0296, 0.8502, 0.5008, 0.174, 0.4187, 0.7701, 0.077, 0.9361,
    0.4824, 0.0583, -0.2357, -0.3011, 0.8198, -0.0305, 0.47, 0.174, 0.5068, 0.2311, 0.0953, 0.5068,
    0.1484, 0.1044,
])
V = np.array([
    0.0188, 0.033, 0.5402, 0.0313, 0.0797, 0.2273, 0.0889, 0.1927, 0.339, 0.0981, 0.0456, 0.2317,
    0.0796, 0.2174, 0.077, 0.0715, 0.2926, 0.0324, 0.0363, 0.4839, 0.1238, 0.0711, 0.3982, 0.0896,
    0.0337, 0.0161, 0.1802, 0.3171, 0.0125, 0.1137, 0.0893, 0.176, 0.01, 0.0862, 0.0399, 0.0364,
    0.0664,
])
# fmt: on
STEPS = [0.05, 0.1, 0.5]


def test_the_weights_are_those_of_metafor():
    """From its published tests of ``decreasing=TRUE``: 1, 0.999966, 0.442781, 0.148179.

    Its second weight stops just short of the bound, and the data here are rounded.
    """
    found = selection_model(Y, V, steps=STEPS, decreasing=True)

    weights = [each.estimate for each in found.delta]
    assert weights == pytest.approx([1.0, 0.999966, 0.442781, 0.148179], rel=2e-3)
    assert weights[1] == 1.0
    assert any("stand equal" in note for note in found.notes)


def test_the_standard_errors_are_those_of_metafor_with_the_tie_as_one_interval():
    """By metafor 3.8, `selmodel(steps=c(.1, .5, 1))` on these data."""
    found = selection_model(Y, V, steps=STEPS, decreasing=True)

    assert found.log_likelihood == pytest.approx(-7.498522338, abs=1e-6)
    assert (found.adjusted.estimate, found.adjusted.se) == pytest.approx(
        (0.04654635727, 0.09474419895), rel=1e-3
    )
    assert (found.tau2, found.tau2_se) == pytest.approx((0.01769318348, 0.01701878316), rel=1e-3)
    assert [each.se for each in found.delta[2:]] == pytest.approx(
        [0.2346304287, 0.1280390599], rel=1e-3
    )
    assert np.isnan([each.se for each in found.delta[:2]]).all()
    assert all(each.ci_high <= 1.0 for each in found.delta[2:])


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_it_is_the_best_of_all_ways_to_tie_neighbours(alternative):
    """With the ties right, the weights between them fall by themselves."""
    steps = [0.05, 0.2, 0.5]
    found = selection_model(Y, V, steps=steps, alternative=alternative, decreasing=True)

    best = selection_model(Y, V, steps=0.5, delta=[1.0, 1.0]).log_likelihood
    for size in (1, 2, 3):
        for kept in itertools.combinations(steps, size):
            free = selection_model(Y, V, steps=kept, alternative=alternative)
            weights = np.array([each.estimate for each in free.delta])
            if np.all(np.diff(weights) <= 0.0):
                best = max(best, free.log_likelihood)
    assert found.log_likelihood == pytest.approx(best, abs=1e-6)
    assert np.all(np.diff([each.estimate for each in found.delta]) <= 0.0)


def test_weights_that_fall_by_themselves_are_not_changed():
    free = selection_model(Y, V, steps=[0.025, 0.5])
    ordered = selection_model(Y, V, steps=[0.025, 0.5], decreasing=True)

    assert np.all(np.diff([each.estimate for each in free.delta]) < 0.0)
    assert ordered.log_likelihood == pytest.approx(free.log_likelihood, abs=1e-8)
    assert ordered.adjusted.se == pytest.approx(free.adjusted.se, rel=1e-3)
    assert ordered.lrt_df == free.lrt_df == 2


def stepped() -> DecreasingLikelihood:
    cuts = np.array([0.05, 0.2, 0.5])
    group = np.searchsorted([*cuts, 1.0], p_values(Y / np.sqrt(V), "greater").p)
    return DecreasingLikelihood(StepLikelihood(Y, V, np.ones((37, 1)), group, -ndtri(cuts), 1))


def test_the_gradient_by_the_ratios_is_right():
    likelihood = stepped()
    at = np.array([0.2, 0.05, 1.0, 0.7, 0.9, 0.4])

    def value(point):
        return likelihood(point[:1], float(point[1]), point[2:])[0]

    differences = [(value(at + 1e-5 * e) - value(at - 1e-5 * e)) / 2e-5 for e in np.eye(6)]
    # Central differences of step 1e-5 are good to about 1e-9.
    gradient = likelihood(at[:1], 0.05, at[2:])[1]
    assert gradient == pytest.approx(np.array(differences), rel=1e-6, abs=1e-7)


def test_ties_become_one_interval_of_the_same_likelihood():
    likelihood = stepped()
    ratios = np.array([1.0, 1.0, 0.5, 1.0])
    value, _ = likelihood(np.array([0.2]), 0.05, ratios)

    steps, top, where = likelihood.as_steps(Top(value, np.array([0.2]), 0.05, ratios))

    assert where.tolist() == [0, 0, 1, 1]
    assert top.delta.tolist() == [1.0, 0.5]
    assert steps(top.beta, top.tau2, top.delta)[0] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("other", [{"kind": "beta"}, {"delta": [1.0, None]}])
def test_only_steps_whose_weights_are_all_estimated_can_be_ordered(other):
    with pytest.raises(InputError, match="orders the weights"):
        selection_model(Y, V, decreasing=True, **other)
