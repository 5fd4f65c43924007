"""Exact conditional distributions of sums over strata, and the tables that make them up.

Given its margins a 2x2 table with odds ratio exp(theta) has P(a) proportional to c(a) exp(a theta),
and so has a pair of Poisson counts given their sum. The sum over strata with a common theta is of
that form, too; its coefficients are kept as logarithms, so that none is lost in the tails.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp

from weigh.errors import StatisticsError
from weigh.synthesis.count_tables import Counts

__all__ = [
    "Conditional",
    "crossing",
    "homogeneity_p",
    "strata_of_rates",
    "strata_of_tables",
    "sum_over_strata",
]

FloatArray = npt.NDArray[np.float64]

# Terms that are equal but for rounding count as equal, as in R's exact tests.
_TIE = 1e-7
# Tables that half the strata may have before counting them all takes too much memory.
_MOST_TABLES = 2_000_000
# Events of one study, each of which is a possible table.
_MOST_EVENTS = 10_000_000


@dataclass(frozen=True, slots=True)
class Conditional:
    """A number given margins: P(low + j) is proportional to exp(log_c[j] + (low + j) theta)."""

    low: int
    log_c: FloatArray
    seen: int

    @property
    def informative(self) -> bool:
        """Whether it could have been another number."""
        return self.log_c.size > 1

    @property
    def lowest(self) -> bool:
        """Whether it is the lowest that the margins allow."""
        return self.seen == self.low

    @property
    def highest(self) -> bool:
        """Whether it is the highest that the margins allow."""
        return self.seen == self.low + self.log_c.size - 1

    def log_p(self, theta: float) -> FloatArray:
        """Logarithms of all probabilities."""
        terms = self.log_c + np.arange(self.log_c.size) * theta
        found: FloatArray = terms - logsumexp(terms)
        return found

    def mean(self, theta: float) -> float:
        """Its expectation."""
        return self.low + float(np.arange(self.log_c.size) @ np.exp(self.log_p(theta)))

    def log_at_least(self, theta: float, *, share: float = 1.0) -> float:
        """Logarithm of the probability of more than was seen and a share of what was seen."""
        return self._log_tail(theta, slice(self.seen - self.low + 1, None), share)

    def log_at_most(self, theta: float, *, share: float = 1.0) -> float:
        """Logarithm of the probability of less than was seen and a share of what was seen."""
        return self._log_tail(theta, slice(0, self.seen - self.low), share)

    def _log_tail(self, theta: float, beyond: slice, share: float) -> float:
        log_p = self.log_p(theta)
        own = math.log(share) + log_p[self.seen - self.low]
        return min(float(logsumexp(np.append(log_p[beyond], own))), 0.0)

    def at_least(self, theta: float, *, share: float = 1.0) -> float:
        """Probability of more than was seen, and a share of that of what was seen."""
        return math.exp(self.log_at_least(theta, share=share))

    def at_most(self, theta: float, *, share: float = 1.0) -> float:
        """Probability of less than was seen, and a share of that of what was seen."""
        return math.exp(self.log_at_most(theta, share=share))

    def no_likelier(self, theta: float, *, share: float = 1.0) -> float:
        """Probability of what is no likelier than what was seen, with a share of the latter."""
        log_p = self.log_p(theta)
        own = log_p[self.seen - self.low]
        p = np.exp(log_p)
        total = float(p[log_p <= own + _TIE].sum())
        return min(total - (1.0 - share) * math.exp(own), 1.0)


def strata_of_tables(counts: Counts) -> list[Conditional]:
    """Noncentral hypergeometric events of group 1, given the margins of each 2x2 table."""
    found = []
    _refuse_long(counts)
    for a, n1, c, n2 in zip(counts.a, counts.n1, counts.c, counts.n2, strict=True):
        events = a + c
        low, high = max(0.0, events - n2), min(n1, events)
        x = np.arange(low, high + 1.0)
        found.append(
            Conditional(int(low), _log_choose(n1, x) + _log_choose(n2, events - x), int(a))
        )
    return found


def strata_of_rates(counts: Counts) -> list[Conditional]:
    """Binomial events of group 1, given the events of both groups and the person-times."""
    found = []
    _refuse_long(counts)
    for a, time1, c, time2 in zip(counts.a, counts.n1, counts.c, counts.n2, strict=True):
        x = np.arange(a + c + 1.0)
        log_c = _log_choose(a + c, x) + x * math.log(time1 / time2)
        found.append(Conditional(0, log_c, int(a)))
    return found


def _refuse_long(counts: Counts) -> None:
    """Refuse tables with so many events that counting them all would fill the memory."""
    most = float((counts.a + counts.c).max(initial=0.0))
    if most > _MOST_EVENTS:
        raise StatisticsError(
            f"A study has {most:,.0f} events, more than the {_MOST_EVENTS:,} up to which exact "
            "methods count every possible table.",
            hint="With so many events mantel_haenszel() is as good as exact.",
        )


def _log_choose(n: float, x: FloatArray) -> FloatArray:
    found: FloatArray = gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0)
    return found


def sum_over_strata(strata: list[Conditional]) -> Conditional:
    """The distribution of the sum under a theta that all strata share."""
    total = np.zeros(1)
    for stratum in strata:
        short, long = sorted((total, stratum.log_c), key=len)
        total = np.full(short.size + long.size - 1, -np.inf)
        for j, term in enumerate(short):
            part = total[j : j + long.size]
            np.logaddexp(part, long + term, out=part)
    low = sum(stratum.low for stratum in strata)
    return Conditional(low, total, sum(stratum.seen for stratum in strata))


def crossing(rising: Callable[[float], float], goal: float) -> float:
    """Where a function that rises over the whole line takes a value that it passes."""
    low, high = -1.0, 1.0
    while rising(low) > goal:
        low *= 2.0
    while rising(high) < goal:
        high *= 2.0
    return float(brentq(lambda theta: rising(theta) - goal, low, high, xtol=1e-13, rtol=1e-14))


def homogeneity_p(strata: list[Conditional]) -> float | None:
    """Zelen's exact test that the strata share one theta; None where there are too many tables.

    Given the sum over strata, theta drops out. The p-value is the probability of all sets of tables
    that are no likelier than the set seen. The strata are split in two halves, whose tables are
    counted each by itself.
    """
    open_ones = sorted(
        (stratum for stratum in strata if stratum.informative), key=lambda one: -one.log_c.size
    )
    if len(open_ones) < 2:
        return None
    halves: tuple[list[Conditional], list[Conditional]] = ([], [])
    sizes = [1, 1]
    for stratum in open_ones:
        to = int(sizes[1] < sizes[0])
        halves[to].append(stratum)
        sizes[to] *= stratum.log_c.size
    if max(sizes) > _MOST_TABLES:
        return None
    (sum1, weight1), (sum2, weight2) = (_all_tables(half) for half in halves)
    seen = sum(stratum.seen - stratum.low for stratum in open_ones)
    own = sum(float(stratum.log_c[stratum.seen - stratum.low]) for stratum in open_ones)
    by_sum = np.argsort(sum2, kind="stable")
    starts = np.searchsorted(sum2[by_sum], np.arange(sum2.max() + 2))
    scale = float(weight1.max() + weight2.max())
    whole = rare = 0.0
    for first in np.unique(sum1):
        rest = seen - int(first)
        if not 0 <= rest <= int(sum2.max()):
            continue
        ours = weight1[sum1 == first]
        theirs = np.sort(weight2[by_sum[starts[rest] : starts[rest + 1]]])
        top = float(theirs[-1])
        heaped = np.concatenate([[0.0], np.cumsum(np.exp(theirs - top))])
        share = np.exp(ours + top - scale)
        whole += float(share.sum() * heaped[-1])
        rare += float(share @ heaped[np.searchsorted(theirs, own - ours + _TIE, side="right")])
    return min(rare / whole, 1.0)


def _all_tables(strata: list[Conditional]) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Sum and log weight of every set of tables."""
    sums, weights = np.zeros(1, dtype=np.int64), np.zeros(1)
    for stratum in strata:
        sums = (sums[:, None] + np.arange(stratum.log_c.size)).ravel()
        weights = (weights[:, None] + stratum.log_c).ravel()
    return sums, weights
