"""What each study does to a fit: residuals, distances and what changes without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import (
    Model,
    Refits,
    model_of,
    refit_without_each,
    stretches,
)

__all__ = ["Influence", "Residuals", "flagged", "influence", "rstandard"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """What each study does to a fit, one entry a study.

    NaN where leaving a study out leaves a coefficient that cannot be estimated.

    Parameters
    ----------
    slab
        Names of the studies.
    rstudent
        Externally standardized residual: how far the study lies from what the others predict.
    dffits
        By how many standard deviations its own fitted value moves when it is left out.
    cook_d
        Cook's distance: how far all coefficients together move.
    cov_ratio
        Determinant of the covariance of the coefficients without the study, over that with it;
        below 1 the fit is more precise without the study.
    tau2_deleted, q_deleted
        tau2, and Q (with moderators the residual one), without the study.
    hat
        Share of its own fitted value that comes from the study itself.
    weight
        Its weight in percent.
    dfbetas
        (k, p) by how many standard deviations each coefficient moves.
    names
        Names of the coefficients.
    influential
        Whether the study passes one of the lines: `dffits` beyond 3 sqrt(p / (k - p)), `cook_d`
        beyond the median of the chi-squared distribution with p degrees of freedom, `hat` beyond
        3 p / k, or one of `dfbetas` beyond 1. They are lines to look closer, not to leave a study
        out.
    """

    slab: tuple[str, ...]
    rstudent: FloatArray
    dffits: FloatArray
    cook_d: FloatArray
    cov_ratio: FloatArray
    tau2_deleted: FloatArray
    q_deleted: FloatArray
    hat: FloatArray
    weight: FloatArray
    dfbetas: FloatArray
    names: tuple[str, ...]
    influential: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Residuals:
    """Residuals of a fit, their standard errors, and one over the other; one entry a study."""

    slab: tuple[str, ...]
    residual: FloatArray
    se: FloatArray
    z: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True)
class _Solver:
    """(X'WX)^-1 X'W of a model at some tau2, in the unit of the model.

    `gain` is (..., p, k): coefficients are gain times effects.
    """

    gain: FloatArray
    variance: FloatArray

    @classmethod
    def of(cls, model: Model, tau2: FloatArray) -> _Solver:
        """Make one for each entry of tau2."""
        variance = model.v + tau2[..., None]
        weights = model.weights
        root = np.sqrt(
            1.0 / variance if weights is None else np.broadcast_to(weights, variance.shape)
        )
        basis, triangle = np.linalg.qr(root[..., None] * model.x)
        inverse = np.linalg.inv(triangle)
        return cls((inverse @ np.swapaxes(basis, -1, -2)) * root[..., None, :], variance)

    def covariance(self) -> FloatArray:
        """Covariance of the coefficients."""
        return (self.gain * self.variance[..., None, :]) @ np.swapaxes(self.gain, -1, -2)


def influence(fit: Pooled) -> Influence:
    """What each study does to a pooled effect or a regression.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool` with at least two studies.

    Returns
    -------
    Influence
        The quantities of metafor's ``influence()``.

    Raises
    ------
    InputError
        A method that pools counts.
    StatisticsError
        Fewer than two studies.

    References
    ----------
    :cite:t:`viechtbauer2010b`; the measures themselves, :cite:t:`belsley1980`.

    Examples
    --------
    >>> from weigh import pool
    >>> found = influence(pool([0.1, 0.2, 0.15, 1.9], [0.02, 0.03, 0.02, 0.02]))
    >>> found.influential.tolist()
    [False, False, False, True]
    """
    model = model_of(fit, "Influence")
    k, p = model.k, model.p
    if k < 2:
        raise StatisticsError("There is one study; without it nothing is left to compare with.")
    assert fit.vb is not None  # a fit with a model matrix has it
    without = refit_without_each(model)
    unit = 2.0**model.exponent
    tau2 = np.array(fit.tau2 / unit**2)
    hat = np.einsum("kp,pk->k", model.x, _Solver.of(model, tau2).gain)
    moved = model.beta - without.beta
    shift = np.einsum("kp,kp->k", model.x, moved)
    residual = fit.yi - np.einsum("kp,kp->k", model.x, without.beta)
    spread = np.einsum("kp,kpq,kq->k", model.x, without.vb, model.x)
    dffits, dfbetas = _standardized(model, without, hat, shift, moved)
    cook, ratio = _joint_shift(fit.vb, without.vb, moved)
    rstudent = residual / np.sqrt(fit.vi + spread + without.tau2)
    undefined = int(np.isnan(without.tau2).sum())
    return Influence(
        slab=fit.slab,
        rstudent=rstudent,
        dffits=dffits,
        cook_d=cook,
        cov_ratio=ratio,
        tau2_deleted=without.tau2,
        q_deleted=without.q,
        hat=hat,
        weight=fit.weights,
        dfbetas=dfbetas,
        names=fit.names,
        influential=flagged(dffits, cook, hat, dfbetas, k, p),
        notes=()
        if undefined == 0
        else (
            f"Without {'one study' if undefined == 1 else f'any one of {undefined} studies'} a "
            "coefficient cannot be estimated, so that nothing is said of what changes.",
        ),
    )


def _joint_shift(
    vb: FloatArray, without: FloatArray, moved: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Cook's distances and ratios of determinants; NaN where the fit is exact and vb is 0."""
    size = np.sqrt(np.diagonal(vb))
    if not (size > 0.0).all():
        return np.full(moved.shape[0], np.nan), np.full(moved.shape[0], np.nan)
    # Coefficients in units of their standard errors: a year beside an intercept is no trouble then.
    outer = np.outer(size, size)
    scaled = moved / size
    cook: FloatArray = np.einsum("kp,kp->k", scaled, np.linalg.solve(vb / outer, scaled.T).T)
    ratio = np.full(moved.shape[0], np.nan)
    known = np.flatnonzero(np.isfinite(without).all(axis=(1, 2)))
    ratio[known] = np.linalg.det(without[known] / outer) / np.linalg.det(vb / outer)
    return cook, ratio


def _standardized(
    model: Model, without: Refits, hat: FloatArray, shift: FloatArray, moved: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """DFFITS and DFBETAS: the shifts over the spread that tau2 without the study gives."""
    defined = np.flatnonzero(~np.isnan(without.tau2))
    dffits, dfbetas = np.full(model.k, np.nan), np.full(moved.shape, np.nan)
    unit = 4.0**model.exponent
    for stretch in stretches(defined.size, model.k * model.p):
        which = defined[stretch]
        deleted = np.ldexp(without.tau2[which], -2 * model.exponent)
        solver = _Solver.of(model, deleted)
        scale = without.scale[which] * unit
        spread = scale[:, None] * np.diagonal(solver.covariance(), axis1=1, axis2=2)
        if model.weights is None:
            own = hat[which] * (model.v[which] + deleted)
        else:
            rows = np.einsum("np,npk->nk", model.x[which], solver.gain)
            own = np.sum(rows * rows * solver.variance, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            dffits[which] = shift[which] / np.sqrt(scale * own)
            dfbetas[which] = moved[which] / np.sqrt(spread)
    return dffits, dfbetas


def flagged(
    dffits: FloatArray,
    cook: FloatArray,
    hat: FloatArray,
    dfbetas: FloatArray,
    k: int | npt.NDArray[np.intp],
    p: int,
) -> npt.NDArray[np.bool_]:
    """Which studies pass one of the lines of `Influence`; k may differ from study to study."""
    with np.errstate(invalid="ignore"):
        far = special.chdtr(p, np.maximum(cook, 0.0)) > 0.5
        line = 3.0 * np.sqrt(p / (k - p))
        # A study that alone carries a coefficient has a hat of 1, to rounding, perhaps 3 p / k.
        heavy = hat > 3.0 * p / k * (1.0 + 1e-12)
        flags: npt.NDArray[np.bool_] = (
            (np.abs(dffits) > line) | far | heavy | (np.abs(dfbetas) > 1.0).any(axis=1)
        )
    return flags


def rstandard(fit: Pooled) -> Residuals:
    """Internally standardized residuals of a pooled effect or a regression.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`.

    Returns
    -------
    Residuals
        Observed less fitted effects, and the standard errors that the model gives them. For
        residuals from the other studies' fit see `influence`.

    References
    ----------
    :cite:t:`hedges1985`.

    Examples
    --------
    >>> from weigh import pool
    >>> rstandard(pool([0.1, 0.5], [0.02, 0.02], method="EE")).z.round(3).tolist()
    [-2.0, 2.0]
    """
    model = model_of(fit, "Standardizing residuals")
    unit = 2.0**model.exponent
    solver = _Solver.of(model, np.array(fit.tau2 / unit**2))
    hat = model.x @ solver.gain
    # Residuals are I - H times the effects, a study a row; rows of I - H sum over k terms.
    left = np.eye(model.k) - hat
    variance = (left * left) @ solver.variance
    residual = fit.yi - model.x @ model.beta
    se = np.sqrt(variance) * unit
    with np.errstate(divide="ignore", invalid="ignore"):
        z = residual / se
    return Residuals(slab=fit.slab, residual=residual, se=se, z=z)
