"""What holds for the cluster wild bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from synthesis.robust.test_robust import CLUSTER, DOSE, VI, YI, marginal

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import mantel_haenszel, pool
from weigh.synthesis.multilevel import multilevel
from weigh.synthesis.robust import robust, rve, wild_bootstrap
from weigh.synthesis.robust.wild import _SHARES

SIGNS = np.array(np.meshgrid(*[[-1.0, 1.0]] * 6, indexing="ij")).reshape(6, -1).T
CODE = np.array([0, 0, 1, 1, 2, 3, 4, 4, 5])


def test_draws_are_the_statistics_of_fits_to_clusters_that_changed_their_sign():
    """With nothing but the mean in the model its null model has residuals that are the effects."""
    found = wild_bootstrap(pool(YI, VI, method="DL"), CLUSTER)

    again = [
        robust(pool(YI * signs[CODE], VI, method="DL"), CLUSTER, type="CR1", test="naive-t")
        for signs in SIGNS
    ]

    assert found.exact
    assert found.seed is None
    np.testing.assert_allclose(found.draws, [one.joint.statistic for one in again], rtol=1e-8)
    observed = found.statistic * (1.0 - 1e-8)
    assert found.p == np.mean(found.draws >= observed) >= 2 / 64


def test_draws_of_a_regression_start_from_the_model_without_its_moderator():
    null = pool(YI, VI, method="DL")
    left = YI - null.estimate

    found = wild_bootstrap(pool(YI, VI, mods={"dose": DOSE}, method="DL"), CLUSTER)

    again = [
        robust(
            pool(null.estimate + left * signs[CODE], VI, mods={"dose": DOSE}, method="DL"),
            CLUSTER,
            type="CR1",
            test="naive-t",
        ).joint.statistic
        for signs in SIGNS
    ]
    np.testing.assert_allclose(found.draws, again, rtol=1e-8)


def test_adjusted_residuals_are_those_of_the_sandwich():
    """CR3 takes the mean without the cluster itself; here with equal weights."""
    fit = pool(YI, np.full(9, 0.03), mods={"dose": DOSE}, method="EE")
    left = np.array([YI[code != CODE].mean() for code in CODE])
    y = YI.mean() + (YI - left) * np.array([1.0, 1.0, 1.0, -1.0, -1.0, 1.0])[CODE]

    found = wild_bootstrap(fit, CLUSTER, adjust="CR3")

    again = pool(y, np.full(9, 0.03), mods={"dose": DOSE}, method="EE")
    statistic = robust(again, CLUSTER, type="CR1", test="naive-t").joint.statistic
    assert np.min(np.abs(found.draws / statistic - 1.0)) < 1e-8


def test_values_and_combinations_are_tested_as_if_they_were_the_coefficient():
    shifted = pool(YI - 0.3, VI, mods={"dose": DOSE})
    fit = pool(YI, VI, mods={"dose": DOSE})

    one = wild_bootstrap(shifted, CLUSTER, "intercept")
    two = wild_bootstrap(fit, CLUSTER, contrast={"intercept": 1.0}, value=0.3)

    assert two.statistic == pytest.approx(one.statistic, rel=1e-7)
    assert two.p == one.p
    np.testing.assert_allclose(two.draws, one.draws, rtol=1e-6)


def test_random_draws_follow_their_seed():
    fit = pool(YI, VI, mods={"dose": DOSE}, weights=np.arange(1.0, 10.0))
    for weights in ("rademacher", "webb", "mammen"):
        one, two, other = (
            wild_bootstrap(fit, CLUSTER, weights=weights, iterations=50, seed=seed)
            for seed in (3, 3, 4)
        )

        assert one.draws.tolist() == two.draws.tolist() != other.draws.tolist()
        larger = np.sum(one.draws >= one.statistic * (1.0 - 1e-8))
        assert one.p == (larger + 1) / (one.draws.size + 1)


def test_weights_have_mean_0_and_variance_1():
    for points, probability in _SHARES.values():
        assert probability.sum() == pytest.approx(1.0)
        assert points @ probability == pytest.approx(0.0, abs=1e-15)
        assert points**2 @ probability == pytest.approx(1.0)
    points, probability = _SHARES["mammen"]
    assert points**3 @ probability == pytest.approx(1.0)


def test_rough_weights_are_worked_out_anew_at_each_draw():
    found = wild_bootstrap(rve(YI, VI, CLUSTER, model="HIER"), iterations=64)

    again = [
        rve(YI * signs[CODE], VI, CLUSTER, model="HIER", small_sample=False) for signs in SIGNS
    ]
    theirs = [(one.robust.estimate / one.robust.se) ** 2 for one in again]
    np.testing.assert_allclose(found.draws, theirs, rtol=1e-8)


def test_components_of_a_multilevel_model_are_estimated_anew_at_each_draw():
    def fitted(y: np.ndarray):
        return multilevel(y, VI, random={"cluster": CLUSTER}, mods={"dose": DOSE})

    null = multilevel(YI, VI, random={"cluster": CLUSTER})
    left = YI - null.coefficients[0].estimate

    found = wild_bootstrap(fitted(YI), CLUSTER)

    again = [
        robust(fitted(YI - left + left * signs[CODE]), CLUSTER, type="CR1", test="naive-t")
        for signs in SIGNS
    ]
    theirs = [one.joint.statistic for one in again]
    np.testing.assert_allclose(found.draws, theirs, rtol=1e-4)


def test_a_covariance_of_the_effects_is_kept():
    fit = marginal()

    found = wild_bootstrap(fit, CLUSTER, "dose")

    tested = robust(fit, CLUSTER, type="CR1", test="naive-t").wald("dose")
    assert found.statistic == pytest.approx(tested.statistic, rel=1e-9)
    assert "The covariance of the effects is that of the fit at each draw." in found.notes


def test_the_level_is_held_where_few_clusters_upset_the_plain_test():
    """200 data sets without an effect, 8 clusters, two coefficients: 5 percent and 12 percent."""
    rng = np.random.default_rng(11)
    wild, plain = [], []
    for seed in range(200):
        labels = np.repeat(np.arange(8), rng.integers(1, 6, 8))
        k = labels.size
        mods = {"a": rng.normal(size=8)[labels], "b": rng.normal(size=k)}
        v = rng.uniform(0.02, 0.1, k)
        y = rng.normal(0.0, 0.3, 8)[labels] + rng.normal(0.0, np.sqrt(v))
        fit = pool(y, v, mods=mods, method="DL")
        wild.append(wild_bootstrap(fit, labels, iterations=199, seed=seed, weights="webb").p)
        plain.append(robust(fit, labels, small_sample=False).joint.p)

    assert 0.01 <= np.mean(np.array(wild) <= 0.05) <= 0.09
    assert np.mean(np.array(plain) <= 0.05) > 0.09


def test_results_are_shown_and_handed_on():
    found = wild_bootstrap(pool(YI, VI), CLUSTER)

    assert found.summary().startswith(
        "Cluster wild bootstrap (64 draws, all sign changes; 6 clusters)\nintercept: F(1) = "
    )
    assert "32 sign changes that differ" in found.notes[0]
    assert found.to_dict()["p"] == found.p


def test_what_cannot_be_drawn_is_refused():
    fit = pool(YI, VI)
    form = ["one" if label == "f" else "rest" for label in CLUSTER]
    alone = pool(YI, VI, mods={"form": form}, intercept=False)
    with pytest.raises(InputError, match="There is no `cluster`"):
        wild_bootstrap(fit)
    with pytest.raises(InputError, match="has its clusters"):
        wild_bootstrap(rve(YI, VI, CLUSTER), CLUSTER)
    with pytest.raises(NotFoundError, match="distribution of weights 'normal'"):
        wild_bootstrap(fit, CLUSTER, weights="normal")
    with pytest.raises(NotFoundError, match="adjustment 'CR1'"):
        wild_bootstrap(fit, CLUSTER, adjust="CR1")
    with pytest.raises(InputError, match="at least one"):
        wild_bootstrap(fit, CLUSTER, iterations=0)
    with pytest.raises(InputError, match="`tau2`"):
        wild_bootstrap(pool(YI, VI, tau2=0.1), CLUSTER)
    with pytest.raises(InputError, match="pools counts"):
        wild_bootstrap(mantel_haenszel([3, 5], [20, 30], [6, 9], [20, 30]), ["a", "b"])
    with pytest.raises(StatisticsError, match="singular"):
        wild_bootstrap(alone, CLUSTER, ["form[one]", "form[rest]"])
