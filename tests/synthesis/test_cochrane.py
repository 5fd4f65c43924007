"""Every pairwise analysis of 322 Cochrane reviews, against R."""

from __future__ import annotations

import numpy as np
import pytest
from shared import shared_path
from synthesis.cochrane_analyses import MODELS, usable_effects

from weigh.synthesis import pool_many


@pytest.fixture(scope="module")
def analyses():
    return usable_effects()


def restricted_height(yi, vi, tau2):
    w = 1.0 / (vi + tau2)
    mean = np.sum(w * yi) / np.sum(w)
    return 0.5 * (np.sum(np.log(w)) - np.log(np.sum(w)) - np.sum(w * (yi - mean) ** 2))


@pytest.mark.shared
@pytest.mark.parametrize(("method", "test"), MODELS)
def test_a_million_to_one_of_r_or_a_higher_likelihood(analyses, method, test):
    """1e-6 relative; where REML differs, ours must be at least as likely."""
    import pandas as pd

    reference = pd.read_parquet(shared_path("data", "cochrane-analyses", "reference.parquet"))
    reference = reference[(reference.method == method) & (reference.test == test)]
    keys = reference.review + "/" + reference.analysis
    found = pool_many(analyses.yi, analyses.vi, analyses.key, method=method, test=test)
    ours = found.to_frame().set_index("group").loc[keys]
    se = ours.se.to_numpy()
    # What R leaves of tau2 above 0 is judged against the sampling variances.
    typical = analyses.groupby("key").vi.median().loc[keys].to_numpy()
    slack = {"tau2": 1e-9 * typical, "i2": 1e-6, "q": 1e-12, "q_p": 1e-12, "h2": 1e-12, "p": 1e-12}
    differs = np.zeros(len(keys), dtype=bool)
    for name in ("k", "estimate", "se", "p", "ci_low", "ci_high", "tau2", "i2", "h2", "q", "q_p"):
        a, b = ours[name].to_numpy(float), reference[name].to_numpy(float)
        if name in ("estimate", "ci_low", "ci_high"):
            good = np.abs(a - b) <= 1e-6 * np.maximum(np.abs(b), se)
        else:
            good = np.abs(a - b) <= 1e-6 * np.abs(b) + slack.get(name, 0.0)
        # Effects that are all alike have no Knapp-Hartung test: 0/0.
        differs |= ~good & ~(se == 0.0)

    assert len(keys) > 5700
    assert differs.mean() <= 0.001
    for key, tau2, theirs in zip(
        keys[differs], ours.tau2[differs], reference.tau2[differs], strict=True
    ):
        group = analyses[analyses.key == key]
        yi, vi = group.yi.to_numpy(), group.vi.to_numpy()
        assert method == "REML", key
        assert restricted_height(yi, vi, tau2) >= restricted_height(yi, vi, theirs) - 1e-9, key
