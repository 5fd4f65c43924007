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
from weigh.synthesis.inputs import check_choice, check_effects, check_level, check_number
from weigh.synthesis.moderators import INTERCEPT
from weigh.synthesis.regression import complete_matrix, redundant_note
from weigh.synthesis.robust.coefficients import RobustCoefficient
from weigh.synthesis.robust.fitting import robustly
from weigh.synthesis.robust.joint import RobustWald
from weigh.synthesis.robust.labels import cluster_groups
from weigh.synthesis.robust.model import clustered
from weigh.synthesis.robust.result import Robust
from weigh.synthesis.robust.sandwich import sandwich
from weigh.synthesis.robust.weights import weigh_by_moments

__all__ = ["RobustEffects", "rve"]

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

    def at_rho(self, rho: float) -> RobustEffects:
        """The same of correlated effects with another correlation, to see how little it matters.

        Parameters
        ----------
        rho
            0 to 1.
        """
        if self.model != "CORR":
            raise InputError("Hierarchical effects have no `rho`; it is of model='CORR'.")
        _refuse_rho(rho)
        robust = self.robust
        given = _Given(self.yi, self.vi, self.design, robust.names, self.groups, self.rows)
        return _estimated(
            given,
            model=self.model,
            rho=rho,
            type=robust.type,
            test=robust.test,
            level=robust.level,
            notes=(),
        )

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
    _refuse_rho(rho)
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
    notes = effects.notes + ((redundant_note(dropped),) if dropped else ())
    return _estimated(
        _Given(effects.y, effects.v, x, names, groups, effects.rows),
        model=model,
        rho=rho,
        type="CR2" if small_sample else "CR1p",
        test="Satterthwaite" if small_sample else "naive-tp",
        level=level,
        notes=notes,
    )


def _estimated(
    given: _Given,
    *,
    model: str,
    rho: float,
    type: str,
    test: str,
    level: float,
    notes: tuple[str, ...],
) -> RobustEffects:
    found = weigh_by_moments(given.y, given.v, given.x, given.groups, model, rho)
    fitted = clustered(
        given.y,
        given.x,
        found.weights,
        1.0 / found.weights,
        given.groups,
        names=given.names,
        level=level,
    )
    return RobustEffects(
        model=model,
        rho=rho if model == "CORR" else None,
        tau2=found.tau2,
        omega2=found.omega2,
        i2=found.i2,
        robust=robustly(fitted, sandwich(fitted, type), test=test, level=level, notes=notes),
        yi=given.y,
        vi=given.v,
        design=given.x,
        groups=given.groups,
        weights=found.weights,
        rows=given.rows,
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """Effects with nothing missing: variances, model matrix and its names, clusters, rows."""

    y: FloatArray
    v: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    groups: Groups
    rows: npt.NDArray[np.intp]


def _refuse_rho(rho: float) -> None:
    if not 0.0 <= check_number(rho, "rho") <= 1.0:
        raise InputError(f"`rho` is {rho:g}; effects of a cluster correlate by 0 to 1.")
