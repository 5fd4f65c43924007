"""Pooling counts without going through each study's effect: Mantel-Haenszel and Peto.

Both keep sparse studies that an inverse-variance weight would distort: a study with no event in one
group still adds its share to the pooled estimate, without a made-up half event. What each study's
own effect needs (for Q and for the plot) is corrected separately, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.count_result import PooledCounts, count_result
from weigh.synthesis.count_tables import Counts, check_counts, empty_note, own_effects
from weigh.synthesis.homogeneity import (
    cochran_mantel_haenszel,
    mantel_haenszel_rate_test,
    odds_ratio_homogeneity,
)
from weigh.synthesis.inputs import check_choice, check_level

__all__ = ["mantel_haenszel", "peto"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_MEASURES = ("RR", "OR", "RD", "IRR", "IRD")
_RATES = ("IRR", "IRD")
_TO = ("only0", "all", "if0all", "none")


def mantel_haenszel(
    events1: Any,
    n1: Any = None,
    events2: Any = None,
    n2: Any = None,
    *,
    time1: Any = None,
    time2: Any = None,
    measure: str = "RR",
    add: float | tuple[float, float] = 0.5,
    to: str | tuple[str, str] = "only0",
    drop00: bool | tuple[bool, bool] = True,
    add_yi: bool = True,
    correct: bool = True,
    rd_variance: str = "sato",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Pooled:
    """Pool two-group counts by Mantel and Haenszel's method.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of group 1 (intervention) and group 2 (comparator). For rates give
        `time1` and `time2`, person-time, in place of `n1` and `n2`.
    measure
        ``"RR"``, ``"OR"``, ``"RD"``, and for rates ``"IRR"``, ``"IRD"``. Ratios are on the log
        scale.
    add, to, drop00
        Rules for zero cells: what is added to each cell; to which studies (``"only0"``: those with
        a zero cell, ``"all"``, ``"if0all"``: all if any has one, ``"none"``); whether studies with
        no event in either group (or only events in both) are left out. A pair gives the rule for
        the studies' own effects (which Q is made of) and for the pooled estimate; one value
        leaves the pooled estimate uncorrected, ``(0.5, 0)`` and so on, as metafor does.
        ``add=(0.5, 0.5), to=("only0", "only0"), drop00=(True, True)`` does as RevMan.
    add_yi
        Whether what is added for the pooled estimate of a risk difference goes into the risks
        themselves; False puts it into their weights and the variance alone, as R's meta does.
    correct
        Whether the tests in `extra` carry a continuity correction.
    rd_variance
        Variance of a pooled risk difference: ``"sato"`` (metafor, holds for sparse data too) or
        ``"greenland-robins"`` (RevMan).
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    Pooled
        With `extra` holding the Cochran-Mantel-Haenszel test (``cmh``, ``cmh_p``), Cochran's own
        (``cochran``, ``cochran_p``) and, for OR, the homogeneity tests of Tarone (``tarone``,
        ``tarone_p``) and Breslow and Day (``breslow_day``, ``breslow_day_p``).

    Raises
    ------
    StatisticsError
        Counts that cannot be, or no event in a group over all studies.

    References
    ----------
    :cite:t:`mantel1959`; variances by :cite:t:`robins1986` (OR), :cite:t:`greenland1985` (RR, and
    RD in RevMan), :cite:t:`sato1989` (RD).

    Examples
    --------
    >>> fit = mantel_haenszel([3, 10], [50, 90], [8, 15], [52, 88], measure="RR")
    >>> round(fit.estimate, 3)
    -0.575
    """
    check_choice("measure for Mantel-Haenszel pooling", measure, _MEASURES)
    check_choice("variance of a risk difference", rd_variance, ("sato", "greenland-robins"))
    level = check_level(level)
    rates = measure in _RATES
    size1, size2 = (time1 if rates and n1 is None else n1), (time2 if rates and n2 is None else n2)
    counts, rows, names, notes = check_counts(events1, size1, events2, size2, slab, rates=rates)
    rules = _pair_of_rules(add, to, drop00)
    own = counts.corrected(rules.add[0], rules.to[0], rates=rates)
    yi, vi = own_effects(own, measure)
    empty = counts.empty(rates=rates)
    if rules.drop00[0]:
        yi, vi = np.where(empty, np.nan, yi), np.where(empty, np.nan, vi)
    table = counts.corrected(rules.add[1], rules.to[1], rates=rates)
    keep = ~empty if rules.drop00[1] else np.ones(empty.size, dtype=np.bool_)
    pooled = _pool_counts(table.take(keep), measure, rd_variance)
    if not add_yi and measure == "RD":
        pooled = _with_risks_of(counts.take(keep), pooled)
    weights = np.zeros(empty.size)
    weights[keep] = pooled.weights
    extra = _extra(table.take(keep), measure, pooled.estimate, correct=correct)
    if empty.any() and measure in ("RR", "OR", "IRR"):
        notes = (*notes, empty_note(int(empty.sum()), rates=rates))
    return count_result(
        yi,
        vi,
        pooled=pooled,
        weights=weights,
        method="MH",
        level=level,
        rows=rows,
        names=names,
        extra=extra,
        notes=notes,
        k=int(keep.sum()),
    )


def peto(
    events1: Any,
    n1: Any,
    events2: Any,
    n2: Any,
    *,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Pooled:
    """Pool two-by-two tables by Peto's one-step odds ratio.

    Parameters
    ----------
    events1, n1, events2, n2, level, slab
        As in `mantel_haenszel`.

    Returns
    -------
    Pooled
        On the log scale. It is biased where the groups differ much in size or the effect is large.

    References
    ----------
    :cite:t:`yusuf1985`; when it misleads, :cite:t:`greenland1990`.
    """
    level = check_level(level)
    counts, rows, names, notes = check_counts(events1, n1, events2, n2, slab, rates=False)
    total = counts.total
    events = counts.a + counts.c
    expected = counts.n1 * events / total
    with np.errstate(divide="ignore", invalid="ignore"):
        v = counts.n1 * counts.n2 * events * (total - events) / (total**2 * (total - 1.0))
        v = np.where(total > 1.0, v, 0.0)
        informative = v > 0.0
        yi = np.where(informative, (counts.a - expected) / v, np.nan)
        vi = np.where(informative, 1.0 / v, np.nan)
    if not informative.any():
        raise StatisticsError(
            "No study has both events and non-events, so there is no odds ratio to pool."
        )
    pooled = PooledCounts(float(np.sum(counts.a - expected) / v.sum()), 1.0 / float(v.sum()), v)
    if not informative.all():
        notes = (*notes, empty_note(int((~informative).sum()), rates=False))
    return count_result(
        yi,
        vi,
        pooled=pooled,
        weights=v,
        method="PETO",
        level=level,
        rows=rows,
        names=names,
        extra=None,
        notes=notes,
        k=v.size,
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    add: tuple[float, float]
    to: tuple[str, str]
    drop00: tuple[bool, bool]


def _pair_of_rules(
    add: float | tuple[float, float],
    to: str | tuple[str, str],
    drop00: bool | tuple[bool, bool],
) -> _Rules:
    adds = (float(add), 0.0) if isinstance(add, int | float) else tuple(map(float, add))
    tos = (to, "none") if isinstance(to, str) else tuple(to)
    drops = (drop00, False) if isinstance(drop00, bool) else tuple(map(bool, drop00))
    for name, pair in (("add", adds), ("to", tos), ("drop00", drops)):
        if len(pair) != 2:
            raise InputError(f"`{name}` has {len(pair)} entries; give one, or a pair.")
    for rule in tos:
        check_choice("rule for zero cells", rule, _TO)
    if min(adds) < 0.0:
        raise InputError(f"`add` is {min(adds):g}; what is added to a cell cannot be negative.")
    return _Rules(
        cast("tuple[float, float]", adds),
        cast("tuple[str, str]", tos),
        cast("tuple[bool, bool]", drops),
    )


def _pool_counts(counts: Counts, measure: str, rd_variance: str) -> PooledCounts:
    a, n1, c, n2, total = counts.a, counts.n1, counts.c, counts.n2, counts.total
    if measure in ("RD", "IRD"):
        return _pool_differences(counts, measure, rd_variance)
    if measure == "OR":
        r, s = a * counts.d / total, counts.b * c / total
    else:
        r, s = a * n2 / total, c * n1 / total
    up, down = float(r.sum()), float(s.sum())
    if not (up > 0.0 and down > 0.0):
        raise StatisticsError(
            "Over all studies together one group has no event (or nothing but events), so a "
            f"pooled {measure} would be 0 or infinite.",
            hint="Pool the risk difference, or use an exact method.",
        )
    if measure == "OR":
        p, q = (a + counts.d) / total, (counts.b + c) / total
        variance = 0.5 * (
            np.sum(p * r) / up**2 + np.sum(p * s + q * r) / (up * down) + np.sum(q * s) / down**2
        )
    elif measure == "RR":
        variance = np.sum((n1 * n2 * (a + c) - a * c * total) / total**2) / (up * down)
    else:
        variance = np.sum(n1 * n2 * (a + c) / total**2) / (up * down)
    if not variance > 0.0:
        raise StatisticsError(
            f"Everybody has the event, so the pooled {measure} is 1 with no measure of its "
            "uncertainty."
        )
    return PooledCounts(float(np.log(up / down)), float(variance), s)


def _pool_differences(counts: Counts, measure: str, rd_variance: str) -> PooledCounts:
    a, n1, c, n2, total = counts.a, counts.n1, counts.c, counts.n2, counts.total
    weights = n1 * n2 / total
    sum_weights = float(weights.sum())
    estimate = float(np.sum(a * n2 / total - c * n1 / total)) / sum_weights
    if measure == "IRD":
        terms = weights**2 * (a / n1**2 + c / n2**2)
    elif rd_variance == "sato":
        share1, share2 = n1 / total, n2 / total
        skew = c * share1**2 - a * share2**2 + share1 * share2 * (n2 - n1) / 2.0
        both = (a * counts.d + c * counts.b) / total / 2.0
        terms = estimate * skew + both
    else:
        terms = (a * counts.b * n2**3 + c * counts.d * n1**3) / (n1 * n2 * total**2)
    variance = float(terms.sum()) / sum_weights**2
    if not variance > 0.0:
        raise StatisticsError(
            "No study has an event, so the difference is 0 with no measure of its uncertainty.",
            hint="Add a constant to the pooled cells: add=(0.5, 0.5), to=('only0', 'only0').",
        )
    return PooledCounts(estimate, variance, weights)


def _with_risks_of(counts: Counts, pooled: PooledCounts) -> PooledCounts:
    """Take the risks from the counts as they came in; groups without people have none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = counts.a / counts.n1 - counts.c / counts.n2
    known = np.isfinite(difference)
    weights = np.where(known, pooled.weights, 0.0)
    estimate = float(np.sum(weights[known] * difference[known]) / weights.sum())
    return PooledCounts(estimate, pooled.variance, weights)


def _extra(
    counts: Counts, measure: str, estimate: float, *, correct: bool
) -> dict[str, float] | None:
    if measure == "OR":
        tests = cochran_mantel_haenszel(counts.a, counts.n1, counts.c, counts.n2, correct=correct)
        return tests | odds_ratio_homogeneity(
            counts.a, counts.n1, counts.c, counts.n2, odds_ratio=float(np.exp(estimate))
        )
    if measure == "IRR":
        return mantel_haenszel_rate_test(counts.a, counts.n1, counts.c, counts.n2, correct=correct)
    return None
