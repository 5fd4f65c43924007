"""What holds for robust variance estimation with rough weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from synthesis.robust.test_robust import CLUSTER, DOSE, VI, YI, clustered_sets

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.robust import robust, rve


def test_with_one_effect_a_cluster_it_is_pooling_by_moments():
    """Correlated effects that have no company are DerSimonian and Laird's."""
    fit = pool(YI, VI, method="DL")

    found = rve(YI, VI, np.arange(9))

    assert found.tau2 == pytest.approx(fit.tau2, rel=1e-10)
    assert found.i2 == pytest.approx(100.0 * (fit.q - 8.0) / fit.q, rel=1e-10)
    assert found.robust.estimate == pytest.approx(fit.estimate, rel=1e-12)
    assert found.robust.se == pytest.approx(robust(fit, np.arange(9)).se, rel=1e-10)


def test_hierarchical_components_have_the_expectations_that_they_are_solved_from():
    """Both sums of squares, taken over draws of the model, give back tau2 and omega2."""
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(400), 4)
    v = rng.uniform(0.01, 0.1, labels.size)
    y = rng.normal(0.0, 0.3, 400)[labels] + rng.normal(0.0, 0.2, labels.size)
    y += rng.normal(0.0, np.sqrt(v))

    found = rve(y, v, labels, model="HIER")

    assert found.tau2 == pytest.approx(0.09, abs=0.02)
    assert found.omega2 == pytest.approx(0.04, abs=0.01)


@given(clustered_sets())
def test_order_does_not_matter(data):
    y, v, labels = data
    order = np.arange(y.size)[::-1]

    one = rve(y, v, labels)
    two = rve(y[order], v[order], labels[order])

    assert two.tau2 == pytest.approx(one.tau2, rel=1e-8, abs=1e-12)
    assert two.robust.se == pytest.approx(one.robust.se, rel=1e-8, abs=1e-12)


def test_rows_without_an_effect_or_moderator_are_left_out():
    y, dose = YI.copy(), DOSE.copy()
    y[2], dose[5] = np.nan, np.nan
    kept = [0, 1, 3, 4, 6, 7, 8]
    labels = np.array(CLUSTER)

    found = rve(y, VI, CLUSTER, mods={"dose": dose}, model="HIER")
    without = rve(YI[kept], VI[kept], labels[kept], mods={"dose": DOSE[kept]}, model="HIER")

    assert found.rows.tolist() == kept
    assert found.robust.vb.tolist() == without.robust.vb.tolist()
    assert len(found.robust.notes) >= 2


def test_results_are_shown_and_handed_on():
    correlated = rve(YI, VI, CLUSTER, mods={"dose": DOSE})
    hierarchical = rve(YI, VI, CLUSTER, model="HIER", small_sample=False)

    assert correlated.summary().startswith("Correlated effects, rho = 0.8\ntau² ")
    assert hierarchical.summary().startswith("Hierarchical effects\ntau² ")
    assert correlated.to_dict()["omega2"] is None
    assert hierarchical.to_dict()["type"] == "CR1p"
    assert correlated.wald("dose").contrasts[0].se == correlated.coefficients[1].se
    assert list(correlated.to_frame()["name"]) == ["intercept", "dose"]


def test_another_correlation_gives_what_it_would_have_given():
    found = rve(YI, VI, CLUSTER, mods={"dose": DOSE}, small_sample=False)

    other = found.at_rho(0.2)

    again = rve(YI, VI, CLUSTER, mods={"dose": DOSE}, small_sample=False, rho=0.2)
    assert other.to_dict() == again.to_dict()
    assert other.tau2 != found.tau2
    with pytest.raises(InputError, match="no `rho`"):
        rve(YI, VI, CLUSTER, model="HIER").at_rho(0.5)
    with pytest.raises(InputError, match="correlate by 0 to 1"):
        found.at_rho(-0.1)


def test_what_cannot_be_estimated_is_refused():
    with pytest.raises(InputError, match=r"`rho` is 1\.2"):
        rve(YI, VI, CLUSTER, rho=1.2)
    with pytest.raises(NotFoundError, match="model of dependence 'corr'"):
        rve(YI, VI, CLUSTER, model="corr")
    with pytest.raises(StatisticsError, match="Each cluster has one effect"):
        rve(YI, VI, np.arange(9), model="HIER")
    with pytest.raises(StatisticsError, match="2 clusters cannot carry 2 coefficients"):
        rve(YI, VI, [1, 1, 1, 1, 2, 2, 2, 2, 2], mods={"dose": DOSE})
