"""A model ready to be fitted: effects, moderators, sampling covariance, random effects.

Everything here is kept in units of a power of two near the typical standard error, so that the
search meets numbers of ordinary size whatever the scale of the effects, and nothing is rounded on
the way there and back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.synthesis.multilevel.correlations import EDGED
from weigh.synthesis.multilevel.known import Known
from weigh.synthesis.multilevel.likelihood import Likelihood, Point, likelihood_of
from weigh.synthesis.multilevel.parametrization import Parametrization, structure_of
from weigh.synthesis.multilevel.search import Maximum, along_edges, climb, highest, promising
from weigh.synthesis.multilevel.starts import agreement, ladder, once_more, starts
from weigh.synthesis.multilevel.term import Term

__all__ = ["Model", "Solved", "height_of", "prepared", "solve", "solve_from"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of dependent effects, without values for its components.

    Parameters
    ----------
    y : (n,)
        Effects, in units of 2 to the `exponent`.
    x : (n, p)
        Model matrix of full rank.
    known
        Sampling covariance, in the same units squared.
    terms, parametrizations
        Random effects and their parameters.
    exponent
        Power of two that the units are.
    """

    y: FloatArray
    x: FloatArray
    known: Known
    terms: tuple[Term, ...]
    parametrizations: tuple[Parametrization, ...]
    exponent: int

    @property
    def unit(self) -> float:
        """One unit of the search, on the scale of the effects."""
        return math.ldexp(1.0, self.exponent)

    def spans(self) -> list[tuple[int, int]]:
        """First and last parameter of each random effect."""
        ends = np.cumsum([0, *(one.size for one in self.parametrizations)]).tolist()
        return list(pairwise(ends))

    def reported(self, at: FloatArray) -> list[FloatArray]:
        """Variances and correlations of each random effect, on the scale of the effects."""
        found = []
        for one, (a, b) in zip(self.parametrizations, self.spans(), strict=True):
            values = one.reported(at[a:b])
            values[: one.variances] *= self.unit**2
            found.append(values)
        return found

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bounds of the parameters."""
        nothing = np.zeros(0)
        lower = np.concatenate([nothing, *(one.lower for one in self.parametrizations)])
        return lower, np.concatenate([nothing, *(one.upper for one in self.parametrizations)])

    def nowhere(self) -> FloatArray:
        """Parameters at which no random effect varies."""
        places = []
        for one in self.parametrizations:
            zero = np.zeros(one.size)
            if one.inside != "UN" and one.size > one.variances:
                lower, upper = one.lower[one.variances :], one.upper[one.variances :]
                zero[one.variances :] = np.clip(0.5, lower, upper)
            places.append(zero)
        return np.concatenate([np.zeros(0), *places])

    def take(self, rows: IntArray) -> Model:
        """The model of some of the effects."""
        return replace(
            self,
            y=self.y[rows],
            x=self.x[rows],
            known=self.known.take(rows),
            terms=tuple(term.take(rows) for term in self.terms),
        )

    def marginal(self, at: FloatArray, rows: IntArray) -> FloatArray:
        """Covariance of some of the effects, in units of the search."""
        m = self.known.take(rows).dense()[None]
        there = np.ones((1, rows.size), dtype=np.bool_)
        for term, one, (a, b) in zip(self.terms, self.parametrizations, self.spans(), strict=True):
            m = m + structure_of(term, one, rows[None], there).value(at[a:b])
        found: FloatArray = m[0]
        return found

    def standing(self, at: FloatArray) -> Model:
        """The same model with every parameter held where it stands."""
        fixed = tuple(
            replace(one, lower=at[a:b], upper=at[a:b])
            for one, (a, b) in zip(self.parametrizations, self.spans(), strict=True)
        )
        return replace(self, parametrizations=fixed)

    def holding(self, term: int, one: Parametrization) -> Model:
        """The same model with other parameters of one random effect."""
        changed = list(self.parametrizations)
        changed[term] = one
        return replace(self, parametrizations=tuple(changed))


@dataclass(frozen=True, slots=True)
class Solved:
    """A fitted model.

    Parameters
    ----------
    model
        The model.
    likelihood
        What was made highest; its effects are what least squares leave of them, its model matrix
        has orthonormal columns.
    maximum
        Where it is highest.
    beta, vb
        Coefficients and their covariance, on the scale of the effects.
    """

    model: Model
    likelihood: Likelihood
    maximum: Maximum
    beta: FloatArray
    vb: FloatArray

    @property
    def log_likelihood(self) -> float:
        """The likelihood that was made highest, of the effects as they came."""
        return height_of(self.likelihood, self.model, self.maximum.point)


def height_of(likelihood: Likelihood, model: Model, point: Point) -> float:
    """A log-likelihood on the scale of the effects."""
    free = likelihood.n - (likelihood.p if likelihood.restricted else 0)
    return point.value - free * model.exponent * math.log(2.0)


def prepared(model: Model, *, restricted: bool) -> Likelihood:
    """The likelihood of a model, for searches of one's own."""
    return _orthonormal(model, restricted=restricted)[0]


