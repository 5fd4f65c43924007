"""Regressions of effects on moderators for many groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.designs import Designs, full_rank
from weigh.stats.tails import (
    chi2_tail,
    each_df,
    f_tail,
    t_quantile,
    two_sided_p,
    two_sided_quantile,
)
from weigh.synthesis.formulas import formula_matrix
from weigh.synthesis.grouping import Block, blocks, read_rows
from weigh.synthesis.inputs import check_choice, check_level, check_test
from weigh.synthesis.moderators import INTERCEPT, model_matrix
from weigh.synthesis.records import as_record
from weigh.synthesis.statistics import ROUNDING, q_profile
from weigh.synthesis.tau2 import COMMON_EFFECT, check_method, estimate_tau2, typical_variance

__all__ = ["RegressionBatch", "regress_many"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_TESTS = ("z", "t", "knha", "adhoc")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegressionBatch:
    """Regressions of many groups: the statistics of `Pooled` as arrays, a row a group.

    What is undefined is NaN: all of a group with no more studies than coefficients, or whose
    moderators do not vary independently of each other.

    Parameters
    ----------
    group, k
        Label and number of studies of each group.
    names
        Names of the coefficients.
    estimate, se, statistic, p, ci_low, ci_high
        (groups, p) coefficients and their tests.
    df
        Degrees of freedom of the t test; NaN for a normal one.
    tau2, tau2_se, tau2_ci_low, tau2_ci_high
        Between-study variance that is left.
    i2, h2, q, q_df, q_p
        Residual heterogeneity.
    qm, qm_p
        Joint test of all coefficients but the intercept: chi-squared, or F where there is `df`.
    r2
        Share of tau2 that the moderators account for, in percent.
    maxima, certified
        As in `PooledBatch`.
    """

    group: npt.NDArray[Any]
    k: IndexArray
    names: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    df: FloatArray
    tau2: FloatArray
    tau2_se: FloatArray
    tau2_ci_low: FloatArray
    tau2_ci_high: FloatArray
    i2: FloatArray
    h2: FloatArray
    q: FloatArray
    q_df: IndexArray
    q_p: FloatArray
    qm: FloatArray
    qm_p: FloatArray
    r2: FloatArray
    maxima: IndexArray
    certified: npt.NDArray[np.bool_]
    method: str
    test: str
    level: float
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.k.size

    def to_dict(self) -> dict[str, Any]:
        """The statistics as lists, ready for JSON: None for what is undefined."""
        return as_record(self)


_COEFFICIENTS = ("estimate", "se", "statistic", "p", "ci_low", "ci_high")
_NUMBERS = (
    *("df", "tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high", "i2", "h2"),
    *("q", "q_p", "qm", "qm_p", "r2"),
)


def regress_many(
    yi: Any,
    vi: Any,
    group: Any,
    mods: Any,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    intercept: bool = True,
    data: Any = None,
) -> RegressionBatch:
    """Regress the effects of each group on the same moderators, all groups at once.

    Every group gets the numbers that ``pool(..., mods=...)`` gives it alone, but for rounding.
    Groups may differ in size; they are worked through in blocks, so that memory stays bounded.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing, or a moderator,
        are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    mods, intercept, data
        As in `weigh.pool`, with a row for each effect. Categories are coded over all groups.
    method, level
        As in `weigh.pool`; methods that need weights are not available.
    test
        ``"z"``, ``"t"``, ``"knha"`` or ``"adhoc"``.

    Returns
    -------
    RegressionBatch
        One row a group, in order of first appearance.

    Raises
    ------
    InputError
        Lengths that differ, or a test or method that is for single regressions only.
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    References
    ----------
    As for ``weigh.pool``: :cite:t:`viechtbauer2010`; :cite:t:`knapp2003`.

    Examples
    --------
    >>> found = regress_many(
    ...     [0.1, 0.3, 0.5, 0.2, 0.2, 0.1], [0.02] * 6, list("aaabbb"), [1, 2, 3, 1, 2, 3]
    ... )
    >>> found.names, found.estimate.round(3).tolist()
    (('intercept', 'mod'), [[-0.1, 0.2], [0.267, -0.05]])
    """
    check_method(method)
    check_choice("test", test, (*_TESTS, "adhoc-ci", "iqwig", "kr"))
    check_test(method, test, moderated=True)
    if method in ("GENQ", "GENQM") or test == "kr":
        what = f"Method {method} needs weights of your own" if test != "kr" else "test='kr'"
        raise InputError(f"{what}: fit those regressions one by one.", hint="Take weigh.pool.")
    level = check_level(level)
    rows = np.size(yi)
    if isinstance(mods, str):
        matrix = formula_matrix(mods, data, rows)
    else:
        matrix = model_matrix(mods, rows, intercept=intercept)
    read = read_rows(yi, vi, group, matrix.x)
    x = matrix.x[read.groups.order]
    groups, p = read.groups, x.shape[1]
    count = groups.size.size
    out: dict[str, Any] = {name: np.full((count, p), np.nan) for name in _COEFFICIENTS}
    out |= {name: np.full(count, np.nan) for name in _NUMBERS}
    out["maxima"] = np.ones(count, dtype=np.intp)
    out["certified"] = np.ones(count, dtype=np.bool_)
    solved = np.zeros(count, dtype=np.bool_)
    enough = np.flatnonzero(groups.size > p)
    for block in blocks(groups, read.y, read.v, enough, width=p + 2):
        which, designs = _stacked(block, x)
        solved[which] = True
        if which.size:
            found = _solved(designs, method=method, test=test, level=level, names=matrix.names)
            for name, values in found.items():
                out[name][which] = values
    return RegressionBatch(
        group=groups.labels,
        k=groups.size,
        names=matrix.names,
        q_df=np.maximum(groups.size - p, 0),
        method=method,
        test=test,
        level=level,
        notes=(*read.notes, *_unsolved(int(np.count_nonzero(~solved)), p)),
        **out,
    )


def _stacked(block: Block, x: FloatArray) -> tuple[IndexArray, Designs]:
    """The groups of a block whose moderators vary independently, a design each."""
    matrices = np.where(block.inside[..., None], x[block.rows], 0.0).transpose(1, 0, 2)
    # Contiguous, so that sums run alike however many groups stand side by side.
    matrices = np.ascontiguousarray(matrices)
    good = np.flatnonzero(full_rank(matrices))
    y, v = (np.ascontiguousarray(values.T[good]) for values in (block.y, block.v))
    return block.which[good], Designs(y, v, matrices[good])


def _unsolved(count: int, p: int) -> tuple[str, ...]:
    if count == 0:
        return ()
    groups = "1 group has" if count == 1 else f"{count} groups have"
    return (
        f"{groups} no regression: there are no more studies than the {p} coefficients, or the "
        "moderators do not vary independently of each other.",
    )


def _solved(
    designs: Designs, *, method: str, test: str, level: float, names: tuple[str, ...]
) -> dict[str, Any]:
    """Regressions of full rank with more studies than coefficients; see `solution.solve`."""
    sets, df = designs.sets, designs.df
    nothing = np.full(sets, np.nan)
    q = designs.start.q
    found: dict[str, Any] = {}
    if method in COMMON_EFFECT:
        tau2 = np.zeros(sets)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            i2, h2 = np.where(q > df, 100.0 * (q - df) / q, 0.0), q / df
    else:
        estimated = estimate_tau2(designs, method)
        tau2, typical = estimated.value, typical_variance(designs)
        i2, h2 = 100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0
        low, high = q_profile(designs, level)
        found |= {"tau2_se": estimated.se, "tau2_ci_low": low, "tau2_ci_high": high}
        found |= {"maxima": estimated.maxima, "certified": estimated.certified}
    beta, vb = _coefficients(designs, tau2)
    if test in ("knha", "adhoc"):
        scale = designs.q(tau2)[0] / df
        scale = np.where(scale > ROUNDING, scale, 0.0)
        scale = np.maximum(scale, 1.0) if test == "adhoc" else scale
        vb = scale[:, None, None] * vb
    se = np.sqrt(np.diagonal(vb, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = beta / se
    if test == "z":
        ddf, half, p = None, two_sided_quantile(level) * se, two_sided_p(statistic)
    else:
        ddf = df
        critical = each_df(lambda known: t_quantile(known, 0.5 + 0.5 * level), df)
        half, p = critical[:, None] * se, two_sided_p(statistic, df[:, None])
    qm, qm_p = _joint_test(beta, vb, se, ddf, names)
    return found | {
        **{"estimate": beta, "se": se, "statistic": statistic, "p": p},
        **{"ci_low": beta - half, "ci_high": beta + half},
        **{"df": nothing if ddf is None else ddf, "tau2": tau2, "i2": i2, "h2": h2},
        **{"q": q, "q_p": chi2_tail(q, df), "qm": qm, "qm_p": qm_p},
        "r2": _r2(designs, tau2, q, method) if INTERCEPT in names else nothing,
    }


def _coefficients(designs: Designs, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted least squares of each design, and the covariance of its coefficients."""
    root = np.sqrt(1.0 / (designs.v + tau2[:, None]))
    basis, triangle = np.linalg.qr(root[..., None] * designs.x)
    inverse = np.linalg.inv(triangle)
    projected = np.swapaxes(basis, 1, 2) @ (root * designs.y)[..., None]
    return (inverse @ projected)[..., 0], inverse @ np.swapaxes(inverse, 1, 2)


