"""Every effect set that R's metafor worked out, again: 725 in the large set, some here beside."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri
from shared import SHARED, shared_path

from weigh.effects import effect_size
from weigh.effects.tetrachoric import bivariate_normal_cdf
from weigh.evidence.measure import MEASURES

REFERENCE = Path(__file__).resolve().parents[1] / "reference"

# metafor's argument names, and ours, by family. Its group 1 of paired scores is the later time.
COUNTS = {
    "ai": "events1",
    "bi": "nonevents1",
    "n1i": "n1",
    "ci": "events2",
    "di": "nonevents2",
    "n2i": "n2",
}
MEANS = {
    "m1i": "mean1",
    "sd1i": "sd1",
    "n1i": "n1",
    "m2i": "mean2",
    "sd2i": "sd2",
    "n2i": "n2",
}
ARGUMENTS: dict[str, dict[str, str]] = {
    "two groups, counts": COUNTS,
    "matched pairs, counts": COUNTS,
    "two groups, events over time": {
        "x1i": "events1",
        "t1i": "time1",
        "x2i": "events2",
        "t2i": "time2",
    },
    "two groups, means": MEANS,
    "overlap of two groups": MEANS,
    "one group, paired means": {
        "m1i": "mean_post",
        "m2i": "mean_pre",
        "sd1i": "sd_post",
        "sd2i": "sd_pre",
        "ni": "n",
        "ri": "r",
    },
    "two variables": {"ri": "r", "ni": "n", "ti": "t", "mi": "predictors", "r2i": "r2"},
    "one group, counts": {"xi": "events", "mi": "nonevents", "ni": "n"},
    "genotypes": {"ai": "homozygous1", "bi": "heterozygous", "ci": "homozygous2"},
    "one group, events over time": {"xi": "events", "ti": "time"},
    "one group, mean": {"mi": "mean", "sdi": "sd", "ni": "n"},
    "reliability": {"ai": "alpha", "mi": "items", "ni": "n"},
    "as given": {"yi": "yi", "vi": "vi", "sei": "sei", "ni": "n"},
}
# Where the reference divides by the only SD it was given, or by the later one.
OTHER_ARGUMENTS = {"SMCR": {"sd1i": "sd_pre"}}
OTHER_OPTIONS = {"SMCRH": {"standardizer": "post"}}

OPTIONS = {"add", "to", "drop00", "vtype", "correct"}


def datasets() -> list[str]:
    return sorted(path.stem for path in (SHARED / "oracle").glob("*.json"))


def small_datasets() -> list[dict[str, Any]]:
    files = (REFERENCE / name for name in ("effect_sizes.json", "effect_kinds.json"))
    return [
        dataset
        for file in files
        for dataset in json.loads(file.read_text(encoding="utf-8"))["datasets"]
    ]


def inputs(dataset: dict[str, Any], effect: dict[str, Any]) -> dict[str, Any]:
    """Our arguments for one effect set; a name or option that is not known fails the test."""
    measure = effect["measure"]
    names = ARGUMENTS[MEASURES[measure].family] | OTHER_ARGUMENTS.get(measure, {})
    options = effect.get("options", {})
    assert set(options) <= OPTIONS
    columns = [column["name"] for column in dataset["columns"]]
    given: dict[str, Any] = {}
    for argument, value in effect["inputs"].items():
        if isinstance(value, str):
            where = columns.index(value)
            value = [row[where] for row in dataset["rows"]]
        given[names[argument]] = value
    return given | options | OTHER_OPTIONS.get(measure, {})


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def differing(got: np.ndarray, wanted: np.ndarray, *, rel: float) -> np.ndarray:
    """Rows where the two disagree. An effect of zero comes out of R as some 1e-17: hence abs."""
    both_missing = np.isnan(got) & np.isnan(wanted)
    return np.flatnonzero(~(both_missing | np.isclose(got, wanted, rtol=rel, atol=1e-14)))


def check(dataset: dict[str, Any]) -> None:
    for identifier, effect in dataset.get("effects", {}).items():
        given = inputs(dataset, effect)

        ours = effect_size(effect["measure"], **given)

        yi, vi = numbers(effect["yi"]), numbers(effect["vi"])
        if effect["measure"] == "RTET":
            check_tetrachoric(ours, given, yi, vi)
            continue
        # README of the oracle: rel 1e-10 for escalc.
        assert differing(ours.yi, yi, rel=1e-10).size == 0, identifier
        assert differing(ours.vi, vi, rel=1e-10).size == 0, identifier
        if "ni" in effect and ours.ni is not None:
            assert differing(ours.ni, numbers(effect["ni"]), rel=1e-12).size == 0, identifier


def check_tetrachoric(ours: Any, given: dict[str, Any], yi: np.ndarray, vi: np.ndarray) -> None:
    """R maximizes a likelihood numerically; where it stopped early, ours must fit better.

    With an empty cell the maximum lies at 1 or -1, where the information is not defined. R then
    inverts a matrix of rounding errors (variances of 2e7 and 0.03 beside each other): not compared.
    """
    a, c = (np.array(given[name], dtype=float) for name in ("events1", "events2"))
    if "n1" in given:
        n1, n2 = (np.array(given[name], dtype=float) for name in ("n1", "n2"))
        b, d = n1 - a, n2 - c
    else:
        b, d = (np.array(given[name], dtype=float) for name in ("nonevents1", "nonevents2"))
    n = a + b + c + d
    one_empty = (np.minimum(np.minimum(a, b), np.minimum(c, d)) == 0.0) & (np.abs(ours.yi) == 1.0)

    for row in differing(ours.yi, yi, rel=1e-4):
        assert misfit(ours.yi[row], a, b, c, n, row) < misfit(yi[row], a, b, c, n, row)
        assert ours.yi[row] == pytest.approx(yi[row], abs=2e-5)
    apart = [row for row in differing(ours.vi, vi, rel=1e-4) if not one_empty[row]]
    # optim's Hessian is by finite differences with steps of 1e-3; near the bounds that is coarse.
    assert np.allclose(ours.vi[apart], vi[apart], rtol=3e-3)


def misfit(
    rho: float, a: np.ndarray, b: np.ndarray, c: np.ndarray, n: np.ndarray, row: int
) -> float:
    """How far the first cell's share is from what this correlation gives."""
    h, k = ndtri((a + b)[row] / n[row]), ndtri((a + c)[row] / n[row])
    share = bivariate_normal_cdf(np.array(h), np.array(k), np.array(rho))
    return abs(float(share) - a[row] / n[row])


