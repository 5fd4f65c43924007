"""Robust variance estimation with the weights of Hedges, Tipton and Johnson.

Two rough models of dependence that need no more than a variance an effect: correlated effects,
several of one sample, and hierarchical effects, several samples of one team. Weights follow the
model, and the robust variance holds where the model does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.figures import amount
from weigh.synthesis.grouping import Groups
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.moderators import INTERCEPT
from weigh.synthesis.regression import complete_matrix, redundant_note
from weigh.synthesis.robust.coefficients import RobustCoefficient
from weigh.synthesis.robust.fitting import robustly
from weigh.synthesis.robust.joint import RobustWald
from weigh.synthesis.robust.labels import cluster_groups
from weigh.synthesis.robust.model import clustered
from weigh.synthesis.robust.result import Robust
from weigh.synthesis.robust.sandwich import sandwich

__all__ = ["RobustEffects", "rve", "weigh_by_moments"]

FloatArray = npt.NDArray[np.float64]

_MODELS = ("CORR", "HIER")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustEffects:
    """Dependent effects pooled, or regressed on moderators, by robust variance estimation.

    Parameters
    ----------
    model
        ``"CORR"``: correlated effects. ``"HIER"``: hierarchical effects.
    rho
        Correlation of effects in a cluster that tau2 is worked out with (CORR); None for HIER.
    tau2
        Variance between clusters.
    omega2
        Variance between effects of one cluster (HIER); None for CORR.
    i2
        Share of Q that chance does not account for, in percent (CORR); None for HIER.
    robust
        The coefficients with their robust tests.
    yi, vi, design
        (k,) effects and variances used, (k, p) model matrix.
    groups
        The clusters.
    weights
        (k,) weight of each effect.
    rows
        (k,) its row in the input.
    """

    model: str
    rho: float | None
    tau2: float
    omega2: float | None
    i2: float | None
    robust: Robust
    yi: FloatArray
    vi: FloatArray
    design: FloatArray
    groups: Groups = field(repr=False)
    weights: FloatArray
    rows: npt.NDArray[np.intp]

    @property
    def coefficients(self) -> tuple[RobustCoefficient, ...]:
        """The coefficients, each with its robust test."""
        return self.robust.coefficients

    def wald(
        self,
        which: str | int | Sequence[str | int] | None = None,
        *,
        contrast: Any = None,
        value: float | Sequence[float] = 0.0,
        test: str | None = None,
        level: float | None = None,
    ) -> RobustWald:
        """Test coefficients, or combinations of them, together: see `Robust.wald`."""
        return self.robust.wald(which, contrast=contrast, value=value, test=test, level=level)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: what is undefined is None."""
        return {
            "model": self.model,
            "rho": self.rho,
            "tau2": self.tau2,
            "omega2": self.omega2,
            "i2": self.i2,
            **self.robust.to_dict(),
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a coefficient."""
        return self.robust.to_frame(backend)

    def summary(self, *, digits: int = 4) -> str:
        """The fit as a statistician's printout, on the analysis scale."""
        if self.model == "CORR":
            assert self.i2 is not None
            head = f"Correlated effects, rho = {self.rho:g}"
            spread = f"tau² {amount(self.tau2, digits)}, I² {amount(self.i2, 2)}%"
        else:
            assert self.omega2 is not None
            head = "Hierarchical effects"
            spread = f"tau² {amount(self.tau2, digits)}, omega² {amount(self.omega2, digits)}"
        return "\n".join([head, spread, "", self.robust.summary(digits=digits)])


def rve(
    yi: Any,
    vi: Any,
    cluster: Any,
    *,
    mods: Any = None,
    data: Any = None,
    intercept: bool = True,
    model: str = "CORR",
    rho: float = 0.8,
    small_sample: bool = True,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> RobustEffects:
    """Pool dependent effects by robust variance estimation, without a model of their dependence.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects on the analysis scale (log for ratio measures) and their sampling variances. Rows
        where either, or a moderator, is missing are left out, with a note.
    cluster : (n,) array_like
        A label for each: the sample, study or team that it comes from.
    mods, data, intercept, slab
        As in `weigh.pool`.
    model
        ``"CORR"``: effects of a cluster share its sampling error; each weighs 1 / (n (v + tau2))
        with n the effects of its cluster and v their mean variance. ``"HIER"``: effects of a
        cluster are of different samples; each weighs 1 / (v + tau2 + omega2).
    rho
        Correlation of the effects of a cluster that tau2 of ``"CORR"`` is worked out with, 0 to 1.
        Estimates depend on it little: look at a few.
    small_sample
        True: CR2 with Satterthwaite's degrees of freedom. False: CR1p with t of J - p degrees of
        freedom, for some forty clusters and more.
    level
        Confidence level.

    Returns
    -------
    RobustEffects
        tau2 and omega2 are by the method of moments and 0 where that falls below.

    Raises
    ------
    InputError
        Lengths that differ, a missing label, a correlation outside 0 to 1.
    StatisticsError
        A variance that is not positive, a single cluster, more coefficients than clusters.

    References
    ----------
    :cite:t:`hedges2010`; :cite:t:`tipton2015`. It is what robumeta's ``robu`` does.

    Examples
    --------
    >>> found = rve(
    ...     [0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.7],
    ...     [0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.02],
    ...     ["a", "a", "b", "b", "c", "d", "e"],
    ... )
    >>> round(found.robust.estimate, 3), round(found.tau2, 3)
    (0.371, 0.037)
    """
    check_choice("model of dependence", model, _MODELS)
    level = check_level(level)
    if not 0.0 <= rho <= 1.0:
        raise InputError(f"`rho` is {rho:g}; effects of a cluster correlate by 0 to 1.")
    effects = check_effects(yi, vi, slab)
    if mods is None:
        x = np.ones((effects.y.size, 1))
        names: tuple[str, ...] = (INTERCEPT,)
        dropped: tuple[str, ...] = ()
    else:
        effects, matrix, dropped = complete_matrix(
            effects, np.size(yi), mods, data, intercept=intercept
        )
        x, names = matrix.x, matrix.names
    groups = cluster_groups(cluster, effects.rows)
    if groups.size.size <= x.shape[1]:
        raise StatisticsError(
            f"{groups.size.size} clusters cannot carry {x.shape[1]} coefficients.",
            hint="Take fewer moderators.",
        )
    found = weigh_by_moments(effects.y, effects.v, x, groups, model, rho)
    notes = effects.notes + ((redundant_note(dropped),) if dropped else ())
    fitted = clustered(
        effects.y, x, found.weights, 1.0 / found.weights, groups, names=names, level=level
    )
    return RobustEffects(
        model=model,
        rho=rho if model == "CORR" else None,
        tau2=found.tau2,
        omega2=found.omega2,
        i2=found.i2,
        robust=robustly(
            fitted,
            sandwich(fitted, "CR2" if small_sample else "CR1p"),
            test="Satterthwaite" if small_sample else "naive-tp",
            level=level,
            notes=notes,
        ),
        yi=effects.y,
        vi=effects.v,
        design=x,
        groups=groups,
        weights=found.weights,
        rows=effects.rows,
    )


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