def _joint_test(
    beta: FloatArray, vb: FloatArray, se: FloatArray, df: FloatArray | None, names: tuple[str, ...]
) -> tuple[FloatArray, FloatArray]:
    """Test all coefficients but the intercept together; NaN where the fit is exact."""
    tested = np.array([i for i, name in enumerate(names) if name != INTERCEPT] or [0])
    size = se[:, tested]
    exact = np.asarray(~(size > 0.0).all(axis=1))
    size = np.where(exact[:, None], 1.0, size)
    # In units of the standard errors, so that moderators of any size are on one footing.
    scaled = beta[:, tested] / size
    shape = vb[:, tested[:, None], tested] / (size[:, :, None] * size[:, None, :])
    shape[exact] = np.eye(tested.size)
    q = np.einsum("np,np->n", scaled, np.linalg.solve(shape, scaled[..., None])[..., 0])
    q = np.where(exact, np.nan, q)
    if df is None:
        return q, np.asarray(chi2_tail(q, float(tested.size)))
    f = q / tested.size
    return f, np.asarray(f_tail(f, float(tested.size), df))


def _r2(designs: Designs, tau2: FloatArray, q: FloatArray, method: str) -> FloatArray:
    """Share of tau2 that the moderators account for; see `regression`."""
    ones = np.isfinite(designs.v).astype(np.float64)[..., None]
    alone = Designs(designs.y, designs.v, ones)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method in COMMON_EFFECT:
            total = alone.start.q
            share = 100.0 * (1.0 - (q / designs.df) / (total / alone.df))
            return np.where(total > 0.0, np.maximum(share, 0.0), np.nan)
        without = estimate_tau2(alone, method).value
        share = np.maximum(100.0 * (1.0 - tau2 / without), 0.0)
    return np.where(without > 0.0, share, 0.0)
