"""What holds for a variance that is robust to dependence, whatever the data."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse, stats

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import mantel_haenszel, pool
from weigh.synthesis.multilevel import multilevel
from weigh.synthesis.robust import robust
from weigh.synthesis.robust.model import _by_blocks, clustered_of
from weigh.synthesis.robust.moments import moments
from weigh.synthesis.robust.saddlepoint import critical_value, saddlepoint
from weigh.synthesis.robust.sandwich import TYPES, sandwich

PATH = Path(__file__).parents[2] / "reference" / "robust.json"
REFERENCE = json.loads(PATH.read_text(encoding="utf-8"))

YI = np.array([0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.7, 0.2, 0.6])
VI = np.array([0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.02, 0.03, 0.06])
CLUSTER = ["a", "a", "b", "b", "c", "d", "e", "e", "f"]
DOSE = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 4.0, 5.0, 3.0, 2.0])


@dataclass(frozen=True)
class Marginal:
    """A fit with a covariance matrix."""

    yi: np.ndarray
    design: np.ndarray
    names: tuple[str, ...]
    M: Any
    W: Any
    rows: np.ndarray
    level: float = 0.95


def marginal(within: float = 0.01, x: np.ndarray | None = None) -> Marginal:
    """The effects above, those of a cluster sharing a variance."""
    labels = np.array(CLUSTER)
    m = np.diag(VI) + within * (labels[:, None] == labels)
    design = np.column_stack([np.ones(9), DOSE]) if x is None else x
    return Marginal(YI, design, ("intercept", "dose"), m, np.linalg.inv(m), np.arange(9))


@st.composite
def clustered_sets(draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and clusters: at least three of these."""
    k = draw(st.integers(5, 14))
    y = draw(arrays(float, k, elements=st.floats(-3, 3, width=32)))
    v = draw(arrays(float, k, elements=st.floats(0.0625, 2, width=32)))
    labels = draw(arrays(int, k, elements=st.integers(0, 4)))
    labels[:3] = [10, 11, 12]
    # Effects with the residual 0 everywhere have no variance to speak of.
    y = y + np.linspace(0.0, 0.5, k) ** 2
    return y, v, labels


def test_with_equal_variances_and_no_clusters_it_is_the_variance_of_a_mean():
    """CR2 has then k - 1 in its denominator and CR3 the jackknife's; the degrees are k - 1."""
    y = YI - YI.mean()
    fit = pool(YI, np.full(9, 0.03), method="EE")
    each = np.arange(9)

    found = {type: robust(fit, each, type=type) for type in TYPES}

    squares = float(y @ y)
    assert found["CR0"].se ** 2 == pytest.approx(squares / 81, rel=1e-12)
    assert found["CR1"].se ** 2 == pytest.approx(squares / 72, rel=1e-12)
    assert found["CR2"].se ** 2 == pytest.approx(squares / 72, rel=1e-12)
    assert found["CR3"].se ** 2 == pytest.approx(squares / 64, rel=1e-12)
    assert found["CR2"].df == pytest.approx(8.0, rel=1e-12)
    assert found["CR2"].p == pytest.approx(stats.ttest_1samp(YI, 0.0).pvalue, rel=1e-10)


def test_cr3_is_the_jackknife_over_clusters():
    """Leaving out a cluster moves the coefficients by its adjusted score, tau2 kept."""
    labels = np.array(CLUSTER)
    fit = pool(YI, VI, mods={"dose": DOSE}, method="DL")
    weights = 1.0 / (VI + fit.tau2)

    def beta(rows: np.ndarray) -> np.ndarray:
        x, w = fit.design[rows], weights[rows]
        return np.linalg.solve((x.T * w) @ x, (x.T * w) @ YI[rows])

    moved = [beta(labels != one) - beta(labels == labels) for one in sorted(set(CLUSTER))]
    found = robust(fit, CLUSTER, type="CR3")

    np.testing.assert_allclose(found.vb, sum(np.outer(d, d) for d in moved), rtol=1e-9)


