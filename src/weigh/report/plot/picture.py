"""A plot with the numbers that it shows: written as SVG or PNG, read as a table."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np

from weigh.errors import InputError, MissingExtraError, NotFoundError, OutOfReachError
from weigh.evidence.effect import Backend
from weigh.report.figures.sheet import Sheet

__all__ = ["Plot", "Table"]

_FORMATS = (".svg", ".png")
_BACKENDS: tuple[Backend, ...] = ("pandas", "polars")


class Table:
    """The numbers of a plot, column by column; what is undefined is None.

    Parameters
    ----------
    columns
        Columns of one length each, in the order in which they are shown.
    """

    def __init__(self, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
        self._columns = {name: tuple(_plain(v) for v in values) for name, values in columns.items()}
        if len({len(column) for column in self._columns.values()}) > 1:
            raise ValueError("columns of a table have one length")

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __repr__(self) -> str:
        return f"Table({len(self)} rows: {', '.join(self.columns)})"

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        try:
            return self._columns[name]
        except KeyError:
            raise NotFoundError("column", name, self._columns) from None

    def to_dict(self) -> dict[str, list[Any]]:
        """The columns as lists, ready for JSON."""
        return {name: list(column) for name, column in self._columns.items()}

    def to_frame(self, backend: Backend | None = None) -> Any:
        """A data frame of pandas or polars, whichever is there, or of `backend`."""
        for name in (backend,) if backend else _BACKENDS:
            try:
                return nw.from_dict(self.to_dict(), backend=name).to_native()
            except ImportError:
                continue
        raise MissingExtraError("A table of a plot", "pandas")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plot:
    """A plot of `weigh.plot`.

    Parameters
    ----------
    title
        What it shows, in a few words.
    description
        What is to be seen in one sentence, for those who do not see it.
    data
        The numbers drawn, on the scale that is printed unless a column says otherwise.
    sheet, height
        The drawing, and its height in pixels.
    notes
        Cautions in plain words, such as points that lie beyond the axes.
    """

    title: str
    description: str
    data: Table
    sheet: Sheet = field(repr=False)
    height: float
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """Width in pixels, at 72 to the inch."""
        return self.sheet.width

    def svg(self, *, key: str = "plot") -> str:
        """The drawing as an ``<svg>`` element; the same numbers give the same bytes.

        Parameters
        ----------
        key
            Stands before every id inside: give each of several plots on one page its own.
        """
        return self.sheet.svg(self.height, key=key, title=self.title, description=self.description)

    def png(self, dpi: float = 144.0) -> bytes:
        """The drawing as a PNG file, with title and description in its text fields.

        Letters are those of DejaVu Sans; of scripts that it lacks a PNG shows empty boxes, where an
        SVG shows what the reader's machine has.

        Parameters
        ----------
        dpi
            Dots to the inch, 36 to 1200; at 72 the picture is `width` pixels wide.
        """
        if not 36.0 <= dpi <= 1200.0:
            raise InputError(f"dpi is {dpi:g}; it is a number from 36 to 1200.")
        return self.sheet.png(self.height, dpi=dpi, title=self.title, description=self.description)

    def save(self, path: str | Path, *, dpi: float = 144.0) -> Path:
        """Write the drawing to a file, whole or not at all; return its path.

        Parameters
        ----------
        path
            Its ending says what to write: ``.svg`` or ``.png``.
        dpi
            Dots to the inch of a PNG.

        Raises
        ------
        InputError
            Another ending.
        OutOfReachError
            The file cannot be written, with the system's reason.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in _FORMATS:
            raise InputError(
                f"A plot cannot be written as {target.name!r}.",
                hint=f"End the name in {' or '.join(_FORMATS)}.",
            )
        _write(target, self.svg().encode() if ending == ".svg" else self.png(dpi))
        return target

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg()


def _write(target: Path, content: bytes) -> None:
    """Write beside the target, then take its name."""
    name: str | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # A temporary file is private; a plot is as readable as any new file.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException as error:
        if name is not None:
            with contextlib.suppress(OSError):
                Path(name).unlink()
        if isinstance(error, OSError):
            reason = (error.strerror or "an error of the system").lower()
            raise OutOfReachError(
                f"{target} cannot be written: {reason}.", hint="Choose another place."
            ) from error
        raise
