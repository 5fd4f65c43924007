"""One random effect: which effects share it, and how its values within a group go together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["Term"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Term:
    """One random effect: which rows share it, and how its values within a group go together.

    Parameters
    ----------
    label
        As a reader would name it: ``district/school``, ``outcome | trial``.
    structure
        ``"INTERCEPT"``, or one of `STRUCTURES`.
    group : (n,)
        Index of each row's group: rows of different groups are independent by this term.
    groups
        Names of the groups.
    level : (n,) or None
        Index of each row's inner level.
    levels
        Names of the inner levels, or of the variables with random slopes.
    position : (n,) or None
        Time, for CAR.
    distance : (n, n) or None
        Distances, for structures of space and descent.
    columns : (n, r) or None
        Variables with random slopes.
    relation : (groups, groups) or None
        Known correlations of the groups.
    """

    label: str
    structure: str
    group: IntArray
    groups: tuple[str, ...]
    level: IntArray | None = None
    levels: tuple[str, ...] = ()
    position: FloatArray | None = None
    distance: FloatArray | None = None
    columns: FloatArray | None = None
    relation: FloatArray | None = None

    def take(self, rows: IntArray) -> Term:
        """The part of some rows; groups without any are left out, levels stay."""
        kept, group = np.unique(self.group[rows], return_inverse=True)
        return replace(
            self,
            group=group.astype(np.intp, copy=False),
            groups=tuple(self.groups[index] for index in kept),
            level=None if self.level is None else self.level[rows],
            position=None if self.position is None else self.position[rows],
            distance=None if self.distance is None else self.distance[np.ix_(rows, rows)],
            columns=None if self.columns is None else self.columns[rows],
            relation=None if self.relation is None else self.relation[np.ix_(kept, kept)],
        )
