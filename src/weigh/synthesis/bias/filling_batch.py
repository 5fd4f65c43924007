"""Trim and fill for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.synthesis.batch import PooledBatch, pool_many
from weigh.synthesis.bias.filling import ESTIMATORS, MOST_ROUNDS
from weigh.synthesis.grouping import Rows, read_rows
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record
from weigh.synthesis.regression_batch import regress_many

__all__ = ["TrimAndFillBatch", "trim_and_fill_many"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrimAndFillBatch:
    """What trim and fill found in many groups, one entry a group.

    Parameters
    ----------
    group, k
        Label and number of studies of each group.
    k0, k0_se, k0_p
        Number of studies that seem to be missing, as in `TrimAndFill`; NaN where it is undefined.
    side
        Where they are missing, ``"left"`` or ``"right"``; empty where k0 is undefined.
    fit, unadjusted
        The pooled effects with the missing studies filled in (NaN where k0 is undefined), and
        without them.
    estimator
        ``L0``, ``R0`` or ``Q0``.
    notes
        What was left out and why.
    """

    group: npt.NDArray[Any]
    k: IndexArray
    k0: FloatArray
    k0_se: FloatArray
    k0_p: FloatArray
    side: npt.NDArray[Any]
    fit: PooledBatch
    unadjusted: PooledBatch
    estimator: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.k.size

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON: None for what is undefined."""
        return as_record(self) | {
            "fit": self.fit.to_dict(),
            "unadjusted": self.unadjusted.to_dict(),
        }


def trim_and_fill_many(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    side: str | None = None,
    estimator: str = "L0",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> TrimAndFillBatch:
    """Trim and fill each group, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    side, estimator, method, test, level
        As in `trim_and_fill`.

    Returns
    -------
    TrimAndFillBatch
        One entry a group, in order of first appearance, with the numbers that `trim_and_fill` gives
        it alone. k0 is undefined where that one raises an error: too few studies, no side, or a
        number that does not settle.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`duval2000a`, :cite:t:`duval2000b`.

    Examples
    --------
    >>> found = trim_and_fill_many(
    ...     [0.1, 0.2, 0.3, 0.7, 1.1], [0.01, 0.03, 0.05, 0.16, 0.25], ["a"] * 5
    ... )
    >>> found.k0.tolist(), found.side.tolist()
    ([3.0], ['left'])
    """
    check_choice("estimator of the number of missing studies", estimator, ESTIMATORS)
    if side is not None:
        check_choice("side", side, ("left", "right"))
    read = read_rows(yi, vi, group)
    groups, code = read.groups, read.code
    count = groups.size.size
    # Groups by number, each with one row without an effect, so that none is lost.
    numbers = np.concatenate([np.arange(count), code])
    unadjusted = pool_many(
        np.concatenate([np.full(count, np.nan), read.y]),
        np.concatenate([np.full(count, np.nan), read.v]),
        numbers,
        method=method,
        test=test,
        level=level,
    )
    sign, usable = _sides(read, side, method)
    flipped = read.y * sign[code]
    order = np.lexsort((flipped, code))
    found = _trimmed(flipped[order], read.v[order], read, usable, estimator, method)
    known = found.settled
    k0 = np.where(known, found.k0, 0)
    # The last k0 of each group in ascending order have no counterpart; they are mirrored.
    place = np.arange(code.size) - groups.start[code]
    top = order[place >= (groups.size - k0)[code]]
    mirrored = (2.0 * found.center[code[top]] - flipped[top]) * sign[code[top]]
    kept = known[code]
    fit = pool_many(
        np.concatenate([np.full(count, np.nan), read.y[kept], mirrored]),
        np.concatenate([np.full(count, np.nan), read.v[kept], read.v[top]]),
        np.concatenate([np.arange(count), code[kept], code[top]]),
        method=method,
        test=test,
        level=level,
    )
    undefined = int(np.count_nonzero(~known))
    what = "1 group has" if undefined == 1 else f"{undefined} groups have"
    note = f"{what} no trim and fill: too few studies, no side, or a number that does not settle."
    nothing = np.full(count, np.nan)
    return TrimAndFillBatch(
        group=groups.labels,
        k=groups.size,
        k0=np.where(known, found.k0, np.nan),
        k0_se=np.where(known, found.se, np.nan),
        # Under the hypothesis R0 + 1 is geometric with probability one half.
        k0_p=np.where(known, 0.5 ** (k0 + 1.0), np.nan) if estimator == "R0" else nothing,
        side=np.where(known, np.where(sign > 0.0, "left", "right"), ""),
        fit=replace(fit, group=groups.labels, notes=()),
        unadjusted=replace(unadjusted, group=groups.labels, notes=()),
        estimator=estimator,
        notes=(*read.notes, *((note,) if undefined else ())),
    )


def _sides(read: Rows, side: str | None, method: str) -> tuple[FloatArray, BoolArray]:
    """1 where studies are missing on the left and -1 on the right, and which groups can be done."""
    count = read.groups.size.size
    if side is not None:
        sign = np.full(count, 1.0 if side == "left" else -1.0)
        return sign, read.groups.size >= 2
    sign, usable = np.ones(count), np.zeros(count, dtype=np.bool_)
    if read.y.size:
        found = regress_many(read.y, read.v, read.code, np.sqrt(read.v), method=method)
        slope = found.estimate[:, 1]
        which = found.group
        sign[which] = np.where(slope < 0.0, -1.0, 1.0)
        usable[which] = ~np.isnan(slope)
    return sign, usable


@dataclass(frozen=True, slots=True)
class _Trimmed:
    k0: FloatArray
    se: FloatArray
    center: FloatArray
    settled: BoolArray


def _trimmed(
    y: FloatArray, v: FloatArray, read: Rows, usable: BoolArray, estimator: str, method: str
) -> _Trimmed:
    """Trim the largest effects of each group, in ascending order, until their number stays."""
    size, code = read.groups.size, read.code
    place = np.arange(code.size) - read.groups.start[code]
    count = size.size
    out = _Trimmed(
        np.zeros(count), np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, np.bool_)
    )
    open_groups = usable.copy()
    for _ in range(MOST_ROUNDS):
        open_groups &= out.k0 < size
        rows = np.flatnonzero(open_groups[code])
        if rows.size == 0:
            break
        mine = code[rows]
        left = rows[place[rows] < (size - out.k0)[mine]]
        batch = pool_many(y[left], v[left], code[left], method=method)
        out.center[batch.group] = batch.estimate
        centered = y[rows] - out.center[mine]
        rank = np.empty(rows.size)
        rank[np.lexsort((np.abs(centered), mine))] = place[rows] + 1.0
        estimate, se = _missing(np.sign(centered) * rank, mine, size, estimator)
        open_groups &= np.isfinite(estimate)
        now = np.maximum(np.rint(estimate), 0.0)
        done = open_groups & (now == out.k0)
        out.se[done] = se[done]
        out.settled[done] = True
        open_groups &= ~done
        out.k0[open_groups] = now[open_groups]
    return out


