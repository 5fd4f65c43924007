"""Multilevel and multivariate models: the call, and its result put together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weigh.errors import StatisticsError
from weigh.synthesis.inputs import Effects, check_choice, check_effects, check_level, check_vector
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix
from weigh.synthesis.multilevel.assembling import assemble
from weigh.synthesis.multilevel.held import Held, Values
from weigh.synthesis.multilevel.known import Known, read_covariance
from weigh.synthesis.multilevel.model import Model, solve
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.multilevel.terms import read_terms
from weigh.synthesis.regression import complete_matrix, redundant_note

__all__ = ["multilevel"]

METHODS = ("REML", "ML")
TESTS = ("z", "t")


def multilevel(
    yi: Any,
    V: Any,  # the field's own letter
    *,
    random: Any = None,
    mods: Any = None,
    method: str = "REML",
    test: str | None = None,
    dfs: str | float | Sequence[float] | None = None,
    struct: str | Sequence[str] = "CS",
    data: Any = None,
    intercept: bool = True,
    sigma2: Values = None,
    tau2: Values = None,
    rho: Values = None,
    gamma2: Values = None,
    phi: Values = None,
    R: Mapping[str, Any] | None = None,
    dist: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Multilevel:
    """Pool effects that depend on each other, or regress them on moderators.

    Parameters
    ----------
    yi : (k,) array_like
        Effects on the analysis scale (log for ratio measures).
    V
        Their sampling variances; or their covariance matrix, as an array, a data frame or a
        sparse matrix; or the square blocks along its diagonal, as a list.
        `weigh.sampling_covariance` makes one of correlations.
    random
        Random effects: ``"~ 1 | study"``; nested ``"~ 1 | district/school"``; pairs of groups
        ``"~ 1 | district:school"``; ``"~ outcome | trial"`` for effects of levels (inner) that go
        together within groups (outer) as `struct` says; an array of groups, or a mapping of names
        to arrays; or a list of several, which may cut across each other. None: no random effects.
    mods
        Moderators as in `weigh.pool`: a formula over `data`, a mapping, a frame, an array.
    method
        ``"REML"`` or ``"ML"``.
    test
        ``"z"``, or ``"t"`` with `dfs`; ``"t"`` by default where `dfs` is given.
    dfs
        Degrees of freedom: ``"residual"`` (k - p), ``"contain"`` (for each coefficient the number
        of groups of the random effect within which its moderator does not vary, less p), or
        numbers.
    struct
        How effects of levels go together, for all ``~ inner | outer`` or each. With one variance:
        ``CS`` (one correlation), ``ID`` (none), ``AR`` (by steps between levels), ``CAR`` (by time,
        `inner` a number), ``SPEXP SPGAU SPLIN SPRAT SPSPH`` (by distance), ``PHYBM PHYPL PHYPD``
        (by descent). With a variance for each level: ``HCS``, ``DIAG``, ``HAR``, ``UN`` (all
        correlations). ``GEN`` and ``GDIAG``: random slopes of the variables in `inner`.
    data
        Table that formulas take their columns from.
    intercept
        Whether there is an intercept, if a formula for `mods` does not say.
    sigma2, tau2, rho, gamma2, phi
        Values to hold fixed, None for what is estimated: variances of random intercepts in their
        order; variances and correlations of the first ``~ inner | outer``, and of the second.
    R
        Known correlations of the groups of random intercepts, by their names: matrices as data
        frames whose columns name the groups, or arrays in the order of the groups.
    dist
        Distances for the structures by distance and descent: a data frame whose columns name the
        levels, an array with a row an effect, or ``"euclidean"``, ``"manhattan"``, ``"maximum"``
        between the coordinates in `inner` (``"~ x + y | region"``).
    level, slab
        Confidence level; names of the effects.

    Returns
    -------
    Multilevel
        Coefficients, components, tests and criteria; and methods for what takes longer: profile
        likelihoods, predictions, influence.

    Raises
    ------
    InputError
        A formula that cannot be read, sizes that differ, an effect without a group.
    NotFoundError
        An unknown method, structure or column.
    StatisticsError
        Too few effects, or no likelihood.

    Notes
    -----
    The estimates are those of metafor's ``rma.mv()``, and where its search stops early, better
    ones. Effects that no random effect and no sampling covariance links are independent, and all
    linear algebra is done within such blocks.

    References
    ----------
    :cite:t:`konstantopoulos2011` on three levels, :cite:t:`berkey1998` on several outcomes,
    :cite:t:`viechtbauer2010`; the likelihoods as in :cite:t:`harville1977`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": ["a", "a", "b", "b", "c", "c"]})
    >>> round(fit.coefficients[0].estimate, 3), fit.components[0].name
    (0.4, 'sigma2[trial]')
    """
    check_choice("method", method, METHODS)
    test = test or ("z" if dfs is None else "t")
    check_choice("test", test, TESTS)
    level = check_level(level)
    effects, known, matrix, dropped = _inputs(yi, V, mods, data, slab, intercept=intercept)
    k, p = matrix.x.shape
    if k <= p:
        raise StatisticsError(
            f"{k} effects cannot carry {p} coefficients ({', '.join(matrix.names)}).",
            hint="A model needs more effects than coefficients; take fewer moderators.",
        )
    count = len(check_vector(yi, "yi"))
    terms = read_terms(random, data, effects.rows, count, struct=struct, relations=R, distance=dist)
    exponent = math.frexp(float(np.median(known.diagonal)))[1] // 2
    held = Held(sigma2, ((tau2, rho), (gamma2, phi)))
    model = Model(
        np.ldexp(effects.y, -exponent),
        matrix.x,
        known.scaled(math.ldexp(1.0, -2 * exponent)),
        tuple(terms),
        held.parametrizations(terms, exponent),
        exponent,
    )
    solved = solve(model, restricted=method == "REML")
    notes = (*effects.notes, *((redundant_note(dropped),) if dropped else ()))
    return assemble(
        solved,
        effects,
        matrix,
        method=method,
        test=test,
        dfs="residual" if dfs is None else dfs,
        level=level,
        notes=notes,
    )


def _inputs(
    yi: Any, V: Any, mods: Any, data: Any, slab: Sequence[Any] | None, *, intercept: bool
) -> tuple[Effects, Known, ModelMatrix, tuple[str, ...]]:
    """Effects, their covariance and the model matrix, without rows that miss any of them."""
    count = len(check_vector(yi, "yi"))
    known = read_covariance(V, count)
    # A covariance that is missing between effects whose variances are there counts as missing.
    diagonal = known.diagonal.copy()
    lacking = np.isnan(known.value)
    if lacking.any():
        there = ~(np.isnan(diagonal[known.i]) | np.isnan(diagonal[known.j]))
        diagonal[known.i[lacking & there]] = np.nan
    effects = check_effects(yi, diagonal, slab)
    if mods is None:
        ones = np.ones((effects.y.size, 1))
        return effects, known.take(effects.rows), ModelMatrix(ones, (INTERCEPT,)), ()
    effects, matrix, dropped = complete_matrix(effects, count, mods, data, intercept=intercept)
    return effects, known.take(effects.rows), matrix, dropped
