"""Rows of a table, study by study: the reference dose, and how the effects hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.dose.counts import design_named, effective_counts
from weigh.synthesis.dose.evidence import StudyRows
from weigh.synthesis.dose.means import mean_differences
from weigh.synthesis.grouping import label_array
from weigh.synthesis.inputs import check_choice, check_vector, is_missing

__all__ = ["COVARIANCES", "Rows", "read_rows", "studies_of"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Curves are made of powers of doses, and sums of squares of them.
_LARGEST = 1e30

COVARIANCES = ("GL", "Hamling", "independent", "MD", "SMD")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Columns as they came in, one entry a dose of a study; what was not given is None."""

    dose: FloatArray
    yi: FloatArray
    vi: FloatArray | None
    study: tuple[str, ...]
    cases: FloatArray | None
    n: FloatArray | None
    sd: FloatArray | None
    design: tuple[str, ...] | None

    def column(self, name: str, covariance: str) -> FloatArray:
        """A column that a covariance needs."""
        values = getattr(self, name)
        if values is None:
            raise InputError(
                f"covariance={covariance!r} needs `{name}`, one number a row.",
                hint="Take covariance='independent' for effects that share no group, or give a "
                "covariance matrix a study.",
            )
        return np.asarray(values)


def read_rows(
    dose: Any,
    yi: Any,
    vi: Any,
    study: Any,
    *,
    cases: Any,
    n: Any,
    sd: Any,
    design: Any,
) -> Rows:
    """Check the columns and their lengths."""
    doses = check_vector(dose, "dose")
    given = {"yi": yi, "vi": vi, "cases": cases, "n": n, "sd": sd}
    columns: dict[str, FloatArray | None] = {}
    for name, values in given.items():
        column = None if values is None else check_vector(values, name)
        if column is not None and column.size != doses.size:
            raise InputError(f"`{name}` has {column.size} entries and `dose` has {doses.size}.")
        columns[name] = column
    if not np.isfinite(doses).all():
        raise StatisticsError(
            f"`dose`, row {int(np.argmax(~np.isfinite(doses))) + 1}: there is no dose.",
            hint="Leave the row out, or assign the group a dose.",
        )
    effects = columns.pop("yi")
    if effects is None:
        raise InputError("There is no `yi`: the effect at each dose.")
    for name, values in {"dose": doses, "yi": effects, **columns}.items():
        if values is not None:
            _refuse_huge(name, values)
    return Rows(
        dose=doses,
        yi=effects,
        study=_labels(study, doses.size, "study") or ("1",) * doses.size,
        design=_designs(design, doses.size),
        **columns,
    )


def _refuse_huge(name: str, values: FloatArray) -> None:
    """Raise `StatisticsError` for numbers whose powers leave double precision."""
    wrong = np.flatnonzero(np.isinf(values) | (np.abs(values) > _LARGEST))
    if wrong.size:
        raise StatisticsError(
            f"`{name}`, row {wrong[0] + 1}: {values[wrong[0]]:g} is too large for double "
            "precision.",
            hint="Check its units.",
        )


def _labels(values: Any, size: int, name: str) -> tuple[str, ...] | None:
    if values is None:
        return None
    if isinstance(values, str):
        return (values,) * size
    entries = label_array(values, name).tolist()
    missing = [is_missing(value) for value in entries]
    if any(missing):
        raise InputError(f"`{name}`, row {missing.index(True) + 1}: there is no name.")
    labels = tuple(map(str, entries))
    if len(labels) != size:
        raise InputError(f"`{name}` has {len(labels)} entries and `dose` has {size}.")
    return labels


def _designs(values: Any, size: int) -> tuple[str, ...] | None:
    labels = _labels(values, size, "design")
    return None if labels is None else tuple(design_named(label) for label in labels)


