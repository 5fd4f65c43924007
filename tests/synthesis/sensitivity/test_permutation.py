"""Permutation tests: counted by hand, exact against sampled, and reproducible."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from synthesis.sensitivity.making import DOSE, VI, YI, study_sets

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import permutation_test


def test_all_effects_on_one_side_are_matched_by_their_mirror_alone():
    found = permutation_test(pool([0.1, 0.2, 0.3, 0.4, 0.5], [0.01] * 5, method="EE"))

    assert (found.exact, found.arrangements) == (True, 32)
    assert found.p.tolist() == [2 / 32]
    assert found.omnibus is None


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize(("method", "test"), [("DL", "z"), ("REML", "knha"), ("EE", "z")])
def test_an_exact_p_is_the_share_of_pools_that_are_as_far(alternative, method, test):
    fit = pool(YI, VI, method=method, test=test)
    all_signs = np.array(list(itertools.product([1.0, -1.0], repeat=6)))
    others = np.array([pool(s * YI, VI, method=method, test=test).statistic for s in all_signs])
    own = fit.statistic
    far = {
        "two-sided": np.abs(others) >= abs(own) - 1e-9,
        "greater": others >= own - 1e-9,
        "less": others <= own + 1e-9,
    }[alternative]

    found = permutation_test(fit, alternative=alternative)

    assert found.p[0] == pytest.approx(far.mean())


@pytest.mark.parametrize(("method", "test"), [("DL", "z"), ("EE", "knha")])
def test_an_exact_p_of_a_regression_goes_through_all_orders_of_its_moderators(method, test):
    yi, vi, dose = YI[:5], VI[:5], DOSE[:5]
    fit = pool(yi, vi, mods=dose, method=method, test=test)
    fits = [
        pool(yi, vi, mods=np.array(order), method=method, test=test)
        for order in itertools.permutations(dose)
    ]
    slopes = np.array([abs(other.coefficients[1].statistic) for other in fits])
    joint = np.array([other.qm for other in fits])

    found = permutation_test(fit)

    assert found.arrangements == 120
    assert found.p[1] == pytest.approx(np.mean(slopes >= abs(found.statistic[1]) - 1e-9))
    assert found.omnibus == pytest.approx(fit.qm, rel=1e-9)
    assert found.omnibus_p == pytest.approx(np.mean(joint >= fit.qm * (1 - 1e-8)))


def test_rows_that_are_alike_are_not_permuted_among_each_other():
    found = permutation_test(pool(YI, VI, mods={"form": list("aabbab")}, method="DL"))

    assert (found.exact, found.arrangements) == (True, 20)


def test_a_sampled_p_lies_near_the_exact_one_and_repeats_with_its_seed():
    fit = pool(np.tile(YI, 2) + 0.2, np.tile(VI, 2), method="DL")
    exact = permutation_test(fit, exact=True).p[0]

    found = permutation_test(fit, 20_000, 3, exact=False)

    # Four standard errors of a share of 20,000 draws.
    assert found.p[0] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 20_000))
    assert (found.exact, found.arrangements, found.seed) == (False, 20_000, 3)
    assert (
        permutation_test(fit, 500, 3, exact=False).p == permutation_test(fit, 500, 3, exact=False).p
    )


def test_a_sampled_p_is_never_zero():
    fit = pool(np.full(30, 5.0), np.full(30, 0.01), method="EE")

    assert permutation_test(fit, 100, 1).p[0] == pytest.approx(1 / 100)


def test_random_orders_of_a_regression_come_near_the_exact_share():
    fit = pool(YI, VI, mods=DOSE, method="DL")
    exact = permutation_test(fit).omnibus_p

    found = permutation_test(fit, 4_000, 1, exact=False).omnibus_p

    assert found == pytest.approx(exact, abs=4 * np.sqrt(0.25 / 4_000))


@settings(max_examples=20)
@given(study_set=study_sets(max_size=7))
def test_turning_all_effects_round_changes_no_two_sided_p(study_set):
    yi, vi = study_set
    fit, turned = pool(yi, vi, method="DL"), pool(-yi, vi, method="DL")

    assert permutation_test(fit).p == pytest.approx(permutation_test(turned).p)


def test_few_studies_cannot_give_a_small_p_and_it_is_said():
    found = permutation_test(pool([0.3, 0.5, 0.4], [0.01] * 3))

    assert found.p.tolist() == [0.25]
    assert "no p value can be below 0.05" in found.notes[0]
    assert json.loads(json.dumps(found.to_dict()))["p"] == [0.25]


def test_effects_without_any_spread_are_as_far_as_can_be():
    """Their Knapp-Hartung standard error is 0, and only the mirror image has that too."""
    alike = permutation_test(pool([0.3] * 5, [0.1] * 5, test="knha"))
    on_a_line = permutation_test(
        pool([0.0, 1.0, 2.0, 3.0], [0.1] * 4, mods=[0.0, 1.0, 2.0, 3.0], test="knha")
    )

    assert alike.p.tolist() == [2 / 32]
    assert on_a_line.omnibus_p == pytest.approx(2 / 24)


def test_what_cannot_be_permuted_is_refused():
    many = pool(np.tile(YI, 5), np.tile(VI, 5))
    with pytest.raises(InputError, match="too many"):
        permutation_test(many, exact=True)
    with pytest.raises(InputError, match="at least one"):
        permutation_test(many, 0)
    with pytest.raises(StatisticsError, match="One study"):
        permutation_test(pool([0.1], [0.1]))
    with pytest.raises(NotFoundError, match="two-sided"):
        permutation_test(many, alternative="two-side")
