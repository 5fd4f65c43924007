"""Other ways to say an effect: metafor's figures on a grid, and the ways back."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.effects import transforms as tr
from weigh.errors import InputError, NotFoundError
from weigh.evidence.measure import MEASURES, from_natural, to_natural

REFERENCE = json.loads(
    (Path(__file__).resolve().parents[1] / "reference" / "conversions.json").read_text(
        encoding="utf-8"
    )
)
OURS = {
    "ztor": partial(to_natural, measure="ZCOR"),
    "rtoz": tr.fisher_z_from_correlation,
    "logit": partial(from_natural, measure="PLO"),
    "ilogit": partial(to_natural, measure="PLO"),
    "arcsin": partial(from_natural, measure="PAS"),
    "iarcsin": partial(to_natural, measure="PAS"),
    "isqrt": partial(to_natural, measure="IRS"),
    "ahw": partial(from_natural, measure="AHW"),
    "iahw": partial(to_natural, measure="AHW"),
    "abt": partial(from_natural, measure="ABT"),
    "iabt": partial(to_natural, measure="ABT"),
    "dtorpb": tr.point_biserial_from_smd,
    "dtorbis": tr.biserial_from_smd,
    "dtocles": tr.superiority_from_smd,
    "dtou1": tr.nonoverlap_from_smd,
    "dtou2": tr.u2_from_smd,
    "dtou3": tr.u3_from_smd,
    "dtobesd": tr.binomial_display_from_smd,
    "dtoovl": tr.overlap_from_smd,
    "dtocliffd": tr.cliff_delta_from_smd,
    "lnortod.norm": partial(tr.smd_from_log_odds_ratio, curve="normal"),
    "lnortod.logis": tr.smd_from_log_odds_ratio,
    "dtolnor.norm": partial(tr.log_odds_ratio_from_smd, curve="normal"),
    "dtolnor.logis": tr.log_odds_ratio_from_smd,
    "lnortortet.pearson": partial(tr.tetrachoric_from_log_odds_ratio, method="pearson"),
    "lnortortet.digby": tr.tetrachoric_from_log_odds_ratio,
    "rtorpb": tr.point_biserial_from_biserial,
    "rpbtorbis": tr.biserial_from_point_biserial,
    "rpbtod": tr.smd_from_point_biserial,
}
# These need sample sizes, an SD or an integral over tau2, which the grid does not give: all NA.
WITHOUT_FIGURES = {"pft", "irft", "dtomd", "ztor.int", "ztor.mode"}
# R calls every alpha below zero zero; alpha can be negative, and so it stays with us.
NEVER_NEGATIVE = {"iahw", "iabt"}
CASES = [case for case in REFERENCE["cases"] if case["kind"] == "transf"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_transformations_are_those_of_metafor(case):
    name = case["id"].removeprefix("transf.")
    wanted = [math.nan if y is None else float(y) for y in case["outputs"]["y"]]
    if name in WITHOUT_FIGURES:
        assert np.all(np.isnan(wanted))
        return
    x, y = np.array(REFERENCE["x"], dtype=float), np.array(wanted)
    if name in NEVER_NEGATIVE:
        x, y = x[x >= 0.0], y[x >= 0.0]

    ours = OURS[name](x)

    # README of the oracle: rel 1e-9; cos(pi / 2) is 6e-17 in R, hence abs.
    assert np.allclose(ours, y, rtol=1e-9, atol=1e-15, equal_nan=True)


def test_every_transformation_of_the_reference_is_known():
    names = {case["id"].removeprefix("transf.") for case in CASES}

    assert names == set(OURS) | WITHOUT_FIGURES


@given(d=st.floats(-5, 5), n1=st.integers(3, 1000), n2=st.integers(3, 1000))
def test_an_smd_comes_back_from_its_correlation(d, n1, n2):
    there = tr.point_biserial_from_smd(d, n1, n2)

    assert tr.smd_from_point_biserial(there, n1, n2) == pytest.approx(d, abs=1e-9)
    assert tr.point_biserial_from_biserial(
        tr.biserial_from_smd(d, n1, n2), n1 / (n1 + n2)
    ) == pytest.approx(there, abs=1e-12)


@given(measure=st.sampled_from(sorted(MEASURES)), p=st.floats(0.001, 0.999))
def test_every_scale_can_be_left_and_entered(measure, p):
    """0.001 to 0.999 is on the natural scale of every measure."""
    n = 50.0 if MEASURES[measure].scale in ("double-arcsine", "freeman-tukey") else None

    there = from_natural(p, measure, n=n)

    assert to_natural(there, measure, n=n) == pytest.approx(p, rel=1e-9, abs=1e-12)


def test_an_smd_in_points_of_a_familiar_scale():
    assert tr.mean_difference_from_smd(-0.5, 12.0) == -6.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tr.mean_difference_from_smd(0.5, 0.0), "sd must be above zero"),
        (lambda: tr.point_biserial_from_smd(0.5, n1=10), "Both n1 and n2"),
        (lambda: tr.biserial_from_point_biserial(0.5, 1.0), "share must lie between"),
        (lambda: to_natural(0.3, "PFT"), "without the sample sizes"),
        (lambda: from_natural(0.3, "IRFT"), "without the person-times"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_unknown_names_are_refused():
    with pytest.raises(NotFoundError):
        tr.smd_from_log_odds_ratio(1.0, curve="uniform")
    with pytest.raises(NotFoundError):
        tr.tetrachoric_from_log_odds_ratio(1.0, method="pearsn")
    with pytest.raises(NotFoundError, match="Did you mean"):
        to_natural(1.0, "SMDD")
