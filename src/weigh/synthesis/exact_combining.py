"""Exact p-value functions of studies with rare events, combined to one.

Where `exact` pools studies given all their margins, each study here keeps its own function, and
those without events keep a place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, ndtri_exp

from weigh.errors import StatisticsError
from weigh.synthesis.exact_conditional import (
    Conditional,
    crossing,
    strata_of_rates,
    strata_of_tables,
)
from weigh.synthesis.exact_counts import count_informative, plain, whole_counts
from weigh.synthesis.inputs import check_choice, check_level

__all__ = ["CombinedExact", "combine_exact"]

_LOG_HALF = math.log(0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedExact:
    """Studies' exact p-value functions, combined to one.

    Parameters
    ----------
    measure
        ``"OR"`` or ``"IRR"``.
    estimate
        Log ratio at which the combined function is a half.
    ci_low, ci_high, level
        Log ratios between which it does not reject from either side.
    p
        Two-sided, of a ratio of 1.
    weights
        Of the studies, their sum 1.
    k, informative
        Number of studies, and of those that say anything about the ratio.
    notes
        What a reader should know.
    """

    measure: str
    estimate: float
    ci_low: float
    ci_high: float
    level: float
    p: float
    weights: tuple[float, ...]
    k: int
    informative: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON, which has no infinity: such a limit is None there."""
        return plain(self)


def combine_exact(
    events1: Any,
    n1: Any,
    events2: Any,
    n2: Any,
    *,
    measure: str = "OR",
    weights: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> CombinedExact:
    """Combine the exact mid-p functions of studies, each of its own baseline, to one.

    At each ratio a study has a one-sided mid-p value; their normal scores are averaged with fixed
    weights. A study without events has a mid-p value of a half at every ratio: with its weight it
    draws the combined evidence toward none, where a conditional analysis leaves it out.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of both groups; person-time in place of people for ``"IRR"``.
    measure
        ``"OR"`` or ``"IRR"``.
    weights : (k,) array_like
        Weights of the normal scores, not negative; by default the root of n1 n2 / (n1 + n2), to
        which the information of a study is proportional under equal risks.
    level, slab
        Confidence level, and names of the studies.

    Raises
    ------
    StatisticsError
        Counts or weights that cannot be, or no study that says anything about a ratio.

    References
    ----------
    :cite:t:`liu2014`.

    Examples
    --------
    >>> found = combine_exact([1, 0, 3], [40, 30, 80], [4, 0, 6], [38, 30, 85])
    >>> found.k, found.informative
    (3, 2)
    """
    check_choice("measure for exact pooling", measure, ("OR", "IRR"))
    level = check_level(level)
    rates = measure == "IRR"
    counts, notes = whole_counts(events1, n1, events2, n2, slab, rates=rates)
    strata = strata_of_rates(counts) if rates else strata_of_tables(counts)
    informative = count_informative(strata)
    if weights is None:
        w = np.sqrt(counts.n1 * counts.n2 / counts.total)
    else:
        w = np.asarray(weights, dtype=float)
        if w.shape != counts.a.shape or not np.isfinite(w).all() or (w < 0.0).any():
            raise StatisticsError(
                f"`weights` are to be {counts.a.size} numbers that are not negative, one for each "
                "study with all counts."
            )
    open_ones = [(x, one) for x, one in zip(w, strata, strict=True) if one.informative and x > 0.0]
    if not open_ones:
        raise StatisticsError("No study that says anything about a ratio has a weight above 0.")
    norm = math.sqrt(float(w @ w))

    def score(theta: float) -> float:
        """The combined normal score of a smaller ratio than theta; it rises with theta."""
        return float(sum(x * _score(one, theta) for x, one in open_ones)) / norm

    # At an infinite ratio a study's score is infinite, unless it sits at that end of its range:
    # there its mid-p value comes to a half only.
    bounded_above = all(one.highest for _, one in open_ones)
    bounded_below = all(one.lowest for _, one in open_ones)
    reach = float(ndtri(0.5 + level / 2.0))

    def at(goal: float) -> float:
        if bounded_above and goal >= 0.0:
            return math.inf
        if bounded_below and goal <= 0.0:
            return -math.inf
        return crossing(score, goal)

    at_one = float(ndtr(score(0.0)))
    return CombinedExact(
        measure=measure,
        estimate=at(0.0),
        ci_low=at(-reach),
        ci_high=at(reach),
        level=level,
        p=2.0 * min(at_one, 1.0 - at_one),
        weights=tuple((w / w.sum()).tolist()),
        k=len(strata),
        informative=informative,
        notes=notes,
    )


def _score(stratum: Conditional, theta: float) -> float:
    """Normal score of the mid-p value against a larger ratio than theta, from its smaller tail."""
    above = stratum.log_at_least(theta, share=0.5)
    if above <= _LOG_HALF:
        return float(ndtri_exp(above))
    return -float(ndtri_exp(stratum.log_at_most(theta, share=0.5)))
