"""Every selection model of metafor in the reference set, again, judged by its likelihood."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from shared import SHARED, shared_path

from weigh.synthesis.bias import selection_model
from weigh.synthesis.bias.selection_likelihood import SmoothLikelihood
from weigh.synthesis.bias.selection_weights import CURVES

CUTS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.35, 0.5, 0.65, 0.75, 0.9, 0.95, 0.99, 0.995, 1]
WEIGHTS = [1, 0.99, 0.95, 0.9, 0.8, 0.75, 0.65, 0.6, 0.55, 0.5, 0.5, 0.5, 0.5, 0.5]
MODELS: dict[str, dict[str, Any]] = {
    "3PSM": {"steps": 0.025},
    "4PSM": {"steps": [0.025, 0.5]},
    "step05": {"steps": 0.05},
    "fixedstep": {"steps": CUTS, "delta": WEIGHTS},
    "trunc": {"kind": "truncation"},
    "truncest": {"kind": "truncation-at-estimate"},
    "halfnorm_prec": {"kind": "halfnorm", "precision": "sei", "scale_precision": False},
} | {kind: {"kind": kind} for kind in CURVES}


@lru_cache(maxsize=2)
def dataset(name: str) -> dict[str, Any]:
    return json.loads(shared_path("oracle", f"{name}.json").read_text(encoding="utf-8"))


def datasets() -> list[str]:
    return [
        path.stem
        for path in sorted((SHARED / "oracle").glob("*.json"))
        if '"kind":"selmodel"' in path.read_text(encoding="utf-8")
    ]


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def own_likelihood(
    given: dict[str, Any], model: dict[str, Any], wanted: dict[str, Any]
) -> float | None:
    """Our log-likelihood of a smooth weight function at R's estimates; None for other kinds."""
    if model.get("kind") not in CURVES:
        return None
    known = np.isfinite(given["yi"]) & np.isfinite(given["vi"])
    y, v = given["yi"][known], given["vi"][known]
    likelihood = SmoothLikelihood(
        y,
        v,
        np.ones((y.size, 1)),
        curve=CURVES[model["kind"]],
        alternative=given["alternative"],
        precision=np.sqrt(v) if "precision" in model else np.ones(y.size),
        start=0.0,
    )
    return likelihood(np.array(wanted["beta"]), wanted["tau2"], np.array(wanted["delta"]))[0]


@pytest.mark.shared
@pytest.mark.parametrize("name", datasets())
def test_no_selection_model_is_less_likely_than_that_of_metafor(name):
    """Flat likelihoods stop R's optimizer short, so that ours is often higher, never lower."""
    data = dataset(name)
    for case in (case for case in data["cases"] if case["kind"] == "selmodel"):
        options, wanted = case["options"], case["outputs"]
        assert set(options) == {"type", "alternative", "method"}
        effect, model = data["effects"][case["effect"]], MODELS[options["type"]]
        given = {
            "yi": numbers(effect["yi"]),
            "vi": numbers(effect["vi"]),
            "alternative": options["alternative"],
        }

        found = selection_model(**given, **model, method=options["method"])

        # metafor integrates smooth weights to 1e-4 only. Where that lifts its likelihood above
        # ours, ours is compared with its own, exact, at R's estimates.
        theirs = own_likelihood(given, model, wanted)
        reached = wanted["logLik"] if theirs is None else min(theirs, wanted["logLik"])
        assert found.log_likelihood >= reached - 1e-6, case["id"]
        if theirs is not None:
            assert theirs == pytest.approx(wanted["logLik"], abs=1e-2), case["id"]
        assert found.k == wanted["k"], case["id"]
        # Where both stand on the same maximum, and not on a ridge, they agree in the estimate.
        if abs(found.log_likelihood - wanted["logLik"]) < 1e-8 and found.adjusted.se > 0.0:
            near = 1e-3 * abs(wanted["beta"][0]) + 1e-3 * found.adjusted.se
            assert found.adjusted.estimate == pytest.approx(wanted["beta"][0], abs=near), case["id"]
            if wanted["se"][0] is not None and wanted["se_tau2"] is not None:
                assert found.adjusted.se == pytest.approx(wanted["se"][0], rel=1e-2), case["id"]