GIVEN = {key: np.array(values) for key, values in REFERENCE["inputs"].items()}


def reference_fit(name: str):
    """The fit of a call of R: see the origins in the file."""
    y, v, mods = GIVEN["yi"], GIVEN["vi"], {"x": GIVEN["x"]}
    if name == "crossed":
        random = [{"cluster": GIVEN["cluster"]}, {"site": GIVEN["site"]}]
        return multilevel(y, v, mods=mods, random=random, sigma2=[0.02, 0.03])
    weights = {"unweighted": np.ones(12), "FE": None}.get(name, GIVEN["weights"])
    method = "FE" if name == "FE" else "DL"
    return pool(y, v, mods=None if name == "weights" else mods, weights=weights, method=method)


@pytest.mark.parametrize("name", sorted(REFERENCE["expected"].keys() - {"knha"}))
def test_fits_of_every_kind_have_the_robust_tests_of_metafor(name):
    """With weights of one's own, and with random effects that cross the clusters."""
    expected = REFERENCE["expected"][name]

    found = robust(reference_fit(name), GIVEN["cluster"], small_sample=False)

    for ours, theirs in (("estimate", "beta"), *((key, key) for key in ("se", "p", "ci_low"))):
        values = [getattr(one, ours) for one in found.coefficients]
        np.testing.assert_allclose(values, expected[theirs], rtol=1e-10)
    assert found.coefficients[0].df == expected["df"]
    assert found.joint.statistic == pytest.approx(expected["qm"], rel=1e-10)
    assert found.joint.p == pytest.approx(expected["qm_p"], rel=1e-9)


def test_the_test_of_the_fit_has_no_part_in_the_robust_one():
    """R's factor of Knapp and Hartung goes from its covariance into the sandwich, and stays."""
    call = {"mods": {"x": GIVEN["x"]}, "method": "DL"}
    plain = pool(GIVEN["yi"], GIVEN["vi"], **call)
    knha = pool(GIVEN["yi"], GIVEN["vi"], **call, test="knha")

    one, two = (robust(fit, GIVEN["cluster"], small_sample=False) for fit in (plain, knha))

    factor = knha.vb[0, 0] / plain.vb[0, 0]
    theirs = REFERENCE["expected"]["knha"]["se"]
    assert two.vb.tolist() == one.vb.tolist()
    np.testing.assert_allclose([factor * each.se for each in two.coefficients], theirs, rtol=1e-10)


@given(clustered_sets())
def test_cr2_is_unbiased_under_the_working_model(data):
    y, v, labels = data
    fit = pool(y, v, method="DL")
    model = clustered_of(fit, labels)

    root, _ = moments(model, sandwich(model, "CR2")).of(np.eye(1))

    assert root[0, 0] ** -2 * 4.0**model.exponent == pytest.approx(fit.se**2, rel=1e-8)


def test_cr2_is_unbiased_with_weights_of_ones_own():
    """The covariance is then not the inverse of the weights, and the expectation a sandwich."""
    weights = np.arange(1.0, 10.0)
    model = clustered_of(pool(YI, VI, mods={"dose": DOSE}, weights=weights), CLUSTER)
    meat = sum(part.xw @ part.phi @ part.xw.T for part in model.parts)

    root, _ = moments(model, sandwich(model, "CR2")).of(np.eye(2))
    expected = np.linalg.inv(root @ root)

    np.testing.assert_allclose(expected, model.bread @ meat @ model.bread, rtol=1e-9)


def test_satterthwaite_is_what_the_whole_covariance_of_scores_gives():
    model = clustered_of(marginal(), CLUSTER)
    found = moments(model, sandwich(model, "CR2"))
    row = np.array([1.0, -2.0])

    p = found.along(row)

    assert found.df(row[None])[0] == pytest.approx(np.trace(p) ** 2 / np.sum(p * p), rel=1e-10)
    assert np.linalg.eigvalsh(p)[0] > -1e-12


