"""What RevMan does, from what it printed: the weights of thousands of studies in Cochrane reviews.

A weight tells the between-study variance that it was made with, and so the convention behind it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from shared import shared_path

from weigh.effects.columns import read_columns
from weigh.evidence.measure import measure_named
from weigh.synthesis.conventions import program_named
from weigh.workflow.program_bench import Bench

pytestmark = pytest.mark.shared

COUNTS = ("events1", "n1", "events2", "n2")
MEANS = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
# The file holds six decimals of a percentage.
NEAR = 2e-5


def analyses(measure):
    """Analyses of three studies or more without subgroups: their numbers and printed weights."""
    table = pl.read_parquet(shared_path("data", "cochrane-analyses", "rows.parquet"))
    names = COUNTS if measure in ("RR", "OR", "RD") else MEANS
    rows = table.filter(pl.col("measure") == measure)
    for _, group in rows.group_by(["review", "analysis"], maintain_order=True):
        alone = group["subgroup"].n_unique() == 1 and group["study"].n_unique() == group.height
        if alone and group.height >= 3:
            numbers = {name: group[name].to_numpy().astype(float) for name in names}
            yield numbers, group["weight"].to_numpy().astype(float)


def methods_behind(measure, numbers, printed):
    """Name the methods whose weights are those printed; None if there is nothing to compare."""
    bench = Bench(read_columns(measure_named(measure), None, numbers), measure, "random", 0.95)
    row = program_named("RevMan 5").conventions(measure, "random")
    y, v = bench.effects(row)
    used = np.isfinite(y) & (v > 0.0)
    shown = printed[used]
    if used.sum() < 3 or not np.isfinite(shown).all() or not shown.sum() > 0.0:
        return None
    v = v[used]
    rules = {
        "random, as the row has it": row,
        "random, by inverse variance": replace(row, center="inverse-variance"),
        "random, REML": program_named("RevMan REML").conventions(measure, "random"),
    }
    weights = {name: 1.0 / (v + bench.run(rule)[0].tau2) for name, rule in rules.items()}
    weights["fixed, by inverse variance"] = 1.0 / v
    if measure in ("RR", "OR", "RD"):
        total = bench.mantel_haenszel(row).weights
        weights["fixed, Mantel-Haenszel"] = total[total > 0.0]
    return frozenset(
        name
        for name, found in weights.items()
        if found.shape == shown.shape
        and np.abs(found / found.sum() - shown / shown.sum()).max() < NEAR
    )


@pytest.mark.parametrize(
    ("measure", "unexplained"), [("RR", 1), ("OR", 0), ("RD", 1), ("MD", 0), ("SMD", 1)]
)
def test_the_weights_that_revman_printed_are_those_of_one_of_its_methods(measure, unexplained):
    found = Counter(methods_behind(measure, *each) for each in analyses(measure))
    del found[None]

    assert found[frozenset()] == unexplained
    assert sum(found.values()) > 8


def test_revman_takes_q_around_the_mantel_haenszel_estimate_where_it_pools_by_that_method():
    """In hundreds of analyses no other convention gives the weights that were printed."""
    found = Counter(methods_behind("RR", *each) for each in analyses("RR"))

    assert found[frozenset({"random, as the row has it"})] > 250
    assert found[frozenset({"random, by inverse variance"})] > 150


def test_recent_reviews_have_weights_by_reml():
    found = Counter(methods_behind("MD", *each) for each in analyses("MD"))

    assert found[frozenset({"random, REML"})] >= 1
