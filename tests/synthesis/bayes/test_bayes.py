"""The hierarchical model in cases that are known, and what must not change it."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from synthesis.bayes.plain_integral import plain

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.bayes import (
    TauPrior,
    bayes,
    exponential,
    half_cauchy,
    half_normal,
    half_t,
    rhodes,
    turner,
)
from weigh.synthesis.bayes.priors import BY_NAME

YI = np.array([-0.128, -0.236, -0.198, 0.411, 0.05])
VI = np.array([0.0109, 0.0081, 0.0189, 0.041, 0.2])
SCALED = {
    "half-normal": half_normal(0.5),
    "half-Cauchy": half_cauchy(0.5),
    "half-t": half_t(0.3, 4.0),
    "exponential": exponential(2.0),
    "turner": turner("pain", "pharmacological vs placebo"),
    "rhodes": rhodes(),
}
ALL = SCALED | BY_NAME


@pytest.mark.parametrize("name", SCALED)
def test_a_proper_prior_integrates_to_one(name):
    def in_log_tau(u):
        return math.exp(float(SCALED[name].log_density(np.array(math.exp(u)), VI[:, None])) + u)

    assert quad(in_log_tau, -120.0, 40.0, limit=500, points=[-2.0])[0] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["DuMouchel", "shrinkage", "I2"])
def test_a_prior_scaled_by_the_studies_integrates_to_one(name):
    def density(tau):
        return math.exp(float(BY_NAME[name].log_density(np.array([tau]), VI[:, None])[0]))

    assert quad(density, 0.0, np.inf, limit=500)[0] == pytest.approx(1.0, abs=1e-7)


@pytest.mark.parametrize("mu_prior", [None, (0.0, 2.0)])
@pytest.mark.parametrize("name", ALL)
def test_the_quadrature_agrees_with_a_dense_grid(name, mu_prior):
    """The tolerance is the dense grid's own: its last pieces and its cut of the tail."""
    found = bayes(YI, VI, tau_prior=ALL[name], mu_prior=mu_prior)

    dense = plain(YI, VI, ALL[name], mu_prior)

    assert found.quadrature_error < 1e-10
    for one, exact in zip((found.mu, found.prediction, *found.effects), dense, strict=True):
        for x in (-0.4, -0.1, 0.3):
            assert one.cdf(x) == pytest.approx(exact.cdf(x), abs=1e-7)
            assert one.density(x) == pytest.approx(exact.density(x), abs=1e-6)
        assert exact.cdf(one.ci_low) == pytest.approx(0.025, abs=1e-7)
        assert exact.cdf(one.median) == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("name", ALL)
def test_the_distribution_of_tau_is_the_integral_of_its_density(name):
    tau = bayes(YI, VI, tau_prior=ALL[name]).tau

    for low, high in ((0.01, 0.1), (0.1, 0.4), (0.4, 3.0)):
        inside = quad(lambda x: tau.density(x), low, high, epsabs=1e-11)[0]
        assert tau.cdf(high) - tau.cdf(low) == pytest.approx(inside, abs=1e-9)
    assert tau.cdf(tau.quantile(0.37)) == pytest.approx(0.37, abs=1e-10)
    assert tau.cdf(-1.0) == 0.0
    assert tau.density(-1.0) == 0.0


def narrow(at, width):
    """A prior that all but says what tau is."""

    def log_density(tau, v):
        return -0.5 * ((tau - at) / width) ** 2 - math.log(width * math.sqrt(2.0 * math.pi))

    return TauPrior(f"near {at}", log_density, math.inf)


def test_with_tau_all_but_known_the_posterior_is_the_conjugate_normal():
    """Tau is 0.2 up to 1e-4, which moves nothing by more than a few 1e-5."""
    w = 1.0 / (VI + 0.2**2)
    precision = w.sum() + 1.0 / 0.5**2
    mean, sd = ((w * YI).sum() + 0.1 / 0.5**2) / precision, precision**-0.5

    found = bayes(YI, VI, tau_prior=narrow(0.2, 1e-3), mu_prior=(0.1, 0.5))

    assert found.mu.mean == pytest.approx(mean, abs=1e-5)
    assert found.mu.sd == pytest.approx(sd, abs=1e-5)
    assert (found.mu.ci_low, found.mu.ci_high) == pytest.approx(
        norm(mean, sd).interval(0.95), abs=5e-5
    )
    assert found.prediction.sd == pytest.approx(math.hypot(sd, 0.2), abs=5e-5)
    kept = 0.2**2 / (0.2**2 + VI)
    shrunk = [one.mean for one in found.effects]
    assert shrunk == pytest.approx(kept * YI + (1.0 - kept) * mean, abs=5e-5)


