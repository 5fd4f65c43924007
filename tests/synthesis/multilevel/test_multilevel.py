"""What a model of dependent effects keeps to, whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.multilevel import multilevel

approx = pytest.approx

RANDOM = np.random.default_rng(20260301)
STUDY = np.repeat(np.arange(12), 4)
YI = RANDOM.normal(0.3, 0.2, 12)[STUDY] + RANDOM.normal(0.0, 0.25, 48)
VI = RANDOM.uniform(0.01, 0.08, 48)
EFFECT = np.arange(48)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_one_random_intercept_a_study_is_the_model_of_pool(method):
    fit = multilevel(YI, VI, random={"effect": EFFECT}, method=method)
    plain = pool(YI, VI, method=method)

    assert fit.components[0].value == approx(plain.tau2, rel=1e-8)
    assert fit.coefficients[0].estimate == approx(plain.estimate, rel=1e-8)
    assert fit.coefficients[0].se == approx(plain.se, rel=1e-8)
    assert fit.qe == approx(plain.q, rel=1e-10)
    assert fit.pi_low == approx(plain.pi_low, rel=1e-7)


def test_without_random_effects_it_is_the_common_effect():
    fit = multilevel(YI, VI)
    plain = pool(YI, VI, method="EE")

    assert fit.coefficients[0].estimate == approx(plain.estimate, rel=1e-12)
    assert fit.components == ()
    assert fit.pi_low is None


def test_the_marginal_covariance_and_its_inverse_are_those_of_the_components():
    fit = multilevel(YI, VI, random={"study": STUDY, "effect": EFFECT})
    between, within = (one.value for one in fit.components)
    by_hand = np.diag(VI + within) + between * (STUDY[:, None] == STUDY[None, :])

    assert approx(by_hand, rel=1e-9) == fit.M
    assert approx(np.eye(48), abs=1e-9) == fit.M @ fit.W
    weights = np.linalg.inv(by_hand)
    assert fit.vb[0, 0] == approx(1.0 / weights.sum(), rel=1e-9)
    assert fit.residuals == approx(YI - fit.coefficients[0].estimate, rel=1e-9)
    assert sorted(np.concatenate(fit.blocks)) == list(range(48))
    assert len(fit.blocks) == 12


def test_crossed_effects_that_are_kept_apart_give_the_same_as_one_block(monkeypatch):
    """The identity of Woodbury is another way to the same numbers."""
    rng = np.random.default_rng(7)
    a, b = rng.integers(0, 12, 120), rng.integers(0, 9, 120)
    y = rng.normal(0, 0.3, 12)[a] + rng.normal(0, 0.2, 9)[b] + rng.normal(0, 0.3, 120)
    v = rng.uniform(0.02, 0.1, 120)
    random = {"a": a, "b": b, "row": np.arange(120)}
    apart = multilevel(y, v, random=random)
    assert apart.solved.likelihood.width > 0

    monkeypatch.setattr("weigh.synthesis.multilevel.layout._SMALL", 10_000)
    whole = multilevel(y, v, random=random)

    assert whole.solved.likelihood.width == 0
    assert [one.value for one in apart.components] == approx(
        [one.value for one in whole.components], rel=1e-7
    )
    assert [one.se for one in apart.components] == approx(
        [one.se for one in whole.components], rel=1e-6
    )
    assert apart.log_likelihood == approx(whole.log_likelihood, abs=1e-9)
    assert approx(whole.M, abs=1e-8) == apart.M


def test_blocks_a_matrix_and_variances_are_read_alike():
    blocks = [np.diag(VI[study == STUDY]) for study in range(12)]
    random = {"study": STUDY}
    one, two, three = (multilevel(YI, v, random=random) for v in (VI, np.diag(VI), blocks))

    assert one.log_likelihood == approx(two.log_likelihood, abs=1e-10)
    assert one.log_likelihood == approx(three.log_likelihood, abs=1e-10)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"random": "~ 1 | study"}, InputError, "no table"),
        ({"random": "1 | study", "data": {"study": STUDY}}, InputError, "cannot be read"),
        ({"random": "~ 1 | stud", "data": {"study": STUDY}}, NotFoundError, "stud"),
        ({"random": {"study": STUDY[:5]}}, InputError, "48 effects"),
        ({"V": VI[:5]}, InputError, "5 variances for 48 effects"),
        ({"V": np.triu(np.ones((48, 48)))}, InputError, "not symmetric"),
        ({"method": "DL"}, NotFoundError, "DL"),
        ({"sigma2": [0.1, 0.2, 0.3], "random": {"study": STUDY}}, InputError, "`sigma2` has 3"),
        ({"sigma2": -1.0, "random": {"study": STUDY}}, InputError, "0 or above"),
        ({"mods": np.eye(48)}, StatisticsError, "cannot carry"),
        ({"random": "~ 1 | study", "data": "table"}, InputError, "`data` is str"),
        ({"random": "~ 1 | study", "data": {"study": 3}}, InputError, "'study' is int"),
        ({"mods": "~ x", "data": {"x": YI, "y": [1]}}, InputError, "`data` is no table"),
        ({"mods": "~ x", "data": {"x": [*YI[1:], 1e300]}}, InputError, "'x' goes up to 1e"),
        ({"random": 3}, InputError, "`random` is 3; it is a formula"),
        ({"struct": None, "random": {"study": STUDY}}, InputError, "`struct` is None"),
        ({"sigma2": "low", "random": {"study": STUDY}}, InputError, "is 'low', and must be one"),
        ({"R": 3, "random": {"study": STUDY}}, InputError, "`R` is int"),
        ({"mods": {"x": 1.0}}, InputError, "Moderator 'x' is float"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(changed, error, words):
    with pytest.raises(error, match=words):
        multilevel(YI, **({"V": VI} | changed))


def test_a_missing_group_is_named():
    groups = ["a"] * 47 + [None]

    with pytest.raises(InputError, match="row 48"):
        multilevel(YI, VI, random={"study": groups})


def test_random_effects_may_be_named_in_several_ways():
    table = {"study": STUDY, "effect": EFFECT}
    fits = [
        multilevel(YI, VI, random=random, data=table)
        for random in (
            "~ 1 | study/effect",
            "study/effect",
            ["~ 1 | study", "~ 1 | effect"],
            {"study": STUDY, "effect": EFFECT},
            [STUDY, EFFECT],
            ["~ 1|study", {"effect": EFFECT}],
        )
    ]

    for fit in fits:
        assert fit.sigma2 == approx(fits[0].sigma2, rel=1e-8)
    assert [one.name for one in fits[1].components] == ["sigma2[study]", "sigma2[study/effect]"]
    assert fits[0].pooled.estimate == fits[0].coefficients[0].estimate


def test_frames_of_any_kind_give_the_columns():
    table = {"study": [f"s{index}" for index in STUDY], "effect": EFFECT}
    random = "~ 1 | study/effect"
    plain = multilevel(YI, VI, random=random, data=table)

    for frame in (pd.DataFrame(table), pl.DataFrame(table)):
        assert multilevel(YI, VI, random=random, data=frame).sigma2 == plain.sigma2
    ordered = pd.DataFrame(table)
    backwards = sorted(set(table["study"]), reverse=True)
    ordered["study"] = pd.Categorical(ordered["study"], categories=backwards)
    turned = multilevel(YI, VI, random="~ 1 | study", data=ordered)
    assert turned.ranef()[0].names == tuple(backwards)


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_groups_of_known_correlation_give_the_same_kept_apart_or_not(method, monkeypatch):
    """Species that are related, beside studies and effects, by either way of algebra."""
    rng = np.random.default_rng(17)
    species, study = rng.integers(0, 14, 130), rng.integers(0, 25, 130)
    known = 0.8 ** np.abs(np.subtract.outer(np.arange(14), np.arange(14)))
    own = np.linalg.cholesky(known) @ rng.normal(size=14)
    v = rng.uniform(0.02, 0.1, 130)
    y = 0.4 * own[species] + rng.normal(0, 0.2, 25)[study] + rng.normal(0, 0.3, 130)
    given = {
        "random": {"species": species, "study": study, "row": np.arange(130)},
        "R": {"species": known},
        "method": method,
        "mods": rng.normal(size=130),
    }
    apart = multilevel(y, v, **given)
    assert apart.solved.likelihood.width > 0
    monkeypatch.setattr("weigh.synthesis.multilevel.layout._SMALL", 10_000)
    whole = multilevel(y, v, **given)

    assert apart.sigma2 == approx(whole.sigma2, rel=1e-6)
    assert apart.log_likelihood == approx(whole.log_likelihood, abs=1e-8)
    assert [one.se for one in apart.components] == approx(
        [one.se for one in whole.components], rel=1e-5
    )
    assert apart.ranef()[0].estimate == approx(whole.ranef()[0].estimate, abs=1e-6)