def solve(model: Model, *, restricted: bool) -> Solved:
    """Fit a model from several places.

    Raises
    ------
    StatisticsError
        No place with a likelihood, as where the sampling covariance is that of no effects.
    """
    likelihood, basis = _orthonormal(model, restricted=restricted)
    lower, upper = model.bounds()
    parts = (basis[2], model.known, model.terms, model.parametrizations)
    places = chain(promising(likelihood, ladder(*parts)), starts(*parts))
    maximum = highest(likelihood, places, lower, upper, agree=agreement(model.terms))
    if maximum is None:
        raise StatisticsError(
            "The marginal covariance of the effects is not positive definite wherever the search "
            "begins, so there is no likelihood.",
            hint="Check that `V` is a covariance matrix: no correlation beyond -1 and 1.",
        )
    for place in once_more(maximum.point.at, model.terms, model.parametrizations):
        found = climb(likelihood, place, lower, upper)
        if found is not None and found.point.value > maximum.point.value:
            maximum = replace(found, others=maximum.others)
    for index, term in enumerate(model.terms):
        if term.structure in EDGED and term.distance is not None:
            edged = model.spans()[index][0] + 1
            kinks = np.log(
                np.unique(term.distance[term.distance > 0.0]) / model.parametrizations[index].unit
            )
            maximum = along_edges(likelihood, maximum, lower, upper, edged, kinks)
    return _solved(model, likelihood, maximum, basis)


def solve_from(model: Model, places: list[FloatArray], *, restricted: bool) -> Solved | None:
    """Fit a model from given places alone; None where there is no likelihood at any."""
    likelihood, basis = _orthonormal(model, restricted=restricted)
    lower, upper = model.bounds()
    maximum = highest(likelihood, places, lower, upper, agree=len(places) + 1)
    return None if maximum is None else _solved(model, likelihood, maximum, basis)


def _orthonormal(
    model: Model, *, restricted: bool
) -> tuple[Likelihood, tuple[FloatArray, FloatArray, FloatArray]]:
    """The likelihood of what least squares leave, how to come back from it, and what they leave."""
    basis, triangle = np.linalg.qr(model.x)
    first = basis.T @ model.y
    rest = model.y - basis @ first
    likelihood = likelihood_of(
        rest,
        basis,
        model.known,
        model.terms,
        model.parametrizations,
        restricted=restricted,
    )
    return likelihood, (triangle, first, rest)


def _solved(
    model: Model,
    likelihood: Likelihood,
    maximum: Maximum,
    basis: tuple[FloatArray, FloatArray, FloatArray],
) -> Solved:
    triangle, first, _ = basis
    back = np.linalg.inv(triangle)
    beta = back @ (first + maximum.point.beta) * model.unit
    vb = back @ maximum.point.vb @ back.T * model.unit**2
    return Solved(model, likelihood, maximum, beta, vb)
