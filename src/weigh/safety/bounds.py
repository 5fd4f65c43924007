"""What a count of no events leaves open."""

from __future__ import annotations

__all__ = ["LEVEL", "RULE", "upper_bound_of_zero"]

#: One-sided confidence level of the bound.
LEVEL = 0.95

#: Name of the method in the trace.
RULE = "rule of three (Hanley and Lippman-Hand 1983)"


def upper_bound_of_zero(people_watched: int, level: float = LEVEL) -> float:
    """The highest rate that seeing no event in so many people leaves open.

    The rate at which no event at all would be seen with probability ``1 - level``; for more than
    about 30 people and a level of 0.95 it is close to 3 / n, the rule of three.

    Parameters
    ----------
    people_watched
        How many people were watched for the event, above zero.
    level
        One-sided confidence level.

    Returns
    -------
    float
        A rate between 0 and 1.

    References
    ----------
    :cite:t:`hanley1983`; for readers of trials, :cite:t:`eypasch1995`.

    Examples
    --------
    >>> round(upper_bound_of_zero(100), 3)
    0.03
    """
    return float(1.0 - (1.0 - level) ** (1.0 / people_watched))
