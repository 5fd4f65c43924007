"""Cronbach's alpha, raw and transformed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type

__all__ = ["FORMULAS"]


def _read(columns: Columns) -> tuple[FloatArray, FloatArray, FloatArray]:
    columns.refuse_not_positive("n")
    alpha, items, n = columns.take("alpha items n")
    columns.refuse("alpha", alpha > 1.0, "alpha cannot exceed 1")
    columns.refuse("items", items < 2.0, "alpha needs two items or more")
    return alpha, items, n


def _few(n: FloatArray) -> Why:
    return Why(rows=lambda: n <= 2.0, text="two people or fewer give no sampling variance")


def alpha_raw(columns: Columns, options: Options) -> Draft:
    """Alpha itself."""
    alpha, items, n = _read(columns)
    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: 2.0 * items * (1.0 - alpha) ** 2 / ((items - 1.0) * (n - 2.0))},
    )
    return Draft(yi=alpha, vi=vi, ni=n, why=(_few(n),))


def alpha_cube_root(columns: Columns, options: Options) -> Draft:
    """One less the cube root of 1 - alpha (Hakstian and Whalen 1976), which rises with alpha."""
    alpha, items, n = _read(columns)
    root = np.cbrt(1.0 - alpha)
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (
                18.0 * items * (n - 1.0) * root**2 / ((items - 1.0) * (9.0 * n - 11.0) ** 2)
            )
        },
    )
    return Draft(yi=1.0 - root, vi=vi, ni=n)


def alpha_log(columns: Columns, options: Options) -> Draft:
    """Minus the log of 1 - alpha (Bonett 2002), which rises with alpha."""
    alpha, items, n = _read(columns)
    vi = variance_by_type(
        columns, options, {"LS": lambda: 2.0 * items / ((items - 1.0) * (n - 2.0))}
    )
    one = Why(rows=lambda: alpha >= 1.0, text="an alpha of 1 is infinite on the log scale")
    return Draft(yi=-np.log1p(-alpha), vi=vi, ni=n, why=(one, _few(n)))


FORMULAS: Mapping[str, Formula] = {
    "ARAW": alpha_raw,
    "AHW": alpha_cube_root,
    "ABT": alpha_log,
}
