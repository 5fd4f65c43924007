"""Effects and variances as they come in: checked row by row, missing ones left out by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotControlledError, NotFoundError, StatisticsError
from weigh.evidence.effect import EffectSizes

__all__ = [
    "WIDEST",
    "Effects",
    "check_choice",
    "check_count",
    "check_effects",
    "check_level",
    "check_number",
    "check_prediction",
    "check_test",
    "check_vector",
    "effect_arrays",
    "entries_of",
    "is_missing",
    "numbered",
]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# How far variances, and squared effects, may lie above the smallest variance. Sums of squares of
# such ratios are the largest numbers that a fit makes, and doubles end at 1e308.
WIDEST = 1e140


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects that can be pooled, and what was left out.

    Parameters
    ----------
    y, v
        Effects and sampling variances, finite, v above 0.
    rows
        Row of each in the input, counted from 0.
    slab
        Name of each study; its row, counted from 1, where none was given.
    notes
        What was left out and why.
    """

    y: FloatArray
    v: FloatArray
    rows: IndexArray
    slab: tuple[str, ...]
    notes: tuple[str, ...]


@lru_cache(maxsize=4)
def numbered(count: int) -> tuple[str, ...]:
    """Names for studies that have none: their rows, counted from 1."""
    return tuple(map(str, range(1, count + 1)))


def check_vector(values: Any, name: str) -> FloatArray:
    """Return a one-dimensional array of floats, missing values as NaN."""
    if getattr(getattr(values, "dtype", None), "kind", "f") in "cmM":
        raise InputError(
            f"`{name}` holds something that is not a number: its entries are {values.dtype}."
        )
    try:
        vector = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        vector = _numbers_one_by_one(values, name, error)
    if vector.ndim != 1:
        raise InputError(
            f"`{name}` has {vector.ndim} dimensions and shape {vector.shape}; "
            "it must be one number a study."
        )
    return vector


def _numbers_one_by_one(values: Any, name: str, error: Exception) -> FloatArray:
    """Numbers among which some are missing in a way of a table's own; names the row that is none.

    Text that is empty stays an error, as a number may have been lost from it.
    """
    rows = entries_of(values) if np.iterable(values) and not isinstance(values, str) else []
    numbers = []
    for row, value in enumerate(rows):
        try:
            missing = not isinstance(value, str) and is_missing(value)
            numbers.append(float("nan") if missing else float(value))
        except (TypeError, ValueError):
            raise InputError(
                f"`{name}` holds something that is not a number: {value!r} in row {row + 1}.",
                hint="Give numbers; leave what is missing as NaN or None.",
            ) from error
    if not numbers:
        raise InputError(
            f"`{name}` holds something that is not a number: {error}.",
            hint="Give numbers; leave what is missing as NaN or None.",
        ) from error
    return np.array(numbers)


def entries_of(values: Any) -> list[Any]:
    """Entries of a list, an array or a column of any table, as Python has them."""
    for name in ("to_pylist", "tolist", "to_list"):
        own = getattr(values, name, None)
        if callable(own):
            return list(own())
    return list(values)


def is_missing(value: Any) -> bool:
    """Whether an entry of a column is none: None, NaN, the NA of pandas, or an empty text."""
    if value is None or (isinstance(value, str) and not value):
        return True
    try:
        return bool(value != value)
    except TypeError:  # NA is neither equal to itself nor different
        return True
    except ValueError:  # an array in place of a value
        return False


def check_choice(what: str, name: Any, known: Iterable[str]) -> None:
    """Raise `NotFoundError`, with the nearest name that is known, unless `name` is."""
    if not isinstance(name, str) or name not in known:
        raise NotFoundError(what, str(name), known)


def check_test(method: str, test: str, *, weighted: bool = False, moderated: bool = False) -> None:
    """Raise `InputError` where a model has not the test that is asked for."""
    if test in ("adhoc-ci", "iqwig") and (weighted or moderated):
        raise InputError(
            f"The rule of test={test!r} is for one pooled effect, without moderators or weights of "
            "one's own.",
            hint="Take test='knha' or test='adhoc'.",
        )
    if test == "iqwig" and method in ("EE", "FE"):
        raise InputError(
            f"The rule of test='iqwig' compares random-effects models, and {method} is none.",
            hint="Take test='z', or a method such as REML.",
        )
    if test == "kr" and (method != "REML" or weighted):
        raise InputError(
            "The test of Kenward and Roger goes with REML and inverse-variance weights.",
            hint="Take method='REML' without weights of your own, or test='knha'.",
        )


def check_prediction(
    prediction: str, method: str, *, plain: bool = True, known: bool = True
) -> None:
    """Raise `InputError` where a model has not the prediction interval that is asked for.

    `plain` says that there are no moderators, `known` that the weights are the inverse variances
    and tau2 is estimated.
    """
    if prediction in ("kr", "kr-riley") and not (method == "REML" and known):
        raise InputError(
            "Kenward and Roger's prediction interval goes with tau2 by REML and inverse-variance "
            "weights.",
            hint="Take method='REML', or prediction='riley'.",
        )
    if prediction == "nagashima" and (method in ("EE", "FE") or not (plain and known)):
        raise InputError(
            "Nagashima's prediction interval is for one pooled random effect, without moderators, "
            "weights or a tau2 of one's own.",
            hint="Take prediction='t' or 'riley'.",
        )


