"""The same data under the conventions of several programs: figures, and what changes them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, fields
from typing import Any, Literal

import narwhals as nw

from weigh.errors import MissingExtraError, NotFoundError
from weigh.evidence.figures import MINUS
from weigh.evidence.measure import measure_named, to_natural
from weigh.synthesis.conventions import Convention, Conventions, Model, relevant

__all__ = ["Difference", "Figures", "ProgramComparison", "ProgramFigures"]

# A convention changes a figure if it moves it by more than this share of the estimate's standard
# error (of 100 for I2, of tau2 itself): far above rounding, far below what anyone prints.
_MATTERS = 1e-7
_WIDTH = 80  # of a printed table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a program prints, or a change of it, on the analysis scale (log for ratios).

    None where a program gives no such figure. `i2` is in percent, `k` counts the studies used.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    tau2: float | None
    i2: float
    k: int

    def less(self, other: Figures) -> Figures:
        """These figures less others: what a switch changed."""
        mine, theirs = self.to_dict(), other.to_dict()
        gap: dict[str, Any] = {}
        for name, value in mine.items():
            before = theirs[name]
            gap[name] = None if value is None or before is None else value - before
        return Figures(**gap)

    def to_dict(self) -> dict[str, float | int | None]:
        """The parts, ready for JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramFigures:
    """One program's row.

    Parameters
    ----------
    program, call
        The program and the call meant.
    conventions
        What it does.
    figures
        What comes out.
    sources, left_out
        Where its conventions were read, and what could not be sourced.
    notes
        Cautions of the engine about these figures.
    """

    program: str
    call: str
    conventions: Conventions
    figures: Figures
    sources: tuple[str, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One convention that changes a figure on the way from one program to another.

    Parameters
    ----------
    start, end
        The two programs.
    convention, about
        What was switched, by name and in words.
    before, after
        The option of each program, in words.
    change
        The figures after the switch less those before, all else as it then stood. The changes of
        a pair add up to the whole gap between the two programs.
    """

    start: str
    end: str
    convention: str
    about: str
    before: str
    after: str
    change: Figures

    def matters(self, scale: Figures) -> bool:
        """Whether any figure changed by more than rounding; `scale` holds the figures before."""
        change = self.change
        if change.k:
            return True
        on_scale = (
            change.estimate,
            change.se,
            change.ci_low,
            change.ci_high,
            change.pi_low,
            change.pi_high,
        )
        tau2 = max(scale.tau2 or 0.0, scale.se**2)
        return (
            any(abs(value) > _MATTERS * scale.se for value in on_scale if value is not None)
            or abs(change.tau2 or 0.0) > _MATTERS * tau2
            or abs(change.i2) > _MATTERS * 100.0
        )

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "start": self.start,
            "end": self.end,
            "convention": self.convention,
            "about": self.about,
            "before": self.before,
            "after": self.after,
            "change": self.change.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramComparison:
    """The same data under each program's conventions. Print it for a table.

    Parameters
    ----------
    measure, model, level
        What was pooled, and how.
    rows
        One for each program.
    pairs
        For each ordered pair of programs, the conventions that change a figure.
    notes
        What a reader of the whole table should know.
    """

    measure: str
    model: Model
    level: float
    rows: tuple[ProgramFigures, ...]
    pairs: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    def __getitem__(self, program: str) -> ProgramFigures:
        """The row of a program."""
        for row in self.rows:
            if row.program == program:
                return row
        raise NotFoundError("program in this comparison", program, self.programs)

    @property
    def programs(self) -> tuple[str, ...]:
        """Names of the programs, in order."""
        return tuple(row.program for row in self.rows)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What changes a figure on the way from the first program to each of the others."""
        first = self.rows[0].program
        return tuple(pair for pair in self.pairs if pair.start == first)

    def between(self, start: str, end: str) -> tuple[Difference, ...]:
        """What changes a figure on the way from one program to another, switch by switch."""
        start, end = self[start].program, self[end].program
        return tuple(pair for pair in self.pairs if (pair.start, pair.end) == (start, end))

    @property
    def conventions(self) -> tuple[Convention, ...]:
        """The conventions that this measure and model have to do with."""
        return relevant(self.measure, self.model)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a program: its conventions and its figures.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        columns: dict[str, list[Any]] = {"program": list(self.programs)}
        for convention in self.conventions:
            columns[convention.name] = [
                getattr(row.conventions, convention.name) for row in self.rows
            ]
        for item in fields(Figures):
            columns[item.name] = [getattr(row.figures, item.name) for row in self.rows]
        try:
            return nw.from_dict(columns, backend=backend).to_native()
        except ImportError:
            raise MissingExtraError("A data frame of programs", backend) from None

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "measure": self.measure,
            "model": self.model,
            "level": self.level,
            "programs": [
                {
                    "program": row.program,
                    "call": row.call,
                    "conventions": {
                        convention.name: getattr(row.conventions, convention.name)
                        for convention in self.conventions
                    },
                    "figures": row.figures.to_dict(),
                    "sources": list(row.sources),
                    "left_out": list(row.left_out),
                    "notes": list(row.notes),
                }
                for row in self.rows
            ],
            "differences": [pair.to_dict() for pair in self.pairs],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        """The rows, then what changes a figure on the way from the first program to the others."""
        words = measure_named(self.measure).words
        percent = f"{100.0 * self.level:g}%"
        head = ("program", words, f"{percent} CI", f"{percent} PI", "tau²", "I²", "k")
        table = [head, *(self._cells(row) for row in self.rows)]
        lines = _aligned(_without_empty_columns(table))
        first = self.rows[0].program
        for row in self.rows[1:]:
            steps = self.between(first, row.program)
            lines += ["", f"From {first} to {row.program}:"]
            if not steps:
                lines.append("  no convention changes a figure that both give")
            for step in steps:
                lines += _wrapped(f"{step.about}: {step.before} → {step.after}", "  ")
                lines += _wrapped(_moved(step.change), "      ")
        if measure_named(self.measure).is_log:
            lines += ["", "Changes of the estimate and of its interval are on the log scale."]
        notes = [f"{row.program}: {note}" for row in self.rows for note in row.notes]
        notes += self.notes
        lines += [*([""] if notes else []), *(line for note in notes for line in _wrapped(note))]
        return "\n".join(lines)

    def _cells(self, row: ProgramFigures) -> tuple[str, ...]:
        shown = row.figures
        return (
            row.program,
            self._natural(shown.estimate),
            self._interval(shown.ci_low, shown.ci_high),
            self._interval(shown.pi_low, shown.pi_high),
            "" if shown.tau2 is None else f"{shown.tau2:.4f}",
            f"{shown.i2:.1f}%",
            str(shown.k),
        )

    def _natural(self, value: float) -> str:
        return f"{to_natural(value, self.measure):.4f}".replace("-", MINUS)

    def _interval(self, low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return ""
        return f"{self._natural(low)} to {self._natural(high)}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    """Break text into lines that a terminal shows whole."""
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False
    )


def _without_empty_columns(table: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out figures that no program gives, such as tau2 under a common effect."""
    columns = [column for column in zip(*table, strict=True) if any(column[1:])]
    return list(zip(*columns, strict=True))


def _aligned(table: list[tuple[str, ...]]) -> list[str]:
    """Columns of text: the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]


def _moved(change: Figures) -> str:
    """Say in a line what a switch did to each figure that it moved."""
    parts = [
        ("estimate", change.estimate, 4, ""),
        ("CI from", change.ci_low, 4, ""),
        ("CI to", change.ci_high, 4, ""),
        ("PI from", change.pi_low, 4, ""),
        ("PI to", change.pi_high, 4, ""),
        ("tau²", change.tau2, 4, ""),
        ("I²", change.i2, 2, " points"),
        ("k", change.k, 0, ""),
    ]
    said = [
        f"{name} {value:+.{digits}f}{unit}".replace("-", MINUS)
        for name, value, digits, unit in parts
        if value is not None and abs(value) >= 0.5 * 10.0**-digits
    ]
    return ", ".join(said) if said else "by less than is printed here"