def test_one_study_under_proper_priors_is_the_conjugate_normal():
    found = bayes([0.3], [0.04], tau_prior=narrow(0.1, 5e-4), mu_prior=(0.0, 1.0))

    precision = 1.0 / 0.05 + 1.0
    assert found.mu.mean == pytest.approx(0.3 / 0.05 / precision, abs=1e-5)
    evidence = norm(0.0, math.sqrt(1.05)).pdf(0.3)
    assert found.marginal_likelihood == pytest.approx(evidence, rel=1e-4)


def test_bayes_factors_are_ratios_of_evidence():
    """Mu = 0 as a prior of no width; tau = 0 by the evidence of a common effect."""
    prior = half_normal(0.5)
    found = bayes(YI, VI, tau_prior=prior, mu_prior=(0.0, 1.0))

    nothing = bayes(YI, VI, tau_prior=prior, mu_prior=(0.0, 1e-7))
    alike = bayes(YI, VI, tau_prior=half_normal(1e-7), mu_prior=(0.0, 1.0))

    evidence = found.marginal_likelihood
    assert found.bayes_factor_mu == pytest.approx(nothing.marginal_likelihood / evidence, rel=1e-6)
    assert found.bayes_factor_tau == pytest.approx(alike.marginal_likelihood / evidence, rel=1e-6)
    assert bayes(YI, VI, tau_prior=prior).bayes_factor_mu is None


@pytest.mark.parametrize("name", ["half-normal", "uniform", "Jeffreys"])
def test_the_shortest_interval_is_shorter_and_as_probable(name):
    found = bayes(YI, VI, tau_prior=ALL[name], interval="shortest")

    for one in (found.tau, found.mu, found.prediction, found.effects[3]):
        low, high = one.interval(0.95, "central")
        assert one.ci_high - one.ci_low < high - low
        assert one.cdf(one.ci_high) - one.cdf(one.ci_low) == pytest.approx(0.95, abs=1e-8)


def test_modes_are_the_highest_points():
    found = bayes(YI, VI, tau_prior="Jeffreys")

    for one in (found.tau, found.mu, found.prediction, *found.effects):
        around = one.mode + np.linspace(-1.0, 1.0, 2001)
        assert one.density(one.mode) >= one.density(around).max()


def test_a_posterior_without_moments_has_none_and_says_so():
    """Three studies under the uniform prior: the posterior of tau falls by its square."""
    found = bayes(YI[:3], VI[:3], tau_prior="uniform")

    assert found.tau.mean is None
    assert found.mu.mean is None
    assert found.prediction.sd is None
    assert found.effects[0].sd is not None
    assert "infinite" in found.notes[0]


@pytest.mark.parametrize("name", ALL)
def test_quantiles_hold_their_probability_however_heavy_the_tail(name):
    """Two studies under the root prior: the posterior of tau falls by its power of 1.5 only."""
    k = 3 if name == "uniform" else 2
    found = bayes(YI[:k], VI[:k], tau_prior=ALL[name])

    for one in (found.tau, found.mu, found.prediction, *found.effects):
        for p in (0.001, 0.025, 0.7, 0.999):
            assert one.cdf(one.quantile(p)) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(
    ("yi", "vi"),
    [
        ([0.1, 0.2, 0.3], [1e-12, 1e-10, 1e-8]),
        ([0.1, 0.2, 0.3, 5.0], [1e-8, 1.0, 1e4, 1e6]),
        ([0.1] * 5, [0.1] * 5),
        ([-100.0, 0.0, 100.0], [1e-4] * 3),
        ([1e-9, 3e-9, 2e-9], [1e-18] * 3),
    ],
)
def test_extreme_studies_are_pooled_to_the_same_accuracy(yi, vi):
    for name in ("half-normal", "half-Cauchy", "rhodes", "DuMouchel", "uniform"):
        found = bayes(yi, vi, tau_prior=ALL[name])

        assert found.quadrature_error < 1e-10
        for one in (found.tau, found.mu, found.prediction):
            assert one.cdf(one.ci_high) - one.cdf(one.ci_low) == pytest.approx(0.95, abs=1e-8)


def test_a_posterior_that_is_too_narrow_for_the_nodes_is_refused():
    """Effects a million away from the prior of mu, under a prior that forbids such a tau."""
    with pytest.raises(StatisticsError, match="on the scale of the effects"):
        bayes([1e6, 1e6 + 1, 1e6 + 3], [0.1] * 3, tau_prior=half_normal(0.5), mu_prior=(0.0, 2.0))


def test_too_few_studies_for_an_improper_posterior_are_refused():
    with pytest.raises(StatisticsError, match="needs 3 studies, and there are 2"):
        bayes(YI[:2], VI[:2], tau_prior="uniform")


