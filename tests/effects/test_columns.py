"""Columns of any library, missing values of any kind, and tables back in the same library."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from weigh.effects import effect_size
from weigh.errors import InputError

DATA = {
    "study": ["Mehta 2021", "Okafor 2019", "Silva 2020"],
    "m": [1.5, None, 2.5],
    "s": [1.0, 1.0, 2.0],
    "people": [10, 20, 30],
}
FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
KIND = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}


@pytest.mark.parametrize("library", FRAMES)
def test_columns_are_named_and_the_table_comes_back_in_the_same_library(library):
    frame = FRAMES[library](DATA)

    effects = effect_size("MN", frame, mean="m", sd="s", n="people", slab="study")
    table = effects.to_frame()

    assert np.allclose(effects.yi, [1.5, np.nan, 2.5], equal_nan=True)
    assert effects.slab == ("Mehta 2021", "Okafor 2019", "Silva 2020")
    assert effects.reasons == (None, "mean is missing", None)
    assert isinstance(table, KIND[library])
    columns = table.column_names if library == "pyarrow" else list(table.columns)
    assert columns == ["slab", "yi", "vi", "sei", "ni", "reason"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1.5, None, 2.5]),
        pd.Series([1.5, None, 2.5], dtype="Float64"),
        pd.Series([1.5, pd.NA, 2.5], dtype="object"),
        pl.Series([1.5, None, 2.5]),
        pa.chunked_array([[1.5, None, 2.5]]),
        np.ma.masked_array([1.5, 9.0, 2.5], mask=[False, True, False]),
        np.array([1.5, np.nan, 2.5], dtype=np.float32),
        np.array([1.5, None, 2.5], dtype=object),
        [1.5, None, 2.5],
        (1.5, float("nan"), 2.5),
    ],
    ids=lambda column: f"{type(column).__module__}.{getattr(column, 'dtype', '')}",
)
def test_what_is_missing_is_missing_in_any_guise(column):
    effects = effect_size("MN", mean=column, sd=1.0, n=[10, 20, 30])

    assert np.allclose(effects.yi, [1.5, np.nan, 2.5], equal_nan=True)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2, 3]),
        pd.Series([1, 2, 3], dtype="Int64"),
        pl.Series([1, 2, 3], dtype=pl.UInt8),
        pa.chunked_array([[1, 2, 3]]),
        np.array([True, True, True]) + np.arange(3),
        range(1, 4),
    ],
    ids=lambda column: f"{type(column).__module__}.{getattr(column, 'dtype', '')}",
)
def test_whole_numbers_are_numbers(column):
    assert effect_size("MN", mean=column, sd=1.0, n=9).yi.tolist() == [1.0, 2.0, 3.0]


def test_a_series_decides_the_library_of_the_table_too():
    effects = effect_size("MN", mean=pl.Series([1.0]), sd=1.0, n=5)

    assert isinstance(effects.to_frame(), pl.DataFrame)


@pytest.mark.parametrize("library", FRAMES)
def test_text_in_a_column_of_numbers_is_refused(library):
    """Text that spells a number is not read as one: "1,5" and "1.5" cannot be told apart."""
    frame = FRAMES[library](DATA | {"m": ["1.5", "2,5", ""]})

    with pytest.raises(InputError, match="mean holds String, not numbers"):
        effect_size("MN", frame, mean="m", sd="s", n="people")


def test_data_must_have_columns():
    with pytest.raises(InputError, match=r"data= is a list, which has no columns to name"):
        effect_size("MN", [1, 2], mean="m", sd="s", n="people")


def test_a_mapping_of_columns_will_do():
    assert effect_size("MN", DATA, mean="m", sd="s", n="people").k == 2


def test_one_number_stands_for_all_rows():
    effects = effect_size("MN", mean=[1.0, 2.0], sd=2.0, n=4)

    assert effects.vi.tolist() == [1.0, 1.0]


def test_names_of_studies_must_be_as_many_as_rows():
    with pytest.raises(InputError, match="mean has 2, slab has 1"):
        effect_size("MN", mean=[1.0, 2.0], sd=2.0, n=4, slab=["only one"])


def test_the_input_is_left_as_it_was():
    mean = np.array([1.0, 2.0])

    effects = effect_size("MN", mean=mean, sd=1.0, n=5)
    mean[0] = 9.0

    assert effects.yi[0] == 1.0
    assert mean.flags.writeable