def test_covariances_of_scores_are_those_of_the_whole_hat_matrix():
    fit = marginal()
    model = clustered_of(fit, CLUSTER)
    made = sandwich(model, "CR2")
    row = np.array([0.5, 1.0])
    left = np.eye(9) - fit.design @ np.linalg.solve(
        fit.design.T @ fit.W @ fit.design, fit.design.T @ fit.W
    )
    scores = np.zeros((len(model.parts), 9))
    for one, part, half in zip(scores, model.parts, made.half, strict=True):
        one[:] = (row @ half) @ left[part.rows]

    unit = 4.0**-model.exponent
    np.testing.assert_allclose(
        moments(model, made).along(row), unit * scores @ fit.M @ scores.T, atol=1e-13
    )


@given(clustered_sets(), st.permutations(range(5)))
def test_order_and_names_of_clusters_do_not_matter(data, start):
    y, v, labels = data
    order = np.concatenate([start, np.arange(5, y.size)])

    one = robust(pool(y, v, method="DL"), labels)
    two = robust(pool(y[order], v[order], method="DL"), [f"c{label}" for label in labels[order]])

    assert two.se == pytest.approx(one.se, rel=1e-8, abs=1e-12)
    assert two.df == pytest.approx(one.df, rel=1e-8)


@given(clustered_sets(), st.floats(-5, 5), st.integers(-60, 60))
def test_it_follows_the_unit_and_the_origin_of_the_effects(data, shift, power):
    y, v, labels = data
    unit = 10.0**power

    one = robust(pool(y, v, method="EE"), labels)
    two = robust(pool((y + shift) * unit, v * unit * unit, method="EE"), labels)

    assert two.se == pytest.approx(one.se * unit, rel=1e-6, abs=1e-9 * unit)
    assert two.df == pytest.approx(one.df, rel=1e-6)


def test_units_of_the_moderators_do_not_matter_to_the_joint_tests():
    """HTB but for: it counts entries of the covariance by their place."""
    one = robust(pool(YI, VI, mods={"dose": DOSE, "x": DOSE[::-1] ** 2}), CLUSTER)
    two = robust(pool(YI, VI, mods={"dose": 1e7 * DOSE, "x": 1e-7 * DOSE[::-1] ** 2}), CLUSTER)
    for test in ("chi-sq", "Naive-F", "HTA", "HTZ", "EDF", "EDT"):
        assert two.wald(test=test).p == pytest.approx(one.wald(test=test).p, rel=1e-6), test


def test_a_joint_test_that_the_working_model_cannot_tell_is_none():
    """Two of the three categories are of one cluster each, which the model fits exactly."""
    form = ["b" if label == "f" else "c" if label == "d" else "a" for label in CLUSTER]
    found = robust(pool(YI, VI, mods={"form": form}, intercept=False), CLUSTER)

    joint = found.wald(["form[a]", "form[b]"])

    assert joint.statistic is None
    assert joint.notes
    assert found.coefficients[1].p is None


def test_clusters_as_many_as_coefficients_have_the_plain_sandwich():
    three = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
    fit = pool(YI, VI, mods={"dose": DOSE, "x": DOSE**2})

    assert robust(fit, three, type="CR0", test="z").coefficients[0].se > 0.0
    assert robust(fit, three, type="CR1", test="naive-t").coefficients[0].df == 2.0


def test_a_joint_test_of_one_combination_is_its_t_test():
    found = robust(marginal(), CLUSTER)
    for test in ("HTA", "HTB", "HTZ"):
        tested = found.wald(contrast={"intercept": 1, "dose": 2}, test=test)
        (one,) = tested.contrasts

        assert one.name == "intercept + 2 × dose"
        assert tested.statistic == pytest.approx(one.statistic**2, rel=1e-12)
        assert tested.df_residual == pytest.approx(one.df, rel=1e-10)
        assert tested.p == pytest.approx(one.p, rel=1e-10)


