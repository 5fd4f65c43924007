"""Exact pooling of rare events: no large numbers, no constant added to empty cells.

Given the margins of each study, one ratio that all studies share is the only unknown left. Studies
with no event at all (or nothing but events) say nothing about a ratio and drop out by themselves;
`exact_combining`, next door, keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weigh.synthesis.exact_conditional import (
    Conditional,
    crossing,
    homogeneity_p,
    strata_of_rates,
    strata_of_tables,
    sum_over_strata,
)
from weigh.synthesis.exact_counts import count_informative, plain, whole_counts
from weigh.synthesis.inputs import check_choice, check_level

__all__ = ["ExactRatio", "exact_odds_ratio", "exact_rate_ratio"]

_INTERVALS = ("exact", "mid-p")
_TWO_SIDED = ("likelihood", "double")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactRatio:
    """A ratio that all studies share, by the exact conditional distribution of the events.

    Parameters
    ----------
    measure
        ``"OR"`` or ``"IRR"``.
    estimate
        Conditional maximum likelihood, log ratio; infinite where group 1 has the fewest or the most
        events that the margins allow.
    median_unbiased
        Middle of the two log ratios at which the events seen are the median from either side; of
        the finite one where the other is infinite.
    ci_low, ci_high, level, interval
        Limits of the log ratio, at least at the level (``"exact"``) or about it (``"mid-p"``).
    p, p_less, p_greater
        Tests of a ratio of 1: two-sided; against a smaller, and a larger one.
    homogeneity_p
        Zelen's exact test that the studies share one ratio; None with fewer than two informative
        studies, or with too many tables to count.
    events
        Events of group 1 in all studies.
    k, informative
        Number of studies, and of those that say anything about the ratio.
    notes
        What a reader should know.
    """

    measure: str
    estimate: float
    median_unbiased: float
    ci_low: float
    ci_high: float
    level: float
    interval: str
    p: float
    p_less: float
    p_greater: float
    homogeneity_p: float | None
    events: int
    k: int
    informative: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON, which has no infinity: such a limit is None there."""
        return plain(self)


def exact_odds_ratio(
    events1: Any,
    n1: Any,
    events2: Any,
    n2: Any,
    *,
    interval: str = "exact",
    two_sided: str = "likelihood",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> ExactRatio:
    """Pool 2x2 tables to one odds ratio by their exact conditional distribution.

    As ``mantelhaen.test(exact = TRUE)`` of R, whose estimate, interval and two-sided p-value are
    the defaults here. With one study it is Fisher's exact test.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Whole numbers: events and people of group 1 (intervention) and group 2 (comparator).
    interval
        ``"exact"``: by inverting both one-sided tests, as Clopper and Pearson; ``"mid-p"``: half
        of the probability of what was seen counts, also in the p-values.
    two_sided
        How the two-sided p-value is made: ``"likelihood"``, all sums that are no likelier than the
        one seen; ``"double"``, twice the smaller one-sided p-value, in accord with the interval.
    level, slab
        Confidence level, and names of the studies.

    Raises
    ------
    StatisticsError
        Counts that cannot be or are not whole, or no study that says anything about a ratio.

    References
    ----------
    :cite:t:`gart1970`; :cite:t:`mehta1985` (computation); :cite:t:`hirji1989` (median-unbiased
    estimate); :cite:t:`zelen1971` (homogeneity).

    Examples
    --------
    >>> found = exact_odds_ratio([1, 0, 3], [40, 30, 80], [4, 1, 6], [38, 30, 85])
    >>> round(found.estimate, 3), round(found.p, 3)
    (-1.038, 0.109)
    """
    counts, notes = whole_counts(events1, n1, events2, n2, slab, rates=False)
    return _ratio("OR", strata_of_tables(counts), interval, two_sided, level, notes)


def exact_rate_ratio(
    events1: Any,
    time1: Any,
    events2: Any,
    time2: Any,
    *,
    interval: str = "exact",
    two_sided: str = "likelihood",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> ExactRatio:
    """Pool Poisson counts to one rate ratio by their exact conditional distribution.

    Given the events of both groups together, those of group 1 are binomial. With one study it is
    R's ``poisson.test``.

    Parameters
    ----------
    events1, time1, events2, time2 : (k,) array_like
        Events, whole numbers, and person-time above 0, of group 1 (intervention) and group 2.
    interval, two_sided, level, slab
        As for `exact_odds_ratio`.

    Raises
    ------
    StatisticsError
        Counts that cannot be or are not whole, or no study that says anything about a ratio.

    References
    ----------
    :cite:t:`martin1996`; :cite:t:`zelen1971` (homogeneity).

    Examples
    --------
    >>> found = exact_rate_ratio([1, 0, 3], [410.0, 300.5, 820.0], [4, 1, 6], [390.0, 310.0, 800.0])
    >>> round(found.estimate, 3), found.informative
    (-1.041, 3)
    """
    counts, notes = whole_counts(events1, time1, events2, time2, slab, rates=True)
    return _ratio("IRR", strata_of_rates(counts), interval, two_sided, level, notes)


def _ratio(
    measure: str,
    strata: list[Conditional],
    interval: str,
    two_sided: str,
    level: float,
    notes: tuple[str, ...],
) -> ExactRatio:
    check_choice("interval", interval, _INTERVALS)
    check_choice("way to a two-sided p-value", two_sided, _TWO_SIDED)
    level = check_level(level)
    informative = count_informative(strata)
    total = sum_over_strata(strata)
    share = 1.0 if interval == "exact" else 0.5
    tail = (1.0 - level) / 2.0

    def above(theta: float) -> float:
        return total.at_least(theta, share=share)

    def below(theta: float) -> float:
        return -total.at_most(theta, share=share)

    middle = []
    if not total.lowest:
        middle.append(crossing(total.at_least, 0.5))
    if not total.highest:
        middle.append(crossing(lambda theta: -total.at_most(theta), -0.5))
    if total.lowest or total.highest:
        end = "fewest" if total.lowest else "most"
        notes += (
            f"Group 1 has the {end} events that the margins allow, so the log ratio by conditional "
            "maximum likelihood is infinite; the median-unbiased one is finite.",
        )
    p_less, p_greater = total.at_most(0.0, share=share), total.at_least(0.0, share=share)
    homogeneity = homogeneity_p(strata)
    if homogeneity is None and informative > 1:
        notes += ("The studies' tables are too many to count for Zelen's test of homogeneity.",)
    return ExactRatio(
        measure=measure,
        estimate=-math.inf
        if total.lowest
        else math.inf
        if total.highest
        else crossing(total.mean, float(total.seen)),
        median_unbiased=sum(middle) / len(middle),
        ci_low=-math.inf if total.lowest else crossing(above, tail),
        ci_high=math.inf if total.highest else crossing(below, -tail),
        level=level,
        interval=interval,
        p=total.no_likelier(0.0, share=share)
        if two_sided == "likelihood"
        else min(1.0, 2.0 * min(p_less, p_greater)),
        p_less=p_less,
        p_greater=p_greater,
        homogeneity_p=homogeneity,
        events=total.seen,
        k=len(strata),
        informative=informative,
        notes=notes,
    )
