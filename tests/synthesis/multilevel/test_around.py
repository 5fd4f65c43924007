"""What is asked of a fitted model: intervals, predictions, tests, influence, heterogeneity."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import chi2

from weigh.errors import InputError, NotFoundError
from weigh.synthesis import pool, tau2_interval
from weigh.synthesis.multilevel import multilevel

approx = pytest.approx
RNG = np.random.default_rng(99)
STUDY = np.repeat(np.arange(9), 3)
VI = RNG.uniform(0.02, 0.15, 27)
X = RNG.normal(size=27)
YI = 0.3 * X + RNG.normal(0.0, 0.4, 9)[STUDY] + np.sqrt(VI + 0.05) * RNG.normal(size=27)
DATA = {
    "study": STUDY,
    "effect": np.arange(27),
    "x": X,
    "outcome": np.tile(["a", "b", "c"], 9),
}
NESTED = {"random": "~ 1 | study/effect", "data": DATA}


@pytest.fixture(scope="module")
def fit():
    return multilevel(YI, VI, **NESTED)


@pytest.fixture(scope="module")
def regression():
    return multilevel(YI, VI, mods="~ x", **NESTED)


def test_a_limit_is_where_the_likelihood_has_fallen_by_the_quantile(fit):
    drop = 0.5 * chi2.ppf(0.9, 1)
    for one in fit.confint(level=0.9):
        for limit in (one.ci_low, one.ci_high):
            if limit > 0.0:
                fall = fit.log_likelihood - fit.profile(one.name, at=[limit]).log_likelihood[0]
                assert fall == approx(drop, abs=1e-6)
        assert one.sd == approx(tuple(np.sqrt([one.value, one.ci_low, one.ci_high])))


def test_the_interval_of_one_variance_is_that_of_pool():
    one = multilevel(YI, VI, random={"effect": DATA["effect"]})
    plain = tau2_interval(pool(YI, VI), "PL")
    (found,) = one.confint()

    assert (found.value, found.ci_low, found.ci_high) == approx(plain.tau2, rel=1e-5)


def test_wald_intervals_are_cut_off_where_a_component_ends(fit):
    for one, component in zip(fit.confint(kind="wald"), fit.components, strict=True):
        reach = 1.959964 * component.se
        assert one.ci_low == approx(max(component.value - reach, 0.0), abs=1e-6 * reach)
        assert one.ci_high == approx(component.value + reach, rel=1e-6)


def test_a_profile_is_highest_at_the_estimate(fit):
    found = fit.profile("sigma2[study]")

    assert found.highest == fit.log_likelihood
    assert (found.log_likelihood <= fit.log_likelihood + 1e-9).all()
    at = fit.profile("sigma2[study]", at=[found.estimate])
    assert at.log_likelihood[0] == approx(fit.log_likelihood, abs=1e-9)
    assert json.dumps(found.to_dict())


def test_components_are_found_by_name_and_unknown_ones_refused(fit):
    with pytest.raises(NotFoundError, match="no component 'tau2'"):
        fit.profile("tau2")
    with pytest.raises(NotFoundError):
        fit.component("sigma2")  # there are two
    held = multilevel(YI, VI, sigma2=[0.1, None], **NESTED)
    with pytest.raises(InputError, match="held fixed"):
        held.confint("sigma2[study]")
    assert [one.name for one in held.confint()] == ["sigma2[study/effect]"]


def test_predictions_are_the_line_with_its_error(regression):
    found = regression.predict({"x": [0.0, 2.0]})
    rows = np.array([[1.0, 0.0], [1.0, 2.0]])

    assert found.estimate == approx(rows @ regression.estimates)
    assert found.se**2 == approx(np.diag(rows @ regression.vb @ rows.T))
    total = sum(one.value for one in regression.components)
    assert (found.pi_high - found.estimate) / 1.959964 == approx(
        np.sqrt(found.se**2 + total), rel=1e-6
    )
    assert regression.predict().estimate == approx(regression.fitted)


def test_a_variance_for_each_level_needs_the_level_for_a_prediction_interval():
    fit = multilevel(YI, VI, random="~ outcome | study", struct="DIAG", data=DATA)

    assert fit.pi_low is None
    assert fit.predict(np.zeros((1, 0))).pi_low is None
    with pytest.raises(NotFoundError, match="'d'"):
        fit.predict(tau2_levels="d")
    wide = fit.predict(tau2_levels=list(DATA["outcome"]))
    values = {one.levels[0]: one.value for one in fit.components}
    spread = ((wide.pi_high - wide.estimate) / 1.959964) ** 2 - wide.se**2
    assert spread == approx([values[name] for name in DATA["outcome"]], rel=1e-5, abs=1e-9)


def test_random_effects_are_those_of_the_mixed_model_equations(fit):
    between, within = (one.value for one in fit.components)
    z = (STUDY[:, None] == np.arange(9)[None, :]).astype(float)
    e = np.eye(27)
    whole = np.column_stack([np.ones(27), z, e])
    weights = np.diag(1.0 / VI)
    penalty = np.diag([0.0] + [1.0 / between] * 9 + [1.0 / within] * 27)
    c = whole.T @ weights @ whole + penalty
    solution = np.linalg.solve(c, whole.T @ weights @ YI)
    error = np.sqrt(np.diag(np.linalg.inv(c)))

    study, effect = fit.ranef()

    assert solution[0] == approx(fit.estimates[0], rel=1e-7)
    assert study.estimate == approx(solution[1:10], abs=1e-7)
    assert study.se == approx(error[1:10], rel=1e-7)
    assert effect.estimate == approx(solution[10:], abs=1e-7)
    assert effect.se == approx(error[10:], rel=1e-7)


def test_leaving_out_a_study_is_the_model_without_it(regression):
    found = regression.influence(STUDY)
    kept = STUDY != 4
    without = multilevel(
        YI[kept],
        VI[kept],
        mods="~ x",
        random="~ 1 | study/effect",
        data={name: np.asarray(column)[kept] for name, column in DATA.items()},
    )
    moved = regression.estimates - without.estimates

    distance = moved @ np.linalg.inv(regression.vb) @ moved
    assert found.cooks_distance[4] == approx(distance, rel=1e-4)
    assert found.cluster[4] == "4"
    assert found.hat.sum() == approx(2.0)
    kept_components = regression.influence(STUDY, reestimate=False)
    assert kept_components.cooks_distance[4] != approx(found.cooks_distance[4], rel=1e-6)
    assert len(found.to_frame()) == 9


def test_two_models_are_compared_by_their_likelihoods(regression):
    small = multilevel(YI, VI, method="ML", **NESTED)
    big = multilevel(YI, VI, method="ML", mods="~ x", **NESTED)
    found = big.compare(small)

    assert found.df == 1
    assert found.lrt == approx(2.0 * (big.log_likelihood - small.log_likelihood))
    assert found.p == approx(chi2.sf(found.lrt, 1))
    with pytest.raises(InputError, match="REML have different moderators"):
        regression.compare(multilevel(YI, VI, **NESTED))
    with pytest.raises(InputError, match="different effects"):
        big.compare(multilevel(YI[1:], VI[1:], method="ML"))
    with pytest.raises(InputError, match="by ML and the other by REML"):
        regression.compare(small)
    with pytest.raises(InputError, match="all the moderators"):
        small.compare(big)


def test_a_variance_at_the_edge_is_noted_where_it_is_tested():
    found = multilevel(YI, VI, **NESTED).compare(multilevel(YI, VI))

    assert found.df == 2
    assert "too large" in found.notes[0]


def test_heterogeneity_of_one_variance_is_that_of_pool():
    one = multilevel(YI, VI, random={"effect": DATA["effect"]})

    assert one.heterogeneity().total == approx(pool(YI, VI).i2, rel=1e-7)


def test_shares_of_heterogeneity_make_up_the_total(fit):
    found = fit.heterogeneity()

    assert sum(found.shares) == approx(found.total)
    assert 0.0 <= found.jackson <= 100.0
    with pytest.raises(InputError, match="no random effects"):
        multilevel(YI, VI).heterogeneity()


@pytest.mark.parametrize(
    ("dfs", "expected"),
    [
        ("residual", (25.0, 25.0)),
        ("contain", (7.0, 25.0)),
        (12, (12.0, 12.0)),
        ([5, 6], (5.0, 6.0)),
    ],
)
def test_degrees_of_freedom_follow_the_rule(dfs, expected):
    fit = multilevel(YI, VI, mods="~ x", dfs=dfs, **NESTED)

    assert fit.ddf == expected
    assert [one.df for one in fit.coefficients] == list(expected)
    assert fit.test == "t"
    assert fit.qm_df == (1, expected[1])


def test_everything_is_told_in_json_and_in_print(regression):
    told = json.loads(json.dumps(regression.to_dict()))

    assert [one["name"] for one in told["coefficients"]] == ["intercept", "x"]
    assert told["aic"] == approx(-2.0 * told["log_likelihood"] + 8.0)
    assert told["sigma2"] == list(regression.sigma2)
    assert "rho" not in told
    with pytest.raises(InputError, match="no one pooled effect"):
        regression.pooled  # noqa: B018  # the access itself is what is tested
    printed = regression.summary()
    for words in ("sigma2[study]", "QM(df = 1)", "residual heterogeneity", "groups"):
        assert words in printed
    frame = regression.to_frame()
    assert frame["name"].tolist() == [
        "intercept",
        "x",
        "sigma2[study]",
        "sigma2[study/effect]",
    ]


def test_a_covariance_without_an_inverse_leaves_q_undefined():
    v = np.diag(VI)
    v[0, 1] = v[1, 0] = np.sqrt(VI[0] * VI[1])  # the same people measured the same way

    fit = multilevel(YI, v, **NESTED)

    assert fit.qe is None
    assert fit.qe_p is None
    assert fit.full.deviance is None
    assert any("no inverse" in note for note in fit.notes)
    assert json.dumps(fit.to_dict())


def test_effects_that_miss_something_are_left_out_by_name():
    yi = YI.copy()
    yi[3] = np.nan
    v = np.diag(VI)
    v[6, 7] = v[7, 6] = np.nan
    x = X.copy()
    x[10] = np.nan

    fit = multilevel(yi, v, mods={"x": x}, slab=[f"e{index}" for index in range(27)], **NESTED)

    assert fit.k == 23
    assert {3, 6, 7, 10} & set(fit.rows) == set()
    assert any("e3" in note for note in fit.notes)
    assert any("e10" in note for note in fit.notes)


def test_values_that_a_component_cannot_have_are_refused(fit):
    with pytest.raises(InputError, match=r"-1, and sigma2\[study\] lies between 0 and inf"):
        fit.profile("sigma2[study]", at=[-1.0])


def test_one_group_tells_nothing_of_how_groups_differ():
    one = multilevel(YI, VI, random={"all": ["x"] * 27, "effect": DATA["effect"]})
    plain = multilevel(YI, VI, random={"effect": DATA["effect"]})

    assert (one.component("sigma2[all]").value, one.component("sigma2[all]").held) == (0.0, True)
    assert one.log_likelihood == approx(plain.log_likelihood, abs=1e-9)
    assert any("one group of 'all'" in note for note in one.notes)


def test_what_the_data_cannot_tell_apart_has_no_standard_error():
    twice = multilevel(YI, VI, random={"a": STUDY, "b": STUDY})

    assert [one.se for one in twice.components] == [None, None]
    assert any("is flat" in note for note in twice.notes)
    assert sum(twice.sigma2) == approx(multilevel(YI, VI, random={"a": STUDY}).sigma2[0], rel=1e-6)


def test_errors_of_components_keep_their_digits_in_any_unit(fit):
    for scale in (1e75, 1e-75):
        other = multilevel(scale * YI, scale**2 * VI, **NESTED)
        for mine, its in zip(fit.components, other.components, strict=True):
            assert its.se / scale**2 == approx(mine.se, rel=1e-5)
