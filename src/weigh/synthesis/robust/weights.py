"""Variance components of dependent effects by the method of moments, and weights from them.

After Hedges, Tipton and Johnson, for two rough models of dependence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.synthesis.grouping import Groups

__all__ = ["RoughWeights", "weigh_by_moments"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoughWeights:
    """Variance components by the method of moments, and the weights that they give."""

    tau2: float
    omega2: float | None
    i2: float | None
    weights: FloatArray


def weigh_by_moments(
    y: FloatArray, v: FloatArray, x: FloatArray, groups: Groups, model: str, rho: float
) -> RoughWeights:
    """Estimate variance components, and weigh effects by them; arguments as in `rve`, checked."""
    sums = _Sums.of(y, v, x, groups, model)
    return _correlated(sums, rho) if model == "CORR" else _hierarchical(sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """A first fit, with weights that know no variance components.

    Parameters
    ----------
    v, w, x
        (k,) variances and weights, (k, p) model matrix.
    code, n
        (k,) number of each effect's cluster; (J,) effects of each cluster.
    mean_v
        (k,) mean variance of each effect's cluster.
    inverse, residuals
        (p, p) inverse of X'WX, and (k,) residuals.
    """

    v: FloatArray
    w: FloatArray
    x: FloatArray
    code: npt.NDArray[np.intp]
    n: FloatArray
    mean_v: FloatArray
    inverse: FloatArray
    residuals: FloatArray

    @staticmethod
    def of(y: FloatArray, v: FloatArray, x: FloatArray, groups: Groups, model: str) -> _Sums:
        code = np.empty(y.size, dtype=np.intp)
        code[groups.order] = np.repeat(np.arange(groups.size.size), groups.size)
        n = groups.size.astype(np.float64)
        mean_v = (np.bincount(code, v) / n)[code]
        w = 1.0 / (n[code] * mean_v) if model == "CORR" else 1.0 / v
        root = np.sqrt(w)
        basis, triangle = np.linalg.qr(root[:, None] * x)
        beta = np.linalg.solve(triangle, basis.T @ (root * y))
        inverse = np.linalg.inv(triangle)
        return _Sums(
            v=v,
            w=w,
            x=x,
            code=code,
            n=n,
            mean_v=mean_v,
            inverse=inverse @ inverse.T,
            residuals=y - x @ beta,
        )

    def within(self, values: FloatArray) -> FloatArray:
        """(J, p) sums over each cluster of the model matrix times (k,) values."""
        total = np.zeros((self.n.size, self.x.shape[1]))
        np.add.at(total, self.code, values[:, None] * self.x)
        return total

    def trace(self, middle: FloatArray) -> float:
        """Trace of the inverse of X'WX times a (p, p) matrix."""
        return float(np.sum(self.inverse * middle.T))


def _correlated(sums: _Sums, rho: float) -> RoughWeights:
    """The expectation of the residual sum of squares, solved for tau2."""
    # All effects of a cluster are taken to be as precise as they are on average.
    w, x, v = sums.w, sums.x, sums.mean_v
    q = float(np.sum(w * sums.residuals**2))
    clustered_x = sums.within(w)
    room = float(w.sum()) - sums.trace(clustered_x.T @ clustered_x)
    own = sums.trace(x.T @ ((w * w * v)[:, None] * x))
    errors = sums.within(w * np.sqrt(v))
    shared = sums.trace(errors.T @ errors) - own
    expected = sums.n.size - own - rho * shared
    tau2 = max((q - expected) / room, 0.0) if room > 0.0 else 0.0
    return RoughWeights(
        tau2=tau2,
        omega2=None,
        i2=max(100.0 * (q - expected) / q, 0.0) if q > 0.0 else 0.0,
        weights=1.0 / (sums.n[sums.code] * (sums.mean_v + tau2)),
    )


def _hierarchical(sums: _Sums) -> RoughWeights:
    """Expectations of two sums of squares, of effects and of cluster totals, solved together."""
    w, x, v, n = sums.w, sums.x, sums.v, sums.n
    if n.size == v.size:
        raise StatisticsError(
            "Each cluster has one effect, so nothing tells the variance within clusters from that "
            "between them.",
            hint="Take weigh.pool, or model='CORR'.",
        )
    effects = float(np.sum(w * sums.residuals**2))
    totals = float(np.sum(np.bincount(sums.code, sums.residuals) ** 2))
    plain, weighted = sums.within(np.ones_like(w)), sums.within(w)
    plain_square, weighted_square = plain.T @ plain, weighted.T @ weighted
    squared = x.T @ ((w * w)[:, None] * x)
    across = sums.inverse @ plain_square
    # What a unit of tau2, of omega2 and the sampling errors add to each sum of squares.
    total_tau = float(np.sum(n * n)) - 2.0 * sums.trace((n[:, None] * plain).T @ weighted)
    total_tau += sums.trace(weighted_square @ across)
    total_omega = float(v.size) - 2.0 * sums.trace(plain.T @ weighted)
    total_omega += sums.trace(squared @ across)
    total_chance = float(v.sum()) - float(np.trace(across))
    effect_tau = float(w.sum()) - sums.trace(weighted_square)
    effect_omega = float(w.sum()) - sums.trace(squared)
    effect_chance = float(v.size - x.shape[1])
    omega2 = (totals - total_chance) * effect_tau - (effects - effect_chance) * total_tau
    omega2 = max(omega2 / (total_omega * effect_tau - effect_omega * total_tau), 0.0)
    tau2 = max((effects - effect_chance - omega2 * effect_omega) / effect_tau, 0.0)
    return RoughWeights(tau2=tau2, omega2=omega2, i2=None, weights=1.0 / (v + tau2 + omega2))
