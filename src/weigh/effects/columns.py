"""Arguments of `effect_size` as aligned columns of numbers, checked, with names for messages.

Each argument may be an array, a list, a series of any data frame library, one number for all rows,
or the name of a column of ``data=``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.effect import Backend
from weigh.evidence.measure import Measure

__all__ = ["BoolArray", "Columns", "FloatArray", "listed", "read_columns"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The numbers that effects are made from: (rows,) arrays by the name of their argument.

    Parameters
    ----------
    measure
        The measure asked for.
    arrays
        Those arguments that were given; missing entries are NaN, none is infinite.
    whole
        Names of those that were given as integers: nothing in them is missing or a fraction.
    sources
        For arguments that named a column of ``data=``, that name.
    rows
        Number of rows.
    slab
        Names of the studies, where given.
    backend
        Data frame library of the input, where it came from one.
    """

    measure: Measure
    arrays: Mapping[str, FloatArray]
    whole: frozenset[str]
    sources: Mapping[str, str]
    rows: int
    slab: tuple[str, ...] | None
    backend: Backend | None

    def __getitem__(self, name: str) -> FloatArray:
        """The column of an argument, which must have been given."""
        self.require(name)
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def get(self, name: str) -> FloatArray:
        """The column of an argument; all missing where it was not given."""
        return self.arrays[name] if name in self.arrays else np.full(self.rows, np.nan)

    def take(self, names: str) -> tuple[FloatArray, ...]:
        """Several columns, all of which must have been given."""
        wanted = names.split()
        self.require(*wanted)
        return tuple(self.arrays[name] for name in wanted)

    def require(self, *names: str) -> None:
        """Raise an error that lists what is absent, if any of these arguments is."""
        absent = [name for name in names if name not in self.arrays]
        if absent:
            raise InputError(
                f"{self.measure.name} ({self.measure.words}) needs {listed(names)}; "
                f"{listed(absent)} {'is' if len(absent) == 1 else 'are'} not given.",
                hint=self._accepts(),
            )

    def _accepts(self) -> str | None:
        if not self.measure.accepts:
            return None
        return f"It also accepts {listed(self.measure.accepts)}."

    def part(self, start: int, stop: int) -> Columns:
        """Some of the rows, as floats: views of those that are floats already."""
        return replace(
            self,
            arrays={
                name: array[start:stop].astype(np.float64, copy=False)
                for name, array in self.arrays.items()
            },
            rows=stop - start,
            slab=None if self.slab is None else self.slab[start:stop],
        )

    def place(self, name: str, row: int) -> str:
        """Where a number stands, for a message: argument, row, column and study."""
        inside = []
        if name in self.sources:
            inside.append(f"column {self.sources[name]!r}")
        if self.slab is not None:
            inside.append(self.slab[row])
        return f"{name}[{row}]" + (f" ({', '.join(inside)})" if inside else "")

    def refuse(self, name: str, wrong: BoolArray, why: str, *, hint: str | None = None) -> None:
        """Raise an error at the first row where a number is wrong."""
        if not wrong.any():
            return
        rows = np.flatnonzero(wrong)
        more = "" if rows.size == 1 else f" ({rows.size - 1:,} more rows have the same fault.)"
        value = self.arrays[name][rows[0]]
        raise InputError(f"{self.place(name, int(rows[0]))} is {value:g}: {why}.{more}", hint=hint)

    def refuse_negative(self, *names: str) -> None:
        """Raise an error where one of these, if given, is below zero."""
        for name in names:
            if name in self.arrays and not _lowest(self.arrays[name]) >= 0.0:
                what = "a standard deviation" if name.startswith(("sd", "change_sd")) else "it"
                self.refuse(name, self.arrays[name] < 0.0, f"{what} cannot be negative")

    def refuse_not_positive(self, *names: str) -> None:
        """Raise an error where one of these, if given, is zero or below."""
        for name in names:
            if name in self.arrays and not _lowest(self.arrays[name]) > 0.0:
                self.refuse(name, self.arrays[name] <= 0.0, "it must be above zero")

    def refuse_outside(self, low: float, high: float, *names: str) -> None:
        """Raise an error where one of these, if given, is not between two bounds."""
        for name in names:
            if name in self.arrays:
                array = self.arrays[name]
                if _lowest(array) >= low and np.maximum.reduce(array, initial=low) <= high:
                    continue
                self.refuse(
                    name,
                    (array < low) | (array > high),
                    f"it must lie between {low:g} and {high:g}",
                )