def test_an_interval_holds_the_values_that_are_not_refused():
    found = robust(marginal(), CLUSTER, test="saddlepoint", level=0.9)
    for index, one in enumerate(found.coefficients):
        for limit in (one.ci_low, one.ci_high):
            (tested,) = found.wald(index, value=limit).contrasts

            assert tested.p == pytest.approx(0.1, rel=1e-6)


def test_a_saddlepoint_p_value_is_near_that_of_t_where_that_is_exact():
    """Equal weights make the squared statistic an F with 1 and n degrees of freedom."""
    for n in (3, 8, 30):
        for t in (0.2, 1.7, 3.0, 6.0):
            exact = 2.0 * stats.t.sf(t, n)

            assert saddlepoint(t, np.ones(n)).p == pytest.approx(exact, rel=0.1)
        assert saddlepoint(critical_value(0.95, np.ones(n)), np.ones(n)).p == pytest.approx(0.05)
    assert saddlepoint(0.0, np.ones(3)).p == 1.0


def test_saddlepoint_p_values_fall_far_out_without_falling_below_nothing():
    p = [saddlepoint(t, np.ones(40)).p for t in np.geomspace(1.2, 200.0, 60)]

    assert np.all(np.diff(p) < 0.0)
    assert p[-1] > 0.0


def test_a_sparse_covariance_gives_what_a_dense_one_gives():
    fit = marginal()
    thin = replace(fit, M=sparse.csr_array(fit.M), W=sparse.csr_array(fit.W))

    one, two = robust(fit, CLUSTER), robust(thin, CLUSTER)

    np.testing.assert_allclose(two.vb, one.vb, rtol=1e-10)
    assert two.joint.p == pytest.approx(one.joint.p, rel=1e-10)


def test_a_multilevel_model_gives_its_blocks_what_its_whole_matrices_give():
    labels = [str(one) for one in range(12)]
    y, v = np.tile(YI, 12) + np.repeat(np.arange(12.0), 9) / 10.0, np.tile(VI, 12)
    fit = multilevel(y, v, random={"study": np.repeat(labels, 9)}, mods={"dose": np.tile(DOSE, 12)})
    whole = Marginal(fit.yi, fit.design, fit.names, fit.M, fit.W, fit.rows)
    clusters = np.repeat(labels, 9)

    one, two = robust(fit, clusters), robust(whole, clusters)

    assert sparse.issparse(_by_blocks(fit)[0])
    np.testing.assert_allclose(one.vb, two.vb, rtol=1e-10)
    assert one.joint.p == pytest.approx(two.joint.p, rel=1e-8)


def test_effects_that_are_correlated_across_clusters_have_the_plain_sandwich_only():
    fit = marginal()
    each = np.arange(9)
    xw = fit.design.T @ fit.W
    bread = np.linalg.inv(xw @ fit.design)
    left = YI - fit.design @ (bread @ (xw @ YI))

    found = robust(fit, each, type="CR0", test="z")

    np.testing.assert_allclose(found.vb, bread @ (xw * left**2) @ xw.T @ bread, rtol=1e-9)
    with pytest.raises(InputError, match="effects of different clusters are correlated"):
        robust(fit, each)
    with pytest.raises(InputError, match="effects of different clusters are correlated"):
        robust(fit, each, type="CR0", test="Satterthwaite")


def test_rows_left_out_of_the_fit_are_left_out_of_the_clusters():
    y = np.insert(YI, 3, np.nan)
    fit = pool(y, np.insert(VI, 3, 0.1))

    whole = robust(fit, [*CLUSTER[:3], None, *CLUSTER[3:]])

    assert whole.se == robust(fit, CLUSTER).se == robust(pool(YI, VI), CLUSTER).se


