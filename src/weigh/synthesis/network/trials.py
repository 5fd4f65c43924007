"""Trials of a network: pairwise contrasts as they come in, put together trial by trial."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_effects

__all__ = ["Edges", "Trial", "Trials", "check_trials", "edge_weights", "in_order", "names_of"]

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
    sizes = {"study": len(names), "treat1": len(first), "treat2": len(second)}
    effects = check_effects(yi, vi, names if len(names) == np.size(yi) else None)
    for what, size in sizes.items():
        if size != np.size(yi):
            raise InputError(
                f"`{what}` has {size} entries and `yi` has {np.size(yi)}; "
                "there must be one of each a contrast."
            )
    for row in effects.rows:
        if first[row] == second[row]:
            raise InputError(
                f"Row {row + 1} ({names[row]}) compares {first[row]!r} with itself.",
                hint="Give two different treatments in `treat1` and `treat2`.",
            )
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
    """Names as words, whole numbers without their decimals; none may be missing."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"`{what}` is {values!r}; it must be one name a contrast.")
    names = []
    for row, value in enumerate(values):
        if value is None or value != value or str(value).strip() == "":
            raise InputError(f"`{what}`, row {row + 1}: there is no name.")
        whole = isinstance(value, float) and value.is_integer()
        names.append(str(int(value) if whole else value))
    return tuple(names)


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
