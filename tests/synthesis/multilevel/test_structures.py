"""Structures do what they say: covariances by hand, special cases, values that are held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from weigh.errors import InputError, NotFoundError
from weigh.synthesis.multilevel import multilevel

approx = pytest.approx
RNG = np.random.default_rng(404)
TRIAL = np.repeat(np.arange(7), 3)
LEVEL = np.tile(np.arange(3), 7)
VI = RNG.uniform(0.02, 0.2, 21)
YI = RNG.normal(0.0, 0.4, 7)[TRIAL] + RNG.normal(0.0, 0.2, 21) + np.sqrt(VI) * RNG.normal(size=21)
X = RNG.normal(size=21)
PLACES = RNG.uniform(0.0, 5.0, (21, 2))
TABLE = {
    "trial": TRIAL,
    "level": [f"l{index}" for index in LEVEL],
    "step": LEVEL,
    "time": np.array([0.0, 1.0, 3.5])[LEVEL],
    "x": X,
    "east": PLACES[:, 0],
    "north": PLACES[:, 1],
    "one": np.ones(21, dtype=int),
}
SAME = TRIAL[:, None] == TRIAL[None, :]


def by_level(correlation, variances):
    sd = np.sqrt(np.asarray(variances))
    g = correlation * np.outer(sd, sd)
    return g[LEVEL[:, None], LEVEL[None, :]] * SAME


def steps(rho):
    return rho ** np.abs(np.subtract.outer(np.arange(3), np.arange(3)))


def all_alike(rho):
    return np.where(np.eye(3) > 0, 1.0, rho)


def by_time(rho):
    time = np.array(TABLE["time"])
    return rho ** np.abs(time[:, None] - time[None, :])


DISTANCE = np.sqrt(((PLACES[:, None, :] - PLACES[None, :, :]) ** 2).sum(axis=2))
Z = np.column_stack([np.ones(21), X])
PAIRS = np.array([[1.0, 0.2, -0.1], [0.2, 1.0, 0.4], [-0.1, 0.4, 1.0]])
CASES = {
    "CS": ("~ level | trial", [0.2], [0.4], 0.2 * by_level(all_alike(0.4), [1, 1, 1])),
    "HCS": ("~ level | trial", [0.2, 0.1, 0.3], [0.4], by_level(all_alike(0.4), [0.2, 0.1, 0.3])),
    "UN": ("~ level | trial", [0.2, 0.1, 0.3], [0.2, -0.1, 0.4], by_level(PAIRS, [0.2, 0.1, 0.3])),
    "ID": ("~ level | trial", [0.2], None, by_level(np.eye(3), [0.2] * 3)),
    "DIAG": ("~ level | trial", [0.2, 0.1, 0.3], None, by_level(np.eye(3), [0.2, 0.1, 0.3])),
    "AR": ("~ step | trial", [0.2], [-0.4], by_level(steps(-0.4), [0.2] * 3)),
    "HAR": ("~ step | trial", [0.2, 0.1, 0.3], [0.4], by_level(steps(0.4), [0.2, 0.1, 0.3])),
    "CAR": ("~ time | trial", [0.2], [0.6], 0.2 * by_time(0.6) * SAME),
    "SPEXP": ("~ east + north | one", [0.2], [1.5], 0.2 * np.exp(-DISTANCE / 1.5)),
    "SPGAU": ("~ east + north | one", [0.2], [1.5], 0.2 * np.exp(-((DISTANCE / 1.5) ** 2))),
    "SPRAT": ("~ east + north | one", [0.2], [1.5], 0.2 / (1.0 + (DISTANCE / 1.5) ** 2)),
    "SPLIN": (
        "~ east + north | one",
        [0.2],
        [1.5],
        0.2 * np.where(DISTANCE < 1.5, 1.0 - DISTANCE / 1.5, 0.0),
    ),
    "SPSPH": (
        "~ east + north | one",
        [0.2],
        [1.5],
        0.2
        * np.where(DISTANCE < 1.5, 1.0 - 1.5 * DISTANCE / 1.5 + 0.5 * (DISTANCE / 1.5) ** 3, 0.0),
    ),
    "GEN": (
        "~ x | trial",
        [0.2, 0.1],
        [0.3],
        (Z @ np.array([[0.2, 0.3 * np.sqrt(0.02)], [0.3 * np.sqrt(0.02), 0.1]]) @ Z.T) * SAME,
    ),
    "GDIAG": ("~ x | trial", [0.2, 0.1], None, (Z @ np.diag([0.2, 0.1]) @ Z.T) * SAME),
}


@pytest.mark.parametrize("struct", CASES)
def test_the_covariance_is_the_one_written_down(struct):
    random, tau2, rho, covariance = CASES[struct]

    fit = multilevel(
        YI, VI, random=random, struct=struct, tau2=tau2, rho=rho, data=TABLE, method="ML"
    )

    assert approx(np.diag(VI) + covariance, abs=1e-12) == fit.M
    whole = multivariate_normal(fit.fitted, np.diag(VI) + covariance)
    assert fit.log_likelihood == approx(whole.logpdf(YI), abs=1e-9)
    assert [one.held for one in fit.components] == [True] * len(fit.components)
    assert fit.full.parameters == 1


@pytest.mark.parametrize("struct", CASES)
def test_the_estimate_is_the_highest_of_all_that_are_tried(struct):
    random, tau2, rho, _ = CASES[struct]
    best = multilevel(YI, VI, random=random, struct=struct, data=TABLE)

    held = multilevel(YI, VI, random=random, struct=struct, tau2=tau2, rho=rho, data=TABLE)

    assert best.log_likelihood >= held.log_likelihood
    again = multilevel(
        YI,
        VI,
        random=random,
        struct=struct,
        tau2=[one.value for one in best.components if one.kind == "tau2"],
        rho=[one.value for one in best.components if one.kind == "rho"] or None,
        data=TABLE,
    )
    assert again.log_likelihood == approx(best.log_likelihood, abs=1e-7)


def test_correlated_groups_are_weighted_by_their_correlation():
    """A known correlation matrix of trials, whichever order its rows come in."""
    apart = np.abs(np.subtract.outer(np.arange(7), np.arange(7)))
    known = 0.7**apart
    order = [3, 0, 6, 1, 5, 2, 4]
    names = [str(index) for index in order]
    frame = pd.DataFrame(known[np.ix_(order, order)], index=names, columns=names)

    fit = multilevel(YI, VI, random={"trial": TRIAL}, R={"trial": frame}, sigma2=0.3, method="ML")
    other = multilevel(YI, VI, random={"trial": TRIAL}, R={"trial": np.eye(7)})
    plain = multilevel(YI, VI, random={"trial": TRIAL})

    by_hand = np.diag(VI) + 0.3 * known[TRIAL[:, None], TRIAL[None, :]]
    assert approx(by_hand, abs=1e-12) == fit.M
    assert other.log_likelihood == approx(plain.log_likelihood, abs=1e-10)


def test_phylogenies_are_shares_of_descent():
    distance = 2.0 * np.abs(np.subtract.outer(np.arange(21), np.arange(21))) / 20.0
    for struct, rho, correlation in (
        ("PHYBM", None, 1.0 - distance / 2.0),
        ("PHYPL", 0.5, np.where(np.eye(21) > 0, 1.0, 0.5 * (1.0 - distance / 2.0))),
        ("PHYPD", 2.0, (1.0 - distance / 2.0) ** 2.0),
    ):
        fit = multilevel(
            YI,
            VI,
            random="~ step | one",
            struct=struct,
            tau2=0.2,
            rho=rho,
            dist=distance,
            data=TABLE,
        )
        assert approx(np.diag(VI) + 0.2 * correlation, abs=1e-12) == fit.M


def test_two_terms_have_two_sets_of_components():
    fit = multilevel(
        YI,
        VI,
        random=["~ level | trial", "~ step | one", "~ 1 | level"],
        struct=["CS", "AR"],
        data=TABLE,
        rho=0.5,
        phi=0.2,
    )

    assert [one.name for one in fit.components] == [
        "tau2",
        "rho",
        "gamma2",
        "phi",
        "sigma2[level]",
    ]
    assert [one.held for one in fit.components] == [False, True, False, True, False]


def test_levels_that_never_meet_have_no_correlation():
    level = np.where(TRIAL < 4, LEVEL % 2, 2)
    fit = multilevel(
        YI,
        VI,
        random="~ level | trial",
        struct="UN",
        data={"trial": TRIAL, "level": [f"l{index}" for index in level]},
    )

    values = {one.name: (one.value, one.held) for one in fit.components}
    assert values["rho[l0, l2]"] == (0.0, True)
    assert not values["rho[l0, l1]"][1]
    assert any("never occur in the same group" in note for note in fit.notes)


def test_a_correlation_without_pairs_is_held_at_0():
    fit = multilevel(YI, VI, random="~ level | row", data=TABLE | {"row": np.arange(21)})

    assert (fit.component("rho").value, fit.component("rho").held) == (0.0, True)
    assert any("no group" in note.lower() for note in fit.notes)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"struct": "XY"}, NotFoundError, "XY"),
        ({"struct": "CS", "rho": 1.5}, InputError, "between -1 and 1"),
        ({"struct": "UN", "rho": [0.1, 0.2]}, InputError, "3 of them"),
        ({"struct": "CAR"}, InputError, "time as a number"),
        ({"struct": "PHYBM", "dist": None}, InputError, "needs a distance matrix"),
        ({"random": "~ level + x | trial"}, InputError, "more than one inner variable"),
        ({"R": {"nobody": np.eye(7)}}, NotFoundError, "nobody"),
    ],
)
def test_what_a_structure_cannot_take_is_said(given, error, words):
    with pytest.raises(error, match=words):
        multilevel(YI, VI, **({"random": "~ level | trial", "data": TABLE} | given))


def test_a_common_correlation_stops_where_three_effects_have_a_covariance():
    """Three effects can have one correlation of -1/2 at the least."""
    away = np.tile([1.0, -1.0, 0.0], 7) * np.where(TRIAL % 2, 1.0, -1.0)
    fit = multilevel(away, 0.1 * VI, random="~ level | trial", data=TABLE)

    assert fit.rho[0] == approx(-0.5)
    assert np.linalg.eigvalsh(fit.M - np.diag(0.1 * VI)).min() > -1e-12
    assert any("end of its range" in note for note in fit.notes)