def studies_of(
    rows: Rows, covariance: Any, *, standardized: str, tolerance: float
) -> tuple[list[StudyRows], list[str]]:
    """Each study's effects against its reference, in the order of the rows, and what was left out.

    `covariance` is one of the names, or a matrix for each study.
    """
    names = list(dict.fromkeys(rows.study))
    if not names:
        raise StatisticsError("There is no study that compares a dose with its reference.")
    labels = np.array(rows.study)
    where = {name: np.flatnonzero(labels == name) for name in names}
    if isinstance(covariance, str):
        check_choice("covariance of a study's effects", covariance, COVARIANCES)
        if covariance in ("MD", "SMD"):
            return [
                _of_means(rows, name, at, covariance, standardized) for name, at in where.items()
            ], []
        matrices: list[Any] = [None] * len(names)
    else:
        matrices = _given(covariance, names)
    found, notes = [], []
    for (name, at), matrix in zip(where.items(), matrices, strict=True):
        kept = at[np.isfinite(rows.yi[at])]
        if kept.size < at.size:
            notes.append(f"{name}: {at.size - kept.size} doses without an effect were left out.")
        if kept.size < 2:
            notes.append(f"{name} was left out: it compares no dose with its reference.")
            continue
        found.append(_of_effects(rows, name, kept, covariance, matrix, tolerance))
    if not found:
        raise StatisticsError("There is no study that compares a dose with its reference.")
    return found, notes


def _given(covariance: Any, names: Sequence[str]) -> list[Any]:
    if isinstance(covariance, Mapping):
        missing = [name for name in names if name not in covariance]
        if missing:
            raise InputError(f"There is no covariance of {', '.join(missing)}.")
        return [covariance[name] for name in names]
    matrices = list(covariance)
    if len(matrices) != len(names):
        raise InputError(f"There are {len(matrices)} covariance matrices for {len(names)} studies.")
    return matrices


def _of_effects(
    rows: Rows, name: str, at: IndexArray, covariance: Any, matrix: Any, tolerance: float
) -> StudyRows:
    v = np.nan_to_num(
        rows.column("vi", covariance if matrix is None else "a matrix for each study")[at]
    )
    if not (v >= 0.0).all() or not np.isfinite(v).all():
        raise StatisticsError(f"{name}: a variance in `vi` is below 0 or infinite.")
    reference = np.flatnonzero(v == 0.0)
    if reference.size != 1:
        raise StatisticsError(
            f"{name}: {reference.size} of its {at.size} doses have a variance of 0 or none; just "
            "one, the reference, must.",
            hint="Give the reference an effect of 0 without a variance.",
        )
    first, others = at[reference[0]], at[v > 0.0]
    if matrix is not None:
        s = np.asarray(matrix, dtype=np.float64)
        if s.shape != (others.size, others.size):
            raise InputError(
                f"{name}: the covariance has shape {s.shape}; its {others.size} doses besides the "
                f"reference ask for {(others.size, others.size)}."
            )
    elif covariance == "independent":
        s = np.diag(v[v > 0.0])
    else:
        s = _of_counts(rows, name, at, v, covariance, tolerance)
    return StudyRows(
        name=name,
        dose=rows.dose[others],
        reference=float(rows.dose[first]),
        yi=rows.yi[others] - rows.yi[first],
        covariance=s,
        rows=others,
    )


def _of_counts(
    rows: Rows, name: str, at: IndexArray, v: FloatArray, method: str, tolerance: float
) -> FloatArray:
    if rows.design is None:
        raise InputError(
            f"covariance={method!r} needs the `design` of the studies.",
            hint="'case-control', 'cumulative-incidence' or 'incidence-rate'; short cc, ci, ir.",
        )
    try:
        return effective_counts(
            rows.yi[at],
            v,
            rows.column("cases", method)[at],
            rows.column("n", method)[at],
            design=rows.design[at[0]],
            method=method,
            tolerance=tolerance,
        ).covariance()
    except StatisticsError as error:
        raise StatisticsError(f"{name}: {error.message}", hint=error.hint) from error


def _of_means(rows: Rows, name: str, at: IndexArray, measure: str, standardized: str) -> StudyRows:
    if at.size < 2:
        raise StatisticsError(f"{name}: it has one arm, and no other to compare with.")
    lowest = int(np.argmin(rows.dose[at]))
    try:
        found = mean_differences(
            rows.yi[at],
            rows.column("sd", measure)[at],
            rows.column("n", measure)[at],
            measure=measure,
            standardized=standardized,
            reference=lowest,
        )
    except StatisticsError as error:
        raise StatisticsError(f"{name}: {error.message}", hint=error.hint) from error
    others = np.delete(at, lowest)
    return StudyRows(
        name=name,
        dose=rows.dose[others],
        reference=float(rows.dose[at[lowest]]),
        yi=found.yi,
        covariance=found.covariance,
        rows=others,
    )
