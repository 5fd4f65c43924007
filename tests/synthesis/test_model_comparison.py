"""Two models of the same studies compared as metafor does, and refused where it means nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import InputError
from weigh.synthesis import compare_models, pool

BCG = json.loads(
    (Path(__file__).resolve().parents[1] / "reference" / "oracle" / "dat.bcg.json").read_text(
        encoding="utf-8"
    )
)
YI, VI = (np.array(BCG["effects"]["RR"][name]) for name in ("yi", "vi"))
COLUMNS = [column["name"] for column in BCG["columns"]]
ABLAT, YEAR = (
    np.array([row[COLUMNS.index(name)] for row in BCG["rows"]], float) for name in ("ablat", "year")
)
BOTH = {"ablat": ABLAT, "year": YEAR}

# anova(rma(yi, vi, mods = ~ ablat + year), rma(yi, vi)) of metafor 3.8-1 on dat.bcg, with
# control=list(threshold=1e-12, maxiter=1000).
METAFOR = {
    "ML": {
        "lrt": 10.03792224109341547,
        "p": 0.00661139158168184,
        "r2": 90.40339318074957475,
        "small": (
            -12.66507634827680917,
            29.33015269655361834,
            30.53015269655361663,
            30.46005141147669,
        ),
        "big": (
            -7.64611522773010321,
            23.29223045546020643,
            28.29223045546020643,
            25.55202788530635,
        ),
    },
    "EE": {
        "lrt": 123.907864424412,
        "p": 1.24093521207315e-27,
        "r2": 77.6722717249586,
        "small": (-70.2235699044, 142.447139808898, 142.810776172498, 143.012089166323),
        "big": (-8.26963769222507, 22.5392753845016, 25.20594205116826, 24.2341234568348),
    },
}


@pytest.mark.parametrize("method", METAFOR)
def test_moderators_are_tested_as_in_metafor(method):
    wanted = METAFOR[method]

    found = compare_models(pool(YI, VI, method=method), pool(YI, VI, mods=BOTH, method=method))

    # R's figures were printed to 10 to 18 digits; ours stop at a tau2 within 1e-12.
    assert found.df == 2
    assert found.lrt == pytest.approx(wanted["lrt"], rel=1e-8)
    assert found.p == pytest.approx(wanted["p"], rel=1e-8)
    assert found.r2 == pytest.approx(wanted["r2"], rel=1e-7)
    for model, name in ((found.small, "small"), (found.big, "big")):
        fit = model.fit
        assert (fit.log_likelihood, fit.aic, fit.aicc, fit.bic) == pytest.approx(
            wanted[name], rel=1e-9
        )
    assert found.notes == ()


def test_tau2_is_tested_as_in_metafor_and_its_p_said_to_be_too_large():
    """anova(rma(yi, vi, method="ML"), rma(yi, vi, method="EE")): LRT 115.1170."""
    found = compare_models(pool(YI, VI, method="EE"), pool(YI, VI, method="ML"))

    assert (found.df, found.r2) == (1, None)
    assert found.lrt == pytest.approx(115.1170, abs=5e-5)
    assert "half of it" in found.notes[0]


def test_reml_compares_tau2_with_the_same_moderators_only():
    same = compare_models(
        pool(YI, VI, mods=ABLAT, method="EE"), pool(YI, VI, mods=ABLAT, method="REML")
    )

    assert same.restricted
    assert same.df == 1
    with pytest.raises(InputError, match="different moderators"):
        compare_models(pool(YI, VI), pool(YI, VI, mods=ABLAT))


def test_the_same_moderators_said_otherwise_are_the_same():
    """A shift and a change of unit leave the model as it is."""
    small, big = pool(YI, VI, mods=ABLAT), pool(YI, VI, mods=1000.0 - 3.0 * ABLAT)

    found = compare_models(small, big)

    assert (found.df, found.lrt) == (0, None)
    # The restricted likelihood is taken on the scale of an orthonormal model matrix.
    assert found.big.fit.log_likelihood == pytest.approx(found.small.fit.log_likelihood)


def test_fits_by_any_estimator_can_be_made_again_by_ml():
    by_ml = compare_models(pool(YI, VI, method="ML"), pool(YI, VI, mods=ABLAT, method="ML"))

    again = compare_models(pool(YI, VI), pool(YI, VI, mods=ABLAT, method="DL"), refit=True)

    assert again.lrt == pytest.approx(by_ml.lrt, rel=1e-12)
    assert again.big.method == "ML"


def test_models_that_are_not_nested_are_compared_by_criteria():
    found = compare_models(
        pool(YI, VI, mods=ABLAT, method="ML"), pool(YI, VI, mods=YEAR, method="ML")
    )

    assert (found.lrt, found.df, found.p, found.r2) == (None, None, None, None)
    assert "Neither model contains the other" in found.notes[0]
    assert found.small.fit.aicc < found.big.fit.aicc


def test_no_heterogeneity_leaves_nothing_to_account_for():
    yi = [0.30, 0.31, 0.29, 0.30, 0.31]

    found = compare_models(
        pool(yi, [0.1] * 5, method="ML"), pool(yi, [0.1] * 5, mods=[1, 2, 3, 5, 4], method="ML")
    )

    assert found.r2 is None


@given(seed=st.integers(0, 500), scale=st.floats(0.01, 100))
def test_a_change_of_unit_changes_no_ratio(seed, scale):
    rng = np.random.default_rng(seed)
    y, v, x = rng.normal(size=9), rng.uniform(0.1, 1.0, 9), rng.normal(size=9)

    near = compare_models(pool(y, v, method="ML"), pool(y, v, mods=x, method="ML"))
    far = compare_models(
        pool(scale * y, scale**2 * v, method="ML"),
        pool(scale * y, scale**2 * v, mods=x, method="ML"),
    )

    assert near.lrt >= 0.0
    assert far.lrt == pytest.approx(near.lrt, rel=1e-6, abs=1e-8)
    assert far.p == pytest.approx(near.p, rel=1e-6, abs=1e-8)


def test_the_dictionary_can_be_written_as_json():
    found = compare_models(pool(YI, VI, method="ML"), pool(YI, VI, mods=BOTH, method="ML"))

    told = json.loads(json.dumps(found.to_dict()))

    assert told["big"]["names"] == ["intercept", "ablat", "year"]
    assert told["lrt"] == found.lrt


@pytest.mark.parametrize(
    ("small", "big", "words"),
    [
        ({"method": "DL"}, {"mods": ABLAT, "method": "DL"}, "DL fit maximizes no likelihood"),
        ({"method": "ML"}, {"method": "REML"}, "One fit is by ML"),
        ({"mods": BOTH, "method": "ML"}, {"mods": ABLAT, "method": "ML"}, None),
        ({"method": "ML", "weights": np.ones(13)}, {"method": "ML"}, "weights of your own"),
    ],
)
def test_comparisons_that_mean_nothing_are_refused(small, big, words):
    fits = [pool(YI, VI, **arguments) for arguments in (small, big)]
    if words is None:
        assert compare_models(*fits).lrt is None
        return
    with pytest.raises(InputError, match=words):
        compare_models(*fits)


def test_a_small_model_larger_than_the_big_one_is_refused():
    with pytest.raises(InputError, match="has 3 parameters and the big one 2"):
        compare_models(
            pool(YI, VI, mods=ABLAT, method="ML"), pool(YI, VI, mods=2.0 * ABLAT, method="EE")
        )


def test_models_of_other_studies_are_refused_with_their_names():
    slab = [f"study {index}" for index in range(13)]
    missing = np.where(np.arange(13) == 4, np.nan, ABLAT)

    with pytest.raises(InputError, match="only one of them has study 4"):
        compare_models(
            pool(YI, VI, method="ML", slab=slab), pool(YI, VI, mods=missing, method="ML", slab=slab)
        )
    with pytest.raises(InputError, match="different effects"):
        compare_models(pool(YI, VI, method="ML"), pool(YI + 1.0, VI, method="ML"))
