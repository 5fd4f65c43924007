"""Egger's regression and Begg's ranks for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import two_sided_p
from weigh.synthesis.bias.egger_begg import (
    PREDICTORS,
    egger_convention,
    predictor_of,
    sizes_of,
)
from weigh.synthesis.bias.ranks import discordant_shares
from weigh.synthesis.grouping import Block, blocks, read_rows
from weigh.synthesis.inputs import check_choice, check_vector
from weigh.synthesis.records import as_record
from weigh.synthesis.regression_batch import regress_many

__all__ = ["AsymmetryBatch", "begg_many", "egger_many"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]

_VANISHING = ("sei", "vi", "ninv", "sqrtninv")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AsymmetryBatch:
    """Tests of asymmetry of many groups: the parts of `AsymmetryTest` as arrays, one entry a group.

    What is undefined is NaN: all of a group of fewer than three studies, or of studies that are all
    as precise.

    Parameters
    ----------
    group, k
        Label and number of studies of each group.
    estimate, se, statistic, df, p
        The test; `df` is NaN for a normal one.
    tau
        Kendall's tau, of the test that ranks.
    limit, limit_ci_low, limit_ci_high
        Effect of an infinitely large study, of a regression, with its interval.
    tau2
        Between-study variance of a regression that has one.
    name, convention
        Of the test.
    notes
        What was left out and why.
    """

    group: npt.NDArray[Any]
    k: IndexArray
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    df: FloatArray
    p: FloatArray
    tau: FloatArray
    limit: FloatArray
    limit_ci_low: FloatArray
    limit_ci_high: FloatArray
    tau2: FloatArray
    name: str
    convention: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.k.size

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON: None for what is undefined."""
        return as_record(self)


