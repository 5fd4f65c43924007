"""What one study's counts say of its true effect: exact likelihoods, for all studies at once.

Each class holds the counts of k studies and gives, at true effects on the log or logit scale, the
log-likelihood of each study with all its constants, and its first two derivatives. The models that
put a normal distribution over these effects are in `weigh.synthesis.glmm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import StatisticsError

__all__ = ["Arm", "BinomialArm", "ConditionalTable", "PoissonArm", "StudyLikelihood"]

FloatArray = npt.NDArray[np.float64]

# Studies times possible tables that are summed over at once: some 400 MB.
_MOST_CELLS = 50_000_000


class StudyLikelihood(Protocol):
    """Log-likelihoods of k studies as functions of one number each."""

    def value(self, at: FloatArray) -> FloatArray:
        """Log-likelihoods at a (k,) or (k, q) array."""
        ...

    def slopes(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative at a (k,) or (k, q) array."""
        ...

    def saturated(self) -> FloatArray:
        """The highest log-likelihood that each study can have; (k,)."""
        ...


class Arm(StudyLikelihood, Protocol):
    """Events of one group of each study."""


def _like(counts: FloatArray, at: FloatArray) -> FloatArray:
    """Counts shaped to be set against points of their studies."""
    return counts if at.ndim == 1 else counts[:, None]


@dataclass(frozen=True)
class BinomialArm:
    """`events` among `people`, at a log odds of `offset` plus the argument."""

    events: FloatArray
    people: FloatArray
    offset: FloatArray

    @cached_property
    def constant(self) -> FloatArray:
        """Log of the number of ways in which the events fall among the people."""
        return np.asarray(
            special.gammaln(self.people + 1.0)
            - special.gammaln(self.events + 1.0)
            - special.gammaln(self.people - self.events + 1.0)
        )

    def value(self, at: FloatArray) -> FloatArray:
        """Log-likelihoods."""
        eta = at + _like(self.offset, at)
        return np.asarray(
            _like(self.constant, at)
            + _like(self.events, at) * eta
            - _like(self.people, at) * np.logaddexp(0.0, eta)
        )

    def slopes(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative."""
        chance = special.expit(at + _like(self.offset, at))
        people = _like(self.people, at)
        return _like(self.events, at) - people * chance, -people * chance * (1.0 - chance)

    def saturated(self) -> FloatArray:
        """Log-likelihoods at the observed proportions."""
        none = self.people - self.events
        return np.asarray(
            self.constant
            + special.xlogy(self.events, self.events)
            + special.xlogy(none, none)
            - special.xlogy(self.people, self.people)
        )


@dataclass(frozen=True)
class PoissonArm:
    """`events` in `time` units of person-time, at a log rate of the argument."""

    events: FloatArray
    time: FloatArray

    @cached_property
    def constant(self) -> FloatArray:
        """What does not depend on the rate."""
        return np.asarray(
            special.xlogy(self.events, self.time) - special.gammaln(self.events + 1.0)
        )

    def value(self, at: FloatArray) -> FloatArray:
        """Log-likelihoods."""
        return np.asarray(
            _like(self.constant, at)
            + _like(self.events, at) * at
            - _like(self.time, at) * np.exp(np.minimum(at, 700.0))
        )

    def slopes(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative."""
        expected = _like(self.time, at) * np.exp(np.minimum(at, 700.0))
        return _like(self.events, at) - expected, -expected

    def saturated(self) -> FloatArray:
        """Log-likelihoods at the observed rates."""
        return np.asarray(
            special.xlogy(self.events, self.events)
            - self.events
            - special.gammaln(self.events + 1.0)
        )


class ConditionalTable:
    """Events of group 1 given all four margins, at a log odds ratio of the argument.

    Fisher's noncentral hypergeometric distribution, summed over every table with these margins.

    References
    ----------
    :cite:t:`stijnen2010`.
    """

    def __init__(
        self, events1: FloatArray, n1: FloatArray, events2: FloatArray, n2: FloatArray
    ) -> None:
        events = events1 + events2
        low = np.maximum(0.0, events - n2)
        high = np.minimum(n1, events)
        longest = float((high - low).max())
        if longest * low.size > _MOST_CELLS:
            raise StatisticsError(
                f"A table with these margins can look in {longest + 1.0:,.0f} ways, too many to "
                "sum over.",
                hint="Take model='UM.FS', or mantel_haenszel(): with so many events they agree.",
            )
        step = np.arange(int(longest) + 1)
        # Counted from the observed table, so that a large log odds ratio loses no digits.
        cell = np.minimum(low[:, None] + step, high[:, None])
        chosen = (
            -special.gammaln(cell + 1.0)
            - special.gammaln(n1[:, None] - cell + 1.0)
            - special.gammaln(events[:, None] - cell + 1.0)
            - special.gammaln(n2[:, None] - events[:, None] + cell + 1.0)
        )
        self.low, self.high, self.events1 = low, high, events1
        self._away = cell - events1[:, None]
        seen = np.take_along_axis(chosen, (events1 - low).astype(np.intp)[:, None], axis=1)
        self._weight = np.where(low[:, None] + step <= high[:, None], chosen - seen, -np.inf)

    def _terms(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        shape = (slice(None),) + (None,) * (at.ndim - 1)
        away = self._away[shape]
        return away, self._weight[shape] + away * at[..., None]

    def value(self, at: FloatArray) -> FloatArray:
        """Log-likelihoods."""
        _, terms = self._terms(at)
        top = terms.max(axis=-1)
        return np.asarray(-top - np.log(np.exp(terms - top[..., None]).sum(axis=-1)))

    def slopes(self, at: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative."""
        away, terms = self._terms(at)
        share = np.exp(terms - terms.max(axis=-1)[..., None])
        share /= share.sum(axis=-1)[..., None]
        mean = (share * away).sum(axis=-1)
        spread = (share * (away - mean[..., None]) ** 2).sum(axis=-1)
        return -mean, -spread

    @property
    def bounded(self) -> npt.NDArray[np.bool_]:
        """Whether a study's own conditional odds ratio is neither 0 nor infinite."""
        return np.asarray((self.low < self.events1) & (self.events1 < self.high))

    def own(self) -> FloatArray:
        """Each study's own conditional log odds ratio; NaN where it is infinite."""
        at = np.zeros(self.events1.size)
        for _ in range(200):
            slope, curve = self.slopes(at)
            step = np.clip(-slope / np.minimum(curve, -1e-12), -2.0, 2.0)
            step = np.where(self.bounded, step, 0.0)
            at = at + step
            if np.abs(step).max() < 1e-11:
                break
        return np.where(self.bounded, at, np.nan)

    def saturated(self) -> FloatArray:
        """Log-likelihoods at each study's own odds ratio."""
        own = self.own()
        value = self.value(np.where(self.bounded, own, 0.0))
        # At an infinite odds ratio the table with these margins that was seen is certain.
        return np.where(self.bounded, value, 0.0)
