"""Variances and correlations of a solved model, with what the curvature says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.multilevel.component import Component
from weigh.synthesis.multilevel.model import Model, Solved
from weigh.synthesis.multilevel.parametrization import Parametrization
from weigh.synthesis.multilevel.term import Term

__all__ = ["components_of", "ends_of"]

FloatArray = npt.NDArray[np.float64]


def components_of(solved: Solved, level: float) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """Every component with its standard error, and cautions about them."""
    model, maximum = solved.model, solved.maximum
    at = maximum.point.at
    covariance = _covariance(solved)
    reach = float(two_sided_quantile(level))
    components: list[Component] = []
    kinds = iter((("tau2", "rho"), ("gamma2", "phi")))
    for term, one, values, (a, b) in zip(
        model.terms, model.parametrizations, model.reported(at), model.spans(), strict=True
    ):
        names = ("sigma2", "") if term.structure == "INTERCEPT" else next(kinds)
        errors = _errors(one, at[a:b], covariance[a:b, a:b])
        for index, (value, levels) in enumerate(zip(values, _levels(term, one), strict=True)):
            is_variance = index < one.variances
            kind = names[0] if is_variance else names[1]
            label = ", ".join(levels) if levels else term.label if kind == "sigma2" else ""
            held = bool(~np.isnan(one.held[index]))
            error = float(errors[index])
            known = not held and math.isfinite(error) and error > 0.0
            se = error * (model.unit**2 if is_variance else 1.0) if known else None
            low, high = (0.0, math.inf) if is_variance else _ends(one)
            components.append(
                Component(
                    name=f"{kind}[{label}]" if label else kind,
                    kind=kind,
                    term=term.label,
                    levels=levels,
                    groups=len(term.groups),
                    value=float(value),
                    se=se,
                    ci_low=None if se is None else max(float(value) - reach * se, low),
                    ci_high=None if se is None else min(float(value) + reach * se, high),
                    held=held,
                )
            )
    return tuple(components), _cautions(solved, components)


def _errors(one: Parametrization, at: FloatArray, covariance: FloatArray) -> FloatArray:
    """Standard error of each component of one random effect, in units of the search."""
    if at.size == 1:
        return np.asarray(np.sqrt(covariance[0]))
    jacobian = one.jacobian(at)
    variances = np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian)
    return np.sqrt(np.where(variances > 0.0, variances, np.nan))


def ends_of(parametrizations: Sequence[Parametrization], place: int) -> tuple[float, float]:
    """Least and greatest that a component can be, by its place among all."""
    for one in parametrizations:
        if place < one.held.size:
            return (0.0, math.inf) if place < one.variances else _ends(one)
        place -= one.held.size
    raise IndexError(place)


def _ends(one: Parametrization) -> tuple[float, float]:
    if one.structure.startswith("SP") or one.structure in ("PHYPL", "PHYPD"):
        return 0.0, math.inf
    return (0.0, 1.0) if one.structure == "CAR" else (-1.0, 1.0)


def _levels(term: Term, one: Parametrization) -> list[tuple[str, ...]]:
    """Inner levels that each component is of."""
    if one.variances == 1 and (term.structure not in ("UN", "GEN", "HCS", "HAR", "DIAG", "GDIAG")):
        return [()] * one.held.size
    names: list[tuple[str, ...]] = [(name,) for name in term.levels]
    if one.held.size == one.variances:
        return names
    if one.structure in ("HCS", "HAR"):
        return [*names, ()]
    first, second = np.triu_indices(one.levels, 1)
    return names + [(term.levels[a], term.levels[b]) for a, b in zip(first, second, strict=True)]


def _covariance(solved: Solved) -> FloatArray:
    """Covariance of the parameters from the curvature of the likelihood; NaN where it has none.

    Parameters at the end of their range are taken for known, and have none of their own.
    """
    maximum = solved.maximum
    at, size = maximum.point.at, maximum.point.at.size
    lower, upper = solved.model.bounds()
    free = np.flatnonzero((at > lower) & (at < upper))
    out = np.full((size, size), np.nan)
    if not free.size:
        return out
    information = -maximum.second[np.ix_(free, free)]
    scale = np.sqrt(np.maximum(np.diagonal(information), 0.0))
    if (scale > 0.0).all():
        values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        if values[0] > 1e-8:
            inside = (vectors / values) @ vectors.T / np.outer(scale, scale)
            if free.size == size:
                return np.asarray(inside)
            out[np.ix_(free, free)] = inside
            # What is at its end does not vary; only its own entry stays undefined.
            fixed = np.setdiff1d(np.arange(size), free)
            out[np.ix_(fixed, free)] = out[np.ix_(free, fixed)] = 0.0
            out[np.ix_(fixed, fixed)] = np.where(np.eye(fixed.size) > 0, np.nan, 0.0)
    return out


def _cautions(solved: Solved, components: Sequence[Component]) -> tuple[str, ...]:
    """What a reader of these components should be told."""
    model, maximum = solved.model, solved.maximum
    notes = []
    for term, one in zip(model.terms, model.parametrizations, strict=True):
        if one.unseen.any() and one.levels > 1:
            notes.append(
                f"Some levels of {term.label!r} never occur in the same group, so nothing tells "
                "their correlation; it is shown as 0 and is no parameter."
            )
        elif one.unseen.any() and one.structure == "INTERCEPT":
            notes.append(
                f"There is one group of {term.label!r}, which tells nothing of how groups differ, "
                "so its variance is held at 0."
            )
        elif one.unseen.any():
            notes.append(
                f"No group of {term.label!r} has two different effects, so the correlation is held "
                "at 0."
            )
    zero = [one.name for one in components if not one.held and one.value == 0.0]
    if zero:
        notes.append(
            f"The likelihood is highest with {', '.join(zero)} at 0, the least that a variance can "
            "be; there is no standard error there."
        )
    lowest = _lowest(model)
    edge = [
        one.name
        for one in components
        if not one.held
        and one.kind in ("rho", "phi")
        and (abs(one.value) > 1.0 - 1e-9 or one.value <= lowest.get(one.term, -1.0) + 1e-9)
    ]
    if edge:
        notes.append(
            f"The likelihood is highest with {', '.join(edge)} at the end of its range, as with "
            "too few groups to tell it."
        )
    flat = [
        one.name
        for one in components
        if not (one.held or one.se is not None or one.name in zero or one.name in edge)
    ]
    if flat and not zero and not edge:
        notes.append(
            f"The likelihood is flat beside {', '.join(flat)}, so the effects do not tell "
            "these values apart from others; they have no standard error."
        )
    if not maximum.settled:
        notes.append("The search for the components has not come to rest; take them with caution.")
    if maximum.others:
        notes.append(
            f"The likelihood has other maxima, the next of them {_short(solved, maximum.others)} "
            "lower; the highest that was found is given."
        )
    return tuple(notes)


def _lowest(model: Model) -> dict[str, float]:
    """The lowest correlation of each term with compound symmetry that leaves it a covariance."""
    return {
        term.label: float(one.lower[-1])
        for term, one in zip(model.terms, model.parametrizations, strict=True)
        if one.structure in ("CS", "HCS") and one.lower[-1] < one.upper[-1]
    }


def _short(solved: Solved, others: tuple[float, ...]) -> str:
    return f"{solved.maximum.point.value - others[0]:.2g}"
