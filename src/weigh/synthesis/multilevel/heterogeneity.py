"""How much of the variability is between groups of each kind, beyond sampling error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.records import as_record

__all__ = ["MultilevelHeterogeneity", "multilevel_heterogeneity"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelHeterogeneity:
    """I² of a model of dependent effects, in percent.

    Parameters
    ----------
    total
        Of all random effects together; None where a variance depends on the level.
    names, shares
        The variances and the share of each (Nakagawa and Santos); of a variance that belongs to
        one level, its share among the effects of that level.
    typical_variance
        The typical sampling variance that they are compared with, for all effects.
    jackson
        How much of the coefficients' variance is due to the random effects, against a model
        without (Jackson, White and Riley); for several coefficients of all together.
    coefficients
        The same for each coefficient.
    """

    total: float | None
    names: tuple[str, ...]
    shares: tuple[float, ...]
    typical_variance: float
    jackson: float
    coefficients: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def multilevel_heterogeneity(fit: Multilevel) -> MultilevelHeterogeneity:
    """I² by random effect, and of the coefficients.

    Parameters
    ----------
    fit
        A fit of `multilevel` with random effects.

    Returns
    -------
    MultilevelHeterogeneity
        With one random intercept for each effect the total is the I² of `weigh.pool`.

    Raises
    ------
    StatisticsError
        A sampling covariance without an inverse.

    References
    ----------
    By random effect :cite:t:`nakagawa2012`, with the typical variance of :cite:t:`higgins2002`
    for correlated effects; by coefficient :cite:t:`jackson2012`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": list("aabbcc")})
    >>> round(multilevel_heterogeneity(fit).total, 1)
    60.0
    """
    variances = [one for one in fit.components if one.kind in ("sigma2", "tau2", "gamma2")]
    if not variances:
        raise InputError("This model has no random effects, so none of its variance is theirs.")
    projected, vb = _projection(fit)
    typical = float((fit.k - len(fit.names)) / projected.sum())
    by_level = any(one.levels for one in variances)
    whole = sum(one.value for one in variances if not one.levels)
    shares = []
    for one in variances:
        beside = typical
        if one.levels:
            beside = _typical_of_level(fit, one.term, one.levels[0], projected, typical)
            shares.append(100.0 * one.value / (one.value + whole + beside))
        else:
            shares.append(100.0 * one.value / (whole + typical))
    size = len(fit.names)
    ratio = np.linalg.slogdet(vb)[1] - np.linalg.slogdet(fit.vb)[1]
    each = 100.0 * (1.0 - np.diagonal(vb) / np.diagonal(fit.vb))
    return MultilevelHeterogeneity(
        total=None if by_level else 100.0 * whole / (whole + typical),
        names=tuple(one.name for one in variances),
        shares=tuple(shares),
        typical_variance=typical,
        jackson=max(0.0, 100.0 * (1.0 - float(np.exp(ratio / size)))),
        coefficients=tuple(max(0.0, float(value)) for value in each),
    )


def _projection(fit: Multilevel) -> tuple[FloatArray, FloatArray]:
    """Diagonal of W - W X (X'WX)^-1 X'W for the model without random effects; (X'WX)^-1."""
    v = fit.solved.model.known
    unit = fit.solved.model.unit
    x = fit.design
    diagonal = np.zeros(fit.k)
    weighted = np.zeros_like(x)
    for block in fit.blocks:
        covariance = v.take(block).dense() * unit**2
        try:
            np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            raise StatisticsError(
                "The sampling covariance has no inverse, so there is no typical variance."
            ) from None
        w = np.linalg.inv(covariance)
        diagonal[block] = np.diagonal(w)
        weighted[block] = w @ x[block]
    vb = np.asarray(np.linalg.inv(x.T @ weighted), dtype=np.float64)
    taken = np.einsum("ip,pq,iq->i", weighted, vb, weighted)
    return np.asarray(diagonal - taken), vb


def _typical_of_level(
    fit: Multilevel, term: str, level: str, projected: FloatArray, typical: float
) -> float:
    """Typical sampling variance of the effects of one level."""
    for one in fit.solved.model.terms:
        if one.label == term and one.level is not None and level in one.levels:
            mine = one.level == one.levels.index(level)
            if mine.sum() > 1:
                return float((mine.sum() - 1) / projected[mine].sum())
    return typical
