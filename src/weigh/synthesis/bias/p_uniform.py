"""P-uniform: the effect at which the significant results alone look as they should.

Its successor, which takes the other results too and lets effects differ, is next door in
`p_uniform_star`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammainc, gammaincc, gammaincinv, ndtri

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_quantile, chi2_tail
from weigh.synthesis.bias.p_uniform_conditional import (
    Conditional,
    check_reach,
    irwin_hall,
    irwin_hall_quantile,
)
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.pooling import pool

__all__ = ["PUniform", "check_alpha", "p_uniform"]

FloatArray = npt.NDArray[np.float64]

_METHODS = ("P", "LNP", "ML")
ALTERNATIVES = ("greater", "less")


@dataclass(frozen=True, slots=True, kw_only=True)
class PUniform:
    """An effect from significant studies only, freed of their selection.

    Parameters
    ----------
    method, alternative, alpha
        How it was estimated, which direction was taken as significant, and the two-sided level
        that studies were held to.
    estimate, ci_low, ci_high, level
        The effect on the analysis scale and its interval.
    statistic, p
        Test of no effect: of ``"P"`` the standardised sum of conditional probabilities, of
        ``"LNP"`` minus the sum of their logarithms (both one-sided); of ``"ML"`` the likelihood
        ratio, chi-squared with 1 degree of freedom.
    bias_statistic, bias_p
        Publication bias: the same at the ordinary common effect, whether it is too large.
    conditional
        The studies' conditional probabilities at the estimate, which are uniform if the model
        holds.
    k, k_significant
        Number of studies, and of those that are significant in this direction.
    unadjusted
        The common effect of all studies by inverse variance.
    notes
        Cautions in plain words.
    """

    method: str
    alternative: str
    alpha: float
    estimate: float
    ci_low: float
    ci_high: float
    level: float
    statistic: float
    p: float
    bias_statistic: float
    bias_p: float
    conditional: tuple[float, ...]
    k: int
    k_significant: int
    unadjusted: Pooled
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "method": self.method,
            "alternative": self.alternative,
            "alpha": self.alpha,
            "estimate": self.estimate,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "level": self.level,
            "statistic": self.statistic,
            "p": self.p,
            "bias_statistic": self.bias_statistic,
            "bias_p": self.bias_p,
            "conditional": list(self.conditional),
            "k": self.k,
            "k_significant": self.k_significant,
            "unadjusted": self.unadjusted.to_dict(),
            "notes": list(self.notes),
        }


def p_uniform(
    yi: Any,
    vi: Any,
    *,
    alternative: str = "greater",
    method: str = "P",
    alpha: float = 0.05,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> PUniform:
    """Estimate an effect from the significant studies, given that they are significant.

    At the true effect, the chance of a study to show at least what it showed, given that it is
    significant, is uniform. The estimate is the effect at which these chances look so.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances; p values are normal.
    alternative
        The direction in which results were published when significant: ``"greater"`` or
        ``"less"``. Studies significant in the other direction do not count.
    method
        ``"P"``: by the sum of the chances (recommended by the authors); ``"LNP"``: by the sum of
        their logarithms, as Fisher combines p values; ``"ML"``: by maximum likelihood.
    alpha
        Two-sided level of the studies' own tests; twice the level if these were one-sided.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    PUniform
        It takes all studies to have one effect; where effects differ it comes out too high.

    Raises
    ------
    StatisticsError
        No significant study in this direction, or all so exactly on the line of significance that
        no effect can be told from them.

    References
    ----------
    :cite:t:`vanassen2015`; which method to take, and when to set an estimate below 0 to 0
    :cite:t:`vanaert2016`.

    Notes
    -----
    The p values of ``"P"`` are of the exact distribution of the sum, in accord with the interval;
    R's puniform takes a normal approximation for them.

    Examples
    --------
    >>> found = p_uniform([0.5, 0.6, 0.7, 0.1], [0.01, 0.03, 0.05, 0.04])
    >>> found.k_significant, round(found.estimate, 3)
    (3, 0.551)
    """
    check_choice("method of p-uniform", method, _METHODS)
    check_choice("alternative", alternative, ALTERNATIVES)
    level, alpha = check_level(level), check_alpha(alpha)
    effects = check_effects(yi, vi, slab)
    sign = 1.0 if alternative == "greater" else -1.0
    y, line = sign * effects.y, -float(ndtri(alpha / 2.0)) * np.sqrt(effects.v)
    seen = y > line
    if not seen.any():
        raise StatisticsError(
            f"No study is significant (p below {alpha:g}, two-sided) in the direction "
            f"{alternative!r}, so there is nothing for p-uniform to go by."
        )
    studies = Conditional(y[seen], effects.v[seen], line[seen], np.ones(int(seen.sum())))
    # In units of the smallest standard error the search takes steps that fit.
    unit = math.sqrt(float(studies.v.min()))
    unadjusted = pool(effects.y, effects.v, method="EE", level=level)
    parts = (_by_likelihood if method == "ML" else _by_sum)(
        studies, method, sign * unadjusted.estimate, level, unit
    )
    ends = sorted((sign * parts.low, sign * parts.high))
    notes = list(effects.notes)
    if parts.estimate < 0.0:
        notes.append(
            "The significant p values are so close to the level that the estimate lies in the "
            "other direction; the method's authors then set it to 0."
        )
    return PUniform(
        method=method,
        alternative=alternative,
        alpha=alpha,
        estimate=sign * parts.estimate,
        ci_low=ends[0],
        ci_high=ends[1],
        level=level,
        statistic=parts.statistic,
        p=parts.p,
        bias_statistic=parts.bias_statistic,
        bias_p=parts.bias_p,
        conditional=tuple(studies.more_extreme(parts.estimate).tolist()),
        k=y.size,
        k_significant=int(seen.sum()),
        unadjusted=unadjusted,
        notes=tuple(notes),
    )


def check_alpha(alpha: float) -> float:
    """Return a level of significance between 0 and 1, or raise `InputError`."""
    if not 0.0 < alpha < 1.0:
        raise InputError(f"`alpha` is {alpha:g}; a level of significance is between 0 and 1.")
    return float(alpha)


@dataclass(frozen=True, slots=True)
class _Parts:
    estimate: float
    low: float
    high: float
    statistic: float
    p: float
    bias_statistic: float
    bias_p: float


def _by_sum(studies: Conditional, method: str, common: float, level: float, unit: float) -> _Parts:
    """By a sum over the conditional probabilities, which rises (falls for LNP) with the effect."""
    k, tail = studies.y.size, (1.0 - level) / 2.0
    if method == "P":

        def total(mu: float) -> float:
            return float(np.sum(studies.more_extreme(mu)))

        goals = k / 2.0, irwin_hall_quantile(tail, k), irwin_hall_quantile(1.0 - tail, k)
        estimate, low, high = (_where(total, goal, unit) for goal in goals)
        none, usual = total(0.0), total(common)
        spread = math.sqrt(k / 12.0)
        return _Parts(
            estimate,
            low,
            high,
            (none - k / 2.0) / spread,
            irwin_hall(none, k),
            (usual - k / 2.0) / spread,
            # The sum is symmetric about k / 2, so that the upper tail keeps its digits.
            irwin_hall(k - usual, k),
        )

    def logs(mu: float) -> float:
        return float(np.sum(studies.log_more_extreme(mu)))

    goals = float(k), float(gammaincinv(k, 1.0 - tail)), float(gammaincinv(k, tail))
    estimate, low, high = (_where(logs, -goal, unit) for goal in goals)
    none, usual = -logs(0.0), -logs(common)
    return _Parts(
        estimate, low, high, none, float(gammaincc(k, none)), usual, float(gammainc(k, usual))
    )


def _by_likelihood(
    studies: Conditional, method: str, common: float, level: float, unit: float
) -> _Parts:
    alone = np.zeros(1)
    estimate = float(studies.best_mean(alone)[0])

    def likelihood(mu: float) -> float:
        return float(studies.log_likelihood(np.array([mu]), alone)[0])

    top = likelihood(estimate)
    reach = float(chi2_quantile(1, 1.0 - level)) / 2.0

    def below(mu: float) -> float:
        return likelihood(mu) - top

    none, usual = (max(0.0, -2.0 * below(mu)) for mu in (0.0, common))
    return _Parts(
        estimate,
        _where(below, -reach, unit, upto=estimate),
        _where(lambda mu: -below(mu), reach, unit, since=estimate),
        none,
        float(chi2_tail(none, 1)),
        usual,
        float(chi2_tail(usual, 1)),
    )


def _where(
    rising: Callable[[float], float],
    goal: float,
    unit: float,
    *,
    since: float = -math.inf,
    upto: float = math.inf,
) -> float:
    """Where a function that rises between `since` and `upto` comes to a goal."""
    low = min(0.0, upto) - unit if math.isinf(since) else since
    high = max(0.0, low) + unit if math.isinf(upto) else upto
    step = unit
    while rising(low) > goal:
        check_reach(step / unit)
        low, step = low - step, 2.0 * step
    step = unit
    while rising(high) < goal:
        check_reach(step / unit)
        high, step = high + step, 2.0 * step
    return float(brentq(lambda mu: rising(mu) - goal, low, high, xtol=1e-13 * unit, rtol=1e-14))