def _missing(
    signed: FloatArray, code: IndexArray, size: IndexArray, estimator: str
) -> tuple[FloatArray, FloatArray]:
    """Number of missing studies, not yet rounded, and its standard error; see `filling`."""
    k = size.astype(np.float64)
    if estimator == "R0":
        lowest = np.zeros(size.size)
        np.maximum.at(lowest, code, np.where(signed < 0.0, -signed, 0.0))
        k0 = k - lowest - 1.0
        return k0, np.sqrt(2.0 * np.maximum(k0, 0.0) + 2.0)
    ranks = np.bincount(code, np.where(signed > 0.0, signed, 0.0), minlength=size.size)
    with np.errstate(invalid="ignore", divide="ignore"):
        if estimator == "L0":
            k0 = (4.0 * ranks - k * (k + 1.0)) / (2.0 * k - 1.0)
        else:
            k0 = k - 0.5 - np.sqrt(2.0 * k * k - 4.0 * ranks + 0.25)
        variance = (
            k * (k + 1.0) * (2.0 * k + 1.0)
            + 10.0 * k0**3
            + 27.0 * k0**2
            + 17.0 * k0
            - 18.0 * k * k0**2
            - 18.0 * k * k0
            + 6.0 * k * k * k0
        ) / 24.0
        if estimator == "L0":
            return k0, 4.0 * np.sqrt(variance) / (2.0 * k - 1.0)
        scale = (k - 0.5) ** 2 - k0 * (2.0 * k - k0 - 1.0)
        return k0, np.where(scale > 0.0, 2.0 * np.sqrt(variance / scale), np.nan)
