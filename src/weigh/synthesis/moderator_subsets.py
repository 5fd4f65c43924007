"""Subsets of moderators: which columns go together, which subsets make sense, and their fits."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.designs import Designs, orthonormal
from weigh.synthesis.inputs import Effects, check_count
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2

__all__ = ["SubsetFits", "fit_subsets", "subsets_of", "terms_of"]

FloatArray = npt.NDArray[np.float64]

_MOST = 32_768  # models: fifteen moderators
_BLOCK = 2**21  # entries of a (models, studies, columns) array worked on at once


@dataclass(frozen=True, slots=True)
class SubsetFits:
    """What is kept of each fit: coefficients and variances with NaN where a column is left out."""

    beta: FloatArray
    variance: FloatArray
    tau2: FloatArray
    log_likelihood: FloatArray


def terms_of(matrix: ModelMatrix, mods: Any) -> dict[str, list[int]]:
    """Columns of each moderator: a category has several, and so has an interaction with one."""
    named = mods.keys() if isinstance(mods, Mapping) else getattr(mods, "columns", ())
    keys = sorted(map(str, named), key=len, reverse=True)
    places: dict[str, list[int]] = {}
    for index, name in enumerate(matrix.names):
        if name == INTERCEPT:
            continue
        term = next((key for key in keys if name == key or name.startswith(f"{key}[")), None)
        # Columns of a formula: dose, C(form)[T.b], dose:C(form)[T.b], poly(dose, 2)[1].
        places.setdefault(term or re.sub(r"\[[^\]]*\]", "", name), []).append(index)
    if not places:
        raise InputError("There is no moderator to leave in or out.")
    if matrix.names[0] != INTERCEPT:
        raise InputError("The models compared here all have an intercept; do not take it out.")
    return places


def subsets_of(terms: tuple[str, ...], largest: int | None) -> list[tuple[str, ...]]:
    """Subsets in which every interaction stands beside its parts."""
    most = len(terms) if largest is None else check_count(largest, "largest")
    if most < 0:
        raise InputError(f"`largest` is {largest}; a model has 0 moderators or more.")
    most = min(most, len(terms))
    count = sum(math.comb(len(terms), size) for size in range(most + 1))
    if count > _MOST:
        raise InputError(
            f"{len(terms)} moderators make {count:,} models, and {_MOST:,} are the most.",
            hint="Name fewer moderators, or set `largest`.",
        )
    parts = {
        term: {other for other in terms if other != term and _within(other, term)} for term in terms
    }
    return [
        subset
        for size in range(most + 1)
        for subset in combinations(terms, size)
        if all(parts[term] <= set(subset) for term in subset)
    ]


def _within(part: str, term: str) -> bool:
    return ":" in term and set(part.split(":")) < set(term.split(":"))


def fit_subsets(
    effects: Effects, x: FloatArray, chosen: list[list[int]], method: str
) -> SubsetFits:
    """Fit all models, those with as many coefficients together."""
    count, columns = len(chosen), x.shape[1]
    k = effects.y.size
    fits = SubsetFits(
        np.full((count, columns), np.nan),
        np.full((count, columns), np.nan),
        np.zeros(count),
        np.empty(count),
    )
    sizes = np.array([len(places) for places in chosen])
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        step = max(_BLOCK // (k * int(size)), 1)
        for start in range(0, alike.size, step):
            which = alike[start : start + step]
            places = np.array([chosen[index] for index in which])
            designs = Designs(
                np.tile(effects.y, (which.size, 1)),
                np.tile(effects.v, (which.size, 1)),
                np.moveaxis(x[:, places], 0, 1),
            )
            tau2 = np.zeros(which.size)
            if method not in COMMON_EFFECT:
                tau2 = estimate_tau2(designs, "ML").value
            beta, variance = _coefficients(designs, tau2)
            fits.beta[which[:, None], places] = beta
            fits.variance[which[:, None], places] = variance
            fits.tau2[which] = tau2
            fits.log_likelihood[which] = designs.log_likelihood(tau2, restricted=False)
    fits.log_likelihood[:] -= 0.5 * k * math.log(2.0 * math.pi)
    return fits


def _coefficients(designs: Designs, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted least squares of each design, and the variances of its coefficients."""
    root = 1.0 / np.sqrt(designs.v + tau2[:, None])
    whitened = root[..., None] * designs.x
    basis = orthonormal(whitened)[0]
    triangle = np.swapaxes(basis, 1, 2) @ whitened
    inverse = np.linalg.inv(triangle)
    beta = inverse @ (np.swapaxes(basis, 1, 2) @ (root * designs.y)[..., None])
    return beta[..., 0], np.sum(inverse**2, axis=2)
