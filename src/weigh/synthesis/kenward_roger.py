r"""Kenward and Roger's small-sample inference for a regression over studies.

The effects vary by :math:`\Sigma = V + \tau^2 I` with V known and diagonal, so that there is one
variance to estimate, the second derivatives of Kenward and Roger's formulas vanish, and everything
is made of :math:`X'\Sigma^{-j}X` for j = 1, 2, 3. For one pooled effect there is a form of its own
in `weigh.synthesis.statistics`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.stats.tails import chi2_tail, f_tail

__all__ = ["Adjusted", "ScaledF", "adjust", "adjusted_of"]

FloatArray = npt.NDArray[np.float64]

# Below this a difference of two numbers near 1 is what rounding left of 0.
ROUNDING_LEFT = 1e-9


@dataclass(frozen=True, slots=True)
class ScaledF:
    """An F test whose denominator degrees of freedom and scale are made to fit two moments.

    `f` is the scaled statistic. All are None where no F distribution has those moments, which can
    happen when tau2 is all but unknown.
    """

    f: float | None
    df: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Covariance of coefficients that allows for tau2 being estimated, and what goes with it.

    Parameters
    ----------
    vb
        (p, p) adjusted covariance.
    plain
        (p, p) covariance as if tau2 were known.
    change
        (p, p) derivative of `plain` by tau2.
    spread
        Variance of tau2, by the expected information of the restricted likelihood.
    """

    vb: FloatArray
    plain: FloatArray
    change: FloatArray
    spread: float

    def df(self, rows: FloatArray) -> FloatArray:
        """Degrees of freedom of the t test of each linear combination of coefficients.

        Parameters
        ----------
        rows
            (m, p) combinations, none of them zero.
        """
        variance = np.einsum("mp,pq,mq->m", rows, self.plain, rows)
        slope = np.einsum("mp,pq,mq->m", rows, self.change, rows)
        # Where tau2 has no say in a variance, that variance is known.
        with np.errstate(divide="ignore"):
            found: FloatArray = 2.0 * variance**2 / (self.spread * slope**2)
        return found

    def joint(self, values: FloatArray, rows: FloatArray) -> ScaledF:
        """Test linear combinations of coefficients together against zero.

        Parameters
        ----------
        values
            (m,) combinations as estimated.
        rows
            (m, p) combinations, linearly independent.
        """
        m = float(values.size)
        wald = float(values @ np.linalg.solve(rows @ self.vb @ rows.T, values)) / m
        inside = np.linalg.solve(rows @ self.plain @ rows.T, rows @ self.change @ rows.T)
        a1 = self.spread * float(np.trace(inside)) ** 2
        a2 = self.spread * float(np.trace(inside @ inside))
        scale, df = _two_moments(a1, a2, m)
        if not (df > 0.0 and 0.0 < scale < np.inf):
            return ScaledF(None, None, None)
        f = scale * wald
        return ScaledF(f, df, float(chi2_tail(m * f, m) if np.isinf(df) else f_tail(f, m, df)))


def _two_moments(a1: float, a2: float, m: float) -> tuple[float, float]:
    """Scale and denominator degrees of freedom that give F its mean and variance.

    Kenward and Roger chose the constants so that two cases where F is exact come out exactly. For
    equally precise studies that is F with k - p degrees of freedom, here down to k - p = 1: the
    moments of F do not exist below 5, and their ratios go on.
    """
    if m == 1.0 or a2 == 0.0:
        with np.errstate(divide="ignore"):
            return 1.0, float(np.divide(2.0 * m, a2))
    b = (a1 + 6.0 * a2) / (2.0 * m)
    g = ((m + 1.0) * a1 - (m + 4.0) * a2) / ((m + 2.0) * a2)
    rest = 3.0 * m + 2.0 * (1.0 - g)
    c1, c2, c3 = g / rest, (m - g) / rest, (m + 2.0 - g) / rest
    # One over the mean of F, and what stands for its square in the variance; both vanish together
    # at two degrees of freedom.
    mean_inverse, beside, room = 1.0 - a2 / m, 1.0 - c2 * b, 1.0 - c3 * b
    ratio = mean_inverse / beside if abs(beside) > ROUNDING_LEFT else 1.0
    df = 4.0 + (m + 2.0) * room / ((1.0 + c1 * b) * ratio**2 - room)
    scale = df * mean_inverse / (df - 2.0) if abs(df - 2.0) > ROUNDING_LEFT else 1.0
    return scale, df


def adjust(design: Design, tau2: float) -> Adjusted:
    """Adjust the covariance of the coefficients of a REML fit.

    Parameters
    ----------
    design
        The effects and the model matrix.
    tau2
        Between-study variance by REML.

    References
    ----------
    :cite:t:`kenward1997`, equations 3 to 8 with one variance parameter.
    """
    w = 1.0 / (design.v + tau2)
    root = np.sqrt(w)
    basis, triangle = np.linalg.qr(root[:, None] * design.x)
    inverse = np.linalg.inv(triangle)
    spread = 2.0 / float(design.score(np.array([tau2]), restricted=True).trace2[0])
    first = basis.T @ (w[:, None] * basis)
    # X'Σ⁻³X less its part in the span of X'Σ⁻²X, as a sum of squares: the difference itself would
    # cancel where the studies are equally precise and there is nothing to adjust.
    outside = w[:, None] * basis - basis @ first
    plain = inverse @ inverse.T
    extra = inverse @ (outside.T @ outside) @ inverse.T
    return Adjusted(
        vb=plain + 2.0 * spread * extra,
        plain=plain,
        change=inverse @ first @ inverse.T,
        spread=spread,
    )


def adjusted_of(fit: Pooled) -> Adjusted | None:
    """Return the adjustment that a regression was fitted with; None where it was fitted without."""
    if fit.test != "kr" or fit.design is None or not fit.is_regression:
        return None
    return adjust(Design(fit.yi, fit.vi, fit.design), fit.tau2)
