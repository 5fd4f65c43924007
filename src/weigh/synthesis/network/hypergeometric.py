"""Events of arms given those of their trial: the likelihood that needs no baseline risk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import brentq

from weigh.errors import StatisticsError

__all__ = ["ArmCounts", "Likelihood", "approximate", "exact", "maximize"]

FloatArray = npt.NDArray[np.float64]
Moments = tuple[float, FloatArray, FloatArray]

# Beyond this many events the exact distribution of a trial takes too long to sum.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmCounts:
    """One trial: treatments by index, events and people of each arm."""

    arms: tuple[int, ...]
    events: FloatArray
    n: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likelihood:
    """Log odds of treatments against the first, their covariance, and the log-likelihood."""

    effects: FloatArray
    covariance: FloatArray
    log_likelihood: float


def exact(trial: ArmCounts, effects: FloatArray) -> Moments:
    """Log-likelihood of a trial by the non-central hypergeometric distribution.

    Returns
    -------
    tuple
        The log-likelihood, the expected events of each arm, and their covariance.
    """
    events, n, sign = trial.events, trial.n, 1.0
    if 2.0 * events.sum() > n.sum():  # the rarer outcome has the shorter sums
        events, sign = n - events, -1.0
    total = int(events.sum())
    log_odds = sign * effects[list(trial.arms)]
    log_odds = log_odds - log_odds[0]
    # Given the total a baseline risk cancels; with this one the total is what is expected, and no
    # sum around it underflows.
    log_odds += _baseline(n, log_odds, float(total))
    weights, heights = [], []
    for size, slope in zip(n, log_odds, strict=True):
        x = np.arange(min(int(size), total) + 1.0)
        log = (
            special.gammaln(size + 1.0)
            - special.gammaln(x + 1.0)
            - special.gammaln(size - x + 1.0)
            + slope * x
        )
        heights.append(float(log.max()))
        weights.append(np.exp(log - log.max()))
    counts = [np.arange(w.size, dtype=np.float64) for w in weights]

    def at_total(parts: Sequence[FloatArray]) -> float:
        joined = reduce(_convolved, parts[:-1])
        last = parts[-1]
        low, high = max(0, total - joined.size + 1), min(last.size - 1, total)
        return float(last[low : high + 1] @ joined[total - high : total - low + 1][::-1])

    whole = at_total(weights)
    a = len(weights)
    mean, second = np.empty(a), np.empty((a, a))
    for i in range(a):
        for j in range(i, a):
            parts = list(weights)
            if i == j:
                parts[i] = weights[i] * counts[i]
                mean[i] = at_total(parts) / whole
                parts[i] = weights[i] * counts[i] ** 2
            else:
                parts[i], parts[j] = weights[i] * counts[i], weights[j] * counts[j]
            second[i, j] = second[j, i] = at_total(parts) / whole
    covariance = second - np.outer(mean, mean)
    found = sum(
        special.gammaln(size + 1.0)
        - special.gammaln(x + 1.0)
        - special.gammaln(size - x + 1.0)
        + slope * x
        for size, x, slope in zip(n, events, log_odds, strict=True)
    )
    log_likelihood = float(found) - float(np.log(whole)) - sum(heights)
    return log_likelihood, mean if sign > 0.0 else n - mean, covariance


def _baseline(n: FloatArray, log_odds: FloatArray, total: float) -> float:
    """Log odds of the first arm at which so many events are expected in all."""
    middle = float(special.logit(total / n.sum()))
    reach = float(np.abs(log_odds).max()) + 1e-3
    return float(
        brentq(
            lambda c: float(n @ special.expit(c + log_odds)) - total,
            middle - reach,
            middle + reach,
            xtol=1e-10,
        )
    )


def _convolved(one: FloatArray, two: FloatArray) -> FloatArray:
    return np.convolve(one, two)


def approximate(trial: ArmCounts, effects: FloatArray) -> Moments:
    """The same where events are rare: a multinomial distribution over arms.

    The moments are those of `exact`'s limit for many people and few events.
    """
    log_odds = effects[list(trial.arms)]
    score = np.log(trial.n) + log_odds
    share = special.softmax(score)
    total = float(trial.events.sum())
    log_likelihood = float(trial.events @ (log_odds - log_odds[0])) - total * float(
        special.logsumexp(score - log_odds[0])
    )
    return log_likelihood, total * share, total * (np.diag(share) - np.outer(share, share))


def maximize(
    trials: Sequence[ArmCounts], n: int, form: Callable[[ArmCounts, FloatArray], Moments]
) -> Likelihood:
    """Maximize a likelihood over the log odds ratios of all trials by Newton's method.

    Both forms are concave, as those of exponential families; steps are halved until they climb.

    Parameters
    ----------
    trials
        Trials of a connected network.
    n
        Number of treatments; the first has log odds 0.
    form
        `exact` or `approximate`.

    References
    ----------
    :cite:t:`stijnen2010`.
    """
    if form is exact and max(float(min(t.events.sum(), (t.n - t.events).sum())) for t in trials) > (
        _LONGEST
    ):
        raise StatisticsError(
            f"A trial has more than {_LONGEST} events, too many for its exact distribution.",
            hint="Take method='MH', or the inverse variances of `network_from_arms`.",
        )
    effects = np.zeros(n)
    value, slope, information = _sums(trials, effects, form)
    for _ in range(200):
        step = np.zeros(n)
        step[1:] = np.linalg.solve(information[1:, 1:], slope[1:])
        gain = float(slope @ step)
        if gain < 1e-20 * max(abs(value), 1.0) or gain < 1e-18:
            break
        size = min(1.0, 5.0 / float(np.abs(step).max()))
        while size > 1e-8:
            ahead = _sums(trials, effects + size * step, form)
            if ahead[0] >= value - 1e-12 * abs(value):
                break
            size *= 0.5
        effects = effects + size * step
        value, slope, information = ahead
        if float(np.abs(effects).max()) > 50.0:
            raise StatisticsError(
                "The odds ratio of a treatment has no finite estimate: in all trials that it is "
                "in, either it or what it is compared with has no events.",
                hint="Leave the treatment out.",
            )
    covariance = np.zeros((n, n))
    covariance[1:, 1:] = np.linalg.inv(information[1:, 1:])
    return Likelihood(effects=effects, covariance=covariance, log_likelihood=value)


def _sums(
    trials: Sequence[ArmCounts],
    effects: FloatArray,
    form: Callable[[ArmCounts, FloatArray], Moments],
) -> Moments:
    value, slope = 0.0, np.zeros(effects.size)
    information = np.zeros((effects.size, effects.size))
    for trial in trials:
        log_likelihood, mean, covariance = form(trial, effects)
        arms = list(trial.arms)
        value += log_likelihood
        slope[arms] += trial.events - mean
        information[np.ix_(arms, arms)] += covariance
    return value, slope, information
