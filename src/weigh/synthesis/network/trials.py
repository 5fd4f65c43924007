"""Trials of a network: pairwise contrasts as they come in, put together trial by trial."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.inputs import check_effects, check_vector, entries_of, is_missing
from weigh.synthesis.statistics import LARGE, SMALL

__all__ = [
    "Edges",
    "Trial",
    "Trials",
    "check_trials",
    "edge_weights",
    "in_order",
    "names_of",
    "reference_among",
    "refuse_alike",
    "refuse_extreme",
]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Contrasts of one trial add up but for rounding in print: by this share of a standard error.
_ROUNDING = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """One trial with `a` arms.

    Parameters
    ----------
    name
        Of the trial.
    arms
        (a,) treatments by index, rising.
    y
        (a - 1,) effects of the later arms against the first.
    v
        (a - 1, a - 1) their sampling covariance; off the diagonal stands the variance of the arm
        that they share.
    """

    name: str
    arms: tuple[int, ...]
    y: FloatArray
    v: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Pairwise contrasts in the order in which they were given, usable ones only.

    Parameters
    ----------
    trial, first, second
        (m,) index of the trial and of the two treatments.
    y, v
        (m,) effects of the first against the second, and sampling variances.
    rows
        (m,) rows of the input, counted from 0.
    """

    trial: IndexArray
    first: IndexArray
    second: IndexArray
    y: FloatArray
    v: FloatArray
    rows: IndexArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trials:
    """Trials that compare treatments.

    Parameters
    ----------
    treatments
        Names in alphabetical order; an index counts along them.
    trials, edges
        The trials in order of appearance, and their contrasts one by one.
    notes
        What was left out and why.
    """

    treatments: tuple[str, ...]
    trials: tuple[Trial, ...]
    edges: Edges
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of treatments."""
        return len(self.treatments)

    @property
    def rank(self) -> int:
        """Number of independent contrasts: arms less trials."""
        return sum(len(trial.arms) - 1 for trial in self.trials)

    def designs(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """Trials by the set of treatments that they compare; two arms before more."""
        found: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, trial in enumerate(self.trials):
            found[trial.arms].append(index)
        return {arms: tuple(found[arms]) for arms in sorted(found, key=lambda a: (len(a), a))}


def check_trials(study: Any, treat1: Any, treat2: Any, yi: Any, vi: Any) -> Trials:
    """Check contrasts, and put those of one trial together.

    Parameters
    ----------
    study, treat1, treat2
        (m,) the trial of each contrast, and the treatments that it compares.
    yi, vi
        (m,) effects of `treat1` against `treat2` on the analysis scale, sampling variances.

    Raises
    ------
    InputError
        Lengths that differ, a name that is missing, a treatment against itself, a trial that lacks
        contrasts between its arms, or has one twice.
    StatisticsError
        Contrasts of one trial that do not add up, or variances that cannot be.
    """
    names, first, second = (
        names_of(values, what)
        for values, what in ((study, "study"), (treat1, "treat1"), (treat2, "treat2"))
    )
    y = check_vector(yi, "yi")
    for what, column in (("study", names), ("treat1", first), ("treat2", second)):
        if len(column) != y.size:
            raise InputError(
                f"`{what}` has {len(column)} entries and `yi` has {y.size}; "
                "there must be one of each a contrast."
            )
    effects = check_effects(y, vi, names)
    for row in effects.rows:
        if first[row] == second[row]:
            raise InputError(
                f"Row {row + 1} ({names[row]}) compares {first[row]!r} with itself.",
                hint="Give two different treatments in `treat1` and `treat2`.",
            )
    refuse_alike((*first, *second))
    treatments = in_order(
        {first[row] for row in effects.rows} | {second[row] for row in effects.rows}
    )
    index = {name: place for place, name in enumerate(treatments)}
    order = {name: place for place, name in enumerate(dict.fromkeys(effects.slab))}
    edges = Edges(
        trial=np.array([order[name] for name in effects.slab], dtype=np.intp),
        first=np.array([index[first[row]] for row in effects.rows], dtype=np.intp),
        second=np.array([index[second[row]] for row in effects.rows], dtype=np.intp),
        y=effects.y,
        v=effects.v,
        rows=effects.rows,
    )
    members: list[list[int]] = [[] for _ in order]
    for edge, trial in enumerate(edges.trial):
        members[trial].append(edge)
    trials = tuple(_trial(name, edges, members[place], treatments) for name, place in order.items())
    return Trials(treatments=treatments, trials=trials, edges=edges, notes=effects.notes)


def in_order(treatments: Iterable[str]) -> tuple[str, ...]:
    """Names in alphabetical order, capital or not; numbers by size."""
    names = set(treatments)
    if all(name.isdecimal() for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))


def names_of(values: Any, what: str) -> tuple[str, ...]:
    """Names as words, whole numbers without their decimals; none may be missing.

    Space around a name is no part of it.
    """
    if isinstance(values, str | Mapping | Set) or not isinstance(values, Iterable):
        raise InputError(f"`{what}` is {values!r}; it must be a list with one name a row.")
    shape = getattr(values, "shape", (1,))
    if len(shape) != 1:
        raise InputError(f"`{what}` has shape {shape}; it must be one name a row.")
    names = []
    for row, value in enumerate(entries_of(values)):
        name = "" if is_missing(value) else str(_plain(value)).strip()
        if not name:
            raise InputError(f"`{what}`, row {row + 1}: there is no name.")
        names.append(name)
    return tuple(names)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def reference_among(reference: Any, treatments: Sequence[str]) -> str:
    """The name of the reference, written as those of treatments are.

    Raises
    ------
    NotFoundError
        A treatment that is not in the network.
    """
    name = str(_plain(reference)).strip()
    if name not in treatments:
        raise NotFoundError("treatment in the network", name, treatments)
    return name


def refuse_extreme(trials: Trials) -> None:
    """Raise `StatisticsError` for variances so small or large that weights leave floating point."""
    v = trials.edges.v
    if not (float(v.min()) > SMALL and float(v.max()) < LARGE):
        raise StatisticsError(
            f"The sampling variances of the contrasts lie between {v.min():g} and {v.max():g}, "
            "beyond what can be weighed in double precision.",
            hint="Count the effects in other units.",
        )


def refuse_alike(treatments: Iterable[str]) -> None:
    """Raise `InputError` for treatments whose names differ in nothing but capitals and spaces."""
    seen: dict[str, str] = {}
    for name in sorted(set(treatments)):
        before = seen.setdefault(" ".join(name.casefold().split()), name)
        if before != name:
            raise InputError(
                f"The treatments {before!r} and {name!r} differ in nothing but capitals or spaces.",
                hint="Write one treatment in one way; two treatments need names of their own.",
            )


def _trial(name: str, edges: Edges, members: Sequence[int], treatments: Sequence[str]) -> Trial:
    first, second = edges.first[members], edges.second[members]
    arms = tuple(int(arm) for arm in np.unique(np.concatenate([first, second])))
    a = len(arms)
    if a == 2 and len(members) == 1:
        sign = 1.0 if first[0] > second[0] else -1.0
        return Trial(
            name=name, arms=arms, y=sign * edges.y[members], v=edges.v[members].reshape(1, 1)
        )
    place = {arm: at for at, arm in enumerate(arms)}
    difference, variance = np.full((a, a), np.nan), np.zeros((a, a))
    for edge in members:
        i, j = place[int(edges.first[edge])], place[int(edges.second[edge])]
        if not np.isnan(difference[i, j]):
            pair = f"{treatments[arms[i]]} with {treatments[arms[j]]}"
            raise InputError(
                f"Study {name!r} compares {pair} more than once.",
                hint="Give each trial its own name, and each of its contrasts once.",
            )
        difference[i, j], difference[j, i] = edges.y[edge], -edges.y[edge]
        variance[i, j] = variance[j, i] = edges.v[edge]
    wanted = a * (a - 1) // 2
    if len(members) != wanted:
        raise InputError(
            f"Study {name!r} has {a} arms and {len(members)} contrasts; {wanted} are needed, one "
            "for each pair of arms.",
            hint="Give all contrasts with their variances, or the arms to `network_from_arms`.",
        )
    np.fill_diagonal(difference, 0.0)
    return _together(name, arms, difference, variance)


def _together(
    name: str, arms: tuple[int, ...], difference: FloatArray, variance: FloatArray
) -> Trial:
    """Effects against the first arm with their covariance, from all pairs of arms."""
    v = 0.5 * (variance[0, 1:, None] + variance[0, None, 1:] - variance[1:, 1:])
    if np.linalg.eigvalsh(v)[0] <= 1e-12 * float(v.diagonal().max()):
        raise StatisticsError(
            f"Study {name!r}: the variances of its contrasts cannot belong to one trial.",
            hint="Of three arms, the standard error of one contrast is below the sum of the other "
            "two; check them, or give the arms to `network_from_arms`.",
        )
    weights = edge_weights(v)
    # Weighted means of contrasts that differ by rounding, as from all edges at once.
    pull = np.sum(weights * difference, axis=1)
    y = v @ pull[1:]
    levels = np.concatenate([[0.0], y])
    left = np.abs(difference - (levels[:, None] - levels[None, :]))
    apart = left > _ROUNDING * np.sqrt(variance) + 1e-12
    if apart.any():
        raise StatisticsError(
            f"Study {name!r}: its contrasts do not add up; one of them is off by "
            f"{float(left.max()):.3g}.",
            hint="In one trial, A against C is A against B plus B against C.",
        )
    return Trial(name=name, arms=arms, y=y, v=v)


def edge_weights(v: FloatArray) -> FloatArray:
    """Weights of the edges between the arms of a trial that carry the same information.

    Parameters
    ----------
    v : (..., a - 1, a - 1) array
        Covariance of the effects against the first arm.

    Returns
    -------
    (..., a, a) array
        Symmetric, 0 on the diagonal. With two arms it is the inverse variance; with more, the
        trial counts as often as its independent contrasts allow.

    References
    ----------
    :cite:t:`rucker2012`; :cite:t:`rucker2014`.
    """
    inverse = np.linalg.inv(v)
    a = v.shape[-1] + 1
    weights = np.zeros((*v.shape[:-2], a, a))
    weights[..., 1:, 1:] = -inverse
    weights[..., 0, 1:] = inverse.sum(axis=-1)
    weights[..., 1:, 0] = weights[..., 0, 1:]
    for i in range(a):
        weights[..., i, i] = 0.0
    return weights