def test_a_coefficient_that_one_cluster_speaks_to_has_no_standard_error():
    """Its effects are fitted exactly in that direction: no residual, no variance."""
    form = ["one" if label == "f" else "rest" for label in CLUSTER]
    fit = pool(YI, VI, mods={"form": form}, intercept=False)

    found = robust(fit, CLUSTER, type="CR1p", test="naive-tp")
    corrected = robust(fit, CLUSTER)

    alone, rest = found.coefficients
    joint = found.wald(["form[one]", "form[rest]"])
    assert (alone.se, alone.statistic, alone.p, alone.ci_low) == (0.0, None, None, None)
    assert rest.p > 0.0
    assert any("standard error of form[one] is 0" in note for note in found.notes)
    assert joint.statistic is None
    assert "singular" in joint.notes[0]
    assert joint.df_residual == 4.0
    assert any("exactly in some direction" in note for note in corrected.notes)


def test_results_are_shown_and_handed_on():
    found = robust(pool(YI, VI, mods={"dose": DOSE}), CLUSTER)

    shown = found.summary()
    frame = found.to_frame()

    assert "9 effects in 6 clusters (1 to 2 each, median 1.5)" in shown
    assert "Test of moderators (HTZ): F(1, " in shown
    assert list(frame["name"]) == ["intercept", "dose"]
    assert frame["se"].tolist() == [one.se for one in found.coefficients]
    assert found.to_dict()["joint"]["contrasts"][0]["name"] == "dose"
    assert robust(pool(YI, VI), CLUSTER).to_dict()["se"] == robust(pool(YI, VI), CLUSTER).se
    with pytest.raises(InputError, match="2 coefficients, and no one estimate"):
        _ = found.estimate


def test_few_degrees_of_freedom_are_warned_of():
    rare = np.array([0.0, 0, 0, 0, 0, 0, 1, 0, 1])

    found = robust(pool(YI, VI, mods={"rare": rare}), CLUSTER)

    assert any("Fewer than 4 degrees of freedom for" in note for note in found.notes)
    plain = robust(pool(YI, VI), CLUSTER, small_sample=False)
    assert any("small_sample=True corrects for that" in note for note in plain.notes)


@pytest.mark.parametrize(
    ("cluster", "error", "message"),
    [
        (["a"] * 9, StatisticsError, "in one cluster"),
        (["a", "b"], InputError, "has 2 labels, and the fit used 9"),
        ([*CLUSTER[:8], None], InputError, "no label for row 9"),
        ([1.0, 1, 2, 2, 3, 4, 5, 5, np.nan], InputError, "no label for row 9"),
        (np.ones((9, 2)), InputError, "2 dimensions"),
        ([*CLUSTER[:8], np.nan], InputError, "no label for row 9"),
        (3, InputError, "`cluster` is int"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(cluster, error, message):
    with pytest.raises(error, match=message):
        robust(pool(YI, VI), cluster)


def test_fits_and_choices_that_cannot_be_used_are_refused():
    fit = pool(YI, VI, mods={"dose": DOSE, "x": DOSE**2, "y": DOSE**3})
    counts = mantel_haenszel([3, 5], [20, 30], [6, 9], [20, 30])
    three = ["a", "a", "a", "b", "b", "b", "c", "c", "c"]
    with pytest.raises(InputError, match="pools counts"):
        robust(counts, ["a", "b"])
    with pytest.raises(NotFoundError, match="type of sandwich 'CR4'"):
        robust(fit, CLUSTER, type="CR4")
    with pytest.raises(NotFoundError, match="test 'knha'"):
        robust(fit, CLUSTER, test="knha")
    with pytest.raises(NotFoundError, match="joint test 'HTX'"):
        robust(fit, CLUSTER).wald(test="HTX")
    with pytest.raises(StatisticsError, match="3 clusters cannot carry 4 coefficients"):
        robust(fit, three, small_sample=False)
    with pytest.raises(StatisticsError, match="leave no degree of freedom"):
        robust(fit, three, type="CR0", test="naive-tp")
    with pytest.raises(StatisticsError, match="at least two"):
        robust(pool([0.1], [0.2]), ["a"])
    with pytest.raises(InputError, match="one number, or one for each of the 3"):
        robust(fit, CLUSTER).wald(value=[1.0, 2.0])
