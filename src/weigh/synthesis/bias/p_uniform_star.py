"""P-uniform*: effect and between-study variance, each study given that it is significant or not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtri

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_quantile, chi2_tail
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.bias.p_uniform import ALTERNATIVES, check_alpha
from weigh.synthesis.bias.p_uniform_conditional import Conditional
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.pooling import pool

__all__ = ["PUniformStar", "p_uniform_star"]

FloatArray = npt.NDArray[np.float64]

# Between-study standard deviations that are tried, in units of the studies' spread. What is beyond
# cannot be told from infinity by studies that lie a hundredth of it apart.
_LEAST, _MOST, _TRIED = 1e-3, 1e2, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PUniformStar:
    """An effect and its between-study variance, freed of selection by significance.

    Parameters
    ----------
    alternative, alpha
        The direction taken as significant, and the two-sided level that studies were held to.
    estimate, ci_low, ci_high, level
        The mean effect on the analysis scale with its profile-likelihood interval; a limit that
        the likelihood does not set is infinite.
    lrt, p
        Likelihood ratio test of a mean of 0, chi-squared with 1 degree of freedom.
    tau2, tau2_ci_low, tau2_ci_high
        Between-study variance with its profile-likelihood interval.
    tau2_lrt, tau2_p
        Likelihood ratio test of no variance, halved for its place on the bound.
    log_likelihood
        At the maximum, all constants included.
    k, k_significant
        Number of studies, and of those that are significant in this direction.
    unadjusted
        The random-effects model without selection, by maximum likelihood.
    notes
        Cautions in plain words.
    """

    alternative: str
    alpha: float
    estimate: float
    ci_low: float
    ci_high: float
    level: float
    lrt: float
    p: float
    tau2: float
    tau2_ci_low: float
    tau2_ci_high: float
    tau2_lrt: float
    tau2_p: float
    log_likelihood: float
    k: int
    k_significant: int
    unadjusted: Pooled
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON, which has no infinity: such a limit is None there."""
        return {
            "alternative": self.alternative,
            "alpha": self.alpha,
            "estimate": self.estimate,
            "ci_low": finite_or_none(self.ci_low),
            "ci_high": finite_or_none(self.ci_high),
            "level": self.level,
            "lrt": self.lrt,
            "p": self.p,
            "tau2": self.tau2,
            "tau2_ci_low": self.tau2_ci_low,
            "tau2_ci_high": finite_or_none(self.tau2_ci_high),
            "tau2_lrt": self.tau2_lrt,
            "tau2_p": self.tau2_p,
            "log_likelihood": self.log_likelihood,
            "k": self.k,
            "k_significant": self.k_significant,
            "unadjusted": self.unadjusted.to_dict(),
            "notes": list(self.notes),
        }


