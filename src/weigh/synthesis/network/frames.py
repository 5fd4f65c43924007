"""Columns as data frames."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import narwhals as nw
import numpy as np

from weigh.errors import MissingExtraError

__all__ = ["Backend", "as_columns", "as_frame", "defined", "records"]

Backend = Literal["pandas", "polars", "pyarrow"]


def as_columns(columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Columns as lists, what is undefined as None."""
    return {name: [defined(value) for value in values] for name, values in columns.items()}


def defined(value: Any) -> Any:
    """A plain number or word; None for what is not a number."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def as_frame(columns: Mapping[str, Sequence[Any]], backend: Backend) -> Any:
    """A data frame of the columns."""
    try:
        return nw.from_dict(dict(columns), backend=backend).to_native()
    except ImportError:
        raise MissingExtraError("A data frame of a network", backend) from None


def records(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows of columns as dictionaries."""
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
