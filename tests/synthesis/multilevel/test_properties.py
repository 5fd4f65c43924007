"""What no data can change: shift, scale, order, and the surface of the likelihood itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.synthesis.multilevel import multilevel

approx = pytest.approx
STRUCTURES = ("CS", "HCS", "UN", "ID", "DIAG", "AR", "HAR")


@st.composite
def dependent_effects(draw):
    """Effects of several outcomes in several trials, with their table."""
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    trials = draw(st.integers(5, 9))
    outcomes = draw(st.integers(2, 3))
    rows = [
        (trial, outcome)
        for trial in range(trials)
        for outcome in range(outcomes)
        if outcome == trial % outcomes or rng.uniform() < 0.8
    ]
    trial, outcome = (np.array(column) for column in zip(*rows, strict=True))
    k = trial.size
    vi = rng.uniform(0.01, 0.2, k)
    spread, within = draw(st.sampled_from([(0.0, 0.3), (0.4, 0.1), (0.3, 0.0), (0.6, 0.6)]))
    yi = (
        0.2
        + 0.3 * outcome
        + spread * rng.normal(size=trials)[trial]
        + within * rng.normal(size=k)
        + np.sqrt(vi) * rng.normal(size=k)
    )
    table = {
        "trial": trial,
        "outcome": [f"o{index}" for index in outcome],
        "time": outcome,
        "effect": np.arange(k),
    }
    return yi, vi, table


def random_of(struct):
    if struct == "nested":
        return {"random": "~ 1 | trial/effect"}
    inner = "time" if struct == "CAR" else "outcome"
    return {"random": f"~ {inner} | trial", "struct": struct}


def values(fit):
    return [one.value for one in fit.components]


@settings(max_examples=25, deadline=None)
@given(dependent_effects(), st.sampled_from(["nested", *STRUCTURES]), st.floats(-20.0, 20.0))
def test_a_common_shift_moves_the_mean_and_nothing_else(drawn, struct, shift):
    yi, vi, table = drawn
    one = multilevel(yi, vi, data=table, **random_of(struct))
    two = multilevel(yi + shift, vi, data=table, **random_of(struct))

    assert two.log_likelihood == approx(one.log_likelihood, abs=1e-7)
    assert two.coefficients[0].estimate - shift == approx(one.coefficients[0].estimate, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(dependent_effects(), st.sampled_from(["nested", *STRUCTURES]), st.floats(-30.0, 30.0))
def test_other_units_scale_everything_with_them(drawn, struct, power):
    yi, vi, table = drawn
    scale = float(10.0**power)
    one = multilevel(yi, vi, data=table, **random_of(struct))
    two = multilevel(scale * yi, scale**2 * vi, data=table, **random_of(struct))

    free = one.k - 1
    assert two.log_likelihood + free * np.log(scale) == approx(one.log_likelihood, abs=1e-6)
    assert two.coefficients[0].estimate / scale == approx(one.coefficients[0].estimate, abs=1e-4)
    assert two.qe == approx(one.qe, rel=1e-8)
    for mine, its in zip(one.components, two.components, strict=True):
        if mine.se is not None and mine.kind != "rho":
            assert its.value / scale**2 == approx(mine.value, abs=1e-3 * mine.se)


@settings(max_examples=25, deadline=None)
@given(dependent_effects(), st.sampled_from(["nested", *STRUCTURES]), st.integers(0, 1000))
def test_the_order_of_effects_does_not_matter(drawn, struct, seed):
    yi, vi, table = drawn
    order = np.random.default_rng(seed).permutation(yi.size)
    moved = {name: np.asarray(column)[order] for name, column in table.items()}
    one = multilevel(yi, vi, data=table, **random_of(struct))
    two = multilevel(yi[order], vi[order], data=moved, **random_of(struct))

    assert two.log_likelihood == approx(one.log_likelihood, abs=1e-7)
    assert two.coefficients[0].estimate == approx(one.coefficients[0].estimate, abs=1e-4)
    assert approx(two.M, abs=1e-2 * float(np.diag(one.M).max())) == one.M[np.ix_(order, order)]


@settings(max_examples=25, deadline=None)
@given(
    dependent_effects(), st.sampled_from([*STRUCTURES, "nested"]), st.sampled_from(["ML", "REML"])
)
def test_derivatives_are_those_of_the_likelihood(drawn, struct, method):
    """First and second derivatives by differences, at a place that is no maximum."""
    yi, vi, table = drawn
    fit = multilevel(yi, vi, data=table, method=method, **random_of(struct))
    likelihood = fit.solved.likelihood
    rng = np.random.default_rng(3)
    at = np.abs(rng.uniform(0.2, 0.7, likelihood.size))
    gradient, second = likelihood.at(at).derivatives()
    step = 1e-5
    ways = step * np.eye(at.size)

    heights = [(likelihood.at(at + way).value, likelihood.at(at - way).value) for way in ways]
    assert [(up - down) / (2 * step) for up, down in heights] == approx(gradient, abs=1e-5)
    slopes = [
        (likelihood.at(at + way).derivatives()[0] - likelihood.at(at - way).derivatives()[0])
        / (2 * step)
        for way in ways
    ]
    assert np.array(slopes) == approx(second, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(dependent_effects(), st.sampled_from([*STRUCTURES, "nested"]))
def test_nothing_nearby_is_more_likely(drawn, struct):
    yi, vi, table = drawn
    fit = multilevel(yi, vi, data=table, **random_of(struct))
    likelihood, top = fit.solved.likelihood, fit.solved.maximum.point
    lower, upper = fit.solved.model.bounds()
    rng = np.random.default_rng(1)

    for size in (1e-4, 1e-2, 0.1):
        for _ in range(8):
            at = np.clip(top.at + size * rng.normal(size=top.at.size), lower, upper)
            assert likelihood.at(at).value <= top.value + 1e-9


@settings(max_examples=20, deadline=None)
@given(dependent_effects())
def test_richer_structures_are_never_less_likely(drawn):
    """Each is a special case of the next."""
    yi, vi, table = drawn
    heights = [
        multilevel(yi, vi, data=table, random="~ outcome | trial", struct=struct).log_likelihood
        for struct in ("ID", "CS", "HCS")
    ]
    diagonal = multilevel(yi, vi, data=table, random="~ outcome | trial", struct="DIAG")

    assert heights == approx(sorted(heights), abs=1e-8)
    assert diagonal.log_likelihood >= heights[0] - 1e-8
    assert heights[2] >= diagonal.log_likelihood - 1e-8


@settings(max_examples=15, deadline=None)
@given(dependent_effects())
def test_compound_symmetry_is_nested_intercepts_in_other_words(drawn):
    """With a correlation of 0 or more: tau2 is the sum, rho the share of the outer variance."""
    yi, vi, table = drawn
    nested = multilevel(yi, vi, data=table, random="~ 1 | trial/effect")
    other = multilevel(yi, vi, data=table, random="~ outcome | trial", struct="CS")
    outer, inner = values(nested)
    if outer > 1e-6 and inner > 1e-6:
        assert other.log_likelihood == approx(nested.log_likelihood, abs=1e-7)
        tau2, rho = values(other)
        assert tau2 == approx(outer + inner, rel=1e-4)
        assert rho * tau2 == approx(outer, rel=1e-3, abs=1e-6)
    else:
        assert other.log_likelihood >= nested.log_likelihood - 1e-8
