"""Model matrices from formulas, through formulaic.

A formula is code to the library that reads it, and it may come from a file or a web page. So only
names, numbers, the operators of formulas and a few functions get through.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from weigh.errors import InputError, MissingExtraError
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix, refuse_huge

__all__ = ["formula_matrix"]

_FUNCTIONS = frozenset(
    {"C", "I", "bs", "cc", "center", "cr", "exp", "log", "log10", "log2", "poly", "scale", "sqrt"}
)
_QUOTED = re.compile(r"`[^`]*`")
# Named numbers, and lists of numbers for knots: df=4, knots=[1990, 2000.5].
_SETTING = re.compile(r"\b(df|degree|knots)\s*=\s*(\d+\b|\[[\d\s.,eE+-]*\])")
_ALLOWED = re.compile(r"[\w\s.+*:^~()|,-]*")
# What I() may hold: powers and products of columns, such as dose**2 - 3 * dose.
_FACTOR = r"(?:[A-Za-z_]\w*(?:\s*\*\*\s*[1-9])?|\d+(?:\.\d+)?)"
_INSIDE = re.compile(rf"\bI\(\s*{_FACTOR}(?:\s*[*+-]\s*{_FACTOR})*\s*\)")
# A power or a number of columns that would take a computer down: (a + b)**99, poly(dose, 10000).
_HUGE = re.compile(
    r"(\*\*|\^)\s*(\d\d|\d\s*(\*\*|\^)|\()|\b(df|degree)\s*=\s*\d{3}|,\s*\d{3,}\s*\)"
)
_ATTRIBUTE = re.compile(r"[A-Za-z_)]\s*\.|\.\s*[A-Za-z_]")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")


def formula_matrix(formula: str, data: Any, rows: int, *, intercept: bool = True) -> ModelMatrix:
    """Make the model matrix that a formula describes.

    Parameters
    ----------
    formula
        Such as ``"~ dose + C(form)"``: names of columns, ``+ - : * ^ ( )``, and the functions
        ``C center exp log log10 log2 scale sqrt``; ``poly(dose, 2)`` and ``I(dose**2)`` for
        polynomials, ``bs(dose, df=4)``, ``cr(dose, df=3)`` and ``cc`` for B-splines, natural and
        cyclic cubic splines. A name with other signs stands in backticks. ``- 1`` leaves out the
        intercept, and a first category then has a column for each of its values.
    data
        Data frame or mapping with the columns.
    rows
        Number of studies before any is left out.
    intercept
        Whether there is an intercept, if the formula does not say.

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
    if not intercept:
        formula = f"{formula} - 1"
    try:
        # formulaic works on pandas frames, and brings pandas with it.
        from formulaic import model_matrix
        from formulaic.errors import FormulaicError
    except ImportError as error:
        raise MissingExtraError("A formula for moderators", "formula") from error
    frame = _frame(data)
    if len(frame) != rows:
        raise InputError(f"`data` has {len(frame)} rows for {rows} studies.")
    try:
        # The logarithm of 0 is infinite, and its study is left out with a note.
        with np.errstate(divide="ignore", invalid="ignore"):
            made = model_matrix(formula, frame, context={}, na_action="drop")
    except (FormulaicError, SyntaxError, TypeError, ValueError) as error:
        names = ", ".join(map(str, frame.columns))
        raise InputError(
            f"The formula {formula!r} cannot be used: {error}.", hint=f"The table has {names}."
        ) from error
    titles = [INTERCEPT if name == "Intercept" else str(name) for name in made.columns]
    x = np.full((rows, len(titles)), np.nan)
    x[made.index.to_numpy()] = made.to_numpy(dtype=np.float64)
    refuse_huge(titles, x)
    return ModelMatrix(x, tuple(titles), FormulaColumns(made.model_spec))


@dataclass(frozen=True, slots=True)
class FormulaColumns:
    """Makes the columns of a formula from another table, with the knots and levels of the first."""

    spec: Any

    def __call__(self, table: Any) -> dict[str, np.ndarray]:
        """Make the columns of another table.

        Raises
        ------
        InputError
            A moderator that is not there, a category that the fit does not know, or a value
            beyond those that a spline was made for.
        """
        frame = _frame(table)
        try:
            with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
                warnings.simplefilter("error")
                made = self.spec.get_model_matrix(frame, context={}, na_action="ignore")
        except Exception as error:  # formulaic warns and raises in many ways
            raise InputError(f"These moderators cannot be predicted for: {error}.") from error
        return {
            INTERCEPT if name == "Intercept" else str(name): made[name].to_numpy(dtype=np.float64)
            for name in made.columns
        }


def _frame(data: Any) -> Any:
    try:
        if isinstance(data, dict):
            table = nw.from_dict(data, backend="pandas")
        else:
            table = nw.from_native(data)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`data` is no table with one value a study in each column: {error}.",
            hint="Give a data frame, or a mapping of names to lists of one length.",
        ) from error
    return table.to_pandas().reset_index(drop=True)


def _refuse_code(formula: str) -> None:
    """Raise `InputError` unless a formula is made of what formulas are made of."""
    bare = _SETTING.sub("x", _QUOTED.sub("x", formula))
    if _HUGE.search(_QUOTED.sub("x", formula)):
        raise InputError(
            f"The formula {formula!r} asks for a power or a number of columns beyond all studies.",
            hint="Powers go up to 9, splines and polynomials to 99 columns.",
        )
    odd = bare if _ALLOWED.fullmatch(bare) is None else None
    if odd is None and (_ATTRIBUTE.search(bare) or "__" in bare):
        odd = bare
    if odd is None and re.search(r"\bI\s*\(", _INSIDE.sub("x", bare)):
        odd = bare
    unknown = sorted(set(_CALL.findall(bare)) - _FUNCTIONS)
    if odd is not None or unknown:
        what = f"calls {', '.join(unknown)}" if unknown else "holds signs that formulas do not have"
        raise InputError(
            f"The formula {formula!r} {what}.",
            hint=f"Functions are {', '.join(sorted(_FUNCTIONS))}; put a name with a dot or other "
            "signs in backticks.",
        )
