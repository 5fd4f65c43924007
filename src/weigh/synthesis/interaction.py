"""Whether effects that were pooled apart differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail

__all__ = ["Interaction", "interaction_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A test of the differences between subgroups.

    Parameters
    ----------
    statistic
        Q between subgroups, or F where `df_residual` is given.
    df, df_residual
        Degrees of freedom: subgroups less one; those of the denominator of F, None for Q.
    p
        P value; small where the subgroups differ by more than chance.
    """

    statistic: float
    df: float
    df_residual: float | None
    p: float

    def to_dict(self) -> dict[str, float | None]:
        """The parts, ready for JSON."""
        return {
            "statistic": self.statistic,
            "df": self.df,
            "df_residual": self.df_residual,
            "p": self.p,
        }


def interaction_test(fits: Sequence[Pooled]) -> Interaction:
    """Test whether pooled effects of separate studies differ: Q between subgroups.

    Each fit may be of any kind, such as Mantel and Haenszel's estimate in each subgroup.

    Parameters
    ----------
    fits
        One pooled effect a subgroup, no study in two of them.

    Returns
    -------
    Interaction
        A chi-squared statistic with one degree of freedom fewer than subgroups.

    Raises
    ------
    StatisticsError
        Fewer than two fits, or one with a standard error of 0.

    References
    ----------
    :cite:t:`borenstein2009`, chapter 19; :cite:t:`higgins2024`, section 10.11.3.1.

    Examples
    --------
    >>> from weigh.synthesis import pool
    >>> fits = [pool([0.1, 0.3], [0.02, 0.02]), pool([0.6, 0.5], [0.02, 0.03])]
    >>> round(interaction_test(fits).statistic, 3)
    5.891
    """
    if len(fits) < 2:
        raise StatisticsError(
            f"A test between subgroups needs at least two of them; there is {len(fits)}."
        )
    estimates = np.array([fit.estimate for fit in fits])
    errors = np.array([fit.se for fit in fits])
    if not (np.isfinite(estimates).all() and (errors > 0.0).all()):
        raise StatisticsError(
            "A subgroup has no pooled effect with a standard error above 0, so subgroups cannot be "
            "compared.",
            hint="By Knapp and Hartung it is 0 where effects are all alike; take test='z'.",
        )
    weights = 1.0 / errors**2
    mean = float(np.sum(weights * estimates) / weights.sum())
    statistic = float(np.sum(weights * (estimates - mean) ** 2))
    df = len(fits) - 1
    return Interaction(
        statistic=statistic, df=float(df), df_residual=None, p=float(chi2_tail(statistic, df))
    )
