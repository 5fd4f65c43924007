"""Effect sizes as values, and what the measures are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from weigh.errors import MissingExtraError, NotFoundError
from weigh.evidence.effect import MEASURES, EffectSizes, measure_named, to_natural


def effects(**changes):
    values = {
        "yi": np.array([0.0, 0.5, np.nan]),
        "vi": np.array([0.04, 0.09, np.nan]),
        "measure": "RR",
        "ni": np.array([10.0, 20.0, 30.0]),
        "slab": ("a", "b", "c"),
        "reasons": (None, None, "events1 is missing"),
    }
    return EffectSizes(**(values | changes))


def test_rows_that_can_be_used_are_counted():
    assert len(effects()) == 3
    assert effects().k == 2
    assert effects().usable.tolist() == [True, True, False]


def test_standard_errors_are_roots_of_variances():
    assert effects().sei[:2].tolist() == pytest.approx([0.2, 0.3])


def test_intervals_are_by_the_normal_distribution():
    low, high = effects().ci()

    assert (low[1], high[1]) == pytest.approx((0.5 - 1.959964 * 0.3, 0.5 + 1.959964 * 0.3))


def test_arrays_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        effects().yi[0] = 1.0


def test_ratios_come_back_as_ratios():
    assert effects().to_natural()[:2].tolist() == pytest.approx([1.0, np.exp(0.5)])
    assert effects().to_natural(0.5) == pytest.approx(np.exp(0.5))


def test_double_arcsines_come_back_by_the_sizes_of_those_that_were_pooled():
    """Each by its own size; a pooled one by the harmonic mean of the sizes (Miller 1978)."""
    proportions = effects(measure="PFT", yi=np.array([0.4, 0.6, np.nan]))

    own = proportions.to_natural()
    pooled = proportions.to_natural(0.5)

    assert own[0] == to_natural(0.4, "PFT", n=10.0)
    assert pooled == to_natural(0.5, "PFT", n=2 / (1 / 10 + 1 / 20))


def test_a_table_leaves_out_what_it_does_not_have():
    table = effects(
        yi=np.array([0.1]), vi=np.array([0.2]), ni=None, slab=None, reasons=(None,)
    ).to_frame()

    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == ["yi", "vi", "sei"]


def test_a_table_comes_in_the_library_of_the_input():
    assert isinstance(effects(backend="polars").to_frame(), pl.DataFrame)


def test_without_a_library_of_tables_it_says_what_to_install(monkeypatch):
    def absent(*_, **__):
        raise ImportError

    monkeypatch.setattr("narwhals.from_dict", absent)

    with pytest.raises(MissingExtraError, match=r"pip install 'weigh\[pandas\]'"):
        effects().to_frame()


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.name)
def test_no_effect_is_one_for_ratios_and_zero_for_differences(measure):
    if measure.null is None:
        assert measure.null_natural is None
    elif measure.is_log:
        assert measure.null_natural == 1.0
    else:
        assert measure.null_natural == measure.null


def test_an_unknown_measure_is_answered_with_the_nearest():
    with pytest.raises(NotFoundError, match=r"Did you mean .*SMCRPH"):
        measure_named("SMCRHP")


@pytest.mark.parametrize(
    ("value", "n", "proportion"),
    [(0.0, 10, 0.0), (1.6, 10, 1.0), (np.pi / 4, 10, 0.5)],
)
def test_a_double_arcsine_out_of_reach_is_nobody_or_everybody(value, n, proportion):
    assert to_natural(value, "PFT", n=n) == pytest.approx(proportion, abs=1e-12)
