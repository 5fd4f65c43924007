"""Model matrices from formulas, through formulaic.

A formula is code to the library that reads it, and it may come from a file or a web page. So only
names, numbers, the operators of formulas and a few functions get through.
"""

from __future__ import annotations

import re
from typing import Any

import narwhals as nw
import numpy as np

from weigh.errors import InputError, MissingExtraError
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix

__all__ = ["formula_matrix"]

_FUNCTIONS = frozenset({"C", "center", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"})
_QUOTED = re.compile(r"`[^`]*`")
_ALLOWED = re.compile(r"[\w\s.+*:^~()|,-]*")
_ATTRIBUTE = re.compile(r"[A-Za-z_)]\s*\.|\.\s*[A-Za-z_]")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")


def formula_matrix(formula: str, data: Any, rows: int) -> ModelMatrix:
    """Make the model matrix that a formula describes.

    Parameters
    ----------
    formula
        Such as ``"~ dose + C(form)"``: names of columns, ``+ - : * ^ ( )``, and the functions
        ``C center exp log log10 log2 poly scale sqrt``. A name with other signs stands in
        backticks. ``- 1`` leaves out the intercept.
    data
        Data frame or mapping with the columns.
    rows
        Number of studies before any is left out.

    Returns
    -------
    ModelMatrix
        Rows with a missing moderator are NaN.
    """
    if data is None:
        raise InputError(
            f"The formula {formula!r} names columns, and there is no table to take them from.",
            hint="Give the table as data=...",
        )
    _refuse_code(formula)
    try:
        # formulaic works on pandas frames, and brings pandas with it.
        from formulaic import model_matrix
        from formulaic.errors import FormulaicError
    except ImportError as error:
        raise MissingExtraError("A formula for moderators", "formula") from error
    table = nw.from_dict(data, backend="pandas") if isinstance(data, dict) else nw.from_native(data)
    frame = table.to_pandas().reset_index(drop=True)
    if len(frame) != rows:
        raise InputError(f"`data` has {len(frame)} rows for {rows} studies.")
    try:
        made = model_matrix(formula, frame, context={}, na_action="drop")
    except (FormulaicError, SyntaxError) as error:
        names = ", ".join(map(str, frame.columns))
        raise InputError(
            f"The formula {formula!r} cannot be used: {error}.", hint=f"The table has {names}."
        ) from error
    titles = [INTERCEPT if name == "Intercept" else str(name) for name in made.columns]
    x = np.full((rows, len(titles)), np.nan)
    x[made.index.to_numpy()] = made.to_numpy(dtype=np.float64)
    return ModelMatrix(x, tuple(titles))


def _refuse_code(formula: str) -> None:
    """Raise `InputError` unless a formula is made of what formulas are made of."""
    bare = _QUOTED.sub("x", formula)
    odd = bare if _ALLOWED.fullmatch(bare) is None else None
    if odd is None and (_ATTRIBUTE.search(bare) or "__" in bare):
        odd = bare
    unknown = sorted(set(_CALL.findall(bare)) - _FUNCTIONS)
    if odd is not None or unknown:
        what = f"calls {', '.join(unknown)}" if unknown else "holds signs that formulas do not have"
        raise InputError(
            f"The formula {formula!r} {what}.",
            hint=f"Functions are {', '.join(sorted(_FUNCTIONS))}; put a name with a dot or other "
            "signs in backticks.",
        )
