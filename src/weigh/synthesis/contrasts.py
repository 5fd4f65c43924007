"""Wald tests of some coefficients of a regression, or of linear combinations of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import chi2_tail, f_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.combinations import combinations_of, in_words, tested_against
from weigh.synthesis.fit_statistics import coefficients_of
from weigh.synthesis.inputs import check_level
from weigh.synthesis.kenward_roger import adjusted_of
from weigh.synthesis.records import as_record

__all__ = ["Contrast", "WaldTest", "wald_test"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One linear combination of coefficients, on the analysis scale, tested by itself.

    `value` is what the combination is tested against, `df` None for the normal distribution.
    """

    name: str
    estimate: float
    se: float
    value: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    df: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest:
    """Linear combinations of coefficients tested together, and each by itself.

    Parameters
    ----------
    statistic
        Chi-squared for a normal test, else F; None where undefined, and `notes` says why.
    df, df_residual
        Degrees of freedom: number of combinations; those of the denominator of F, None for
        chi-squared.
    p
        P value of `statistic`.
    contrasts
        Each combination by itself.
    level
        Confidence level of the intervals of `contrasts`.
    """

    statistic: float | None
    df: int
    df_residual: float | None
    p: float | None
    contrasts: tuple[Contrast, ...]
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def wald_test(
    fit: Pooled,
    which: str | int | Sequence[str | int] | None = None,
    *,
    contrast: Any = None,
    value: float | Sequence[float] = 0.0,
    level: float | None = None,
) -> WaldTest:
    """Test coefficients, or linear combinations of them, together and one by one.

    The test is that of the fit: chi-squared for ``test="z"``, F with k - p degrees of freedom for
    ``"t"``, ``"knha"`` and ``"adhoc"``, Kenward and Roger's F for ``"kr"``.

    Parameters
    ----------
    fit
        A pooled effect or a regression.
    which
        Coefficients by name, or by place counted from 0. A moderator that became several columns
        (``"form"`` for ``form[b]`` and ``form[c]``) stands for them all. By default all but the
        intercept.
    contrast
        Instead of `which`: a mapping of names to multipliers, or a list of such; or an (m, p)
        array, a row a combination, a column a coefficient in the order of ``fit.names``. A row may
        leave out the intercept, which then has no part in it.
    value
        What the combinations are tested against: one number, or one each.
    level
        Confidence level; that of the fit if not given.

    Returns
    -------
    WaldTest
        Undefined, with a note, where a standard error is 0.

    Raises
    ------
    NotFoundError
        No such coefficient.
    InputError
        Combinations that follow from each other, shapes that do not fit, a fit of counts.

    References
    ----------
    :cite:t:`viechtbauer2010`; :cite:t:`knapp2003` for F.

    Examples
    --------
    >>> from weigh.synthesis import pool
    >>> fit = pool(
    ...     [0.1, 0.3, 0.6, 0.5, 0.2, 0.9],
    ...     [0.02, 0.03, 0.02, 0.04, 0.03, 0.05],
    ...     mods={"form": ["a", "a", "b", "b", "c", "c"]},
    ... )
    >>> round(wald_test(fit, "form").p, 3)
    0.332
    >>> between = wald_test(fit, contrast={"form[b]": 1, "form[c]": -1})
    >>> between.contrasts[0].name, round(between.contrasts[0].estimate, 3)
    ('form[b] - form[c]', 0.049)
    """
    if fit.design is None or fit.vb is None:
        raise InputError(f"A {fit.method} fit pools counts and has no coefficients to combine.")
    rows = combinations_of(fit.names, which, contrast)
    level = fit.level if level is None else check_level(level)
    values = tested_against(value, rows)
    return _tested(fit, rows, values, level)


def _tested(fit: Pooled, rows: FloatArray, values: FloatArray, level: float) -> WaldTest:
    assert fit.vb is not None
    m = len(rows)
    estimate = rows @ coefficients_of(fit)
    covariance = rows @ fit.vb @ rows.T
    se = np.sqrt(np.diagonal(covariance))
    adjusted = adjusted_of(fit)
    ddf: Any = fit.df if adjusted is None else adjusted.df(rows)
    excess = estimate - values
    notes: tuple[str, ...] = ()
    statistic: float | None = None
    p: float | None = None
    residual = fit.df
    if not se.all():
        notes = ("A standard error is 0, so there is no test.",)
    elif adjusted is not None:
        joint = adjusted.joint(excess, rows)
        statistic, residual, p = joint.f, joint.df, joint.p
        if p is None:
            notes = ("tau2 is too uncertain for Kenward and Roger's F test of these together.",)
    else:
        scaled = excess / se
        q = float(scaled @ np.linalg.solve(covariance / np.outer(se, se), scaled))
        statistic = q if residual is None else q / m
        p = float(chi2_tail(q, m) if residual is None else f_tail(q / m, m, residual))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = excess / se
    half = two_sided_quantile(level, ddf) * se
    single_p = two_sided_p(each, ddf)
    freedom = np.broadcast_to(np.nan if ddf is None else ddf, m)
    return WaldTest(
        statistic=statistic,
        df=m,
        df_residual=residual,
        p=p,
        contrasts=tuple(
            Contrast(
                name=in_words(fit.names, rows[index]),
                estimate=float(estimate[index]),
                se=float(se[index]),
                value=float(values[index]),
                statistic=float(each[index]),
                p=float(single_p[index]),
                ci_low=float(estimate[index] - half[index]),
                ci_high=float(estimate[index] + half[index]),
                df=None if ddf is None else float(freedom[index]),
            )
            for index in range(m)
        ),
        level=level,
        notes=notes,
    )
