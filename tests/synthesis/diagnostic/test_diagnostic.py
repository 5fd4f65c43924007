"""Sensitivity and specificity, pooled together."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.diagnostic import diagnostic
from weigh.synthesis.diagnostic.bivariate import fit_bivariate
from weigh.synthesis.diagnostic.counts import _Likelihood
from weigh.synthesis.diagnostic.moments import covariance_by_moments
from weigh.synthesis.diagnostic.tables import check_tables
from weigh.synthesis.pooling import pool

# AUDIT-C questionnaire, after Kriston et al 2008 (first ten studies).
TP = [47, 126, 19, 36, 130, 84, 68, 752, 59, 142]
FN = [9, 51, 10, 3, 19, 2, 0, 0, 5, 50]
FP = [101, 272, 12, 78, 211, 68, 112, 3226, 55, 571]
TN = [738, 1543, 192, 276, 959, 89, 423, 2977, 136, 2788]
CELLS = (TP, FP, FN, TN)


def _log_likelihood(psi, beta, y, v):
    """By the definition: the density of a bivariate normal, study by study."""
    return sum(
        stats.multivariate_normal.logpdf(one, beta, psi + np.diag(own))
        for one, own in zip(y, v, strict=True)
    )


def test_the_likelihood_is_the_density_of_the_logits():
    fit = diagnostic(*CELLS, method="ML")
    y, v = fit.tables.logits()

    assert fit.log_likelihood == pytest.approx(_log_likelihood(fit.psi, fit.beta, y, v), abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(3, 12))
def test_no_other_covariance_is_more_likely(seed, k):
    """On random data, many of them with a singular covariance, against another search."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.02, 0.8, (k, 2))
    y = rng.normal(0.0, np.sqrt(v + rng.uniform(0.0, 0.6, 2)))
    fit = fit_bivariate(y, v, restricted=False)

    def value(psi):
        w = np.linalg.inv(psi + np.array([np.diag(own) for own in v]))
        beta = np.linalg.solve(w.sum(axis=0), np.einsum("kij,kj->i", w, y))
        return _log_likelihood(psi, beta, y, v)

    for _ in range(20):
        root = rng.normal(0.0, 0.7, (2, 2))
        assert value(root @ root.T) <= fit.log_likelihood + 1e-8
    assert fit.certified


