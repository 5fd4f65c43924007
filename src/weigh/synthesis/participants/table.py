"""A table of participants: columns by name or as arrays, checked, and sorted into studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.grouping import group_rows
from weigh.synthesis.inputs import entries_of, is_missing
from weigh.synthesis.moderators import ModelMatrix, model_matrix, refuse_huge

__all__ = ["Participants", "Study", "read_participants"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Participants of one study with nothing missing.

    Parameters
    ----------
    label
        Name of the study.
    y, arm
        (n,) outcomes, and 1 for the intervention, 0 for the comparator.
    extra
        (n,) person-time of a count, or follow-up of an event; None for other outcomes.
    adjust
        (n, m) covariates.
    modifier
        (n,) the covariate whose interaction is asked for; None without.
    """

    label: str
    y: FloatArray
    arm: FloatArray
    extra: FloatArray | None
    adjust: FloatArray
    modifier: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """All participants, one entry a row of the table.

    Parameters
    ----------
    labels, order, starts, sizes
        Names of the studies; rows, study after study.
    y, arm, extra, adjust, modifier
        As in `Study`, with what is missing as NaN.
    adjusted
        Names of the covariates.
    modified
        Name of the modifier; that of its category 1 behind it, where it has two.
    arms
        Names of the comparator's arm and of the intervention's.
    """

    labels: tuple[str, ...]
    order: IndexArray
    starts: IndexArray
    sizes: IndexArray
    y: FloatArray
    arm: FloatArray
    extra: FloatArray | None
    adjust: FloatArray
    modifier: FloatArray | None
    adjusted: tuple[str, ...]
    modified: str | None
    arms: tuple[str, str]

    @property
    def complete(self) -> npt.NDArray[np.bool_]:
        """For each row, whether nothing is missing."""
        good = np.isfinite(self.y) & np.isfinite(self.arm) & np.isfinite(self.adjust).all(axis=1)
        for more in (self.extra, self.modifier):
            if more is not None:
                good &= np.isfinite(more)
        return good

    def studies(self) -> Iterator[Study]:
        """Each study's participants with nothing missing."""
        good = self.complete
        for label, start, size in zip(self.labels, self.starts, self.sizes, strict=True):
            rows = self.order[start : start + size]
            rows = rows[good[rows]]
            yield Study(
                label=label,
                y=self.y[rows],
                arm=self.arm[rows],
                extra=None if self.extra is None else self.extra[rows],
                adjust=self.adjust[rows],
                modifier=None if self.modifier is None else self.modifier[rows],
            )


def read_participants(
    data: Any,
    *,
    study: Any,
    arm: Any,
    outcome: Any,
    extra: tuple[str, Any] | None,
    treated: Any,
    adjust: Any,
    modifier: Any,
    binary: bool,
) -> Participants:
    """Read a table of participants; arguments as in `two_stage`.

    `extra` is the name of a further argument and what was given for it, and `binary` whether
    outcomes are 0 or 1.
    """
    labels = _values(data, study, "study")
    rows = len(labels)
    absent = [row for row, label in enumerate(labels) if is_missing(label)]
    if absent:
        raise InputError(f"`study` has no label in row {absent[0] + 1}.")
    groups = group_rows(np.array([str(label) for label in labels]), rows)
    if not rows:
        raise StatisticsError("The table has no participants.")
    y = _numbers(data, outcome, "outcome", rows)
    refuse_huge(["outcome"], y[:, None])
    if binary:
        _refuse(y, ~np.isin(y, (0.0, 1.0)), "outcome", "events are 1 and their absence 0")
    more = None if extra is None else _numbers(data, extra[1], extra[0], rows)
    if extra is not None and more is not None:
        _refuse(more, ~(more > 0.0), extra[0], "it must be above zero")
    in_arm, arms = _arms(_values(data, arm, "arm", rows), treated)
    covariates = _matrix(data, adjust, "adjust", rows)
    modifiers = None if modifier is None else _matrix(data, modifier, "modifier", rows)
    if modifiers is not None and modifiers.x.shape[1] != 1:
        raise InputError(
            f"The modifier has {modifiers.x.shape[1] + 1} categories; an interaction is of two, or "
            "of a number.",
            hint="Take the categories two by two, or order them as numbers.",
        )
    return Participants(
        labels=tuple(str(label) for label in groups.labels),
        order=groups.order,
        starts=groups.start,
        sizes=groups.size,
        y=y,
        arm=in_arm,
        extra=more,
        adjust=covariates.x,
        modifier=None if modifiers is None else modifiers.x[:, 0],
        adjusted=covariates.names,
        modified=None if modifiers is None else modifiers.names[0],
        arms=arms,
    )


