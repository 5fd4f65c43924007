"""Many sets at once say what each says alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from weigh.errors import StatisticsError
from weigh.synthesis.bayes import bayes, bayes_many, half_cauchy, half_normal


@pytest.mark.parametrize(
    ("tau_prior", "mu_prior", "smallest"),
    [
        (half_normal(0.5), None, 1),
        (half_cauchy(0.5), (0.2, 1.5), 1),
        ("DuMouchel", None, 1),
        ("I2", None, 2),
        ("BergerDeely", None, 2),
        ("uniform", None, 3),
    ],
)
def test_each_group_gets_the_figures_that_it_gets_alone(tau_prior, mu_prior, smallest):
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(8), smallest + np.arange(8) % 4)
    vi = np.exp(rng.normal(-2.0, 1.0, group.size))
    yi = rng.normal(3.0, np.sqrt(vi + 0.1))

    batch = bayes_many(yi, vi, group, tau_prior=tau_prior, mu_prior=mu_prior, threshold=2.9)

    for index in range(8):
        mine = group == index
        alone = bayes(yi[mine], vi[mine], tau_prior=tau_prior, mu_prior=mu_prior)
        pairs = {
            "mu_median": alone.mu.median,
            "mu_mean": alone.mu.mean,
            "mu_sd": alone.mu.sd,
            "mu_low": alone.mu.ci_low,
            "mu_high": alone.mu.ci_high,
            "tau_median": alone.tau.median,
            "tau_mean": alone.tau.mean,
            "tau_sd": alone.tau.sd,
            "tau_low": alone.tau.ci_low,
            "tau_high": alone.tau.ci_high,
            "new_median": alone.prediction.median,
            "new_sd": alone.prediction.sd,
            "new_low": alone.prediction.ci_low,
            "new_high": alone.prediction.ci_high,
            "p_above": alone.p_above(2.9),
            "p_new_above": alone.p_new_above(2.9),
        }
        for name, value in pairs.items():
            expected = np.nan if value is None else value
            # Steps of the integral may differ, each good to 1e-10 of the probability.
            assert getattr(batch, name)[index] == pytest.approx(
                expected, rel=1e-7, abs=1e-9, nan_ok=True
            ), name


def test_a_group_without_a_usable_row_is_undefined_and_the_rest_stands():
    batch = bayes_many([0.1, np.nan, 0.3], [0.1] * 3, list("aba"), tau_prior=half_normal(0.5))

    assert batch.k.tolist() == [2, 0]
    assert np.isnan(batch.mu_median[1])
    assert json.loads(json.dumps(batch.to_dict()))["mu_median"][1] is None
    assert len(batch) == len(batch.to_frame()) == 2
    assert batch.notes == ("Left out 1 row without an effect or a variance.",)


def test_a_group_that_is_too_small_for_its_prior_is_refused():
    with pytest.raises(StatisticsError, match="needs 3 studies, and there are 2"):
        bayes_many([0.1, 0.2], [0.1, 0.1], ["a", "a"], tau_prior="uniform")
