"""The model matrix of a regression over studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.pooled import Coder
from weigh.synthesis.inputs import entries_of, is_missing

__all__ = [
    "INTERCEPT",
    "ModelMatrix",
    "NamedColumns",
    "drop_redundant",
    "model_matrix",
    "refuse_huge",
]

FloatArray = npt.NDArray[np.float64]

INTERCEPT = "intercept"

# Squares of moderators are summed with the weights of studies.
_LARGEST = 1e70


@dataclass(frozen=True, slots=True)
class ModelMatrix:
    """Columns of a model matrix and their names; missing moderators are NaN.

    `coder` makes the same columns of other tables, where the moderators have names.
    """

    x: FloatArray
    names: tuple[str, ...]
    coder: Coder | None = None


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """How named moderators became columns: numbers as they are, categories as indicators.

    Parameters
    ----------
    levels
        For each moderator its categories in order, or None if it is a number.
    """

    levels: Mapping[str, tuple[str, ...] | None]

    def __call__(self, table: Any) -> dict[str, FloatArray]:
        """Make the columns of another table; an indicator for every category.

        Raises
        ------
        NotFoundError
            A moderator or a category that the fit does not know.
        """
        columns: dict[str, FloatArray] = {}
        here = [str(name) for name in (table if isinstance(table, Mapping) else table.columns)]
        for name, levels in self.levels.items():
            if name not in here:
                raise NotFoundError("moderator", name, here)
            values = list(table[name])
            if levels is None:
                columns[name] = _numbers(name, values)
                continue
            for value in values:
                if value not in levels:
                    raise NotFoundError(f"category of {name!r}", str(value), levels)
            for level in levels:
                columns[f"{name}[{level}]"] = np.array([float(value == level) for value in values])
        return columns


def model_matrix(
    mods: Any, rows: int, *, intercept: bool = True, names: Sequence[str] | None = None
) -> ModelMatrix:
    """Make a model matrix of moderators.

    Parameters
    ----------
    mods
        A vector (one numeric moderator), a matrix (a moderator a column), or a mapping or data
        frame of named columns. A column of text is a category: it becomes one indicator for each
        of its values but the reference, which is the alphabetically first, or the first category
        of a column that says (categorical in pandas, enumeration in polars). Without an intercept
        the first category has an indicator for its reference too, as nothing else stands for it.
    rows
        Number of studies before any is left out.
    intercept
        Whether to put a column of ones first.
    names
        Names of the columns of a vector or matrix.
    """
    blocks: list[tuple[list[str], FloatArray]] = []
    coder: Coder | None = None
    if isinstance(mods, Mapping) or hasattr(mods, "columns"):
        labelled = mods.keys() if isinstance(mods, Mapping) else mods.columns
        whole = not intercept
        known: dict[str, tuple[str, ...] | None] = {}
        for name in labelled:
            title = str(name)
            values, known[title] = _read(title, mods[name], rows)
            blocks.append(_coded(title, values, known[title], whole=whole))
            whole = whole and known[title] is None
        coder = NamedColumns(known)
    else:
        try:
            matrix = np.asarray(mods, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"`mods` holds something that is not a number: {error}.",
                hint="Give categories by name: mods={'dose': ..., 'form': ['oral', 'nasal', ...]}.",
            ) from error
        matrix = matrix[:, None] if matrix.ndim == 1 else matrix
        if matrix.ndim != 2 or matrix.shape[0] != rows:
            raise InputError(
                f"`mods` has shape {matrix.shape} for {rows} studies; it needs a row a study."
            )
        labels = list(names) if names is not None else _numbered_mods(matrix.shape[1])
        if len(labels) != matrix.shape[1]:
            raise InputError(
                f"There are {len(labels)} names for the {matrix.shape[1]} columns of `mods`."
            )
        blocks.append(([str(label) for label in labels], matrix))
    for block_titles, block in blocks:
        refuse_huge(block_titles, block)
    columns = [block for _, block in blocks]
    titles = [title for block_titles, _ in blocks for title in block_titles]
    if intercept:
        columns.insert(0, np.ones((rows, 1)))
        titles.insert(0, INTERCEPT)
    if not titles:
        raise InputError("`mods` has no column and there is no intercept: nothing to estimate.")
    return ModelMatrix(np.concatenate(columns, axis=1), tuple(titles), coder)


def refuse_huge(titles: Sequence[str], block: FloatArray) -> None:
    """Raise `InputError` for numbers whose squares leave double precision."""
    size = np.max(np.abs(block), axis=0, where=np.isfinite(block), initial=0.0)
    for title, largest in zip(titles, size, strict=True):
        if largest > _LARGEST:
            raise InputError(
                f"{title!r} goes up to {largest:g}, too large for double precision.",
                hint="Count it in other units.",
            )


def _numbered_mods(count: int) -> list[str]:
    return ["mod"] if count == 1 else [f"mod{index + 1}" for index in range(count)]


def _read(name: str, column: Any, rows: int) -> tuple[list[Any], tuple[str, ...] | None]:
    """The values of a column, and its categories in order if it has some."""
    if isinstance(column, str | Mapping | Set) or not np.iterable(column):
        raise InputError(
            f"Moderator {name!r} is {type(column).__name__}; it is a list of one value a study."
        )
    values = entries_of(column)
    if len(values) != rows:
        raise InputError(f"Moderator {name!r} has {len(values)} values for {rows} studies.")
    present = {value for value in values if isinstance(value, str)}
    if not present:
        return values, None
    ordered = _categories(column)
    return values, tuple(
        sorted(present) if ordered is None else [each for each in ordered if each in present]
    )


def _numbers(name: str, values: list[Any]) -> FloatArray:
    try:
        return np.array([np.nan if is_missing(value) else value for value in values], float)
    except (TypeError, ValueError) as error:
        raise InputError(f"Moderator {name!r} is neither numbers nor text: {error}.") from error


def _coded(
    name: str, values: list[Any], levels: tuple[str, ...] | None, *, whole: bool
) -> tuple[list[str], FloatArray]:
    """One column as numbers, or as indicators of its categories; of all of them with `whole`."""
    if levels is None:
        return [name], _numbers(name, values)[:, None]
    # A category with one value keeps it, to be left out beside the intercept by its name.
    shown = levels if whole or len(levels) == 1 else levels[1:]
    codes = np.array(
        [
            [float(value == level) for level in shown]
            if isinstance(value, str)
            else [np.nan] * len(shown)
            for value in values
        ]
    ).reshape(len(values), len(shown))
    return [f"{name}[{level}]" for level in shown], codes


def _categories(column: Any) -> list[str] | None:
    """Return the categories of a column in their own order, where it has one."""
    dtype = getattr(column, "dtype", None)
    categories = getattr(dtype, "categories", None)
    return None if categories is None else [str(name) for name in categories]


def drop_redundant(matrix: ModelMatrix) -> tuple[ModelMatrix, tuple[str, ...]]:
    """Leave out columns that are combinations of columns before them.

    Returns
    -------
    tuple
        The matrix of full rank, and the names of the columns left out.
    """
    keep: list[int] = []
    basis = np.empty((matrix.x.shape[0], 0))
    for index in range(matrix.x.shape[1]):
        column = matrix.x[:, index]
        size = float(np.linalg.norm(column))
        rest = column
        for _ in range(2):  # once more, for what rounding left of the first projection
            rest = rest - basis @ (basis.T @ rest)
        # 1e-7 as in R's lm: a column closer than this to the span of the others carries rounding
        # and no information.
        if size > 0.0 and float(np.linalg.norm(rest)) > 1e-7 * size:
            keep.append(index)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    dropped = tuple(name for index, name in enumerate(matrix.names) if index not in keep)
    names = tuple(matrix.names[index] for index in keep)
    return ModelMatrix(matrix.x[:, keep], names, matrix.coder), dropped
