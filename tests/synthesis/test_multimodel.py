"""All subsets of moderators, weighted and averaged: the figures of R, one fit after the other."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import shared_path
from synthesis.test_contrasts import ALLOC
from synthesis.test_model_comparison import ABLAT, VI, YEAR, YI

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import fit_statistics, multimodel, pool

MODS = {"ablat": ABLAT, "year": YEAR, "alloc": ALLOC}

# dat.bcg, log risk ratios: rma(yi, vi, mods, method = "ML", threshold 1e-13) of metafor 3.8-1 for
# each subset, and from their AICc, coefficients and standard errors the sums of Burnham and
# Anderson 2002: importance, average, standard error by (6.12) and by (4.9), average over the
# models with the coefficient and its standard error by (6.12).
AICC = {
    ("ablat",): (24.037997723495, 0.830596589314),
    ("ablat", "year"): (28.292230455460, 0.098990893288),
    (): (30.530152696554, 0.032332300252),
    ("year",): (31.138786242287, 0.023849183108),
    ("ablat", "alloc"): (32.598352223328, 0.011495630136),
    ("alloc",): (36.356275228952, 0.001755942012),
    ("year", "alloc"): (38.277235085223, 0.000672015108),
    ("ablat", "year", "alloc"): (39.841192729159, 0.000307446781),
}
AVERAGES = {
    "intercept": (1.0, -0.43366723236522, 11.282000798012, 4.0515485953093,
                  -0.43366723236522, 11.282000798012),
    "ablat": (0.94139055951897, -0.027916003429229, 0.008828637305225, 0.0071364449233917,
              -0.029654008261452, 0.0055909521003297),
    "year": (0.12381953828481, 0.00033794888407131, 0.0056645830408738, 0.0020140323750768,
             0.0027293663726475, 0.015894032264386),
    "alloc[random]": (0.014231034037481, -0.0036821941306244, 0.044590710862085,
                      0.0085972633904787, -0.25874396202879, 0.2715185063448),
    "alloc[systematic]": (0.014231034037481, -0.00082207902794416, 0.034634438636871,
                          0.004718344606298, -0.057766640553246, 0.2846071686533),
}  # fmt: skip


def test_models_are_ranked_as_by_fits_of_metafor():
    found = multimodel(YI, VI, MODS)

    # R solves normal equations beside a year, which costs it digits; tau2 stops at 1e-13.
    assert [model.terms for model in found.models] == list(AICC)
    for model in found.models:
        assert (model.criterion, model.weight) == pytest.approx(AICC[model.terms], rel=1e-8)
        assert model.delta == pytest.approx(model.criterion - 24.037997723495, abs=1e-8)


@pytest.mark.parametrize(("unconditional", "place"), [("revised", 2), ("original", 3)])
def test_coefficients_are_averaged_as_burnham_and_anderson_do(unconditional, place):
    found = multimodel(YI, VI, MODS, unconditional=unconditional)

    for coefficient in found.coefficients:
        wanted = AVERAGES[coefficient.name]
        assert coefficient.importance == pytest.approx(wanted[0], rel=1e-7)
        # The intercept is at the year 0, far from all studies: R's digits of it are fewer.
        loose = 1e-5 if coefficient.name in ("intercept", "year") else 1e-7
        assert coefficient.estimate == pytest.approx(wanted[1], rel=loose)
        assert coefficient.se == pytest.approx(wanted[place], rel=loose)
        assert coefficient.within == pytest.approx(wanted[4], rel=loose)
        if unconditional == "revised":
            assert coefficient.within_se == pytest.approx(wanted[5], rel=loose)


def test_each_model_is_that_of_pool():
    found = multimodel(YI, VI, MODS, criterion="BIC")

    for model in found.models:
        mods = {term: MODS[term] for term in model.terms} or None
        fit = pool(YI, VI, mods=mods, method="ML")
        assert model.tau2 == pytest.approx(fit.tau2, rel=1e-7, abs=1e-12)
        assert model.criterion == pytest.approx(fit_statistics(fit).bic, rel=1e-10)
        assert model.parameters == fit_statistics(fit).parameters


@pytest.mark.shared
def test_the_example_of_metafors_page_on_model_selection():
    """128 models of dat.bangertdrowns2004; the page prints 0.8478 for imag, 0.3512 (SE 0.2016)."""
    data = json.loads(
        shared_path("oracle", "dat.bangertdrowns2004.json").read_text(encoding="utf-8")
    )
    names = [column["name"] for column in data["columns"]]
    frame = pd.DataFrame(data["rows"], columns=names)
    terms = ["length", "wic", "feedback", "info", "pers", "imag", "meta"]

    found = multimodel(frame["yi"], frame["vi"], frame[terms].astype(float))

    assert len(found.models) == 128
    assert found.importance["imag"] == pytest.approx(0.847824233189, rel=1e-8)
    imag = next(c for c in found.coefficients if c.name == "imag")
    assert imag.estimate == pytest.approx(0.351160483987, rel=1e-8)
    assert imag.se == pytest.approx(0.201644586716, rel=1e-8)
    assert found.models[1].terms == ("imag", "meta")
    assert "missing moderator" in found.notes[0]


@given(seed=st.integers(0, 100), method=st.sampled_from(["ML", "EE"]))
@settings(max_examples=25)
def test_weights_are_shares_and_importance_is_theirs(seed, method):
    rng = np.random.default_rng(seed)
    y, v = rng.normal(size=12), rng.uniform(0.1, 1.0, 12)
    mods = {name: rng.normal(size=12) for name in "abc"}

    found = multimodel(y, v, mods, method=method)

    assert sum(model.weight for model in found.models) == pytest.approx(1.0)
    assert [m.criterion for m in found.models] == sorted(m.criterion for m in found.models)
    for term, share in found.importance.items():
        held = sum(model.weight for model in found.models if term in model.terms)
        assert share == pytest.approx(held)
        one = next(c for c in found.coefficients if c.name == term)
        # An average over all models is the average inside, shrunk by the importance.
        assert one.estimate == pytest.approx(one.within * one.importance)
        assert one.importance == pytest.approx(share)


def test_an_interaction_comes_only_with_what_it_is_made_of():
    table = {"dose": ABLAT, "form": ALLOC}

    found = multimodel(YI, VI, "~ dose * C(form)", data=table, criterion="AIC")

    terms = {model.terms for model in found.models}
    assert terms == {
        (),
        ("dose",),
        ("C(form)",),
        ("dose", "C(form)"),
        ("dose", "C(form)", "dose:C(form)"),
    }


def test_models_can_be_kept_small_and_those_without_room_are_left_out():
    small = multimodel(YI, VI, MODS, largest=1)
    few = multimodel(YI[:5], VI[:5], {"ablat": ABLAT[:5], "year": YEAR[:5]})

    assert {len(model.terms) for model in small.models} == {0, 1}
    assert {model.terms for model in few.models} == {(), ("ablat",), ("year",)}
    assert few.notes == ("1 model has too many coefficients for 5 studies; left out.",)


def test_a_repeated_moderator_is_left_out_and_said():
    found = multimodel(YI, VI, {"ablat": ABLAT, "again": 2.0 * ABLAT - 1.0})

    assert len(found.models) == 2
    assert "again" in found.notes[0]


def test_many_models_take_the_same_weights_in_blocks(monkeypatch):
    whole = multimodel(YI, VI, MODS)
    monkeypatch.setattr(sys.modules["weigh.synthesis.moderator_subsets"], "_BLOCK", 1)

    parts = multimodel(YI, VI, MODS)

    assert parts.models == whole.models


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"method": "REML"}, NotFoundError, "models with different moderators 'REML'"),
        ({"criterion": "DIC"}, NotFoundError, "criterion 'DIC'"),
        ({"unconditional": "exact"}, NotFoundError, "unconditional standard error"),
        ({"largest": -1}, InputError, "0 moderators or more"),
        ({"mods": np.ones((13, 0))}, InputError, "no moderator to leave in or out"),
        ({"mods": np.ones(13)}, InputError, "no moderator to leave in or out"),
    ],
)
def test_what_cannot_be_averaged_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        multimodel(**{"yi": YI, "vi": VI, "mods": MODS} | arguments)


def test_more_models_than_can_be_fitted_are_refused_with_their_number():
    rng = np.random.default_rng(1)

    with pytest.raises(InputError, match="20 moderators make 1,048,576 models"):
        multimodel(rng.normal(size=40), np.ones(40), rng.normal(size=(40, 20)))


def test_too_few_studies_are_refused():
    with pytest.raises(StatisticsError, match="2 studies are too few"):
        multimodel(YI[:2], VI[:2], {"ablat": ABLAT[:2]})

    alone = multimodel(YI[:4], VI[:4], {"ablat": ABLAT[:4]})

    assert [model.terms for model in alone.models] == [()]
    assert [coefficient.name for coefficient in alone.coefficients] == ["intercept"]


def test_a_model_that_weighs_nothing_takes_no_part():
    """A weight of exp(-1000) is 0 in floating point; nothing is divided by it."""
    x = np.linspace(0.0, 1.0, 12)
    y = 1e3 * x + np.tile([0.5, -0.5], 6)

    found = multimodel(y, np.full(12, 0.01), {"x": x}, method="EE")

    intercept, slope = found.coefficients
    assert found.models[1].weight == 0.0
    assert slope.importance == 1.0
    assert intercept.p is not None


def test_what_is_averaged_is_ready_for_json():
    found = multimodel([0.1, 0.4, 0.2, 0.6, 0.3, 0.7], [0.1] * 6, {"x": [1, 2, 3, 4, 5, 6]})

    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))

    assert record["importance"] == {"x": found.importance["x"]}
    assert [model["terms"] for model in record["models"]] == [list(m.terms) for m in found.models]
