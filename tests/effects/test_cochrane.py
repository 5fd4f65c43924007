"""What 322 Cochrane reviews printed beside each study, from the numbers of its arms."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from shared import shared_path

from weigh.effects import effect_size

pytestmark = pytest.mark.shared

MEANS = {name: name for name in ("mean1", "sd1", "n1", "mean2", "sd2", "n2")}
COUNTS = {name: name for name in ("events1", "n1", "events2", "n2")}
# RevMan corrects SMDs by the short formula and has a variance of its own; ratios of tables without
# events it leaves out; a zero cell goes into the variance of a risk difference alone.
REVMAN = {
    "MD": MEANS,
    "SMD": MEANS | {"correct": "approximate", "vtype": "LS3"},
    "RR": COUNTS | {"drop00": True},
    "OR": COUNTS | {"drop00": True},
    "RD": COUNTS | {"add_yi": False},
}
# Where the printed interval is another than the arms give, though the effect is the same: trials
# whose standard error the review's authors changed (allocation by clusters).
OTHER_INTERVAL = {"MD": 1, "RR": 2}


@cache
def rows(measure: str) -> pl.DataFrame:
    path = shared_path("data", "cochrane-analyses", "rows.parquet")
    return pl.read_parquet(path).filter(pl.col("measure") == measure)


def printed(table: pl.DataFrame) -> np.ndarray:
    names = ["revman_effect", "revman_ci_low", "revman_ci_high"]
    return table.select(names).to_numpy().T


def natural(effects):
    return np.array([effects.to_natural(values) for values in (effects.yi, *effects.ci())])


@pytest.mark.parametrize("measure", REVMAN)
def test_effects_and_intervals_are_those_that_the_reviews_printed(measure):
    table = rows(measure)
    wanted = printed(table)
    effects = effect_size(measure, table, **REVMAN[measure])
    ours = natural(effects)
    both = np.isfinite(wanted).all(axis=0) & np.isfinite(ours).all(axis=0)

    # Six decimals, or about six digits of ratios far from 1, as the files hold them.
    near = np.isclose(ours, wanted, rtol=2e-5, atol=2e-6)

    odd = both & ~near.all(axis=0)
    if measure in ("RR", "OR"):
        # The measure was inferred to within 1 %; these were by Peto's method, or odds ratios of 1.
        for other in ("PETO", "OR"):
            others = natural(effect_size(other, table, **COUNTS, to="none"))
            odd &= ~np.isclose(others, wanted, rtol=2e-5, atol=2e-6).all(axis=0)
    assert np.count_nonzero(odd) == OTHER_INTERVAL.get(measure, 0)
    assert near[0, odd].all()
    # RevMan prints nothing where there is nothing to print: no events in either group, no SD.
    assert np.count_nonzero(~both) <= np.count_nonzero(~np.isfinite(wanted).all(axis=0)) + 40


@pytest.mark.parametrize("measure", REVMAN)
def test_pooled_with_equal_effects_they_give_what_metafor_gave(measure):
    """The reference fits took R's effect sizes, so this holds ours to all their digits."""
    table = rows(measure)
    options = {"drop00": True} if measure in ("RR", "OR") else {}
    options |= {"to": "none"} if measure == "RD" else {}
    columns = MEANS if measure in ("MD", "SMD") else COUNTS
    effects = effect_size(measure, table, **columns, **options)
    usable = effects.usable & (effects.vi > 0)
    pooled = (
        table.select("review", "analysis")
        .with_columns(yi=effects.yi, w=1 / np.where(usable, effects.vi, np.inf))
        .filter(usable)
        .group_by("review", "analysis")
        .agg(
            estimate=(pl.col("yi") * pl.col("w")).sum() / pl.col("w").sum(),
            se=1 / pl.col("w").sum().sqrt(),
            k=pl.len(),
        )
    )
    reference = pl.read_parquet(
        shared_path("data", "cochrane-analyses", "reference.parquet")
    ).filter((pl.col("measure") == measure) & (pl.col("method") == "EE"))

    both = reference.join(pooled, on=["review", "analysis"], how="left", suffix="_ours")

    assert both["k"].to_list() == both["k_ours"].to_list()
    assert np.allclose(both["se"], both["se_ours"], rtol=1e-10)
    apart = (both["estimate"] - both["estimate_ours"]) / both["se"]
    assert apart.abs().max() < 1e-9
