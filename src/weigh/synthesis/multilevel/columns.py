"""Columns of a table, or arrays in their place, one entry an effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError

__all__ = ["coded", "codes_of", "column_of", "labels_of", "numbers_of", "values_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def values_of(given: Any, data: Any, name: str, count: int | None = None) -> list[Any]:
    """Values of an argument: an array, or the name of a column of `data`.

    Raises
    ------
    InputError
        Another number of values than effects.
    NotFoundError
        A name that is no column.
    """
    if isinstance(given, str) and data is not None:
        known = [str(key) for key in (data if isinstance(data, Mapping) else data.columns)]
        if given not in known:
            raise NotFoundError("column", given, known)
        given = data[given]
    if isinstance(given, str) or np.ndim(given) != 1:
        raise InputError(
            f"`{name}` is {type(given).__name__}; it is one value an effect, or the name of a "
            "column of `data`."
        )
    values = given.tolist() if hasattr(given, "tolist") else list(given)
    if count is not None and len(values) != count:
        raise InputError(f"`{name}` has {len(values)} values for {count} effects.")
    return values


def numbers_of(given: Any, data: Any, name: str, count: int | None = None) -> FloatArray:
    """The same as numbers, what is missing as NaN."""
    values = values_of(given, data, name, count)
    try:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` holds something that is not a number: {error}.") from error


def labels_of(given: Any, data: Any, name: str, count: int | None = None) -> list[str]:
    """The same as labels; a whole number is named without its decimals.

    Raises
    ------
    InputError
        A label that is missing.
    """
    labels = []
    for row, value in enumerate(values_of(given, data, name, count)):
        if value is None or value != value:
            raise InputError(f"`{name}`, row {row + 1}: there is no value; each effect needs one.")
        labels.append(f"{value:g}" if isinstance(value, float) else str(value))
    return labels


def codes_of(labels: list[str]) -> tuple[IntArray, list[str]]:
    """Index of each label among the different ones, which keep the order they came in."""
    names = list(dict.fromkeys(labels))
    place = {name: index for index, name in enumerate(names)}
    return np.array([place[label] for label in labels], dtype=np.intp), names


def column_of(name: str, data: Any, count: int) -> Any:
    """A column that a formula names, ``factor(name)`` included."""
    name = name.strip().strip("`")
    factor = re.fullmatch(r"factor\((.+)\)", name)
    if factor:
        name = factor.group(1)
    if data is None:
        raise InputError(
            f"The random effects name the column {name!r}, and there is no table to take it from.",
            hint="Give the table as data=...",
        )
    known = [str(key) for key in (data if isinstance(data, Mapping) else data.columns)]
    if name not in known:
        raise NotFoundError("column", name, known)
    column = data[name]
    if len(column) != count:
        raise InputError(f"Column {name!r} has {len(column)} values for {count} effects.")
    return column


def coded(name: str, column: Any, rows: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """Index and names of the levels of a column, in their order."""
    categories = getattr(getattr(column, "dtype", None), "categories", None)
    values = np.asarray(column)[rows]
    if values.dtype == object or values.dtype.kind in "fcmM":
        missing = np.array([value is None or value != value for value in values.tolist()])
        if missing.any():
            raise InputError(
                f"{name!r}, row {int(rows[np.flatnonzero(missing)[0]]) + 1}: the group is missing, "
                "and an effect without a group belongs nowhere.",
                hint="Leave out the row, or give it a group of its own.",
            )
    if values.dtype == object:
        values = np.array([str(value) for value in values.tolist()])
    names, codes = np.unique(values, return_inverse=True)
    shown = [_shown(value) for value in names.tolist()]
    if categories is not None:
        order = {str(category): index for index, category in enumerate(categories)}
        if all(name in order for name in shown):
            rank = np.argsort([order[name] for name in shown])
            place = np.empty_like(rank)
            place[rank] = np.arange(rank.size)
            codes, shown = place[codes], [shown[index] for index in rank]
    return codes.astype(np.intp, copy=False), tuple(shown)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
