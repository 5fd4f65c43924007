"""Generalized linear mixed models: counts pooled as counts, without effects that need correcting.

A study with few or no events has a likelihood like any other, so it needs neither a half event nor
a normal approximation to its own effect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.glmm_models import (
    CountModel,
    FixedLevels,
    RandomLevels,
    approximate,
    conditional,
    log_odds,
    log_rate,
)
from weigh.synthesis.glmm_quadrature import Maximum, maximum
from weigh.synthesis.glmm_studies import BinomialArm, PoissonArm
from weigh.synthesis.inputs import check_choice, check_level, check_vector, numbered

__all__ = ["glmm"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_MEASURES = ("OR", "IRR", "PLO", "IRLN")
_MODELS = {"OR": ("UM.FS", "UM.RS", "CM.EL", "CM.AL"), "IRR": ("UM.FS", "UM.RS", "CM.EL")}
_FIRST_POINTS, _MOST_POINTS = 7, 63
# Far below what a figure shows, and what any two programs agree to.
_QUADRATURE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class _Counts:
    """Events of one or two groups and their sizes (people or person-time)."""

    a: FloatArray
    n1: FloatArray
    c: FloatArray
    n2: FloatArray

    def take(self, keep: Any) -> _Counts:
        return _Counts(self.a[keep], self.n1[keep], self.c[keep], self.n2[keep])


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
        ``"z"``, or ``"t"`` with k - 1 degrees of freedom.
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
        On the log or logit scale. `q` is Wald's test of heterogeneity; `extra` holds the
        likelihood-ratio test (``q_lrt``, ``q_lrt_p``), ``log_likelihood``, ``deviance``, ``aic``,
        ``bic``, ``aicc``, the ``points`` of the quadrature and its ``quadrature_error`` (change
        of the log-likelihood at the solution with twice as many points), and for UM.RS
        ``sigma2``, the variance of the levels. `yi`, `vi` and `weights` are those of each study's
        own effect (with half an event for empty cells), for I² and plots; the model does not use
        them.

    Raises
    ------
    StatisticsError
        Counts that cannot be, fewer than two studies, or events in one group only.

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
    counts, rows, names, notes = _checked(events1, size1, events2, size2, slab, rates=rates)
    if not one and drop00:
        counts, rows, names, notes = _without_empty(counts, rows, names, notes, rates=rates)
    if rows.size < 2:
        raise StatisticsError(
            f"A mixed model needs at least two studies with events; there is {rows.size}.",
            hint="Give the one study's own effect.",
        )
    _refuse_one_sided(counts, one=one, rates=rates)
    yi, vi = _own_effects(counts, one=one, rates=rates)
    count_model = _model(counts, measure, chosen, yi, vi)
    fit = _fit(count_model, method, points)
    return _result(
        fit,
        count_model,
        yi,
        vi,
        name=chosen or measure,
        method=method,
        test=test,
        level=level,
        rows=rows,
        names=names,
        notes=notes,
        twice=chosen in ("UM.FS", "UM.RS"),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    at: FloatArray
    value: float
    vb: FloatArray
    tau2_se: float | None
    common: Maximum
    points: int
    error: float


def _fit(model: CountModel, method: str, points: int | None) -> _Fit:
    """Maximize, with more points of quadrature until they no longer matter."""
    now = points or _FIRST_POINTS
    starts = model.starts()
    while True:
        count = now

        def whole(at: FloatArray, count: int = count) -> float:
            return model.log_likelihood(at, count)

        def without(at: FloatArray, count: int = count) -> float:
            return model.log_likelihood(np.append(at, 0.0), count)

        common = maximum(without, [start[:-1] for start in starts])
        top = common
        at = np.append(common.at, 0.0)
        if method == "ML":
            found = maximum(whole, [*starts, [*common.at, 0.1]])
            # On the boundary the search stops near tau = 0; the common effect is the maximum.
            if found.value > common.value + 1e-9:
                top, at = found, found.at
        error = abs(model.log_likelihood(at, 2 * now + 1) - top.value)
        if points is not None or error < _QUADRATURE_TOLERANCE or 2 * now + 1 > _MOST_POINTS:
            break
        now, starts = 2 * now + 1, [[*at[:-1], max(abs(float(at[-1])), 0.1)], *starts[:1]]
    vb = _inverse(top.information)
    tau = abs(float(at[-1]))
    spread = 2.0 * tau * math.sqrt(vb[-1, -1]) if at[-1] and vb[-1, -1] > 0.0 else None
    return _Fit(at, top.value, vb, spread, common, now, error)


def _inverse(information: FloatArray) -> FloatArray:
    try:
        vb = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        vb = np.full_like(information, np.nan)
    if not vb[0, 0] > 0.0:
        raise StatisticsError(
            "The likelihood of these counts is flat at its maximum, so the effect has no standard "
            "error.",
            hint="Try a model with fewer parameters, such as a conditional one.",
        )
    return np.asarray(vb)


def _model(counts: _Counts, measure: str, model: str, yi: FloatArray, vi: FloatArray) -> CountModel:
    a, n1, c, n2 = counts.a, counts.n1, counts.c, counts.n2
    if measure == "PLO":
        return log_odds(a, n1)
    if measure == "IRLN":
        return log_rate(a, n1)
    if model == "CM.EL" and measure == "OR":
        return conditional(a, n1, c, n2)
    if model in ("CM.EL", "CM.AL"):
        return approximate(a, c, np.log(n1 / n2))
    first: BinomialArm | PoissonArm
    second: BinomialArm | PoissonArm
    known = (a > 0.0) & (c > 0.0)
    if measure == "OR":
        none = np.zeros_like(a)
        first, second = BinomialArm(a, n1, none), BinomialArm(c, n2, none)
        known &= (a < n1) & (c < n2)
    else:
        first, second = PoissonArm(a, n1), PoissonArm(c, n2)
    weight = 1.0 / vi
    guess = float(np.sum(weight * yi) / weight.sum())
    if model == "UM.RS":
        return RandomLevels(first, second, guess)
    return FixedLevels(first, second, yi, weight, known, guess)


def _checked(
    events1: Any, n1: Any, events2: Any, n2: Any, slab: Sequence[Any] | None, *, rates: bool
) -> tuple[_Counts, npt.NDArray[np.intp], tuple[str, ...], tuple[str, ...]]:
    """Counts as arrays, incomplete studies left out with a note, impossible ones refused."""
    two = events2 is not None or n2 is not None
    size = "time" if rates else "n"
    given = {"events1": events1, f"{size}1": n1}
    if two:
        given |= {"events2": events2, f"{size}2": n2}
    for name, values in given.items():
        if values is None:
            raise InputError(f"`{name}` is missing; a mixed model needs it for every group.")
    arrays = {name: check_vector(values, name) for name, values in given.items()}
    lengths = {array.size for array in arrays.values()}
    if len(lengths) != 1:
        found = ", ".join(f"`{name}` has {array.size}" for name, array in arrays.items())
        raise InputError(f"{found} entries; there must be one of each a study.")
    k = lengths.pop()
    names = numbered(k) if slab is None else tuple(map(str, slab))
    if len(names) != k:
        raise InputError(f"`slab` has {len(names)} names for {k} studies.")
    values = list(arrays.values())
    for (event_name, events), (size_name, sizes) in zip(
        list(arrays.items())[::2], list(arrays.items())[1::2], strict=True
    ):
        wrong = (events < 0.0) | (sizes < 0.0) | np.isinf(events) | np.isinf(sizes)
        wrong |= (events != np.round(events)) & ~np.isnan(events)
        if not rates:
            wrong |= (events > sizes) | ((sizes != np.round(sizes)) & ~np.isnan(sizes))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise StatisticsError(
                f"`{event_name}` and `{size_name}`, row {row + 1} ({names[row]}): "
                f"{events[row]:g} of {sizes[row]:g} cannot be counts of events.",
                hint="Events are whole numbers, not below 0 and not above the people.",
            )
    keep = np.all([np.isfinite(array) for array in values], axis=0)
    keep &= np.all([sizes > 0.0 for sizes in values[1::2]], axis=0)
    rows = np.flatnonzero(keep)
    notes: tuple[str, ...] = ()
    if not keep.all():
        missing = ", ".join(names[row] for row in np.flatnonzero(~keep)[:5])
        notes = (f"Left out for missing counts: {missing}.",)
    blank = np.zeros(k)
    a, size1, c, size2 = (*values, blank, blank)[:4]
    return (
        _Counts(a, size1, c, size2).take(rows),
        rows,
        tuple(names[row] for row in rows),
        notes,
    )


def _without_empty(
    counts: _Counts,
    rows: npt.NDArray[np.intp],
    names: tuple[str, ...],
    notes: tuple[str, ...],
    *,
    rates: bool,
) -> tuple[_Counts, npt.NDArray[np.intp], tuple[str, ...], tuple[str, ...]]:
    empty = (counts.a == 0.0) & (counts.c == 0.0)
    if not rates:
        empty |= (counts.a == counts.n1) & (counts.c == counts.n2)
    if not empty.any():
        return counts, rows, names, notes
    out = ", ".join(names[index] for index in np.flatnonzero(empty)[:5])
    notes = (*notes, f"Left out, having no event or nothing but events in both groups: {out}.")
    keep = np.flatnonzero(~empty)
    return counts.take(keep), rows[keep], tuple(names[index] for index in keep), notes


def _refuse_one_sided(counts: _Counts, *, one: bool, rates: bool) -> None:
    """An effect is infinite where a group has no event, or events only, over all studies."""
    groups = [(1, counts.a, counts.n1)] + ([] if one else [(2, counts.c, counts.n2)])
    for group, events, size in groups:
        if not events.sum() > 0.0:
            what = "no event"
        elif not rates and events.sum() == size.sum():
            what = "nothing but events"
        else:
            continue
        raise StatisticsError(
            f"Group {group} has {what} over all {events.size} studies, so the effect on this scale "
            "is infinite.",
            hint="Pool a risk difference instead.",
        )


def _own_effects(counts: _Counts, *, one: bool, rates: bool) -> tuple[FloatArray, FloatArray]:
    """Each study's own effect and variance, with half an event in studies with an empty cell."""
    a, c = counts.a, counts.c
    b, d = counts.n1 - a, counts.n2 - c
    cells = [a] if rates else [a, b]
    if not one:
        cells += [c] if rates else [c, d]
    add = np.where(np.any([cell == 0.0 for cell in cells], axis=0), 0.5, 0.0)
    vi = np.sum([1.0 / (cell + add) for cell in cells], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        down1 = counts.n1 if rates else b + add
        down2 = counts.n2 if rates else d + add
        yi = np.log((a + add) / down1)
        if not one:
            yi = yi - np.log((c + add) / down2)
    return yi, np.asarray(vi)


def _result(
    fit: _Fit,
    model: CountModel,
    yi: FloatArray,
    vi: FloatArray,
    *,
    name: str,
    method: str,
    test: str,
    level: float,
    rows: npt.NDArray[np.intp],
    names: tuple[str, ...],
    notes: tuple[str, ...],
    twice: bool,
) -> Pooled:
    k = rows.size
    df = k - 1
    found = model.heterogeneity(fit.points)
    lrt = max(2.0 * (found.saturated - fit.common.value), 0.0)
    estimate, se = float(fit.at[0]), math.sqrt(fit.vb[0, 0])
    tau2 = float(fit.at[-1]) ** 2
    ddf = float(df) if test == "t" else None
    half = float(two_sided_quantile(level, ddf)) * se
    w = 1.0 / vi
    typical = df / float(w.sum() - np.sum(w * w) / w.sum())
    common = method == "EE"
    if common:
        i2 = 100.0 * (found.wald - df) / found.wald if found.wald > df else 0.0
        h2 = found.wald / df
    else:
        i2, h2 = 100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0
    wide = float(two_sided_quantile(level, ddf)) * math.sqrt(se * se + tau2)
    parameters = 1 + model.nuisances + (not common)
    size = 2 * k if twice else k
    twice_log = -2.0 * fit.value
    enough = max(size, parameters + 2)
    extra = {
        "q_lrt": lrt,
        "q_lrt_p": float(chi2_tail(lrt, df)),
        "log_likelihood": fit.value,
        "deviance": 2.0 * (found.saturated - fit.value),
        "aic": twice_log + 2.0 * parameters,
        "bic": twice_log + parameters * math.log(size),
        "aicc": twice_log + 2.0 * parameters * enough / (enough - parameters - 1),
        "points": float(fit.points),
        "quadrature_error": fit.error,
    }
    if fit.at.size == 4:
        extra["sigma2"] = float(fit.at[2]) ** 2
    total = w if common else 1.0 / (vi + tau2)
    cautions = [
        "Each study's own effect and weight are shown for orientation; the model works on the "
        "counts."
    ]
    if fit.error > _QUADRATURE_TOLERANCE:
        cautions.append(
            f"With {fit.points} points of quadrature the log-likelihood is off by about "
            f"{fit.error:.1g}; leave out `points` for as many as are needed."
        )
    return Pooled(
        k=k,
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p=float(two_sided_p(estimate / se, ddf)),
        ci_low=estimate - half,
        ci_high=estimate + half,
        pi_low=None if common else estimate - wide,
        pi_high=None if common else estimate + wide,
        tau2=tau2,
        tau2_se=fit.tau2_se,
        tau2_ci_low=None,
        tau2_ci_high=None,
        i2=i2,
        h2=h2,
        q=found.wald,
        q_df=df,
        q_p=float(chi2_tail(found.wald, df)),
        method=f"GLMM {name} {method}",
        test=test,
        level=level,
        df=ddf,
        yi=yi,
        vi=vi,
        slab=names,
        weights=100.0 * total / total.sum(),
        rows=rows,
        prediction=None if common else "t" if test == "t" else "normal",
        extra=extra,
        notes=(*notes, *cautions),
    )