def test_sides_that_are_unrelated_are_pooled_as_if_alone():
    """Where each logit has one variance in all studies, the means are plain means."""
    y = np.array([[1.0, -2.0], [2.0, -2.5], [1.5, -1.0], [0.5, -3.0]])
    v = np.full((4, 2), 0.1)

    fit = fit_bivariate(y, v, restricted=True)

    np.testing.assert_allclose(fit.beta, y.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(fit.psi, np.cov(y.T) - 0.1 * np.eye(2), rtol=1e-6)


def test_moments_of_each_side_are_those_of_dersimonian_and_laird():
    """Where no eigenvalue has to be set to 0."""
    rng = np.random.default_rng(3)
    v = rng.uniform(0.05, 0.3, (15, 2))
    y = rng.normal(0.0, np.sqrt(v + 0.8))

    psi = covariance_by_moments(y, v)

    alone = [pool(y[:, i], v[:, i], method="DL").tau2 for i in (0, 1)]
    np.testing.assert_allclose(np.diagonal(psi), alone, rtol=1e-10)


def test_a_test_read_the_other_way_round_has_the_other_summary_point():
    """Positive for negative and sick for healthy: sensitivity becomes specificity."""
    fit = diagnostic(*CELLS)

    turned = diagnostic(TN, FN, FP, TP)

    assert turned.sensitivity.estimate == pytest.approx(fit.specificity.estimate, rel=1e-6)
    assert turned.specificity.ci_low == pytest.approx(fit.sensitivity.ci_low, rel=1e-6)
    assert turned.dor.estimate == pytest.approx(fit.dor.estimate, rel=1e-6)


def test_hsroc_parameters_give_the_bivariate_model_back():
    """Harbord's equations, solved for the bivariate parameters."""
    fit = diagnostic(*CELLS)
    of = fit.hsroc
    wide = np.exp(of.shape / 2.0)

    sens = (of.threshold + 0.5 * of.accuracy) / wide
    fpr = (of.threshold - 0.5 * of.accuracy) * wide
    np.testing.assert_allclose([sens, fpr], fit.beta, rtol=1e-10)
    total = of.threshold_variance + 0.25 * of.accuracy_variance
    across = of.threshold_variance - 0.25 * of.accuracy_variance
    variances = [total / wide**2, total * wide**2]
    np.testing.assert_allclose(variances, np.diagonal(fit.psi), rtol=1e-10)
    assert across == pytest.approx(fit.psi[0, 1], rel=1e-9)


def test_the_area_below_a_symmetric_curve_is_its_closed_form():
    """Slope 1: a constant odds ratio d, for which the area is d (d - 1 - log d) / (d - 1)²."""
    fit = diagnostic(*CELLS)
    odds = 20.0
    curve = type(fit.curve())(kind="hsroc", intercept=np.log(odds), slope=1.0, observed=(0.1, 0.4))

    closed = odds * (odds - 1.0 - np.log(odds)) / (odds - 1.0) ** 2
    assert curve.area() == pytest.approx(closed, rel=1e-9)
    assert curve.sensitivity([0.0, 1.0]).tolist() == [0.0, 1.0]
    parts = 0.3 * curve.area(0.1, 0.4) + 0.6 * curve.area(0.4, 1.0) + 0.1 * curve.area(0.0, 0.1)
    assert parts == pytest.approx(curve.area(), rel=1e-9)


def test_regions_hold_their_share_and_nest():
    """Every point of a border is as far from the centre as the quantile says."""
    fit = diagnostic(*CELLS)

    border = special.logit(fit.region(quantile="chi2", points=40))[:, ::-1] - fit.beta

    far = np.einsum("pi,ij,pj->p", border, np.linalg.inv(fit.vb), border)
    np.testing.assert_allclose(far, stats.chi2.ppf(0.95, 2), rtol=1e-8)
    wide = fit.region("prediction")
    assert np.ptp(wide[:, 1]) > np.ptp(fit.region()[:, 1])
    assert np.ptp(fit.region()[:, 1]) > np.ptp(fit.region(quantile="chi2")[:, 1])


def test_the_likelihood_of_counts_is_an_integral():
    """Against integration over a fine grid; five points a side are good to 1e-5."""
    tables = check_tables([19, 3], [12, 1], [10, 0], [192, 20], None)
    at = np.array([0.8, -2.5, 0.9, 0.4, 0.7])
    lower = np.array([[0.9, 0.0], [0.4, 0.7]])

    grid = np.linspace(-8.0, 8.0, 401)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    theta = at[:2] + np.stack([a, b], axis=-1) @ lower.T
    total = 0.0
    for i in range(2):
        p, q = special.expit(theta[..., 0]), special.expit(theta[..., 1])
        height = stats.binom.pmf(tables.tp[i], tables.sick[i], p)
        height = height * stats.binom.pmf(tables.fp[i], tables.healthy[i], q)
        height = height * stats.norm.pdf(a) * stats.norm.pdf(b)
        total += np.log(integrate.trapezoid(integrate.trapezoid(height, grid), grid))

    assert _Likelihood(tables, 15)(at) == pytest.approx(total, abs=1e-8)
    assert _Likelihood(tables, 5)(at) == pytest.approx(total, abs=1e-4)


def test_counts_need_no_correction():
    fit = diagnostic(*CELLS, method="GLMM", add=0.0, to="none")

    assert fit.sensitivity.estimate == pytest.approx(0.94, abs=0.03)
    assert fit.certified is None
    assert not any("added" in note for note in fit.notes)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(*[st.integers(1, 60)] * 4), min_size=3, max_size=9))
def test_intervals_hold_their_estimates(rows):
    cells = np.array(rows).T
    fit = diagnostic(*cells)
    for one in (fit.sensitivity, fit.specificity, fit.dor, fit.positive_lr, fit.negative_lr):
        assert one.ci_low <= one.estimate <= one.ci_high
    found = fit.studies(interval="clopper-pearson")
    assert (found.sensitivity_low < found.sensitivity).all()
    assert (found.specificity < found.specificity_high).all()


