"""One fitted line: coefficients, their covariance and tests, and the heterogeneity that is left.

`weigh.synthesis.regression` makes the model matrix beforehand and the result afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from weigh.stats.design import Design
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.kenward_roger import Adjusted, adjust
from weigh.synthesis.statistics import ROUNDING, q_profile
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2, typical_variance

__all__ = ["Solution", "Spread", "solve", "spread_of"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A fitted regression: coefficients, their tests, and the heterogeneity that is left.

    `df` is k - p, `ddf` the degrees of freedom of each coefficient's test (None: normal), and
    `adjusted` what Kenward and Roger's tests are made from.
    """

    beta: FloatArray
    vb: FloatArray
    se: FloatArray
    statistic: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    df: float
    ddf: FloatArray | None
    adjusted: Adjusted | None
    tau2: float
    tau2_se: float | None
    tau2_ci_low: float | None
    tau2_ci_high: float | None
    qe: float
    i2: float
    h2: float
    maxima: int
    certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The between-study variance, its standard error, and how the search for it went."""

    value: float = 0.0
    se: float | None = None
    maxima: int = 1
    certified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Coefficients, their covariance, tau2, and the Knapp-Hartung factor in the covariance."""

    beta: FloatArray
    vb: FloatArray
    tau2: float
    scale: float


def _line(design: Design, tau2: float, test: str, weights: FloatArray | None) -> _Line:
    beta, vb = _coefficients(design, tau2, weights)
    scale = 1.0
    if test in ("knha", "adhoc"):
        scale = float(design.q(np.array([tau2]))[0][0]) / float(design.df[0])
        scale = scale if scale > ROUNDING else 0.0
        scale = max(scale, 1.0) if test == "adhoc" else scale
    return _Line(beta=beta, vb=scale * vb, tau2=tau2, scale=scale)


def solve(
    design: Design, *, method: str, test: str, level: float, weights: FloatArray | None = None
) -> Solution:
    """Fit a regression whose model matrix has full rank and fewer columns than rows.

    Parameters
    ----------
    design
        The effects and the model matrix.
    method, test, level
        As in `weigh.pool`, checked.
    weights
        Weights of one's own; None for inverse variances.
    """
    df = float(design.df[0])
    weights = _moderate(weights)
    spread = spread_of(design, method, weights)
    low, high = (
        (None, None)
        if method in COMMON_EFFECT
        else (float(limit[0]) for limit in q_profile(design, level))
    )
    line = _line(design, spread.value, test, weights)
    beta, vb = line.beta, line.vb
    ddf = None if test == "z" else np.full(beta.size, df)
    adjusted = None
    if test == "kr":
        adjusted = adjust(design, spread.value)
        vb, ddf = adjusted.vb, adjusted.df(np.eye(beta.size))
    se = np.sqrt(np.diagonal(vb))
    half = two_sided_quantile(level, ddf) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = beta / se
    qe = float(design.q(np.zeros(1))[0][0])
    if method in COMMON_EFFECT:
        i2, h2 = (100.0 * (qe - df) / qe if qe > df else 0.0), qe / df
    else:
        typical = float(typical_variance(design)[0])
        i2, h2 = 100.0 * spread.value / (typical + spread.value), spread.value / typical + 1.0
    return Solution(
        beta=beta,
        vb=vb,
        se=se,
        statistic=statistic,
        p=np.asarray(two_sided_p(statistic, ddf)),
        ci_low=beta - half,
        ci_high=beta + half,
        df=df,
        ddf=ddf,
        adjusted=adjusted,
        tau2=spread.value,
        tau2_se=spread.se,
        tau2_ci_low=low,
        tau2_ci_high=high,
        qe=qe,
        i2=i2,
        h2=h2,
        maxima=spread.maxima,
        certified=spread.certified,
    )


@overload
def _moderate(weights: FloatArray) -> FloatArray: ...
@overload
def _moderate(weights: None) -> None: ...
def _moderate(weights: FloatArray | None) -> FloatArray | None:
    """Weights near 1: only their ratios count, and their squares should stay in floating point."""
    return None if weights is None else np.ldexp(weights, -int(np.frexp(weights.max())[1]))


def spread_of(design: Design, method: str, weights: FloatArray | None = None) -> Spread:
    """Estimate the between-study variance that is left beside a model matrix."""
    if method in COMMON_EFFECT:
        return Spread()
    if method in ("GENQ", "GENQM"):
        assert weights is not None  # `pool` refuses these methods without them
        form = GeneralizedQ(design, _moderate(weights))
        value = form.moment_estimate() if method == "GENQ" else form.solve(0.5)
        return Spread(value=value, se=form.se(value))
    found = estimate_tau2(design, method)
    return Spread(
        value=float(found.value[0]),
        se=float(found.se[0]),
        maxima=int(found.maxima[0]),
        certified=bool(found.certified[0]),
    )


def _coefficients(
    design: Design, tau2: float, weights: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Weighted least squares, and the covariance of its coefficients.

    With weights other than the inverse variances the covariance is the sandwich that the known
    variances give.
    """
    variance = design.v + tau2
    root = np.sqrt(1.0 / variance if weights is None else weights)
    basis, triangle = np.linalg.qr(root[:, None] * design.x)
    beta = np.linalg.solve(triangle, basis.T @ (root * design.y))
    inverse = np.linalg.inv(triangle)
    if weights is None:
        return beta, inverse @ inverse.T
    spread = (root * root * variance)[:, None] * basis
    return beta, inverse @ (basis.T @ spread) @ inverse.T
