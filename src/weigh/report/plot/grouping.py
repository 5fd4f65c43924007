"""Which studies of a forest plot belong together, and what each group gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.figures import amount
from weigh.evidence.pooled import Pooled
from weigh.report.plot.foot import p_words
from weigh.report.wording import COMMON_EFFECT

__all__ = ["Group", "Grouping", "grouping_of"]


class Interaction(Protocol):
    """A test of differences between subgroups; F where it has residual degrees of freedom."""

    @property
    def statistic(self) -> float: ...
    @property
    def df(self) -> float: ...
    @property
    def df_residual(self) -> float | None: ...
    @property
    def p(self) -> float: ...


@runtime_checkable
class Analysis(Protocol):
    """The result of `weigh.subgroups`."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def fits(self) -> tuple[Pooled, ...]: ...
    @property
    def overall(self) -> Pooled: ...
    @property
    def interaction(self) -> Interaction | None: ...
    @property
    def common_tau2(self) -> bool: ...


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
    if isinstance(subgroups, Analysis):
        return _by_analysis(subgroups, pooled)
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


def _by_analysis(result: Analysis, pooled: Pooled | None) -> Grouping:
    whole = result.overall if pooled is None else pooled
    fits = dict(zip(result.labels, result.fits, strict=True))
    test = result.interaction
    if test is None:
        return replace(_by_fit(fits, whole, rest=True), test="The subgroups cannot be compared.")
    letter, df = "Q", f"{test.df:g}"
    if test.df_residual is not None:
        letter, df = "F", f"{test.df:g}, {test.df_residual:.4g}"
    words = (
        f"Test of differences between subgroups: {letter}({df}) = {amount(test.statistic)}, "
        f"{p_words(test.p)}"
    )
    shared = "one tau² for all subgroups" if result.common_tau2 else "each with a tau² of its own"
    if whole.method not in COMMON_EFFECT:
        words += f" ({shared})"
    return replace(_by_fit(fits, whole, rest=True), test=f"{words}.")


def _by_fit(fits: Mapping[str, Pooled], pooled: Pooled | None, *, rest: bool = False) -> Grouping:
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
    if left and rest:
        groups.append(Group(name="In no subgroup", members=frozenset(left)))
    elif left:
        names = ", ".join(pooled.slab[i] for i in list(left)[:3])
        raise InputError(f"No subgroup holds {len(left)} of the studies: {names}.")
    return Grouping(groups=tuple(groups))