def check_number(value: Any, name: str) -> float:
    """Return an option that is one finite number.

    Raises
    ------
    InputError
        Anything else.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise InputError(f"`{name}` is {value!r}, and must be one finite number.")
    return float(value)


def check_count(value: Any, name: str) -> int:
    """Return an option that is a whole number.

    Raises
    ------
    InputError
        Anything else.
    """
    if check_number(value, name) % 1.0:
        raise InputError(f"`{name}` is {value!r}, and must be a whole number.")
    return int(value)


def check_level(level: float) -> float:
    """Return a confidence level as a fraction between 0 and 1."""
    if not isinstance(level, Real) or isinstance(level, bool):
        raise InputError(f"`level` is {level!r}, which is no number.", hint="Write 0.95.")
    level = float(level)
    if not 0.0 < level < 1.0:
        hint = f"Write {level / 100:g}." if 1.0 < level < 100.0 else "Write 0.95 for 95 percent."
        raise InputError(
            f"`level` is {level:g}, and a confidence level lies between 0 and 1.", hint=hint
        )
    return level


def check_effects(yi: Any, vi: Any, slab: Sequence[Any] | None = None) -> Effects:
    """Check effects and variances, and leave out the rows where either is missing.

    Parameters
    ----------
    yi, vi
        Effects on the analysis scale and their sampling variances.
    slab
        Names of the studies.

    Raises
    ------
    InputError
        Lengths that differ, or text where numbers belong.
    StatisticsError
        An infinite effect, a variance that is not a positive number, numbers too far apart for
        double precision, or nothing left.
    """
    y = check_vector(yi, "yi")
    v = check_vector(vi, "vi")
    if y.size != v.size:
        raise InputError(
            f"`yi` has {y.size} entries and `vi` has {v.size}; there must be one of each a study."
        )
    if slab is None:
        names = numbered(y.size)
    else:
        if isinstance(slab, str) or not np.iterable(slab):
            raise InputError(f"`slab` is {slab!r}; it must be a list of names, one a study.")
        names = tuple(map(str, slab))
        if len(names) != y.size:
            raise InputError(f"`slab` has {len(names)} names for {y.size} effects.")
    # One sum settles the ordinary case: it is finite only if every entry is.
    if y.size and np.isfinite(np.add.reduce(y) + np.add.reduce(v)) and np.minimum.reduce(v) > 0.0:
        _refuse_far_apart(y, v)
        return Effects(y, v, np.arange(y.size), names, ())
    missing = np.isnan(y) | np.isnan(v)
    rows = np.flatnonzero(~missing)
    _refuse_impossible(y, v, rows, names, named=slab is not None)
    notes: tuple[str, ...] = ()
    if missing.any():
        left_out = [names[row] for row in np.flatnonzero(missing)]
        notes = (_left_out(left_out, named=slab is not None),)
    if rows.size == 0:
        raise StatisticsError(
            "There is no study with both an effect and a variance, so there is nothing to pool."
        )
    _refuse_far_apart(y[rows], v[rows])
    return Effects(y[rows], v[rows], rows, tuple(names[row] for row in rows), notes)


def effect_arrays(
    effects: Any, vi: Any, slab: Sequence[Any] | None
) -> tuple[FloatArray, FloatArray, Sequence[Any] | None]:
    """Take effect sizes apart: effects, variances, names.

    Raises
    ------
    InputError
        Neither effect sizes nor variances, or both.
    NotControlledError
        Effect sizes of single arms.
    """
    if not isinstance(effects, EffectSizes):
        raise InputError(
            "There is no `vi`: the sampling variances, one an effect.",
            hint="weigh.effect_size works them out; its result can be given whole.",
        )
    if vi is not None:
        raise InputError("Effect sizes have their own variances; leave out `vi`.")
    if effects.controlled is False:
        raise NotControlledError(
            f"{effects.measure} is of single arms, which have no comparison group: pooled, it is "
            "no effect of a treatment.",
            hint="weigh.pool_single_arm pools it as what it is.",
        )
    return effects.yi, effects.vi, effects.slab if slab is None else slab


def _refuse_far_apart(y: FloatArray, v: FloatArray) -> None:
    """Refuse what no arithmetic of doubles can weigh together, rather than return infinities."""
    low, high = float(np.minimum.reduce(v)), float(np.maximum.reduce(v))
    size = max(float(np.maximum.reduce(y)), -float(np.minimum.reduce(y)))
    if high > WIDEST * low:
        raise StatisticsError(
            f"The sampling variances lie between {low:g} and {high:g}, too far apart to be weighed "
            "together in double precision.",
            hint="Check the units of both studies; one that says nothing can be left out.",
        )
    if size * size > WIDEST * low:
        raise StatisticsError(
            f"There is an effect of size {size:g} beside a sampling variance of {low:g}, too far "
            "apart to be weighed in double precision.",
            hint="Check the units of both.",
        )


def _left_out(names: list[str], *, named: bool) -> str:
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    what = "Left out" if named else "Left out row" if len(names) == 1 else "Left out rows"
    return f"{what} {shown}: no effect or no variance could be computed."


def _refuse_impossible(
    y: FloatArray, v: FloatArray, rows: IndexArray, names: tuple[str, ...], *, named: bool
) -> None:
    for row in rows:
        place = f"row {row + 1} ({names[row]})" if named else f"row {row + 1}"
        if not np.isfinite(y[row]):
            raise StatisticsError(
                f"`yi`, {place}: the effect is {y[row]}, which cannot be pooled.",
                hint="A ratio with a zero cell needs a correction, or leave the row as NaN.",
            )
        if not 0.0 < v[row] < np.inf:
            raise StatisticsError(
                f"`vi`, {place}: the sampling variance is {v[row]:g}; it must be a positive "
                "number, as a study with none would have infinite weight.",
                hint="A variance is the squared standard error. If it is unknown, leave it as NaN.",
            )
