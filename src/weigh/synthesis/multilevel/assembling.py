"""A solved model as a result: tests, intervals, criteria."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Coefficient
from weigh.stats.tails import chi2_tail, f_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.inputs import Effects, check_choice
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix
from weigh.synthesis.multilevel.components import components_of
from weigh.synthesis.multilevel.criteria import criteria_of
from weigh.synthesis.multilevel.layout import independent_rows, rows_of
from weigh.synthesis.multilevel.model import Solved
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.multilevel.term import Term

__all__ = ["assemble"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def assemble(
    solved: Solved,
    effects: Effects,
    matrix: ModelMatrix,
    *,
    method: str,
    test: str,
    dfs: str | float | Sequence[float],
    level: float,
    notes: tuple[str, ...],
) -> Multilevel:
    """Make the result of a solved model; arguments as in `weigh.multilevel`, checked."""
    model = solved.model
    k, p = model.x.shape
    ddf = None if test == "z" else _ddf(dfs, model.x, model.terms)
    components, cautions = components_of(solved, level)
    estimated = sum(1 for one in components if not one.held)
    nowhere = solved.likelihood.at(model.nowhere())
    alone = math.isfinite(nowhere.value)
    qe = nowhere.rss if alone else None
    log_det_v = nowhere.log_det if alone else None
    if not alone:
        cautions += (
            "The sampling covariance has no inverse, so there is no test of whether the effects "
            "differ beyond their sampling errors.",
        )
    se = np.sqrt(np.diagonal(solved.vb))
    statistic = solved.beta / se
    freedom = None if ddf is None else np.array(ddf)
    tail = two_sided_p(statistic, freedom)
    half = two_sided_quantile(level, freedom) * se
    coefficients = tuple(
        Coefficient(
            name=name,
            estimate=float(solved.beta[j]),
            se=float(se[j]),
            statistic=float(statistic[j]),
            p=float(tail[j]),
            ci_low=float(solved.beta[j] - half[j]),
            ci_high=float(solved.beta[j] + half[j]),
            df=None if ddf is None else ddf[j],
        )
        for j, name in enumerate(matrix.names)
    )
    qm, qm_df, qm_p = _joint(solved, matrix.names, ddf)
    pi_low = pi_high = None
    if matrix.names == (INTERCEPT,) and model.terms:
        spread = _total_variance(solved)
        if spread is None:
            cautions += (
                "The random effects have a variance for each level, so there is a prediction "
                "interval for given levels only.",
            )
        else:
            reach = float(two_sided_quantile(level, None if ddf is None else ddf[0]))
            width = reach * math.sqrt(spread + float(solved.vb[0, 0]))
            pi_low, pi_high = float(solved.beta[0]) - width, float(solved.beta[0]) + width
    return Multilevel(
        k=k,
        coefficients=coefficients,
        names=matrix.names,
        design=model.x,
        vb=solved.vb,
        components=components,
        pi_low=pi_low,
        pi_high=pi_high,
        full=criteria_of(solved, p + estimated, log_det_v, restricted=False),
        restricted=criteria_of(solved, p + estimated, log_det_v, restricted=True),
        qe=qe,
        qe_df=k - p,
        qe_p=None if qe is None else float(chi2_tail(qe, k - p)),
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        method=method,
        test=test,
        level=level,
        dfs=dfs if isinstance(dfs, str) else tuple(np.atleast_1d(dfs).tolist()),
        ddf=ddf,
        yi=effects.y,
        slab=effects.slab,
        rows=effects.rows,
        blocks=_blocks(solved),
        coder=matrix.coder,
        solved=solved,
        notes=(*notes, *cautions),
    )


def _blocks(solved: Solved) -> tuple[IntArray, ...]:
    """Rows in sets that are independent of each other."""
    layout = solved.likelihood.layout
    if layout.width == 0:
        return rows_of(layout.block)
    return independent_rows(solved.model.known, solved.model.terms)


def _ddf(
    dfs: str | float | Sequence[float], x: FloatArray, terms: Sequence[Term]
) -> tuple[float, ...]:
    """Degrees of freedom of each coefficient, never below 1."""
    k, p = x.shape
    if not isinstance(dfs, str):
        values = np.atleast_1d(np.asarray(dfs, dtype=np.float64))
        if values.size == 1:
            values = np.full(p, values[0])
        if values.size != p or not (values > 0.0).all():
            raise InputError(f"`dfs` holds {dfs}; it takes one number above 0, or {p} of them.")
        return tuple(float(value) for value in values)
    check_choice("rule for degrees of freedom", dfs, ("residual", "contain"))
    if dfs == "residual":
        return tuple([float(max(k - p, 1))] * int(p))
    groupings = [term.group for term in terms]
    found = []
    for column in x.T:
        sizes = [int(g.max()) + 1 for g in groupings if _constant_within(column, g)]
        found.append(float(max(min(sizes, default=k) - p, 1)))
    return tuple(found)


def _constant_within(column: FloatArray, group: npt.NDArray[np.intp]) -> bool:
    first = np.zeros(int(group.max()) + 1)
    first[group] = column
    return bool(np.array_equal(first[group], column))


def _joint(
    solved: Solved, names: tuple[str, ...], ddf: tuple[float, ...] | None
) -> tuple[float, tuple[int, float | None], float]:
    """Test all coefficients but the intercept together; the intercept where it is alone."""
    which = [index for index, name in enumerate(names) if name != INTERCEPT] or [0]
    m = len(which)
    beta, vb = solved.beta[which], solved.vb[np.ix_(which, which)]
    se = np.sqrt(np.diagonal(vb))
    scaled = beta / se
    q = float(scaled @ np.linalg.solve(vb / np.outer(se, se), scaled))
    if ddf is None:
        return q, (m, None), float(chi2_tail(q, m))
    df = min(ddf[index] for index in which)
    return q / m, (m, df), float(f_tail(q / m, m, df))


def _total_variance(solved: Solved) -> float | None:
    """Variance of a true effect around the mean; None where it depends on the level."""
    total = 0.0
    for term, values, one in zip(
        solved.model.terms,
        solved.model.reported(solved.maximum.point.at),
        solved.model.parametrizations,
        strict=True,
    ):
        if one.variances > 1 or term.columns is not None:
            return None
        total += float(values[0])
    return total
