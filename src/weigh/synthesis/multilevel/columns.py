"""Columns of a table, or arrays in their place, one entry an effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.grouping import label_array
from weigh.synthesis.inputs import check_vector, entries_of, is_missing

__all__ = ["coded", "codes_of", "column_of", "labels_of", "numbers_of", "values_of", "variances_of"]

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
        known = names_in(data)
        if given not in known:
            raise NotFoundError("column", given, known)
        given = data[given]
    values = _listed(given)
    if values is None:
        raise InputError(
            f"`{name}` is {type(given).__name__}; it is one value an effect, or the name of a "
            "column of `data`."
        )
    if count is not None and len(values) != count:
        raise InputError(f"`{name}` has {len(values)} values for {count} effects.")
    return values


def _listed(given: Any) -> list[Any] | None:
    """The entries of a column in order, or None for what is no column."""
    if isinstance(given, str | bytes | Mapping | Set) or not isinstance(given, Iterable):
        return None
    return entries_of(given) if len(getattr(given, "shape", (1,))) == 1 else None


def numbers_of(given: Any, data: Any, name: str, count: int | None = None) -> FloatArray:
    """The same as numbers, what is missing as NaN."""
    values = values_of(given, data, name, count)
    return check_vector(values, name) if values else np.zeros(0)


def variances_of(given: Any, data: Any, name: str, count: int | None = None) -> FloatArray:
    """The same as sampling variances: 0 or above and finite, or missing.

    Raises
    ------
    StatisticsError
        A variance that is none.
    """
    v = numbers_of(given, data, name, count)
    wrong = np.flatnonzero((v < 0.0) | np.isinf(v))
    if wrong.size:
        raise StatisticsError(
            f"`{name}`, row {wrong[0] + 1}: the sampling variance is {v[wrong[0]]:g}; it must be a "
            "number that is not negative.",
            hint="A variance is the squared standard error. If it is unknown, leave it as NaN.",
        )
    return v


def labels_of(given: Any, data: Any, name: str, count: int | None = None) -> list[str]:
    """The same as labels; a whole number is named without its decimals.

    Raises
    ------
    InputError
        A label that is missing.
    """
    labels = []
    for row, value in enumerate(values_of(given, data, name, count)):
        if is_missing(value):
            raise InputError(f"`{name}`, row {row + 1}: there is no value; each effect needs one.")
        labels.append(f"{value:g}" if isinstance(value, float) else str(value))
    return labels


def codes_of(labels: list[str]) -> tuple[IntArray, list[str]]:
    """Index of each label among the different ones, which keep the order they came in."""
    names = list(dict.fromkeys(labels))
    place = {name: index for index, name in enumerate(names)}
    return np.array([place[label] for label in labels], dtype=np.intp), names


def names_in(data: Any) -> list[str]:
    """Names of the columns of a table.

    Raises
    ------
    InputError
        What is no table.
    """
    if not isinstance(data, Mapping) and not hasattr(data, "columns"):
        raise InputError(
            f"`data` is {type(data).__name__}; it is a data frame, or a mapping of names to "
            "columns."
        )
    names = data if isinstance(data, Mapping) else getattr(data, "column_names", data.columns)
    return [str(name) for name in names]


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
    known = names_in(data)
    if name not in known:
        raise NotFoundError("column", name, known)
    column = data[name]
    shape = getattr(column, "shape", None)
    column = column if shape is not None and len(shape) == 1 else _listed(column)
    if column is None:
        raise InputError(
            f"Column {name!r} is {type(data[name]).__name__}; it is a list of one value an effect."
        )
    if len(column) != count:
        raise InputError(f"Column {name!r} has {len(column)} values for {count} effects.")
    return column


def coded(name: str, column: Any, rows: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """Index and names of the levels of a column, in their order."""
    categories = getattr(getattr(column, "dtype", None), "categories", None)
    values = label_array(column, name)[rows]
    if values.dtype == object or values.dtype.kind in "fcmMU":
        missing = np.array([is_missing(value) for value in values.tolist()], dtype=np.bool_)
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
