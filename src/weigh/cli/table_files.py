"""Tables from CSV, JSON and Parquet files, or from standard input."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from weigh.cli.tables import Table
from weigh.errors import (
    EvidenceError,
    Fault,
    InputError,
    MissingExtraError,
    NotFoundError,
    OutOfReachError,
)
from weigh.folder.csv_file import parse_table
from weigh.folder.files import decode
from weigh.folder.json_file import parse_json
from weigh.folder.tree import Entry, Listing, Mapping, Node, Scalar

__all__ = ["FORMATS", "read_table"]

LARGEST = 256 * 1024 * 1024
FORMATS = ("csv", "json", "parquet")
STDIN = "-"

_SUFFIXES = {".json": "json", ".parquet": "parquet", ".pq": "parquet"}


def read_table(path: Path, form: str | None = None) -> Table:
    """Read a table.

    Parameters
    ----------
    path
        A file; ``-`` is standard input.
    form
        ``csv`` (with a header), ``json`` (a list of records, an object of columns, or what
        ``weigh effects --json`` prints) or ``parquet``. By default the file's suffix decides;
        where that says nothing, and for standard input, it is CSV.

    Raises
    ------
    InputError
        If there is no such file, or it has no row.
    NotFoundError
        If there is no such format.
    EvidenceError
        If it is no table: every reason, each with its line.
    MissingExtraError
        If it is a Parquet file and pyarrow is not installed.
    OutOfReachError
        If the system does not let it be read.
    """
    if form is not None and form not in FORMATS:
        raise NotFoundError("format", form, FORMATS)
    given = str(path) == STDIN
    chosen = form or ("csv" if given else _SUFFIXES.get(path.suffix.lower(), "csv"))
    data = sys.stdin.buffer.read() if given else _bytes(path)
    name = "standard input" if given else path.name
    if chosen == "parquet":
        table = _parquet(name, data)
    else:
        text = decode(name, data)
        if text.text is None:
            raise EvidenceError(name, text.faults)
        table = (_json if chosen == "json" else _csv)(name, text.text)
    if not table.rows:
        said = "a header but no row" if chosen == "csv" else "no row"
        raise InputError(f"{name.capitalize() if given else path} has {said}.")
    return table


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder.", hint="Name a file with a table.")
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST // 1024**2} MiB.")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", hint=_nearest(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutOfReachError(f"{path} cannot be read: {reason.lower()}.") from error


def _nearest(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return None
    near = get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.parent / near[0]}?" if near else None


def _csv(name: str, text: str) -> Table:
    columns, parsed = parse_table(name, text)
    if parsed.faults or not isinstance(parsed.root, Listing):
        raise EvidenceError(name, parsed.faults)
    rows = tuple(row for row in parsed.root.items if isinstance(row, Mapping))
    return Table(name=name, columns=columns, rows=rows)


def _json(name: str, text: str) -> Table:
    parsed = parse_json(name, text)
    root = parsed.root
    if parsed.faults or root is None:
        raise EvidenceError(name, parsed.faults)
    if isinstance(root, Mapping) and isinstance(root.get("rows"), Listing):
        root = root.get("rows")  # the document of `weigh effects --json`
    if isinstance(root, Listing):
        rows = tuple(_records(name, root))
    elif isinstance(root, Mapping):
        rows = tuple(_transposed(name, root))
    else:
        raise _no_table(name, 1, "a single value")
    columns = dict.fromkeys(entry.key for row in rows for entry in row.entries)
    return Table(name=name, columns=tuple(columns), rows=rows, typed=True)


def _no_table(name: str, line: int, found: str) -> EvidenceError:
    expected = 'a list of records [{"yi": 0.1, …}, …], or an object of columns {"yi": [0.1, …], …}'
    return EvidenceError(name, [Fault(file=name, line=line, found=found, expected=expected)])


def _records(name: str, root: Listing) -> Iterator[Mapping]:
    for item in root.items:
        if not isinstance(item, Mapping):
            found = "a list" if isinstance(item, Listing) else f"the value {item.raw[:60]!r}"
            raise _no_table(name, item.line, f"{found} among the records")
        yield item


def _transposed(name: str, root: Mapping) -> Iterator[Mapping]:
    """Rows of an object of columns."""
    columns: dict[str, tuple[Node, ...]] = {}
    for entry in root.entries:
        if not isinstance(entry.value, Listing):
            raise _no_table(name, entry.line, f"the field {entry.key!r} that is no list")
        columns[entry.key] = entry.value.items
    sizes = {key: len(items) for key, items in columns.items()}
    first = next(iter(sizes), None)
    for entry in root.entries:
        if first is not None and sizes[entry.key] != sizes[first]:
            fault = Fault(
                file=name,
                line=entry.line,
                field=entry.key,
                found=f"{sizes[entry.key]:,} values",
                expected=f"{sizes[first]:,}, as many as {first!r} has",
            )
            raise EvidenceError(name, [fault])
    for values in zip(*columns.values(), strict=True):
        yield Mapping(
            entries=tuple(
                Entry(key=key, value=value, line=value.line)
                for key, value in zip(columns, values, strict=True)
            ),
            line=values[0].line,
        )


def _parquet(name: str, data: bytes) -> Table:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("Reading a Parquet file", "parquet") from error
    try:
        held = pyarrow.parquet.read_table(pyarrow.BufferReader(data))
    except (pyarrow.ArrowException, OSError) as error:
        fault = Fault(
            file=name,
            found="bytes that are no whole Parquet file",
            expected="a Parquet file",
            hint=None if data.startswith(b"PAR1") else "Say what it is with --format csv or json.",
        )
        raise EvidenceError(name, [fault]) from error
    names = [str(column) for column in held.column_names]
    twice = next((column for column in names if names.count(column) > 1), None)
    if twice is not None:
        found = f"the column {twice!r} a second time"
        raise EvidenceError(name, [Fault(file=name, found=found, expected="each column once")])
    rows = tuple(_cells(names, held.to_pydict().values()))
    return Table(name=name, columns=tuple(names), rows=rows, typed=True, has_lines=False)


def _cells(names: list[str], columns: Iterable[list[Any]]) -> Iterator[Mapping]:
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        yield Mapping(
            entries=tuple(
                Entry(key=key, value=_cell(value, row), line=row)
                for key, value in zip(names, values, strict=True)
                if not (value is None or (isinstance(value, float) and math.isnan(value)))
            ),
            line=row,
        )


def _cell(value: Any, row: int) -> Node:
    """A value as a file of text would have it, with every digit."""
    if isinstance(value, bool):
        return Scalar(raw=str(value).lower(), quoted=False, line=row)
    if isinstance(value, int | float):
        return Scalar(raw=repr(value), quoted=False, line=row)
    if isinstance(value, dict):
        return Mapping(entries=(), line=row)
    if isinstance(value, list):
        return Listing(items=(), line=row)
    # Exact decimals are numbers whose text is their value; dates and the like are text.
    return Scalar(raw=str(value), quoted=type(value).__name__ != "Decimal", line=row)
