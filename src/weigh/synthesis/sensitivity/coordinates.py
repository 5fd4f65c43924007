"""Where studies stand in Baujat's plot and in the radial plot: the numbers, not the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import normal_quantile
from weigh.synthesis.inputs import check_level
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import model_of, refit_without_each

__all__ = ["BaujatPoints", "RadialPoints", "baujat", "galbraith", "radial"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaujatPoints:
    """Coordinates of Baujat's plot, one entry a study.

    Parameters
    ----------
    slab
        Names of the studies.
    heterogeneity
        Across: squared distance from the fit over the variance that the model gives the study. In
        a model without tau2 these are its contributions to Q.
    influence
        Up: squared shift of the study's fitted value when it is left out, over the variance of
        that value without it. NaN where a regression cannot do without the study.
    """

    slab: tuple[str, ...]
    heterogeneity: FloatArray
    influence: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RadialPoints:
    """Coordinates of the radial (Galbraith) plot, one entry a study.

    Parameters
    ----------
    slab
        Names of the studies.
    x
        Precision: 1 / sqrt(vi + tau2).
    z
        Effect over the same standard error; a line from the origin to a study has its effect (less
        `centre`) as slope.
    slope
        Slope of the line of the pooled effect.
    band
        Half the vertical width of the band around that line that holds `level` of the studies if
        the model is right.
    outside
        Whether a study lies outside the band.
    centre
        What was subtracted from the effects.
    level
        Level of the band.
    """

    slab: tuple[str, ...]
    x: FloatArray
    z: FloatArray
    slope: float
    band: float
    outside: npt.NDArray[np.bool_]
    centre: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def baujat(fit: Pooled) -> BaujatPoints:
    """Which studies make the heterogeneity, and which move the result.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`. The plot of the paper is that of ``method="EE"``.

    Returns
    -------
    BaujatPoints
        The coordinates of metafor's ``baujat()``.

    References
    ----------
    :cite:t:`baujat2002`.

    Examples
    --------
    >>> from weigh import pool
    >>> fit = pool([0.0, 0.0, 1.0], [0.1, 0.1, 0.1], method="EE")
    >>> baujat(fit).heterogeneity.round(3).tolist()
    [1.111, 1.111, 4.444]
    """
    model = model_of(fit, "Baujat's plot")
    if model.k < 2:
        raise StatisticsError("There is one study; without it nothing is left to compare with.")
    without = refit_without_each(model)
    residual = fit.yi - model.x @ model.beta
    shift = np.einsum("kp,kp->k", model.x, model.beta - without.beta)
    spread = np.einsum("kp,kpq,kq->k", model.x, without.vb, model.x)
    with np.errstate(divide="ignore", invalid="ignore"):
        influence = np.square(shift) / spread
    return BaujatPoints(
        slab=fit.slab,
        heterogeneity=np.square(residual) / (fit.vi + fit.tau2),
        influence=influence,
    )


def radial(fit: Pooled, *, centred: bool = False, level: float | None = None) -> RadialPoints:
    """Precise studies far out, imprecise ones near the origin, the pooled effect as a line.

    Parameters
    ----------
    fit
        One pooled effect.
    centred
        Whether to count effects from the pooled one, which lays the line flat.
    level
        Level of the band; by default that of the fit.

    Returns
    -------
    RadialPoints
        The coordinates. The plot that Galbraith drew is that of a model without tau2.

    References
    ----------
    :cite:t:`galbraith1988`.

    Examples
    --------
    >>> from weigh import pool
    >>> points = radial(pool([0.2, 0.4], [0.04, 0.01], method="EE"))
    >>> points.x.round(3).tolist(), points.z.round(3).tolist(), round(points.slope, 3)
    ([5.0, 10.0], [1.0, 4.0], 0.36)
    """
    model_of(fit, "The radial plot")
    if fit.is_regression:
        raise InputError(
            "The radial plot shows one pooled effect as a line, and a regression has several.",
            hint="rstandard(fit) gives the residuals of a regression.",
        )
    level = fit.level if level is None else check_level(level)
    centre = fit.estimate if centred else 0.0
    x = 1.0 / np.sqrt(fit.vi + fit.tau2)
    z = (fit.yi - centre) * x
    slope = fit.estimate - centre
    band = float(normal_quantile(0.5 + 0.5 * level))
    return RadialPoints(
        slab=fit.slab,
        x=x,
        z=z,
        slope=slope,
        band=band,
        outside=np.abs(z - slope * x) > band,
        centre=centre,
        level=level,
    )


galbraith = radial
