"""The pooled effect without each study, and as studies come in one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.pooling import pool
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import model_of
from weigh.synthesis.sensitivity.runs import Runs, pool_runs

__all__ = ["Cumulative", "LeaveOneOut", "cumulative", "leave_one_out"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_STATISTICS = (
    "k",
    "estimate",
    "se",
    "statistic",
    "p",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "tau2",
    "tau2_ci_low",
    "tau2_ci_high",
    "i2",
    "h2",
    "q",
    "q_p",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _PooledAgain:
    """The statistics of `weigh.evidence.pooled.Pooled` as arrays; what is undefined is NaN."""

    k: IndexArray
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray
    pi_high: FloatArray
    tau2: FloatArray
    tau2_ci_low: FloatArray
    tau2_ci_high: FloatArray
    i2: FloatArray
    h2: FloatArray
    q: FloatArray
    q_p: FloatArray
    method: str
    test: str
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeaveOneOut(_PooledAgain):
    """Pooled effects without one study each, in the order of the studies.

    The statistics are those of `weigh.evidence.pooled.Pooled` as arrays; what is undefined is NaN.

    Parameters
    ----------
    omitted
        The study left out of each.
    """

    omitted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cumulative(_PooledAgain):
    """Pooled effects of the first study, the first two, and so on.

    The statistics are those of `weigh.evidence.pooled.Pooled` as arrays; what is undefined is NaN.

    Parameters
    ----------
    added
        The study that each adds to the one before.
    order
        Where that study stands in the fit, counted from 0.
    """

    added: tuple[str, ...]
    order: IndexArray


def leave_one_out(fit: Pooled) -> LeaveOneOut:
    """Pool again without each study.

    Parameters
    ----------
    fit
        One pooled effect of at least two studies.

    Returns
    -------
    LeaveOneOut
        One entry a study. Each is what `weigh.pool` gives for the others; a study that is left
        alone is its own result, by a normal test.

    Raises
    ------
    InputError
        A regression (see `influence`), or a method that pools counts.
    StatisticsError
        Fewer than two studies.

    References
    ----------
    :cite:t:`viechtbauer2010b`.

    Examples
    --------
    >>> from weigh import pool
    >>> found = leave_one_out(pool([0.1, 0.3, 0.8], [0.02, 0.03, 0.05], method="DL"))
    >>> found.omitted, found.estimate.round(3).tolist()
    (('1', '2', '3'), [0.53, 0.429, 0.18])
    """
    _require_mean(fit, "Leave-one-out")
    if fit.k < 2:
        raise StatisticsError("There is one study; without it nothing is left to pool.")

    everything = np.arange(fit.k)
    runs = Runs.without_each(np.array([0]), np.array([fit.k]))
    return LeaveOneOut(
        omitted=fit.slab,
        method=fit.method,
        test=fit.test,
        level=fit.level,
        notes=_caution(fit, smallest=fit.k - 1),
        **_pooled_again(fit, everything, runs),
    )


def cumulative(fit: Pooled, order: Sequence[Any] | npt.ArrayLike | None = None) -> Cumulative:
    """Pool again as studies come in one after the other.

    Parameters
    ----------
    fit
        One pooled effect.
    order
        A value for each study to sort by, lowest first, such as the year: one for each study in
        the fit, or one for each row that the fit was made of. Studies with the same value stay in
        the order given (by default all do); one without a value has no turn and is left out, with
        a note, as in metafor.

    Returns
    -------
    Cumulative
        One entry a study added; the last is of all studies. Intervals are not adjusted for having
        looked at the evidence again and again.

    Raises
    ------
    InputError
        A regression, a method that pools counts, or an order that does not fit.

    References
    ----------
    :cite:t:`lau1992`.

    Examples
    --------
    >>> from weigh import pool
    >>> fit = pool([0.1, 0.3, 0.8], [0.02, 0.03, 0.05], method="DL", slab=["C", "A", "B"])
    >>> found = cumulative(fit, order=[2021, 1998, 2007])
    >>> found.added, found.estimate.round(3).tolist()
    (('A', 'B', 'C'), [0.3, 0.53, 0.368])
    """
    _require_mean(fit, "A cumulative analysis")
    sequence, gaps = (np.arange(fit.k), ()) if order is None else _sequence(order, fit)

    runs = Runs(np.zeros(sequence.size, dtype=np.intp), np.arange(1, sequence.size + 1))
    return Cumulative(
        added=tuple(fit.slab[index] for index in sequence),
        order=sequence,
        method=fit.method,
        test=fit.test,
        level=fit.level,
        notes=(*gaps, *_caution(fit, smallest=1)),
        **_pooled_again(fit, sequence, runs),
    )


def _require_mean(fit: Pooled, what: str) -> None:
    model_of(fit, what)
    if fit.is_regression:
        raise InputError(
            f"{what} is about one pooled effect, and this is a regression.",
            hint="influence(fit) shows what each study does to its coefficients.",
        )


def _sequence(order: Any, fit: Pooled) -> tuple[IndexArray, tuple[str, ...]]:
    """Positions of the studies in the fit, in the order wanted, and a note on those left out."""
    values = np.asarray(order)
    if values.ndim == 1 and values.size != fit.k and values.size > int(fit.rows.max()):
        values = values[fit.rows]
    if values.shape != (fit.k,):
        raise InputError(
            f"`order` has shape {np.shape(order)} for {fit.k} studies; give a value each."
        )
    missing = np.array([value is None or value != value for value in values.tolist()])
    known = np.flatnonzero(~missing)
    try:
        sequence = known[np.argsort(np.array(values[known].tolist()), kind="stable")]
    except TypeError as error:
        raise InputError(f"`order` holds values that cannot be sorted: {error}.") from error
    if not missing.any():
        return sequence, ()
    if known.size == 0:
        raise InputError("`order` has no value for any study in the fit.")
    names = ", ".join(fit.slab[index] for index in np.flatnonzero(missing))
    return sequence, (f"Left out, having no value to sort by: {names}.",)


def _caution(fit: Pooled, *, smallest: int) -> tuple[str, ...]:
    if smallest > 1:
        return ()
    alone = "A study alone is its own result" + (", by a normal test" if fit.test != "z" else "")
    if fit.tau2_interval is not None:
        alone += ", and has no interval for tau2"
    return (alone + ".",)


def _pooled_again(fit: Pooled, order: IndexArray, runs: Runs) -> dict[str, Any]:
    """Pool runs of the studies in this order."""
    if fit.user_weights is not None:
        rows, entry = runs.rows()
        parts = np.split(order[rows], np.flatnonzero(np.diff(entry)) + 1)
        return _one_by_one([_pool_weighted(fit, part) for part in parts])
    pooled = list(
        pool_runs(
            fit.yi[order],
            fit.vi[order],
            runs,
            method=fit.method,
            test=fit.test,
            level=fit.level,
            prediction=fit.prediction,
        )
    )
    return {
        name: np.concatenate([getattr(batch, name) for batch in pooled]) for name in _STATISTICS
    }


def _pool_weighted(fit: Pooled, rows: IndexArray) -> Pooled:
    assert fit.user_weights is not None
    alone = rows.size == 1
    run: Callable[..., Pooled] = pool
    return run(
        fit.yi[rows],
        fit.vi[rows],
        method="DL" if alone and fit.method.startswith("GENQ") else fit.method,
        test=fit.test,
        level=fit.level,
        prediction=fit.prediction,
        weights=None if alone else fit.user_weights[rows],
    )


def _one_by_one(fits: list[Pooled]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in _STATISTICS:
        values = [getattr(fit, name) for fit in fits]
        kind = np.intp if name == "k" else np.float64
        columns[name] = np.array([np.nan if value is None else value for value in values], kind)
    return columns
