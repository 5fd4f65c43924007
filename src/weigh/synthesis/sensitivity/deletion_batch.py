"""What each study does to the pooled effect of its group, for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.synthesis.batch import pool_many
from weigh.synthesis.grouping import read_rows
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.deletion import flagged
from weigh.synthesis.sensitivity.runs import Runs, pool_runs

__all__ = ["InfluenceBatch", "influence_many"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InfluenceBatch:
    """What each study does to the pooled effect of its group, one entry a study.

    Parameters
    ----------
    group, row
        Group of each entry, and the row of the input, counted from 0.
    rstudent, dffits, cook_d, cov_ratio, tau2_deleted, q_deleted, hat, weight, dfbetas, influential
        As in `Influence`; there is one coefficient.
    notes
        What was left out and why.
    """

    group: npt.NDArray[Any]
    row: IndexArray
    rstudent: FloatArray
    dffits: FloatArray
    cook_d: FloatArray
    cov_ratio: FloatArray
    tau2_deleted: FloatArray
    q_deleted: FloatArray
    hat: FloatArray
    weight: FloatArray
    dfbetas: FloatArray
    influential: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of entries."""
        return self.row.size

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def influence_many(
    yi: Any, vi: Any, group: Any, *, method: str = "REML", test: str = "z"
) -> InfluenceBatch:
    """What each study does to the pooled effect of its group, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    method
        As in `weigh.pool_many`.
    test
        ``"z"``, ``"t"``, ``"knha"`` or ``"adhoc"``: the last two change standard errors.

    Returns
    -------
    InfluenceBatch
        One entry for each study of a group of two or more, group after group; the same numbers, but
        for rounding, as `influence` gives for a group alone.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`viechtbauer2010b`.

    Examples
    --------
    >>> found = influence_many(
    ...     [0.1, 0.2, 0.15, 1.9, 0.3, 0.4], [0.02] * 6, ["a"] * 4 + ["b"] * 2
    ... )
    >>> found.influential.tolist()
    [False, False, False, True, False, False]
    """
    check_choice("test", test, ("z", "t", "knha", "adhoc"))
    read = read_rows(yi, vi, group)
    groups = read.groups
    each = np.flatnonzero(groups.size[read.code] > 1)
    runs = Runs.without_each(groups.start, groups.size).take(each)
    y, v, own = read.y[each], read.v[each], read.code[each]
    whole = pool_many(read.y, read.v, read.code, method=method, test=test)
    # `whole` has the groups that have rows, in their order.
    place = np.maximum(np.cumsum(groups.size > 0) - 1, 0)
    of = place[own]
    parts = list(pool_runs(read.y, read.v, runs, method=method, test=test))

    def deleted(name: str) -> FloatArray:
        return np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)])

    estimate, se, tau2 = deleted("estimate"), deleted("se"), deleted("tau2")
    others = _weight_of_others(read.v, runs, tau2)
    total = np.bincount(read.code, 1.0 / (read.v + whole.tau2[place[read.code]]))
    hat = 1.0 / (v + whole.tau2[of]) / total[own]
    scale = se * se * others if test in ("knha", "adhoc") else np.ones_like(se)
    moved = whole.estimate[of] - estimate
    square = np.square(whole.se[of])
    with np.errstate(divide="ignore", invalid="ignore"):
        dffits = moved / np.sqrt(scale * hat * (v + tau2))
        dfbetas = moved / np.sqrt(scale / (others + 1.0 / (v + tau2)))
        cook = np.where(square > 0.0, moved * moved / square, np.nan)
        ratio = np.where(square > 0.0, se * se / square, np.nan)
    return InfluenceBatch(
        group=groups.labels[own],
        row=groups.order[each],
        rstudent=(y - estimate) / np.sqrt(v + se * se + tau2),
        dffits=dffits,
        cook_d=cook,
        cov_ratio=ratio,
        tau2_deleted=tau2,
        q_deleted=deleted("q"),
        hat=hat,
        weight=100.0 * hat,
        dfbetas=dfbetas,
        influential=flagged(dffits, cook, hat, dfbetas[:, None], groups.size[own], 1),
        notes=(*read.notes, *_alone(int(np.count_nonzero(groups.size == 1)))),
    )


def _weight_of_others(v: FloatArray, runs: Runs, tau2: FloatArray) -> FloatArray:
    """Sum of the weights of the studies in each run at its own tau2."""
    total = np.empty(tau2.size)
    for which in runs.stretches():
        rows, entry = runs.take(which).rows()
        weights = 1.0 / (v[rows] + tau2[which][entry])
        total[which] = np.bincount(entry, weights, minlength=which.size)
    return total


def _alone(count: int) -> tuple[str, ...]:
    if count == 0:
        return ()
    groups = "group of one study" if count == 1 else "groups of one study"
    return (f"Left out {count} {groups}: there is nothing to compare with.",)
