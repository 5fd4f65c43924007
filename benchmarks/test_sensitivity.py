"""Times of sensitivity analyses: studies left out, added one by one, permuted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weigh.evidence.pooled import Pooled
from weigh.synthesis import pool
from weigh.synthesis.bias import trim_and_fill
from weigh.synthesis.sensitivity import (
    baujat,
    cumulative,
    influence,
    leave_one_out,
    permutation_test,
)

# R's function, ours, what of R's result to compare with what of ours.
ANALYSES: dict[str, tuple[str, Callable[[Pooled], Any], str, Callable[[Any], float]]] = {
    "leave-one-out": (
        "leave1out(fit)",
        leave_one_out,
        "r$estimate[1]",
        lambda found: found.estimate[0],
    ),
    "cumulative": ("cumul(fit)", cumulative, "r$estimate[2]", lambda found: found.estimate[1]),
    "influence": ("influence(fit)", influence, "r$inf$cook.d[1]", lambda found: found.cook_d[0]),
    "baujat": (
        "baujat(fit, plot=FALSE)",
        baujat,
        "r$y[1]",
        lambda found: found.influence[0],
    ),
    "trim and fill": (
        "trimfill(fit)",
        lambda fit: trim_and_fill(fit.yi, fit.vi, method=fit.method),
        "r$beta[1]",
        lambda found: found.fit.estimate,
    ),
}


def studies(k: int, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    vi = np.exp(rng.normal(-2.0, 0.7, size=k))
    yi, x = rng.normal(0.3, np.sqrt(vi + 0.1)), rng.normal(size=k)
    np.savetxt(folder / "set.csv", np.column_stack([yi, vi, x]), delimiter=",", fmt="%.17g")
    return yi, vi, x


@pytest.mark.parametrize("k", [13, 50])
@pytest.mark.parametrize("method", ["REML", "DL"])
@pytest.mark.parametrize("name", ANALYSES)
def test_each_study_in_its_turn(name, method, k, r, race, tmp_path):
    theirs_is, ours_is, their_value, our_value = ANALYSES[name]
    yi, vi, _ = studies(k, tmp_path)
    r.read(tmp_path / "set.csv")
    value = r.ask(
        f"""fit <- rma(d[[1]], d[[2]], method="{method}", control=list(threshold=1e-10));
        r <- {theirs_is}; sprintf("%.15g", {their_value})"""
    )

    fit = pool(yi, vi, method=method)
    assert our_value(ours_is(fit)) == pytest.approx(value, rel=1e-4)
    race(
        f"{name}, {method}, k = {k}",
        lambda: ours_is(fit),
        theirs_is,
        peer=f"{theirs_is.partition('(')[0]}()",
        goal=50,
        loops=10,
        loops_in_r=2,
    )


@pytest.mark.parametrize("regression", [False, True], ids=["mean", "regression"])
@pytest.mark.parametrize("method", ["REML", "DL"])
def test_a_thousand_permutations(regression, method, r, race, tmp_path):
    """R is timed on twenty, each of which costs it the same."""
    yi, vi, x = studies(20, tmp_path)
    r.read(tmp_path / "set.csv")
    permutations = "r <- permutest(fit, iter=20, exact=FALSE, progbar=FALSE)"
    p = r.ask(
        f"""set.seed(1);
        fit <- rma(d[[1]], d[[2]]{", mods = ~ d[[3]]" if regression else ""}, method="{method}");
        {permutations}; sprintf("%.15g", r$pval[1])"""
    )

    fit = pool(yi, vi, method=method, mods=x if regression else None)
    found = permutation_test(fit, 1000, 1, exact=False)
    # Five standard errors of a share of twenty draws.
    assert found.p[0] == pytest.approx(p, abs=0.56)
    what = "regression" if regression else "mean"
    race(
        f"1,000 permutations, {what}, {method}, k = 20",
        lambda: permutation_test(fit, 1000, 1, exact=False),
        permutations,
        peer="permutest()",
        goal=50,
        loops=5,
        share=0.02,
    )