def test_what_cannot_be_a_prior_is_refused():
    with pytest.raises(NotFoundError, match="jeffreys"):
        bayes(YI, VI, tau_prior="jeffreys")
    with pytest.raises(InputError, match="scale"):
        half_normal(0.0)
    with pytest.raises(InputError, match="standard deviation above 0"):
        bayes(YI, VI, tau_prior="uniform", mu_prior=(0.0, -1.0))
    with pytest.raises(InputError, match="misprint"):
        rhodes("mental health", "non-pharmacological vs placebo")


studies = st.lists(
    st.tuples(st.floats(-2.0, 2.0), st.floats(0.01, 2.0)), min_size=3, max_size=8
).map(lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True)))


@settings(max_examples=25, deadline=None)
@given(studies, st.floats(-50.0, 50.0))
def test_moving_every_effect_moves_effects_and_not_tau(data, shift):
    yi, vi = data
    here = bayes(yi, vi, tau_prior=half_normal(0.5))

    there = bayes(yi + shift, vi, tau_prior=half_normal(0.5))

    assert there.tau.median == pytest.approx(here.tau.median, abs=1e-8)
    assert there.mu.ci_low == pytest.approx(here.mu.ci_low + shift, abs=1e-8)
    assert there.prediction.mode == pytest.approx(here.prediction.mode + shift, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(studies, st.floats(0.01, 100.0))
def test_other_units_change_nothing_but_the_units(data, factor):
    yi, vi = data
    here = bayes(yi, vi, tau_prior=half_normal(0.5), mu_prior=(0.0, 1.0))

    there = bayes(
        factor * yi, factor**2 * vi, tau_prior=half_normal(0.5 * factor), mu_prior=(0.0, factor)
    )

    for name in ("mu", "tau", "prediction"):
        ours, theirs = getattr(here, name), getattr(there, name)
        assert theirs.ci_high == pytest.approx(factor * ours.ci_high, rel=1e-7, abs=1e-9 * factor)
    assert there.bayes_factor_tau == pytest.approx(here.bayes_factor_tau, rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(studies)
def test_the_order_of_studies_changes_nothing(data):
    yi, vi = data
    here = bayes(yi, vi, tau_prior="shrinkage")

    there = bayes(yi[::-1], vi[::-1], tau_prior="shrinkage")

    assert there.mu.ci_high == pytest.approx(here.mu.ci_high, abs=1e-8)
    assert there.effects[0].median == pytest.approx(here.effects[-1].median, abs=1e-8)


def test_probabilities_of_exceeding_a_difference_that_matters():
    found = bayes(YI, VI, tau_prior=half_normal(0.5))

    assert found.p_above(found.mu.quantile(0.9)) == pytest.approx(0.1, abs=1e-9)
    assert found.p_new_above(found.prediction.quantile(0.2)) == pytest.approx(0.8, abs=1e-9)


def test_the_result_is_told_as_numbers_table_and_words():
    found = bayes(YI, VI, tau_prior=half_normal(0.5), slab=list("abcde"), mu_prior=(0, 1))

    record = json.loads(json.dumps(found.to_dict()))
    frame = found.to_frame()
    assert record["mu"]["median"] == found.mu.median
    assert [row["study"] for row in record["effects"]] == list("abcde")
    assert frame["quantity"].tolist()[-3:] == ["mu", "new effect", "tau"]
    assert "Prior of tau: half-normal with scale 0.5" in found.summary()
    assert "Bayes factor, mu = 0" in found.summary()
    assert "5 studies" in found.report()
    assert "normal with mean 0 and standard deviation 1" in found.report()


@pytest.mark.parametrize(
    ("named", "prior"),
    [
        (("half-normal", 0.5), half_normal(0.5)),
        (("half-Cauchy", 0.3), half_cauchy(0.3)),
        (("half-t", 0.5, 4), half_t(0.5, 4.0)),
        (("exponential", 2), exponential(2.0)),
    ],
)
def test_a_prior_by_name_and_scale_is_that_prior(named, prior):
    yi, vi = [0.1, 0.3, 0.5], [0.02, 0.03, 0.04]

    assert bayes(yi, vi, tau_prior=named).to_dict() == bayes(yi, vi, tau_prior=prior).to_dict()


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("half-normal", r"with 0 numbers and takes 1"),
        (("uniform", 2.0), r"with 1 numbers and takes 0"),
    ],
)
def test_a_prior_with_the_wrong_numbers_is_refused(named, words):
    with pytest.raises(InputError, match=words):
        bayes([0.1, 0.3, 0.5], [0.02, 0.03, 0.04], tau_prior=named)
