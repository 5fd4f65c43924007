"""Predictions of the random effects: how far each group lies from the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.inputs import check_level
from weigh.synthesis.multilevel.parametrization import structure_of
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.multilevel.term import Term
from weigh.synthesis.records import as_record

__all__ = ["RandomEffects", "random_effects"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RandomEffects:
    """Best linear unbiased predictions of one random effect.

    Parameters
    ----------
    term
        The random effect.
    names
        Groups; levels within groups as ``AL | 3``; rows where each has its own effect, as in
        space, or with random slopes, whose sum in each row is predicted.
    estimate, se, pi_low, pi_high
        Prediction, its standard error and its interval, which takes the components for known.
    level
        Level of the interval.
    """

    term: str
    names: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    pi_low: FloatArray
    pi_high: FloatArray
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a group.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        columns = {
            name: np.asarray(getattr(self, name))
            for name in ("names", "estimate", "se", "pi_low", "pi_high")
        }
        return nw.from_dict(columns, backend=backend).to_native()


def random_effects(fit: Multilevel, *, level: float | None = None) -> tuple[RandomEffects, ...]:
    """Predict the random effects of a model, one result a term.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    level
        Level of the intervals; that of the fit by default.

    Returns
    -------
    tuple of RandomEffects
        In the order of the terms. With a random intercept for districts and one for schools within
        them, a district's own effect is the mean plus its prediction, a school's both predictions.

    References
    ----------
    :cite:t:`robinson1991`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": list("aabbcc")})
    >>> found, = random_effects(fit)
    >>> dict(zip(found.names, found.estimate.round(2).tolist()))
    {'a': -0.15, 'b': 0.0, 'c': 0.15}
    """
    level = fit.level if level is None else check_level(level)
    model, unit = fit.solved.model, fit.solved.model.unit
    at = fit.solved.maximum.point.at
    # As the intervals of coefficients: t where these have one number of degrees of freedom.
    df = None if fit.ddf is None else min(fit.ddf)
    reach = float(two_sided_quantile(level, df))
    weighted = _Weighted.of(fit)
    found = []
    for term, one, (a, b) in zip(model.terms, model.parametrizations, model.spans(), strict=True):
        effects, first = _effects(term)
        estimate, variance = np.zeros(first.size), np.zeros(first.size)
        for block, (w, r) in zip(fit.blocks, weighted.blocks, strict=True):
            mine, inverse = np.unique(effects[block], return_inverse=True)
            whose = first[mine]
            there = np.ones((1, whose.size), dtype=np.bool_)
            g = structure_of(term, one, whose[None], there).value(at[a:b])[0] * unit**2
            z = np.zeros((block.size, mine.size))
            z[np.arange(block.size), inverse] = 1.0
            gz = g @ z.T
            estimate[mine] = gz @ r
            variance[mine] = np.diagonal(g) - ((gz @ w) * gz).sum(axis=1)
        se = np.sqrt(np.maximum(variance, 0.0))
        found.append(
            RandomEffects(
                term=term.label,
                names=_names(term, first),
                estimate=estimate,
                se=se,
                pi_low=estimate - reach * se,
                pi_high=estimate + reach * se,
                level=level,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Weighted:
    """For each independent block the weights less what the mean takes, and the weighted rest."""

    blocks: tuple[tuple[FloatArray, FloatArray], ...]

    @classmethod
    def of(cls, fit: Multilevel) -> _Weighted:
        rest, made = fit.residuals, []
        for block in fit.blocks:
            w = np.linalg.inv(fit.marginal(block))
            wx = w @ fit.design[block]
            made.append((w - wx @ fit.vb @ wx.T, w @ rest[block]))
        return cls(tuple(made))


def _effects(term: Term) -> tuple[IntArray, IntArray]:
    """Index of each row's effect in the order of groups and levels, and a row that has each."""
    if term.distance is not None or term.columns is not None:
        rows = np.arange(term.group.size)
        return rows, rows
    codes = term.group
    if term.level is not None:
        codes = term.group * (int(term.level.max()) + 1) + term.level
    _, first, dense = np.unique(codes, return_index=True, return_inverse=True)
    return dense.astype(np.intp, copy=False), first


def _names(term: Term, first: IntArray) -> tuple[str, ...]:
    if term.distance is not None or term.columns is not None:
        return tuple(f"row {row + 1} | {term.groups[term.group[row]]}" for row in first)
    if term.level is None:
        return tuple(term.groups[term.group[row]] for row in first)
    inner = [term.levels[term.level[row]] for row in first]
    outer = [term.groups[term.group[row]] for row in first]
    return tuple(f"{a} | {b}" for a, b in zip(inner, outer, strict=True))
