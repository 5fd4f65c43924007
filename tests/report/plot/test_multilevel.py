"""Plots of multilevel models show the numbers of their analyses."""

from __future__ import annotations

import numpy as np
import pytest

import weigh
from weigh.errors import InputError, StatisticsError
from weigh.synthesis.multilevel import Multilevel


@pytest.fixture
def fit() -> Multilevel:
    rng = np.random.default_rng(5)
    study = np.repeat(np.arange(8), 3)
    vi = rng.uniform(0.02, 0.1, 24)
    yi = rng.normal(0.2, 0.4, 8)[study] + rng.normal(0.0, np.sqrt(vi))
    return weigh.multilevel(yi, vi, random={"study": [f"s{index}" for index in study]})


def test_a_profile_is_drawn_less_its_maximum(fit):
    found = fit.profile("sigma2", at=[0.05, 0.2, 0.1])

    plot = weigh.plot.component_profile(found)

    columns = plot.data.to_dict()
    assert columns["value"] == [0.05, 0.1, 0.2]
    drop = (found.log_likelihood - fit.log_likelihood)[[0, 2, 1]]
    assert columns["log_likelihood"] == pytest.approx(drop.tolist())
    assert max(columns["log_likelihood"]) <= 0.0
    assert "highest at sigma2[study]" in plot.description


def test_a_caterpillar_begins_with_the_lowest_group(fit):
    (found,) = fit.ranef()

    plot = weigh.plot.caterpillar(found)

    lowest = found.names[int(np.argmin(found.estimate))]
    highest = found.names[int(np.argmax(found.estimate))]
    svg = plot.svg()
    assert svg.index(f">{lowest}<") < svg.index(f">{highest}<")
    assert plot.data.to_dict()["estimate"] == pytest.approx(found.estimate.tolist())
    away = int(np.sum((found.pi_low > 0) | (found.pi_high < 0)))
    assert f"{away} of 8 intervals do not reach it" in plot.description


def test_what_is_no_such_analysis_is_refused(fit):
    with pytest.raises(InputError, match=r"fit\.ranef"):
        weigh.plot.caterpillar(fit)
    with pytest.raises(InputError, match=r"fit\.profile"):
        weigh.plot.component_profile(fit)
    with pytest.raises(InputError, match="'effect' or 'none'"):
        weigh.plot.caterpillar(fit.ranef()[0], sort="weight")
    with pytest.raises(StatisticsError, match="two values"):
        weigh.plot.component_profile(fit.profile("sigma2", at=[0.1]))
