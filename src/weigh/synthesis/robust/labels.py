"""Labels of clusters, as they come in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.grouping import Groups, group_rows, label_array
from weigh.synthesis.inputs import is_missing

__all__ = ["cluster_groups"]

IndexArray = npt.NDArray[np.intp]


def cluster_groups(cluster: Any, rows: IndexArray) -> Groups:
    """Sort effects into clusters by their labels.

    Parameters
    ----------
    cluster
        A label for each row of the input, or for each effect used.
    rows
        (k,) row of each effect used.

    Raises
    ------
    InputError
        Labels that are missing or do not match.
    StatisticsError
        A single cluster.
    """
    labels = label_array(cluster, "cluster")
    k = int(rows.size)
    if labels.size > k and labels.size > int(rows.max()):
        labels = labels[rows]
    if labels.size != k:
        raise InputError(
            f"`cluster` has {labels.size} labels, and the fit used {k} effects.",
            hint="Give a label for each row of the input, in its order.",
        )
    missing = [is_missing(label) for label in labels.tolist()]
    if any(missing):
        row = int(rows[missing.index(True)]) + 1
        raise InputError(
            f"`cluster` has no label for row {row}, whose effect is in the fit.",
            hint="An effect that depends on no other is a cluster of its own: give it a new label.",
        )
    groups = group_rows(labels, k)
    if groups.size.size < 2:
        raise StatisticsError(
            "All effects are in one cluster, and a robust variance is learned from differences "
            "between clusters.",
            hint="Give the label of the study or sample that each effect comes from.",
        )
    return groups