def test_proportional_hazards_of_one_curve_is_that_curve():
    """Studies that all lie on sensitivity = fpr ** 0.2, nearly without chance."""
    fpr = np.array([0.05, 0.1, 0.2, 0.3])
    n = 1e6
    sens = np.round(n * fpr**0.2)
    fit = diagnostic(sens, n * fpr, n - sens, n - n * fpr)

    hazards = fit.proportional_hazards()

    assert hazards.theta == pytest.approx(0.2, rel=1e-4)
    assert hazards.tau2 == 0.0
    assert hazards.tau2_se is None
    assert hazards.auc == pytest.approx(1.0 / 1.2, rel=1e-4)


def test_a_result_is_json_and_a_frame_and_a_printout():
    fit = diagnostic(*CELLS, slab=list("abcdefghij"))

    record = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    json.dumps(fit.ratio("LR-").to_dict(), allow_nan=False)
    json.dumps(fit.proportional_hazards().to_dict(), allow_nan=False)

    assert record["k"] == 10
    assert record["curve"]["auc"] == pytest.approx(fit.curve().area())
    frame = fit.to_frame()
    assert list(frame["study"]) == list("abcdefghij")
    assert "sensitivity " in fit.summary()
    assert "2 of 10 studies" in fit.summary()


def test_without_variation_there_is_a_point_and_no_curve():
    fit = diagnostic(*CELLS, method="EE")

    assert fit.hsroc is None
    assert fit.rho is None
    with pytest.raises(StatisticsError, match="no summary curve"):
        fit.curve()


def test_rows_with_a_missing_count_are_left_out_by_name():
    fit = diagnostic([*TP, np.nan], [*FP, 3], [*FN, 4], [*TN, 5], slab=list("abcdefghijk"))

    assert fit.k == 10
    assert "Left out for missing counts: k." in fit.notes


@pytest.mark.parametrize(
    ("cells", "options", "error", "words"),
    [
        (([1, 2], [3], [4, 5], [6, 7]), {}, InputError, "one entry a study"),
        (([1, -2, 3], [3] * 3, [4] * 3, [5] * 3), {}, StatisticsError, "Study 2"),
        (([1, 1e300, 3], [3] * 3, [4] * 3, [5] * 3), {}, StatisticsError, "Study 2"),
        (([1, 0, 3], [3] * 3, [4, 0, 1], [5] * 3), {}, StatisticsError, "nobody with"),
        (([1, 2], [3, 3], [4, 4], [5, 5]), {}, StatisticsError, "at least three"),
        ((TP, FP, FN, TN), {"to": "none"}, StatisticsError, "Study 7 has an empty cell"),
        ((TP, FP, FN, TN), {"method": "DL"}, NotFoundError, "DL"),
        ((TP, FP, FN, TN), {"points": 0}, InputError, "1 to 50"),
        ((TP, FP, FN, TN), {"level": 95}, InputError, "0.95"),
        ((TP, FP, FN, TN), {"points": 2.5}, InputError, "`points` is 2.5, .* a whole number"),
        ((TP, FP, FN, TN), {"add": -1}, InputError, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(cells, options, error, words):
    with pytest.raises(error, match=words):
        diagnostic(*cells, **options)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_studies_does_not_matter(seed):
    order = np.random.default_rng(seed).permutation(10)
    assume((order != np.arange(10)).any())

    turned = diagnostic(*(np.array(cell)[order] for cell in CELLS))

    fit = diagnostic(*CELLS)
    np.testing.assert_allclose(turned.psi, fit.psi, rtol=1e-6)
    np.testing.assert_allclose(turned.beta, fit.beta, rtol=1e-7)


def test_studies_that_are_all_alike_show_no_spread_of_hazards():
    fit = diagnostic([20] * 6, [5] * 6, [4] * 6, [50] * 6)

    with pytest.raises(StatisticsError, match="too much alike"):
        fit.proportional_hazards()