def _values(data: Any, given: Any, name: str, rows: int | None = None) -> list[Any]:
    """A column of the table by its name, or what was given itself."""
    values: Any = _named(data, given, name) if isinstance(given, str) else given
    if isinstance(values, Mapping | Set) or not np.iterable(values):
        raise InputError(
            f"`{name}` is {type(values).__name__}; it is a list with one value a participant, or "
            "the name of a column of `data`."
        )
    found = entries_of(values)
    if rows is not None and len(found) != rows:
        raise InputError(f"`{name}` has {len(found)} entries for {rows} participants.")
    return found


def _named(data: Any, column: str, name: str) -> Any:
    if data is None:
        raise InputError(
            f"`{name}` is {column!r}, a name, and there is no table to find it in.",
            hint="Give the table as data=.",
        )
    frame = None if isinstance(data, Mapping) else nw.from_native(data, eager_only=True)
    known = [str(one) for one in (data if frame is None else frame.columns)]
    if column not in known:
        raise NotFoundError(f"column for `{name}`", column, known)
    # A column of pandas or polars knows the order of its categories.
    if frame is None or not frame.implementation.is_pyarrow():
        return data[column]
    return frame[column].to_list()


def _numbers(data: Any, given: Any, name: str, rows: int) -> FloatArray:
    values = _values(data, given, name, rows)
    try:
        return np.array([np.nan if is_missing(value) else value for value in values], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` holds something that is not a number: {error}.") from error


def _refuse(values: FloatArray, wrong: npt.NDArray[np.bool_], name: str, why: str) -> None:
    rows = np.flatnonzero(wrong & ~np.isnan(values))
    if rows.size:
        raise InputError(f"`{name}` is {values[rows[0]]:g} in row {rows[0] + 1}: {why}.")


def _arms(values: Sequence[Any], treated: Any) -> tuple[FloatArray, tuple[str, str]]:
    """1 for the intervention and 0 for the comparator, and what the arms are called."""
    try:
        known = sorted({value for value in values if not is_missing(value)}, key=str)
    except TypeError as error:
        raise InputError(f"`arm` holds something that is no name of an arm: {error}.") from error
    if len(known) != 2:
        shown = ", ".join(str(one) for one in known[:5]) or "none"
        raise InputError(
            f"`arm` names {len(known)} arms ({shown}); a contrast is between two.",
            hint="Take the participants of two arms; single arms are for pool_single_arm.",
        )
    if treated is None:
        if set(known) != {0, 1}:
            raise InputError(
                f"`arm` is {known[0]} or {known[1]}, and nothing says which is the intervention.",
                hint=f"Say treated={known[1]!r}, or give 1 for the intervention and 0 for the "
                "comparator.",
            )
        treated = 1
    if treated not in known:
        raise NotFoundError("arm", str(treated), [str(one) for one in known])
    other = next(one for one in known if one != treated)
    in_arm = [np.nan if is_missing(value) else float(value == treated) for value in values]
    return np.array(in_arm), (str(other), str(treated))


def _matrix(data: Any, given: Any, name: str, rows: int) -> ModelMatrix:
    """Covariates as columns of numbers: names of columns, a mapping, a vector or a matrix."""
    if given is None:
        return ModelMatrix(np.empty((rows, 0)), ())
    listed = [given] if isinstance(given, str) else given
    if isinstance(listed, list | tuple) and all(isinstance(one, str) for one in listed):
        table: Any = {one: _named(data, one, name) for one in listed}
    else:
        table = listed
    if not isinstance(table, Mapping) and not hasattr(table, "columns"):
        table = _covariates(table, name)
    names = [name] if getattr(table, "ndim", 0) == 1 else None
    found = model_matrix(table, rows, intercept=True, names=names)
    return ModelMatrix(found.x[:, 1:], found.names[1:])


def _covariates(given: Any, name: str) -> FloatArray:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` holds something that is not a number: {error}.") from error
