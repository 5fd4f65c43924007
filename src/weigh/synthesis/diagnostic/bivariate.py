"""The bivariate normal model: its likelihood, its maximum, and the proof that it is one.

The covariance of the true logits is sought as L L' with L lower triangular, which reaches every
covariance, singular ones included. The matrix G of derivatives of the likelihood by the covariance
then says whether the search has arrived: at a maximum over all covariances G has no positive
eigenvalue, and its product with the covariance is zero, on the boundary as well as inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import StatisticsError
from weigh.synthesis.diagnostic.moments import covariance_by_moments

__all__ = ["Bivariate", "common_effect", "fit_bivariate", "given_covariance"]

FloatArray = npt.NDArray[np.float64]

# Of the score in units of the information in a study: far below what any figure shows.
_ARRIVED = 1e-6


@dataclass(frozen=True, slots=True)
class Bivariate:
    """A fit of the bivariate model.

    Parameters
    ----------
    beta
        (2,) mean logits of sensitivity and false positive rate.
    vb
        (2, 2) their covariance.
    psi
        (2, 2) covariance of the studies' true logits.
    log_likelihood
        Full or restricted, of the logits; None where the method maximizes none.
    certified
        Whether no covariance nearby is more likely, shown by the derivatives; None without a
        search.
    """

    beta: FloatArray
    vb: FloatArray
    psi: FloatArray
    log_likelihood: float | None
    certified: bool | None


@dataclass(frozen=True, slots=True)
class _Point:
    """The likelihood at one covariance, the mean at its best."""

    value: float
    beta: FloatArray
    vb: FloatArray
    slope: FloatArray


def _inverses(psi: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weight matrices (k, 2, 2) of the studies, and log determinants of their covariances."""
    a, d, c = psi[0, 0] + v[:, 0], psi[1, 1] + v[:, 1], psi[0, 1]
    det = a * d - c * c
    w = np.empty((v.shape[0], 2, 2))
    w[:, 0, 0], w[:, 1, 1] = d / det, a / det
    w[:, 0, 1] = w[:, 1, 0] = -c / det
    return w, np.log(det)


def _inverse(matrix: FloatArray) -> tuple[FloatArray, float]:
    """Inverse and log determinant of a (2, 2) positive definite matrix."""
    (a, b), (_, d) = matrix.tolist()
    det = a * d - b * b
    return np.array([[d, -b], [-b, a]]) / det, math.log(det)


def _at(psi: FloatArray, y: FloatArray, v: FloatArray, *, restricted: bool) -> _Point:
    w, log_det = _inverses(psi, v)
    information = w.sum(axis=0)
    vb, log_information = _inverse(information)
    beta = vb @ (w @ y[:, :, None]).sum(axis=0)[:, 0]
    residual = y - beta
    pull = (w @ residual[:, :, None])[:, :, 0]
    free = 2 * y.shape[0]
    value = float(log_det.sum()) + float(np.vdot(residual, pull))
    slope = information - pull.T @ pull
    if restricted:
        free -= 2
        value += log_information
        slope = slope - (w @ vb @ w).sum(axis=0)
    value += free * math.log(2.0 * math.pi)
    return _Point(-0.5 * value, beta, vb, -0.5 * slope)


def _lower(at: FloatArray) -> FloatArray:
    return np.array([[at[0], 0.0], [at[1], at[2]]])


def fit_bivariate(y: FloatArray, v: FloatArray, *, restricted: bool) -> Bivariate:
    """Maximize the full or the restricted likelihood over mean and covariance.

    Parameters
    ----------
    y, v
        (k, 2) logits and their variances.
    restricted
        Whether the restricted likelihood is maximized.

    Raises
    ------
    StatisticsError
        Fewer than three studies, which cannot show a covariance.

    References
    ----------
    :cite:t:`reitsma2005`; the restricted likelihood as in :cite:t:`jackson2011`.
    """
    k = y.shape[0]
    if k < 3:
        raise StatisticsError(
            f"There are {k} studies, and the bivariate model needs at least three.",
            hint='Take method="EE", which assumes that the studies do not differ.',
        )

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        lower = _lower(at)
        point = _at(lower @ lower.T, y, v, restricted=restricted)
        slope = 2.0 * point.slope @ lower
        return -point.value, -np.array([slope[0, 0], slope[1, 0], slope[1, 1]])

    best: optimize.OptimizeResult | None = None
    for start in _starts(y, v):
        found = optimize.minimize(
            objective, start, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500}
        )
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    lower = _lower(_polished(objective, np.asarray(best.x)))
    psi = lower @ lower.T
    point = _at(psi, y, v, restricted=restricted)
    return Bivariate(
        point.beta, point.vb, psi, point.value, _is_maximum(point.slope, psi, v, scale=k)
    )


def _starts(y: FloatArray, v: FloatArray) -> list[FloatArray]:
    """Covariances to start from: that of the moments, a small one, and one the other way."""
    spread = np.sqrt(np.maximum(y.var(axis=0, ddof=1), 1e-4))
    moments = covariance_by_moments(y, v)
    first = max(math.sqrt(moments[0, 0]), 0.1)
    across = moments[0, 1] / first
    starts = [[first, across, math.sqrt(max(moments[1, 1] - across**2, 0.0)) + 0.1]]
    for size, rho in ((0.3, 0.0), (1.0, -0.9)):
        a, b = size * spread
        starts.append([a, rho * b, math.sqrt(1.0 - rho * rho) * b])
    return [np.asarray(start) for start in starts]


def _polished(objective: object, at: FloatArray) -> FloatArray:
    """Newton's method on the score from where the search stopped, as long as it rises."""
    assert callable(objective)
    value, slope = objective(at)
    for _ in range(20):
        step = 1e-5 * np.maximum(np.abs(at), 1e-3)
        columns = [
            (objective(at + h * e)[1] - objective(at - h * e)[1]) / (2.0 * h)
            for h, e in zip(step, np.eye(3), strict=True)
        ]
        hessian = np.column_stack(columns)
        try:
            move = np.linalg.solve(0.5 * (hessian + hessian.T), -slope)
        except np.linalg.LinAlgError:
            break
        new_value, new_slope = objective(at + move)
        if not np.abs(new_slope).max() < np.abs(slope).max() or new_value > value + 1e-9:
            break
        at, value, slope = at + move, new_value, new_slope
    return at


def _is_maximum(slope: FloatArray, psi: FloatArray, v: FloatArray, *, scale: int) -> bool:
    """Whether the derivatives by the covariance are those of a maximum among covariances.

    Both sides are put in units of the typical variances, so that nothing depends on the scale.
    """
    unit = np.sqrt(np.diagonal(psi) + np.median(v, axis=0))
    g = slope * np.outer(unit, unit) / scale
    inside = psi / np.outer(unit, unit)
    flat = np.abs(g @ inside).max() < _ARRIVED
    return bool(flat and np.linalg.eigvalsh(g).max() < _ARRIVED)


def given_covariance(
    y: FloatArray, v: FloatArray, psi: FloatArray, *, likely: bool = False
) -> Bivariate:
    """Mean logits by generalized least squares under a covariance that is given."""
    point = _at(psi, y, v, restricted=False)
    return Bivariate(point.beta, point.vb, psi, point.value if likely else None, None)


def common_effect(y: FloatArray, v: FloatArray) -> Bivariate:
    """Mean logits as if all studies had the same: no covariance between them."""
    return given_covariance(y, v, np.zeros((2, 2)), likely=True)
