"""Refits worked through in stretches are those done at once."""

from __future__ import annotations

import numpy as np
import pytest
from synthesis.sensitivity.making import DOSE, VI, YI

from weigh.stats.designs import Designs, full_rank
from weigh.synthesis import pool, pool_many
from weigh.synthesis.sensitivity import cumulative, influence, leave_one_out, refits


@pytest.mark.parametrize("mods", [None, DOSE])
def test_small_stretches_change_no_bit(mods, monkeypatch):
    fit = pool(YI, VI, mods=mods)
    at_once = influence(fit)
    monkeypatch.setattr(refits, "_HELD", 13)
    monkeypatch.setattr(refits, "_ENTRIES", 7)

    bit_by_bit = influence(fit)

    for name in ("rstudent", "dffits", "tau2_deleted", "q_deleted", "dfbetas"):
        assert np.array_equal(getattr(bit_by_bit, name), getattr(at_once, name))


@pytest.mark.parametrize("analysis", [leave_one_out, cumulative])
def test_pools_again_in_small_stretches_are_the_same(analysis, monkeypatch):
    fit = pool(YI, VI)
    at_once = analysis(fit)
    monkeypatch.setattr(refits, "_HELD", 13)

    assert analysis(fit).to_dict() == at_once.to_dict()


def test_a_column_that_repeats_others_is_found():
    plain = np.column_stack([np.ones(6), DOSE])
    same = np.column_stack([np.ones(6), np.full(6, 3.0)])

    assert full_rank(np.stack([plain, same])).tolist() == [True, False]


@pytest.mark.parametrize("restricted", [True, False])
def test_stacked_designs_have_the_likelihood_of_its_definition(restricted):
    x = np.column_stack([np.ones(6), DOSE])
    t = np.array([0.3])
    variance = VI + 0.3
    beta = np.linalg.solve(x.T @ (x / variance[:, None]), x.T @ (YI / variance))
    twice = np.sum((YI - x @ beta) ** 2 / variance) + np.sum(np.log(variance))
    if restricted:
        twice += np.linalg.slogdet(x.T @ (x / variance[:, None]))[1]

    found = Designs(YI[None], VI[None], x[None]).log_likelihood(t, restricted=restricted)

    assert found[0] == pytest.approx(-0.5 * twice, rel=1e-12)


@pytest.mark.parametrize("method", ["REML", "EB", "PM", "DL", "HE"])
def test_two_studies_of_one_variance_have_the_spread_of_the_closed_form(method):
    """Half the squared difference less the variance; REML's search must reach its very bound."""
    rng = np.random.default_rng(0)
    vi = np.repeat(rng.uniform(0.01, 2.0, 500), 2)
    yi = rng.normal(0.0, 3.0, 1000)
    expected = np.maximum((yi[::2] - yi[1::2]) ** 2 / 2.0 - vi[::2], 0.0)

    many = pool_many(yi, vi, np.repeat(np.arange(500), 2), method=method).tau2
    alone = [pool(yi[at : at + 2], vi[at : at + 2], method=method).tau2 for at in range(0, 1000, 2)]

    assert many == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert many.tolist() == alone
