"""Models fitted again to effects drawn anew: what the wild bootstrap does to each kind of fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.grouping import Groups
from weigh.synthesis.multilevel import Multilevel
from weigh.synthesis.multilevel.model import solve_from
from weigh.synthesis.pooling import pool
from weigh.synthesis.robust.estimation import RobustEffects
from weigh.synthesis.robust.labels import cluster_groups
from weigh.synthesis.robust.model import Clustered, MarginalFit, clustered
from weigh.synthesis.robust.sandwich import adjustments
from weigh.synthesis.robust.weights import weigh_by_moments
from weigh.synthesis.sensitivity.refits import Model, model_of, refit

__all__ = ["Redrawn", "redrawn_of"]

FloatArray = npt.NDArray[np.float64]
Weights = Callable[[FloatArray], FloatArray]

# A correlation matrix of combinations whose smallest eigenvalue is below this is singular.
_SINGULAR = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A model that is fitted again to effects drawn anew.

    Parameters
    ----------
    y, x, names
        Effects and model matrix.
    code, groups
        (k,) number of each effect's cluster; the clusters.
    weigh
        Makes the weights of (n, k) effects, (n, k) or (n, k, k).
    null_weights
        Weights and covariance of the model with other columns.
    plain
        Whether the weights are a number an effect.
    """

    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    groups: Groups
    code: npt.NDArray[np.intp]
    weigh: Weights
    null_weights: Callable[[FloatArray, FloatArray], tuple[Any, Any]]
    plain: bool = True
    notes: tuple[str, ...] = ()

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.groups.size.size)

    @property
    def entries(self) -> int:
        """Numbers that one draw takes."""
        return int(self.x.size if self.plain else self.x.shape[0] ** 2)

    def statistics(self, y: FloatArray, rows: FloatArray, values: FloatArray) -> FloatArray:
        """Robust F of (n, k) effects; NaN where the covariance is singular."""
        weights = self.weigh(y)
        xw = self.x.T * weights[:, None, :] if weights.ndim == 2 else self.x.T @ weights
        xw = np.broadcast_to(xw, (len(y), *xw.shape[1:]))
        bread = np.linalg.inv(xw @ self.x)
        beta = np.einsum("npq,nqk,nk->np", bread, xw, y, optimize=True)
        left = y - beta @ self.x.T
        order = self.groups.order
        parts = (xw * left[:, None, :])[:, :, order]
        scores = rows @ bread @ np.add.reduceat(parts, self.groups.start, axis=2)
        factor = self.clusters / (self.clusters - 1.0)
        covariance = factor * scores @ scores.swapaxes(1, 2)
        se = np.sqrt(np.einsum("nqq->nq", covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = (beta @ rows.T - values) / se
            correlation = covariance / (se[:, :, None] * se[:, None, :])
        found = np.full(len(y), np.nan)
        good = np.isfinite(correlation).all(axis=(1, 2))
        values_of = np.linalg.eigvalsh(correlation[good])[:, 0]
        good[good] = values_of > _SINGULAR
        if good.any():
            solved = np.linalg.solve(correlation[good], scaled[good][:, :, None])[:, :, 0]
            found[good] = np.sum(scaled[good] * solved, axis=1) / len(rows)
        return found

    def null(
        self, rows: FloatArray, values: FloatArray, adjust: str
    ) -> tuple[FloatArray, FloatArray]:
        """Fitted values and adjusted residuals of the model in which the combinations hold."""
        offset = self.x @ np.linalg.lstsq(rows, values, rcond=None)[0]
        kernel = np.linalg.svd(rows)[2][len(rows) :]
        y = self.y - offset
        if not len(kernel):  # nothing is left to fit
            return offset, y
        x = np.linalg.qr(self.x @ kernel.T)[0]
        weights, covariance = self.null_weights(y, x)
        names = tuple(f"null {index}" for index in range(x.shape[1]))
        model: Clustered = clustered(
            y, x, weights, covariance, self.groups, names=names, level=0.95
        )
        unit = 2.0**model.exponent
        residuals = unit * model.residuals
        if adjust != "CR0":
            for part, one in zip(model.parts, adjustments(model, adjust).matrices, strict=True):
                residuals[part.rows] = one @ residuals[part.rows]
        return offset + unit * (x @ model.beta), residuals


def redrawn_of(fit: Pooled | RobustEffects | MarginalFit, cluster: Any) -> Redrawn:
    """Make ready to be fitted again; arguments as in `wild_bootstrap`."""
    if isinstance(fit, RobustEffects):
        if cluster is not None:
            raise InputError("A fit of `rve` has its clusters; leave out `cluster`.")
        return _rough(fit)
    if cluster is None:
        raise InputError(
            "There is no `cluster`: a label for each effect, of the study or sample it is from."
        )
    groups = cluster_groups(cluster, np.asarray(fit.rows))
    if isinstance(fit, Pooled):
        return _pooled(fit, groups)
    if isinstance(fit, Multilevel):
        return _multilevel(fit, groups)
    w, m = fit.W, fit.M
    dense = w if isinstance(w, np.ndarray) else w.toarray()
    return Redrawn(
        y=np.asarray(fit.yi),
        x=np.asarray(fit.design),
        names=fit.names,
        groups=groups,
        code=_code(groups, np.size(fit.yi)),
        weigh=lambda y: dense[None],
        null_weights=lambda y, x: (w, m),
        plain=False,
        notes=("The covariance of the effects is that of the fit at each draw.",),
    )


def _code(groups: Groups, k: int) -> npt.NDArray[np.intp]:
    code = np.empty(k, dtype=np.intp)
    code[groups.order] = np.repeat(np.arange(groups.size.size), groups.size)
    return code


def _rough(fit: RobustEffects) -> Redrawn:
    rho = 0.0 if fit.rho is None else fit.rho

    def weights_of(y: FloatArray, x: FloatArray) -> FloatArray:
        return weigh_by_moments(y, fit.vi, x, fit.groups, fit.model, rho).weights

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        found = weights_of(y, x)
        return found, 1.0 / found

    return Redrawn(
        y=fit.yi,
        x=fit.design,
        names=fit.robust.names,
        groups=fit.groups,
        code=_code(fit.groups, fit.yi.size),
        weigh=lambda y: np.array([weights_of(one, fit.design) for one in y]),
        null_weights=both,
    )


def _multilevel(fit: Multilevel, groups: Groups) -> Redrawn:
    """Components estimated anew at each draw, from those of the fit on."""
    model, start = fit.solved.model, [fit.solved.maximum.point.at]
    restricted = fit.method == "REML"

    def again(y: FloatArray, x: FloatArray) -> Multilevel | None:
        moved = replace(model, y=np.ldexp(y, -model.exponent), x=x)
        solved = solve_from(moved, start, restricted=restricted)
        return None if solved is None else replace(fit, solved=solved)

    def weigh(y: FloatArray) -> FloatArray:
        found = np.full((len(y), fit.k, fit.k), np.nan)
        for index, one in enumerate(y):
            fitted = again(one, model.x)
            if fitted is not None:
                found[index] = fitted.W
        return found

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        fitted = again(y, x)
        if fitted is None:
            raise StatisticsError(
                "The model without what is tested has no likelihood with a maximum."
            )
        return fitted.W, fitted.M

    return Redrawn(
        y=fit.yi,
        x=fit.design,
        names=fit.names,
        groups=groups,
        code=_code(groups, fit.k),
        weigh=weigh,
        null_weights=both,
        plain=False,
    )


def _pooled(fit: Pooled, groups: Groups) -> Redrawn:
    model: Model = replace(model_of(fit, "A wild bootstrap"), test="z")
    assert fit.design is not None  # `model_of` asks
    if fit.yi.size <= model.p:
        raise StatisticsError("As many coefficients as effects leave no residual to draw from.")

    def weigh(y: FloatArray) -> FloatArray:
        if fit.user_weights is not None:
            return np.broadcast_to(fit.user_weights, y.shape)
        every = np.broadcast_to(np.arange(y.shape[1]), y.shape)
        tau2 = refit(model, every, y=np.ldexp(y, -model.exponent)).tau2
        return np.asarray(1.0 / (fit.vi + tau2[:, None]))

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        again = pool(
            y, fit.vi, mods=x, intercept=False, method=fit.method, weights=fit.user_weights
        )
        covariance = fit.vi + again.tau2
        return (1.0 / covariance if fit.user_weights is None else fit.user_weights), covariance

    return Redrawn(
        y=fit.yi,
        x=fit.design,
        names=fit.names,
        groups=groups,
        code=_code(groups, fit.yi.size),
        weigh=weigh,
        null_weights=both,
    )