def _lowest(array: FloatArray) -> Any:
    """The lowest number; NaN if one is missing."""
    return np.minimum.reduce(array, initial=np.inf)


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Names as they stand in a sentence: a, b and c."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def read_columns(
    measure: Measure,
    data: Any,
    given: Mapping[str, Any],
    slab: Any = None,
    *,
    as_floats: bool = True,
) -> Columns:
    """Read the arguments that were given (not None) into columns of the same length.

    Parameters
    ----------
    measure, data, given, slab
        As in `effect_size`; `given` holds its other arguments by name.
    as_floats
        False leaves integers as they came, for `Columns.part` to turn into floats: a long column
        is then never copied as a whole.

    Raises
    ------
    InputError
        An argument that the measure does not use, that is not numbers, or whose length differs.
    NotFoundError
        A column that `data` does not have.
    """
    present = {name: value for name, value in given.items() if value is not None}
    known = measure.inputs + measure.accepts
    for name in present:
        if name not in known:
            raise InputError(
                f"{measure.name} ({measure.words}) makes no use of {name}=.",
                hint=f"It is made from {listed(measure.inputs)}."
                + (f" It also accepts {listed(measure.accepts)}." if measure.accepts else ""),
            )
    if not present:
        raise InputError(
            f"{measure.name} ({measure.words}) was asked for without any numbers.",
            hint=f"It is made from {listed(measure.inputs)}.",
        )
    table = _Table.of(data)
    arrays: dict[str, npt.NDArray[Any]] = {}
    sources: dict[str, str] = {}
    for name, value in present.items():
        if isinstance(value, str):
            sources[name] = value
            value = table.column(name, value)
        arrays[name] = _numbers(name, value)
    labels = _labels(table, slab)
    rows = _common_length(arrays, labels)
    columns = Columns(
        measure=measure,
        arrays={
            name: array if array.ndim else np.full(rows, array) for name, array in arrays.items()
        },
        whole=frozenset(name for name, array in arrays.items() if array.dtype.kind in "iub"),
        sources=sources,
        rows=rows,
        slab=labels,
        backend=table.backend or _backend_of(present.values()),
    )
    return columns.part(0, rows) if as_floats else columns


@dataclass(frozen=True, slots=True)
class _Table:
    """The ``data=`` argument: a data frame of any library, a mapping of columns, or nothing."""

    frame: Any
    names: tuple[str, ...]
    backend: Backend | None

    @classmethod
    def of(cls, data: Any) -> _Table:
        if data is None:
            return cls(None, (), None)
        if isinstance(data, Mapping):
            return cls(data, tuple(data), None)
        try:
            frame = nw.from_native(data, eager_only=True)
        except TypeError:
            raise InputError(
                f"data= is a {type(data).__name__}, which has no columns to name.",
                hint="Give a data frame of pandas, polars or pyarrow, or a mapping of arrays.",
            ) from None
        return cls(frame, tuple(frame.columns), _backend(frame))

    def column(self, argument: str, name: str) -> Any:
        if self.frame is None:
            raise InputError(
                f"{argument} is the name {name!r}, but there is no data= to find it in.",
                hint="Give the data frame as data=, or the numbers themselves.",
            )
        if name not in self.names:
            raise NotFoundError("column", name, self.names)
        return self.frame[name]


