"""CSV as rows of named cells, each row with its line; what is no plain comma-separated table.

Cells are text here. What a cell should be is settled by its column (`weigh.folder.settle`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from weigh.errors import Fault
from weigh.folder.nearest import nearest
from weigh.folder.tree import Entry, Listing, Mapping, Parsed, Scalar

__all__ = ["parse_csv", "parse_table"]

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def parse_csv(name: str, text: str, *, columns: Sequence[str], required: Sequence[str]) -> Parsed:
    """Read a CSV text with a header.

    Parameters
    ----------
    name
        The file's name, for faults.
    text
        The whole text, with line feeds as line ends.
    columns
        Columns that are known; others are faults.
    required
        Columns that must be there.

    Returns
    -------
    Parsed
        A listing of mappings, one a row, without empty cells; rows with no cell are left out.
    """
    rows = _rows(name, text)
    start, header = _header(name, rows)
    if isinstance(header, Fault):
        return _only(header)
    delimiter = _other_delimiter(header, columns)
    if delimiter is not None:
        return _only(_delimited(name, start, delimiter))
    meant = _meant(header, columns)
    faults = list(_header_faults(name, start, header, meant, columns, required))
    # Of a column given twice the first counts; the second is a fault already.
    known = {column: at for at, column in reversed(list(enumerate(meant))) if column in columns}
    if not set(required) <= set(known):
        return Parsed(root=None, faults=tuple(faults))
    items = _items(name, rows, header, known, faults)
    return Parsed(root=Listing(items=items, line=start), faults=tuple(faults))


def parse_table(name: str, text: str) -> tuple[tuple[str, ...], Parsed]:
    """Read a CSV text with whatever columns it has.

    Returns
    -------
    tuple
        The names of the columns, and the rows as `parse_csv` gives them.
    """
    rows = _rows(name, text)
    start, header = _header(name, rows)
    if isinstance(header, Fault):
        return (), _only(header)
    delimiter = next((mark for mark in _DELIMITERS if len(header) == 1 and mark in header[0]), None)
    if delimiter is not None:
        return (), _only(_delimited(name, start, delimiter))
    columns = tuple(dict.fromkeys(filter(None, header)))
    faults = list(_header_faults(name, start, header, header, columns, ()))
    known = {column: header.index(column) for column in columns}
    items = _items(name, rows, header, known, faults)
    return columns, Parsed(root=Listing(items=items, line=start), faults=tuple(faults))


Rows = Iterator[tuple[int, list[str] | Fault]]


def _header(name: str, rows: Rows) -> tuple[int, list[str] | Fault]:
    """The first row that holds anything, or why there is none."""
    for line, cells in rows:
        if isinstance(cells, Fault):
            return line, cells
        if any(map(str.strip, cells)):
            return line, [cell.strip() for cell in cells]
    fault = Fault(
        file=name,
        found="an empty file",
        expected="a header line with the names of the columns",
        hint="Was it saved whole? A file with nothing to say can be deleted.",
    )
    return 1, fault


def _delimited(name: str, line: int, delimiter: str) -> Fault:
    return Fault(
        file=name,
        line=line,
        found=f"columns separated by {_DELIMITERS[delimiter]}",
        expected="columns separated by commas",
        hint="Save it as “CSV UTF-8 (comma delimited)”, with points as decimal marks.",
    )


def _items(
    name: str, rows: Rows, header: Sequence[str], known: dict[str, int], faults: list[Fault]
) -> tuple[Mapping, ...]:
    """The rows below the header; those that do not fit it become faults."""
    items = []
    for line, cells in rows:
        if isinstance(cells, Fault):
            faults.append(cells)
            break
        if not any(map(str.strip, cells)):
            continue
        ragged = _ragged(name, line, header, cells)
        if ragged is not None:
            faults.append(ragged)
            continue
        items.append(_row(line, known, cells))
    return tuple(items)


def _only(fault: Fault) -> Parsed:
    return Parsed(root=None, faults=(fault,))


def _rows(name: str, text: str) -> Rows:
    """Each row with the line on which it begins; a fault ends them."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _grammar_fault(name, line, str(error))
            return


