"""Parameters of each random effect: bounds, what is held fixed, and what is reported of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.synthesis.multilevel.correlations import CORRELATIONS, PHYLOGENETIC, SPATIAL
from weigh.synthesis.multilevel.structures import (
    Constant,
    Correlated,
    Covariance,
    Levelled,
    Pairs,
    Structure,
    cholesky_rows,
    correlations_of,
)
from weigh.synthesis.multilevel.term import Term

__all__ = ["Parametrization", "parametrize", "structure_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

_PLAIN = ("INTERCEPT", "ID", "PHYBM")
_ONE_VARIANCE = ("CS", "AR", "CAR", *SPATIAL, "PHYPL", "PHYPD")
_MATRIX = {"UN": "UN", "GEN": "UN", "DIAG": "DIAG", "GDIAG": "DIAG", "HCS": "HCS", "HAR": "HAR"}


@dataclass(frozen=True, slots=True)
class Parametrization:
    """Parameters of one random effect.

    Parameters
    ----------
    structure
        Of the term.
    inside
        How the search sees it: the name of a `Covariance`, or that of the structure.
    levels
        Number of inner levels (1 where they do not matter).
    lower, upper : (size,)
        Bounds; equal where a parameter is held fixed.
    unit
        Distances are counted in this unit within the search.
    held : (reported,)
        What is held fixed of that which is reported, NaN where it is estimated; variances first,
        then correlations.
    unseen : (reported,)
        What nothing tells: correlations of levels that never occur together, and the variance
        between groups where there is one.
    """

    structure: str
    inside: str
    levels: int
    lower: FloatArray
    upper: FloatArray
    unit: float
    held: FloatArray
    unseen: BoolArray

    @property
    def size(self) -> int:
        """Number of parameters of the search."""
        return self.lower.size

    @property
    def variances(self) -> int:
        """Number of variances among what is reported."""
        return self.levels if self.structure in _MATRIX else 1

    def reported(self, at: FloatArray) -> FloatArray:
        """Variances, then correlations, as they are reported."""
        if self.structure in _PLAIN:
            return at.copy()
        if self.structure in _ONE_VARIANCE:
            return np.array([at[0], self._rho_out(float(at[1]))])
        matrix = Covariance(self.inside, self.levels).matrix(at)
        if self.inside in ("HCS", "HAR"):
            return np.append(np.diagonal(matrix), at[-1])
        if self.inside == "DIAG":
            return at.copy()
        found = correlations_of(matrix) if self.inside == "UN" else at[self.levels :]
        both = np.concatenate([np.diagonal(matrix), found])
        return np.where(self.unseen, 0.0, both)

    def inner(self, reported: FloatArray) -> FloatArray:
        """Parameters of the search that give what is reported."""
        if self.structure in _PLAIN or self.inside == "DIAG":
            return reported.copy()
        if self.structure in _ONE_VARIANCE:
            return np.array([reported[0], self._rho_in(float(reported[1]))])
        c = self.levels
        sd = np.sqrt(reported[:c])
        if self.inside != "UN":
            return np.concatenate([sd, reported[c:]])
        return cholesky_rows(Covariance("SDCOR", c).matrix(np.concatenate([sd, reported[c:]])))

    def jacobian(self, at: FloatArray) -> FloatArray:
        """Derivatives of what is reported by the parameters of the search."""
        if self.structure in _PLAIN or self.inside == "DIAG":
            return np.eye(at.size)
        columns = []
        for index in range(at.size):
            step = np.zeros(at.size)
            step[index] = 1e-6 * max(abs(float(at[index])), 1e-3)
            up, down = self.reported(at + step), self.reported(at - step)
            columns.append((up - down) / (2.0 * step[index]))
        return np.column_stack(columns)

    def apart(self) -> Parametrization:
        """The same random effect with a parameter of its own for each variance and correlation."""
        if self.inside != "UN":
            return self
        first = self.variances
        lower = np.where(np.arange(self.held.size) < first, 0.0, -1.0)
        upper = np.where(np.arange(self.held.size) < first, np.inf, 1.0)
        lower[self.unseen] = upper[self.unseen] = 0.0
        return replace(self, inside="SDCOR", lower=lower, upper=upper)

    def held_at(self, index: int, value: float) -> Parametrization:
        """The same with one variance or correlation held fixed; see `apart`."""
        lower, upper = self.lower.copy(), self.upper.copy()
        whole = np.full(self.held.size, 0.5)
        whole[index] = value
        lower[index] = upper[index] = self.inner(whole)[index]
        return replace(self, lower=lower, upper=upper)

    def _rho_out(self, rho: float) -> float:
        if self.structure == "CAR":
            return math.pow(min(max(rho, 0.0), 1.0), 1.0 / self.unit)
        return math.exp(rho) * self.unit if self.structure in SPATIAL else rho

    def _rho_in(self, rho: float) -> float:
        if self.structure == "CAR":
            return math.pow(rho, self.unit)
        return math.log(rho / self.unit) if self.structure in SPATIAL else rho


def parametrize(
    term: Term,
    variances: Sequence[float | None] | float | None = None,
    correlations: Sequence[float | None] | float | None = None,
    *,
    names: tuple[str, str] = ("tau2", "rho"),
) -> Parametrization:
    """Choose the parameters of a random effect.

    Parameters
    ----------
    term
        The random effect.
    variances, correlations
        Values held fixed, in units of the search; None where they are estimated.
    names
        What the arguments are called where a message speaks of them.

    Raises
    ------
    InputError
        Another number of values, or one that cannot be.
    """
    structure = term.structure
    if term.distance is not None and not (term.distance > 0.0).any():
        raise InputError(
            f"All distances of {term.label!r} are 0, so that none tells effects apart."
        )
    levels = len(term.levels) if structure in _MATRIX else 1
    count = _count(structure, levels)
    held = np.concatenate(
        [
            _held(variances, levels if structure in _MATRIX else 1, names[0], 0.0, math.inf),
            _held(correlations, count, names[1], *_range(structure)),
        ]
    )
    unseen = np.zeros(held.size, dtype=np.bool_)
    first = held.size - count
    inside = _MATRIX.get(structure, structure)
    if inside == "UN":
        if not np.isnan(held).all():
            inside = "SDCOR"
        if term.columns is None:
            unseen[first:] = _never_together(term)
            held[first:] = np.where(unseen[first:], 0.0, held[first:])
    elif structure == "INTERCEPT" and len(term.groups) == 1 and np.isnan(held[0]):
        held[0] = 0.0
        unseen[0] = True
    elif count and np.isnan(held[first]) and _uncorrelated(term):
        held[first] = 0.0
        unseen[first] = True
    unit = _unit(term)
    made = Parametrization(structure, inside, levels, np.zeros(0), np.zeros(0), unit, held, unseen)
    lower, upper = _bounds(term, made)
    return Parametrization(structure, inside, levels, lower, upper, unit, held, unseen)


def _count(structure: str, levels: int) -> int:
    """Number of correlations."""
    if structure in ("UN", "GEN"):
        return levels * (levels - 1) // 2
    return 0 if structure in (*_PLAIN, "DIAG", "GDIAG") else 1


def _range(structure: str) -> tuple[float, float]:
    if structure in (*SPATIAL, "PHYPL", "PHYPD"):
        return 0.0, math.inf
    return (0.0, 1.0) if structure == "CAR" else (-1.0, 1.0)


def _held(
    given: Sequence[float | None] | float | None, count: int, name: str, low: float, high: float
) -> FloatArray:
    if given is None or (isinstance(given, list | tuple) and count == 0):
        return np.full(count, np.nan)
    values = np.array(
        [np.nan if value is None else value for value in np.atleast_1d(np.asarray(given, object))],
        dtype=np.float64,
    )
    if values.size == 1:
        values = np.full(count, values[0])
    if values.size != count:
        raise InputError(f"`{name}` has {values.size} values; this model has {count} of them.")
    wrong = values[~np.isnan(values) & ~((values >= low) & (values <= high))]
    if wrong.size:
        raise InputError(
            f"`{name}` is {wrong[0]:g}; it lies between {low:g} and {high:g}."
            if math.isfinite(high)
            else f"`{name}` is {wrong[0]:g}; it is {low:g} or above."
        )
    return values


def _never_together(term: Term) -> BoolArray:
    """Pairs of levels that no group has both of."""
    assert term.level is not None
    present = np.zeros((len(term.groups), len(term.levels)))
    present[term.group, term.level] = 1.0
    together = present.T @ present
    never: BoolArray = together[np.triu_indices(len(term.levels), 1)] == 0.0
    return never


def _uncorrelated(term: Term) -> bool:
    """Whether no group has two different random effects, so that nothing tells a correlation."""
    if term.level is None:
        return int(np.bincount(term.group).max()) == 1
    pairs = np.unique(term.group * len(term.levels) + term.level)
    return pairs.size == np.unique(term.group).size


def _unit(term: Term) -> float:
    apart = term.distance
    if term.structure == "CAR":
        assert term.position is not None
        steps = np.diff(np.unique(term.position))
        return float(steps.mean()) if steps.size else 1.0
    if apart is None or term.structure not in SPATIAL or not (apart > 0.0).any():
        return 1.0
    # The median, so that places beyond all others do not make the unit.
    return float(np.median(apart[apart > 0.0]))


def _bounds(term: Term, made: Parametrization) -> tuple[FloatArray, FloatArray]:
    held = made.held
    if made.inside == "UN":
        size = made.levels * (made.levels + 1) // 2
        return np.full(size, -np.inf), np.full(size, np.inf)
    lower, upper = np.zeros(held.size), np.full(held.size, np.inf)
    first = made.variances
    if held.size > first:
        lower[first:], upper[first:] = _rho_bounds(term, made)
    known = ~np.isnan(held)
    if known.any():
        whole = made.inner(np.where(known, held, 0.5))
        lower[known] = upper[known] = whole[known]
    return lower, upper


def _rho_bounds(term: Term, made: Parametrization) -> tuple[float, float]:
    low, high = _range(term.structure)
    if term.structure in ("CS", "HCS"):
        # Below this, so many effects of one group would have no covariance matrix.
        low = -1.0 / max(_most_levels(term) - 1, 1)
    if term.structure in SPATIAL:
        assert term.distance is not None
        apart = term.distance[term.distance > 0.0] / made.unit
        # Far below the smallest distance nothing is correlated any more; far beyond the largest all
        # are alike but for what a larger variance makes up.
        low, high = math.log(1e-3 * float(apart.min())), math.log(1e7 * float(apart.max()))
    elif term.structure == "PHYPL":
        shared = _shared_descent(term)
        other = shared[shared < 1.0]
        high = 1.0 / max(float(other.max()), 1e-3) if other.size else 1.0
    elif term.structure == "PHYPD":
        high = 50.0
    return low, high


def _most_levels(term: Term) -> int:
    """The most levels that one group has."""
    assert term.level is not None
    pairs = np.unique(term.group * len(term.levels) + term.level)
    return int(np.bincount(pairs // len(term.levels)).max())


def _shared_descent(term: Term) -> FloatArray:
    assert term.distance is not None
    return np.asarray(1.0 - term.distance / term.distance.max())


def structure_of(
    term: Term, made: Parametrization, rows: IntArray, present: BoolArray
) -> Structure:
    """Bind a random effect to the rows of a batch."""
    at = np.where(present, rows, 0)
    group = np.where(present, term.group[at], -1)
    structure = term.structure
    if term.relation is not None:
        both = present[:, :, None] & present[:, None, :]
        codes = np.where(present, term.group[at], 0)
        return Constant(term.relation[codes[:, :, None], codes[:, None, :]] * both)
    same = ((group[:, :, None] == group[:, None, :]) & present[:, :, None]).astype(np.float64)
    if structure == "INTERCEPT":
        return Constant(same)
    if structure in (*SPATIAL, *PHYLOGENETIC):
        whole = term.distance if structure in SPATIAL else _shared_descent(term)
        assert whole is not None
        apart = whole[at[:, :, None], at[:, None, :]]
        if structure == "PHYBM":
            return Constant(same * apart)
        return Correlated(same, apart / made.unit, CORRELATIONS[structure])
    if structure in ("GEN", "GDIAG"):
        assert term.columns is not None
        pairs = Pairs(same, columns=term.columns[at] * present[:, :, None])
        return Levelled.on(pairs, Covariance(made.inside, made.levels), made.levels)
    assert term.level is not None
    level = np.where(present, term.level[at], 0)
    if structure == "ID":
        return Constant(same * (level[:, :, None] == level[:, None, :]))
    if structure in ("CS", "AR", "CAR"):
        place = level.astype(np.float64)
        if structure == "CAR":
            assert term.position is not None
            place = term.position[at] / made.unit
        apart = np.abs(place[:, :, None] - place[:, None, :])
        return Correlated(same, apart, CORRELATIONS[structure])
    pairs = Pairs(same, level=level)
    return Levelled.on(pairs, Covariance(made.inside, made.levels), made.levels)