def egger_many(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    ni: Any = None,
    model: str = "lm",
    predictor: str = "sei",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> AsymmetryBatch:
    """Regression test of funnel plot asymmetry for each group, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    ni : (n,) array_like
        Sample sizes, for the predictors made of them.
    model, predictor, method, test, level
        As in `egger`; see there for the form that each program has.

    Returns
    -------
    AsymmetryBatch
        One entry a group, in order of first appearance, with the numbers, but for rounding, that
        `egger` gives it alone.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`egger1997`; :cite:t:`sterne2005`.

    Examples
    --------
    >>> found = egger_many([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16], [1, 1, 1, 1])
    >>> found.estimate.round(3).tolist()
    [2.333]
    """
    check_choice("model of Egger's test", model, ("lm", "rma"))
    check_choice("predictor", predictor, PREDICTORS)
    y, v = check_vector(yi, "yi"), check_vector(vi, "vi")
    sizes = sizes_of(ni, np.arange(y.size), y.size, predictor)
    with np.errstate(invalid="ignore"):
        column = predictor_of(v, sizes, predictor)
    found = regress_many(
        y,
        v,
        group,
        {predictor: column},
        method="EE" if model == "lm" else method,
        test="knha" if model == "lm" else test,
        level=level,
    )
    nothing = np.full(len(found), np.nan)
    limit = predictor in _VANISHING
    return AsymmetryBatch(
        group=found.group,
        k=found.k,
        estimate=found.estimate[:, 1],
        se=found.se[:, 1],
        statistic=found.statistic[:, 1],
        df=found.df,
        p=found.p[:, 1],
        tau=nothing,
        limit=found.estimate[:, 0] if limit else nothing,
        limit_ci_low=found.ci_low[:, 0] if limit else nothing,
        limit_ci_high=found.ci_high[:, 0] if limit else nothing,
        tau2=found.tau2 if model == "rma" else nothing,
        name="Egger",
        convention=egger_convention(model, predictor, method, test),
        notes=found.notes,
    )


def begg_many(
    yi: Any, vi: Any, group: Any, *, exact: bool = True, correct: bool = False
) -> AsymmetryBatch:
    """Rank correlation test of funnel plot asymmetry for each group, all groups at once.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    exact, correct
        As in `begg`.

    Returns
    -------
    AsymmetryBatch
        One entry a group, in order of first appearance, with the numbers, but for rounding, that
        `begg` gives it alone.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    :cite:t:`begg1994`; ties by :cite:t:`kendall1990`.

    Examples
    --------
    >>> found = begg_many([0.1, 0.3, 0.2, 0.9], [0.01, 0.04, 0.09, 0.16], ["a"] * 4)
    >>> found.tau.round(3).tolist(), found.p.round(3).tolist()
    ([0.667], [0.333])
    """
    read = read_rows(yi, vi, group)
    groups = read.groups
    nothing = np.full(groups.size.size, np.nan)
    out = {name: nothing.copy() for name in ("estimate", "se", "statistic", "p", "tau")}
    for block in blocks(groups, read.y, read.v, np.flatnonzero(groups.size > 2)):
        for name, values in _ranked(block, exact=exact, correct=correct).items():
            out[name][block.which] = values
    undefined = int(np.count_nonzero(np.isnan(out["p"])))
    what = "1 group has" if undefined == 1 else f"{undefined} groups have"
    notes = (f"{what} no test: fewer than three studies, or variances that are all the same.",)
    how = "exact over all orders, normal with ties" if exact else "normal"
    return AsymmetryBatch(
        group=groups.labels,
        k=groups.size,
        df=nothing,
        limit=nothing,
        limit_ci_low=nothing,
        limit_ci_high=nothing,
        tau2=nothing,
        name="Begg",
        convention=f"Kendall's rank correlation, p {how}"
        + (", corrected for continuity" if correct else ""),
        notes=(*read.notes, *(notes if undefined else ())),
        **out,
    )


def _ranked(block: Block, *, exact: bool, correct: bool) -> dict[str, FloatArray]:
    """Kendall's test of the groups of a block; NaN where all variances are the same."""
    y, v, n = block.y, block.v, block.k
    w = 1.0 / v
    total = w.sum(axis=0)
    # Padding has infinite variance, so that it weighs nothing; pairs with it are not counted.
    with np.errstate(invalid="ignore"):
        x = (y - (w * y).sum(axis=0) / total) / np.sqrt(v - 1.0 / total)
    score, alike_x, alike_v = _pairs(x, v, block.inside)
    pairs = n * (n - 1.0) / 2.0
    free = (pairs - 0.5 * alike_x.sum(axis=0)) * (pairs - 0.5 * alike_v.sum(axis=0))
    ties = (alike_x > 0).any(axis=0) | (alike_v > 0).any(axis=0)
    se = np.sqrt(np.maximum(_score_variance(n, alike_x, alike_v), 0.0))
    level = np.maximum(np.abs(score) - 1.0, 0.0) if correct else np.abs(score)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(se > 0.0, np.copysign(level, score) / se, np.nan)
        tau = np.where(free > 0.0, score / np.sqrt(free), np.nan)
    p = np.asarray(two_sided_p(statistic))
    if exact:
        p = np.where(ties, p, _exact(n, score))
    # Studies of one variance are `alike` each to all others.
    same = alike_v[0] == n - 1.0
    found = {"estimate": score, "se": se, "statistic": statistic, "p": p, "tau": tau}
    return {name: np.where(same, np.nan, values) for name, values in found.items()}


def _pairs(
    x: FloatArray, v: FloatArray, inside: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Concordant less discordant pairs, and to how many others each entry is equal."""
    score = np.zeros(x.shape[1])
    alike_x, alike_v = np.zeros_like(x), np.zeros_like(v)
    # One study against all before it at a time: memory stays that of the block.
    for i in range(1, x.shape[0]):
        both = inside[i]
        over = np.sign(x[i] - x[:i]) * np.sign(v[i] - v[:i]) if both.all() else None
        if over is None:
            with np.errstate(invalid="ignore"):
                over = np.where(both, np.sign(x[i] - x[:i]) * np.sign(v[i] - v[:i]), 0.0)
        score += over.sum(axis=0)
        for values, alike in ((x, alike_x), (v, alike_v)):
            equal = (values[i] == values[:i]) & both
            alike[i] += equal.sum(axis=0)
            alike[:i] += equal
    return score, alike_x, alike_v


def _score_variance(n: FloatArray, alike_x: FloatArray, alike_v: FloatArray) -> FloatArray:
    """Variance of the score; `ranks.Kendall` has it for one group.

    A class of t equal values counts t (t - 1) and so on: t - 1 others for each of its members.
    """

    def cubic(a: FloatArray) -> FloatArray:
        total: FloatArray = (a * (2.0 * a + 7.0)).sum(axis=0)
        return total

    def cube(a: FloatArray) -> FloatArray:
        total: FloatArray = (a * (a - 1.0)).sum(axis=0)
        return total

    variance = (n * (n - 1.0) * (2.0 * n + 5.0) - cubic(alike_x) - cubic(alike_v)) / 18.0
    variance = variance + alike_x.sum(axis=0) * alike_v.sum(axis=0) / (2.0 * n * (n - 1.0))
    shared: FloatArray = cube(alike_x) * cube(alike_v) / (9.0 * n * (n - 1.0) * (n - 2.0))
    total: FloatArray = variance + shared
    return total


def _exact(n: FloatArray, score: FloatArray) -> FloatArray:
    """Two-sided p value over all orders; a group with ties may get any number."""
    p = np.ones_like(score)
    for size in np.unique(n).astype(int).tolist():
        which = np.flatnonzero((n == size) & (score != 0.0))
        tail = np.cumsum(discordant_shares(size))
        most = size * (size - 1) // 2
        fewest = np.rint((most - np.abs(score[which])) / 2.0).astype(np.intp)
        p[which] = np.minimum(1.0, 2.0 * tail[fewest])
    return p