def p_uniform_star(
    yi: Any,
    vi: Any,
    *,
    alternative: str = "greater",
    alpha: float = 0.05,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> PUniformStar:
    """Estimate an effect and its variance between studies under selection by significance.

    Each study enters by its density given which side of the line of significance it lies on, so
    that how often either side was published need not be known, only that it was the same for all
    studies on that side. By maximum likelihood, which the authors recommend.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances; p values are normal.
    alternative
        The direction in which results were favoured when significant: ``"greater"`` or ``"less"``.
    alpha
        Two-sided level of the studies' own tests; twice the level if these were one-sided.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    PUniformStar
        With equal variances the estimates are those of `selection_model` with one cut-off at
        ``alpha / 2``; with unequal ones they are near.

    Raises
    ------
    StatisticsError
        Fewer than two studies; or the likelihood rises without end, towards an ever lower mean
        with an ever larger variance, as it may where nearly all studies are significant.

    References
    ----------
    :cite:t:`vanaert2026`.

    Examples
    --------
    >>> found = p_uniform_star(
    ...     [0.6, 0.5, 0.45, 0.9, 0.2, 0.3, 0.7], [0.04, 0.03, 0.05, 0.1, 0.02, 0.02, 0.12])
    >>> found.k_significant, round(found.estimate, 3), found.tau2
    (6, 0.25, 0.0)
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    level, alpha = check_level(level), check_alpha(alpha)
    effects = check_effects(yi, vi, slab)
    if effects.y.size < 2:
        raise StatisticsError("p-uniform* needs at least two studies.")
    sign = 1.0 if alternative == "greater" else -1.0
    y, v = sign * effects.y, effects.v
    line = -float(ndtri(alpha / 2.0)) * np.sqrt(v)
    studies = Conditional(y, v, line, np.where(y > line, 1.0, -1.0))
    search = _Search(studies)
    tau2, mu, top = search.highest()
    if tau2 >= search.most:
        raise StatisticsError(
            "The likelihood of p-uniform* has no maximum here: it rises without end, towards an "
            "ever lower mean with an ever larger variance.",
            hint="Nearly all studies may be significant; p_uniform takes them to have one effect.",
        )
    reach = float(chi2_quantile(1, 1.0 - level)) / 2.0
    low, high = (search.limit_of_mean(mu, top - reach, way) for way in (-1.0, 1.0))
    tau2_low, tau2_high = search.limits_of_variance(tau2, top - reach)
    at_zero = search.of_mean(0.0)[0]
    homogeneous = search.of_variance(0.0)
    lrt, tau2_lrt = (max(0.0, 2.0 * (top - value)) for value in (at_zero, homogeneous))
    ends = sorted((sign * low, sign * high))
    seen = int(np.count_nonzero(y > line))
    notes = list(effects.notes)
    if seen in (0, y.size):
        which = "no" if seen == 0 else "every"
        notes.append(
            f"{which.capitalize()} study is significant in this direction, so all rests on the "
            "shape of one tail; the method is known to do poorly then."
        )
    if not all(map(math.isfinite, (*ends, tau2_high))):
        notes.append("The likelihood sets no limit on one side of an interval.")
    return PUniformStar(
        alternative=alternative,
        alpha=alpha,
        estimate=sign * mu,
        ci_low=ends[0],
        ci_high=ends[1],
        level=level,
        lrt=lrt,
        p=float(chi2_tail(lrt, 1)),
        tau2=tau2,
        tau2_ci_low=tau2_low,
        tau2_ci_high=tau2_high,
        tau2_lrt=tau2_lrt,
        tau2_p=0.5 * float(chi2_tail(tau2_lrt, 1)),
        log_likelihood=top,
        k=y.size,
        k_significant=seen,
        unadjusted=pool(effects.y, effects.v, method="ML", level=level),
        notes=tuple(notes),
    )


class _Search:
    """Profiles of the likelihood: for each variance the best mean, for each mean the best variance.

    The first has one maximum inside and is exact; over the variance there may be several, so that
    a grid of standard deviations comes before the search for a root of the slope.
    """

    __slots__ = ("grid", "most", "studies", "unit")

    def __init__(self, studies: Conditional) -> None:
        self.studies = studies
        spread = float(np.ptp(studies.y))
        # In units of a typical standard error, or of the effects' spread where that is wider.
        self.unit = max(math.sqrt(float(np.median(studies.v))), spread)
        least = _LEAST * math.sqrt(float(studies.v.min()))
        tau = np.geomspace(least, _MOST * self.unit, _TRIED)
        self.grid = np.concatenate([[0.0], tau * tau])
        self.most = float(self.grid[-1])

    def of_variance(self, tau2: float) -> float:
        """Log-likelihood at this variance and its best mean."""
        at = np.array([tau2])
        return float(self.studies.log_likelihood(self.studies.best_mean(at), at)[0])

    def of_mean(self, mu: float) -> tuple[float, float]:
        """Log-likelihood at this mean and its best variance, and that variance."""
        values = self.studies.log_likelihood(np.full(self.grid.size, mu), self.grid)

        def slope(tau2: float) -> float:
            return float(self.studies.slopes(np.array([mu]), np.array([tau2]))[2][0])

        def value(tau2: float) -> float:
            return float(self.studies.log_likelihood(np.array([mu]), np.array([tau2]))[0])

        tau2 = self._peak(values, slope, value)
        return value(tau2), tau2

    def highest(self) -> tuple[float, float, float]:
        """Variance, mean and log-likelihood at the maximum."""
        values = self.studies.log_likelihood(self.studies.best_mean(self.grid), self.grid)

        def slope(tau2: float) -> float:
            # The mean is at its best, so it does not add to the slope.
            at = np.array([tau2])
            return float(self.studies.slopes(self.studies.best_mean(at), at)[2][0])

        tau2 = self._peak(values, slope, self.of_variance)
        at = np.array([tau2])
        mu = self.studies.best_mean(at)
        return tau2, float(mu[0]), float(self.studies.log_likelihood(mu, at)[0])

    def _peak(
        self,
        values: FloatArray,
        slope: Callable[[float], float],
        value: Callable[[float], float],
    ) -> float:
        best = int(np.argmax(values))
        low, high = self.grid[max(best - 1, 0)], self.grid[min(best + 1, self.grid.size - 1)]
        if best == 0 and slope(0.0) <= 0.0:
            return 0.0
        if best == self.grid.size - 1 and slope(high) >= 0.0:
            return self.most
        if slope(float(low)) > 0.0 > slope(float(high)):
            return float(brentq(slope, low, high, xtol=1e-15 * self.unit**2, rtol=1e-13))
        found = minimize_scalar(lambda tau2: -value(tau2), bounds=(low, high), method="bounded")
        return float(found.x)

    def limit_of_mean(self, mu: float, goal: float, way: float) -> float:
        """Where, on one side of the estimate, the profile falls to the goal."""
        step, near = self.unit, mu
        while True:
            far = mu + way * step
            value, tau2 = self.of_mean(far)
            if value < goal:
                break
            if tau2 >= self.most:
                return way * math.inf
            near, step = far, 2.0 * step
        limit = float(
            brentq(
                lambda at: self.of_mean(at)[0] - goal,
                *sorted((near, far)),
                xtol=1e-13 * self.unit,
                rtol=1e-12,
            )
        )
        # Where only the largest variance that is tried holds the likelihood down, nothing does.
        return way * math.inf if self.of_mean(limit)[1] >= self.most else limit

    def limits_of_variance(self, tau2: float, goal: float) -> tuple[float, float]:
        """Where, on both sides of the estimate, the profile falls to the goal."""

        def excess(at: float) -> float:
            return self.of_variance(at) - goal

        options = {"xtol": 1e-15 * self.unit**2, "rtol": 1e-12}
        low = 0.0 if tau2 == 0.0 or excess(0.0) >= 0.0 else brentq(excess, 0.0, tau2, **options)
        if excess(self.most) >= 0.0:
            return float(low), math.inf
        return float(low), float(brentq(excess, tau2, self.most, **options))
