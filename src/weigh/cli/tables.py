"""A CSV table of numbers for ``weigh effects`` and ``weigh pool``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from weigh.errors import EvidenceError, Fault, InputError, NotFoundError, OutOfReachError
from weigh.folder.csv_file import parse_table
from weigh.folder.figures import slip_in_number
from weigh.folder.files import decode
from weigh.folder.tree import NUMBER, Listing, Mapping

__all__ = ["Table", "read_table"]

LARGEST = 256 * 1024 * 1024

#: What a column with the names of studies is called, by preference.
NAMES = ("study", "slab", "trial", "label", "author", "id", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under named columns."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping, ...]

    def numbers(self, names: Sequence[str]) -> dict[str, list[float | None]]:
        """Columns of numbers by name; empty cells are None.

        Raises
        ------
        NotFoundError
            If there is no such column.
        EvidenceError
            If cells hold something else: all of them, each with its line.
        """
        for name in names:
            self.require(name)
        faults: list[Fault] = []
        found = {name: [self._number(row, name, faults) for row in self.rows] for name in names}
        if faults:
            faults.sort(key=lambda fault: fault.line or 0)
            raise EvidenceError(str(self.path), faults[:200])
        return found

    def texts(self, name: str) -> list[str | None]:
        """A column as it was written; empty cells are None."""
        self.require(name)
        return [row.text(name) for row in self.rows]

    def numbers_or_texts(self, name: str) -> list[float | None] | list[str | None]:
        """A column of numbers if every cell is one, else of text."""
        texts = self.texts(name)
        if all(text is None or NUMBER.fullmatch(text) for text in texts):
            return [None if text is None else float(text) for text in texts]
        return texts

    def require(self, name: str) -> None:
        """Raise an error with the nearest name if there is no such column."""
        if name not in self.columns:
            error = NotFoundError("column", name, self.columns)
            listed = f"The columns of {self.path.name} are {', '.join(self.columns)}."
            error.hint = f"{error.hint} {listed}" if error.hint else listed
            raise error

    def names(self, column: str | None) -> list[str] | None:
        """Names of the studies: of the column asked for, else of one that is called so."""
        if column is None:
            column = next((name for name in NAMES if name in self.columns), None)
            if column is None:
                return None
        return [text or str(row) for row, text in enumerate(self.texts(column), start=1)]

    def _number(self, row: Mapping, name: str, faults: list[Fault]) -> float | None:
        raw = row.text(name)
        if raw is None or raw in ("NA", "NaN"):
            # What R and pandas write for a missing number.
            return None
        if NUMBER.fullmatch(raw):
            value = float(raw)
            if value - value == 0.0:
                return value
        slip = slip_in_number(raw, whole=False, csv=True)
        faults.append(
            Fault(
                file=self.path.name,
                line=row.line,
                field=name,
                found=slip.found,
                expected=slip.expected,
                hint=slip.hint,
            )
        )
        return None


def read_table(path: Path) -> Table:
    """Read a CSV file with a header.

    Raises
    ------
    InputError
        If there is no such file.
    EvidenceError
        If it is no table: every reason, each with its line.
    OutOfReachError
        If the system does not let it be read.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder.", hint="Name a CSV file with a header line.")
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST // 1024**2} MiB.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", hint=_nearest(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutOfReachError(f"{path} cannot be read: {reason.lower()}.") from error
    text = decode(path.name, data)
    if text.text is None:
        raise EvidenceError(str(path), text.faults)
    columns, parsed = parse_table(path.name, text.text)
    if parsed.faults or not isinstance(parsed.root, Listing):
        raise EvidenceError(str(path), parsed.faults)
    rows = tuple(row for row in parsed.root.items if isinstance(row, Mapping))
    if not rows:
        raise InputError(f"{path} has a header but no row.")
    return Table(path=path, columns=columns, rows=rows)


def _nearest(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return None
    near = get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.parent / near[0]}?" if near else None
