"""Where a search begins: variances of about the right size, shared out in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from weigh.synthesis.multilevel.correlations import PHYLOGENETIC, SPATIAL
from weigh.synthesis.multilevel.known import Known
from weigh.synthesis.multilevel.parametrization import Parametrization
from weigh.synthesis.multilevel.term import Term

__all__ = ["agreement", "ladder", "once_more", "starts"]

FloatArray = npt.NDArray[np.float64]

# Structures whose likelihood often has several maxima, or edges.
_ROUGH = ("CAR", "AR", "HAR", *SPATIAL, *PHYLOGENETIC)


def agreement(terms: Sequence[Term]) -> int:
    """How many searches must end at the same maximum for the others to be left out."""
    if any(term.structure in _ROUGH for term in terms):
        return 100
    return 2 if all(term.structure == "INTERCEPT" for term in terms) else 3


def starts(
    rest: FloatArray,
    known: Known,
    terms: Sequence[Term],
    parametrizations: Sequence[Parametrization],
) -> Iterator[FloatArray]:
    """Places to start from, made as they are asked for.

    Parameters
    ----------
    rest, known
        What least squares leave of the effects, and the sampling covariance.
    terms, parametrizations
        Random effects and their parameters.
    """
    excess = rest**2 - known.diagonal
    spread = max(float(excess.mean()), 0.05 * float(np.median(known.diagonal)))
    count = len(terms)
    shares = [np.full(count, 1.0 / max(count, 1))]
    if count > 1:
        for index in range(min(count, 4)):
            share = np.full(count, 0.2 / (count - 1))
            share[index] = 0.8
            shares.append(share)
    else:
        shares.append(np.full(count, 0.1))
    plans = [(share, 0.5) for share in shares]
    if any(one.size > one.variances for one in parametrizations):
        plans += [(shares[0], rho) for rho in (0.0, 0.9, -0.4)]
    for share, rho in plans:
        yield _place(terms, parametrizations, spread * share, excess, rho)


def ladder(
    rest: FloatArray,
    known: Known,
    terms: Sequence[Term],
    parametrizations: Sequence[Parametrization],
) -> list[list[FloatArray]]:
    """Places along the range of correlations, each with several sizes of the variances.

    Empty where no structure is of the kind whose likelihood has several maxima.
    """
    if not any(term.structure in _ROUGH for term in terms):
        return []
    excess = rest**2 - known.diagonal
    spread = max(float(excess.mean()), 0.05 * float(np.median(known.diagonal)))
    share = np.full(len(terms), spread / len(terms))
    signed = any(term.structure in ("AR", "HAR") for term in terms)
    rungs = np.linspace(-0.95 if signed else 0.0, 0.99, 45)
    return [
        [
            _place(terms, parametrizations, size * share, size * excess, float(rho))
            for size in (0.3, 1.0, 2.0)
        ]
        for rho in rungs
    ]


def _place(
    terms: Sequence[Term],
    parametrizations: Sequence[Parametrization],
    share: FloatArray,
    excess: FloatArray,
    rho: float,
) -> FloatArray:
    return np.concatenate(
        [
            np.zeros(0),
            *(
                _start(term, one, float(part), excess, rho)
                for term, one, part in zip(terms, parametrizations, share, strict=True)
            ),
        ]
    )


def _start(
    term: Term, one: Parametrization, spread: float, excess: FloatArray, rho: float
) -> FloatArray:
    """A place for one random effect, with a variance and a correlation of about this size."""
    variances = np.full(one.variances, spread)
    if one.variances > 1 and term.level is not None:
        count = np.bincount(term.level, minlength=one.levels)
        total = np.bincount(term.level, weights=excess, minlength=one.levels)
        own = total / np.maximum(count, 1)
        # A level of its own size, and never of none: halfway between its own and that of all.
        variances = np.maximum(0.5 * (own + spread), 0.1 * spread)
    if term.columns is not None:
        variances = spread / np.maximum((term.columns**2).mean(axis=0), 1e-12)
    correlations = np.full(one.held.size - one.variances, rho)
    if term.structure in SPATIAL:
        assert term.distance is not None
        # Ranges from below the nearest pairs to beyond the farthest, by equal factors.
        apart = term.distance[term.distance > 0.0]
        low, high = 0.9 * float(apart.min()), 10.0 * float(apart.max())
        correlations[:] = low * (high / low) ** abs(rho)
    elif term.structure in ("CAR", "PHYPL", "PHYPD"):
        correlations = np.abs(correlations)
    elif one.levels > 1 and one.inside != "HAR":
        # As far below 0 as leaves a covariance matrix.
        correlations = np.maximum(correlations, -0.9 / (one.levels - 1))
    known = ~np.isnan(one.held)
    reported = np.concatenate([variances, correlations])
    reported[known & ~one.unseen] = one.held[known & ~one.unseen]
    return one.inner(reported)


def once_more(
    at: FloatArray, terms: Sequence[Term], parametrizations: Sequence[Parametrization]
) -> list[FloatArray]:
    """Places to start from again, where a search ended in a corner that may have a way out.

    Beside a variance of 0 a correlation says nothing, and the variance might rise with another one;
    and along a range that goes to infinity steps get ever shorter.
    """
    places: list[FloatArray] = []
    first = 0
    for term, one in zip(terms, parametrizations, strict=True):
        last = first + one.size
        reported = one.reported(at[first:last])
        variances = reported[: one.variances]
        changed: list[FloatArray] = []
        if one.variances > 1 and one.held.size > one.variances:
            largest = float(variances.max())
            if largest > 0.0 and float(variances.min()) < 1e-3 * largest:
                for rho in (-0.9, 0.9, 0.0):
                    other = np.full(one.held.size - one.variances, rho)
                    if one.inside != "HAR":
                        other = np.maximum(other, -0.9 / (one.levels - 1))
                    raised = np.maximum(variances, 0.02 * largest)
                    changed.append(np.concatenate([raised, other]))
        elif term.structure in SPATIAL and reported[1] > 10.0 * _farthest(term):
            changed = [reported * np.exp(further) for further in (2.0, 5.0, 9.0)]
        for values in changed:
            values = np.where(np.isnan(one.held) | one.unseen, values, one.held)
            places.append(np.concatenate([at[:first], one.inner(values), at[last:]]))
        first = last
    return places


def _farthest(term: Term) -> float:
    assert term.distance is not None
    return float(term.distance.max())