@pytest.mark.parametrize("dataset", small_datasets(), ids=lambda dataset: dataset["dataset"])
def test_effect_sizes_are_those_of_metafor_on_small_sets(dataset):
    check(dataset)


@pytest.mark.shared
@pytest.mark.parametrize("name", datasets() or ["dat.bcg"])
def test_effect_sizes_are_those_of_metafor(name):
    """All measures and options of the reference; one that is not known fails."""
    text = shared_path("oracle", f"{name}.json").read_text(encoding="utf-8")
    check(json.loads(text))


@pytest.mark.shared
def test_the_reference_holds_as_many_sets_as_its_readme_says():
    folder = shared_path("oracle")
    sets = [
        len(json.loads(path.read_text(encoding="utf-8")).get("effects", {}))
        for path in folder.glob("*.json")
    ]

    assert sum(sets) == 725


def pooled_double_arcsines() -> list[str]:
    """Data sets with a pooled proportion brought back by the harmonic mean of the sizes."""
    return [
        path.stem
        for path in sorted((SHARED / "oracle").glob("*.json"))
        if '"kind":"predict.transf"' in path.read_text(encoding="utf-8")
    ]


@pytest.mark.shared
@pytest.mark.parametrize("name", pooled_double_arcsines() or ["dat.pritz1997"])
def test_pooled_double_arcsines_come_back_as_in_metafor(name):
    dataset = json.loads(shared_path("oracle", f"{name}.json").read_text(encoding="utf-8"))
    cases = {case["id"]: case["outputs"] for case in dataset["cases"]}
    effect = dataset["effects"]["PFT"]
    ours = effect_size("PFT", **inputs(dataset, effect))
    fit, back = cases["PFT/rma/REML"], cases["PFT/back"]
    scaled = (fit["beta"][0], fit["ci_lb"][0], fit["ci_ub"][0], *fit["pi"]["default"])

    for value, wanted in zip(scaled, ("pred", "ci_lb", "ci_ub", "pi_lb", "pi_ub"), strict=True):
        # README of the oracle: rel 1e-9 for transformations.
        assert ours.to_natural(value) == pytest.approx(back[wanted], rel=1e-9, abs=1e-15)


FROM_TESTS = json.loads((REFERENCE / "conversions.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(
    ("identifier", "measure", "arguments"),
    [
        ("SMD/from_t", "SMD", lambda x: {"t": x["ti"], "n1": x["n1i"], "n2": x["n2i"]}),
        ("SMD/from_d", "SMD", lambda x: {"d": x["ti"] / 3, "n1": x["n1i"], "n2": x["n2i"]}),
        ("SMD/from_p", "SMD", lambda x: {"p": x["pi"], "n1": x["n1i"], "n2": x["n2i"]}),
        ("ZCOR/from_t", "ZCOR", lambda x: {"t": x["ti"], "n": x["n1i"] + x["n2i"]}),
    ],
)
def test_effects_from_test_statistics_are_those_of_metafor(identifier, measure, arguments):
    case = next(case for case in FROM_TESTS if case["id"] == identifier)
    given = {name: np.array(values) for name, values in case["inputs"].items()}

    ours = effect_size(measure, **arguments(given))

    assert ours.yi == pytest.approx(numbers(case["outputs"]["yi"]), rel=1e-10)
    assert ours.vi == pytest.approx(numbers(case["outputs"]["vi"]), rel=1e-10)
