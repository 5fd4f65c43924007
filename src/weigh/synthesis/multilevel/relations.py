"""Random effects whose correlations come from elsewhere: distances, descent, known matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.synthesis.multilevel.columns import coded, column_of
from weigh.synthesis.multilevel.correlations import PHYLOGENETIC
from weigh.synthesis.multilevel.term import Term

__all__ = ["related", "spatial_term"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def spatial_term(
    inner: str,
    label: str,
    struct: str,
    group: IntArray,
    groups: tuple[str, ...],
    data: Any,
    rows: IntArray,
    count: int,
    distance: Any,
) -> Term:
    """A term whose correlations fall with distance: from a matrix, or between coordinates."""
    if isinstance(distance, Mapping):
        distance = distance.get(label, distance.get(inner))
    if isinstance(distance, list | tuple) and len(distance) == 1:
        distance = distance[0]
    if hasattr(distance, "columns"):
        names = [str(name) for name in distance.columns]
        level, levels = coded(inner, column_of(inner, data, count), rows)
        lost = [name for name in levels if name not in names]
        if lost:
            raise NotFoundError("row of the distance matrix", lost[0], names)
        place = np.array([names.index(name) for name in levels])[level]
        matrix = np.asarray(distance, dtype=np.float64)
        apart = matrix[np.ix_(place, place)]
    elif distance is not None and not isinstance(distance, str):
        matrix = np.asarray(distance, dtype=np.float64)
        if matrix.shape != (count, count):
            raise InputError(
                f"The distance matrix has shape {matrix.shape} for {count} effects.",
                hint="Give one with a row an effect, or a data frame with the names of the levels.",
            )
        apart = matrix[np.ix_(rows, rows)]
    else:
        if struct in PHYLOGENETIC:
            raise InputError(f"The structure {struct} needs a distance matrix: dist=...")
        columns = [column_of(name, data, count) for name in inner.split("+")]
        points = np.column_stack([np.asarray(column, dtype=np.float64)[rows] for column in columns])
        apart = _distances(points, distance or "euclidean")
    if not np.isfinite(apart).all() or (apart < 0.0).any() or not np.allclose(apart, apart.T):
        raise InputError(
            f"The distances of {label!r} must be numbers, 0 or above, and the same both ways."
        )
    return Term(label, struct, group, groups, distance=apart)


def _distances(points: FloatArray, method: str) -> FloatArray:
    difference = np.abs(points[:, None, :] - points[None, :, :])
    if method == "euclidean":
        return np.asarray(np.sqrt((difference**2).sum(axis=2)))
    if method == "manhattan":
        total: FloatArray = difference.sum(axis=2)
        return total
    if method == "maximum":
        largest: FloatArray = difference.max(axis=2)
        return largest
    raise NotFoundError("distance", method, ("euclidean", "manhattan", "maximum"))


def related(terms: list[Term], relations: Mapping[str, Any] | None) -> list[Term]:
    """Put in known correlation matrices."""
    if not relations:
        return terms
    if not isinstance(relations, Mapping):
        raise InputError(
            f"`R` is {type(relations).__name__}; it maps names of random effects to matrices."
        )
    by_label = {term.label: index for index, term in enumerate(terms)}
    for name, given in relations.items():
        if name not in by_label or terms[by_label[name]].structure != "INTERCEPT":
            known = [term.label for term in terms if term.structure == "INTERCEPT"]
            raise NotFoundError("random intercept", str(name), known)
        term = terms[by_label[name]]
        matrix = _relation(term, given)
        terms[by_label[name]] = replace(term, relation=matrix)
    return terms


def _relation(term: Term, given: Any) -> FloatArray:
    names = None
    if hasattr(given, "columns"):
        names = [str(name) for name in given.columns]
    elif isinstance(given, Mapping):
        names = [str(name) for name in given]
        given = [[row[other] for other in given] for row in given.values()]
    matrix = np.asarray(given, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"The correlation matrix of {term.label!r} has shape {matrix.shape}.")
    if names is not None:
        lost = [name for name in term.groups if name not in names]
        if lost:
            raise NotFoundError(f"row of the matrix of {term.label!r}", lost[0], names)
        place = [names.index(name) for name in term.groups]
        matrix = matrix[np.ix_(place, place)]
    if matrix.shape[0] != len(term.groups):
        raise InputError(
            f"The correlation matrix of {term.label!r} has {matrix.shape[0]} rows for "
            f"{len(term.groups)} groups.",
            hint="Give a data frame whose columns name the groups.",
        )
    if not np.allclose(matrix, matrix.T, rtol=1e-8):
        raise InputError(f"The correlation matrix of {term.label!r} is not symmetric.")
    sd = np.sqrt(np.diagonal(matrix))
    if not (sd > 0.0).all():
        raise InputError(f"The correlation matrix of {term.label!r} has a diagonal that is not 1.")
    # A covariance matrix is turned into correlations, so that the variance means the same in all.
    return np.asarray(matrix / np.outer(sd, sd))
