"""The studies of a forest plot: their names, intervals and columns, in the order asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from weigh.errors import InputError, StatisticsError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled
from weigh.report.plot.showing import View
from weigh.report.plot.strip import Mark

__all__ = ["Study", "studies_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study as the plot needs it; `at` is its place in the fit."""

    at: int
    name: str
    mark: Mark
    weight: float | None
    cells: tuple[str, ...]
    key: Any
    view: View


def studies_of(
    pooled: Pooled | None,
    given: EffectSizes | None,
    view: View,
    columns: Mapping[str, Sequence[Any]] | None,
    sort: str | Sequence[Any] | None,
    level: float,
) -> list[Study]:
    """Every study used, in the order of the fit, with the key to sort it by.

    Raises
    ------
    StatisticsError
        No study has an effect.
    InputError
        Columns or keys of another length, or an order that is not known.
    """
    if pooled is not None:
        yi, vi, names, rows = pooled.yi, pooled.vi, pooled.slab, pooled.rows
        total = None if pooled.k < 2 else pooled.weights
    elif given is not None:
        rows = np.flatnonzero(given.usable)
        yi, vi, total = given.yi[rows], given.vi[rows], None
        labels = given.slab or tuple(str(row + 1) for row in range(len(given)))
        names = tuple(labels[row] for row in rows)
    if not yi.size:
        raise StatisticsError("No study has an effect, so there is nothing to draw.")
    half = EffectSizes(yi=yi.copy(), vi=vi.copy(), measure="GEN", reasons=(None,) * yi.size).ci(
        level
    )
    cells = {
        name: _fitted(values, rows, yi.size, f"Column {name!r}")
        for name, values in (columns or {}).items()
    }
    keys = _keys(sort, yi, vi, names, rows, total)
    found = []
    for i in range(yi.size):
        own = view if view.n is None or given is None else _own(view, given, int(rows[i]))
        found.append(
            Study(
                at=i,
                name=names[i],
                mark=Mark(estimate=float(yi[i]), low=float(half[0][i]), high=float(half[1][i])),
                weight=None if total is None else float(total[i]),
                cells=tuple(_cell(column[i]) for column in cells.values()),
                key=keys[i],
                view=own,
            )
        )
    return found


def _own(view: View, given: EffectSizes, row: int) -> View:
    """A study's own size brings its effect back to the natural scale, not that of all."""
    return view if given.ni is None else replace(view, n=given.ni[row : row + 1])


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:g}".replace("-", "−")
    return str(value)


def _fitted(values: Sequence[Any], rows: Any, k: int, what: str) -> list[Any]:
    """One entry for each study used, of as many or of one for each row of the input."""
    listed = list(values)
    if len(listed) == k:
        return listed
    if len(listed) > int(np.max(rows)):
        return [listed[int(row)] for row in rows]
    raise InputError(
        f"{what} has {len(listed)} entries for {k} studies.",
        hint="Give one for each study of the fit, or one for each row that was pooled.",
    )


def _keys(
    sort: str | Sequence[Any] | None,
    yi: Any,
    vi: Any,
    names: Sequence[str],
    rows: Any,
    weights: Any,
) -> list[Any]:
    if sort is None:
        return list(range(yi.size))
    if not isinstance(sort, str):
        return _fitted(sort, rows, yi.size, "`sort`")
    known: dict[str, Sequence[Any]] = {
        "effect": yi,
        "weight": -vi if weights is None else weights,
        "precision": -vi,
        "name": [name.casefold() for name in names],
    }
    if sort not in known:
        raise InputError(
            f"Studies cannot be sorted by {sort!r}.",
            hint=f"Take one of {', '.join(known)}, or give values to sort by.",
        )
    return list(known[sort])