def _as_series(value: Any) -> Any:
    """A narwhals series, where the value is a series of some library."""
    if isinstance(value, (int, float, np.ndarray, list, tuple, range)):
        return value  # the usual case, without asking each library whether the value is its own
    return nw.from_native(value, series_only=True, pass_through=True)


def _backend(native: Any) -> Backend | None:
    """The library that a table of results should come back in; None if it is another."""
    implementation = native.implementation
    if implementation.is_pandas():
        return "pandas"
    if implementation.is_polars():
        return "polars"
    return "pyarrow" if implementation.is_pyarrow() else None


def _backend_of(values: Any) -> Backend | None:
    for value in values:
        series = _as_series(value)
        if isinstance(series, nw.Series):
            return _backend(series)
    return None


def _numbers(name: str, value: Any) -> npt.NDArray[Any]:
    """A (rows,) array of floats or integers, or a scalar array; what is missing becomes NaN."""
    series = _as_series(value)
    if isinstance(series, nw.Series):
        if not (series.dtype.is_numeric() or series.dtype in (nw.Boolean, nw.Object, nw.Unknown)):
            raise InputError(f"{name} holds {series.dtype}, not numbers.")
        complete_integers = series.dtype.is_integer() and not series.null_count()
        if series.dtype.is_numeric() and not complete_integers:
            series = series.cast(nw.Float64)
            if series.null_count():
                series = series.fill_null(float("nan"))
        value = series.to_numpy()
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    array = _plain_numbers(name, value)
    if array.ndim > 1:
        raise InputError(
            f"{name} has {array.ndim} dimensions; a column of numbers or one number is expected."
        )
    if array.dtype.kind == "f" and np.isinf(array).any():
        row = int(np.flatnonzero(np.isinf(np.atleast_1d(array)))[0])
        raise InputError(f"{name}[{row}] is infinite, which no count, mean or SD can be.")
    return array


def _plain_numbers(name: str, value: Any) -> npt.NDArray[Any]:
    try:
        raw = np.asarray(value)
    except ValueError:
        raise InputError(f"{name} is not a column of numbers: its rows differ in length.") from None
    if raw.dtype.kind in "iub":
        return raw
    if raw.dtype.kind == "f":
        return raw.astype(np.float64, copy=False)
    if raw.dtype.kind == "O":
        # None and NA stand for what is missing; text is refused even where it spells a number,
        # because "1,5" and "1.5" are not to be told apart here.
        entries = raw.ravel().tolist()
        for row, entry in enumerate(entries):
            if isinstance(entry, (str, bytes)):
                raise InputError(f"{name}[{row}] is the text {entry!r}, not a number.")
        try:
            numbers = [np.nan if _is_missing(entry) else float(entry) for entry in entries]
        except (TypeError, ValueError):
            raise InputError(f"{name} is not a column of numbers.") from None
        return np.array(numbers, dtype=np.float64).reshape(raw.shape)
    raise InputError(f"{name} is not a column of numbers: it holds {raw.dtype}.")


def _is_missing(entry: object) -> bool:
    return entry is None or str(entry) in ("<NA>", "NaT")


def _labels(table: _Table, slab: Any) -> tuple[str, ...] | None:
    if slab is None:
        return None
    if isinstance(slab, str):
        slab = table.column("slab", slab)
    series = _as_series(slab)
    entries = series.to_list() if isinstance(series, nw.Series) else list(slab)
    return tuple(str(entry) for entry in entries)


def _common_length(arrays: Mapping[str, npt.NDArray[Any]], labels: tuple[str, ...] | None) -> int:
    lengths = {name: array.size for name, array in arrays.items() if array.ndim}
    if labels is not None:
        lengths["slab"] = len(labels)
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} has {size:,}" for name, size in lengths.items())
        raise InputError(f"The columns differ in their number of rows: {counts}.")
    return next(iter(lengths.values()), 1)
