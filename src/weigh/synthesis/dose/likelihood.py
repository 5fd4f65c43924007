"""Differences between the studies' curves: their likelihood, its maximum, and the proof.

Studies differ in their coefficients, which vary around the mean with the covariance psi. It is
sought as L L' with L lower triangular, which reaches every covariance, singular ones included. The
matrix G of derivatives of the likelihood by psi then says whether the search has arrived: at a
maximum over all covariances G has no positive eigenvalue, and its product with psi is zero, on the
boundary as well as inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.synthesis.dose.evidence import CurveEvidence

__all__ = ["MixedFit", "at_covariance", "maximize"]

FloatArray = npt.NDArray[np.float64]

# Of the derivatives, in units of the information in a study: far below what any figure shows.
_ARRIVED = 1e-6


@dataclass(frozen=True, slots=True)
class MixedFit:
    """Mean coefficients under one covariance between studies, in the units of the evidence.

    Parameters
    ----------
    gamma
        (p,) mean coefficients.
    vg
        (p, p) their covariance.
    psi
        (p, p) covariance between studies.
    log_likelihood
        Of the effects, full or restricted.
    slope
        (p, p) its derivatives by `psi`.
    certified
        Whether no covariance nearby is more likely; None where none was sought.
    """

    gamma: FloatArray
    vg: FloatArray
    psi: FloatArray
    log_likelihood: float
    slope: FloatArray
    certified: bool | None = None


def at_covariance(evidence: CurveEvidence, psi: FloatArray, *, restricted: bool) -> MixedFit:
    """Mean coefficients and likelihood under a given covariance between studies."""
    p, information, score = evidence.p, evidence.information, evidence.score
    inner = np.eye(p) + information @ psi
    both = np.linalg.solve(inner, np.concatenate([information, score[:, :, None]], axis=2))
    weight, pull = both[:, :, :p], both[:, :, p]
    weight = 0.5 * (weight + weight.transpose(0, 2, 1))
    total = weight.sum(axis=0)
    vg = np.linalg.inv(total)
    vg = 0.5 * (vg + vg.T)
    gamma = vg @ pull.sum(axis=0)
    away = pull - weight @ gamma
    # The square of the residuals, from that of the effects and what the curve accounts for.
    residual = evidence.square.sum() - np.einsum("ka,ab,kb->", score, psi, pull)
    residual -= float(gamma @ pull.sum(axis=0))
    _, log_inner = np.linalg.slogdet(inner)
    value = float(evidence.log_det.sum() + log_inner.sum() + residual)
    slope = total - away.T @ away
    free = evidence.count
    if restricted:
        free -= p
        value += float(np.linalg.slogdet(total)[1])
        # The information is in units of the evidence; the likelihood is of the coefficients.
        value -= 2.0 * float(np.linalg.slogdet(evidence.unit)[1])
        slope = slope - np.einsum("kab,bc,kcd->ad", weight, vg, weight)
    value += free * math.log(2.0 * math.pi)
    return MixedFit(gamma, vg, psi, -0.5 * value, -0.5 * slope)


def maximize(evidence: CurveEvidence, start: FloatArray, *, restricted: bool) -> MixedFit:
    """Maximize the full or the restricted likelihood over mean and covariance.

    Parameters
    ----------
    evidence
        Of the studies.
    start
        (p, p) covariance to start from, besides others.
    restricted
        Whether the restricted likelihood is maximized.

    References
    ----------
    :cite:t:`jackson2011`, and :cite:t:`gasparrini2012` for coefficients of curves.
    """
    p = evidence.p
    lower = np.tril_indices(p)

    def root_of(at: FloatArray) -> FloatArray:
        root = np.zeros((p, p))
        root[lower] = at
        return root

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        root = root_of(at)
        fit = at_covariance(evidence, root @ root.T, restricted=restricted)
        return -fit.log_likelihood, -(2.0 * fit.slope @ root)[lower]

    best: tuple[float, FloatArray] | None = None
    for psi in (start, np.eye(p), 0.01 * np.eye(p), 30.0 * np.eye(p)):
        at = np.linalg.cholesky(psi + 1e-4 * np.eye(p))[lower]
        found = optimize.minimize(
            objective, at, jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 1000}
        )
        if best is None or found.fun < best[0] - 1e-10:
            best = (float(found.fun), np.asarray(found.x))
    assert best is not None
    root = root_of(_polished(objective, best[1]))
    fit = at_covariance(evidence, root @ root.T, restricted=restricted)
    return MixedFit(
        fit.gamma,
        fit.vg,
        fit.psi,
        fit.log_likelihood,
        fit.slope,
        _is_maximum(fit.slope, fit.psi, evidence.k),
    )


def _polished(objective: object, at: FloatArray) -> FloatArray:
    """Newton's method on the slope from where the search stopped, as long as it gets flatter."""
    assert callable(objective)
    value, slope = objective(at)
    for _ in range(30):
        step = 1e-5 * np.maximum(np.abs(at), 1e-3)
        columns = [
            (objective(at + h * e)[1] - objective(at - h * e)[1]) / (2.0 * h)
            for h, e in zip(step, np.eye(at.size), strict=True)
        ]
        curve = np.column_stack(columns)
        move, *_ = np.linalg.lstsq(0.5 * (curve + curve.T), -slope, rcond=1e-9)
        new_value, new_slope = objective(at + move)
        if not np.abs(new_slope).max() < np.abs(slope).max() or new_value > value + 1e-9:
            break
        at, value, slope = at + move, new_value, new_slope
    return at


def _is_maximum(slope: FloatArray, psi: FloatArray, k: int) -> bool:
    """Whether the derivatives by the covariance are those of a maximum among covariances."""
    unit = np.sqrt(np.diagonal(psi) + 1.0)
    steep = slope * np.outer(unit, unit) / k
    flat = np.abs(steep @ (psi / np.outer(unit, unit))).max() < _ARRIVED
    return bool(flat and np.linalg.eigvalsh(steep).max() < _ARRIVED)
