"""The models for counts of `weigh.glmm`: what each maximizes, and its tests of heterogeneity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.synthesis.glmm_quadrature import (
    integrated,
    integrated_pairs,
    maximum,
    numeric_hessian,
    profiled,
)
from weigh.synthesis.glmm_studies import (
    BinomialArm,
    ConditionalTable,
    PoissonArm,
    StudyLikelihood,
)

__all__ = [
    "CountModel",
    "FixedLevels",
    "Heterogeneity",
    "OneNumber",
    "RandomLevels",
    "approximate",
    "conditional",
    "log_odds",
    "log_rate",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """What the model with an effect of its own for each study says of one common effect.

    `saturated` is its log-likelihood, `wald` the statistic of the test that its effects agree.
    """

    saturated: float
    wald: float


class CountModel(Protocol):
    """A model of k studies' counts; its parameters are coefficients, nuisances, and last tau.

    The studies' mean effects are the model matrix times the coefficients.
    """

    def log_likelihood(self, at: FloatArray, points: int) -> float:
        """Log-likelihood at (coefficients ..., nuisances ..., tau)."""
        ...

    def starts(self) -> list[list[float]]:
        """Points to climb from, tau last."""
        ...

    def heterogeneity(self, points: int) -> Heterogeneity:
        """The saturated model."""
        ...

    @property
    def rows_of_counts(self) -> int:
        """Number of rows of data for each study: its groups, or 1 where they are one number."""
        ...

    @property
    def coefficients(self) -> int:
        """Number of coefficients."""
        ...

    @property
    def nuisances(self) -> int:
        """Number of parameters besides the coefficients and tau2."""
        ...


def _wald(own: FloatArray, precision: FloatArray, known: BoolArray, x: FloatArray) -> float:
    """Test that studies' own effects are those of the model; infinite ones have weight 0."""
    return _residual(own[known], np.diag(precision[known]), x[known])


def _residual(own: FloatArray, information: FloatArray, x: FloatArray) -> float:
    """Weighted sum of squares about the model, with a whole matrix of weights."""
    if own.size <= x.shape[1]:
        return 0.0
    pull = information @ x
    beta = np.linalg.lstsq(x.T @ pull, pull.T @ own, rcond=None)[0]
    rest = own - x @ beta
    return float(rest @ information @ rest)


def _even(x: FloatArray, effect: float) -> list[float]:
    """Coefficients of the same effect in every study, x having orthogonal columns of length k."""
    return list(effect * x.sum(axis=0) / x.shape[0])


@dataclass(frozen=True, slots=True)
class OneNumber:
    """Each study's likelihood depends on its effect alone: one group, or a conditional table.

    `own` and `precision` are each study's effect and the information on it, where `known`.
    """

    studies: StudyLikelihood
    own: FloatArray
    precision: FloatArray
    known: BoolArray
    guess: float
    x: FloatArray

    nuisances = 0
    rows_of_counts = 1

    @property
    def coefficients(self) -> int:
        """Columns of the model matrix."""
        return int(self.x.shape[1])

    def log_likelihood(self, at: FloatArray, points: int) -> float:
        """Log-likelihood at (coefficients, tau)."""
        return float(integrated(self.studies, self.x @ at[:-1], float(at[-1]), points).sum())

    def starts(self) -> list[list[float]]:
        """Points to climb from."""
        even = _even(self.x, self.guess)
        return [[*even, 0.1], [*even, 0.5], [*even, 1.5]]

    def heterogeneity(self, points: int) -> Heterogeneity:
        """The saturated model."""
        return Heterogeneity(
            saturated=float(self.studies.saturated().sum()),
            wald=_wald(self.own, self.precision, self.known, self.x),
        )


def conditional(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, x: FloatArray
) -> OneNumber:
    """Fisher's noncentral hypergeometric distribution of each table given its margins."""
    tables = ConditionalTable(a, n1, c, n2)
    own = tables.own()
    known = tables.bounded
    _, curve = tables.slopes(np.where(known, own, 0.0))
    return OneNumber(tables, own, -curve, known, _log_ratio(a, n1 - a, c, n2 - c), x)


