"""Cochran's weights for rate ratios: each study counts by the events expected in group 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.count_result import PooledCounts, count_result
from weigh.synthesis.count_tables import check_counts, own_effects
from weigh.synthesis.inputs import check_level

__all__ = ["cochran_rates"]


def cochran_rates(
    events1: Any,
    time1: Any,
    events2: Any,
    time2: Any,
    *,
    add: float = 0.5,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Pooled:
    r"""Pool rate ratios by the events that group 2's rate lets expect in group 1.

    The weight of a study is :math:`x_2 t_1 / t_2`, and the variance of the pooled log rate ratio
    :math:`1 / \sum x_1 + 1 / \sum x_2`. A study without events in group 2 has no weight, and one
    without events in group 1 an effect that is made of what is added.

    Parameters
    ----------
    events1, time1, events2, time2 : (k,) array_like
        Events and person-time of group 1 (intervention) and group 2 (comparator).
    add
        What is added to both counts of a study with a 0, for its own effect.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    Pooled
        On the log scale. The variance holds as it stands only where the groups' times are in one
        proportion in all studies; elsewhere `weigh.mantel_haenszel` is the better choice.

    Raises
    ------
    StatisticsError
        Counts that cannot be, or no event in a group over all studies.

    References
    ----------
    The method ``"Cochran"`` of ``metainc`` in R's meta.

    Examples
    --------
    >>> fit = cochran_rates([3, 10], [50, 90], [8, 15], [50, 90])
    >>> round(fit.estimate, 3)
    -0.606
    """
    level = check_level(level)
    counts, rows, names, notes = check_counts(events1, time1, events2, time2, slab, rates=True)
    if not (counts.a.sum() > 0.0 and counts.c.sum() > 0.0):
        raise StatisticsError(
            "Over all studies together one group has no event, so a pooled rate ratio would be 0 "
            "or infinite."
        )
    yi, vi = own_effects(counts.corrected(add, "only0", rates=True), "IRR")
    usable = np.isfinite(yi)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.where(usable, counts.c * counts.n1 / counts.n2, 0.0)
    if not weights.sum() > 0.0:
        raise StatisticsError("No study with an event in group 2 has an effect of its own.")
    estimate = float(np.sum(weights[usable] * yi[usable]) / weights.sum())
    variance = 1.0 / float(counts.a.sum()) + 1.0 / float(counts.c.sum())
    return count_result(
        yi,
        vi,
        pooled=PooledCounts(estimate, variance, weights),
        weights=weights,
        method="COCHRAN",
        level=level,
        rows=rows,
        names=names,
        extra=None,
        notes=notes,
        k=int(usable.sum()),
    )
