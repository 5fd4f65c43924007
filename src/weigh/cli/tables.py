"""A table of numbers for ``weigh effects`` and ``weigh pool``, whatever file it came from.

`weigh.cli.table_files` reads the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.errors import EvidenceError, Fault, NotFoundError
from weigh.folder.figures import Slip, slip_in_number
from weigh.folder.tree import NUMBER, Mapping, Node, Scalar

__all__ = ["Table"]

#: What a column with the names of studies is called, by preference.
NAMES = ("study", "slab", "trial", "label", "author", "id", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under named columns.

    Parameters
    ----------
    name
        Name of the file, for faults.
    columns
        Names of the columns.
    rows
        Cells by column; one that is left out is missing.
    typed
        Whether the file itself tells text from numbers, as JSON and Parquet do and CSV does not.
    has_lines
        Whether the lines of `rows` are lines of the file; else they are rows.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping, ...]
    typed: bool = False
    has_lines: bool = True

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
        self._refuse(faults)
        return found

    def texts(self, name: str) -> list[str | None]:
        """A column as it was written; empty cells are None."""
        self.require(name)
        faults: list[Fault] = []
        found = [self._text(row, name, faults) for row in self.rows]
        self._refuse(faults)
        return found

    def numbers_or_texts(self, name: str) -> list[float | None] | list[str | None]:
        """A column of numbers if every cell is one, else of text."""
        texts = self.texts(name)
        quoted = self.typed and any(self._is_text(row.get(name)) for row in self.rows)
        if not quoted and all(text is None or NUMBER.fullmatch(text) for text in texts):
            return [None if text is None else float(text) for text in texts]
        return texts

    def require(self, name: str) -> None:
        """Raise an error with the nearest name if there is no such column."""
        if name not in self.columns:
            error = NotFoundError("column", name, self.columns)
            listed = f"The columns of {self.name} are {', '.join(self.columns)}."
            error.hint = f"{error.hint} {listed}" if error.hint else listed
            raise error

    def names(self, column: str | None) -> list[str] | None:
        """Names of the studies: of the column asked for, else of one that is called so."""
        if column is None:
            column = next((name for name in NAMES if name in self.columns), None)
            if column is None:
                return None
        return [text or str(row) for row, text in enumerate(self.texts(column), start=1)]

    def _refuse(self, faults: list[Fault]) -> None:
        if faults:
            faults.sort(key=lambda fault: fault.line or 0)
            raise EvidenceError(self.name, faults[:200])

    @staticmethod
    def _is_text(node: Node | None) -> bool:
        return isinstance(node, Scalar) and node.quoted

    def _text(self, row: Mapping, name: str, faults: list[Fault]) -> str | None:
        node = row.get(name)
        if node is None or isinstance(node, Scalar):
            return row.text(name)
        what = "an object" if isinstance(node, Mapping) else "a list"
        faults.append(self._fault(row, name, Slip(what, "a number or a text", None)))
        return None

    def _number(self, row: Mapping, name: str, faults: list[Fault]) -> float | None:
        raw = self._text(row, name, faults)
        if raw is None or (not self.typed and raw in ("NA", "NaN")):
            # What R and pandas write for a missing number.
            return None
        if self.typed and self._is_text(row.get(name)):
            hint = "Write it without quotation marks." if NUMBER.fullmatch(raw) else None
            faults.append(self._fault(row, name, Slip(f"the text {raw[:60]!r}", "a number", hint)))
            return None
        if NUMBER.fullmatch(raw):
            value = float(raw)
            if value - value == 0.0:
                return value
        slip = slip_in_number(raw, whole=False, csv=not self.typed)
        faults.append(self._fault(row, name, slip))
        return None

    def _fault(self, row: Mapping, name: str, slip: Slip) -> Fault:
        node = row.get(name)
        line = row.line if node is None else node.line
        return Fault(
            file=self.name,
            line=line if self.has_lines else None,
            where=None if self.has_lines else f"row {row.line}",
            field=name,
            found=slip.found,
            expected=slip.expected,
            hint=slip.hint,
        )