def approximate(a: FloatArray, c: FloatArray, offset: FloatArray, x: FloatArray) -> OneNumber:
    """Binomial: the share of group 1 in the events of both, given the sizes of the groups."""
    none = np.zeros_like(offset)
    known = (a > 0.0) & (c > 0.0)
    own = np.log(np.maximum(a, 0.5) / np.maximum(c, 0.5)) - offset
    guess = float(np.log(a.sum() / c.sum()) - np.mean(offset))
    arm = BinomialArm(a, a + c, none + offset)
    return OneNumber(arm, own, a * c / (a + c), known, guess, x)


def _log_ratio(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> float:
    return float(np.log((a.sum() + 0.5) * (d.sum() + 0.5) / (b.sum() + 0.5) / (c.sum() + 0.5)))


@dataclass(frozen=True, slots=True)
class FixedLevels:
    """Both groups, each study's level of risk a parameter of its own."""

    first: BinomialArm | PoissonArm
    second: BinomialArm | PoissonArm
    own: FloatArray
    precision: FloatArray
    known: BoolArray
    guess: float
    x: FloatArray

    rows_of_counts = 2

    @property
    def coefficients(self) -> int:
        """Columns of the model matrix."""
        return int(self.x.shape[1])

    @property
    def nuisances(self) -> int:
        """One level of risk for each study."""
        return int(self.own.size)

    def _levels(self) -> FloatArray:
        return 0.5 * (_level(self.first) + _level(self.second))

    def log_likelihood(self, at: FloatArray, points: int) -> float:
        """Log-likelihood at (coefficients, tau), the levels chosen to make it highest."""
        mean, tau = self.x @ at[:-1], float(at[-1])
        return float(profiled(self.first, self.second, self._levels(), mean, tau, points).sum())

    def starts(self) -> list[list[float]]:
        """Points to climb from."""
        even = _even(self.x, self.guess)
        return [[*even, 0.2], [*even, 1.0]]

    def heterogeneity(self, points: int) -> Heterogeneity:
        """The saturated model, in which every proportion or rate is as observed."""
        saturated = self.first.saturated().sum() + self.second.saturated().sum()
        return Heterogeneity(
            saturated=float(saturated), wald=_wald(self.own, self.precision, self.known, self.x)
        )


def _level(arm: BinomialArm | PoissonArm) -> FloatArray:
    """Log odds or log rate of each group, kept finite by half an event."""
    if isinstance(arm, PoissonArm):
        return np.asarray(np.log((arm.events + 0.5) / arm.time))
    return np.asarray(np.log((arm.events + 0.5) / (arm.people - arm.events + 0.5)))


@dataclass(frozen=True, slots=True)
class RandomLevels:
    """Both groups, the studies' levels of risk normal, with a mean level and its sigma."""

    first: BinomialArm | PoissonArm
    second: BinomialArm | PoissonArm
    guess: float
    x: FloatArray

    nuisances = 2
    rows_of_counts = 2

    @property
    def coefficients(self) -> int:
        """Columns of the model matrix."""
        return int(self.x.shape[1])

    def log_likelihood(self, at: FloatArray, points: int) -> float:
        """Log-likelihood at (coefficients, mean level of group 2, sigma, tau)."""
        mean = self.x @ at[:-3]
        level, sigma, tau = map(float, at[-3:])
        base = np.full(self.first.events.size, level)
        loadings = ((sigma, 0.5 * tau), (sigma, -0.5 * tau))
        bases = (base + mean, base)
        return float(integrated_pairs(self.first, self.second, bases, loadings, points).sum())

    def starts(self) -> list[list[float]]:
        """Points to climb from."""
        levels = _level(self.second)
        level, spread = float(levels.mean()), float(max(levels.std(), 0.1))
        even = _even(self.x, self.guess)
        return [
            [*even, level, spread, 0.2],
            [*even, level, spread, 1.0],
            [*even, level, 0.3 * spread, 0.5],
        ]

    def heterogeneity(self, points: int) -> Heterogeneity:
        """The model with a fixed effect for each study around random levels."""

        def studies(effects: FloatArray, level: float, sigma: float) -> FloatArray:
            base = np.full(effects.size, level)
            loadings = ((sigma, 0.0), (sigma, 0.0))
            bases = (base + effects, base)
            return integrated_pairs(self.first, self.second, bases, loadings, points)

        # Where group 1 has no event, or events only, the effect is infinite, and 20 is far enough.
        begin = np.clip(_level(self.first) - _level(self.second), -8.0, 8.0)
        events = self.first.events
        begin = np.where(events == 0.0, -20.0, begin)
        if isinstance(self.first, BinomialArm):
            begin = np.where(events == self.first.people, 20.0, begin)
        h = 1e-3

        # Each search starts where the last one ended; all end at the same maximum.
        last = [begin]

        def best_effects(level: float, sigma: float) -> FloatArray:
            effects = last[0]
            for _ in range(100):
                above, here = studies(effects + h, level, sigma), studies(effects, level, sigma)
                below = studies(effects - h, level, sigma)
                slope = (above - below) / (2.0 * h)
                curve = (above - 2.0 * here + below) / (h * h)
                step = np.clip(-slope / np.minimum(curve, -1e-4), -1.0, 1.0)
                # Below this, slopes are made of rounding.
                step = np.where(np.abs(slope) < 1e-7, 0.0, step)
                effects = effects + step
                if np.abs(step).max() < 1e-6:
                    break
            last[0] = effects
            return effects

        def profile(at: FloatArray) -> float:
            level, sigma = map(float, at)
            return float(studies(best_effects(level, sigma), level, sigma).sum())

        levels = _level(self.second)
        top = maximum(profile, [[float(levels.mean()), float(max(levels.std(), 0.1))]])
        level, sigma = map(float, top.at)
        effects = best_effects(level, sigma)
        return Heterogeneity(saturated=top.value, wald=self._wald(studies, effects, top.at))

    def _wald(
        self,
        studies: Callable[[FloatArray, float, float], FloatArray],
        effects: FloatArray,
        at: FloatArray,
    ) -> float:
        """Test that the effects are the model's, by the information on them and the nuisances."""
        h = 1e-3
        level, sigma = map(float, at)

        def moved(e: float, dl: float, ds: float) -> FloatArray:
            return np.asarray(studies(effects + e, level + dl, sigma + ds))

        middle = moved(0.0, 0.0, 0.0)
        own = -(moved(h, 0, 0) - 2.0 * middle + moved(-h, 0, 0)) / (h * h)
        cross = np.empty((effects.size, 2))
        for column, (dl, ds) in enumerate(((h, 0.0), (0.0, h))):
            both = moved(h, dl, ds) + moved(-h, -dl, -ds) - moved(h, -dl, -ds) - moved(-h, dl, ds)
            cross[:, column] = -both / (4.0 * h * h)
        nuisance = -numeric_hessian(
            lambda point: float(studies(effects, float(point[0]), float(point[1])).sum()), at
        )
        known = own > 1e-5
        own, cross, effects = own[known], cross[known], effects[known]
        information = np.diag(own) - cross @ np.linalg.solve(nuisance, cross.T)
        return _residual(effects, information, self.x[known])


def log_odds(events: FloatArray, people: FloatArray, x: FloatArray) -> OneNumber:
    """One group's log odds."""
    none = people - events
    own = np.log(np.maximum(events, 0.5) / np.maximum(none, 0.5))
    guess = float(special.logit((events.sum() + 0.5) / (people.sum() + 1.0)))
    known = (events > 0.0) & (none > 0.0)
    arm = BinomialArm(events, people, np.zeros_like(events))
    return OneNumber(arm, own, events * none / people, known, guess, x)


def log_rate(events: FloatArray, time: FloatArray, x: FloatArray) -> OneNumber:
    """One group's log rate."""
    own = np.log(np.maximum(events, 0.5) / time)
    guess = float(np.log((events.sum() + 0.5) / time.sum()))
    return OneNumber(PoissonArm(events, time), own, events, events > 0.0, guess, x)
