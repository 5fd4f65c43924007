"""How much effects differ: I2 and H from Q with their intervals, and Crippa's R_b from tau2.

`weigh.pool` gives i2 and h2 from tau2. RevMan, R's meta by default and many papers make them from
Q; the two agree for the estimator of DerSimonian and Laird with Q about its own mean, and differ
for every other one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import normal_quantile
from weigh.synthesis.inputs import check_level

__all__ = ["HeterogeneityFromQ", "between_share", "heterogeneity_from_q"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeterogeneityFromQ:
    """I2 and H from Q, each as estimate, lower and upper limit.

    Parameters
    ----------
    q, df, level
        Cochran's Q, its degrees of freedom, and the confidence level.
    i2
        Percent, 0 to 100.
    h2
        Never below 1, and H its root.
    notes
        Why limits are missing, if they are.
    """

    q: float
    df: int
    level: float
    i2: tuple[float, float | None, float | None]
    h2: tuple[float, float | None, float | None]
    notes: tuple[str, ...] = ()

    @property
    def h(self) -> tuple[float, float | None, float | None]:
        """H, the root of H2."""
        value, low, high = self.h2
        return (
            math.sqrt(value),
            None if low is None else math.sqrt(low),
            None if high is None else math.sqrt(high),
        )


def heterogeneity_from_q(q: float, df: int, *, level: float = 0.95) -> HeterogeneityFromQ:
    """I2 and H from Cochran's Q, with the test-based interval of Higgins and Thompson.

    Parameters
    ----------
    q, df
        Cochran's Q, 0 or above, and its degrees of freedom: studies less one.
    level
        Confidence level, a fraction.

    Returns
    -------
    HeterogeneityFromQ
        Without limits for fewer than three studies.

    References
    ----------
    :cite:t:`higgins2002`, formulas on pp. 1546 and 1553.

    Examples
    --------
    >>> found = heterogeneity_from_q(20.0, 10)
    >>> [round(value, 1) for value in found.i2]
    [50.0, 0.2, 74.9]
    """
    level = check_level(level)
    if not (0.0 <= q < math.inf and df >= 0):
        raise InputError(f"Q is {q:g} with {df} degrees of freedom; both are 0 or above.")
    h2 = max(q / df, 1.0) if df else 1.0
    if df < 2:
        note = "Fewer than three studies: I2 and H have no test-based interval."
        return HeterogeneityFromQ(
            q=q, df=df, level=level, i2=(_i2(h2), None, None), h2=(h2, None, None), notes=(note,)
        )
    half = float(normal_quantile(0.5 + 0.5 * level)) * _log_h_se(q, df)
    low, high = max(h2 * math.exp(-2.0 * half), 1.0), max(h2 * math.exp(2.0 * half), 1.0)
    return HeterogeneityFromQ(
        q=q, df=df, level=level, i2=(_i2(h2), _i2(low), _i2(high)), h2=(h2, low, high)
    )


def _log_h_se(q: float, df: int) -> float:
    """Standard error of the logarithm of H."""
    if q > df + 1:
        return 0.5 * (math.log(q) - math.log(df)) / (math.sqrt(2 * q) - math.sqrt(2 * df - 1))
    return math.sqrt(1.0 / (2.0 * (df - 1)) * (1.0 - 1.0 / (3.0 * (df - 1) ** 2)))


def _i2(h2: float) -> float:
    return 100.0 * (h2 - 1.0) / h2


def between_share(fit: Pooled) -> float:
    """Crippa's R_b: the mean share of a study's variance that is between studies, in percent.

    Unlike I2 it needs no typical sampling variance.

    Parameters
    ----------
    fit
        A pooled effect without moderators; 0 for a common effect.

    References
    ----------
    :cite:t:`crippa2016`.

    Examples
    --------
    >>> from weigh.synthesis import pool
    >>> round(between_share(pool([0.0, 1.0], [0.1, 0.1])), 6)
    80.0
    """
    if fit.is_regression or fit.design is None:
        raise InputError("R_b is for one pooled effect of effects and variances.")
    return 100.0 * float(np.mean(fit.tau2 / (fit.vi + fit.tau2)))
