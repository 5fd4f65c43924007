"""The model fitted to every subset of the studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import model_of, refit

__all__ = ["Gosh", "gosh"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# Bits of a subset's number; more studies than that have no exact enumeration anyway.
_MOST_EXACT = 26


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gosh:
    """Fits to subsets of the studies: graphical display of study heterogeneity.

    Parameters
    ----------
    included
        (n, k) which studies are in each subset.
    k
        How many they are.
    estimate
        (n, p) coefficients; one column for a pooled effect. NaN where the studies cannot carry
        the regression.
    tau2, i2, h2, q
        Heterogeneity of each subset.
    exact
        Whether these are all subsets.
    seed
        Of the random subsets; None where they are all there.
    slab, names
        Names of the studies and of the coefficients.
    """

    included: BoolArray
    k: IndexArray
    estimate: FloatArray
    tau2: FloatArray
    i2: FloatArray
    h2: FloatArray
    q: FloatArray
    exact: bool
    seed: int | None
    slab: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def gosh(fit: Pooled, *, subsets: int = 100_000, seed: int = 0) -> Gosh:
    """Fit the model to every subset of the studies.

    Several clouds where one was expected show that the studies are of several kinds, and which
    study tells them apart.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`.
    subsets
        How many subsets at most. Where there are no more than that, all are taken, from small to
        large; otherwise this many at random, each study in or out with the same chance.
    seed
        Of the random subsets.

    Returns
    -------
    Gosh
        One entry a subset of at least as many studies as coefficients. As everywhere in weigh `h2`
        follows from tau2 and is at least 1; metafor's ``gosh()`` takes it from Q for ``"DL"``.

    References
    ----------
    :cite:t:`olkin2012`.

    Examples
    --------
    >>> from weigh import pool
    >>> found = gosh(pool([0.1, 0.3, 0.8], [0.02, 0.03, 0.05], method="EE"))
    >>> found.k.tolist(), found.estimate[:, 0].round(2).tolist()
    ([1, 1, 1, 2, 2, 2, 3], [0.1, 0.3, 0.8, 0.18, 0.3, 0.49, 0.3])
    """
    model = model_of(fit, "GOSH")
    k, p = model.k, model.p
    if subsets < 1:
        raise InputError(f"`subsets` is {subsets}; at least one is needed.")
    exact = k <= _MOST_EXACT and 2**k - 1 <= subsets
    if k < p:
        raise StatisticsError(f"{k} studies cannot carry {p} coefficients.")
    included = _all_subsets(k, p) if exact else _random_subsets(k, p, subsets, seed)
    size = included.sum(axis=1)
    n = size.size
    estimate, tau2 = np.full((n, p), np.nan), np.full(n, np.nan)
    i2, h2, q = tau2.copy(), tau2.copy(), tau2.copy()
    for which, rows in _by_size(included, size):
        found = refit(model, rows)
        estimate[which], tau2[which] = found.beta, found.tau2
        i2[which], h2[which], q[which] = found.i2, found.h2, found.q
    undefined = int(np.isnan(tau2).sum())
    return Gosh(
        included=included,
        k=size,
        estimate=estimate,
        tau2=tau2,
        i2=i2,
        h2=h2,
        q=q,
        exact=exact,
        seed=None if exact else seed,
        slab=fit.slab,
        names=fit.names,
        notes=(f"{undefined} subsets cannot carry the regression.",) if undefined else (),
    )


def _all_subsets(k: int, smallest: int) -> BoolArray:
    """All subsets of at least `smallest` studies: from small to large, then by binary number."""
    number = np.arange(1, 2**k)
    included = (number[:, None] >> np.arange(k) & 1).astype(np.bool_)
    size = included.sum(axis=1)
    order = np.argsort(size, kind="stable")
    kept: BoolArray = included[order[size[order] >= smallest]]
    return kept


def _random_subsets(k: int, smallest: int, count: int, seed: int) -> BoolArray:
    rng = np.random.default_rng(seed)
    included = rng.random((count, k)) < 0.5
    while True:
        small = np.flatnonzero(included.sum(axis=1) < smallest)
        if small.size == 0:
            return included
        included[small] = rng.random((small.size, k)) < 0.5


def _by_size(included: BoolArray, size: IndexArray) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Subsets of one size together, as indices of their studies."""
    for one in np.unique(size):
        which = np.flatnonzero(size == one)
        yield which, np.nonzero(included[which])[1].reshape(which.size, int(one))
