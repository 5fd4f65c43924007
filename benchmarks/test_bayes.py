"""Times of Bayesian pooling: one set, and many."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.synthesis.bayes import bayes, bayes_many, half_cauchy, half_normal

# bayesmeta() of R for ten studies with all posteriors, as measured where R has the package.
BAYESMETA = 2.8
PRIORS = {"half-normal": half_normal(0.5), "half-Cauchy": half_cauchy(0.5), "uniform": "uniform"}


def studies(k: int, groups: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    group = np.repeat(np.arange(groups), k)
    vi = np.exp(rng.normal(-2.0, 0.7, size=group.size))
    tau2 = rng.choice([0.0, 0.02, 0.1, 0.5], size=groups)[group]
    return rng.normal(0.3, np.sqrt(vi + tau2)), vi, group


@pytest.mark.parametrize("prior", PRIORS)
def test_one_set_with_all_posteriors(prior, best, report):
    yi, vi, _ = studies(10)

    ours = best(lambda: bayes(yi, vi, tau_prior=PRIORS[prior]), loops=20)
    report(f"bayes, {prior}, k = 10", ours, "bayesmeta, as noted", BAYESMETA, goal=500)


def test_one_set_with_shortest_intervals(best, report):
    yi, vi, _ = studies(10)
    prior = half_normal(0.5)

    ours = best(lambda: bayes(yi, vi, tau_prior=prior, interval="shortest"), loops=5)
    report("bayes, half-normal, k = 10, shortest intervals", ours)


@pytest.mark.parametrize("k", [100, 1000])
def test_cost_grows_with_the_number_of_studies(k, best, report):
    yi, vi, _ = studies(k)

    report(
        f"bayes, half-normal, k = {k:,}", best(lambda: bayes(yi, vi, tau_prior=half_normal(0.5)))
    )


def test_ten_thousand_sets_of_ten(best, report):
    data = studies(10, 10_000)

    ours = best(lambda: bayes_many(*data, tau_prior=half_normal(0.5)), repeats=1)
    report("bayes_many, half-normal, 10,000 sets of 10 (goal 30 s)", ours)
