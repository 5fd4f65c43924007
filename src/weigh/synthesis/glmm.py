"""Generalized linear mixed models: counts pooled as counts, without effects that need correcting.

A study with few or no events has a likelihood like any other, so it needs neither a half event nor
a normal approximation to its own effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.glmm_counts import (
    EventCounts,
    checked_counts,
    own_effects,
    refuse_one_sided,
    without_empty,
)
from weigh.synthesis.glmm_fit import fit_model
from weigh.synthesis.glmm_models import (
    CountModel,
    FixedLevels,
    RandomLevels,
    approximate,
    conditional,
    log_odds,
    log_rate,
)
from weigh.synthesis.glmm_result import Task, pooled_result
from weigh.synthesis.glmm_studies import BinomialArm, PoissonArm
from weigh.synthesis.inputs import Effects, check_choice, check_level
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix
from weigh.synthesis.regression import complete_matrix, redundant_note

__all__ = ["glmm"]

FloatArray = npt.NDArray[np.float64]

_MEASURES = ("OR", "IRR", "PLO", "IRLN")
_MODELS = {"OR": ("UM.FS", "UM.RS", "CM.EL", "CM.AL"), "IRR": ("UM.FS", "UM.RS", "CM.EL")}


def glmm(
    events1: Any,
    n1: Any = None,
    events2: Any = None,
    n2: Any = None,
    *,
    time1: Any = None,
    time2: Any = None,
    measure: str = "OR",
    model: str | None = None,
    method: str = "ML",
    test: str = "z",
    mods: Any = None,
    data: Any = None,
    intercept: bool = True,
    points: int | None = None,
    drop00: bool = True,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> Pooled:
    """Pool counts by a generalized linear mixed model.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of group 1 (intervention) and group 2 (comparator); of one group only
        for ``"PLO"`` and ``"IRLN"``. For rates give `time1` and `time2`, person-time, in place of
        `n1` and `n2`.
    measure
        ``"OR"``: log odds ratio; ``"IRR"``: log rate ratio; ``"PLO"``: log odds of one group;
        ``"IRLN"``: log rate of one group.
    model
        For OR and IRR. ``"UM.FS"`` (the default): both groups, with a level of risk for each study
        as a parameter of its own. ``"UM.RS"``: the levels are normal and independent of the
        effects. ``"CM.EL"``: given each study's total of events, the exact conditional likelihood
        (noncentral hypergeometric for OR, binomial for IRR). ``"CM.AL"``: binomial approximation
        of it for OR, fit for rare events in groups that are large beside them.
    method
        ``"ML"``, or ``"EE"`` for one common effect.
    test
        ``"z"``, or ``"t"`` with as many degrees of freedom as there are studies beyond the
        coefficients: k - 1 without moderators.
    mods, data, intercept
        Moderators of the effect, as in `weigh.pool`: a vector, a matrix, named columns, or a
        formula and the table that it speaks of; and whether there is an intercept.
    points
        Points of the quadrature for each random effect, as nAGQ of R's glmer; 1 is Laplace's
        approximation. None takes 7 and more until the log-likelihood at the solution changes by
        less than 1e-6. metafor takes 7, and 1 for ``"UM.RS"``, whatever the error.
    drop00
        Whether studies without events, or with events only, in both groups are left out. In the
        conditional models they say nothing in any case.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    Pooled
        On the log or logit scale; with moderators a regression. The interval of tau2 is by
        profile likelihood. `q` is Wald's test of (residual) heterogeneity; `extra` holds the
        likelihood-ratio test (``q_lrt``, ``q_lrt_p``), ``log_likelihood``, ``deviance``, ``aic``,
        ``bic``, ``aicc``, the ``points`` of the quadrature and its ``quadrature_error`` (change
        of the log-likelihood at the solution with twice as many points), and for UM.RS
        ``sigma2``, the variance of the levels. `yi`, `vi` and `weights` are those of each study's
        own effect (with half an event for empty cells), for I² and plots; the model does not use
        them.

    Raises
    ------
    StatisticsError
        Counts that cannot be, fewer studies than two or than coefficients and one more, or events
        in one group only.

    References
    ----------
    :cite:t:`stijnen2010`, :cite:t:`jackson2018glmm`, :cite:t:`turner2000`.

    Examples
    --------
    >>> fit = glmm([4, 6, 3], [50, 60, 40], [9, 11, 10], [50, 61, 41], model="CM.EL", method="EE")
    >>> round(fit.estimate, 2)
    -0.94
    """
    check_choice("measure for a mixed model of counts", measure, _MEASURES)
    check_choice("method for a mixed model of counts", method, ("ML", "EE"))
    check_choice("test for a mixed model of counts", test, ("z", "t"))
    level = check_level(level)
    if points is not None and not 1 <= points <= 200:
        raise InputError(f"`points` is {points}; the quadrature needs from 1 to 200 points.")
    one = measure not in _MODELS
    if one and model is not None:
        raise InputError(f"`model` is {model!r}, but {measure} has one group and one model.")
    chosen = "" if one else model or "UM.FS"
    if not one:
        check_choice(f"model for {measure}", chosen, _MODELS[measure])
    rates = measure in ("IRR", "IRLN")
    size1, size2 = (time1 if rates and n1 is None else n1), (time2 if rates and n2 is None else n2)
    if one:
        events2 = size2 = None
    counts, rows, names, notes = checked_counts(events1, size1, events2, size2, slab, rates=rates)
    length = len(np.atleast_1d(events1))
    if not one and drop00:
        counts, rows, names, notes = without_empty(counts, rows, names, notes, rates=rates)
    if rows.size < 2:
        raise StatisticsError(
            f"A mixed model needs at least two studies with events; there is {rows.size}.",
            hint="Give the one study's own effect.",
        )
    effects = Effects(*own_effects(counts, one=one, rates=rates), rows, names, notes)
    matrix = ModelMatrix(np.ones((rows.size, 1)), (INTERCEPT,))
    if mods is not None:
        effects, matrix = _moderated(effects, length, mods, data, intercept=intercept)
        counts = counts.take(np.flatnonzero(np.isin(rows, effects.rows)))
    refuse_one_sided(counts, one=one, rates=rates)
    # Orthogonal columns make the search well-conditioned, whatever the moderators' units.
    scale = np.sqrt(matrix.x.shape[0])
    q, r = np.linalg.qr(matrix.x)
    turn = np.diag(np.where(np.diagonal(r) < 0.0, -1.0, 1.0))
    even, back = scale * q @ turn, np.linalg.inv(turn @ r / scale)
    count_model = _model(counts, measure, chosen, effects, even)
    task = Task(
        name=chosen or measure, method=method, test=test, level=level, moderated=mods is not None
    )
    fit = fit_model(count_model, method, points)
    return pooled_result(fit, count_model, effects, matrix, back, task)


def _moderated(
    effects: Effects, length: int, mods: Any, data: Any, *, intercept: bool
) -> tuple[Effects, ModelMatrix]:
    """The studies that have all moderators, and the model matrix; notes say what was left out."""
    effects, matrix, dropped = complete_matrix(effects, length, mods, data, intercept=intercept)
    k, p = matrix.x.shape
    if k <= p:
        raise StatisticsError(
            f"{k} studies cannot carry {p} coefficients ({', '.join(matrix.names)}).",
            hint="A regression needs more studies than coefficients; take fewer moderators.",
        )
    notes = effects.notes + ((redundant_note(dropped),) if dropped else ())
    return Effects(effects.y, effects.v, effects.rows, effects.slab, notes), matrix


def _model(
    counts: EventCounts, measure: str, model: str, effects: Effects, x: FloatArray
) -> CountModel:
    """The likelihood of a measure and a model, its columns of moderators orthogonal."""
    a, n1, c, n2 = counts.a, counts.n1, counts.c, counts.n2
    if measure == "PLO":
        return log_odds(a, n1, x)
    if measure == "IRLN":
        return log_rate(a, n1, x)
    if model == "CM.EL" and measure == "OR":
        return conditional(a, n1, c, n2, x)
    if model in ("CM.EL", "CM.AL"):
        return approximate(a, c, np.log(n1 / n2), x)
    first: BinomialArm | PoissonArm
    second: BinomialArm | PoissonArm
    known = (a > 0.0) & (c > 0.0)
    if measure == "OR":
        none = np.zeros_like(a)
        first, second = BinomialArm(a, n1, none), BinomialArm(c, n2, none)
        known &= (a < n1) & (c < n2)
    else:
        first, second = PoissonArm(a, n1), PoissonArm(c, n2)
    weight = 1.0 / effects.v
    guess = float(np.sum(weight * effects.y) / weight.sum())
    if model == "UM.RS":
        return RandomLevels(first, second, guess, x)
    return FixedLevels(first, second, effects.y, weight, known, guess, x)
