"""Which studies of a forest plot belong together, and what each group gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled

__all__ = ["Group", "Grouping", "grouping_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A subgroup: places of its studies in the whole fit, and its own fit if there is one."""

    name: str
    members: frozenset[int]
    fit: Pooled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """All subgroups in order, and the test of their differences in words."""

    groups: tuple[Group, ...]
    test: str | None = None


def grouping_of(subgroups: Any, pooled: Pooled | None, given: EffectSizes | None) -> Grouping:
    """Take labels, or fits by name.

    Raises
    ------
    InputError
        The labels do not fit the studies, or a group's fit holds a study that the whole lacks.
    """
    if isinstance(subgroups, Mapping):
        return _by_fit(subgroups, pooled)
    if isinstance(subgroups, str) or not hasattr(subgroups, "__len__"):
        raise InputError(
            f"subgroups is {subgroups!r}; expected a label for each study, or fits by name."
        )
    return _by_label(list(subgroups), pooled, given)


def _by_label(labels: list[Any], pooled: Pooled | None, given: EffectSizes | None) -> Grouping:
    rows = pooled.rows if pooled is not None else None
    if rows is None and given is not None:
        rows = np.flatnonzero(given.usable)
    assert rows is not None
    if len(labels) != rows.size:
        if len(labels) <= int(np.max(rows)):
            raise InputError(f"subgroups has {len(labels)} labels for {rows.size} studies.")
        labels = [labels[int(row)] for row in rows]
    groups = [
        Group(
            name=str(name), members=frozenset(i for i, label in enumerate(labels) if label == name)
        )
        for name in dict.fromkeys(labels)
    ]
    return Grouping(groups=tuple(groups))


def _by_fit(fits: Mapping[str, Pooled], pooled: Pooled | None) -> Grouping:
    if pooled is None:
        raise InputError("Fits of subgroups need the fit of all studies beside them.")
    left = {
        i: (float(y), float(v)) for i, (y, v) in enumerate(zip(pooled.yi, pooled.vi, strict=True))
    }
    groups = []
    for name, fit in fits.items():
        members = set()
        for label, y, v in zip(fit.slab, fit.yi, fit.vi, strict=True):
            found = [i for i, study in left.items() if study == (float(y), float(v))]
            if not found:
                raise InputError(f"Subgroup {name!r}: study {label!r} is not in the whole fit.")
            # Of studies alike in both numbers, the one of the same name.
            at = next((i for i in found if pooled.slab[i] == label), found[0])
            members.add(at)
            del left[at]
        groups.append(Group(name=str(name), members=frozenset(members), fit=fit))
    if left:
        names = ", ".join(pooled.slab[i] for i in list(left)[:3])
        raise InputError(f"No subgroup holds {len(left)} of the studies: {names}.")
    return Grouping(groups=tuple(groups))
