"""Linear combinations of coefficients, chosen by name or written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError

__all__ = ["combinations_of", "in_words", "tested_against"]

FloatArray = npt.NDArray[np.float64]

# Variances of combinations hold squares of multipliers.
_LARGEST = 1e70


def combinations_of(
    names: tuple[str, ...],
    which: str | int | Sequence[str | int] | None = None,
    contrast: Any = None,
) -> FloatArray:
    """Rows of multipliers, a column a coefficient.

    Parameters
    ----------
    names
        Names of the coefficients.
    which, contrast
        As in `weigh.wald_test`.

    Raises
    ------
    NotFoundError
        No such coefficient.
    InputError
        Both given, combinations that follow from each other, or shapes that do not fit.
    """
    if which is not None and contrast is not None:
        raise InputError("Give coefficients by `which` or combinations by `contrast`, not both.")
    return _chosen(names, which) if contrast is None else _combined(names, contrast)


def _chosen(names: tuple[str, ...], which: str | int | Sequence[str | int] | None) -> FloatArray:
    """Rows that pick coefficients."""
    if which is None:
        found = [i for i, name in enumerate(names) if name != "intercept"] or [0]
    else:
        wanted = [which] if isinstance(which, str | int) or not np.iterable(which) else [*which]
        for one in wanted:
            if not isinstance(one, str | Integral):
                raise InputError(
                    f"`which` holds {one!r}; a coefficient goes by its name or its place."
                )
        found = [index for one in wanted for index in _places(names, one)]
    if not found:
        raise InputError("`which` names no coefficient.")
    if len(set(found)) < len(found):
        twice = next(names[index] for index in found if found.count(index) > 1)
        raise InputError(f"`which` names {twice} twice.")
    return np.eye(len(names))[found]


def _places(names: tuple[str, ...], one: str | int) -> list[int]:
    if isinstance(one, str):
        if one in names:
            return [names.index(one)]
        # Columns of one category carry its name and a level: form[b], or C(form)[T.b].
        columns = [
            index
            for index, name in enumerate(names)
            if name.partition("[")[0] in (one, f"C({one})") and name.count("[") == 1
            if ":" not in name
        ]
        if columns:
            return columns
        raise NotFoundError("coefficient", one, names)
    if not -len(names) <= one < len(names):
        raise InputError(f"There is no coefficient {one}; there are {len(names)}.")
    return [int(one) % len(names)]


def _combined(names: tuple[str, ...], contrast: Any) -> FloatArray:
    """Rows of multipliers, checked."""
    count = len(names)
    several = [contrast] if isinstance(contrast, Mapping) else contrast
    if isinstance(several, str) or not hasattr(several, "__len__"):
        raise InputError(
            f"`contrast` is {several!r}, neither numbers nor mappings of names to numbers."
        )
    if len(several) and all(isinstance(one, Mapping) for one in several):
        rows = np.zeros((len(several), count))
        for row, one in zip(rows, several, strict=True):
            for name, multiplier in one.items():
                if name not in names:
                    raise NotFoundError("coefficient", str(name), names)
                row[names.index(name)] = multiplier
    else:
        try:
            rows = np.atleast_2d(np.asarray(several, dtype=np.float64))
        except (TypeError, ValueError) as error:
            raise InputError(
                f"`contrast` is neither numbers nor mappings of names to numbers: {error}."
            ) from error
        if rows.ndim == 2 and "intercept" in names and rows.shape[1] == count - 1:
            rows = np.insert(rows, names.index("intercept"), 0.0, axis=1)
    if rows.ndim != 2 or rows.shape[1] != count:
        raise InputError(
            f"`contrast` has shape {rows.shape}; a row takes one multiplier for each of "
            f"{', '.join(names)}."
        )
    if not (np.abs(rows) <= _LARGEST).all():
        raise InputError("`contrast` holds a multiplier that is no finite number, or too large.")
    size = np.linalg.norm(rows, axis=1, keepdims=True)
    if not size.all() or np.linalg.matrix_rank(rows / size) < len(rows):
        raise InputError(
            "The combinations of `contrast` follow from each other, or one of them is all zeros.",
            hint="Leave out those that follow from the rest.",
        )
    return rows


def in_words(names: tuple[str, ...], row: FloatArray) -> str:
    """A combination as a reader would write it: ``form[b] - form[c]``."""
    parts: list[str] = []
    for name, multiplier in zip(names, row, strict=True):
        if multiplier == 0.0:
            continue
        size = "" if abs(multiplier) == 1.0 else f"{abs(multiplier):g} × "
        sign = "-" if multiplier < 0.0 else "+"
        start = "-" if multiplier < 0.0 else ""
        parts.append(f"{sign} {size}{name}" if parts else f"{start}{size}{name}")
    return " ".join(parts)


def tested_against(value: float | Sequence[float], rows: FloatArray) -> FloatArray:
    """What each combination is tested against: one number for all of them, or one for each."""
    try:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), rows.shape[:1])
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`value` must be one number, or one for each of the {len(rows)} combinations."
        ) from error
