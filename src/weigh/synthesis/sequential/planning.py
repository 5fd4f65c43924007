"""The next trial: how large it must be to settle what the studies so far leave open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.batch import pool_many
from weigh.synthesis.inputs import check_choice, check_count, check_number
from weigh.synthesis.records import as_record

__all__ = ["NextTrial", "next_trial"]

_GOALS = ("beyond", "within")
_MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTrial:
    """The size of a trial that would settle a question.

    Parameters
    ----------
    size
        Participants in both groups together; None where no size reaches the power.
    power
        Share of the simulated trials after which the goal is reached, at this size, or at
        `largest` where there is none.
    power_error
        Its standard error, from the number of simulations.
    goal, threshold
        What was asked for.
    largest
        The largest size that was tried.
    replications, seed
        Of the simulation.
    notes
        Cautions.
    """

    size: int | None
    power: float
    power_error: float
    goal: str
    threshold: float
    largest: int
    replications: int
    seed: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def next_trial(
    fit: Pooled,
    *,
    variance: float,
    threshold: float = 0.0,
    goal: str = "beyond",
    power: float = 0.8,
    effect: float | None = None,
    replications: int = 1000,
    seed: int = 1,
    largest: int = 100_000,
) -> NextTrial:
    """Find the size of the next trial that brings the pooled interval where it settles things.

    Trials are drawn from the fitted model and pooled with the studies anew, by the same method
    and test. The smallest size is sought at which the goal is reached with the power.

    Parameters
    ----------
    fit
        One pooled effect of `weigh.pool`, without moderators.
    variance
        Sampling variance of the effect in a trial of one participant: a trial of n has
        ``variance / n``. For a mean difference with groups of equal size this is four times the
        variance of the outcome.
    threshold
        The minimal important difference on the analysis scale, above 0; or 0.
    goal
        ``"beyond"``: the whole interval on the far side of the threshold, in the direction of
        the effect; ``"within"``: the whole interval between minus and plus the threshold.
    power
        Probability with which the goal is to be reached.
    effect
        Mean of the true effects; by default the pooled estimate.
    replications, seed
        Of the simulation; each size is judged by the same draws.
    largest
        The largest trial that is considered.

    Raises
    ------
    InputError
        A variance, power or threshold that cannot be.
    StatisticsError
        A regression, or a pooled effect whose method cannot be run again.

    References
    ----------
    :cite:t:`roloff2013`.
    """
    check_choice("goal of the next trial", goal, _GOALS)
    for name, number in (("variance", variance), ("threshold", threshold), ("power", power)):
        check_number(number, name)
    if effect is not None:
        check_number(effect, "effect")
    for name, count in (("replications", replications), ("seed", seed), ("largest", largest)):
        check_count(count, name)
    if not variance > 0.0 or not 0.0 < power < 1.0 or not 10 <= replications <= 100_000:
        raise InputError(
            "`variance` must be above 0, `power` between 0 and 1, `replications` 10 to 100000."
        )
    if threshold < 0.0 or (goal == "within" and threshold == 0.0):
        raise InputError(f"`threshold` is {threshold:g}; it must be above 0, or 0 for 'beyond'.")
    if not 2 <= largest <= _MOST:
        raise InputError(f"`largest` is {largest}; it must be from 2 to {_MOST}.")
    if fit.is_regression or not math.isfinite(fit.estimate):
        raise StatisticsError("The next trial is planned from one pooled effect, not a regression.")
    chance = _power(fit, variance, threshold, goal, effect, replications, seed)
    size, reached = _smallest(chance, power, largest)
    notes = []
    if size is None:
        notes.append(
            f"Not even a trial of {largest} participants would settle it with this power: what is "
            "left lies in the differences between studies, or in the effect itself."
        )
    if effect is None:
        notes.append("The power holds if the true mean effect is what the studies so far suggest.")
    return NextTrial(
        size=size,
        power=reached,
        power_error=math.sqrt(reached * (1.0 - reached) / replications),
        goal=goal,
        threshold=threshold,
        largest=largest,
        replications=replications,
        seed=seed,
        notes=tuple(notes),
    )


def _power(
    fit: Pooled,
    variance: float,
    threshold: float,
    goal: str,
    effect: float | None,
    replications: int,
    seed: int,
) -> Callable[[int], float]:
    """The share of trials of a size after which the goal is reached."""
    rng = np.random.default_rng(seed)
    mean = fit.estimate if effect is None else effect
    true = mean + math.sqrt(fit.tau2) * rng.standard_normal(replications)
    chance = rng.standard_normal(replications)
    k = fit.yi.size
    y = np.empty((replications, k + 1))
    v = np.empty_like(y)
    y[:, :k], v[:, :k] = fit.yi, fit.vi
    group = np.repeat(np.arange(replications), k + 1)
    sign = 1.0 if mean >= 0.0 else -1.0

    def share(size: int) -> float:
        own = variance / size
        y[:, k], v[:, k] = true + math.sqrt(own) * chance, own
        found = pool_many(
            y.ravel(), v.ravel(), group, method=fit.method, test=fit.test, level=fit.level
        )
        if goal == "within":
            settled = (found.ci_low > -threshold) & (found.ci_high < threshold)
        else:
            edge = found.ci_low if sign > 0.0 else -found.ci_high
            settled = edge > threshold
        return float(np.mean(settled))

    return share


def _smallest(
    chance: Callable[[int], float], power: float, largest: int
) -> tuple[int | None, float]:
    """The smallest size with the power, by doubling and halving."""
    low, high = 0, 2
    reached = chance(high)
    while reached < power:
        if high >= largest:
            return None, reached
        low, high = high, min(2 * high, largest)
        reached = chance(high)
    while high - low > max(1, low // 200):
        middle = (low + high) // 2
        found = chance(middle)
        if found >= power:
            high, reached = middle, found
        else:
            low = middle
    return high, reached