def _grammar_fault(name: str, line: int, said: str) -> Fault:
    if "field larger" in said:
        limit = csv.field_size_limit()
        found, expected = f"a cell of more than {limit:,} characters", "a value or a short text"
        hint = "A quotation mark that is never closed swallows all that follows it; check for one."
    elif "unexpected end of data" in said:
        found, expected = "a quotation mark that is never closed", "a closing quotation mark"
        hint = 'A quotation mark inside a quoted cell is written twice: "".'
    else:
        found, expected = "a quotation mark in the middle of a cell", "quotes around whole cells"
        hint = 'Put the whole cell in quotes, and write a quotation mark inside it twice: "".'
    return Fault(file=name, line=line, found=found, expected=expected, hint=hint)


def _other_delimiter(header: Sequence[str], columns: Sequence[str]) -> str | None:
    if any(cell in columns for cell in header):
        return None
    joined = ",".join(header)
    for delimiter in _DELIMITERS:
        if sum(cell.strip() in columns for cell in joined.split(delimiter)) >= 2:
            return delimiter
    return None


def _meant(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The header with its slips put right, so that the rows can be checked all the same."""
    meant = []
    for column in header:
        near = None if column in columns else nearest(column, columns)
        meant.append(near if near is not None and near not in header else column)
    return meant


def _header_faults(
    name: str,
    line: int,
    header: Sequence[str],
    meant: Sequence[str],
    columns: Sequence[str],
    required: Sequence[str],
) -> Iterator[Fault]:
    for at, column in enumerate(header):
        if not column:
            # A spreadsheet may write columns without a name beyond the last one; see `_ragged`.
            continue
        if column not in columns:
            slip = meant[at] != column
            yield Fault(
                file=name,
                line=line,
                field=column[:80],
                found="a column that weigh does not know",
                expected="one of its columns" if slip else f"one of {', '.join(columns)}",
                hint=f"Did you mean {meant[at]}?"
                if slip
                else "Delete it, or use the column `note`.",
            )
        elif header.index(column) != at:
            yield Fault(
                file=name,
                line=line,
                field=column,
                found=f"the column a second time, as column {at + 1}",
                expected=f"it once; it is column {header.index(column) + 1} already",
            )
    missing = [column for column in required if column not in meant]
    if missing:
        yield Fault(
            file=name,
            line=line,
            found=f"no column {' and no column '.join(missing)}",
            expected=f"the columns {', '.join(required)} at least",
            hint="The rows are checked when these are there.",
        )


def _ragged(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> Fault | None:
    where = ", ".join(cell.strip() for cell in cells[:3] if cell.strip())[:80] or None
    count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
    if len(cells) != len(header):
        return Fault(
            file=name,
            line=line,
            where=where,
            found=count,
            expected=f"{len(header)}, as many as the header has columns",
            hint="A cell that holds a comma needs quotes around it, and decimals are written with "
            "a point."
            if len(cells) > len(header)
            else "Each column needs its comma, also where the cell is empty.",
        )
    for at, cell in enumerate(cells):
        if cell.strip() and not header[at]:
            return Fault(
                file=name,
                line=line,
                where=where,
                found=f"{cell.strip()[:60]!r} in column {at + 1}, which has no name in the header",
                expected="a name over every column that is used",
            )
    return None


def _row(line: int, known: dict[str, int], cells: Sequence[str]) -> Mapping:
    entries = []
    for column, at in known.items():
        raw = cells[at].strip()
        if raw:
            value = Scalar(raw=raw, quoted=False, line=line)
            entries.append(Entry(key=column, value=value, line=line))
    return Mapping(entries=tuple(entries), line=line)
